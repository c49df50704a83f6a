"""How sure is a share? The Wilson score interval."""

from __future__ import annotations

from assets.estimates import Statistic, finite, refuse

METHOD = "wilson"
REFERENCE = "Wilson 1927; Newcombe 1998, Statistics in Medicine 17:857-872, method 3"


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
