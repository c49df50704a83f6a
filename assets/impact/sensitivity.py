"""How strong must something unseen be to explain the difference away? E-value, robustness value."""

from __future__ import annotations

from math import exp, sqrt

from assets.estimates import Statistic, refuse

E_VALUE, ROBUSTNESS = "e_value", "robustness_value"
E_REFERENCE = "VanderWeele & Ding 2017, doi 10.7326/M16-2607"
ROBUSTNESS_REFERENCE = "Cinelli & Hazlett 2020, doi 10.1111/rssb.12348"
#: Chinn 2000 by way of the log odds: a standardised difference d is about a ratio of exp(0.91 d).
RATIO_PER_SD = 0.91


def e_value(ratio: float) -> float:
    """Return the E-value of a risk ratio: RR + sqrt(RR (RR - 1)); below 1 its inverse is taken.

    The least association, as a ratio, that an unmeasured confounder would need with both the
    programme and the outcome, beyond what was adjusted for, to explain the estimate away.

    Raises
    ------
    ValueError
        For a ratio that is not above 0.
    """
    if ratio <= 0:
        raise ValueError("a ratio is above 0")
    above = max(ratio, 1 / ratio)
    return above + sqrt(above * (above - 1))


def e_value_of_limit(ratio: float, low: float, high: float) -> float:
    """Return the E-value of the end of the interval nearer to 1; 1 where the interval holds 1."""
    if low <= 1 <= high:
        return 1.0
    return e_value(low if ratio > 1 else high)


def e_value_of_difference(result: Statistic, sd: float) -> Statistic:
    """Return the E-value of a difference in means, and of the nearer end of its interval.

    Formula: d = difference / sd, RR = exp(0.91 d); the ends of the interval are those of the
    difference, turned into ratios alike (table 2 there, with t in the place of the normal).

    Parameters
    ----------
    result
        A difference in points.
    sd
        Standard deviation of the outcome, same unit: for a difference of changes that of the first
        scores, on whose scale a change is read.

    Returns
    -------
    Statistic
        Unit: ratio. ``ci_low`` is the E-value of the nearer end; there is no upper end.
    """
    if result.estimate is None or not sd > 0:
        reason = result.reason or "no_variation"
        return refuse(E_VALUE, reason, n=result.n, unit="ratio", reference=E_REFERENCE)
    ratio = exp(RATIO_PER_SD * result.estimate / sd)
    limit = None
    if result.ci_low is not None and result.ci_high is not None:
        low = exp(RATIO_PER_SD * result.ci_low / sd)
        high = exp(RATIO_PER_SD * result.ci_high / sd)
        limit = e_value_of_limit(ratio, low, high)
    return Statistic(
        method_code=E_VALUE,
        estimate=e_value(ratio),
        n=result.n,
        unit="ratio",
        reference=E_REFERENCE,
        ci_low=limit,
        n_missing=result.n_missing,
        details={**_sizes(result), "ratio": ratio, "sd": sd},
        assumptions={"normal_outcome": "not_checked"},
    )


def partial_r2(t: float, df: float) -> float:
    """Return the share of the outcome's remaining variance that the treatment explains."""
    return t * t / (t * t + df)


def robustness_value(t: float, df: float, *, q: float = 1.0, alpha: float = 1.0) -> float:
    """Return the share of variance a confounder must explain, of both treatment and outcome.

    Formula: f = q |t| / sqrt(df) - |t*(alpha, df - 1)| / sqrt(df - 1); RV = (sqrt(f^4 + 4 f^2) -
    f^2) / 2; where only a confounder of the treatment binds, (fq^2 - f*^2) / (1 + fq^2).

    Parameters
    ----------
    t, df
        Of the treatment's coefficient in a linear regression.
    q
        Share of the estimate to be explained away.
    alpha
        1: bring the estimate to (1 - q) of itself; 0.05: make it no longer significant.
    """
    from scipy import stats

    full = q * abs(t) / sqrt(df)
    critical = 0.0
    if alpha < 1:
        critical = abs(float(stats.t.ppf(alpha / 2, df - 1))) / sqrt(df - 1)
    left = full - critical
    if left <= 0:
        return 0.0
    if critical > 0 and full > 1 / critical:
        return (full**2 - critical**2) / (1 + full**2)
    return (sqrt(left**4 + 4 * left**2) - left**2) / 2


def robustness_of(result: Statistic) -> Statistic:
    """Return the robustness value of a difference with its t and degrees of freedom.

    Unit: share. ``details`` has the partial R2 and the value that would undo significance. With
    clustered standard errors it is an approximation: the theory is for plain least squares.
    """
    df = result.details.get("df")
    if result.estimate is None or not result.se or df is None or df <= 1:
        reason = result.reason or "too_few_degrees_of_freedom"
        return refuse(ROBUSTNESS, reason, n=result.n, unit="share", reference=ROBUSTNESS_REFERENCE)
    t = result.estimate / result.se
    return Statistic(
        method_code=ROBUSTNESS,
        estimate=robustness_value(t, df),
        n=result.n,
        unit="share",
        reference=ROBUSTNESS_REFERENCE,
        n_missing=result.n_missing,
        details={
            **_sizes(result),
            "partial_r2": partial_r2(t, df),
            "robustness_value_05": robustness_value(t, df, alpha=0.05),
        },
        assumptions={"linear_model": "not_checked"},
    )


def _sizes(result: Statistic) -> dict[str, float | int | None]:
    """Keep how many people stand on either side."""
    return {each: result.details.get(each) for each in ("treated_n", "control_n")}
