"""Did a monthly count step up or down on a known date? Interrupted time series of counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import exp
from typing import TYPE_CHECKING, Any, Literal

from assets.estimates import Statistic, finite, refuse
from assets.impact.autocorrelation import ljung_box, memory, newey_west_lag
from assets.impact.dispersion import overdispersion, poisson_variance
from assets.impact.monthly import (
    MIN_RESIDUAL_DF,
    Series,
    on_whole_grid,
    prepare,
    reason_to_refuse,
)
from assets.impact.negative_binomial import fit_negative_binomial

if TYPE_CHECKING:
    import pandas as pd

Family = Literal["quasipoisson", "poisson", "poisson_hac", "negative_binomial"]

STEP = "its_quasipoisson_step"
SLOPE = "its_quasipoisson_slope"
OVERDISPERSION, MEMORY = "overdispersion", "memory"
REFERENCE = "Lopez Bernal, Cummins, Gasparrini 2017, IJE 46:348-355, doi 10.1093/ije/dyw098"
_REFERENCES: dict[Family, str] = {
    "quasipoisson": REFERENCE,
    "poisson": REFERENCE,
    "poisson_hac": "Newey & West 1987, Econometrica 55:703-708, doi 10.2307/1913610",
    "negative_binomial": "Venables & Ripley 2002, MASS, section 7.4; Lawless 1987",
}


def interrupted_series(
    counts: pd.Series,
    first_month: str,
    *,
    slope: bool = True,
    shocks: Mapping[str, list[str]] | None = None,
    exposure: pd.Series | None = None,
    harmonics: int | None = None,
    min_residual_df: int = MIN_RESIDUAL_DF,
    level: float = 0.95,
    family: Family = "quasipoisson",
) -> dict[str, Statistic]:
    """Estimate the step, and the change of slope, of monthly counts at a known month.

    Model: log E(count) = log(exposure) + b0 + b1 month + b2 after + b3 after * (months since
    ``first_month``) + shocks + seasonal sines and cosines. The step is exp(b2): the count in the
    first month after, divided by what the trend before would have given. The change of slope is
    exp(b3): the factor by which the monthly growth ratio changed.

    Families differ in what they take the variance about the mean to be. None is chosen by looking
    at the data: ``quasipoisson`` answers, the others stand beside it, and
    :func:`series_checks` says how far Poisson's assumption holds.

    - ``quasipoisson``: variance = phi * mean; phi is Pearson's chi-square over the residual degrees
      of freedom, never below 1 so that no interval is narrower than Poisson's; t on these.
    - ``poisson``: variance = mean; normal quantiles.
    - ``poisson_hac``: Poisson's means with Newey-West errors: months may resemble their neighbours
      up to the lag floor(4 (n/100)^(2/9)), in ``details["lag"]``; t, small-sample factor n/(n-k).
      Months left out are taken as if the next one followed. In series of two or three years these
      errors alone are too small (Turner et al. 2021, BMC Med Res Methodol 21:134): the larger of
      them and quasi-Poisson's is used, they themselves are in ``details["hac_se"]``.
    - ``negative_binomial``: variance = mean + alpha mean^2, alpha by maximum likelihood and then
      held fixed, as ``MASS::glm.nb``; t.

    Parameters
    ----------
    counts
        Index: month ``YYYY-MM``; values: count of contacts. A true zero is 0; a month that was
        not observed is missing or absent, and is left out while time goes on.
    first_month
        First month counted as after, ``YYYY-MM``. Decided before looking at the data.
    slope
        Whether the slope may change too; without it the step is the mean shift along one trend.
    shocks
        Known disturbances, name -> months, each fitted as a level of its own.
    exposure
        Population or opening days per month, same index; the log enters as an offset.
    harmonics
        Pairs of seasonal terms; by default none where the series spans under 24 months (gaps
        included), one under 48, then two.
    min_residual_df
        Fewer residual degrees of freedom than this and the model is refused.
    level
        Confidence level.

    Returns
    -------
    dict of str to Statistic
        ``its_<family>_step`` and, with ``slope``, ``its_<family>_slope``: unit ``ratio``
        (1 = no change), ``se`` on the log scale, n = months used. ``not_estimable`` with fewer
        than 8 known months on a side, a side without any contact, too few residual degrees of
        freedom, terms that cannot be told apart (a shock that covers all that follows), or a
        negative binomial where counts vary no more than Poisson's.

    Raises
    ------
    ValueError
        For a negative count, a doubled month, or an exposure that is missing or not positive.

    Notes
    -----
    Assumes a log-linear trend that would have gone on, nothing else happening in that month
    (neither can be checked on the series itself), and residuals without memory: ``held`` or
    ``doubtful`` by Ljung-Box on Pearson residuals at 5 %. Matches
    ``glm(count ~ offset(log(exposure)) + after + time, quasipoisson)`` in R.
    """
    series = prepare_counts(counts, first_month, slope, shocks, exposure, harmonics)
    codes = {f"its_{family}_step": "after"} | (
        {f"its_{family}_slope": "after_slope"} if slope else {}
    )
    reason = why_not(series, min_residual_df)
    fitted, extra = (None, {}) if reason else fit(series, family)
    if fitted is None:
        reason = reason or "not_overdispersed"
        return {code: _refused(code, reason, series, family) for code in codes}
    test = ljung_box(on_whole_grid(series, fitted.resid_pearson))
    details: dict[str, float | int | None] = {
        "before_n": series.before_n,
        "after_n": series.after_n,
        "residual_df": int(fitted.df_resid),
        "autocorrelation_1": test.estimate,
        **extra,
    }
    outcomes = _outcomes(series, fitted, family, test)
    plain = fit(series, "quasipoisson")[0] if family == "poisson_hac" else None
    found = {}
    for code, term in codes.items():
        told = replace(
            _ratio(code, fitted, term, level),
            n=len(series.frame),
            n_missing=series.n_missing,
            reference=_REFERENCES[family],
            details=details,
            assumptions=outcomes,
        )
        found[code] = told if plain is None else _at_least(told, plain, term, level)
    return found


def _outcomes(series: Series, fitted: Any, family: Family, test: Statistic) -> dict[str, str]:
    """Judge what a family assumes and the data can tell; Newey-West allows for memory."""
    outcomes = {} if family == "poisson_hac" else {"no_autocorrelation": memory(test)}
    if family == "poisson":
        spread = overdispersion(series.frame["value"].to_numpy(), fitted.mu)
        outcomes["variance_is_mean"] = poisson_variance(spread)
    return outcomes


def _at_least(found: Statistic, plain: Any, term: str, level: float) -> Statistic:
    """Never let Newey-West make an interval narrower than quasi-Poisson's."""
    at = _ratio(found.method_code, plain, term, level)
    details = {**found.details, "hac_se": found.se}
    if found.se is None or at.se is None or found.se >= at.se:
        return replace(found, details=details)
    return replace(
        found,
        se=at.se,
        ci_low=at.ci_low,
        ci_high=at.ci_high,
        p_value=at.p_value,
        details=details,
    )


