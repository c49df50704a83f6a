"""Which cells add up to which: the lines (a total and its levels) along which cells give others away.

A cell's place is the set of its levels, margins left out: ``reached_n`` of a neighbourhood is the
same number as a 1-way cell, as a margin of neighbourhood x gender, and as the row it is published
in twice. Everybody is the empty place, whether written ``by_1=''`` or ``level_1='_total'``. Where
a table adds up over time the period is one more dimension and ``all`` its total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from assets.release.candidates import rows
from schemas.estimates import TOTAL
from schemas.released import ReleasedTable

#: ((dimension, level), ...) in order of dimension.
Place = tuple[tuple[str, str], ...]

#: Rows that are one number: (what it is, place).
Variable = tuple[tuple[str, ...], Place]

EVERYTHING = "all"


@dataclass(frozen=True)
class Line:
    """A total and the levels of one dimension that make it up."""

    total: Variable
    levels: tuple[Variable, ...]


def place_of(cell: Any, *, with_period: bool = False) -> Place:
    """Return a cell's levels, margins left out, in order of dimension."""
    pairs = [(cell.by_1, cell.level_1), (cell.by_2, cell.level_2)]
    if with_period and cell.period != EVERYTHING:
        pairs.append(("period", cell.period))
    return tuple(sorted((dim, level) for dim, level in pairs if dim and level != TOTAL))


def variables(cells: pd.DataFrame, tables: dict[str, ReleasedTable]) -> pd.Series:
    """Return for each row the number it shows; rows that show the same one get the same value."""
    found = []
    for cell in rows(cells):
        over_time = tables[cell.table_code].adds_over_periods
        block = (
            cell.table_code,
            cell.indicator_code,
            cell.subject_code,
            cell.population_code,
            "" if over_time else cell.period,
        )
        found.append((block, place_of(cell, with_period=over_time)))
    return pd.Series(found, index=cells.index, dtype=object)


def lines(known: Collection[Variable]) -> tuple[Line, ...]:
    """Return every line whose total is itself published, in a fixed order."""
    return _lines(frozenset(known))


@lru_cache(maxsize=16)  # asked of the same numbers again and again while a release is decided
def _lines(known: frozenset[Variable]) -> tuple[Line, ...]:
    levels: dict[tuple[Variable, str], list[Variable]] = defaultdict(list)
    for block, place in known:
        for dimension, _ in place:
            parent = (block, tuple(pair for pair in place if pair[0] != dimension))
            if parent in known:
                levels[parent, dimension].append((block, place))
    return tuple(Line(total, tuple(sorted(levels[total, dim]))) for total, dim in sorted(levels))
