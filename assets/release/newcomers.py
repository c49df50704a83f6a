"""Hold back what, beside an earlier release, would be about the few who came in between.

A mean of 17 people and a mean of 19 are, by subtraction, the total of two. Until enough have come,
left or changed since a release that showed the number, it is not shown again. The audit
(``audit_releases``) asks the same of the result in its own way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from assets.release.primary import RELEASED, SECONDARY, TRUE_ZERO, VALUE

_SHOWN = [RELEASED, TRUE_ZERO]
#: Statistics that are sums over people, divided or not. Models, reliabilities and effect sizes are
#: not: the few in between cannot be had from two of them by subtraction.
_SUBTRACTED = ["mean", "rate", "change", "survival", "sum"]


def hold_back(cells: pd.DataFrame, earlier: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Hide what differs from an earlier release by too few people.

    Parameters
    ----------
    cells
        What ``primary`` returns.
    earlier
        Every release that a reader may already have (``archive.earlier``).

    Returns
    -------
    pandas.DataFrame
        The same rows; more of them ``suppressed_secondary``. Counts grow by one without saying
        more than that somebody came, so only counts under the strict threshold are held back.
    """
    seen = [
        each.loc[each["status"].isin(_SHOWN), ["estimate_id", "value", "n"]] for each in earlier
    ]
    if not any(len(each) for each in seen):
        return cells
    known = pd.concat(seen, ignore_index=True).rename(columns={"value": "was", "n": "was_n"})
    shown = cells[cells["status"].isin(_SHOWN)]
    both = shown.merge(known, on="estimate_id").astype({"n": "float64", "was_n": "float64"})
    is_few = _is_few(both)
    late = set(both.loc[is_few, "estimate_id"])
    newly = cells["estimate_id"].isin(late)
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY), scope=cells["scope"].mask(newly, VALUE)
    )


def _is_few(both: pd.DataFrame) -> pd.Series:
    moved = (both["estimate"] - both["was"]).abs()
    grown = (both["n"] - both["was_n"]).abs()
    is_share = both["unit"].isin(["share", "proportion"])
    # Revised figures about the same people: of a share one can count who changed; of a mean it may be one.
    revised = pd.Series(np.where(is_share, moved * both["n"], moved > 1e-9), index=both.index)
    people = grown.mask(grown == 0, revised)
    people = people.mask(both["statistic"] == "count", moved)
    asked = both["statistic"].isin(_SUBTRACTED) | (
        (both["statistic"] == "count") & both["is_sensitive"]
    )
    return asked & (people > 1e-6) & (people < both["minimum"] - 0.5)
