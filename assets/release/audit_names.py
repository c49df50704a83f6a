"""One number under two names: hidden in one table, shown by another.

Part of the audit; shares nothing with suppression.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from assets.release.findings import Finding
from assets.release.reader import HIDDEN, SHOWN, Place, place_of

#: Indicator -> (number of it, the name of that number): what is told twice is told once too often.
_SAME_NUMBER = {
    "reached_n": ("value", "people in the period"),
    "retention_rate": ("n", "people in the period"),
    "come_share": ("numerator", "people in the period"),  # who came, of those who are known
    "eligible_n": ("value", "people with a score"),
    "score_mean": ("n", "people with a score"),
    "linked_n": ("value", "people with both scores"),
    "score_change": ("n", "people with both scores"),
}

ANOTHER_NAME = "another name"


class Named(NamedTuple):
    """A row that tells a number which has several names."""

    row: str
    table: str
    number: tuple[str, str, str, Place]
    is_value: bool  # the row's own number, not its base
    is_told: bool  # it would show the number


def named(cells: Collection[Any], first_wave: str) -> list[Named]:
    """Return the rows that tell such a number, of the candidates' rows."""
    one_quarter = _one_quarter(cells)
    return [
        _named(row, one_quarter, first_wave) for row in cells if row.indicator_code in _SAME_NUMBER
    ]


def _named(row: Any, one_quarter: Mapping[Place, str], first_wave: str) -> Named:
    name, what = _SAME_NUMBER[row.indicator_code]
    place = place_of(row)
    period = first_wave if row.indicator_code == "eligible_n" else row.period
    period = "all" if one_quarter.get(place) == row.period else period
    number = row.n if name == "n" else row.estimate
    return Named(
        row.estimate_id,
        row.table_code,
        (what, row.subject_code, period, place),
        name == "value",
        not pd.isna(number),
    )


def _one_quarter(cells: Collection[Any]) -> dict[Place, str]:
    """Return the quarter of each group that came in one only: it is then its whole period too."""
    quarters = defaultdict(set)
    for row in cells:
        if row.indicator_code == "reached_n" and row.period != "all" and row.estimate > 0:
            quarters[place_of(row)].add(row.period)
    return {place: min(found) for place, found in quarters.items() if len(found) == 1}


def under_another_name(told: Collection[Named], fates: Mapping[str, str]) -> Iterator[Finding]:
    """Find hidden counts that another table shows (a rate may be hidden beside its base).

    Parameters
    ----------
    fates
        ``estimate_id`` -> status in the release.
    """
    shown = defaultdict(list)
    for each in told:
        if each.is_told and fates.get(each.row) in SHOWN:
            shown[each.number].append(each.row)
    for each in told:
        if each.is_value and fates.get(each.row) in HIDDEN and each.number in shown:
            others = tuple(sorted(shown[each.number]))
            yield Finding(each.table, each.row, ANOTHER_NAME, beside=others)
