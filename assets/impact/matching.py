"""Did the treated change more than their nearest look-alikes? Nearest-neighbour matching."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from assets.estimates import Statistic, finite, refuse
from assets.impact.balance import comparable, standardised_difference
from assets.impact.weighting import propensity

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MATCHED = "nearest_neighbour"
REFERENCE = "Rosenbaum & Rubin 1985, doi 10.2307/2683903; Austin 2011, doi 10.1002/pst.433"
#: In standard deviations of the logit of the propensity (Austin 2011).
CALIPER = 0.2
MIN_PAIRS = 2
#: Of a distance: what lies beyond is rounding, which each machine does in its own way. Without this
#: two people equally near would be told apart by it, and another person stand in the pair.
DECIMALS = 9


def nearest(
    chance: np.ndarray, treated: np.ndarray, *, caliper: float | None = None
) -> list[tuple[int, int]]:
    """Pair each treated person with the nearest unused other, the most likely treated first.

    Parameters
    ----------
    chance
        What is compared: a propensity, or its logit.
    caliper
        Largest distance allowed, in the unit of ``chance``; ``None``: no limit.

    Returns
    -------
    list of (treated place, other's place)
        In the order of matching; ties go to the earlier row. Matches
        ``MatchIt::matchit(method = "nearest")``.
    """
    import numpy as np

    chance = np.round(chance, DECIMALS)
    mine, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    order = mine[np.argsort(-chance[mine], kind="stable")]
    free = np.ones(len(others), bool)
    pairs = []
    for each in order:
        if not free.any():
            break
        gap = np.round(np.where(free, np.abs(chance[others] - chance[each]), np.inf), DECIMALS)
        best = int(np.argmin(gap))
        if caliper is None or gap[best] <= caliper:
            free[best] = False
            pairs.append((int(each), int(others[best])))
    return pairs


def mahalanobis(covariates: np.ndarray, treated: np.ndarray) -> list[tuple[int, int]]:
    """Pair by Mahalanobis distance, in row order, each other person used once.

    The covariance is pooled within groups, as in ``MatchIt::mahalanobis_dist``.
    """
    import numpy as np

    mine, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    centred = covariates.astype(float).copy()
    for group in (treated, ~treated):
        centred[group] -= centred[group].mean(axis=0)
    inverse = np.linalg.pinv(centred.T @ centred / (len(treated) - 2))
    free = np.ones(len(others), bool)
    pairs = []
    for each in mine:
        if not free.any():
            break
        gap = covariates[others] - covariates[each]
        far = np.where(free, np.einsum("ij,jk,ik->i", gap, inverse, gap), np.inf)
        best = int(np.argmin(np.round(far, DECIMALS)))
        free[best] = False
        pairs.append((int(each), int(others[best])))
    return pairs


def matched_difference(
    outcome: pd.Series,
    covariates: pd.DataFrame,
    treated: pd.Series,
    *,
    by: Literal["propensity", "mahalanobis"] = "propensity",
    n_missing: int = 0,
) -> Statistic:
    """Estimate the mean difference within pairs of look-alikes.

    Formula: the smaller group's people each with their nearest of the other group on the logit of
    the propensity, within ``CALIPER`` standard deviations, without replacement; mean difference
    treated - other, paired t. The effect is about people of the smaller group who found a match.
    The interval takes the pairs as given (Austin 2011).

    Parameters
    ----------
    outcome, covariates, treated
        One row a person, sorted by person, complete cases.

    Returns
    -------
    Statistic
        Unit: points; ``n`` people in pairs; ``details`` has the pairs, who found none and the
        largest standardised difference left. ``comparable_groups``: after matching.
    """
    import numpy as np

    flags, values = treated.to_numpy(bool), covariates.to_numpy(float)
    missing = n_missing

    def no(reason: str) -> Statistic:
        return refuse(
            MATCHED, reason, n=len(flags), unit="points", reference=REFERENCE, n_missing=missing
        )

    smaller = flags if flags.sum() <= (~flags).sum() else ~flags
    if smaller.sum() < MIN_PAIRS:
        return no("too_few_persons")
    if by == "mahalanobis":
        pairs = mahalanobis(values, smaller)
    else:
        chance = propensity(values, smaller)
        if chance is None:
            return no("no_overlap")
        logit = np.log(chance / (1 - chance))
        pairs = nearest(logit, smaller, caliper=CALIPER * float(logit.std(ddof=1)))
    if len(pairs) < MIN_PAIRS:
        return no("too_few_pairs")
    first, second = np.array(pairs).T
    one, zero = (first, second) if flags[first[0]] else (second, first)
    gaps = outcome.to_numpy(float)[one] - outcome.to_numpy(float)[zero]
    left = [
        standardised_difference(covariates[name].iloc[one], covariates[name].iloc[zero])
        for name in covariates.columns
    ]
    alone = int(smaller.sum()) - len(pairs)
    return _placed(gaps, left, alone, n_missing)


def _placed(gaps: np.ndarray, left: list[Statistic], alone: int, n_missing: int) -> Statistic:
    from math import sqrt

    from scipy import stats

    n = len(gaps)
    effect, se = float(gaps.mean()), float(gaps.std(ddof=1)) / sqrt(n)
    half = float(stats.t.ppf(0.975, n - 1)) * se
    worst = [abs(each.estimate) for each in left if each.estimate is not None]
    return Statistic(
        method_code=MATCHED,
        estimate=effect,
        n=2 * n,
        unit="points",
        reference=REFERENCE,
        se=se,
        ci_low=effect - half,
        ci_high=effect + half,
        p_value=finite(2 * float(stats.t.sf(abs(effect) / se, n - 1))) if se > 0 else None,
        n_missing=n_missing,
        details={
            "pairs_n": n,
            "unmatched_n": alone,
            "largest_smd": max(worst) if worst else None,
        },
        assumptions={
            "comparable_groups": comparable(left),
            "no_unmeasured_confounding": "not_checked",
        },
    )
