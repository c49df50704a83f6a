"""Which numbers rows speak of, under the names by which all tables know them.

Part of the audit; shares nothing with suppression. Tables are about the same people, so the base of
a rate here is the count there: every such number stands here once, under one name.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

import pandas as pd

from assets.errors import ConfigurationError
from assets.release.candidates import is_sensitive, rows
from assets.release.thresholds import Thresholds
from schemas.estimates import TOTAL
from schemas.released import SUPPRESSED, SUPPRESSED_KINDS, ReleasedTable

HIDDEN = (*SUPPRESSED_KINDS, SUPPRESSED)
SHOWN = ("released", "true_zero")
_SAME = 1e-9
WHOLE = "all"

Place = frozenset[tuple[str, str]]

#: (indicator, which of its numbers) -> the name under which all tables know that number.
NAMES = {
    ("reached_n", "value"): "people",
    ("retention_rate", "n"): "people",
    ("come_share", "numerator"): "people",
    ("eligible_n", "value"): "scored",
    ("score_mean", "n"): "scored",
    ("score_floor_share", "n"): "scored",
    ("score_ceiling_share", "n"): "scored",
    ("score_band_share", "n"): "scored",
    ("linked_n", "value"): "scored twice",
    ("score_change", "n"): "scored twice",
    ("reliably_improved_share", "n"): "scored twice",
    ("reliably_worsened_share", "n"): "scored twice",
    ("important_change_share", "n"): "scored twice",
    ("users_n", "value"): "users",
    ("services_per_user", "n"): "users",
}
#: Which numbers of each statistic are counts that add up or bound each other.
COUNTS = {
    "count": ("value",),
    "sum": ("value",),
    "rate": ("n", "numerator"),
    "survival": ("n", "numerator"),
    "mean": ("n", "total"),
    "change": ("n", "total"),
}
#: Of these statistics' indicators value times n is a sum over people (an effect size is not).
MEANS = ("score_mean", "score_change", "closing_days_mean", "services_per_user")
#: Of these the number itself is one that a reader can subtract: a difference of two means.
DIFFERENCES = ("did_effect",)


class Key(NamedTuple):
    """Which quantity: what is counted, of what, when, of whom."""

    name: str
    subject: str
    period: str
    place: Place

    @property
    def may_be_negative(self) -> bool:
        """Whether it can lie below zero: a total of changes, a difference."""
        return self.name.startswith("total ") or self.name.endswith(" difference")


class Saying(NamedTuple):
    """One number that a row speaks of, whether or not it will be shown."""

    key: Key
    truth: float
    row: str
    table: str
    minimum: int
    wanted: float  # how wide its interval must be where the row hides it; 0: no secret
    is_additive: bool
    is_base: bool


def sayings(
    candidates: pd.DataFrame,
    tables: Mapping[str, ReleasedTable],
    limits: Thresholds,
    *,
    sensitive_services: Collection[str] = (),
    first_wave: str = "",
) -> list[Saying]:
    """Return every number that the rows speak of, whatever their fate.

    Raises
    ------
    ConfigurationError
        When two rows of an additive table say different things of one number.
    """
    cells = rows(candidates)
    found: list[Saying] = []
    truths: dict[Key, float] = {}
    for row in cells:
        table = tables[row.table_code]
        minimum = limits.minimum(is_sensitive=is_sensitive(row, table, sensitive_services))
        for key, what, truth in _said(row, table, first_wave):
            key = _known_as(key, truth, truths, row, table, what)
            found.append(
                Saying(
                    key,
                    truth,
                    row.estimate_id,
                    row.table_code,
                    minimum,
                    _wanted(row, what, truth, minimum, table, limits),
                    table.additive and what == "value",
                    what == "n",
                )
            )
    return found


def _known_as(
    key: Key, truth: float, truths: dict[Key, float], row: Any, table: ReleasedTable, what: str
) -> Key:
    """Return the name of a number; what is not the same number gets a name of its own."""
    names = (
        key.name,
        f"{row.indicator_code} {what}",
        f"{row.indicator_code} {row.population_code} {what}",
        f"{row.estimate_id} {what}",
    )
    for name in names:
        found = key._replace(name=name)
        if abs(truths.setdefault(found, truth) - truth) <= _SAME:
            return found
        if table.additive and what == "value" and name == names[1]:
            does_not_add_up(table.code)
    return found


def does_not_add_up(code: str) -> NoReturn:
    """Refuse a table that is declared additive and is not."""
    raise ConfigurationError(
        f"La tabella «{code}» è dichiarata additiva ma i suoi livelli non danno il totale: "
        "non si può controllare, quindi non esce.",
        f"Table '{code}' is declared additive but its levels do not add up to its total: it "
        "cannot be checked, so it does not leave.",
    )


def _wanted(
    row: Any, what: str, truth: float, minimum: int, table: ReleasedTable, limits: Thresholds
) -> float:
    if what == "total":
        return 1e-3  # must not be known exactly
    if what == "n":  # a base is a secret where it is small
        return float(minimum) if 0 < truth < minimum else 0.0
    if what == "difference":
        return 0.0
    if row.unit == "sessions":  # not about people: not to be known exactly, no more
        return 1.0
    if table.statistic == "sum":
        return max(float(minimum), (1 - limits.dominance_share) * truth)
    return float(minimum)


def key_of(row: Any, what: str, first_wave: str = "") -> Key:
    """Return the name under which all tables know a number of a row."""
    name = NAMES.get((row.indicator_code, what), f"{row.indicator_code} {what}")
    if what == "total":
        name = f"total {row.indicator_code}"
    period = first_wave or row.period if row.indicator_code == "eligible_n" else row.period
    return Key(
        name, row.subject_code, period, place_of(row, without=_NESTED if what == "n" else ())
    )


def place_of(row: Any, without: Collection[str] = ()) -> Place:
    """Return a row's levels, margins left out."""
    return frozenset(
        (dimension, level)
        for dimension, level in ((row.by_1, row.level_1), (row.by_2, row.level_2))
        if dimension and level != TOTAL and dimension not in without
    )


def _said(row: Any, table: ReleasedTable, first_wave: str) -> Iterator[tuple[Key, str, float]]:
    spoken = COUNTS.get(table.statistic, ())
    for what in (*spoken, "difference") if row.indicator_code in DIFFERENCES else spoken:
        truth = _truth(row, what)
        if not math.isnan(truth):
            yield key_of(row, what, first_wave), what, truth


#: Dimensions whose levels are answers about the same people, not different people.
_NESTED = ("band", "day")


def _truth(row: Any, what: str) -> float:
    if what == "value":
        return 0.0 if pd.isna(row.estimate) else float(row.estimate)
    if what == "n":
        return _number(row.n)
    if what == "difference":
        return _number(row.estimate)
    if what == "numerator":
        if not pd.isna(row.numerator_n):
            return float(row.numerator_n)
        is_share = row.unit in ("share", "proportion") and not row.indicator_code.endswith(
            "_median"
        )
        if is_share and not pd.isna(row.estimate) and not pd.isna(row.n):
            return float(row.estimate) * float(row.n)
        return float("nan")
    if row.indicator_code not in MEANS or pd.isna(row.estimate) or pd.isna(row.n):
        return float("nan")
    return float(row.estimate) * float(row.n)


def _number(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)
