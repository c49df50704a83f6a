"""What would the months after have been like without the change? The model's counterfactual."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic
from assets.impact.interrupted import REFERENCE, fit, prepare_counts, why_not
from assets.impact.monthly import MIN_RESIDUAL_DF

if TYPE_CHECKING:
    import pandas as pd

EXPECTED = "its_quasipoisson_expected"


def expected_without_step(
    counts: pd.Series,
    first_month: str,
    *,
    shocks: Mapping[str, list[str]] | None = None,
    harmonics: int | None = None,
    min_residual_df: int = MIN_RESIDUAL_DF,
    level: float = 0.95,
) -> dict[str, Statistic]:
    """Predict each month from ``first_month`` on as if neither step nor slope had come.

    The quasi-Poisson model of ``interrupted_series`` with the terms of the interruption at zero:
    exp(x0 b), interval exp(x0 b -+ t se) with se from the covariance of b (the uncertainty of the
    mean, not of a single month's count).

    Parameters
    ----------
    counts, first_month, shocks, harmonics, min_residual_df, level
        As of ``interrupted_series``.

    Returns
    -------
    dict of str to Statistic
        Month -> ``its_quasipoisson_expected``, unit ``contacts``, ``se`` on the log scale; empty
        where the model is refused.
    """
    import numpy as np
    from scipy.stats import t

    series = prepare_counts(counts, first_month, True, shocks, None, harmonics)
    if why_not(series, min_residual_df):
        return {}
    fitted, _ = fit(series, "quasipoisson")
    later = series.design[series.frame["after"] == 1].assign(after=0.0, after_slope=0.0)
    logged = later.to_numpy() @ fitted.params.to_numpy()
    covariance = fitted.cov_params().to_numpy()
    errors = np.sqrt(np.einsum("ij,jk,ik->i", later.to_numpy(), covariance, later.to_numpy()))
    reach = float(t.ppf(0.5 + level / 2, fitted.df_resid))
    n = len(series.frame)
    return {
        str(month): _expected(float(mean), float(error), reach, n)
        for month, mean, error in zip(later.index, logged, errors, strict=True)
    }


def _expected(mean: float, error: float, reach: float, n: int) -> Statistic:
    limits: dict[str, Any] = {
        "ci_low": exp(mean - reach * error),
        "ci_high": exp(mean + reach * error),
    }
    return Statistic(
        method_code=EXPECTED,
        estimate=exp(mean),
        n=n,
        unit="contacts",
        reference=REFERENCE,
        se=error,
        **limits,
    )
