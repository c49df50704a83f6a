"""The funder's page of a quarter, in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.outputs.jobs import WORKERS, environment, inputs_digest, manifest
from schemas.config import nearest
from schemas.words import LANGUAGES, Language, Words

SUBTITLE = Words(it="Il trimestre in cinque minuti", en="The quarter in five minutes")
SOURCE = REPOSITORY / "reports" / "dashboard.qmd"


def quarter_name(quarter: str, lang: Language) -> str:
    """Return a quarter as a reader says it: I trimestre 2022, Q1 2022."""
    year, number = quarter.split("Q")
    ordinal = ("I", "II", "III", "IV")[int(number) - 1]
    return Words(it=f"{ordinal} trimestre {year}", en=f"Q{number} {year}").say(lang)


def page_name(quarter: str, lang: str) -> str:
    """Return a page's file name without its ending."""
    return f"dashboard_{quarter}_{lang}"


def render_dashboards(
    layout: Layout, quarters: Sequence[str], langs: Sequence[Language] = LANGUAGES
) -> list[Path]:
    """Render the pages of some quarters from the released tables.

    Returns
    -------
    list of Path
        One page a quarter and language, quarter by quarter.

    Raises
    ------
    ConfigurationError
        A quarter outside the programme, with the nearest one; or nothing released.
    RenderError
        A mistake in the document, with file and line.
    """
    from assets.outputs.render import RenderJob, render_many

    about = manifest(layout)
    for quarter in quarters:
        _insist(quarter, about["quarters"])
    jobs = [
        RenderJob(
            source=SOURCE,
            out_dir=layout.reports_output,
            stem=page_name(quarter, lang),
            params={"period": quarter, "lang": lang},
            env=environment(layout),
            lang=lang,
            inputs_digest=inputs_digest(layout),
            meta={
                "title": f"{about['title'][lang]}: {quarter_name(quarter, lang)}",
                "subtitle": SUBTITLE.say(lang),
            },
        )
        for quarter in quarters
        for lang in langs
    ]
    results = render_many(jobs, workers=WORKERS, cache_dir=layout.render_cache)
    return [path for result in results for path in result.paths]


def _insist(quarter: str, known: list[str]) -> None:
    if quarter in known:
        return
    near = nearest(quarter, known) or "-"
    raise ConfigurationError(
        f"«{quarter}» non è un trimestre del programma. Più simile: {near}. "
        f"Trimestri: {', '.join(known)}.",
        f"'{quarter}' is not a quarter of the programme. Nearest: {near}. "
        f"Quarters: {', '.join(known)}.",
    )
