"""Did a monthly count step up or down on a known date? Interrupted time series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import pandas as pd

STEP = "its_quasipoisson_step"
SLOPE = "its_quasipoisson_slope"
REFERENCE = "Lopez Bernal, Cummins, Gasparrini 2017, IJE 46:348-355, doi 10.1093/ije/dyw098"
MIN_POINTS = 8  # known months on each side: fewer cannot tell a trend from a step
MIN_RESIDUAL_DF = 10  # as in disclosure.yml, which the asset passes on
SEASON_FROM = {24: 1, 48: 2}  # months spanned -> pairs of sine and cosine that they can carry


@dataclass(frozen=True)
class Series:
    """A monthly series cut at an interruption, ready to be modelled.

    Attributes
    ----------
    frame
        One row a month with a known count: ``count``, ``log_exposure``, the model's columns.
    before_n, after_n
        Months with a known count before and from the first month of the change.
    n_missing
        Months between the first and last one without a known count.
    """

    frame: pd.DataFrame
    before_n: int
    after_n: int
    n_missing: int


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
) -> dict[str, Statistic]:
    """Estimate the step, and the change of slope, of monthly counts at a known month.

    Model: log E(count) = log(exposure) + b0 + b1 month + b2 after + b3 after * (months since
    ``first_month``) + shocks + seasonal sines and cosines; variance = phi * mean (quasi-Poisson).
    The step is exp(b2): the count in the first month after, divided by what the trend before
    would have given. The change of slope is exp(b3): the factor by which the monthly growth
    ratio changed. Counts need a log link (they cannot be negative, effects multiply) and almost
    never have variance = mean, hence phi, the Pearson chi-square over residual degrees of
    freedom, never taken below 1 so that no interval is narrower than Poisson's. Intervals and p
    use the t distribution on the residual degrees of freedom, because series are short.

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
        ``its_quasipoisson_step`` and, with ``slope``, ``its_quasipoisson_slope``: unit ``ratio``
        (1 = no change), ``se`` on the log scale, n = months used. ``not_estimable`` with fewer
        than 8 known months on a side, a side without any contact, too few residual degrees of
        freedom, or terms that cannot be told apart (a shock that covers all that follows).

    Raises
    ------
    ValueError
        For a negative count, a doubled month, or an exposure that is missing or not positive.

    Notes
    -----
    Assumes a log-linear trend that would have gone on, nothing else happening in that month, and
    residuals without much memory: ``details["autocorrelation_1"]`` (Pearson residuals) says how
    much; beyond about +-2/sqrt(n) the interval is too narrow. A single series cannot rule out
    other causes. Matches ``glm(count ~ offset(log(exposure)) + after + time, quasipoisson)`` in R.
    """
    wanted = (STEP, SLOPE) if slope else (STEP,)
    series = _prepare(counts, first_month, slope, shocks or {}, exposure, harmonics)
    reason = _reason_to_refuse(series, min_residual_df)
    n = len(series.frame)
    if reason:
        return {
            code: refuse(
                code, reason, n=n, unit="ratio", reference=REFERENCE, n_missing=series.n_missing
            )
            for code in wanted
        }
    fitted, dispersion = _fit(series)
    details: dict[str, float | int | None] = {
        "before_n": series.before_n,
        "after_n": series.after_n,
        "residual_df": int(fitted.df_resid),
        "dispersion": dispersion,
        "autocorrelation_1": _autocorrelation(series.frame, fitted),
    }
    terms = {STEP: "after", SLOPE: "after_slope"}
    return {
        code: _ratio(code, fitted, terms[code], n, series.n_missing, level, details)
        for code in wanted
    }


def _prepare(
    counts: pd.Series,
    first_month: str,
    slope: bool,
    shocks: Mapping[str, list[str]],
    exposure: pd.Series | None,
    harmonics: int | None,
) -> Series:
    """Lay out the model's columns, one row a month with a known count."""
    import numpy as np
    import pandas as pd

    months = pd.PeriodIndex(counts.index, freq="M")
    if months.has_duplicates:
        raise ValueError("a month stands twice in the series")
    known = pd.Series(counts.to_numpy(dtype=float), index=months).sort_index().dropna()
    if (known < 0).any():
        raise ValueError("counts cannot be negative")
    months = pd.PeriodIndex(known.index)
    at = months.astype("int64").to_numpy()  # months since 1970: gaps keep their length
    since = at - pd.Period(first_month, freq="M").ordinal
    frame = pd.DataFrame({"count": known, "log_exposure": 0.0, "const": 1.0, "time": since * 1.0})
    frame["after"] = (since >= 0) * 1.0
    if slope:
        frame["after_slope"] = frame["after"] * since
    for name, covered in sorted(shocks.items()):
        hit = months.isin(pd.PeriodIndex(covered, freq="M"))
        if hit.any():
            frame[f"shock_{name}"] = hit * 1.0
    span = int(at[-1] - at[0] + 1) if len(at) else 0
    if harmonics is None:  # a month left out of two years does not make the seasons one year
        harmonics = max(
            [pairs for from_n, pairs in SEASON_FROM.items() if span >= from_n], default=0
        )
    for pair in range(1, harmonics + 1):
        angle = 2 * np.pi * pair * months.month.to_numpy() / 12
        frame[f"sin_{pair}"], frame[f"cos_{pair}"] = np.sin(angle), np.cos(angle)
    if exposure is not None:
        frame["log_exposure"] = _log_exposure(exposure, months)
    after_n = int(frame["after"].sum())
    return Series(frame, len(known) - after_n, after_n, max(span, len(counts)) - len(known))


