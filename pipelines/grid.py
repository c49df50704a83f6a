"""The completeness grid: every source and period, what came, what is late, missing or odd. Light."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from assets.intake.find import Found, find_files
from assets.intake.names import masked_name, same_name
from assets.layout import Layout
from assets.periods import Period
from pipelines.expected import by_period, covers, days_late, deadline, files_of, is_of, periods_of
from schemas.programme import Programme
from schemas.source import Source

State = Literal["arrived", "late", "missing", "not_due", "refused", "superseded", "unexpected"]
Why = Literal["", "period", "source_closed", "second_file", "copy"]

#: Rhythms in which a period has one file of each pattern; a second one needs a note.
_REGULAR = ("month", "quarter", "year", "wave")


@dataclass(frozen=True)
class Cell:
    """One source in one period.

    Attributes
    ----------
    source
        ``None`` for files that no source of the partner expects.
    kind
        ``month``, ``quarter``, ``year``, ``wave``, ``all``, or '' where the name is no period.
    state
        The first that fits of: ``refused`` (a file waits to be mended), ``unexpected``, ``late``,
        ``superseded`` (a corrected file replaced an earlier one), ``arrived``, ``missing``,
        ``not_due``.
    why
        What is unexpected: a file for a ``period`` in which none is expected, after (or before) the
        source's own dates, a ``second_file`` without a note that says which one counts, or nothing
        but a ``copy`` of a file delivered before.
    days
        Days after the deadline: of the first file where it came late, of today where none came.
    files
        Names of the files, hidden where they hold an identifier.
    """

    partner: str
    source: str | None
    period: str
    kind: str
    state: State
    why: Why = ""
    days: int | None = None
    files: tuple[str, ...] = ()


def grid(layout: Layout, today: date, deliveries: Iterable[dict[str, Any]] = ()) -> list[Cell]:
    """Return every source and period in which a file is expected, or lies.

    Parameters
    ----------
    today
        The day on which it is judged what is late, missing or not yet due.
    deliveries
        Rows of ``intake_deliveries`` of the last run (``path``, ``state``, ``is_settled``): what
        only opening the files could tell. Without them, refusals by name and place are known.

    Returns
    -------
    list of Cell
        In order of partner, source (files without one last) and period.
    """
    known = {each["path"]: each for each in deliveries}
    files = [_Judged.of(each, layout, known) for each in find_files(layout)]
    cells, of_partner = [], dict[str, list[_Judged]]()
    for each in files:
        of_partner.setdefault(each.found.partner, []).append(each)
    for partner, sources in layout.readable_sources.items():
        theirs = of_partner.get(partner, [])
        for source in sources.sources:
            mine = [each for each in theirs if is_of(each.found, {source.source})]
            others = files_of([each.found for each in theirs], partner, source)
            cells += _cells(layout.definition, partner, source, mine, others, today)
    return cells + _without_source(files, layout)


@dataclass(frozen=True)
class _Judged:
    """A file and what the last run made of it."""

    found: Found
    state: str
    is_settled: bool

    @classmethod
    def of(cls, found: Found, layout: Layout, deliveries: dict[str, dict[str, Any]]) -> _Judged:
        """Put together what name and place say now with what the last run knew of that path."""
        known = deliveries.get("/".join(map(masked_name, found.path.relative_to(layout.raw).parts)))
        if known is not None and known["state"] != "refused":
            # It could be read then; what its name and place say now goes before that.
            return cls(found, "refused" if found.refusal else known["state"], found.refusal is None)
        refused = found.refusal is not None or known is not None
        return cls(found, "refused" if refused else "in_use", bool(known and known["is_settled"]))

    @property
    def name(self) -> str:
        """The name that may be said."""
        return masked_name(self.found.path.name)


def _cells(
    programme: Programme,
    partner: str,
    source: Source,
    mine: list[_Judged],
    others: list[Found],
    today: date,
) -> list[Cell]:
    made, placed = [], set()
    together = by_period(enumerate(mine), lambda each: each[1].found.period)
    stand_ins = [these[0] for these in by_period(others, lambda each: each.period)]
    for period in periods_of(programme, source):
        fitting = [x for x in together if covers(x[0][1].found, period, source.every)]
        places = sorted(place for these in fitting for place, _ in these)
        here = [mine[place] for place in places]
        placed |= {each.found.path for each in here}
        stand_in = any(covers(each, period, source.every) for each in stand_ins)
        made.append(_cell(partner, source, period, here, stand_in, today))
    left = [each for each in mine if each.found.path not in placed]
    for name in sorted({each.found.period_name for each in left}):
        here = [each for each in left if each.found.period_name == name]
        made.append(_unplanned(partner, source, name, here))
    return made


def _cell(
    partner: str, source: Source, period: Period, files: list[_Judged], stand_in: bool, today: date
) -> Cell:
    overdue = (today - deadline(period)).days
    state, why, days = _state(source, files)
    if files and state != "refused":
        days = days_late(period, [each.found for each in files])
        if days and state != "unexpected":
            state = "late"
    elif not files and stand_in:
        state = "arrived"  # another form of the same wave
    elif not files:
        state, days = ("missing", overdue) if overdue > 0 else ("not_due", None)
    names = tuple(each.name for each in files)
    return Cell(partner, source.source, period.name, period.kind, state, why, days, names)


def _unplanned(partner: str, source: Source, name: str, files: list[_Judged]) -> Cell:
    """Return the cell of files in a period for which the source has no plan."""
    state, why, _ = _state(source, files)
    period = files[0].found.period
    if state != "refused" and period is not None:
        outside = not source.expects(period.start, period.end)
        if outside and period.kind != "all":
            state, why = "unexpected", "source_closed"
        elif source.every != "irregular":
            state, why = "unexpected", "period"
    names = tuple(each.name for each in files)
    kind = period.kind if period else ""
    return Cell(partner, source.source, masked_name(name), kind, state, why, None, names)


def _state(source: Source, files: list[_Judged]) -> tuple[State, Why, None]:
    """Say how the files of one period stand to each other."""
    replaced = {same_name(each.found.sidecar.supersedes or "") for each in files}

    def is_replaced(each: _Judged) -> bool:
        return same_name(each.found.path.name) in replaced

    if any(
        each.state == "refused" and not (each.is_settled or is_replaced(each)) for each in files
    ):
        return "refused", "", None
    if files and all(each.state == "duplicate" for each in files):
        return "unexpected", "copy", None
    counting = [each for each in files if each.state == "in_use" and not is_replaced(each)]
    if source.every in _REGULAR and _has_second(source, counting):
        return "unexpected", "second_file", None
    if any(is_replaced(each) or each.state == "superseded" for each in files):
        return "superseded", "", None
    return "arrived", "", None


def _has_second(source: Source, files: list[_Judged]) -> bool:
    """Say whether two files of one folder answer to one pattern of the source."""
    seen = set()
    for each in files:
        name = same_name(each.found.path.name)
        pattern = next((p for p in source.files if fnmatch.fnmatchcase(name, same_name(p))), "")
        if (each.found.period_name, pattern) in seen:
            return True
        seen.add((each.found.period_name, pattern))
    return False


def _without_source(files: list[_Judged], layout: Layout) -> list[Cell]:
    """Return the cells of files that no source expects: they are refused, and nobody's."""
    known = {
        (partner, source.source)
        for partner, sources in layout.readable_sources.items()
        for source in sources.sources
    }
    together: dict[tuple[str, str], list[_Judged]] = {}
    for each in files:
        source = each.found.source
        if source is None or (each.found.partner, source.source) not in known:
            together.setdefault((each.found.partner, each.found.period_name), []).append(each)
    return [
        Cell(
            masked_name(partner),
            None,
            masked_name(period),
            here[0].found.period.kind if here[0].found.period else "",
            "refused",
            files=tuple(each.name for each in here),
        )
        for (partner, period), here in sorted(together.items())
    ]
