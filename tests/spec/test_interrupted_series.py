"""Worked examples: interrupted time series.

Published numbers stand in ``test_series_published.py``. The constructed series have answers by
arithmetic, written beside them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.impact.interrupted import SLOPE, STEP, interrupted_series

SICILY = pd.read_csv(Path(__file__).parent / "reference" / "sicily.csv", index_col="month")


def _months(first: str, n: int) -> list[str]:
    return [str(month) for month in pd.period_range(first, periods=n, freq="M")]


def test_quasi_poisson_widens_poissons_interval_by_the_root_of_the_dispersion():
    asked = {"slope": False, "exposure": SICILY["stdpop"], "harmonics": 0}
    plain = interrupted_series(SICILY["aces"], "2005-01", family="poisson", **asked)
    found = interrupted_series(SICILY["aces"], "2005-01", **asked)[STEP]
    poisson = plain["its_poisson_step"]
    assert found.estimate == poisson.estimate
    assert found.se == pytest.approx(poisson.se * found.details["dispersion"] ** 0.5)
    assert found.details["dispersion"] > 1
    assert (found.n, found.details["residual_df"]) == (59, 56)
    assert poisson.assumptions["variance_is_mean"] == "doubtful"


def test_step_and_slope_of_an_exact_series():
    # Before: 1, 2, 4, ... 128: doubling each month. The trend would give 256 next; 512 came, so
    # the step is 512 / 256 = 2. Then the series halves: growth .5 against 2, slope change .25.
    counts = [2.0**k for k in range(8)] + [512 / 2.0**k for k in range(8)]
    found = interrupted_series(pd.Series(counts, index=_months("2021-01", 16)), "2021-09")
    assert found[STEP].estimate == pytest.approx(2.0, rel=1e-6)
    assert found[SLOPE].estimate == pytest.approx(0.25, rel=1e-6)
    assert found[STEP].details["residual_df"] == 12
    assert (found[STEP].details["before_n"], found[STEP].details["after_n"]) == (8, 8)


def test_no_change_is_a_ratio_of_one():
    found = interrupted_series(pd.Series(20.0, index=_months("2021-01", 20)), "2021-11")
    assert found[STEP].estimate == pytest.approx(1, abs=1e-9)
    assert found[STEP].ci_low < 1 < found[STEP].ci_high


def test_error_of_a_level_by_hand_and_never_narrower_than_poisson():
    # 10 months of 20, then 10 of 40, fitted exactly: Pearson's dispersion is 0, taken as 1.
    # Each side is its own log-linear line, so the variance of the step is that of the two lines
    # at the first month after. With centred time x and weights mu, a line's value at x0 has
    # variance 1/(n mu) + (x0 - mean)^2 / (mu Sxx), Sxx = 82.5 for ten months.
    # Before: x0 lies 5.5 beyond the mean: (1/10 + 30.25/82.5) / 20 = .0233333
    # After:  x0 lies 4.5 before it:       (1/10 + 20.25/82.5) / 40 = .0086364
    counts = pd.Series([20.0] * 10 + [40.0] * 10, index=_months("2021-01", 20))
    found = interrupted_series(counts, "2021-11")[STEP]
    assert found.estimate == pytest.approx(2, rel=1e-9)
    assert found.details["dispersion"] == pytest.approx(0, abs=1e-9)
    assert found.se == pytest.approx((0.0233333 + 0.0086364) ** 0.5, rel=1e-5)


def test_a_known_shock_does_not_bend_the_step():
    counts = pd.Series([20.0] * 12 + [40.0] * 12, index=_months("2021-01", 24))
    shock = ["2021-05", "2021-06"]
    counts[shock] = 4.0
    plain = interrupted_series(counts, "2022-01", harmonics=0)[STEP]
    found = interrupted_series(counts, "2022-01", harmonics=0, shocks={"closed": shock})[STEP]
    assert found.estimate == pytest.approx(2, rel=1e-6)
    assert plain.estimate != pytest.approx(2, rel=1e-2)


def test_a_month_not_observed_is_left_out_and_time_goes_on():
    counts = pd.Series(
        [2.0**k for k in range(9)] + [1024 * 2.0**k for k in range(9)], index=_months("2021-01", 18)
    )
    counts["2021-04"] = None
    found = interrupted_series(counts.drop("2022-03"), "2021-10")[STEP]
    # the trend would give 512 at the first month after: 1024 / 512 = 2
    assert found.estimate == pytest.approx(2, rel=1e-6)
    assert (found.n, found.n_missing) == (16, 2)


@pytest.mark.parametrize(
    ("before", "after", "status"), [(7, 12, "too_few"), (12, 7, "too_few"), (8, 8, "ok")]
)
def test_eight_months_are_needed_on_each_side(before, after, status):
    counts = pd.Series(10.0, index=_months("2021-01", before + after))
    first = _months("2021-01", before + 1)[-1]
    found = interrupted_series(counts, first)
    assert {each.status for each in found.values()} == {status}


def test_residual_degrees_of_freedom_are_guarded():
    # 16 months, 4 terms: 12 left. Two shocks more: 10, still enough; three: 9, refused.
    counts = pd.Series([10.0, 12.0] * 8, index=_months("2021-01", 16))
    shocks = {name: [month] for name, month in zip("abc", _months("2021-02", 3), strict=True)}
    two = {name: shocks[name] for name in "ab"}
    assert interrupted_series(counts, "2021-09", shocks=two)[STEP].status == "ok"
    refused = interrupted_series(counts, "2021-09", shocks=shocks)[STEP]
    assert refused.reason == "too_few_degrees_of_freedom"


def test_a_shock_as_long_as_what_follows_cannot_be_told_apart():
    counts = pd.Series(10.0, index=_months("2021-01", 24))
    shock = {"same": _months("2022-01", 12)}
    assert interrupted_series(counts, "2022-01", shocks=shock)[STEP].reason == "terms_not_separable"


def test_a_side_without_contacts_is_refused():
    counts = pd.Series([0.0] * 12 + [5.0] * 12, index=_months("2021-01", 24))
    assert interrupted_series(counts, "2022-01")[STEP].reason == "no_contacts_on_one_side"


def test_an_empty_series_is_refused():
    empty = pd.Series(dtype=float, index=pd.Index([], dtype=str))
    assert interrupted_series(empty, "2022-01")[STEP].status == "too_few"


def test_a_negative_count_and_a_doubled_month_stop():
    counts = pd.Series(1.0, index=_months("2021-01", 20))
    with pytest.raises(ValueError, match="negative"):
        interrupted_series(-counts, "2021-11")
    with pytest.raises(ValueError, match="twice"):
        interrupted_series(pd.concat([counts, counts]), "2021-11")


def test_a_month_left_out_of_two_years_does_not_take_the_seasons_away():
    # The step falls within a month, which is left out: 23 known months still span two years.
    months = pd.period_range("2021-01", "2022-12", freq="M").astype(str)
    wave = 60 * np.exp(0.4 * np.sin(2 * np.pi * np.arange(24) / 12))
    counts = pd.Series(np.round(wave), index=months).drop("2022-01")
    default = interrupted_series(counts, "2022-02")[STEP]
    assert default.estimate == interrupted_series(counts, "2022-02", harmonics=1)[STEP].estimate
    assert default.estimate == pytest.approx(1, abs=0.05)  # the season is not a step
