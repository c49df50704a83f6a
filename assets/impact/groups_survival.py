"""Do groups differ in how long something takes? The log-rank test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.estimates import Statistic, refuse

if TYPE_CHECKING:
    import pandas as pd

LOG_RANK = "log_rank"
REFERENCE = "Mantel 1966, Cancer Chemotherapy Reports 50:163-170; Peto & Peto 1972"


def log_rank(days: pd.Series, ended: pd.Series, groups: pd.Series) -> Statistic:
    """Test whether the curves of two or more groups are one.

    At each day with an ending, the endings expected in a group are its share of those at risk; the
    sum of observed minus expected, over its hypergeometric variance, is chi-square with groups - 1
    degrees of freedom. Strongest where one hazard is a multiple of the other; where curves cross it
    may see nothing.

    Parameters
    ----------
    days, ended
        Time to the ending or to the end of observation, and whether it was seen.
    groups
        Level of each; rows without a level or without days are left out and counted.

    Returns
    -------
    Statistic
        Chi-square (unit ``chi_square``) with its ``p_value``; details ``df`` and ``smallest_n``.
        Refused with fewer than two groups, or without any ending.

    References
    ----------
    Mantel 1966; Peto & Peto 1972, JRSS A 135:185-207. Matches ``survival::survdiff``.
    """
    import numpy as np
    from statsmodels.duration.survfunc import survdiff

    known = (days.notna() & groups.notna()).to_numpy(dtype=bool)
    n, n_missing = int(known.sum()), int((~known).sum())
    levels = groups[known].astype("string")
    reason = None
    if levels.nunique() < 2:
        reason = "no_second_group"
    elif not ended[known].any():
        reason = "no_events"
    if reason:
        return refuse(
            LOG_RANK, reason, n=n, unit="chi_square", reference=REFERENCE, n_missing=n_missing
        )
    try:
        chi_square, p_value = survdiff(
            days[known].to_numpy(dtype=float),
            ended[known].to_numpy(dtype=float),
            np.asarray(levels, dtype=object),
        )
    except np.linalg.LinAlgError:  # all who were still at risk ended together: nothing varies
        chi_square, p_value = float("nan"), float("nan")
    if not np.isfinite(chi_square):
        return refuse(LOG_RANK, "no_spread", n=n, unit="chi_square", reference=REFERENCE, n_missing=n_missing)  # fmt: skip
    return Statistic(
        method_code=LOG_RANK,
        estimate=float(chi_square),
        n=n,
        unit="chi_square",
        reference=REFERENCE,
        p_value=float(p_value),
        n_missing=n_missing,
        details={
            "df": int(levels.nunique()) - 1,
            "smallest_n": int(levels.value_counts().min()),
        },
    )
