"""Did a monthly mean step up or down on a known date? Least squares with Newey-West errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, refuse
from assets.impact.autocorrelation import breusch_godfrey, durbin_watson, lags_for, newey_west_lag
from assets.impact.monthly import (
    MIN_RESIDUAL_DF,
    Series,
    on_whole_grid,
    prepare,
    reason_to_refuse,
)

if TYPE_CHECKING:
    import pandas as pd

STEP = "its_newey_west_step"
SLOPE = "its_newey_west_slope"
REFERENCE = "Newey & West 1987, Econometrica 55:703-708; Linden 2015, Stata Journal 15:480-500"


def interrupted_means(
    values: pd.Series,
    first_month: str,
    *,
    slope: bool = True,
    shocks: Mapping[str, list[str]] | None = None,
    harmonics: int | None = None,
    lag: int | None = None,
    min_residual_df: int = MIN_RESIDUAL_DF,
    level: float = 0.95,
    unit: str = "points",
    at_least_ordinary: bool = False,
) -> dict[str, Statistic]:
    """Estimate the step, and the change of slope, of a monthly mean at a known month.

    Model: value = b0 + b1 month + b2 after + b3 after * (months since ``first_month``) + shocks +
    seasonal sines and cosines + error, by least squares. The step is b2, the change of slope b3 a
    month. Errors may be uneven and resemble their neighbours up to ``lag``: Newey-West with the
    Bartlett kernel and the small-sample factor n/(n-k); t on the residual degrees of freedom.

    Parameters
    ----------
    values
        Index: month ``YYYY-MM``; a month without a value is missing or absent.
    first_month, slope, shocks, harmonics, min_residual_df, level
        As of ``interrupted_series``.
    lag
        Months up to which errors may be alike; default floor(4 (n/100)^(2/9)) (Newey & West 1994),
        named in ``details["lag"]``. Months left out are taken as if the next one followed.
    unit
        Of the values.
    at_least_ordinary
        Take the larger of Newey-West's and ordinary least squares' standard error. In series of two
        or three years Newey-West's alone are too small (Turner et al. 2021, BMC Med Res Methodol
        21:134): of 21 months without memory or step it finds one in 13 of 100. Both are in
        ``details``.

    Returns
    -------
    dict of str to Statistic
        ``its_newey_west_step`` and, with ``slope``, ``its_newey_west_slope``. The assumption
        ``memory_within_lag`` is judged by Breusch-Godfrey at the tested lags: ``held`` where there
        is no memory at all, ``doubtful`` where the test finds some beyond what a short lag takes
        in. Refused with fewer than 8 known months on a side, too few residual degrees of freedom,
        or terms that cannot be told apart.

    Notes
    -----
    Matches Stata ``newey y t x xt, lag(l)`` and ``itsa, single``. A single series cannot rule out
    other causes in the same month.
    """
    series = prepare(values, first_month, slope=slope, shocks=shocks, harmonics=harmonics)
    terms = {STEP: "after"} | ({SLOPE: "after_slope"} if slope else {})
    n = len(series.frame)
    reason = reason_to_refuse(series, min_residual_df)
    if reason:
        return {
            code: refuse(
                code, reason, n=n, unit=unit, reference=REFERENCE, n_missing=series.n_missing
            )
            for code in terms
        }
    lag = newey_west_lag(n) if lag is None else lag
    fitted = newey_west(series.frame["value"], series.design, lag)
    ordinary = _ordinary_errors(series)
    details, outcomes = _judged(series, fitted, lag)
    found = {}
    for code, term in terms.items():
        errors = {"newey_west_se": float(fitted.bse[term]), "ordinary_se": ordinary[term]}
        se = max(errors.values()) if at_least_ordinary else errors["newey_west_se"]
        b, df = float(fitted.params[term]), int(fitted.df_resid)
        if max(errors.values()) <= 1e-9 * max(1.0, float(series.frame["value"].abs().max())):
            se = 0.0  # rounding dust of months that lie on the line: no test of nothing
        found[code] = Statistic(
            method_code=code,
            estimate=b,
            n=n,
            unit=unit,
            reference=REFERENCE,
            n_missing=series.n_missing,
            details={**details, **errors},
            assumptions=outcomes,
            **student(b, se, df, level),
        )
    return found


def student(b: float, se: float, df: int, level: float) -> dict[str, Any]:
    """Return ``se``, limits and p of an estimate by Student's t, as a ``Statistic`` takes them."""
    from scipy.stats import t

    reach = float(t.ppf(0.5 + level / 2, df)) * se
    p = float(2 * t.sf(abs(b) / se, df)) if se > 0 else None
    return {"se": se, "ci_low": b - reach, "ci_high": b + reach, "p_value": p}


def _ordinary_errors(series: Series) -> dict[str, float]:
    from statsmodels.regression.linear_model import OLS

    fitted = OLS(series.frame["value"], series.design).fit()
    return {str(term): float(error) for term, error in fitted.bse.items()}


def newey_west(values: pd.Series, design: pd.DataFrame, lag: int) -> Any:
    """Fit by least squares with Newey-West errors (Bartlett kernel, factor n/(n-k), t).

    Returns statsmodels' result. Matches Stata's ``newey`` and, without the factor, R's
    ``NeweyWest(fm, lag, prewhite = FALSE)``.
    """
    from statsmodels.regression.linear_model import OLS

    robust = {"maxlags": lag, "use_correction": True}
    return OLS(values, design).fit(cov_type="HAC", cov_kwds=robust, use_t=True)


def _judged(
    series: Series, fitted: Any, lag: int
) -> tuple[dict[str, float | int | None], dict[str, str]]:
    test = breusch_godfrey(fitted.resid, series.design, lags_for(len(series.frame)))
    details: dict[str, float | int | None] = {
        "before_n": series.before_n,
        "after_n": series.after_n,
        "residual_df": int(fitted.df_resid),
        "lag": lag,
        "durbin_watson": durbin_watson(on_whole_grid(series, fitted.resid)),
        "breusch_godfrey_p": test.p_value,
    }
    remembers = test.p_value is not None and test.p_value < 0.05
    outcome = "not_checked" if test.p_value is None else ("doubtful" if remembers else "held")
    return details, {"memory_within_lag": outcome}
