"""What a document may show by name: ``k.table(name, ...)`` and ``k.text(name, ...)``."""

from __future__ import annotations

from collections.abc import Callable

from reports import (
    _anonymity_tables,
    _anonymity_texts,
    _briefs,
    _codebook,
    _compare_tables,
    _compare_texts,
    _dashboard,
    _evidence,
    _findings,
    _papers,
    _results,
    _tables,
    _texts,
    _thesis,
)

TABLES: dict[str, Callable[..., _tables.Markdown]] = {
    **_tables.TABLES,
    **_anonymity_tables.TABLES,
    **_evidence.TABLES,
    **_results.TABLES,
    **_papers.TABLES,
    **_codebook.TABLES,
    **_dashboard.TABLES,
    **_compare_tables.TABLES,
    **_thesis.TABLES,
}
TEXTS: dict[str, Callable[..., _tables.Markdown]] = {
    **_texts.TEXTS,
    "anonymity": _anonymity_texts.text,
    "codebook": _codebook.text,
    **_evidence.TEXTS,
    **_findings.TEXTS,
    **_dashboard.TEXTS,
    **_briefs.TEXTS,
    **_compare_texts.TEXTS,
    **_papers.TEXTS,
    **_thesis.TEXTS,
}
