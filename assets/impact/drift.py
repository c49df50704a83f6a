"""Does a scale measure the same way in two waves? Its alpha, and each item against the others."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from assets.estimates import Statistic, refuse
from assets.impact.multiplicity import holm
from assets.impact.reliability import MIN_ALPHA_ITEMS, alpha_of

if TYPE_CHECKING:
    import pandas as pd

ALPHA_CHANGE = "alpha_change_feldt"
ITEM_DRIFT = "item_drift_paired_t"
ALPHA_REFERENCE = (
    "Feldt 1980, Psychometrika 45:99-105; Charter & Feldt 1996, doi 10.2466/pms.1996.82.3.763"
)
DRIFT_REFERENCE = (
    "Item by time contrast, paired t (Student 1908); Holm 1979, Scandinavian Journal of Statistics "
    "6:65-70; why it matters: Schwartz & Sprangers 1999, doi 10.1016/S0277-9536(99)00047-7"
)
#: Fewest linked persons with every item in both waves.
MIN_PERSONS = 10


def dependent_alphas_test(first: float, second: float, n: int, r: float) -> tuple[float, float]:
    """Return t and p of the difference between two alphas of the same n persons.

    t = (second - first) sqrt(n - 2) / sqrt(4 (1 - first)(1 - second)(1 - r^2)), df = n - 2, where r
    is the correlation of the two total scores (Feldt 1980).
    """
    from scipy.stats import t

    spread = 4 * (1 - first) * (1 - second) * (1 - r**2)
    statistic = (second - first) * sqrt(n - 2) / sqrt(spread)
    return statistic, 2 * float(t.sf(abs(statistic), n - 2))


def alpha_change(before: pd.DataFrame, after: pd.DataFrame) -> Statistic:
    """Estimate how much more consistent a scale is in the later wave, in the same persons.

    Parameters
    ----------
    before, after
        Items of two waves: one row a person (index = person), the same columns, reversed items
        turned round. Persons lacking an item in either wave are left out and counted.

    Returns
    -------
    Statistic
        Alpha after minus alpha before, unit ``coefficient``, p by Feldt's test; no interval.

    Notes
    -----
    Assumes normal scores and, as alpha does, items measuring one thing equally well. A difference
    shows that the scale changed, not which wave is right. Matches
    ``cocron::cocron.two.coefficients(alpha, n, dep = TRUE, r)``.
    """
    import numpy as np

    first, second, lost_n = _linked(before, after)
    n = len(first)
    reason = "too_few_persons" if n < MIN_PERSONS or first.shape[1] < MIN_ALPHA_ITEMS else ""
    totals = first.sum(axis=1), second.sum(axis=1)
    if not reason and min(float(each.var()) for each in totals) == 0:
        reason = "no_variance"
    if not reason:
        alphas = alpha_of(first.cov()), alpha_of(second.cov())
        r = float(np.corrcoef(*totals)[0, 1])
        if min(alphas) < 0:
            reason = "negative_reliability"
        elif max(alphas) >= 1 or abs(r) >= 1:
            reason = "no_variance"
    if reason:
        return refuse(
            ALPHA_CHANGE,
            reason,
            n=n,
            unit="coefficient",
            reference=ALPHA_REFERENCE,
            n_missing=lost_n,
        )
    _, p_value = dependent_alphas_test(*alphas, n, r)
    return Statistic(
        method_code=ALPHA_CHANGE,
        estimate=alphas[1] - alphas[0],
        n=n,
        unit="coefficient",
        reference=ALPHA_REFERENCE,
        p_value=p_value,
        n_missing=lost_n,
        details={"alpha_before": alphas[0], "alpha_after": alphas[1], "correlation": r},
    )


def item_drift(
    before: pd.DataFrame, after: pd.DataFrame, *, level: float = 0.95
) -> dict[str, Statistic]:
    """Estimate how each item moved beyond the others of its scale, in the same persons.

    d = (item after - item before) - mean of the same difference over the other items; its mean with
    the t interval of paired data; p by Holm over the items of the scale.

    Parameters
    ----------
    before, after
        As for :func:`alpha_change`.

    Returns
    -------
    dict
        Item -> Statistic, unit ``points`` of one item. Refused with fewer than ``MIN_PERSONS``
        linked persons or fewer than two other items.

    Notes
    -----
    Small-sample stand-in for tests of invariance (ordinal DIF needs hundreds of persons). It finds
    items that moved apart, whatever the reason: another meaning, another wording, or a change that
    only this item is about. Drifts of one scale sum to zero, so one far item pulls the others.
    """
    from scipy.stats import t

    first, second, lost_n = _linked(before, after)
    n, k = first.shape
    moved = second - first
    if n < MIN_PERSONS or k < MIN_ALPHA_ITEMS:
        nothing = refuse(
            ITEM_DRIFT,
            "too_few_persons",
            n=n,
            unit="points",
            reference=DRIFT_REFERENCE,
            n_missing=lost_n,
        )
        return {str(item): nothing for item in moved}
    total = moved.sum(axis=1)
    found = {}
    for item in moved:
        apart = moved[item] - (total - moved[item]) / (k - 1)
        found[str(item)] = (float(apart.mean()), float(apart.std(ddof=1)) / sqrt(n))
    width = float(t.ppf(0.5 + level / 2, n - 1))
    chances = {
        item: 2 * float(t.sf(abs(mean / se), n - 1)) if se > 0 else float(mean == 0)
        for item, (mean, se) in found.items()
    }
    corrected = dict(zip(chances, holm(list(chances.values())), strict=True))
    return {
        item: Statistic(
            method_code=ITEM_DRIFT,
            estimate=mean,
            n=n,
            unit="points",
            reference=DRIFT_REFERENCE,
            se=se,
            ci_low=mean - width * se,
            ci_high=mean + width * se,
            p_value=corrected[item],
            n_missing=lost_n,
            details={"p_alone": chances[item]},
        )
        for item, (mean, se) in found.items()
    }


def _linked(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return both waves of the persons with every item in both, and how many are lost."""
    started = before.dropna(how="all").index.union(after.dropna(how="all").index)
    whole = before.dropna(how="any").index.intersection(after.dropna(how="any").index)
    kept = whole.sort_values()
    return (
        before.loc[kept].astype("float64"),
        after.loc[kept, before.columns].astype("float64"),
        len(started) - len(kept),
    )
