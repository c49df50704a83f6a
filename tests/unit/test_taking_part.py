"""Dose, trend, staying and slopes within units: edges that published examples lack."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assets.impact.asked import network as asked_network
from assets.impact.asked import participation as asked
from assets.impact.dose import dose_bands, dose_slope, trend
from assets.impact.slope import within_slope
from assets.impact.who_stays import logit_odds_ratios
from assets.measures.dose import dose_table
from assets.measures.staying import come_table, stay_table


def attendance(*rows: tuple) -> pd.DataFrame:
    """Return rows of a register: person, activity, day, present, hours."""
    made = pd.DataFrame(
        rows, columns=["person_code", "activity_code", "day", "is_present", "hours"]
    )
    made["session_date"] = pd.to_datetime(made.pop("day"))
    return made.astype({"is_present": "boolean", "hours": "float64", "person_code": "string"})


def answered(**days: tuple[str | None, str | None]) -> pd.DataFrame:
    rows = [
        (p, wave, day)
        for p, both in days.items()
        for wave, day in zip(("pre", "post"), both, strict=True)
    ]
    made = pd.DataFrame(rows, columns=["person_code", "wave_code", "response_date"])
    return made.assign(response_date=pd.to_datetime(made["response_date"]))


def test_dose_counts_sessions_between_the_two_answers():
    taken = attendance(
        ("p1", "sew", "2021-07-01", True, 2),  # the day of the first answer: before it
        ("p1", "sew", "2021-07-02", True, 2),
        ("p1", "sew", "2021-07-02", True, 2),  # the same session twice
        ("p1", "cook", "2021-07-02", True, None),
        ("p1", "sew", "2021-07-03", False, None),
        ("p1", "sew", "2023-03-01", True, 1),  # the day of the second answer
        ("p1", "sew", "2023-03-02", True, 9),
        ("p3", "sew", "2021-08-01", True, None),
    )
    days = ("2021-07-01", "2023-03-01")
    found = dose_table(
        taken, answered(p1=days, p2=days, p3=days, p4=(days[0], None)), "pre", "post"
    )
    assert found["person_code"].tolist() == ["p1", "p2", "p3"]
    assert found["sessions_n"].tolist() == [3, 0, 1]
    assert found["hours"].tolist()[:2] == [3, 0] and pd.isna(found["hours"][2])
    assert found["hours_missing_n"].tolist() == [1, 0, 1]


def test_no_answers_no_dose():
    assert dose_table(attendance(), answered(), "", "").empty


def test_stayed_is_asked_of_those_who_could_be_watched():
    found = stay_table(
        attendance(
            ("back", "sew", "2021-07-01", True, 1),
            ("back", "sew", "2021-11-01", True, 1),
            ("gone", "sew", "2021-07-01", True, 1),
            ("gone", "sew", "2021-08-01", True, 1),
            ("late", "sew", "2021-07-01", True, 1),
            ("late", "sew", "2022-03-01", True, 1),  # back, but after more than 180 days
            ("new", "sew", "2022-02-01", True, 1),
        )
    )
    assert found.set_index("person_code")["is_stayed"].to_dict() == {
        "back": True, "gone": False, "late": False,
    }  # fmt: skip
    assert stay_table(attendance()).empty


def test_who_came_is_asked_of_everybody_known():
    people = pd.DataFrame({"person_code": pd.array(["b", "a"], dtype="string")})
    found = come_table(attendance(("a", "sew", "2021-07-01", True, 1)), people)
    assert found["is_come"].tolist() == [True, False]


def test_a_planted_dose_is_found_and_no_dose_is_not():
    rng = np.random.default_rng(7)
    pre, dose = rng.normal(50, 15, 120), rng.integers(0, 60, 120).astype(float)
    home = pd.Series(rng.integers(0, 80, 120).astype(str))
    noise = rng.normal(0, 8, 120)
    given = [pd.Series(each) for each in (pre, 10 + 0.7 * pre + 0.3 * dose + noise, dose)]
    found = dose_slope(*given, home)
    assert found.ci_low < 3 < found.ci_high and found.p_value < 0.001
    assert found.assumptions["linear"] == "held"
    shuffled = [each.iloc[::-1] for each in given]
    assert dose_slope(*shuffled, home.iloc[::-1]).estimate == pytest.approx(found.estimate)
    bent = dose_slope(given[0], 10 + 0.01 * given[2] ** 2 + noise, given[2], home)
    assert bent.assumptions["linear"] == "doubtful"


@pytest.mark.parametrize(
    ("pre", "post", "dose", "homes", "reason"),
    [
        ([], [], [], [], "no_units"),
        ([1], [2], [3], ["h"], "too_few_degrees_of_freedom"),
        ([1, 2, 3, 5], [2, 4, 5, 5], [7, 7, 7, 7], list("abcd"), "no_variance"),
        ([1, 2, 3, 5], [2, 4, 5, 5], [2, 4, 6, 10], list("abcd"), "no_variance"),
        ([1, 2, 3, 5], [2, 4, 5, 5], [2, 1, 6, 1], list("aaaa"), "too_few_clusters"),
    ],
)
def test_no_dose_slope_says_why(pre, post, dose, homes, reason):
    given = [pd.Series(each, dtype=float) for each in (pre, post, dose)]
    found = dose_slope(*given, pd.Series(homes, dtype="string"))
    assert (found.estimate, found.reason) == (None, reason)


def test_equal_scores_have_a_slope_of_nothing():
    found = dose_slope(
        pd.Series([1.0, 2, 3, 5, 4]), pd.Series([4.0] * 5), pd.Series([2.0, 1, 6, 1, 3])
    )
    assert found.estimate == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "bands", "reason"),
    [([], [], "no_units"), ([1, 2], [0, 0], "one_band"), ([3, 3], [0, 1], "no_variance")],
)
def test_no_trend_says_why(values, bands, reason):
    found = trend(pd.Series(values, dtype=float), pd.Series(bands, dtype=float))
    assert (found.estimate, found.reason) == (None, reason)


def test_a_perfect_rise_is_one_and_a_fall_is_nought():
    bands = pd.Series([0, 0, 1, 1, 2, 2])
    assert trend(pd.Series([1, 2, 3, 4, 5, 6]), bands).estimate == 1
    fall = trend(pd.Series([6, 5, 4, 3, 2, 1]), bands)
    assert fall.estimate == 0
    assert fall.p_value == pytest.approx(2 / 90)  # one of 6! / (2! 2! 2!) orders, either way
    assert fall.assumptions["large_bands"] == "held"  # counted out, not approximated
    tied = trend(pd.Series([6, 5, 4, 4, 2, 1]), bands)
    assert tied.assumptions["large_bands"] == "doubtful"


def test_the_exact_trend_of_two_bands_is_the_exact_rank_sum_test():
    from scipy.stats import mannwhitneyu

    rng = np.random.default_rng(3)
    for n, m in ((3, 5), (1, 4), (40, 60)):
        values = pd.Series(rng.normal(size=n + m))
        found = trend(values, pd.Series([0] * n + [1] * m))
        expected = mannwhitneyu(values[n:], values[:n], method="exact").pvalue
        assert found.p_value == pytest.approx(expected)


def test_bands_are_thirds_and_equal_doses_stay_together():
    assert dose_bands(pd.Series([0, 1, 2, 3, 4, 5])).tolist() == [0, 0, 1, 1, 2, 2]
    assert dose_bands(pd.Series([0, 0, 0, 0, 0, 9])).tolist() == [0, 0, 0, 0, 0, 1]


def logit(outcome: list, **columns: list):
    return logit_odds_ratios(pd.Series(outcome), pd.DataFrame(columns), events_per_variable=1)


def test_logit_of_a_two_by_two_table_is_its_odds_ratio():
    # 30 of 40 against 20 of 40: (30/10) / (20/20) = 3; se of the log: sqrt of the summed inverses.
    outcome = [1] * 30 + [0] * 10 + [1] * 20 + [0] * 20
    found = logit(outcome, woman=[1] * 40 + [0] * 40)["woman"]
    assert found.estimate == pytest.approx(3)
    assert found.details["b_se"] == pytest.approx((1 / 30 + 1 / 10 + 1 / 20 + 1 / 20) ** 0.5)


@pytest.mark.parametrize(
    ("outcome", "column", "reason"),
    [
        ([], [], "no_units"),
        ([1, 1, 1], [0, 1, 0], "one_outcome"),
        ([0, 1, 1, 0], [1, 1, 1, 1], "no_variance"),
        ([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1], "separation"),
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1], "separation"),  # quasi-complete
    ],
)
def test_no_odds_ratio_says_why(outcome, column, reason):
    found = logit(outcome, woman=column)["woman"]
    assert (found.estimate, found.reason) == (None, reason)


def test_too_few_events_are_refused():
    found = logit_odds_ratios(pd.Series([0, 1] * 9), pd.DataFrame({"woman": [0, 0, 1] * 6}))
    assert found["woman"].reason == "too_few_events"


def test_slope_within_units_ignores_their_levels_and_those_seen_once():
    units = pd.Series(list("aabbc"))
    x = pd.DataFrame({"year": [0.0, 1, 0, 1, 5]})
    y = pd.Series([10.0, 12, 50, 51, 99])
    found = within_slope(y, x, units, unit="ratio")
    assert (found.estimate, found.n) == (pytest.approx(1.5), 2)
    assert found.assumptions["enough_clusters"] == "doubtful"
    none = within_slope(y[4:], x[4:], units[4:], unit="ratio")
    assert (none.estimate, none.reason) == (None, "no_units")


def test_questions_of_a_programme_without_rows():
    people = pd.DataFrame(
        columns=["person_code", "household_code", "link_certainty", "gender_code", "tenure_code",
                 "age_years"]
    ).astype("string")  # fmt: skip
    stays = pd.DataFrame(
        {"person_code": pd.array([], "string"), "is_stayed": pd.array([], "boolean")}
    )
    scores = pd.DataFrame(columns=["person_code", "wave_code", "scale_code", "score"])
    doses = dose_table(attendance(), answered(), "pre", "post")
    rows = [
        *asked.stay_rows(stays, people),
        *asked.dose_rows(scores, doses, people, ["who5"], "pre", "post"),
    ]
    continuity = pd.DataFrame(columns=["user_code", "period", "uses_n", "coc"])
    times = pd.DataFrame({"opened_date": pd.to_datetime([]), "closed_date": pd.to_datetime([])})
    rows += asked_network.next_service_rows(times, pd.NaT)
    rows += asked_network.continuity_trend_rows(continuity)
    assert len(rows) == 11
    assert all(row["estimate"] is None and row["contributors_n"] == 0 for row in rows)