def series_checks(
    counts: pd.Series,
    first_month: str,
    *,
    slope: bool = True,
    shocks: Mapping[str, list[str]] | None = None,
    exposure: pd.Series | None = None,
    harmonics: int | None = None,
    min_residual_df: int = MIN_RESIDUAL_DF,
) -> dict[str, Statistic]:
    """Report how the counts vary about the model and whether its residuals remember.

    Parameters
    ----------
    counts, first_month, slope, shocks, exposure, harmonics, min_residual_df
        As of :func:`interrupted_series`.

    Returns
    -------
    dict of str to Statistic
        ``overdispersion`` (Cameron and Trivedi on the Poisson fit) and ``memory`` (Ljung-Box on
        its Pearson residuals); refused where the model is.
    """
    series = prepare_counts(counts, first_month, slope, shocks, exposure, harmonics)
    reason = why_not(series, min_residual_df)
    if reason:
        return {
            OVERDISPERSION: _refused("overdispersion_cameron_trivedi", reason, series, "poisson"),
            MEMORY: _refused("ljung_box", reason, series, "poisson"),
        }
    fitted, _ = fit(series, "poisson")
    return {
        OVERDISPERSION: overdispersion(series.frame["value"].to_numpy(), fitted.mu),
        MEMORY: ljung_box(on_whole_grid(series, fitted.resid_pearson)),
    }


def prepare_counts(
    counts: pd.Series,
    first_month: str,
    slope: bool,
    shocks: Mapping[str, list[str]] | None,
    exposure: pd.Series | None,
    harmonics: int | None,
) -> Series:
    """Lay out counts, refusing negative ones."""
    if (counts.dropna() < 0).any():
        raise ValueError("counts cannot be negative")
    return prepare(
        counts, first_month, slope=slope, shocks=shocks, exposure=exposure, harmonics=harmonics
    )


def fit(series: Series, family: Family) -> tuple[Any, dict[str, float | int | None]]:
    """Fit one family; return statsmodels' result and what is worth telling of it.

    The result is ``None`` where a negative binomial has nothing to fit. The scale is fixed in all
    fits: left to itself, statsmodels stops on a constant series.
    """
    import warnings

    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    with warnings.catch_warnings():
        # A series without any noise is fitted exactly; for counts that is no separation.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        design, offset = series.design, series.frame["log_exposure"]
        if family == "negative_binomial":
            fitted, alpha = fit_negative_binomial(series.frame["value"], design, offset)
            return fitted, {"alpha": alpha}
        model = GLM(series.frame["value"], design, family=Poisson(), offset=offset)
        poisson = model.fit(scale=1.0, use_t=family != "poisson")
        dispersion = float(poisson.pearson_chi2 / poisson.df_resid)
        if family == "poisson":
            return poisson, {"dispersion": dispersion}
        if family == "quasipoisson":
            scaled = model.fit(scale=max(1.0, dispersion), use_t=True)
            return scaled, {"dispersion": dispersion}
        lag = newey_west_lag(len(design))
        robust = {"maxlags": lag, "use_correction": True}
        return model.fit(scale=1.0, use_t=True, cov_type="HAC", cov_kwds=robust), {
            "dispersion": dispersion,
            "lag": lag,
        }


def why_not(series: Series, min_residual_df: int) -> str | None:
    """Say why counts cannot be modelled, or ``None``: as any series, and a side without contacts."""
    reason = reason_to_refuse(series, min_residual_df)
    if reason == "series_too_short":
        return reason
    by_side = series.frame.groupby("after")["value"].sum()
    return "no_contacts_on_one_side" if (by_side <= 0).any() else reason


def _refused(code: str, reason: str, series: Series, family: Family) -> Statistic:
    return refuse(
        code,
        reason,
        n=len(series.frame),
        unit="ratio",
        reference=_REFERENCES[family],
        n_missing=series.n_missing,
    )


def _ratio(code: str, fitted: Any, term: str, level: float) -> Statistic:
    """Read one term; the caller adds the base."""
    low, high = fitted.conf_int(alpha=1 - level).loc[term]
    return Statistic(
        method_code=code,
        estimate=exp(float(fitted.params[term])),
        n=0,
        unit="ratio",
        reference="",
        se=float(fitted.bse[term]),
        ci_low=exp(float(low)),
        ci_high=exp(float(high)),
        p_value=finite(float(fitted.pvalues[term])),
    )
