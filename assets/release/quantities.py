"""What a release says of every quantity: one number a quantity, whatever tables show it.

Part of the audit; shares nothing with suppression.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from assets.release.reader import HIDDEN, SHOWN, Key, Saying


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
        return not self.key.may_be_negative and float(self.truth).is_integer()


def quantities(
    said: Collection[Saying], fates: Mapping[str, str], told_before: Collection[str] = ()
) -> dict[Key, Quantity]:
    """Gather what a release says of every quantity.

    Parameters
    ----------
    said
        What ``reader.sayings`` returns.
    fates
        ``estimate_id`` -> status in the release.
    told_before
        ``estimate_id`` of rows that an earlier release shows as they still are.

    Returns
    -------
    dict
        Quantities in the order of their rows; a quantity is shown where one row shows it.
    """
    found: dict[Key, Quantity] = {}
    for each in said:
        fate = fates.get(each.row, "")  # a row that did not leave is not shown
        quantity = found.get(each.key)
        if quantity is None:
            quantity = found[each.key] = Quantity(each.key, each.truth, 0)
        quantity.minimum = max(quantity.minimum, each.minimum)
        quantity.tables.add(each.table)
        quantity.is_additive = quantity.is_additive or each.is_additive
        is_zero_base = fate == "not_applicable" and each.truth == 0
        if fate in SHOWN or is_zero_base or each.row in told_before:
            quantity.is_shown = True
            quantity.showing.add(each.row)
            continue
        quantity.hidden.add(each.row)
        if fate in HIDDEN:
            quantity.is_needed = quantity.is_needed or each.wanted > 0
            quantity.wanted = max(quantity.wanted, each.wanted)
    _none_listed(found)
    return found


def _none_listed(found: dict[Key, Quantity]) -> None:
    """Mark as shown the zeros that a list of all who came tells by leaving a level out."""
    listed: dict[str, set[str]] = defaultdict(set)
    for key, quantity in found.items():
        if key.name == "people" and "reach" in quantity.tables:
            listed[key.period].update(dimension for dimension, _ in key.place)
    for key, quantity in found.items():
        if key.name == "people" and quantity.truth == 0 and "reach" not in quantity.tables:
            quantity.is_shown = all(each in listed[key.period] for each, _ in key.place)
