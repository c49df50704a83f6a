"""Published numbers of interrupted time series and of what is tested on their residuals.

The numbers and their sources stand in ``schemas/checks/series.yml``; the data in ``reference``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from assets.impact.autocorrelation import breusch_godfrey, durbin_watson, ljung_box
from assets.impact.dispersion import overdispersion
from assets.impact.interrupted import interrupted_series
from assets.impact.means_series import interrupted_means, newey_west
from assets.impact.negative_binomial import fit_negative_binomial
from schemas.method_checks import checks

REFERENCE = Path(__file__).parent / "reference"

# Printed in statsmodels, stats/tests/test_statstools.py ("a random array, rounded to 4 decimals").
TWENTY = [
    -0.1184, -1.3403, 0.0063, -0.612, -0.3869, -0.2313, -2.8485, -0.2167, 0.4153, 1.8492,
    -0.3706, 0.9726, -0.1501, -0.0337, -1.4423, 1.2489, 0.9182, -0.2331, -0.6182, 0.183,
]  # fmt: skip


@cache
def _sicily(family: str, harmonics: int):
    data = pd.read_csv(REFERENCE / "sicily.csv", index_col="month")
    return interrupted_series(
        data["aces"],
        "2005-01",
        slope=False,
        exposure=data["stdpop"],
        harmonics=harmonics,
        family=family,
    )[f"its_{family}_step"]


@cache
def _california(*, compared: bool):
    data = pd.read_csv(REFERENCE / "cigsales.csv")
    # Years stand as months: the model counts steps of time, without seasons.
    months = [str(month) for month in pd.period_range("1970-01", periods=len(data), freq="M")]
    others = data[["colorado", "idaho", "montana"]].mean(axis=1) if compared else 0.0
    values = pd.Series((data["california"] - others).to_numpy(), index=months)
    return interrupted_means(values, months[1989 - 1970], harmonics=0, lag=1)


@cache
def _macro():
    from statsmodels.datasets import macrodata

    data = macrodata.load_pandas().data
    growth = 400 * np.log(data[["realinv", "realgdp"]]).diff()
    table = growth.assign(interest=data["realint"].shift(1), const=1.0).dropna()
    return newey_west(table["realinv"], table[["realgdp", "interest", "const"]], 4), table


@cache
def _visitors():
    data = pd.read_csv(REFERENCE / "recreation_demand.csv")
    design = data.drop(columns="trips").assign(
        ski=data["ski"] == "yes", userfee=data["userfee"] == "yes", const=1.0
    )
    return data["trips"], design.astype("float64")


@cache
def _visits_by_negative_binomial():
    return fit_negative_binomial(*_visitors())[0]


@cache
def _visits_by_poisson(*, quadratic: bool):
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    trips, design = _visitors()
    fitted = GLM(trips, design, family=Poisson()).fit()
    return overdispersion(trips.to_numpy(), fitted.mu, quadratic=quadratic)


@cache
def _memory(test: str):
    fitted, table = _macro()
    residuals = fitted.resid.reset_index(drop=True)
    if test == "ljung_box":
        return ljung_box(residuals, 4)
    return breusch_godfrey(residuals, table[["realgdp", "interest", "const"]], 4)


def _without_factor() -> float:
    fitted, table = _macro()
    return fitted.bse["realgdp"] ** 2 * (len(table) - 3) / len(table)


def _longley() -> float | None:
    given = sm.datasets.longley.load_pandas()
    return durbin_watson(sm.OLS(given.endog, sm.add_constant(given.exog)).fit().resid)


COMPUTED = {
    "durbin_watson_longley": _longley,
    "its_sicily_rate_ratio": lambda: _sicily("poisson", 0).estimate,
    "its_sicily_ci_low": lambda: _sicily("poisson", 0).ci_low,
    "its_sicily_ci_high": lambda: _sicily("poisson", 0).ci_high,
    "its_sicily_seasonal_rate_ratio": lambda: _sicily("quasipoisson", 2).estimate,
    "its_sicily_seasonal_ci_low": lambda: _sicily("quasipoisson", 2).ci_low,
    "its_sicily_seasonal_ci_high": lambda: _sicily("quasipoisson", 2).ci_high,
    "itsa_california_step": lambda: _california(compared=False)["its_newey_west_step"].estimate,
    "itsa_california_slope": lambda: _california(compared=False)["its_newey_west_slope"].estimate,
    "itsa_compared_step": lambda: _california(compared=True)["its_newey_west_step"].estimate,
    "itsa_compared_slope": lambda: _california(compared=True)["its_newey_west_slope"].estimate,
    "newey_west_se_gdp": lambda: _macro()[0].bse["realgdp"],
    "newey_west_se_interest": lambda: _macro()[0].bse["interest"],
    "newey_west_variance_without_factor": _without_factor,
    "negative_binomial_quality": lambda: _visits_by_negative_binomial().params["quality"],
    "negative_binomial_quality_se": lambda: _visits_by_negative_binomial().bse["quality"],
    "negative_binomial_cost_s": lambda: _visits_by_negative_binomial().params["costS"],
    "negative_binomial_log_likelihood": lambda: _visits_by_negative_binomial().llf,
    "dispersion_test_linear": lambda: _visits_by_poisson(quadratic=False).estimate,
    "dispersion_test_linear_z": lambda: _visits_by_poisson(quadratic=False).details["z"],
    "dispersion_test_quadratic": lambda: _visits_by_poisson(quadratic=True).estimate,
    "ljung_box_q": lambda: _memory("ljung_box").details["q"],
    "ljung_box_p": lambda: _memory("ljung_box").p_value,
    "breusch_godfrey_lm": lambda: _memory("breusch_godfrey").estimate,
    "breusch_godfrey_p": lambda: _memory("breusch_godfrey").p_value,
    "durbin_watson_d": lambda: durbin_watson(pd.Series(TWENTY)),
}


@pytest.mark.parametrize("check", checks("series"), ids=lambda check: check.id)
def test_published(check):
    assert COMPUTED[check.id]() == pytest.approx(check.expected, abs=check.tolerance)
