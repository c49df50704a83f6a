"""``lunattiva trace``: what a number of a page is, and where it comes from, back to the deliveries.

Counts, file names, prefixes of hashes and rules: never a cell of a person's row. A hidden number
is said to be hidden, and why; its value is not even read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines import lineage
from pipelines.look import rows
from pipelines.messages import say
from pipelines.settings import Language
from pipelines.trace_names import named, spelled, unknown
from reports import kit
from schemas.datasets import DATASETS

MOST = 12
GATHERED = "impact_estimates"
DELIVERIES = """
select d.partner_code, d.dataset, d.period, d.path, left(d.sha256, 12) as sha256,
       c.read_n, c.accepted_n, c.quarantined_n
from sorting_counts c join intake_deliveries d using (delivery_id)
order by d.dataset, d.partner_code, d.period, d.path, c.read_n
"""
RULES = """
select dataset, rule, count(distinct (delivery_id, sheet, row_number))::bigint as rows_n
from sorting_reasons group by all order by dataset, rows_n desc, rule
"""


@dataclass
class Trace:
    """One number and its way back.

    Attributes
    ----------
    origin : dict
        What the number is, field by field, in the reader's language.
    tables : list of str
        The tables behind it, nearest first.
    deliveries, rules : list of dict
        The deliveries of its datasets with their counts; the rules that set rows aside, and how many.
    documents : list of str
        The pages that show it.
    releases : list of dict
        Of a number of a comparison: the programmes' releases it was made of.
    """

    name: str
    origin: dict[str, str]
    versions: dict[str, str]
    codes: dict[str, Any] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    asks_who: bool = False
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    releases: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


def trace(layout: Layout, given: str, lang: Language, comparison: Path | None = None) -> Trace:
    """Follow a number of the latest release back to the deliveries, one of a comparison to its releases.

    Parameters
    ----------
    comparison
        The folder of a comparison; by default the latest made here. It is asked where the programme's
        release has no such number.

    Raises
    ------
    ConfigurationError
        Nothing is released, no such number (the nearest is named), a run is at work; what is asked is
        no comparison, or was changed since it was made.
    """
    from pipelines import trace_comparison

    place = trace_comparison.place(layout.root, comparison) if comparison else None
    mine = _opened(layout.released, lang)
    name = named(layout.released, mine, given)
    if mine and name:
        _insist_as_left(layout.released)
        found = _trace(layout, mine, name, [layout.reports_output, layout.thesis_output])
        if isinstance(thing := mine.numbers[name], kit.Cell):
            _follow(layout, thing, found)
        return found
    place = place or trace_comparison.place(layout.root, None)
    several = _opened(place, lang, is_comparison=True)
    if mine is None and several is None:
        raise ConfigurationError(
            f"Non c'è ancora nulla di rilasciato per «{layout.programme}»: lanciare «lunattiva run».",
            f"Nothing is released yet for '{layout.programme}': run 'lunattiva run'.",
        )
    name = named(place, several, given)
    if place and several and name:
        found = _trace(layout, several, name, [place])
        if isinstance(thing := several.numbers[name], kit.Cell):
            found.releases = trace_comparison.releases(layout.root, several, thing)
        return found
    raise unknown(given, [name for k in (mine, several) if k is not None for name in k.numbers])


def _trace(layout: Layout, k: kit.Kit, name: str, places: Sequence[Path]) -> Trace:
    """Return what a number is and which pages show it."""
    found = Trace(name, k.origin(name), k.versions, documents=_documents(layout, name, places))
    found.labels = {x: k.field(x) for x in (*found.origin, *found.versions)}
    thing = k.numbers[name]
    found.codes = _codes(thing) if isinstance(thing, kit.Cell) else {}
    return found


def _insist_as_left(folder: Path) -> None:
    """Refuse to tell of a table that is not the one the last run made."""
    from assets.released import altered_table

    if altered := altered_table(folder):
        raise ConfigurationError(
            f"Il file {altered} del rilascio manca o è cambiato dall'ultima elaborazione: lanciare "
            "«lunattiva run».",
            f"The file {altered} of the release is missing or has changed since the last run: run "
            "'lunattiva run'.",
        )


def _opened(folder: Path | None, lang: Language, *, is_comparison: bool = False) -> kit.Kit | None:
    """Open a released folder, a comparison's as its page is; ``None`` where nothing is released in it."""
    period, public = ("all", True) if is_comparison else ("", None)
    try:
        return kit.open(lang, period, folder, public) if folder is not None else None
    except kit.KitError:
        return None


