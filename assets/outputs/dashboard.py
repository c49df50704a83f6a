"""The funder's page of a quarter, in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.outputs.jobs import WORKERS, environment, inputs_digest, manifest, watermark
from schemas.config import nearest
from schemas.words import LANGUAGES, Language, Words

if TYPE_CHECKING:
    from assets.outputs.render import RenderJob

SUBTITLE = Words(it="Il trimestre in cinque minuti", en="The quarter in five minutes")
WHOLE = "all"
#: A quarter's pages and sheets and the whole programme's, in two languages.
FEW = 6
_WHOLE_NAME = Words(it="Tutto il programma", en="The whole programme")
_WHOLE_SUBTITLE = Words(it="Il programma in cinque minuti", en="The programme in five minutes")
SOURCE = REPOSITORY / "reports" / "dashboard.qmd"
#: The same numbers on two sheets, to print and file.
FILE_SOURCE = REPOSITORY / "reports" / "dashboard_file.qmd"


def quarter_name(quarter: str, lang: Language) -> str:
    """Return a quarter as a reader says it: I trimestre 2022, Q1 2022; ``all`` too."""
    if quarter == WHOLE:
        return _WHOLE_NAME.say(lang)
    year, number = quarter.split("Q")
    ordinal = ("I", "II", "III", "IV")[int(number) - 1]
    return Words(it=f"{ordinal} trimestre {year}", en=f"Q{number} {year}").say(lang)


def page_name(quarter: str, lang: str) -> str:
    """Return a page's file name without its ending."""
    return f"dashboard_{quarter}_{lang}"


def render_dashboards(
    layout: Layout, quarters: Sequence[str], langs: Sequence[Language] = LANGUAGES
) -> list[Path]:
    """Render the pages of some quarters from the released tables, and each as two sheets to file.

    Parameters
    ----------
    quarters
        Quarters of the programme; ``all`` is the page of the whole programme.

    Returns
    -------
    list of Path
        A page and a PDF a quarter and language, quarter by quarter.

    Raises
    ------
    ConfigurationError
        A quarter outside the programme, with the nearest one; or nothing released.
    RenderError
        A mistake in the document, with file and line.
    """
    from assets.outputs.render.together import render_together

    about = manifest(layout)
    for quarter in quarters:
        _insist(quarter, [*about["quarters"], WHOLE])
    jobs = [
        _job(layout, about, quarter, lang, kind)
        for quarter in quarters
        for kind in ("html", "pdf")
        for lang in langs
    ]
    # One kernel draws what the pages have in common once; many pages gain more from a second one.
    workers = WORKERS if len(jobs) > FEW else 1
    results = render_together(jobs, cache_dir=layout.render_cache, workers=workers)
    return [path for result in results for path in result.paths]


def _job(
    layout: Layout, about: dict[str, Any], quarter: str, lang: Language, kind: str
) -> RenderJob:
    from assets.outputs.render import RenderJob

    is_whole = quarter == WHOLE
    return RenderJob(
        source=SOURCE if kind == "html" else FILE_SOURCE,
        out_dir=layout.reports_output,
        stem=page_name(quarter, lang),
        formats=(kind,),
        params={"period": quarter, "lang": lang},
        env=environment(layout, is_public=True),
        lang=lang,
        inputs_digest=inputs_digest(layout),
        meta={
            "title": f"{about['title'][lang]}: {quarter_name(quarter, lang)}",
            "subtitle": (_WHOLE_SUBTITLE if is_whole else SUBTITLE).say(lang),
            **watermark(layout, lang, None if is_whole else quarter),
        },
    )


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
