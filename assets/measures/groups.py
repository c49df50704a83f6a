"""Splitting people's rows by period and by characteristic, so that the parts always add up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemas.estimates import TOTAL, UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

#: Period of a number about the whole programme up to the data date.
ALL = "all"

#: Characteristics of a person that descriptive tables are split by.
DIMENSIONS = ("neighbourhood_code", "tenure_code", "age_band", "gender_code")


def with_profile(rows: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """Add each person's characteristics to rows with a ``person_code``.

    Parameters
    ----------
    rows
        Any rows about people.
    participants
        ``core_participants``: one row a person. A person who is not in it, or whose
        characteristic is null, gets the level ``_unknown``.

    Returns
    -------
    DataFrame
        The same rows in the same order, with the columns of ``DIMENSIONS``.
    """
    profile = participants[["person_code", *DIMENSIONS]]
    plain = rows.drop(columns=[name for name in DIMENSIONS if name in rows])
    joined = plain.merge(profile, on="person_code", how="left", validate="many_to_one")
    for name in DIMENSIONS:
        joined[name] = level_of(joined[name])
    return joined


def level_of(values: pd.Series) -> pd.Series:
    """Return values as level names: text, null as ``_unknown``, booleans as true/false."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(values):
        values = values.map({True: "true", False: "false"})
    return values.astype("string").fillna(UNKNOWN)


def levels(rows: pd.DataFrame, dimension: str) -> list[str]:
    """Return the levels a table about these rows must show, sorted, ``_unknown`` last."""
    found = sorted(rows[dimension].unique())
    return [each for each in found if each != UNKNOWN] + [each for each in found if each == UNKNOWN]


def by_period(
    rows: pd.DataFrame, periods: list[str], column: str = "quarter"
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each period with its rows (perhaps none), then ``all`` with every row."""
    for period in periods:
        yield period, rows[rows[column] == period]
    yield ALL, rows


def by_level(
    rows: pd.DataFrame, dimension: str, shown: list[str], *, total: bool = False
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each level with its rows (perhaps none), then, if asked, ``_total`` with all rows."""
    found = dict(iter(rows.groupby(dimension, observed=True)))
    for level in shown:
        yield level, found.get(level, rows.iloc[:0])
    if total:
        yield TOTAL, rows


def quarters_covered(observed: pd.Series, declared: list[str]) -> list[str]:
    """Return all quarters from the first to the last one with data, gaps included.

    The programme's declared quarters set the start when they begin earlier; they never add
    quarters after the last data, since what has not been delivered is not zero.
    """
    present = observed.dropna()
    if present.empty:
        return []
    first, last = str(present.min()), str(present.max())
    if declared:
        first = min(first, declared[0]) if declared[0] <= last else first
    start, end = _ordinal(first), _ordinal(last)
    return [f"{each // 4}Q{each % 4 + 1}" for each in range(start, end + 1)]


def next_quarter(quarter: str) -> str:
    """Return the calendar quarter that follows: ``2021Q4`` -> ``2022Q1``."""
    after = _ordinal(quarter) + 1
    return f"{after // 4}Q{after % 4 + 1}"


def _ordinal(quarter: str) -> int:
    year, _, number = quarter.partition("Q")
    return int(year) * 4 + int(number) - 1
