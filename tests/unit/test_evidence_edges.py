"""What the evidence says where there is too little of it: a reason, never a number out of dust."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assets.impact import staggered, weighting
from assets.impact.adjusted import adjusted_change
from assets.impact.agreement import intraclass_correlations
from assets.impact.asked.compared import Asked, compared_rows
from assets.impact.asked.waiting import closing_rows
from assets.impact.event_study import event_study, parallel_trends
from assets.impact.groups_survival import log_rank
from assets.impact.hazards import cox
from assets.impact.imputation import FMI, IMPUTED, imputed_change
from assets.impact.means_series import SLOPE, STEP, interrupted_means
from assets.impact.who_stays import logit_odds_ratios

CODES = [f"p{number:02}" for number in range(20)]


def _pairs(change, lost_every=0):
    pairs = pd.DataFrame({"pre": np.linspace(20, 60, 20)}, index=CODES)
    pairs["post"] = pairs["pre"] + change
    if lost_every:
        pairs.loc[pairs.index[::lost_every], "post"] = np.nan
    return pairs, pd.DataFrame(index=pairs.index)


def test_all_who_end_on_one_day_say_nothing_of_groups():
    days, ended = pd.Series([10.0] * 20), pd.Series([True] * 20)
    found = log_rank(days, ended, pd.Series(["a", "b"] * 10))
    assert (found.estimate, found.reason) == (None, "no_spread")


def test_people_who_are_all_alike_have_no_agreement_to_measure():
    both = pd.DataFrame({"pre": [5.0] * 20, "post": [6.0] * 20})
    assert {each.reason for each in intraclass_correlations(both).values()} == {"no_variance"}


def test_a_change_that_is_the_same_for_all_is_not_tested():
    adjusted = adjusted_change(*_pairs(1.0))
    assert adjusted.estimate == pytest.approx(1)
    assert adjusted.p_value is None
    found = imputed_change(*_pairs(1.0, lost_every=4))
    assert (found[IMPUTED].reason, found[FMI].reason) == ("no_variance", "no_variance")


def test_one_household_cannot_stand_for_all():
    pairs, covariates = _pairs(np.random.default_rng(3).normal(2, 5, 20), lost_every=4)
    one = pd.Series("h", index=pairs.index)
    found = imputed_change(pairs, covariates, one)
    assert (found[IMPUTED].reason, found[FMI].se) == ("too_few_clusters", None)
    adjusted = adjusted_change(pairs, covariates, one)
    assert adjusted.assumptions["independent_people"] == "doubtful"
    apart = pd.Series(pairs.index, index=pairs.index)
    assert adjusted_change(pairs, covariates, apart).assumptions["independent_people"] == "held"


@pytest.mark.parametrize("after", [5.0, 10.0])
def test_months_on_a_line_are_not_tested(after):
    months = [str(month) for month in pd.period_range("2021-01", periods=24, freq="M")]
    found = interrupted_means(pd.Series([5.0] * 12 + [after] * 12, index=months), "2022-01")
    assert found[STEP].estimate == pytest.approx(after - 5)
    assert [found[STEP].p_value, found[SLOPE].p_value] == [None, None]


def test_a_ratio_too_large_to_write_is_refused():
    draws = np.random.default_rng(5)
    tiny = pd.DataFrame({"x": 1e-12 * draws.normal(size=60)})
    ended = pd.Series(draws.random(60) < 0.7)
    hazard = cox(pd.Series(draws.exponential(20, 60)), ended, tiny)["x"]
    odds = logit_odds_ratios(ended, tiny)["x"]
    assert (hazard.reason, odds.reason) == ("perfect_separation", "separation")


def test_odds_of_one_household_are_refused():
    draws = np.random.default_rng(6)
    ended, x = pd.Series(draws.random(60) < 0.5), pd.DataFrame({"x": draws.normal(size=60)})
    found = logit_odds_ratios(ended, x, pd.Series(["h"] * 60))["x"]
    assert (found.estimate, found.reason) == (None, "too_few_clusters")


def _panel(people, spread):
    """Two groups, three waves, no lead and no effect; the treated join in the third wave."""
    draws = np.random.default_rng(11)
    rows = [
        {
            "person": f"{group}{number:04}",
            "cluster": f"{group}{number:04}",
            "period": period,
            "first": first,
            "score": 50 + draws.normal(0, spread),
        }
        for group, first in (("t", 2), ("c", staggered.NEVER))
        for number in range(people)
        for period in range(3)
    ]
    return pd.DataFrame(rows)


def test_few_people_do_not_show_that_trends_were_parallel():
    # With 8 a side, a lead of half a standard deviation would mostly go unseen; with 300 not.
    few = event_study(staggered.panel(_panel(8, 10)))
    assert few[-2].p_value > 0.05
    assert parallel_trends(few) == "not_checked"
    assert parallel_trends(event_study(staggered.panel(_panel(300, 10)))) == "held"


def test_who_lacks_a_wave_is_counted_missing_in_each_event():
    rows = _panel(20, 10)
    without = rows[~((rows["person"] < "c0004") & (rows["period"] == 2))]
    found = event_study(staggered.panel(without))
    assert (found[0].n, found[0].n_missing) == (36, 4)
    assert (found[-2].n, found[-2].n_missing) == (40, 0)


def test_requests_of_one_household_are_not_independent():
    days = pd.to_datetime(["2022-01-03", "2022-01-05", "2022-02-01", "2022-02-07"])
    contacts = pd.DataFrame(
        {
            "service_code": "desk",
            "contact_date": days,
            "closed_date": days + pd.Timedelta(days=4),
            "person_code": pd.Series(["a", "b", "c", "d"], dtype="string"),
            "household_code": pd.Series(["h", "h", pd.NA, pd.NA], dtype="string"),
        }
    )
    for homes, outcome in ((contacts, "doubtful"), (contacts[1:], "held")):
        rows = {row["indicator_code"]: row for row in closing_rows(homes, {"desk": 4})}
        assert f"independent_people={outcome}" in rows["still_open_median"]["assumptions"]
        assert rows["closing_days_mean"]["assumptions"] == ""


def test_matching_says_that_people_live_together():
    draws = np.random.default_rng(2)
    codes = [f"p{number:02}" for number in range(60)]
    scores = pd.DataFrame(
        [
            {
                "person_code": code,
                "wave_code": wave,
                "scale_code": "s",
                "score": draws.normal(50, 9),
            }
            for code in codes
            for wave in ("pre", "post")
        ]
    )
    people = pd.DataFrame(
        {
            "person_code": codes,
            "household_code": [f"h{number // 2}" for number in range(60)],
            "neighbourhood_code": ["north" if number < 30 else "south" for number in range(60)],
            "area_role": ["pilot" if number < 30 else "comparison" for number in range(60)],
            "link_certainty": "certain",
            "age_years": draws.integers(20, 80, 60).astype(float),
            **dict.fromkeys(("gender_code", "tenure_code", "citizenship_code"), "x"),
        }
    ).astype({"household_code": "string", "person_code": "string"})
    asked = Asked(
        roles=("pilot",),
        control=("comparison",),
        adjust_for=("age_years",),
        waves=("pre", "post"),
        before=0,
        after=1,
        first={"north": 1, "south": staggered.NEVER},
    )
    rows = {row["indicator_code"]: row for row in compared_rows(scores, people, ["s"], asked)}
    assert "independent_people=doubtful" in rows["did_matched"]["assumptions"]


def test_weighting_counts_a_household_that_answers_alike_once():
    draws = np.random.default_rng(4)
    codes = [f"p{number:02}" for number in range(40)]
    change = pd.Series(draws.normal(3, 8, 40), index=codes)
    first = pd.DataFrame({"first_score": draws.normal(50, 10, 40)}, index=codes)
    treated = pd.Series(draws.random(40) < 0.5, index=codes)
    alone = weighting.doubly_robust(change, first, treated)
    # Everybody twice, as two members of one household: nothing new is known.
    twice = [pd.concat([each, each]) for each in (change, first, treated)]
    homes = pd.Series(codes * 2, index=codes * 2)
    together = weighting.doubly_robust(*twice, homes)
    assert together.estimate == pytest.approx(alone.estimate)
    small_sample = (40 / 39 * (80 / 76) / (40 / 36)) ** 0.5
    assert together.se == pytest.approx(alone.se * small_sample, rel=1e-5)
    assert together.details["df"] == alone.details["df"]
    assert weighting.doubly_robust(*twice).se < 0.8 * alone.se
