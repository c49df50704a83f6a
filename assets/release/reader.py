"""What a reader of all tables together knows: one number a quantity, whatever tables show it.

Part of the audit; shares nothing with suppression. Tables are about the same people, so the base of
a rate here is the count there: every such number stands here once, under one name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from assets.release.candidates import is_sensitive, rows
from assets.release.thresholds import Thresholds
from schemas.estimates import TOTAL
from schemas.released import ReleasedTable

HIDDEN = ("suppressed_primary", "suppressed_secondary")
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


class Key(NamedTuple):
    """Which quantity: what is counted, of what, when, of whom."""

    name: str
    subject: str
    period: str
    place: Place


@dataclass
class Quantity:
    """One number and everything that is said of it."""

    key: Key
    truth: float
    minimum: int
    is_shown: bool = False
    is_additive: bool = False
    is_needed: bool = False  # hidden by a row of its own, so it must not be found out
    wanted: float = 0.0  # how wide its interval must be
    tables: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)  # rows that hide it
    showing: set[str] = field(default_factory=set)  # rows that show it

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number."""
        return not self.key.name.startswith("total ") and float(self.truth).is_integer()


def quantities(
    released: pd.DataFrame,
    candidates: pd.DataFrame,
    tables: Mapping[str, ReleasedTable],
    limits: Thresholds,
    *,
    sensitive_services: Collection[str] = (),
    first_wave: str = "",
    shown_before: Collection[str] = (),
) -> dict[Key, Quantity]:
    """Gather every quantity that the released rows speak of.

    Parameters
    ----------
    shown_before
        ``estimate_id`` of rows hidden now that an earlier release shows as they still are.

    Returns
    -------
    dict
        Quantities in the order of their rows; a quantity is shown where one row shows it.
    """
    shown = released[["table_code", "estimate_id", "status"]].rename(columns={"status": "fate"})
    both = candidates.merge(shown, on=["table_code", "estimate_id"], how="inner")
    known = frozenset(shown_before)
    found: dict[Key, Quantity] = {}
    for row in rows(both):
        table = tables[row.table_code]
        strict = is_sensitive(row, table, sensitive_services)
        for key, what, truth in _said(row, table, first_wave):
            known_quantity = found.get(key)
            if known_quantity is not None and abs(known_quantity.truth - truth) > 1e-9:
                # Not the same people after all (some without the answer): a number of its own.
                key = key._replace(name=f"{row.indicator_code} {what}")
            quantity = found.setdefault(key, Quantity(key, truth, 0))
            _note(quantity, row, what, table, limits, strict, known)
    _none_listed(found)
    return found


def _none_listed(found: dict[Key, Quantity]) -> None:
    """Mark as shown the zeros that a list of all who came tells by leaving a level out."""
    listed = {
        (key.period, dimension)
        for key, quantity in found.items()
        if key.name == "people" and "reach" in quantity.tables
        for dimension, _ in key.place
    }
    for key, quantity in found.items():
        if key.name == "people" and quantity.truth == 0 and "reach" not in quantity.tables:
            quantity.is_shown = all((key.period, each) in listed for each, _ in key.place)


def _note(
    quantity: Quantity,
    row: Any,
    what: str,
    table: ReleasedTable,
    limits: Thresholds,
    strict: bool,
    known: frozenset[str],
) -> None:
    quantity.minimum = max(quantity.minimum, limits.minimum(is_sensitive=strict))
    quantity.tables.add(row.table_code)
    quantity.is_additive = quantity.is_additive or (table.additive and what == "value")
    is_zero_base = row.fate == "not_applicable" and quantity.truth == 0
    if row.fate in ("released", "true_zero") or is_zero_base or row.estimate_id in known:
        quantity.is_shown = True
        quantity.showing.add(row.estimate_id)
        return
    quantity.hidden.add(row.estimate_id)
    if row.fate not in HIDDEN or row.unit == "sessions":
        return
    if what in ("value", "numerator"):
        quantity.is_needed = True
        wanted = float(quantity.minimum)
        if table.statistic == "sum":
            wanted = max(wanted, (1 - limits.dominance_share) * quantity.truth)
        quantity.wanted = max(quantity.wanted, wanted)
    elif what == "n" and 0 < quantity.truth < quantity.minimum:
        quantity.is_needed = True  # a base is a secret where it is small
        quantity.wanted = float(quantity.minimum)
    elif what == "total":
        quantity.is_needed = True
        quantity.wanted = max(quantity.wanted, 1e-3)  # must not be known exactly


def key_of(row: Any, what: str, first_wave: str = "") -> Key:
    """Return the name under which all tables know a number of a row."""
    name = NAMES.get((row.indicator_code, what), f"{row.indicator_code} {what}")
    if what == "total":
        name = f"total {row.indicator_code}"
    period = first_wave or row.period if row.indicator_code == "eligible_n" else row.period
    place = frozenset(
        (dimension, level)
        for dimension, level in ((row.by_1, row.level_1), (row.by_2, row.level_2))
        if dimension and level != TOTAL and not (what == "n" and dimension in _NESTED)
    )
    return Key(name, row.subject_code, period, place)


def _said(row: Any, table: ReleasedTable, first_wave: str) -> Iterator[tuple[Key, str, float]]:
    for what in COUNTS.get(table.statistic, ()):
        truth = _truth(row, what)
        if not np.isnan(truth):
            yield key_of(row, what, first_wave), what, truth


#: Dimensions whose levels are answers about the same people, not different people.
_NESTED = ("band", "day")


def _truth(row: Any, what: str) -> float:
    if what == "value":
        return 0.0 if pd.isna(row.estimate) else float(row.estimate)
    if what == "n":
        return _number(row.n)
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
