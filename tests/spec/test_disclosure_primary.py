"""Which cells may not leave by themselves. Thresholds and examples: FACTS 6.2 to 6.4."""

from __future__ import annotations

import pandas as pd
import pytest

from assets.release.dominance import largest_share, largest_within
from tests.release_cases import by_level, estimate, levels, rate, released, sensitive

HIDDEN_NUMBERS = ["value", "se", "ci_low", "ci_high", "p_value", "n", "n_missing"]


@pytest.mark.parametrize(
    ("people", "status"), [(4, "suppressed_primary"), (5, "released"), (6, "released")]
)
def test_a_count_needs_five_people(people, status):
    assert released([estimate("reached_n", people, people)])["status"].tolist() == [status]


@pytest.mark.parametrize(
    ("people", "status"), [(9, "suppressed_primary"), (10, "released"), (11, "released")]
)
def test_a_sensitive_count_needs_ten(people, status):
    found = released([estimate("answer_n", people, people)], sensitive("answers"))
    assert found["status"].tolist() == [status]


def test_citizenship_is_sensitive_wherever_it_splits():
    counts = {"it": 40, "ue": 12, "extra_ue": 9, "other": 8}
    found = by_level(released(levels("reached_n", "citizenship_code", counts)))
    assert found["extra_ue"] == found["other"] == "suppressed_primary"


def test_people_decide_not_contacts():
    # 120 contacts made by four people are the business of four people
    found = released([estimate("contacts_n", 120, 4, by_1="service_code", level_1="emporio")])
    assert found["status"].tolist() == ["suppressed_primary"]


def test_a_hidden_cell_is_null_in_every_number_and_never_zero():
    row = estimate(
        "score_mean", 61.0, 4, subject_code="who5", se=2.0, ci_low=55.0, ci_high=67.0, n_missing=3
    )
    found = released([row]).iloc[0]
    assert found[HIDDEN_NUMBERS].isna().all()
    assert found["status"] == "suppressed_primary"


def test_a_real_zero_leaves_as_a_zero_unless_it_is_sensitive():
    row = estimate("answer_n", 0, 0)
    assert released([row]).iloc[0]["status"] == "true_zero"
    assert released([row]).iloc[0]["value"] == 0
    assert released([row], sensitive("answers")).iloc[0]["status"] == "suppressed_primary"


@pytest.mark.parametrize(
    ("numerator", "status"),
    [
        (1, "suppressed_primary"),  # FACTS 6.4: 5.9 % of 17 is one person
        (4, "suppressed_primary"),
        (5, "released"),
        (12, "released"),  # five did not
        (13, "suppressed_primary"),  # four did not
        (16, "suppressed_primary"),
        (17, "released"),
        (0, "released"),
    ],
)
def test_a_rate_needs_enough_with_and_without(numerator, status):
    assert released([rate(numerator, 17)])["status"].tolist() == [status]


@pytest.mark.parametrize("numerator", [0, 17])
def test_all_or_nobody_is_hidden_where_sensitive(numerator):
    found = released([rate(numerator, 17)], sensitive("retention"))
    assert found["status"].tolist() == ["suppressed_primary"]


def test_a_rate_of_records_needs_enough_people_behind_its_numerator():
    row = {"n_unit": "records", "numerator_n": 30, "contributors_n": 40}
    few = estimate("absence_rate", 0.3, 100, **row, numerator_contributors_n=4)
    enough = estimate("absence_rate", 0.3, 100, **row, numerator_contributors_n=5)
    unknown = estimate("absence_rate", 0.3, 100, **row, numerator_contributors_n=None)
    for case, status in (
        (few, "suppressed_primary"),
        (enough, "released"),
        (unknown, "suppressed_primary"),
    ):
        assert released([case])["status"].tolist() == [status]


def test_a_mean_is_hidden_when_the_rest_of_the_total_is_one_person():
    # FACTS 6.4: mean 412 (n 6), women's mean 380 (n 5): 6 x 412 - 5 x 380 = 572, the one man's
    rows = [
        estimate("score_mean", 412, 6, subject_code="s"),
        estimate("score_mean", 380, 5, subject_code="s", by_1="gender_code", level_1="f"),
        estimate("score_mean", 572, 1, subject_code="s", by_1="gender_code", level_1="m"),
    ]
    assert 6 * 412 - 5 * 380 == 572
    assert by_level(released(rows)) == {
        "": "released",
        "f": "suppressed_primary",
        "m": "suppressed_primary",
    }


def test_a_group_that_is_everybody_has_no_rest():
    rows = [
        estimate("score_mean", 50, 8, subject_code="s"),
        estimate("score_mean", 50, 8, subject_code="s", by_1="gender_code", level_1="f"),
    ]
    assert set(released(rows)["status"]) == {"released"}


