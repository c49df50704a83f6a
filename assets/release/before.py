"""What earlier releases tell a reader of today's numbers, as far as hiding must reckon with it.

A number that was shown and has not changed hides nothing any more, nor does hiding it protect
another. A line whose cells were hidden in part still says what the hidden ones sum to, as long as
they are what they were. The audit (``facts_before``) asks the same of the result in its own way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pandas as pd

from assets.release.candidates import rows
from assets.release.lines import Variable, lines
from assets.release.primary import RELEASED, TRUE_ZERO

_SHOWN = [RELEASED, TRUE_ZERO]
#: Statistics whose numbers add up along lines.
_ADDED = ["count", "sum"]


def marked(cells: pd.DataFrame, earlier: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the cells with ``is_told``: whether an earlier release shows the number as it is."""
    told: set[str] = set()
    for release in earlier:
        seen = release.loc[release["status"].isin(_SHOWN), ["estimate_id", "value", "n"]]
        both = cells[["estimate_id", "estimate", "n"]].merge(
            seen, on="estimate_id", suffixes=("", "_then")
        )
        same = (both["estimate"] - both["value"]).abs() <= 1e-9
        told |= set(both.loc[same & (both["n"] == both["n_then"]).fillna(False), "estimate_id"])
    numbers = set(cells.loc[cells["estimate_id"].isin(told), "variable"])
    return cells.assign(is_told=cells["variable"].isin(numbers))


def sums_before(
    cells: pd.DataFrame, earlier: Sequence[pd.DataFrame]
) -> list[dict[Variable, float]]:
    """Return the sums of numbers hidden in an earlier release that still hold: number -> sign."""
    added = cells[cells["statistic"].isin(_ADDED) & cells["estimate"].notna()]
    now = dict(zip(added["variable"], added["estimate"].astype("float64"), strict=True))
    found: dict[tuple[tuple[Variable, float], ...], None] = {}
    for release in earlier:
        found |= dict.fromkeys(_of_one(added, now, release))
    return [dict(each) for each in found]


def _of_one(
    added: pd.DataFrame, now: dict[Variable, float], release: pd.DataFrame
) -> Iterator[tuple[tuple[Variable, float], ...]]:
    then = release[["estimate_id", "status", "value"]].merge(
        added[["estimate_id", "variable"]], on="estimate_id"
    )
    told: dict[Variable, list[float]] = defaultdict(list)
    for row in rows(then):
        told[row.variable] += [float(row.value)] if row.status in _SHOWN else []
    for line in lines(set(told)):
        terms = [(line.total, -1.0), *((level, 1.0) for level in line.levels)]
        hidden = tuple((each, sign) for each, sign in terms if not told[each])
        shown = sum(sign * told[each][0] for each, sign in terms if told[each])
        left = sum(sign * now[each] for each, sign in hidden)
        if 0 < len(hidden) < len(terms) and abs(left + shown) <= 1e-6 * max(1.0, abs(shown)):
            yield hidden
