"""What a run tells: counted first, put into words afterwards. Never a cell of a person's row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assets.layout import Layout
from pipelines import look
from pipelines import told as told_
from pipelines.expected import expectations, faulty_sources
from pipelines.explain import coded
from pipelines.messages import say
from pipelines.settings import Language
from pipelines.settings import programme as default_programme
from pipelines.state import quarter_of

#: Pages a person opens, of all the files that rendering leaves.
_PAGES = {".html", ".pdf", ".docx"}


@dataclass
class Summary:
    """The end of a run.

    Attributes
    ----------
    refused
        Deliveries refused and not settled: ``partner``, ``file``, ``it``, ``en``.
    missing
        Sources with deliveries expected and not arrived: ``partner``, ``source``, ``periods``.
    failures
        What did not hold: ``it``, ``en``.
    set_aside
        Cells that broke a rule and were left empty, in rows that stay.
    superseded
        Quarantined records that a corrected file brought again: they wait for nobody.
    removed
        Quarantined records that their partner took out.
    forgotten
        Records of erased people that a file brought again: left out when it was read.
    corrections
        How many corrections, by action and state.
    differences
        What corrected files changed.
    alike_rows, copied_files, copied_records
        Files and records that stand twice, or nearly; they stay in use.
    versions
        What changed in questionnaires, by file.
    pages
        Paths of the pages that stand, relative to the root.
    because
        Why all was made again, where something had been made before: ``it``, ``en``.
    suspects
        What a person wrote for the thesis and may identify somebody: ``it``, ``en``.
    """

    programme: str
    title: dict[str, str]
    synthetic: bool
    used: int = 0
    replaced: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)
    missing: list[dict[str, Any]] = field(default_factory=list)
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    set_aside: int = 0
    superseded: int = 0
    removed: int = 0
    forgotten: int = 0
    corrections: list[dict[str, Any]] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    alike_rows: list[dict[str, Any]] = field(default_factory=list)
    copied_files: list[dict[str, Any]] = field(default_factory=list)
    copied_records: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    because: list[dict[str, str]] = field(default_factory=list)
    suspects: list[dict[str, str]] = field(default_factory=list)
    nothing_new: bool = False

    @property
    def held(self) -> bool:
        """True when nothing failed and no refused delivery is left to settle."""
        return not self.refused and not self.failures


@look.at_once
def counted(layout: Layout) -> dict[str, Any]:
    """Return the counts that only the warehouse knows; kept in ``state.json`` for later."""
    deliveries, rows = look.deliveries(layout), look.counts(layout)
    refused = [
        {
            "partner": each["partner_code"] or "",
            "file": each["path"],
            "it": each["message_it"],
            "en": each["message_en"],
        }
        for each in deliveries
        if each["state"] == "refused" and not each["is_settled"]
    ]
    told = {each["partner"] for each in refused}
    # A source that cannot be read and has no file yet refuses nothing, and is wrong all the same.
    refused += [
        {"partner": partner, "file": f"{partner}/source.yml", **words}
        for partner, words in faulty_sources(layout).items()
        if partner not in told and (layout.raw / partner / "source.yml").is_file()
    ]
    return {
        "used": sum(each["state"] == "in_use" for each in deliveries),
        "replaced": sum(each["state"] in ("superseded", "duplicate") for each in deliveries),
        "refused": refused,
        "read": sum(each["read_n"] for each in rows),
        "accepted": sum(each["accepted_n"] for each in rows),
        "quarantined": sum(each["quarantined_n"] for each in rows),
        "set_aside": sum(each["set_aside_n"] for each in rows),
        "superseded": look.superseded_records(layout),
        "removed": look.removed_records(layout),
        "forgotten": look.forgotten_records(layout),
        "corrections": look.corrections(layout),
        "differences": look.differences(layout),
        "alike_rows": look.alike_rows(layout),
        "copied_files": look.copied_files(layout),
        "copied_records": look.copied_records(layout),
        "versions": look.versions(layout),
    }


def summarise(
    layout: Layout, counts: dict[str, Any], files: Iterable[str], today: date | None = None
) -> Summary:
    """Put a run's end together: counts, pages, and what is still expected today."""
    definition = layout.definition
    return Summary(
        programme=layout.programme,
        title=definition.title.model_dump(),
        synthetic=definition.synthetic,
        missing=[
            {"partner": each.partner, "source": each.source, "periods": each.missing}
            for each in expectations(layout, today or date.today())
            if each.missing
        ],
        pages=pages(files),
        **counts,
    )


def pages(files: Iterable[str]) -> list[str]:
    """Return what a person opens: pages and documents, without the parts they are made of."""
    return [
        each
        for each in files
        if Path(each).suffix in _PAGES and each.split("/")[0] in ("reports", "thesis")
    ]


def as_json(summary: Summary) -> str:
    """Return the summary for another program."""
    return json.dumps({**asdict(summary), "held": summary.held}, indent=2, ensure_ascii=False)