@pytest.mark.parametrize(("people", "status"), [(9, "suppressed_primary"), (10, "released")])
def test_a_median_needs_five_people_on_either_side(people, status):
    assert released([estimate("closing_days_median", 6, people)])["status"].tolist() == [status]


@pytest.mark.parametrize(("months", "status"), [(17, "suppressed_primary"), (18, "released")])
def test_a_model_needs_ten_residual_degrees_of_freedom(months, status):
    # at most eight parameters: level, trend, step, slope, two pairs of seasonal waves
    row = estimate("contacts_step", 1.2, 60, n=months, n_unit="months", design="quasi_experimental")
    assert released([row])["status"].tolist() == [status]


def test_numbers_about_files_leave_as_they_are():
    row = estimate("rows_quarantined_n", 2, None, by_1="partner_code", level_1="csv", n_unit="rows")
    assert released([row])["status"].tolist() == ["released"]


@pytest.mark.parametrize(
    ("amounts", "share"),
    [
        ([800, 150, 30, 20], 0.95),  # 950 of 1,000
        ([300, 280, 220, 200], 0.58),  # 580 of 1,000
    ],
)
def test_share_of_the_two_largest(amounts, share):
    assert largest_share(pd.Series(amounts), 2) == pytest.approx(share)


@pytest.mark.parametrize(
    ("amounts", "is_unsafe"), [([800, 150, 30, 20], True), ([300, 280, 220, 200], False)]
)
def test_two_and_85_agrees_with_the_p_percent_rule(amounts, is_unsafe):
    # FACTS 6.3: unsafe if X - x1 - x2 < p/100 x1, p = 10 (50 < 80; 420 > 30); p written out here
    first, second, *_ = sorted(amounts, reverse=True)
    assert (sum(amounts) - first - second < 0.10 * first) == is_unsafe
    assert (largest_share(pd.Series(amounts), 2) > 0.85) == is_unsafe


def test_example_2_of_the_handbook_on_the_p_percent_rule():
    # ESSnet SDC, Handbook on Statistical Disclosure Control, section 4.2.2, Example 2: X = 110,000,
    # x1 = 52,000, x2 = 50,000; 15.4 %. Safe at p = 10, though not by the (2, k) rule with k = 90.9.
    amounts = pd.Series([52_000, 50_000, 5_000, 3_000])
    assert round(largest_within(amounts), 1) == 15.4
    assert largest_share(amounts, 2) == 102_000 / 110_000 > 100 / (100 + 10)


@pytest.mark.parametrize(("k", "p"), [(80, 25), (95, 5.26)])
def test_the_p_that_the_handbook_gives_for_a_dominance_rule(k, p):
    # same section: p = 100 (100 - k) / k. A second largest of next to nothing: both bite together.
    crumbs = 10_000
    amounts = pd.Series([k, *[(100 - k) / crumbs] * crumbs])
    assert largest_within(amounts) == pytest.approx(p, abs=0.005)
    assert largest_share(amounts, 2) == pytest.approx(k / 100, abs=0.0001)


def test_prior_knowledge_makes_the_error_smaller():
    # same section, (p, q)-rule: X_R < p/q x1, so q = 50 at p = 10 is p* = 20 at q = 100
    amounts = pd.Series([52_000, 50_000, 5_000, 3_000])
    assert largest_within(amounts, 50) == pytest.approx(largest_within(amounts) / 2)


def _hours(amounts: list[float]) -> pd.DataFrame:
    people = [f"p{number:02d}" for number in range(len(amounts))]
    return pd.DataFrame(
        {"person_code": people, "quarter": "2022Q1", "activity_code": "choir", "hours": amounts}
    )


@pytest.mark.parametrize(
    ("amounts", "status"),
    [
        ([800, 150, 20, 20, 10], "suppressed_primary"),  # 95 %
        ([45, 40, 5, 5, 5], "released"),  # 85 % exactly is not more than 85 %
        ([45, 40.1, 5, 5, 4.9], "suppressed_primary"),
        ([300, 280, 220, 200, 0], "suppressed_primary"),  # five came, four have hours
    ],
)
def test_hours_of_an_activity_by_dominance(amounts, status):
    row = estimate(
        "hours_sum", sum(amounts), 5, period="2022Q1", by_1="activity_code", level_1="choir"
    )
    found = released([row], contributions=_hours(amounts))
    assert found["status"].tolist() == [status]


def test_without_the_amounts_no_sum_leaves():
    row = estimate("hours_sum", 100, 50, by_1="activity_code", level_1="choir")
    assert released([row])["status"].tolist() == ["suppressed_primary"]
