"""Do the items of a scale hang together? Cronbach's alpha, or Spearman-Brown for two items."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import pandas as pd

ALPHA = "cronbach_alpha_listwise"
ALPHA_PAIRWISE = "cronbach_alpha_pairwise"
KR20 = "kr20_listwise"
SPEARMAN_BROWN = "spearman_brown_listwise"
ALPHA_REFERENCE = (
    "Cronbach 1951, Psychometrika 16:297-334; interval: Feldt 1965, Psychometrika 30:357-370"
)
KR20_REFERENCE = "Kuder & Richardson 1937, Psychometrika 2:151-160; interval: Feldt 1965, Psychometrika 30:357-370"
TWO_ITEM_REFERENCE = "Eisinga, te Grotenhuis, Pelzer 2013, doi 10.1007/s00038-012-0416-3"
MIN_ALPHA_ITEMS = 3


class NegativeReliability(ValueError):
    """Items that contradict each other: nearly always a reversed item that was not turned round."""


def scale_reliability(
    items: pd.DataFrame, *, is_binary: bool = False, level: float = 0.95
) -> Statistic:
    """Choose the coefficient that fits the number of items: two, or three and more.

    Parameters
    ----------
    items
        One row a person, one column an item, already reversed where the instrument says so.
    is_binary
        Whether every item scores nothing or one: alpha is then named KR-20.

    Raises
    ------
    ValueError
        For fewer than two items.
    NegativeReliability
        For a negative coefficient.
    """
    if items.shape[1] == 2:
        return spearman_brown(items, level=level)
    return cronbach_alpha(items, is_binary=is_binary, level=level)


def cronbach_alpha(
    items: pd.DataFrame, *, is_binary: bool = False, level: float = 0.95
) -> Statistic:
    """Estimate the internal consistency of three or more items, from complete persons.

    Formula: alpha = k/(k-1) * (1 - sum of item variances / variance of the sum).
    Interval: (1 - alpha) / (1 - population alpha) follows F(n - 1, (n - 1)(k - 1)).

    Parameters
    ----------
    items
        One row a person, one column an item (points), reversed items already turned round.
    is_binary
        Whether every item scores nothing or one: the same number, by its name KR-20.

    Returns
    -------
    Statistic
        Unit ``coefficient``; n counts complete persons; persons with any empty item are left out
        whole (listwise) and counted in ``n_missing``; persons with no answer at all are neither.
        ``not_estimable`` with fewer than 2 complete persons or no variance in the sum. Assumption
        ``items_same_direction`` is doubtful where an item correlates negatively with the rest.

    Raises
    ------
    ValueError
        With fewer than 3 items.
    NegativeReliability
        When alpha is negative: items that contradict each other nearly always mean a key that
        was not reversed, so this stops rather than reports.

    Notes
    -----
    Assumes tau-equivalent items, uncorrelated errors and, for the interval, normality. High alpha
    does not show that a scale measures one thing. Matches ``psych::alpha(x, check.keys = FALSE)``
    with ``use = "complete.obs"`` and ``psych::alpha.ci`` (Feldt); equals KR-20 on 0/1 items.
    """
    complete, n_missing = _complete(items)
    method, reference = (KR20, KR20_REFERENCE) if is_binary else (ALPHA, ALPHA_REFERENCE)
    return _alpha(complete, len(complete), n_missing, method, reference, level)


def cronbach_alpha_pairwise(items: pd.DataFrame, *, level: float = 0.95) -> Statistic:
    """Estimate alpha from every pair of answers there is, beside the listwise one.

    Formula: that of :func:`cronbach_alpha` on the matrix of covariances, each from the persons who
    answered both items.

    Parameters
    ----------
    items
        As for :func:`cronbach_alpha`.

    Returns
    -------
    Statistic
        n counts all persons who answered anything; of them ``n_missing`` left an item out.
        ``details["fewest_pairs_n"]`` is the smallest number behind a covariance.

    Raises
    ------
    ValueError
        With fewer than 3 items.
    NegativeReliability
        When alpha is negative.

    Notes
    -----
    The interval takes n for complete and is a little too narrow where answers are missing. Assumes
    that answers are missing at random. Matches ``psych::alpha(x, use = "pairwise")``.
    """
    started = items.dropna(how="all").astype("float64")
    given = started.notna().astype("int64")
    fewest_n = int((given.T @ given).to_numpy().min()) if len(started) else 0
    lost_n = int((given.sum(axis=1) < items.shape[1]).sum())
    n = len(started) if fewest_n > 1 else fewest_n
    found = _alpha(started, n, lost_n, ALPHA_PAIRWISE, ALPHA_REFERENCE, level)
    return replace(found, details={**found.details, "fewest_pairs_n": fewest_n})


def alpha_of(covariances: pd.DataFrame) -> float:
    """Return alpha of a matrix of covariances."""
    import numpy as np

    matrix = covariances.to_numpy(dtype=float)
    k = len(matrix)
    return k / (k - 1) * (1 - float(np.trace(matrix)) / float(matrix.sum()))


def rest_correlations(covariances: pd.DataFrame) -> pd.Series:
    """Return each item's correlation with the sum of the others (null where one has no spread)."""
    import numpy as np
    import pandas as pd

    matrix = covariances.to_numpy(dtype=float)
    own = np.diag(matrix)
    with_rest = matrix.sum(axis=1) - own
    rest = matrix.sum() - 2 * with_rest - own
    spread = own * rest
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(spread > 0, with_rest / np.sqrt(np.where(spread > 0, spread, 1)), np.nan)
    return pd.Series(found, index=covariances.columns)


