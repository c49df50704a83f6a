"""Whose change is more than error of measurement, and whose is large enough to matter?"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Literal

from assets.estimates import Statistic, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LIMIT = "reliable_change_limit"
IMPROVED, WORSENED, UNCHANGED = "reliably_improved", "reliably_worsened", "reliably_unchanged"
IMPORTANT = "important_change_share"
REFERENCE = "Jacobson & Truax 1991, Journal of Consulting and Clinical Psychology 59:12-19"
IMPORTANT_REFERENCE = "Jaeschke, Singer & Guyatt 1989, Controlled Clinical Trials 10:407-415"
Better = Literal["higher", "lower"]


def difference_error(sd: float, reliability: float) -> float:
    """Return the standard error of a difference: sqrt(2) SD sqrt(1 - r)."""
    return sqrt(2) * sd * sqrt(1 - reliability)


def reliable_change_index(change: float, sd: float, reliability: float) -> float:
    """Return (post - pre) / (sqrt(2) SD sqrt(1 - r)) of one person (Jacobson & Truax 1991)."""
    return change / difference_error(sd, reliability)


def reliable_limit(
    sd: float | None, reliability: float | None, *, n: int, level: float = 0.95
) -> Statistic:
    """Return the change beyond which error of measurement alone is unlikely: z sqrt(2) SD sqrt(1-r).

    Parameters
    ----------
    sd
        Standard deviation of the scores in the first wave (points).
    reliability
        Of the scale in the first wave: retest where known, else alpha, which leaves out what
        changes from day to day and makes the limit rather small.
    n
        People behind the SD.

    Returns
    -------
    Statistic
        Points. ``not_estimable`` without a reliability between 0 and 1 or without variance.
    """
    common: dict[str, Any] = {"n": n, "unit": "points", "reference": REFERENCE}
    if reliability is None or not 0 < reliability < 1:
        return refuse(LIMIT, "no_reliability", **common)
    if sd is None or not sd > 0:
        return refuse(LIMIT, "no_variance", **common)
    from scipy.stats import norm

    return Statistic(
        method_code=LIMIT,
        estimate=float(norm.ppf(0.5 + level / 2)) * difference_error(sd, reliability),
        details={"sd_pre": sd, "reliability": reliability},
        **common,
    )


def reliable_change(
    pre: np.ndarray | pd.Series,
    post: np.ndarray | pd.Series,
    limit: float | None,
    better: Better,
    *,
    n_missing: int = 0,
) -> dict[str, tuple[Statistic, int]]:
    """Estimate which shares of people improved, worsened or did neither beyond the limit.

    Parameters
    ----------
    pre, post
        Scores of the same people in the same order, none missing (points).
    limit
        As :func:`reliable_limit` gives it; a change must be larger, not equal.
    better
        Which end of the scale is the good one.

    Returns
    -------
    dict of str to tuple
        Method -> share (0 to 1, Wilson interval) and the number of people in it.

    Notes
    -----
    A share is of people who answered both waves; regression to the mean moves people who began
    low towards improvement.
    """
    gain = _gain(pre, post, better)
    if limit is None:
        return {
            code: (_share(code, 0, 0, n_missing, REFERENCE, "no_reliability"), 0)
            for code in (IMPROVED, WORSENED, UNCHANGED)
        }
    up, down = int((gain > limit).sum()), int((gain < -limit).sum())
    counts = {IMPROVED: up, WORSENED: down, UNCHANGED: len(gain) - up - down}
    return {
        code: (_share(code, people, len(gain), n_missing, REFERENCE), people)
        for code, people in counts.items()
    }


def important_change(
    pre: np.ndarray | pd.Series,
    post: np.ndarray | pd.Series,
    minimum: float | None,
    better: Better,
    *,
    n_missing: int = 0,
) -> tuple[Statistic, int]:
    """Estimate the share of people whose gain reaches the instrument's minimal important change.

    Parameters
    ----------
    minimum
        Published for the instrument (points); ``None`` where nobody published one.

    Returns
    -------
    tuple
        Share (0 to 1, Wilson interval; a gain equal to the minimum reaches it) and people.
    """
    gain = _gain(pre, post, better)
    if minimum is None:
        return _share(IMPORTANT, 0, 0, n_missing, IMPORTANT_REFERENCE, "no_minimal_change"), 0
    people = int((gain >= minimum - 1e-9).sum())
    return _share(IMPORTANT, people, len(gain), n_missing, IMPORTANT_REFERENCE), people


def _gain(pre: Any, post: Any, better: Better) -> np.ndarray:
    import numpy as np

    change: np.ndarray = np.asarray(post, dtype=float) - np.asarray(pre, dtype=float)
    if np.isnan(change).any():
        raise ValueError("pairs with a missing score must be left out first")
    return change if better == "higher" else -change


def _share(
    code: str, people: int, n: int, n_missing: int, reference: str, reason: str = "no_pairs"
) -> Statistic:
    common: dict[str, Any] = {"unit": "share", "reference": reference, "n_missing": n_missing}
    if n == 0:
        return refuse(code, reason, n=n, **common)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(people, n, method="wilson")
    return Statistic(
        method_code=code,
        estimate=people / n,
        n=n,
        ci_low=float(low),
        ci_high=float(high),
        **common,
    )
