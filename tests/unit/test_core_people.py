"""Who is who: expected values are worked out by hand beside each example."""

from __future__ import annotations

import pandas as pd
import pytest

from assets.core.people import (
    CHARACTERISTICS,
    age_band,
    households,
    participants,
    person_records,
)

TEXT = pd.StringDtype(na_value=pd.NA)
DELIVERIES = pd.DataFrame({"delivery_id": ["first", "second"]})


def rows(dataset_date: str, *given: dict) -> pd.DataFrame:
    """Accepted rows of a dataset with every column people are made of, typed as in the warehouse."""
    frame = pd.DataFrame(list(given), columns=[*_COLUMNS, dataset_date, "delivery_id"])
    frame[dataset_date] = pd.to_datetime(frame[dataset_date]).astype("datetime64[us]")
    for name in ("birth_year", "age_years"):
        frame[name] = frame[name].astype("Int64")
    for name in ("person_code", *CHARACTERISTICS, "age_band", "delivery_id"):
        frame[name] = frame[name].astype(TEXT)
    return frame


_COLUMNS = ["person_code", *CHARACTERISTICS, "birth_year", "age_years", "age_band"]


def said(person: str | None, day: str, delivery: str = "first", **rest: object) -> dict:
    """What one attendance row says about one person."""
    return {"person_code": person, "session_date": day, "delivery_id": delivery, **rest}


def attended(*given: dict) -> dict[str, pd.DataFrame]:
    """The three datasets, only attendance having rows."""
    return {
        "attendance": rows("session_date", *given),
        "survey": rows("response_date"),
        "service_access": rows("contact_date"),
    }


def people(*given: dict, roles: dict[str, str] | None = None) -> pd.DataFrame:
    """Participants by code out of attendance rows."""
    records = person_records(attended(*given), DELIVERIES).assign(link_certainty="certain")
    return participants(records, roles or {}).set_index("person_code")


def test_first_record_in_delivery_order_decides_and_disagreement_is_counted():
    found = people(
        said("p1", "2021-06-01", "second", gender_code="male"),
        said("p1", "2022-01-01", gender_code="female"),
    )
    assert found.loc["p1", "gender_code"] == "female"
    assert found.loc["p1", "conflicts_n"] == 1
    assert found.loc["p1", "first_date"] == pd.Timestamp("2021-06-01")


def test_later_records_fill_only_what_is_unknown():
    found = people(
        said("p1", "2021-06-01", gender_code="male"),
        said("p1", "2021-07-01", "second", tenure_code="private"),
    )
    assert found.loc["p1", ["gender_code", "tenure_code"]].tolist() == ["male", "private"]
    assert found.loc["p1", "conflicts_n"] == 0


def test_age_is_as_stated_else_the_difference_of_years():
    found = people(
        said("stated", "2021-06-01", age_years=30, birth_year=1980),
        said("born", "2021-06-01", birth_year=1980),
        said("later", "2021-06-01", birth_year=2022),
    )
    assert found.loc["stated", "age_years"] == 30
    assert found.loc["born", "age_years"] == 41  # 2021 - 1980
    assert pd.isna(found.loc["later", "age_years"])  # born after the session: not known


def test_a_band_stated_holds_where_no_age_is_known():
    found = people(
        said("coded", "2021-06-01", age_band="45-64"),
        said("coded", "2021-07-01", age_band="65+"),
        said("both", "2021-06-01", age_band="18-29"),
        said("both", "2021-07-01", age_years=30),
    )
    assert found.loc["coded", "age_band"] == "45-64" and pd.isna(found.loc["coded", "age_years"])
    assert found.loc["both", "age_band"] == "30-44"  # an age decides over a band
    assert set(found["conflicts_n"]) == {0}


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "00-17"), (17, "00-17"), (18, "18-29"), (29, "18-29"), (30, "30-44"), (44, "30-44"),
     (45, "45-64"), (64, "45-64"), (65, "65+"), (120, "65+"), (None, None)],
)  # fmt: skip
def test_age_bands_at_and_beside_each_bound(age, band):
    found = age_band(pd.Series([age], dtype="Int64"))[0]
    assert (None if pd.isna(found) else found) == band


def test_area_role_comes_from_the_programme_and_is_unknown_where_the_place_is():
    found = people(
        said("p1", "2021-06-01", neighbourhood_code="lunetta"),
        said("p2", "2021-06-01"),
        roles={"lunetta": "pilot"},
    )
    assert found.loc["p1", "area_role"] == "pilot"
    assert pd.isna(found.loc["p2", "area_role"])


def test_household_of_a_service_that_names_nobody_has_no_persons():
    records = person_records(
        attended(
            said("p1", "2021-06-02", household_code="h1"),
            said("p2", "2021-06-01", household_code="h1"),
            said(None, "2021-06-03", "second", household_code="h2"),
        ),
        DELIVERIES,
    ).assign(link_certainty="certain")
    found = households(records, participants(records, {})).set_index("household_code")
    assert found["persons_n"].to_dict() == {"h1": 2, "h2": 0}
    assert found.loc["h1", "first_date"] == pd.Timestamp("2021-06-01")


def test_nobody_is_a_participant_where_nothing_was_delivered():
    assert people().empty
