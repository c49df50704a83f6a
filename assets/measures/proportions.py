"""How sure is a share? The Wilson score interval, also where people recur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import pandas as pd

METHOD = "wilson"
REFERENCE = "Wilson 1927; Newcombe 1998, Statistics in Medicine 17:857-872, method 3"
CLUSTERED = "wilson_effective_n"
CLUSTERED_REFERENCE = (
    "Korn & Graubard 1998, Survey Methodology 24:193-201 (effective sample size); Wilson 1927"
)


def wilson_interval(
    numerator_n: int, n: int, *, n_missing: int = 0, level: float = 0.95
) -> Statistic:
    """Estimate a proportion with its Wilson score interval.

    Formula: (2np + z^2 +- z sqrt(z^2 + 4npq)) / (2(n + z^2)), without continuity correction.

    Parameters
    ----------
    numerator_n, n
        Units with the property, and all units with a known value.
    n_missing
        Units whose value is unknown; they are in neither number.
    level
        Confidence level.

    Returns
    -------
    Statistic
        ``estimate`` = numerator_n / n (unit ``share``, 0 to 1); ``not_estimable`` when n is 0.

    Raises
    ------
    ValueError
        When the numerator is negative or larger than n.

    Notes
    -----
    Assumes independent units: the right n is people, not their repeated attendances, for which
    the interval is too narrow. Matches ``binom::binom.wilson(x, n)`` and
    ``prop.test(x, n, correct = FALSE)`` in R.
    """
    if n < 0 or not 0 <= numerator_n <= n:
        raise ValueError("a proportion needs 0 <= numerator <= n")
    if n == 0:
        return refuse(
            METHOD, "no_units", n=0, unit="share", reference=REFERENCE, n_missing=n_missing
        )
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(numerator_n, n, alpha=1 - level, method="wilson")
    return Statistic(
        method_code=METHOD,
        estimate=numerator_n / n,
        n=n,
        unit="share",
        reference=REFERENCE,
        # rounding error may leave the unit interval by 1e-17 at 0 and n
        ci_low=finite(max(0.0, low)),
        ci_high=finite(min(1.0, high)),
        n_missing=n_missing,
        details={"numerator_n": numerator_n},
    )


def clustered_wilson_interval(
    has_property: pd.Series, person: pd.Series, *, n_missing: int = 0, level: float = 0.95
) -> Statistic:
    """Estimate a proportion of records where people have several records each.

    Formula: p = sum(y) / n over records; its variance is that of a ratio with people as clusters,
    v = m/(m-1) * sum_c (sum_{i in c} (y_i - p))^2 / n^2; the effective number of records
    n* = min(n, p(1-p)/v) goes into the Wilson interval in place of n.

    Parameters
    ----------
    has_property
        Boolean, one value per record, none missing.
    person
        Code of the person of each record, in the same order.
    n_missing
        Records whose value is unknown; they are not among those given.
    level
        Confidence level.

    Returns
    -------
    Statistic
        ``estimate`` over all records (unit ``share``), ``n`` = records; ``not_estimable`` when
        there are none.

    Notes
    -----
    Assumes that people are independent of each other (not so within households). Where all or
    none have the property the variance is 0 and n* is the number of people, the cautious end.
    The variance equals ``survey::svymean`` with ``ids = ~person`` in R, the interval that of
    ``prop.test`` on n* records; with one record a person n* = n - 1, capped at n.
    """
    n = len(has_property)
    if n == 0:
        return refuse(
            CLUSTERED,
            "no_units",
            n=0,
            unit="share",
            reference=CLUSTERED_REFERENCE,
            n_missing=n_missing,
        )
    from scipy.stats import norm

    values = has_property.astype(float).reset_index(drop=True)
    share = float(values.mean())
    effective_n = _effective_n(values, person.reset_index(drop=True), share)
    low, high = _wilson(share, effective_n, float(norm.ppf((1 + level) / 2)))
    return Statistic(
        method_code=CLUSTERED,
        estimate=share,
        n=n,
        unit="share",
        reference=CLUSTERED_REFERENCE,
        ci_low=finite(max(0.0, low)),
        ci_high=finite(min(1.0, high)),
        n_missing=n_missing,
        details={"effective_n": effective_n},
    )


def _effective_n(values: pd.Series, person: pd.Series, share: float) -> float:
    """Return the number of independent records that would be as precise as these."""
    n, people = len(values), int(person.nunique())
    sums = (values - share).groupby(person).sum()
    if people < 2 or share in (0.0, 1.0):
        return float(people)
    variance = people / (people - 1) * float((sums**2).sum()) / n**2
    # Clusters that cancel out exactly leave no variance: records cannot be more than they are.
    return min(float(n), share * (1 - share) / variance) if variance > 0 else float(n)


def _wilson(share: float, n: float, z: float) -> tuple[float, float]:
    centre = share + z**2 / (2 * n)
    half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