def _codes(cell: kit.Cell) -> dict[str, Any]:
    """Return what a cell is, as its table has it: for another program."""
    return {
        "indicator": cell.indicator, "subject": cell.subject, "period": cell.period,
        "by_1": cell.by_1, "level_1": cell.level_1, "by_2": cell.by_2, "level_2": cell.level_2,
        "method": cell.method, "design": cell.design, "status": cell.status, "value": cell.value,
        "ci_low": cell.ci_low, "ci_high": cell.ci_high, "n": cell.n, "n_missing": cell.n_missing,
        "data_version": cell.data_version,
    }  # fmt: skip


def _follow(layout: Layout, cell: kit.Cell, found: Trace) -> None:
    """Add the tables, deliveries and rules behind a cell."""
    start = _made_by(layout, cell) or lineage.start_of(cell.question, cell.indicator)
    found.tables = lineage.upstream(start, cell.indicator)
    found.asks_who = lineage.uses_identity(found.tables, cell.indicator)
    datasets = lineage.datasets(found.tables, DATASETS)
    partner = {
        level for by, level in ((cell.by_1, cell.level_1), (cell.by_2, cell.level_2))
        if by == "partner_code" and not level.startswith("_")
    }  # fmt: skip
    found.deliveries = [
        each
        for each in rows(layout, DELIVERIES)
        if each["dataset"] in datasets and (not partner or each["partner_code"] in partner)
    ]
    # Those of the number's own period first; late rows may stand in any.
    found.deliveries.sort(key=lambda each: not _is_of(each["period"], cell.period))
    found.rules = [each for each in rows(layout, RULES) if each["dataset"] in datasets]


def _made_by(layout: Layout, cell: kit.Cell) -> str:
    """Return the table of the warehouse that holds an indicator's rows; empty where none is there."""
    names = [x for x, made in lineage.assets().items() if made.room == "impact" and x != GATHERED]
    each = [
        f"select '{name}' as made, indicator_code from {name}"
        for name in (*names, "measures_estimates")
    ]
    together = " union all ".join(each)
    code = cell.indicator.replace("'", "''")
    found = rows(layout, f"select made from ({together}) where indicator_code = '{code}' limit 1")
    return str(found[0]["made"]) if found else ""


def _is_of(delivered: str, period: str) -> bool:
    """Say whether a delivery's period and a number's may have days in common, by their names."""
    return delivered == period or (delivered == period[:4] and period != "all")


def _documents(layout: Layout, name: str, folders: Sequence[Path]) -> list[str]:
    """Return the pages that show a number, read off the pages themselves."""
    pages = sorted(path for folder in folders for path in folder.rglob("*.html"))
    root = layout.root
    return [
        (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
        for path in pages
        if name in path.read_text(encoding="utf-8").partition('id="numbers"')[0]
    ]


def as_json(found: Trace) -> str:
    """Return a trace for a script."""
    told = {
        "id": found.name,
        "origin": found.origin,
        "codes": found.codes,
        "versions": found.versions,
        "tables": found.tables,
        "asks_who_is_who": found.asks_who,
        "deliveries": found.deliveries,
        "rules": found.rules,
        "documents": found.documents,
        "releases": found.releases,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def told(found: Trace, lang: Language) -> list[str]:
    """Return a trace in words, line by line."""
    from pipelines import trace_comparison

    width = max(len(text) for text in found.labels.values()) + 2
    lines = [say("trace.title", lang, name=spelled(found.name))]
    for about in (found.origin, found.versions):
        lines += [f"  {found.labels[x]:<{width}}{text}" for x, text in about.items()]
    lines.append("")
    lines.append(say("trace.documents" if found.documents else "trace.nowhere", lang))
    lines += [f"  {path}" for path in found.documents]
    if found.releases:
        return [*lines, "", *trace_comparison.told(found.releases, lang)]
    if not found.tables:
        return [*lines, "", say("trace.of_the_release", lang)]
    way = " <- ".join(found.tables)
    lines += ["", say("trace.way", lang), f"  {way}"]
    if found.asks_who:
        lines.append(f"  {say('trace.who', lang)}")
    lines += ["", *_told_deliveries(found, lang)]
    return lines


def _told_deliveries(found: Trace, lang: Language) -> list[str]:
    if not found.deliveries:
        return [say("trace.no_warehouse", lang)]
    sums = {
        x: sum(each[f"{x}_n"] or 0 for each in found.deliveries)
        for x in ("read", "accepted", "quarantined")
    }
    lines = [say("trace.deliveries", lang, count=len(found.deliveries), **sums)]
    for each in found.deliveries[:MOST]:
        lines.append("  " + say("trace.delivery", lang, **each))
    left = len(found.deliveries) - MOST
    lines += [f"  {say('trace.more', lang, count=left)}"] if left > 0 else []
    lines += ["", say("trace.rules", lang)] if found.rules else []
    lines += [f"  {say('trace.rule', lang, **each)}" for each in found.rules[:MOST]]
    more = len(found.rules) - MOST
    return [*lines, *([f"  {say('trace.more', lang, count=more)}"] if more > 0 else [])]
