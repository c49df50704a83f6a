"""How things stand: what arrived, what is missing, what is refused, what is out of date. Quick."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from assets import adapted
from assets.layout import Layout
from pipelines import documents, look, release_report, sound, state, told
from pipelines.expected import Expectation, expectations, faulty_sources
from pipelines.grid import Cell, grid
from pipelines.grid_table import grid_tables
from pipelines.messages import say
from pipelines.settings import Language
from pipelines.summary import counted, refusals
from schemas.words import LANGUAGES

#: From so many days before the retention date on, ``status`` names it.
_SOON_DAYS = 90


@dataclass
class Status:
    """The state of a programme.

    Attributes
    ----------
    is_current
        ``None`` before the first run; else whether everything made still stands.
    outdated
        What a run would make again: quarters, or ``all``, ``stopped`` (all, as the last run did not
        end well), ``warehouse``, ``files``, ``marks`` (of a draft) and ``thesis``.
    failures
        What did not hold in the last run, by language.
    thesis
        What keeps the thesis from being drawn, by language; empty where nothing does.
    faulty_sources
        Partner -> language -> what is wrong with its ``source.yml``.
    grid
        Every source and period, with what came.
    differences
        What corrected files changed: a line for each kind of change and column.
    alike_rows, copied_files, copied_records
        Files and records that stand twice, or nearly; none is left out for it.
    versions
        What changed in questionnaires, by file.
    links
        Questions about doubtful links: ``open``, those of them asked ``again``, and all ``asked``.
    retention
        ``until``, ``basis``, ``days`` left; empty where the programme declares none.
    release
        Where the release of the latest quarter stands, by language; empty before the first run.
    adapted
        Of a programme begun from another: ``origin`` by language, how many definitions ``differ``,
        and those ``without_reason``, and the ``idle`` reasons for what is as taken over; empty elsewhere.
    """

    programme: str
    is_current: bool | None
    outdated: list[str]
    failures: list[dict[str, str]]
    thesis: list[dict[str, str]]
    sources: list[Expectation]
    faulty_sources: dict[str, dict[str, str]]
    counts: dict[str, Any]
    by_partner: list[dict[str, Any]]
    released: dict[str, Any]
    grid: list[Cell]
    differences: list[dict[str, Any]]
    alike_rows: list[dict[str, Any]]
    copied_files: list[dict[str, Any]]
    copied_records: list[dict[str, Any]]
    versions: list[dict[str, Any]]
    links: dict[str, int]
    retention: dict[str, Any]
    release: dict[str, str]
    adapted: dict[str, Any]


@look.at_once
def status(layout: Layout, today: date | None = None) -> Status:
    """Look at raw files, warehouse and state; nothing is changed.

    Parameters
    ----------
    today
        The day on which deliveries are late or missing; by default the clock's.
    """
    today = today or date.today()
    is_current, outdated = _outdated(layout)
    return Status(
        programme=layout.definition.programme,
        is_current=is_current,
        outdated=outdated,
        failures=state.failures(layout) or [],
        thesis=documents.left(layout),
        sources=expectations(layout, today),
        faulty_sources=faulty_sources(layout),
        counts=counted(layout),
        by_partner=look.counts(layout),
        released=_released(layout),
        grid=grid(layout, today, look.deliveries(layout)),
        differences=look.differences(layout),
        alike_rows=look.alike_rows(layout),
        copied_files=look.copied_files(layout),
        copied_records=look.copied_records(layout),
        versions=look.versions(layout),
        links=look.link_questions(layout),
        retention=_retention(layout, today),
        release={lang: release_report.standing_line(layout, lang) for lang in LANGUAGES},
        adapted=_adapted(layout),
    )


def _adapted(layout: Layout) -> dict[str, Any]:
    """Return what differs from the programme that this one began from; {} where it began anew."""
    said = adapted.read(layout)
    if said is None:
        return {}
    found = adapted.found(layout)
    decided = [each for each in found if each.why is not None or not each.waits]
    return {
        "origin": said.origin.title.model_dump(),
        "differ": len(decided),
        "without_reason": [each.definition for each in decided if each.why is None],
        "idle": adapted.idle(layout),
    }


def _retention(layout: Layout, today: date) -> dict[str, Any]:
    """Return until when rows may be kept and how many days are left; {} where nothing is said."""
    declared = layout.definition.retention
    if declared is None:
        return {}
    days = (declared.until - today).days
    return {"until": declared.until.isoformat(), "basis": declared.basis, "days": days}


def _outdated(layout: Layout) -> tuple[bool | None, list[str]]:
    last = state.last_state(layout)
    if last is None:
        return None, []
    wanted = state.fingerprint(layout)
    if last.programme.fingerprint != wanted:
        return False, ["all"]
    if state.read_state(layout) is None:
        return False, ["stopped"]
    # A run would make it anew, and all that is made of it.
    is_sound = layout.warehouse.is_file() and sound.is_as_left(layout)
    found = [] if is_sound else ["warehouse"]
    found += [] if state.stands(layout, last.programme, wanted) else ["files"]
    found += [] if state.says_where_it_stands(layout, last) else ["marks"]
    found += ["thesis"] if documents.is_due(layout, last) else []
    found += [
        name for name, made in last.quarters.items() if not state.stands(layout, made, wanted)
    ]
    return not found, found


def _released(layout: Layout) -> dict[str, Any]:
    path = layout.released / "manifest.json"
    if not path.is_file():
        return {}
    manifest = json.loads(path.read_text(encoding="utf-8"))
    tables = manifest.get("tables", {})
    return {
        "tables": len(tables),
        "rows": sum(each.get("rows", 0) for each in tables.values()),
        "hidden": sum(each.get("hidden", 0) for each in tables.values()),
        "latest_quarter": manifest.get("latest_quarter"),
        "quarters": manifest.get("quarters", []),
    }


def as_json(found: Status) -> str:
    """Return the status for another program."""
    return json.dumps(asdict(found), indent=2, ensure_ascii=False)


def show(found: Status, console: Console, lang: Language, *, with_grid: bool = False) -> None:
    """Show the status to a person."""
    console.print(_deliveries(found, lang))
    for table in grid_tables(found.grid, lang) if with_grid else []:
        console.print(table)
    for line in _about_deliveries(found, lang):
        console.print(f"- {line}", markup=False)
    refused = {each["partner"] for each in found.counts["refused"]}
    for partner, detail in found.faulty_sources.items():
        if partner in refused:
            continue  # told below, with its files
        text = say("status.unreadable_source", lang, partner=partner, detail=detail[lang])
        console.print(text, markup=False)  # a source may hold brackets
    for text in refusals(found.counts["refused"], lang):
        console.print(f"- {text}", markup=False)
    counts = {name: found.counts[name] for name in ("read", "accepted", "quarantined")}
    if found.is_current is not None:
        console.print(say("run.rows", lang, **counts))
    if found.released:
        console.print(
            say(
                "status.releases",
                lang,
                tables=found.released["tables"],
                hidden=found.released["hidden"],
                quarter=found.released["latest_quarter"] or "-",
            )
        )
    if found.release[lang]:
        console.print(found.release[lang], markup=False)
    if found.links["open"]:
        console.print(say("status.links", lang, **found.links), markup=False)
    for line in told.adapted(found.adapted, found.programme, lang):
        console.print(line, markup=False)
    console.print(_standing(found, lang))
    for line in told.left(found.failures, found.thesis, found.programme, lang):
        console.print(line, markup=False)
    if kept := _kept_until(found, lang):
        console.print(kept, markup=False)


def _kept_until(found: Status, lang: Language) -> str:
    """Warn of data past their retention date, or soon past it."""
    about = {**found.retention, "programme": found.programme}
    if not found.retention or about["days"] > _SOON_DAYS:
        return ""
    return say(
        "status.retention_past" if about["days"] < 0 else "status.retention_near", lang, **about
    )


def _about_deliveries(found: Status, lang: Language) -> list[str]:
    return [
        *told.unexpected(found.grid, lang),
        *told.corrections(found.counts["corrections"], lang),
        *told.differences(found.differences, lang),
        *told.alike_rows(found.alike_rows, lang),
        *told.copied_files(found.copied_files, lang),
        *told.copies(found.copied_records, lang),
        *told.versions(found.versions, lang),
    ]


def _standing(found: Status, lang: Language) -> str:
    if found.is_current is None:
        return say("status.never", lang, programme=found.programme)
    if found.is_current:
        return say("status.current", lang)
    words = {
        "all": say("status.outdated_all", lang),
        "files": say("status.outdated_files", lang),
        "stopped": say("status.outdated_stopped", lang),
        "thesis": say("status.outdated_thesis", lang),
        "warehouse": say("status.outdated_warehouse", lang),
        "marks": say("status.outdated_marks", lang),
    }
    what = ", ".join(words.get(each, each) for each in found.outdated)
    return say("status.outdated", lang, what=what)


def _deliveries(found: Status, lang: Language) -> Table:
    table = Table(
        title=say("status.table", lang),
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for name in ("partner", "source", "every"):
        table.add_column(say(f"status.{name}", lang), overflow="fold")
    for name in ("expected", "received", "late"):
        table.add_column(say(f"status.{name}", lang), justify="right", overflow="fold")
    table.add_column(say("status.missing", lang), overflow="fold")
    for each in found.sources:
        numbers = (len(each.expected), each.received, len(each.late))
        table.add_row(
            each.partner,
            each.source,
            say(f"every.{each.every}", lang),
            *(str(number) for number in numbers),
            ", ".join(each.missing) or "-",
        )
    return table
