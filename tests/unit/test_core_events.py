"""What happened: expected values are worked out by hand beside each example."""

from __future__ import annotations

import pandas as pd

from assets.core import events
from schemas.words import Words

TEXT = pd.StringDtype(na_value=pd.NA)


def days(*given: str | None) -> pd.Series:
    """Midnights as the warehouse keeps them."""
    return pd.Series(pd.to_datetime(list(given))).astype("datetime64[us]")


def register(*given: tuple) -> pd.DataFrame:
    """Accepted attendance rows: person, activity, day, present."""
    frame = pd.DataFrame(
        given, columns=["person_code", "activity_code", "session_date", "is_present"]
    )
    frame["session_date"] = days(*frame["session_date"])
    frame["is_present"] = frame["is_present"].astype("boolean")
    return frame.astype({"person_code": TEXT, "activity_code": TEXT}).assign(
        record_id=pd.NA, hours=1.5, booked_date=days(*["2022-03-01"] * len(frame)),
        is_reminded=pd.NA, link_certainty="certain", delivery_id="d",
        row_number=range(2, len(frame) + 2),
    )  # fmt: skip


def test_quarter_and_month_at_their_bounds():
    given = days("2021-12-31", "2022-01-01", "2022-03-31", "2022-04-01", None)
    assert events.quarter(given)[:4].tolist() == ["2021Q4", "2022Q1", "2022Q1", "2022Q2"]
    assert events.month(given)[:4].tolist() == ["2021-12", "2022-01", "2022-03", "2022-04"]
    assert pd.isna(events.quarter(given)[4])
    assert pd.isna(events.month(given)[4])


def test_attendance_keeps_every_row_and_counts_days_of_waiting():
    found = events.attendance(register(("p1", "cucito", "2022-03-08", True)))
    assert found["wait_days"].tolist() == [7]  # 1 to 8 March
    assert found["quarter"].tolist() == ["2022Q1"]


def test_a_session_counts_people_not_rows_and_absent_people_only_as_registered():
    found = events.sessions(
        events.attendance(
            register(
                ("p1", "cucito", "2022-03-08", True),
                ("p1", "cucito", "2022-03-08", True),
                ("p2", "cucito", "2022-03-08", False),
                ("p1", "orto", "2022-03-08", False),
            )
        )
    ).set_index("activity_code")
    assert found["registered_n"].to_dict() == {"cucito": 2, "orto": 1}
    assert found["present_n"].to_dict() == {"cucito": 1, "orto": 0}


def test_activities_are_the_declared_ones_and_those_a_register_names():
    held = events.sessions(
        events.attendance(
            register(("p1", "orto", "2022-03-08", True), ("p1", "orto", "2022-03-15", False))
        )
    )
    found = events.activities(held, {"cucito": Words(it="Cucito", en="Sewing")})
    found = found.set_index("activity_code")
    assert found["label_en"].to_dict() == {"cucito": "Sewing", "orto": "orto"}
    assert found["sessions_n"].to_dict() == {"cucito": 0, "orto": 1}  # nobody came on the 15th
    assert pd.isna(found.loc["cucito", "first_date"])
    assert found.loc["orto", "last_date"] == pd.Timestamp("2022-03-08")


def test_only_rows_without_names_that_carry_a_count_are_aggregates():
    given = pd.DataFrame(
        {
            "person_code": pd.array(["p1", None, None, None, None], dtype=TEXT),
            "household_code": pd.array([None, "h1", None, None, None], dtype=TEXT),
            "cell_letter": pd.array(["", "", "C", "", ""], dtype=TEXT),
            "contact_n": pd.array([1, 1, 1, 40, 1], dtype="Int64"),
            "contact_date": days(*["2022-03-01"] * 5),
        }
    )
    blank = [
        "record_id",
        "link_certainty",
        "partner_code",
        "service_code",
        "opened_date",
        "closed_date",
        "status_code",
        "category_code",
    ]
    given = given.assign(**dict.fromkeys([*blank, "points_n", "isee_eur", "arrears_eur"]))
    assert events.contacts(given)["is_aggregate"].tolist() == [False, False, True, True, False]
