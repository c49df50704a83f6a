"""Did a monthly count step more than that of a comparison? Controlled interrupted time series."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse
from assets.impact.autocorrelation import SIGNIFICANT, ljung_box
from assets.impact.interrupted import prepare_counts, why_not
from assets.impact.monthly import MIN_RESIDUAL_DF, Series, on_whole_grid

if TYPE_CHECKING:
    import pandas as pd

STEP = "controlled_its_step"
SLOPE = "controlled_its_slope"
REFERENCE = "Lopez Bernal, Cummins, Gasparrini 2018, IJE 47:2082-2093, doi 10.1093/ije/dyy135"
_TERMS = {STEP: "after", SLOPE: "after_slope"}


def controlled_series(
    counts: pd.Series,
    comparison: pd.Series,
    first_month: str,
    *,
    shocks: Mapping[str, list[str]] | None = None,
    harmonics: int | None = None,
    min_residual_df: int = MIN_RESIDUAL_DF,
    level: float = 0.95,
) -> dict[str, Statistic]:
    """Divide the step of a series by the step of a comparison at the same month.

    Both series are stacked in one quasi-Poisson model with a log link. Every term (constant, trend,
    step, slope, shocks, seasons) enters once for both and once more for the series asked about
    (``term:asked``), so that each series has its own course; exp of the interaction ``after:asked``
    is the ratio of the two steps, of ``after_slope:asked`` the ratio of the two slope changes. One
    dispersion phi, never below 1; t on the residual degrees of freedom.

    Parameters
    ----------
    counts, comparison
        Monthly counts, index ``YYYY-MM``; only months known in both are used.
    first_month, shocks, harmonics, min_residual_df, level
        As of ``interrupted_series``.

    Returns
    -------
    dict of str to Statistic
        ``controlled_its_step`` and ``controlled_its_slope``, unit ``ratio``, n = months of both
        series together. Refused as a single series is, on either side.

    Notes
    -----
    What happened in the same month to both (a season, a law, a pandemic) cancels; what happened to
    one of them does not. Assumes that without the change both would have moved alike at that month
    (``comparison_moves_alike``: ``doubtful`` where their trends before it differ at 5 %, which
    does not prove it where they do not), and residuals without memory (Ljung-Box in each series).
    Matches ``glm(count ~ (time + after + after_slope) * asked, quasipoisson)``; on means its
    interaction is the step of the difference of the two series.
    """
    both = _alike(counts, comparison)
    parts = {
        name: prepare_counts(values, first_month, True, shocks, None, harmonics)
        for name, values in both.items()
    }
    n = sum(len(part.frame) for part in parts.values())
    reasons = (why_not(part, min_residual_df) for part in parts.values())
    reason = next((each for each in reasons if each), None)
    if reason:
        return {
            code: refuse(code, reason, n=n, unit="ratio", reference=REFERENCE) for code in _TERMS
        }
    fitted, dispersion = _fit(parts)
    details: dict[str, float | int | None] = {
        "dispersion": dispersion,
        "residual_df": int(fitted.df_resid),
        "trends_differ_p": finite(float(fitted.pvalues["time:asked"])),
    }
    outcomes = _outcomes(parts, fitted)
    return {
        code: _ratio(code, fitted, f"{term}:asked", n, level, details, outcomes)
        for code, term in _TERMS.items()
    }


def _alike(counts: pd.Series, comparison: pd.Series) -> dict[str, pd.Series]:
    """Keep the months known in both; the calendar between first and last stays."""
    known = counts.dropna().index.intersection(comparison.dropna().index).sort_values()
    return {"comparison": comparison.loc[known], "asked": counts.loc[known]}


def _fit(parts: dict[str, Series]) -> tuple[Any, float]:
    import warnings

    import pandas as pd
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    common = pd.concat([part.design for part in parts.values()], ignore_index=True)
    is_asked = [name == "asked" for name, part in parts.items() for _ in range(len(part.frame))]
    own = common.mul(pd.Series(is_asked, dtype=float), axis=0).add_suffix(":asked")
    values = pd.concat([part.frame["value"] for part in parts.values()], ignore_index=True)
    model = GLM(values, pd.concat([common, own], axis=1), family=Poisson())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        plain = model.fit(scale=1.0)
        dispersion = float(plain.pearson_chi2 / plain.df_resid)
        return model.fit(scale=max(1.0, dispersion), use_t=True), dispersion


def _outcomes(parts: dict[str, Series], fitted: Any) -> dict[str, str]:
    residuals = list(fitted.resid_pearson)
    half = len(parts["comparison"].frame)
    found = [
        ljung_box(on_whole_grid(parts["comparison"], residuals[:half])).p_value,
        ljung_box(on_whole_grid(parts["asked"], residuals[half:])).p_value,
    ]
    known = [p for p in found if p is not None]
    # Two tests, one assumption: each at half the level.
    remembers = any(p < SIGNIFICANT / 2 for p in known)
    differ = finite(float(fitted.pvalues["time:asked"]))
    return {
        "no_autocorrelation": "not_checked" if not known else "doubtful" if remembers else "held",
        "comparison_moves_alike": "doubtful"
        if differ is not None and differ < SIGNIFICANT
        else "not_checked",
    }


def _ratio(
    code: str,
    fitted: Any,
    term: str,
    n: int,
    level: float,
    details: Mapping[str, float | int | None],
    outcomes: Mapping[str, str],
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
        details=details,
        assumptions=outcomes,
    )
