"""What two releases tell that neither does alone: the few who came, left or changed in between.

Part of the audit; shares nothing with suppression (``newcomers`` decides what to hold back).
A reader who has an earlier release multiplies each mean by its base, twice, and subtracts: what is
left is the total of those by whom the two differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from assets.release.candidates import is_sensitive, rows
from assets.release.reader import SHOWN
from assets.release.thresholds import Thresholds
from schemas.released import ReleasedTable

#: What is sums of people's values, so that a difference of two is the value of the few between.
_SUMS = frozenset({"mean", "rate", "change", "survival", "sum"})
_SAME = 1e-9


def told_before(candidates: pd.DataFrame, earlier: Sequence[pd.DataFrame]) -> set[str]:
    """Return the ``estimate_id`` of rows whose number an earlier release shows as it still is."""
    now = candidates[["estimate_id", "estimate", "n"]].rename(columns={"n": "n_now"})
    found: set[str] = set()
    for release in earlier:
        seen = release.loc[release["status"].isin(SHOWN), ["estimate_id", "value", "n"]]
        both = now.merge(seen, on="estimate_id")
        same = (both["estimate"] - both["value"]).abs() <= _SAME
        found |= set(both.loc[same & (both["n_now"] == both["n"]).fillna(False), "estimate_id"])
    return found


def too_soon(
    candidates: pd.DataFrame,
    tables: Mapping[str, ReleasedTable],
    limits: Thresholds,
    earlier: Sequence[pd.DataFrame],
    sensitive_services: Collection[str] = (),
) -> list[str]:
    """Find numbers that differ from an earlier release by too few people.

    Parameters
    ----------
    earlier
        Every release that a reader may already have.

    Returns
    -------
    list of str
        ``estimate_id`` of rows that must not be shown yet, in order.
    """
    before = _by_number(earlier)
    found = []
    for row in rows(candidates[candidates["estimate_id"].isin(list(before))]):
        table = tables[row.table_code]
        is_strict = is_sensitive(row, table, sensitive_services)
        minimum = limits.minimum(is_sensitive=is_strict)
        if table.statistic not in _SUMS and not (table.statistic == "count" and is_strict):
            continue
        if pd.isna(row.estimate):
            continue
        seen = dict.fromkeys(before[row.estimate_id])
        if any(
            0 < size < minimum - 0.5
            for value, base in seen
            for size in _between(row, table, value, base)
        ):
            found.append(row.estimate_id)
    return sorted(found)


def _by_number(earlier: Sequence[pd.DataFrame]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for release in earlier:
        shown = release[release["status"].isin(SHOWN)]
        for row in rows(shown[["estimate_id", "value", "n"]]):
            base = float("nan") if pd.isna(row.n) else float(row.n)
            found.setdefault(row.estimate_id, []).append((float(row.value), base))
    return found


def _between(row: Any, table: ReleasedTable, value: float, base: float) -> Iterator[float]:
    """Yield the sizes of the groups by which the two releases differ."""
    changed = abs(row.estimate - value) > _SAME
    if table.statistic == "count":
        yield abs(row.estimate - value)
        return
    if pd.isna(row.n) or pd.isna(base):
        return
    grown = abs(float(row.n) - base)
    yield grown
    if grown == 0 and changed:
        # The same people, revised: how many of them changed a reader of shares can count; of a
        # mean nobody can tell, so it may be one.
        is_share = row.unit in ("share", "proportion")
        yield abs(row.estimate - value) * base if is_share else 1.0
