"""The theory of change: what is expected, what would refute it, what is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reports._book import word, words
from reports._origin import worded
from reports._results import with_interval
from reports._tables import Markdown, pipe

if TYPE_CHECKING:
    from reports.kit import Kit


def theory(k: Kit) -> Markdown:
    """One row a link of the theory of change: what is expected, what would refute it, what is seen."""
    heads = [word(x) for x in ("step", "hypothesis", "refuted", "observed")]
    rows = []
    for link in words()["chain"]:
        seen = [_observed(k, each) for each in link["numbers"] if _is_there(k, each)]
        observed = "; ".join(seen) or word("not_measured")
        rows.append([worded(link[x]) for x in ("step", "expects", "refuted")] + [observed])
    return pipe(heads, rows, 4, (3, 5, 5, 7))


def _is_there(k: Kit, number: Mapping[str, str]) -> bool:
    subject = number.get("subject", "")
    return k.has(number["indicator"], subject or None) and (
        not subject or k.has("score_change", subject)
    )


def _observed(k: Kit, number: Mapping[str, str]) -> str:
    subject = number.get("subject", "")
    cell = k.cell(number["indicator"], subject, period=number["period"])
    if cell is None:  # released for single services or groups only
        cell = next((c for c in k.released.of(number["indicator"]) if c.by_1 == ""), None)
    name = k.label("indicator", number["indicator"])
    subject = subject or (cell.subject if cell else "")
    about = f" ({k.subject_label(subject)})" if subject else ""
    return f"{name}{about}: {with_interval(k, cell) if cell else k.shown(cell)}"