def _log_exposure(exposure: pd.Series, months: pd.PeriodIndex) -> Any:
    import numpy as np
    import pandas as pd

    given = pd.Series(
        exposure.to_numpy(dtype=float), index=pd.PeriodIndex(exposure.index, freq="M")
    )
    aligned = given.reindex(months).to_numpy()
    if not (aligned > 0).all():
        raise ValueError("exposure must be known and positive in every month of the series")
    return np.log(aligned)


def _design(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=["count", "log_exposure"])


def _reason_to_refuse(series: Series, min_residual_df: int) -> str | None:
    from numpy.linalg import matrix_rank

    if series.before_n < MIN_POINTS or series.after_n < MIN_POINTS:
        return "series_too_short"
    by_side = series.frame.groupby("after")["count"].sum()
    if (by_side <= 0).any():
        return "no_contacts_on_one_side"
    design = _design(series.frame)
    if len(design) - design.shape[1] < min_residual_df:
        return "too_few_degrees_of_freedom"
    if int(matrix_rank(design.to_numpy())) < design.shape[1]:
        return "terms_not_separable"
    return None


def _fit(series: Series) -> tuple[Any, float]:
    """Fit by maximum quasi-likelihood; return the fit and Pearson's dispersion (untouched).

    The scale is fixed in both fits: left to itself, statsmodels stops on a constant series.
    """
    import warnings

    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    model = GLM(
        series.frame["count"],
        _design(series.frame),
        family=Poisson(),
        offset=series.frame["log_exposure"],
    )
    with warnings.catch_warnings():
        # A series without any noise is fitted exactly; for counts that is no separation.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        poisson = model.fit(scale=1.0, use_t=True)
        dispersion = float(poisson.pearson_chi2 / poisson.df_resid)
        return model.fit(scale=max(1.0, dispersion), use_t=True), dispersion


def _autocorrelation(frame: pd.DataFrame, fitted: Any) -> float | None:
    """Correlate each Pearson residual with that of the month before (gaps are not bridged)."""
    import pandas as pd

    residuals = pd.Series(fitted.resid_pearson.to_numpy(), index=frame.index)
    whole = residuals.reindex(pd.period_range(frame.index[0], frame.index[-1], freq="M"))
    return finite(float(whole.autocorr(1)))


def _ratio(
    code: str,
    fitted: Any,
    term: str,
    n: int,
    n_missing: int,
    level: float,
    details: Mapping[str, float | int | None],
) -> Statistic:
    low, high = fitted.conf_int(alpha=1 - level).loc[term]
    return Statistic(
        method_code=code,
        estimate=exp(float(fitted.params[term])),
        n=n,
        unit="ratio",
        reference=REFERENCE,
        se=float(fitted.bse[term]),
        ci_low=exp(float(low)),
        ci_high=exp(float(high)),
        p_value=finite(float(fitted.pvalues[term])),
        n_missing=n_missing,
        details=details,
    )
