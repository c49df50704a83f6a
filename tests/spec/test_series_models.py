"""Worked examples: models beside the interrupted series, its counterfactual, a comparison, means.

The constructed series have answers by arithmetic, written beside them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assets.impact import comparative, means_series
from assets.impact.autocorrelation import (
    breusch_godfrey,
    durbin_watson,
    lags_for,
    ljung_box,
    newey_west_lag,
)
from assets.impact.comparative import controlled_series
from assets.impact.dispersion import overdispersion
from assets.impact.interrupted import interrupted_series, series_checks
from assets.impact.means_series import interrupted_means
from assets.impact.without_step import expected_without_step


def _months(n: int) -> list[str]:
    return [str(month) for month in pd.period_range("2021-01", periods=n, freq="M")]


def _noisy(n: int = 40, seed: int = 5) -> pd.Series:
    # Negative binomial with mean 60 and dispersion .1: variance 60 + 360.
    drawn = np.random.default_rng(seed).negative_binomial(10, 10 / 70, n)
    return pd.Series(drawn.astype(float), index=_months(n))


DOUBLING = pd.Series([2.0**k for k in range(8)] + [512 / 2.0**k for k in range(8)], _months(16))
# The same doubling, without a step: 256 and on; its growth does not change.
STEADY = pd.Series([2.0**k for k in range(16)], _months(16))


@pytest.mark.parametrize("family", ["poisson", "poisson_hac", "quasipoisson"])
def test_every_variance_gives_the_same_step(family):
    found = interrupted_series(DOUBLING, "2021-09", family=family)
    assert found[f"its_{family}_step"].estimate == pytest.approx(2, rel=1e-6)
    assert found[f"its_{family}_slope"].estimate == pytest.approx(0.25, rel=1e-6)


def test_negative_binomial_where_counts_vary_more_than_poissons():
    found = interrupted_series(_noisy(), "2022-09", family="negative_binomial")
    step = found["its_negative_binomial_step"]
    assert step.status == "ok"
    assert step.details["alpha"] == pytest.approx(0.1, abs=0.08)
    poisson = interrupted_series(_noisy(), "2022-09", family="poisson")["its_poisson_step"]
    assert step.se > poisson.se
    assert poisson.assumptions["variance_is_mean"] == "doubtful"


def test_negative_binomial_is_refused_where_counts_vary_less_than_poissons():
    counts = pd.Series([20.0, 21.0] * 12, index=_months(24))
    found = interrupted_series(counts, "2022-01", family="negative_binomial")
    step = found["its_negative_binomial_step"]
    assert (step.estimate, step.reason, step.status) == (None, "not_overdispersed", "not_estimable")


def test_the_lag_is_named_and_memory_within_it_is_not_assumed():
    found = interrupted_series(_noisy(), "2022-09", family="poisson_hac")["its_poisson_hac_step"]
    assert found.details["lag"] == newey_west_lag(40) == 3  # 4 (.4)^(2/9) = 3.26
    assert "no_autocorrelation" not in found.assumptions


def test_residuals_with_memory_make_the_assumption_doubtful():
    slow = pd.Series(np.round(100 * np.exp(0.5 * np.sin(np.arange(48) / 6))), index=_months(48))
    found = interrupted_series(slow, "2023-01", harmonics=0)["its_quasipoisson_step"]
    assert found.assumptions["no_autocorrelation"] == "doubtful"
    assert series_checks(slow, "2023-01", harmonics=0)["memory"].p_value < 0.001


def test_checks_of_a_series_too_short_are_refused():
    found = series_checks(pd.Series(5.0, index=_months(10)), "2021-06")
    assert {each.status for each in found.values()} == {"too_few"}


def test_a_series_fitted_exactly_has_no_memory_to_test():
    found = series_checks(pd.Series(20.0, index=_months(24)), "2022-01")
    assert found["memory"].status == "not_estimable"
    assert found["overdispersion"].status in ("ok", "not_estimable")


def test_expected_without_the_step_goes_on_doubling():
    # 1, 2, ... 128 before: without the change 256, 512, ... would have come.
    found = expected_without_step(DOUBLING, "2021-09")
    assert list(found) == _months(16)[8:]
    assert found["2021-09"].estimate == pytest.approx(256, rel=1e-5)
    assert found["2021-10"].estimate == pytest.approx(512, rel=1e-5)
    assert found["2021-09"].ci_low < 256 < found["2021-09"].ci_high


def test_nothing_is_expected_where_the_model_is_refused():
    assert expected_without_step(pd.Series(5.0, index=_months(10)), "2021-06") == {}


def test_step_over_that_of_the_comparison():
    # Step 2 and slope change 1/4 against none of either: ratios 2 and 1/4.
    found = controlled_series(DOUBLING, STEADY, "2021-09")
    assert found[comparative.STEP].estimate == pytest.approx(2, rel=1e-5)
    assert found[comparative.SLOPE].estimate == pytest.approx(0.25, rel=1e-5)
    # Against itself nothing is left.
    found = controlled_series(DOUBLING, DOUBLING * 3, "2021-09")
    assert found[comparative.STEP].estimate == pytest.approx(1, abs=1e-6)


def test_only_months_known_in_both_are_compared():
    found = controlled_series(_noisy(), _noisy(seed=6).drop("2022-05"), "2022-09")
    assert found[comparative.STEP].n == 2 * 39


def test_trends_that_differ_before_make_the_comparison_doubtful():
    rising = pd.Series(np.round(50 * 1.05 ** np.arange(40)), index=_months(40))
    falling = pd.Series(np.round(400 / 1.05 ** np.arange(40)), index=_months(40))
    found = controlled_series(rising, falling, "2022-09", harmonics=0)[comparative.STEP]
    assert found.assumptions["comparison_moves_alike"] == "doubtful"


def test_a_comparison_without_contacts_is_refused():
    found = controlled_series(_noisy(), _noisy() * 0, "2022-09")[comparative.STEP]
    assert (found.estimate, found.reason) == (None, "no_contacts_on_one_side")
    assert (
        controlled_series(_noisy(), _noisy()[:5], "2022-09")[comparative.STEP].status == "too_few"
    )


def test_step_and_slope_of_means():
    # 10, 11, ... 19, then 30, 28, ...: at the first month after the trend gives 20, so the step is
    # 10; the slope goes from 1 to -2, a change of -3.
    values = pd.Series(
        [10.0 + k for k in range(10)] + [30.0 - 2 * k for k in range(10)], _months(20)
    )
    found = interrupted_means(values, "2021-11", harmonics=0)
    assert found[means_series.STEP].estimate == pytest.approx(10)
    assert found[means_series.SLOPE].estimate == pytest.approx(-3)
    assert found[means_series.STEP].assumptions == {"memory_within_lag": "not_checked"}
    assert interrupted_means(values[:10], "2021-11")[means_series.STEP].status == "too_few"


def test_means_with_a_month_missing_say_so():
    values = _noisy().drop("2021-05")
    found = interrupted_means(values, "2022-09")[means_series.STEP]
    assert (found.n, found.n_missing) == (39, 1)
    assert found.details["lag"] == 3


def test_overdispersion_by_hand():
    # means 4: ((y - 4)^2 - y) / 4 of 2, 6, 4, 10 is .5, -.5, -1, 6.5: mean 1.375
    found = overdispersion(np.array([2.0, 6.0, 4.0, 10.0]), np.full(4, 4.0))
    assert found.estimate == pytest.approx(2.375)
    assert overdispersion(np.array([2.0]), np.array([2.0])).status == "too_few"
    assert overdispersion(np.full(4, 4.0), np.full(4, 4.0)).reason == "no_spread"


def test_memory_across_a_gap_is_not_counted():
    # 1, -1, missing, 1, -1: two neighbours, products -1 each, squares 4; r1 = -2/4.
    gap = pd.Series([1.0, -1.0, None, 1.0, -1.0])
    assert ljung_box(gap, 1).estimate == pytest.approx(-0.5)
    assert durbin_watson(gap) == pytest.approx(2.0)  # (4 + 4) / 4
    assert ljung_box(pd.Series([1.0, 1.0, 1.0])).reason == "no_spread"
    assert ljung_box(pd.Series(dtype=float)).status == "too_few"
    assert (lags_for(3), lags_for(24), lags_for(200)) == (1, 4, 10)


def test_breusch_godfrey_of_too_short_or_exact_a_series():
    design = pd.DataFrame({"const": [1.0] * 4})
    assert breusch_godfrey(pd.Series([1.0, -1.0, 1.0, -1.0]), design, 4).status == "too_few"
    assert breusch_godfrey(pd.Series([0.0] * 4), design, 1).reason == "no_spread"


def test_short_series_are_not_made_surer_than_least_squares():
    values = pd.Series(
        [5.0, 9, 4, 8, 6, 7, 9, 4, 5, 8, 12, 9, 13, 8, 12, 11, 9, 13, 10, 8], _months(20)
    )
    plain = interrupted_means(values, "2021-11", harmonics=0)[means_series.STEP]
    found = interrupted_means(values, "2021-11", harmonics=0, at_least_ordinary=True)
    careful = found[means_series.STEP]
    # Residuals here swing to and fro: Newey-West takes that for certainty.
    assert plain.se == plain.details["newey_west_se"] < plain.details["ordinary_se"]
    assert careful.se == careful.details["ordinary_se"]
    assert careful.p_value > plain.p_value
    counts = interrupted_series(values, "2021-11", harmonics=0, family="poisson_hac")
    hac = counts["its_poisson_hac_step"]
    quasi = interrupted_series(values, "2021-11", harmonics=0)["its_quasipoisson_step"]
    assert hac.details["hac_se"] < hac.se == quasi.se
    assert hac.p_value == quasi.p_value