def lines(summary: Summary, lang: Language, quarters: Iterable[str] = ()) -> list[str]:
    """Put the summary into words, one line each; an empty line parts the paragraphs."""
    told = [say("run.nothing_new", lang), ""] if summary.nothing_new else []
    if summary.because:
        told += [say("because.title", lang), *(f"  {each[lang]}" for each in summary.because), ""]
    told += _counts(summary, lang)
    told += _refused(summary, lang)
    told += _compared(summary, lang)
    if summary.failures:
        told += ["", say("run.failures_title", lang)]
        told += [f"  {coded(each[lang])}" for each in summary.failures]
    told += ["", say("run.pages_title", lang)] if summary.pages else ["", say("run.no_pages", lang)]
    told += [f"  {each}" for each in summary.pages]
    waiting = _waiting(summary, lang)
    if waiting:
        told += ["", say("run.waiting_title", lang), *(f"  {each}" for each in waiting)]
    told += ["", say("run.next_title", lang)]
    return [*told, *(f"  {each}" for each in _next(summary, lang, list(quarters)))]


def _counts(summary: Summary, lang: Language) -> list[str]:
    missing = sum(len(each["periods"]) for each in summary.missing)
    told = [say("run.title", lang, title=summary.title[lang])]
    if summary.synthetic:
        told.append(say("run.synthetic", lang))
    told.append(
        say(
            "run.deliveries",
            lang,
            used=summary.used,
            replaced=summary.replaced,
            refused=len(summary.refused),
            missing=missing,
        )
    )
    return [
        *told,
        say(
            "run.rows",
            lang,
            read=summary.read,
            accepted=summary.accepted,
            quarantined=summary.quarantined,
        ),
    ]


def _refused(summary: Summary, lang: Language) -> list[str]:
    if not summary.refused:
        return []
    told = refusals(summary.refused, lang)
    return ["", say("run.refused_title", lang), *(f"  {each}" for each in told)]


def _compared(summary: Summary, lang: Language) -> list[str]:
    """Say what corrected files changed, and what stands twice."""
    found = [
        *told_.corrections(summary.corrections, lang),
        *told_.differences(summary.differences, lang),
        *told_.alike_rows(summary.alike_rows, lang),
        *told_.copied_files(summary.copied_files, lang),
        *told_.copies(summary.copied_records, lang),
        *told_.versions(summary.versions, lang),
    ]
    return ["", say("run.compared_title", lang), *(f"  {each}" for each in found)] if found else []


def refusals(refused: Iterable[dict[str, str]], lang: Language) -> list[str]:
    """Put refusals into words; files of a partner refused for one reason are told together."""
    together: dict[tuple[str, str], list[str]] = {}
    for each in refused:
        together.setdefault((each["partner"], coded(each[lang])), []).append(each["file"])
    told = []
    for (partner, why), files in together.items():
        if len(files) == 1:
            told.append(f"{files[0]}: {why}")
            continue
        names = ", ".join(each.removeprefix(f"{partner}/") for each in files)
        values = {"partner": partner, "count": len(files), "files": names, "why": why}
        told.append(say("run.refused_many", lang, **values))
    return told


def _waiting(summary: Summary, lang: Language) -> list[str]:
    told = [
        say(
            "run.missing_line",
            lang,
            partner=each["partner"],
            source=each["source"],
            count=len(each["periods"]),
            periods=", ".join(each["periods"]),
        )
        for each in summary.missing
    ]
    if count := summary.quarantined - summary.superseded - summary.removed:
        told.append(say("run.quarantine_line", lang, count=count))
    if summary.removed:
        told.append(say("run.removed_line", lang, count=summary.removed))
    if summary.forgotten:
        told.append(say("run.forgotten", lang, rows=summary.forgotten))
    if summary.superseded:
        told.append(say("run.superseded_line", lang, count=summary.superseded))
    if summary.set_aside:
        told.append(say("run.set_aside_line", lang, count=summary.set_aside))
    return [*told, *(each[lang] for each in summary.suspects)]


def _next(summary: Summary, lang: Language, quarters: list[str]) -> list[str]:
    is_default = summary.programme == default_programme()
    option = "" if is_default else f" --programme {summary.programme}"
    told = []
    if summary.failures:
        told.append(say("run.next_failed", lang, option=option))
    if summary.refused:
        told.append(say("run.next_refused", lang, option=option))
    if not (summary.used or summary.refused):
        told.append(say("run.next_no_files", lang, programme=summary.programme))
    if summary.missing:
        told.append(say("run.next_status", lang, option=option))
    if summary.pages:
        told.append(say("run.next_open", lang, path=_first_to_open(summary.pages, lang, quarters)))
    return told or [say("run.next_status", lang, option=option)]


def _first_to_open(pages: list[str], lang: Language, quarters: list[str]) -> str:
    """Return the reader's page where one quarter was made, the list of pages where several were."""
    mine = [
        each for each in pages if quarter_of(Path(each), quarters) and f"{lang}." in Path(each).name
    ]
    if len(mine) == 1:
        return mine[0]
    return next((each for each in pages if Path(each).name == "index.html"), pages[0])
