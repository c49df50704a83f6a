"""Participation: small registers counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from assets.estimates import estimates_frame
from assets.measures import participation
from assets.measures.groups import quarters_covered

QUARTERS = ["2021Q3", "2021Q4", "2022Q1"]


@pytest.fixture
def attendance():
    """A, b and c in two workshops; d was only ever absent; two meetings on one day."""
    rows = [
        ("a", "sewing", "2021-07-01", True, 2.0, True),
        ("a", "sewing", "2021-07-01", True, 1.0, True),  # same activity and day: one session
        ("a", "garden", "2021-07-01", True, None, False),
        ("b", "sewing", "2021-07-01", True, 2.0, None),
        ("b", "sewing", "2021-10-01", False, None, True),
        ("a", "sewing", "2021-10-01", True, 2.0, True),
        ("c", "garden", "2022-01-10", True, 3.0, False),
        ("a", "garden", "2022-01-10", True, None, False),
        ("d", "garden", "2022-01-10", False, None, True),
    ]
    columns = ["person_code", "activity_code", "session_date", "is_present", "hours", "is_reminded"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["session_date"] = pd.to_datetime(frame["session_date"])
    dates = frame["session_date"].dt
    frame["quarter"] = dates.year.astype(str) + "Q" + dates.quarter.astype(str)
    return frame.astype({"is_present": "boolean", "is_reminded": "boolean", "hours": "float64"})


@pytest.fixture
def people():
    return pd.DataFrame(
        {
            "person_code": ["a", "b", "c", "d"],
            "neighbourhood_code": ["lunetta", "lunetta", "frassino", None],
            "tenure_code": ["sap_aler", "private", None, None],
            "age_band": ["30-44", "30-44", "65+", "65+"],
            "gender_code": ["female", "female", "male", "male"],
        }
    )


def _by_id(rows):
    return {row["estimate_id"]: row for row in rows}


def test_person_quarters(attendance):
    table = participation.person_quarters(attendance).set_index(["person_code", "quarter"])
    assert table.loc[("a", "2021Q3"), "sessions_n"] == 2  # sewing once, garden once
    assert table.loc[("a", "2021Q3"), "hours"] == 3  # 2 + 1; the garden's are unknown
    assert pd.isna(table.loc[("a", "2022Q1"), "hours"])  # none recorded: unknown, not zero
    assert table["is_retained"].isna().tolist() == [False, False, True, False, True]
    assert table.loc[("a", "2021Q3"), "is_retained"]
    assert not table.loc[("b", "2021Q3"), "is_retained"]  # listed in the next quarter, but absent
    assert "d" not in table.index.get_level_values(0)


def test_activity_hours(attendance):
    table = participation.activity_hours(attendance)
    assert table[["person_code", "quarter", "activity_code", "hours"]].values.tolist() == [
        ["a", "2021Q3", "sewing", 3.0],
        ["a", "2021Q4", "sewing", 2.0],
        ["b", "2021Q3", "sewing", 2.0],
        ["c", "2022Q1", "garden", 3.0],
    ]


def test_reach_counts_each_person_once(attendance, people):
    rows = _by_id(participation.reach_rows(attendance, people, QUARTERS))
    assert rows["reached_n/2021Q3/gender_code=_total"]["estimate"] == 2
    assert rows["reached_n/2021Q4/gender_code=_total"]["estimate"] == 1
    assert rows["reached_n/all/gender_code=_total"]["estimate"] == 3
    empty = rows["reached_n/2021Q4/gender_code=male"]
    assert (empty["estimate"], empty["status"]) == (0, "true_zero")
    crossed = rows["reached_n/all/neighbourhood_code=lunetta/gender_code=female"]
    assert (crossed["estimate"], crossed["contributors_n"]) == (2, 2)
    assert rows["reached_n/all/neighbourhood_code=_total/gender_code=_total"]["estimate"] == 3


def test_levels_of_a_dimension_add_up_to_the_total(attendance, people):
    frame = estimates_frame(participation.reach_rows(attendance, people, QUARTERS), "v")
    single = frame[frame["by_2"] == ""]
    for _, part in single.groupby(["period", "by_1"]):
        is_total = part["level_1"] == "_total"
        assert part.loc[~is_total, "estimate"].sum() == part.loc[is_total, "estimate"].item()
    assert "_unknown" in set(single.loc[single["by_1"] == "tenure_code", "level_1"])


def test_sessions_are_activity_and_day_with_somebody_present(attendance):
    rows = _by_id(participation.session_rows(attendance, QUARTERS))
    assert rows["sessions_n/2021Q3"]["estimate"] == 2
    assert rows["sessions_n/all"]["estimate"] == 4
    assert rows["sessions_n/all/activity_code=garden"]["estimate"] == 2
    assert rows["sessions_n/all/activity_code=garden"]["contributors_n"] == 2


def test_hours_unknown_are_missing_not_zero(attendance):
    rows = _by_id(participation.hour_rows(attendance, QUARTERS))
    total = rows["hours_sum/all/activity_code=_total"]
    assert (total["estimate"], total["n"], total["n_missing"]) == (10, 5, 2)
    garden = rows["hours_sum/2021Q3/activity_code=garden"]
    assert (garden["estimate"], garden["status"]) == (None, "not_estimable")
    nothing_held = rows["hours_sum/2021Q4/activity_code=garden"]
    assert (nothing_held["estimate"], nothing_held["status"]) == (0, "true_zero")


def test_absence_rests_on_recorded_rows(attendance, people):
    rows = _by_id(participation.absence_rows(attendance, people, QUARTERS))
    overall = rows["absence_rate/all"]
    assert (overall["estimate"], overall["n"], overall["numerator_n"]) == (2 / 9, 9, 2)
    assert (overall["contributors_n"], overall["numerator_contributors_n"]) == (4, 2)
    assert overall["ci_low"] < 2 / 9 < overall["ci_high"]
    assert rows["absence_rate/all/is_reminded=true"]["estimate"] == 2 / 5
    assert rows["absence_rate/all/is_reminded=false"]["estimate"] == 0
    assert rows["absence_rate/all/is_reminded=_unknown"]["n"] == 1
    assert rows["absence_rate/all/neighbourhood_code=lunetta"]["estimate"] == 1 / 7  # a 5 rows, b 2
    assert "absence_rate/2021Q3/neighbourhood_code=lunetta" not in rows


def test_retention_is_declared_and_unknown_in_the_last_quarter(attendance, people):
    table = participation.person_quarters(attendance)
    rows = _by_id(participation.retention_rows(table, people, QUARTERS))
    first = rows["retention_rate/2021Q3"]
    assert (first["estimate"], first["n"], first["numerator_n"]) == (0.5, 2, 1)
    assert rows["retention_rate/2021Q4"]["estimate"] == 1
    last = rows["retention_rate/2022Q1"]
    assert (last["estimate"], last["n"], last["numerator_n"]) == (None, 2, None)
    assert last["status"] == "not_estimable"
    assert rows["retention_rate/2021Q4/gender_code=male"]["status"] == "too_few"


def test_quarters_include_gaps_and_end_with_the_data():
    seen = pd.Series(["2021Q4", "2022Q3", None])
    assert quarters_covered(seen, ["2021Q3", "2023Q2"]) == [
        "2021Q3",
        "2021Q4",
        "2022Q1",
        "2022Q2",
        "2022Q3",
    ]
    assert quarters_covered(seen, []) == ["2021Q4", "2022Q1", "2022Q2", "2022Q3"]
    assert quarters_covered(pd.Series([None], dtype="string"), ["2021Q3"]) == []


def test_an_empty_register_gives_no_quarter_and_real_zeros(attendance, people):
    none = attendance.iloc[:0]
    table = participation.person_quarters(none)
    rows = [
        *participation.reach_rows(none, people, []),
        *participation.session_rows(none, []),
        *participation.hour_rows(none, []),
        *participation.absence_rows(none, people, []),
        *participation.retention_rows(table, people, []),
    ]
    frame = estimates_frame(rows, "v")
    assert set(frame["status"]) <= {"true_zero", "too_few"}
    assert participation.activity_hours(none).empty
