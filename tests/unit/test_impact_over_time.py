"""What is asked of a service's months and of people's attendance, and how answers are placed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from assets.impact.asked.retention import attending_rows
from assets.impact.asked.series import first_whole_month, monthly_closing_days, step_rows
from schemas.evaluation import Shock, Step
from schemas.programme import Programme
from schemas.words import Words

LABEL = Words(it="x", en="x")
MONTHS = [str(m) for m in pd.period_range("2021-01", periods=24, freq="M")]
NO_REQUESTS = pd.DataFrame(
    {
        "service_code": pd.Series(dtype="string"),
        "closed_date": pd.Series(dtype="datetime64[us]"),
    }
)


def _by_id(rows):
    return {row["estimate_id"]: row for row in rows}


def _monthly(**counts):
    parts = [
        pd.DataFrame({"service_code": name, "month": MONTHS, "contacts_n": values})
        for name, values in counts.items()
    ]
    return pd.concat(parts, ignore_index=True).astype({"contacts_n": "Int64"})


def _step(service="desk", on=date(2022, 1, 1), **more):
    return Step(service=service, on=on, label=LABEL, **more)


def test_a_step_is_looked_for_in_its_own_service():
    monthly = _monthly(desk=[20] * 12 + [40] * 12, store=[30] * 24)
    shock = Shock.model_validate({"label": LABEL, "from": "2021-08-01", "to": "2021-09-02"})
    steps = [_step("desk"), _step("store")]
    rows = _by_id(step_rows(monthly, NO_REQUESTS, {"desk": 55}, steps, {"closed": shock}, 10))
    desk = rows["contacts_step/desk/all"]
    assert desk["estimate"] == pytest.approx(2, abs=0.05)
    assert desk["ci_low"] > 1
    assert (desk["contributors_n"], desk["n"], desk["n_unit"]) == (55, 24, "months")
    assert desk["design"] == "quasi_experimental"
    assert desk["question_code"] == "series"
    store = rows["contacts_step/store/all"]
    assert store["estimate"] == pytest.approx(1, abs=0.01)
    assert store["ci_low"] < 1 < store["ci_high"]
    assert set(rows) >= {"contacts_slope/desk/all", "contacts_dispersion/desk/all"}
    assert not [name for name in rows if "compared" in name or "closing" in name]


def test_the_step_is_divided_by_that_of_the_comparison():
    monthly = _monthly(desk=[20] * 12 + [60] * 12, store=[40] * 12 + [60] * 12)
    people = {"desk": 55, "store": 31}
    steps = [_step(compared_with="store")]
    rows = _by_id(step_rows(monthly, NO_REQUESTS, people, steps, {}, 10))
    compared = rows["contacts_step_compared/desk/all"]
    assert compared["estimate"] == pytest.approx(2, rel=1e-3)  # 3 over 1.5
    assert (compared["n"], compared["contributors_n"]) == (48, 31)  # the smaller of the two


def test_months_after_come_with_what_was_to_be_expected():
    monthly = _monthly(desk=[20] * 12 + [40] * 12)
    rows = _by_id(step_rows(monthly, NO_REQUESTS, {"desk": 55}, [_step()], {}, 10))
    expected = [row for row in rows.values() if row["indicator_code"] == "contacts_expected"]
    assert [row["period"] for row in expected] == MONTHS[12:]
    assert expected[0]["estimate"] == pytest.approx(20, rel=0.05)


def test_models_beside_keep_their_name_where_a_service_is_asked_twice():
    steps = [_step(on=date(2022, 1, 1)), _step(on=date(2022, 3, 15))]
    noisy = np.random.default_rng(4).poisson(30, 24)
    rows = _by_id(step_rows(_monthly(desk=noisy), NO_REQUESTS, {}, steps, {}, 10))
    for month in ("2022-01", "2022-04"):
        assert f"contacts_step/desk/all/step={month}" in rows
        assert f"contacts_step_beside/desk/all/model=poisson_hac/step={month}" in rows
    assert rows["contacts_step/desk/all/step=2022-04"]["n"] == 23  # March is cut in two


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 1, 1), ("2022-01", None)),
        (date(2022, 1, 2), ("2022-02", "2022-01")),
        (date(2021, 12, 31), ("2022-01", "2021-12")),
    ],
)
def test_a_month_cut_by_the_day_belongs_to_neither_side(day, expected):
    assert first_whole_month(day) == expected


def _requests():
    # One a month from January 2021, closed after 10 days; the last ones are still open.
    opened = pd.to_datetime([f"{month}-05" for month in MONTHS])
    closed = opened + pd.Timedelta(days=10)
    return pd.DataFrame(
        {
            "service_code": pd.Series("desk", index=range(24), dtype="string"),
            "person_code": pd.Series([f"p{k}" for k in range(24)], dtype="string"),
            "household_code": pd.Series(None, index=range(24), dtype="string"),
            "is_aggregate": False,
            "contact_n": pd.Series(1, index=range(24), dtype="Int64"),
            "month": pd.Series(MONTHS, dtype="string"),
            "contact_date": opened,
            "closed_date": closed,
        }
    )


def test_mean_days_to_closing_leave_out_months_not_watched_for_ninety_days():
    requests = _requests()
    requests.loc[3, "closed_date"] = pd.Timestamp("2021-09-01")  # after 149 days: does not count
    means, used = monthly_closing_days(requests)
    # The file knows until 15 December 2022; September ended 76 days before it, August 106.
    assert list(means.index) == [month for month in MONTHS[:20] if month != "2021-04"]
    assert set(means) == {10.0}
    assert len(used) == 19


def test_closings_are_asked_where_they_are_recorded():
    requests = _requests()
    late = requests["contact_date"] >= "2022-01-01"
    requests.loc[late, "closed_date"] -= pd.Timedelta(days=4)
    monthly = _monthly(desk=[20] * 24)
    rows = _by_id(step_rows(monthly, requests, {"desk": 24}, [_step(on=date(2022, 1, 1))], {}, 10))
    step = rows["closing_step/desk/all"]
    assert step["estimate"] == pytest.approx(-4, abs=1e-6)
    assert (step["n"], step["contributors_n"]) == (20, 20)


def _attendance(weeks: int = 60):
    """Of 40 people half come weekly for 10 weeks, half for 50."""
    rows = [
        (f"p{k:02}", pd.Timestamp("2021-01-04") + pd.Timedelta(weeks=week), True)
        for k in range(40)
        for week in range(10 if k < 20 else 50)
    ]
    rows.append(("p00", pd.Timestamp("2021-01-04") + pd.Timedelta(weeks=weeks), False))
    return pd.DataFrame(rows, columns=["person_code", "session_date", "is_present"]).astype(
        {"person_code": "string", "is_present": "boolean"}
    )


def _participants():
    codes = [f"p{k:02}" for k in range(40)]
    return pd.DataFrame(
        {
            "person_code": pd.Series(codes, dtype="string"),
            "gender_code": pd.Series(["female", "male"] * 19 + ["other", None], dtype="string"),
            "area_role": pd.Series(["pilot"] * 20 + ["comparison"] * 20, dtype="string"),
            "age_years": pd.Series(range(20, 60), dtype="Int64"),
            "link_certainty": pd.Series(["certain"] * 40, dtype="string"),
        }
    )


def test_who_keeps_coming():
    rows = _by_id(attending_rows(_attendance(), _participants(), 8))
    # Weeks 0 to 9: stopped on day 63; weeks 0 to 49: on day 343.
    assert rows["attending_share/all/day=30"]["estimate"] == 1
    assert rows["attending_share/all/day=90"]["estimate"] == 0.5
    assert rows["attending_median/all"]["estimate"] == 63
    assert rows["attending_share/all/day=90"]["contributors_n"] == 40
    areas = rows["attending_log_rank/all/between=area_role"]
    assert areas["p_value"] < 1e-6
    assert areas["contributors_n"] == 20
    genders = rows["attending_log_rank/all/between=gender_code"]
    assert (genders["n"], genders["n_missing"], genders["contributors_n"]) == (38, 2, 19)
    assert rows["stop_hazard/all/term=female"]["design"] == "descriptive"


def test_a_median_that_is_not_reached_is_no_number():
    # Registers that end in week 51: nobody of the second half can have stopped yet.
    table = _attendance(weeks=51)
    rows = _by_id(attending_rows(table[table["person_code"] >= "p15"], _participants(), 8))
    median = rows["attending_median/all"]
    assert (median["estimate"], median["status"], median["n"]) == (None, "not_estimable", 25)


def test_a_code_that_may_be_two_people_is_left_out_and_counted():
    people = _participants()
    people.loc[:4, "link_certainty"] = "ambiguous"
    rows = _by_id(attending_rows(_attendance(), people, 8))
    assert rows["attending_median/all"]["n"] == 35
    assert rows["attending_median/all"]["n_missing"] == 5


def test_nobody_came():
    assert list(attending_rows(_attendance()[:0], _participants(), 8)) == []


@pytest.mark.parametrize("other", ["desk", "unknown"])
def test_a_service_is_compared_with_another_known_one(other):
    said = {
        "programme": "one",
        "title": {"it": "x", "en": "x"},
        "from": "2021-01-01",
        "to": "2022-12-31",
        "partners": {},
        "services": {name: {"label": {"it": "x", "en": "x"}} for name in ("desk", "store")},
        "evaluation": {
            "steps": [
                {
                    "service": "desk",
                    "on": "2022-01-01",
                    "compared_with": other,
                    "label": {"it": "x", "en": "x"},
                }
            ]
        },
    }
    with pytest.raises(ValueError, match="comparison service"):
        Programme.model_validate(said)
    said["evaluation"]["steps"][0]["compared_with"] = "store"
    assert Programme.model_validate(said).evaluation.dropout_weeks == 8