def _alpha(
    answers: pd.DataFrame, n: int, n_missing: int, method: str, reference: str, level: float
) -> Statistic:
    k = answers.shape[1]
    if k < MIN_ALPHA_ITEMS:
        raise ValueError("Cronbach's alpha needs at least 3 items")
    covariances = answers.cov() if n > 1 else None
    # What rounding leaves of items that cancel out is no variance either.
    if covariances is None or not covariances.to_numpy().sum() > 1e-12:
        reason = "too_few_persons" if n < 2 else "no_variance"
        return refuse(
            method, reason, n=n, unit="coefficient", reference=reference, n_missing=n_missing
        )
    alpha = alpha_of(covariances)
    _stop_if_negative(alpha)
    low, high = feldt_interval(alpha, n, k, level)
    against = int((rest_correlations(covariances) < 0).sum())
    return Statistic(
        method_code=method,
        estimate=alpha,
        n=n,
        unit="coefficient",
        reference=reference,
        ci_low=finite(low),
        ci_high=finite(high),
        n_missing=n_missing,
        details={"items_n": k, "items_against_n": against},
        assumptions={"items_same_direction": "doubtful" if against else "held"},
    )


def spearman_brown(items: pd.DataFrame, *, level: float = 0.95) -> Statistic:
    """Estimate the reliability of a two-item scale: 2r / (1 + r), r being Pearson's correlation.

    The interval is Fisher's for r, carried through the same formula (it is monotone).

    Parameters
    ----------
    items
        One row a person, two columns, already reversed where needed.

    Returns
    -------
    Statistic
        Unit ``coefficient``; persons missing one of the two are left out and counted.

    Raises
    ------
    ValueError
        When there are not two items.
    NegativeReliability
        When the correlation is negative (a key error).

    Notes
    -----
    Assumes parallel items. No interval with fewer than 4 persons or a perfect correlation.
    Alpha is the wrong choice for two items (Eisinga et al. 2013).
    """
    if items.shape[1] != 2:
        raise ValueError("the Spearman-Brown coefficient is for exactly 2 items")
    complete, n_missing = _complete(items)
    n = len(complete)
    if n < 2 or (complete.var(ddof=1) <= 0).any():
        reason = "too_few_persons" if n < 2 else "no_variance"
        return refuse(
            SPEARMAN_BROWN,
            reason,
            n=n,
            unit="coefficient",
            reference=TWO_ITEM_REFERENCE,
            n_missing=n_missing,
        )
    first, second = (complete.iloc[:, i].to_numpy(dtype=float) for i in (0, 1))
    from scipy.stats import pearsonr

    found = pearsonr(first, second)
    r = float(found.statistic)
    _stop_if_negative(r)
    low = high = None
    if n > 3 and r < 1:
        band = found.confidence_interval(confidence_level=level)
        low, high = step_up(band.low), step_up(band.high)
    return Statistic(
        method_code=SPEARMAN_BROWN,
        estimate=step_up(r),
        n=n,
        unit="coefficient",
        reference=TWO_ITEM_REFERENCE,
        ci_low=low,
        ci_high=high,
        n_missing=n_missing,
        details={"items_n": 2, "correlation": r},
    )


def step_up(r: float) -> float:
    """Return the reliability of a doubled test from the correlation of its halves."""
    return 2 * float(r) / (1 + float(r))


def _complete(items: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Keep persons with every item; count those with some but not all."""
    started = items.dropna(how="all").astype("float64")
    complete = started.dropna(how="any")
    return complete, len(started) - len(complete)


def feldt_interval(alpha: float, n: int, k: int, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of alpha: 1 - (1 - alpha) F, F with n - 1 and (n - 1)(k - 1) degrees.

    Parameters
    ----------
    n, k
        Persons and items.
    """
    from scipy.stats import f

    tail = (1 - level) / 2
    df_1, df_2 = n - 1, (n - 1) * (k - 1)
    return (
        1 - (1 - alpha) * float(f.ppf(1 - tail, df_1, df_2)),
        1 - (1 - alpha) * float(f.ppf(tail, df_1, df_2)),
    )


def _stop_if_negative(coefficient: float) -> None:
    if coefficient < 0:
        raise NegativeReliability("negative reliability: check that reversed items were reversed")


def negative_result(items: pd.DataFrame, *, method: str | None = None) -> Statistic:
    """Return the refusal to put in the place of a negative coefficient."""
    complete, n_missing = _complete(items)
    two = items.shape[1] == 2
    code = SPEARMAN_BROWN if two else method or ALPHA
    return refuse(
        code,
        "negative_reliability",
        n=len(complete),
        unit="coefficient",
        reference=TWO_ITEM_REFERENCE if two else ALPHA_REFERENCE,
        n_missing=n_missing,
    )
