"""What would give a hidden cell away? Complementary suppression along every line of every table.

A hidden level may be worked out from its total and the other levels, of a count or sum directly,
of a mean or rate through its base. So on each line at least two cells are hidden, and the people
behind the hidden levels together reach the threshold (FACTS 6.4). Works on judged cells only and
only ever hides more, so it ends; it sorts by itself, so the order of rows changes nothing. The rule
of thumb (the smallest goes) is where ``optimal_cells`` starts from and what it falls back on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assets.release.candidates import rows
from assets.release.lines import Line, Variable, lines, place_of
from assets.release.primary import (
    GROUP,
    NOT_APPLICABLE,
    PRIMARY,
    RELEASED,
    SECONDARY,
    TRUE_ZERO,
    VALUE,
)

#: Columns that say who a cell is about (``group_of``), and what a number is (``numbers_of``).
_OF_A_GROUP = ("subject_code", "population_code", "base_period", "period",
               "by_1", "level_1", "by_2", "level_2")  # fmt: skip
_OF_A_NUMBER = ("variable", "estimate", "contributors_n", "minimum", "status", "scope",
                "is_hidden", "is_free", "is_told")  # fmt: skip


@dataclass
class Number:
    """One number of a table, however many rows show it."""

    variable: Variable
    contributors: int
    size: float
    minimum: int
    is_hidden: bool
    is_blank: bool  # shows nothing, as it could not be computed, though people are behind it
    is_primary: bool  # hidden, and said to be so for what it is itself
    is_free: bool  # may be hidden to protect another: shown, and not a real zero
    is_told: bool  # an earlier release shows it: hiding it protects nothing
    scope: str

    @property
    def is_away(self) -> bool:
        """Whether the release does not show the number, for whatever reason."""
        return self.is_hidden or self.is_blank

    @property
    def is_unseen(self) -> bool:
        """Whether a reader has not seen the number, neither here nor before."""
        return self.is_away and not self.is_told

    @property
    def order(self) -> tuple[int, float, Variable]:
        """Smallest first: what costs the reader least is hidden first."""
        return self.contributors, self.size, self.variable


def secondary(cells: pd.DataFrame) -> pd.DataFrame:
    """Hide what would give hidden cells away.

    Parameters
    ----------
    cells
        What ``primary`` returns.

    Returns
    -------
    pandas.DataFrame
        The same rows; more of them ``suppressed_secondary``.
    """
    people = cells["statistic"] != "process"
    every_line = lines(set(cells.loc[people, "variable"]))
    while True:
        cells = same_fate(cells)
        numbers = numbers_of(cells[people])
        before = sum(number.is_hidden for number in numbers.values())
        _settle(every_line, numbers)
        cells = _written_back(cells, numbers)
        if sum(number.is_hidden for number in numbers.values()) == before:
            return cells


def hide_another(cells: pd.DataFrame, narrow: Collection[str]) -> pd.DataFrame:
    """Hide one more cell beside those that can still be worked out too closely.

    Parameters
    ----------
    narrow
        ``estimate_id`` of hidden cells that the audit found too well known.

    Returns
    -------
    pandas.DataFrame
        With one more number hidden on the lines of each, if any is left to hide.
    """
    people = cells[cells["statistic"] != "process"]
    numbers = numbers_of(people)
    every_line = lines(set(numbers))
    known = sorted(set(people.loc[people["estimate_id"].isin(set(narrow)), "variable"]))
    done: set[Variable] = set()
    for variable in known:
        near = [line for line in every_line if variable in (line.total, *line.levels)]
        if done.isdisjoint({each for line in near for each in (line.total, *line.levels)}):
            chosen = _next_to(variable, near, numbers)
            if chosen is not None:
                _hide(chosen, [numbers[variable]])
                done.add(chosen.variable)
    return _written_back(cells, numbers)


def _next_to(
    variable: Variable, near: list[Line], numbers: dict[Variable, Number]
) -> Number | None:
    """Choose what to hide beside a cell: a level on its lines, else a total, else any cell.

    Where nothing is left that shows a number, real zeros and empty cells go too: a hidden number
    among nothing but zeros is a zero.
    """
    for group in (
        {level for line in near for level in line.levels},
        {line.total for line in near},
        {other for other in numbers if other[0] == variable[0]},
    ):
        free = [numbers[each] for each in group if numbers[each].is_free]
        if free:
            return min(free, key=lambda number: number.order)
    rest = [
        each
        for each in numbers.values()
        if each.variable[0] == variable[0] and not each.is_hidden and not each.is_told
    ]
    return min(rest, key=lambda number: number.order, default=None)


def numbers_of(cells: pd.DataFrame) -> dict[Variable, Number]:
    """Return the numbers that judged cells about people show."""
    hidden = cells["status"].isin([PRIMARY, SECONDARY])
    told = cells["is_told"] if "is_told" in cells else pd.Series(False, index=cells.index)
    free = (cells["status"] == RELEASED) & ~told
    marked = cells.assign(is_hidden=hidden, is_free=free, is_told=told)
    found: dict[Variable, Number] = {}
    for cell in rows(marked[[*_OF_A_NUMBER]]):  # many columns are slow to go over
        known = found.get(cell.variable)
        if known is None:
            size = 0.0 if pd.isna(cell.estimate) else abs(float(cell.estimate))
            found[cell.variable] = Number(
                variable=cell.variable,
                contributors=int(cell.contributors_n),
                size=size,
                minimum=int(cell.minimum),
                is_hidden=cell.is_hidden,
                is_blank=cell.status == NOT_APPLICABLE and int(cell.contributors_n) > 0,
                is_primary=cell.status == PRIMARY,
                is_free=cell.is_free,
                is_told=cell.is_told,
                scope=cell.scope,
            )
            continue
        known.is_hidden = known.is_hidden or cell.is_hidden
        known.is_blank = known.is_blank and cell.status == NOT_APPLICABLE
        known.is_primary = known.is_primary or cell.status == PRIMARY
        known.is_free = known.is_free and cell.is_free
        known.minimum = max(known.minimum, int(cell.minimum))
        known.scope = max(known.scope, cell.scope, key=("", VALUE, GROUP).index)
    return found


def _settle(every_line: Sequence[Line], numbers: dict[Variable, Number]) -> None:
    """Go over the lines until none asks for more."""
    changed = True
    while changed:
        changed = False
        for line in every_line:
            while _is_open(line, numbers) and _hide_smallest(line, numbers):
                changed = True


def _is_open(line: Line, numbers: dict[Variable, Number]) -> bool:
    """Say whether the hidden cells of a line are protected too little."""
    total = numbers[line.total]
    unseen = [numbers[level] for level in line.levels if numbers[level].is_unseen]
    if not any(each.is_hidden and each.is_unseen for each in [total, *unseen]):
        return False
    if len(unseen) + total.is_unseen < 2:
        return True
    if total.is_unseen:
        return False  # without the total the sum of the hidden levels has no upper end
    return _people(line, unseen, numbers) < max(each.minimum for each in unseen)


def _people(line: Line, hidden: list[Number], numbers: dict[Variable, Number]) -> int:
    """Return the fewest different people the hidden levels may consist of."""
    sizes = [numbers[level].contributors for level in line.levels]
    counts = [each.contributors for each in hidden]
    is_partition = sum(sizes) == numbers[line.total].contributors
    return sum(counts) if is_partition else max(counts)


def _hide_smallest(line: Line, numbers: dict[Variable, Number]) -> bool:
    members = [numbers[each] for each in (line.total, *line.levels)]
    free = [numbers[level] for level in line.levels if numbers[level].is_free]
    if not free and numbers[line.total].is_free:
        free = [numbers[line.total]]
    if not free:
        return False
    _hide(min(free, key=lambda number: number.order), members)
    return True


def _hide(chosen: Number, others: list[Number]) -> None:
    chosen.is_hidden, chosen.is_free = True, False
    group = any(each.is_hidden and each.scope == GROUP for each in others)
    chosen.scope = GROUP if group else VALUE


def _written_back(cells: pd.DataFrame, numbers: dict[Variable, Number]) -> pd.DataFrame:
    """Give every row of a hidden number its status."""
    found = [numbers.get(variable) for variable in cells["variable"]]
    hidden = [number is not None and number.is_hidden for number in found]
    newly = pd.Series(hidden, index=cells.index) & ~cells["status"].isin([PRIMARY, SECONDARY])
    scope = pd.Series([number.scope if number else "" for number in found], index=cells.index)
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY), scope=cells["scope"].mask(newly, scope)
    )


def same_fate(cells: pd.DataFrame) -> pd.DataFrame:
    """Hide every statistic about a group that is hidden: its base would give the count away.

    A group is who shares subject, period (that of counting) and levels, under whatever name they are counted; of
    what is about everybody, only those counted under the same name.
    """
    keys = cells["group"] if "group" in cells else groups(cells)
    people = cells["statistic"] != "process"
    hidden = set(keys[people & (cells["scope"] == GROUP)])
    newly = people & keys.isin(hidden) & cells["status"].isin([RELEASED, TRUE_ZERO])
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY), scope=cells["scope"].mask(newly, GROUP)
    )


def groups(cells: pd.DataFrame) -> pd.Series:
    """Return a number for each cell, the same for cells about the same people (``group_of``)."""
    of = [group_of(cell) for cell in rows(cells[[*_OF_A_GROUP]])]
    return pd.Series(pd.factorize(pd.Series(of, dtype=object))[0], index=cells.index)


def group_of(cell: Any) -> tuple[Any, ...]:
    """Return who a cell is about: cells with the same answer are about the same people."""
    place = place_of(cell)
    who = "" if place or cell.subject_code else cell.population_code
    return cell.subject_code, who, cell.base_period, place
