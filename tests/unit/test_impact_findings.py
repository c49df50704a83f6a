"""Which questions are asked of which rows, and how the answers are placed."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from assets.estimates import Group, count, estimate_row, estimates_frame
from assets.impact.asked.change import change_rows
from assets.impact.asked.contributors import people_behind
from assets.impact.asked.reliability import reliability_rows
from assets.impact.asked.series import months_covered
from assets.impact.asked.waiting import closing_rows
from schemas.estimates import ESTIMATE_COLUMNS
from schemas.instruments import shipped
from schemas.words import Words

LABEL = Words(it="x", en="x")


def _by_id(rows):
    return {row["estimate_id"]: row for row in rows}


def test_change_by_scale_and_group():
    people = [f"p{i}" for i in range(6)]
    scores = pd.DataFrame(
        {
            "person_code": people * 2,
            "wave_code": ["pre"] * 6 + ["post"] * 6,
            "scale_code": "who5",
            "score": [40, 44, 48, 52, 56, None, 50, 44, 58, 52, None, 60.0],
        }
    ).drop(index=10)  # p4 did not answer the second wave
    participants = pd.DataFrame(
        {
            "person_code": people,
            "gender_code": ["female"] * 3 + ["male"] * 2 + [None],
            "area_role": ["pilot"] * 4 + ["comparison"] * 2,
            "link_certainty": "certain",
        }
    )
    rows = _by_id(change_rows(scores, participants, "pre", "post"))
    change = rows["score_change/who5/all"]
    assert (change["estimate"], change["n"], change["n_missing"]) == (5, 4, 1)  # 10, 0, 10, 0
    assert change["design"] == "pre_post"
    assert rows["eligible_n/who5/all"]["estimate"] == 5
    assert rows["linked_n/who5/all"]["estimate"] == 4
    women = rows["score_change/who5/all/gender_code=female"]
    assert women["estimate"] == pytest.approx(20 / 3)
    nobody = rows["score_change/who5/all/gender_code=_unknown"]
    assert (nobody["estimate"], nobody["status"]) == (None, "too_few")
    assert rows["score_change_dz/who5/all"]["unit"] == "sd"


def test_a_code_that_may_be_two_people_is_eligible_and_not_paired():
    people = ["p1", "p2", "p3"]
    scores = pd.DataFrame(
        {
            "person_code": people * 2,
            "wave_code": ["pre"] * 3 + ["post"] * 3,
            "scale_code": "who5",
            "score": [40, 40, 40, 50, 60, 0.0],
        }
    )
    participants = pd.DataFrame(
        {"person_code": people, "gender_code": "female", "area_role": "pilot",
         "link_certainty": ["certain", "probable", "ambiguous"]}
    )  # fmt: skip
    rows = _by_id(change_rows(scores, participants, "pre", "post"))
    assert rows["eligible_n/who5/all"]["estimate"] == 3
    assert rows["linked_n/who5/all"]["estimate"] == 2
    assert rows["score_change/who5/all"]["estimate"] == 15  # 10 and 20; never 10, 20 and -40


def test_reliability_of_scales_and_parts():
    answers = {
        f"bscs_{k}": [3, 4, 2, 5, 1, 4] if k % 2 else [3, 4, 3, 5, 1, 5] for k in range(1, 9)
    }
    answers["bscs_2"] = [5, 1, 5, 1, 5, 1]  # contradicts its partner
    wide = pd.DataFrame(answers, index=pd.Index(list("abcdef"), name="person_code"))
    items = wide.reset_index().melt(id_vars="person_code", var_name="item_code", value_name="value")
    items = items.assign(wave_code="pre", instrument_code="bscs")
    rows = _by_id(reliability_rows(items, shipped(), ["bscs"]))
    assert rows["reliability_alpha/bscs/pre"]["method_code"] == "cronbach_alpha_listwise"
    part = rows["reliability_alpha/bscs_membership/pre"]
    assert part["method_code"] == "spearman_brown_listwise"
    assert part["estimate"] > 0.9
    wrong = rows["reliability_alpha/bscs_needs/pre"]
    assert (wrong["estimate"], wrong["status"]) == (None, "not_estimable")


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2022, 1, 10), date(2022, 5, 1), ["2022-01", "2022-02", "2022-03", "2022-04"]),
        (date(2021, 6, 16), date(2021, 6, 30), ["2021-06"]),  # 15 of 30 days: half
        (date(2021, 6, 17), date(2021, 6, 30), []),  # 14 of 30
        (date(2021, 8, 1), date(2021, 8, 31), ["2021-08"]),
    ],
)
def test_a_shock_covers_the_months_of_which_it_takes_half(start, end, months):
    assert months_covered(start, end) == months


def test_closing_is_described_for_services_that_record_it():
    contacts = pd.DataFrame(
        {
            "service_code": ["desk"] * 4 + ["store"],
            "contact_date": pd.to_datetime(["2023-01-01"] * 4 + ["2023-01-05"]),
            "closed_date": pd.to_datetime(["2023-01-03", "2023-01-05", None, "2023-03-02", None]),
            "person_code": ["a", "a", "b", None, "c"],
            "household_code": [None, None, None, "h", None],
            "is_aggregate": [False] * 5,
            "contact_n": [1] * 5,
        }
    )
    people = people_behind(contacts)
    assert people == {"desk": 3, "store": 1}
    rows = _by_id(closing_rows(contacts, people))
    assert rows["closing_days_mean/desk/all"]["estimate"] == pytest.approx((2 + 4 + 60) / 3)
    assert rows["closing_days_median/desk/all"]["estimate"] == 4
    assert rows["still_open_median/desk/all"]["estimate"] == 4
    assert rows["still_open_share/desk/all/day=30"]["estimate"] == pytest.approx(0.5)
    assert not any("store" in name for name in rows)


def test_waits_are_counted_by_households_and_not_by_requests():
    """Twelve requests: nine of one household, two of another, one open of a third."""
    households = ["h1"] * 9 + ["h2"] * 2 + ["h3"]
    contacts = pd.DataFrame(
        {
            "service_code": "desk",
            "person_code": [f"p{i}" for i in range(12)],
            "household_code": households,
            "is_aggregate": False,
            "contact_n": 1,
            "contact_date": pd.to_datetime(["2022-01-03"] * 12),
            "closed_date": pd.to_datetime(["2022-01-10"] * 11 + [None]),
        }
    )
    rows = _by_id(closing_rows(contacts, people_behind(contacts)))
    behind = {name: row["contributors_n"] for name, row in rows.items()}
    assert behind["closing_days_mean/desk/all"] == behind["closing_days_median/desk/all"] == 2
    assert behind["still_open_share/desk/all/day=30"] == 3


def test_totals_without_people_count_as_many_as_they_say():
    contacts = pd.DataFrame(
        {
            "service_code": ["library", "library", "desk"],
            "person_code": [None, None, None],
            "household_code": [None, None, None],
            "is_aggregate": [True, True, False],
            "contact_n": [40, 2, 1],
        }
    )
    assert people_behind(contacts) == {"desk": 1, "library": 42}


def test_estimates_have_one_shape_and_one_name_each():
    row = estimate_row(
        "reached_n",
        count(0, unit="persons"),
        period="2022Q1",
        population_code="participants",
        n_unit="persons",
        contributors_n=0,
        group=Group("gender_code", "male", "tenure_code", "private"),
    )
    frame = estimates_frame([row], "abc")
    assert list(frame.columns) == list(ESTIMATE_COLUMNS)
    assert frame["estimate_id"].item() == "reached_n/2022Q1/gender_code=male/tenure_code=private"
    assert (frame["status"].item(), frame["data_version"].item()) == ("true_zero", "abc")
    with pytest.raises(ValueError, match="one name"):
        estimates_frame([row, row], "abc")
    assert list(estimates_frame([], "abc").columns) == list(ESTIMATE_COLUMNS)


def test_an_indicator_nobody_declared_stops():
    with pytest.raises(KeyError):
        estimate_row(
            "made_up",
            count(1, unit="x"),
            period="all",
            population_code="x",
            n_unit="x",
            contributors_n=1,
        )
