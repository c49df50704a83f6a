"""Counts of people on public pages, rounded: after hiding and never instead of it.

Whatever may leave unrounded may leave rounded, for rounded cells are made of the released ones and
of nothing else: their reader knows no more than a reader of the exact numbers, which the audit has
examined. Shares, means and models stay as they are; sums of rounded counts do not add up to the digit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports._released import Cell

#: Units that count people or what they asked for. Sessions and files are nobody's.
PEOPLE = ("persons", "users", "households", "contacts", "requests", "records")


def rounded_count(count: float, base: int) -> float:
    """Return the nearest multiple of a base; halves go up, and what is more than 0 never becomes 0.

    Parameters
    ----------
    count
        At least 0.
    base
        1 leaves whole numbers as they are.

    Examples
    --------
    >>> rounded_count(17, 5), rounded_count(18, 5), rounded_count(1, 5), rounded_count(0, 5)
    (15.0, 20.0, 5.0, 0.0)
    """
    nearest = int(count / base + 0.5) * base
    return float(nearest or base) if count > 0 else 0.0


def rounded(cell: Cell, base: int) -> Cell:
    """Return a cell as a public page shows it: counts, bases and missing as multiples of ``base``."""
    if base <= 1 or cell.n_unit not in PEOPLE:  # a model's months are nobody
        return cell
    value = cell.value
    if value is not None and cell.unit in PEOPLE:
        value = rounded_count(value, base)
    return replace(
        cell, value=value, n=_whole(cell.n, base), n_missing=_whole(cell.n_missing, base)
    )


def _whole(count: int | None, base: int) -> int | None:
    return None if count is None else int(rounded_count(count, base))
