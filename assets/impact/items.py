"""What does each item do in its scale? Correlation with the rest, and the scale without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse
from assets.impact.reliability import NegativeReliability, negative_result, scale_reliability

if TYPE_CHECKING:
    import pandas as pd

REST = "item_rest_correlation"
REST_REFERENCE = "Nunnally & Bernstein 1994, Psychometric theory, 3rd ed.; interval: Fisher 1921"
#: An item that correlates less than this with the rest of its scale is worth a look.
WEAK = 0.3


def item_rest_correlations(items: pd.DataFrame, *, level: float = 0.95) -> dict[str, Statistic]:
    """Correlate each item with the sum of the others (corrected item-total correlation).

    Parameters
    ----------
    items
        One row a person, one column an item, reversed items already turned round; complete persons
        are used.
    level
        Confidence level.

    Returns
    -------
    dict
        Item -> Statistic (unit ``coefficient``, Fisher's interval). ``items_same_direction`` is
        ``doubtful`` for an item that runs against its scale: a key that was not reversed, or a
        question that was understood another way. Refused with fewer than 3 persons or no spread.

    Raises
    ------
    ValueError
        With fewer than 3 items.

    Notes
    -----
    Matches ``psych::alpha(x)$item.stats$r.drop`` and SPSS's corrected item-total correlation.
    """
    if items.shape[1] < 3:
        raise ValueError("item statistics need at least 3 items")
    started = items.dropna(how="all").astype("float64")
    complete = started.dropna(how="any")
    total = complete.sum(axis=1)
    return {
        str(item): _correlation(
            complete[item], total - complete[item], len(started) - len(complete), level
        )
        for item in complete
    }


def _correlation(item: pd.Series, rest: pd.Series, lost_n: int, level: float) -> Statistic:
    n = len(item)
    reason = "too_few_persons" if n < 3 else ""
    if not reason and min(item.max() - item.min(), rest.max() - rest.min()) <= 0:
        reason = "no_variance"
    if reason:
        return refuse(
            REST, reason, n=n, unit="coefficient", reference=REST_REFERENCE, n_missing=lost_n
        )
    from scipy.stats import pearsonr

    found = pearsonr(item.to_numpy(), rest.to_numpy())
    r = float(found.statistic)
    low = high = None
    if n > 3 and abs(r) < 1:
        band = found.confidence_interval(confidence_level=level)
        low, high = finite(band.low), finite(band.high)
    return Statistic(
        method_code=REST,
        estimate=r,
        n=n,
        unit="coefficient",
        reference=REST_REFERENCE,
        ci_low=low,
        ci_high=high,
        n_missing=lost_n,
        assumptions={"items_same_direction": "doubtful" if r < 0 else "held"},
    )


def reliability_without(items: pd.DataFrame, *, is_binary: bool = False) -> dict[str, Statistic]:
    """Estimate the scale's reliability with each item left out in turn.

    The persons are those complete on the whole scale, so that the numbers compare with its alpha.

    Parameters
    ----------
    items, is_binary
        As for :func:`assets.impact.reliability.scale_reliability`.

    Returns
    -------
    dict
        Item left out -> alpha (or KR-20) of the rest, Spearman-Brown where two are left.

    Raises
    ------
    ValueError
        With fewer than 3 items.

    Notes
    -----
    Higher than alpha of the whole: the scale hangs together better without the item. No reason to
    drop an item of a published scale: its rule stands. Matches ``psych::alpha(x)$alpha.drop``.
    """
    if items.shape[1] < 3:
        raise ValueError("item statistics need at least 3 items")
    complete = items.dropna(how="any").astype("float64")
    return {
        str(item): _reliability(complete.drop(columns=item), is_binary=is_binary)
        for item in complete
    }


def _reliability(items: pd.DataFrame, *, is_binary: bool) -> Statistic:
    try:
        return scale_reliability(items, is_binary=is_binary)
    except NegativeReliability:
        return negative_result(items)
