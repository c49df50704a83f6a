"""The public files, read by their ``source.yml`` alone: figures from ``shared/real/README.md``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assets.intake.room import read_programme
from assets.store import Warehouse
from tests.conftest import Ran, own_copy


@pytest.fixture(scope="module")
def frames(real: Ran) -> dict[str, pd.DataFrame]:
    warehouse = Warehouse(real.layout.warehouse)
    names = [each for each in warehouse.tables() if each.startswith(("intake_", "sorting_"))]
    return {name: warehouse.read(name) for name in names}


def test_every_file_is_in_use_and_every_row_accepted(frames: dict) -> None:
    deliveries = frames["intake_deliveries"]
    assert deliveries["message_en"].dropna().tolist() == []
    assert (deliveries["state"] == "in_use").all()
    counts = frames["sorting_counts"]
    assert (counts["read_n"] == counts["accepted_n"]).all()
    rows = counts.groupby("source_code")["read_n"].sum()
    assert rows["appointments"] == 110_527
    assert rows["requests"] == 4_651
    read = deliveries.groupby("source_code")["rows_read"].sum()
    assert (read["survey_2016"], read["survey_2017"]) == (273, 253)
    alike = deliveries.groupby("source_code")["rows_alike_n"].sum()
    assert alike["appointments"] == 618  # equal in everything but the appointment id


def test_tolerated_rows_are_counted(frames: dict) -> None:
    reasons = frames["sorting_reasons"]
    assert set(reasons["cost"]) == {"tolerated"}
    assert reasons["rule"].value_counts().to_dict() == {
        "booked_date.order": 5,
        "age_years.range": 1,
    }


def test_attendance(frames: dict) -> None:
    rows = frames["sorting_attendance__accepted"]
    assert rows["person_code"].nunique() == 62_299
    assert rows["record_id"].is_unique
    absent = ~rows["is_present"]
    assert absent.sum() == 22_319
    assert absent.mean() == pytest.approx(0.20193256, abs=5e-9)
    assert rows["person_code"].str.contains("E-", regex=False).sum() == 5
    ages = rows["age_years"]
    assert ((ages == -1).sum(), (ages >= 100).sum(), (ages == 115).sum()) == (1, 11, 5)
    waits = (rows["session_date"] - rows["booked_date"]).dt.days
    assert ((waits < 0).sum(), (waits == 0).sum(), waits.max()) == (5, 38_563, 179)
    by_reminder = absent.groupby(rows["is_reminded"]).mean()
    assert by_reminder[False] == pytest.approx(0.16703311, abs=5e-9)
    assert by_reminder[True] == pytest.approx(0.27574545, abs=5e-9)
    by_gender = absent.groupby(rows["gender_code"]).mean()
    assert by_gender["female"] == pytest.approx(0.20314588, abs=5e-9)
    assert by_gender["male"] == pytest.approx(0.19967948, abs=5e-9)
    places = rows["neighbourhood_code"].value_counts()
    assert {1, 2, 8} <= set(places)


def answers(frames: dict, wave: str, item: str) -> list[int]:
    rows = frames["sorting_survey__accepted"]
    mine = rows[(rows["wave_code"] == wave) & (rows["item_code"] == item)]
    return mine["answer_code"].value_counts().tolist()


def test_survey(frames: dict) -> None:
    assert answers(frames, "y2016", "edu1") == [183, 53, 33, 3, 1]
    assert answers(frames, "y2017", "edu1") == [170, 56, 25, 2]
    rows = frames["sorting_survey__accepted"]
    values = rows.pivot(
        index=["wave_code", "person_code"], columns="item_code", values="answer_value"
    )
    first = values.loc["y2016", "affSat1"]
    assert [int((first == v).sum()) for v in range(1, 6)] == [8, 30, 58, 103, 72]
    assert first.isna().sum() == 2
    expected = {
        "affSat1": [4, 10, 20, 95, 96],
        "affSat2": [5, 16, 37, 115, 50],
        "affSat3": [9, 26, 40, 111, 29],
        "affSat4": [7, 10, 41, 101, 55],
    }
    for item, counts in expected.items():
        found = values.loc["y2017", item]
        assert [int((found == v).sum()) for v in range(1, 6)] == counts
    scale = list(expected)
    means = values[scale].dropna().mean(axis=1).groupby("wave_code")
    assert means.size().to_dict() == {"y2016": 270, "y2017": 208}
    assert means.mean().to_dict() == pytest.approx({"y2016": 3.643519, "y2017": 3.872596}, abs=5e-7)
    assert means.std().to_dict() == pytest.approx({"y2016": 0.970286, "y2017": 0.848411}, abs=5e-7)


def test_multiple_choice(frames: dict) -> None:
    rows = frames["sorting_survey__accepted"]
    tools = rows[rows["item_code"].str.startswith("tool4can[")]
    assert tools["item_code"].nunique() == 39
    answered = tools[tools["answer_code"].notna()]
    assert answered["person_code"].nunique() == 224
    ticks = answered[answered["answer_code"] == "1"]["item_code"].value_counts()
    assert ticks.sum() == 1_250
    assert (ticks["tool4can[Python]"], ticks["tool4can[Unix Shell Scripting]"]) == (189, 140)


def test_monthly_counts(frames: dict) -> None:
    rows = frames["sorting_service_access__accepted"]
    counts = rows[rows["source_code"] == "library_counts"]
    by_year = counts.groupby(["service_code", counts["contact_date"].dt.year])["contact_n"].sum()
    assert by_year["library_entrances"].to_dict() == {
        2021: 2_528,
        2022: 7_829,
        2023: 11_756,
        2024: 12_124,
    }
    assert by_year["library_loans"].sum() == 30_607
    assert by_year["library_new_members"].sum() == 1_121
    digital = counts[counts["service_code"] == "library_new_digital"]["contact_n"]
    assert (digital.between(1, 4).sum(), (digital == 0).sum()) == (20, 1)


def test_requests(frames: dict) -> None:
    rows = frames["sorting_service_access__accepted"]
    rows = rows[rows["source_code"] == "requests"]
    assert rows["status_code"].value_counts().to_dict() == {
        "chiusa": 2_660,
        "aperta": 1_526,
        "annullata": 289,
        "in carico": 149,
        "archiviata": 23,
        "eliminata": 4,
    }
    assert rows["closed_date"].isna().sum() == 1_968
    assert rows["category_code"].isna().sum() == 36
    days = (rows["closed_date"] - rows["contact_date"]).dt.days.dropna()
    assert days.mean() == pytest.approx(21.942974, abs=5e-7)
    assert (days.median(), days.max()) == (6, 367)


def test_a_second_reading_takes_all_rows_from_the_first(
    frames: dict, real: Ran, tmp_path: Path
) -> None:
    again = read_programme(own_copy(real, tmp_path / "real").layout, frames)
    for name, frame in again.items():
        pd.testing.assert_frame_equal(frame, frames[name])
