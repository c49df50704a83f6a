"""Period folders: which names are periods, and which days they stand for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assets.errors import DeliveryRefused
from assets.periods import find_period, read_period
from tests.intake_sample import programme


@pytest.mark.parametrize(
    ("name", "kind", "start", "end", "year"),
    [
        ("2022Q1", "quarter", date(2022, 1, 1), date(2022, 3, 31), 2022),
        ("2021Q4", "quarter", date(2021, 10, 1), date(2021, 12, 31), 2021),
        ("2022-02", "month", date(2022, 2, 1), date(2022, 2, 28), 2022),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29), 2024),
        ("2022", "year", date(2022, 1, 1), date(2022, 12, 31), 2022),
        ("pre", "wave", date(2021, 5, 1), date(2021, 9, 30), None),
        ("all", "all", date(2021, 6, 1), date(2023, 5, 31), None),
    ],
)
def test_names_and_their_days(
    tmp_path: Path, name: str, kind: str, start: date, end: date, year: int | None
) -> None:
    found = find_period(name, programme(tmp_path).definition)
    assert found is not None
    assert (found.kind, found.start, found.end, found.year) == (kind, start, end, year)


@pytest.mark.parametrize(
    "name", ["2022Q5", "2022q1", "2022-13", "2022-1", "22Q1", "2022Q1 ", "202２Q1", "tutto"]
)
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    assert find_period(name, programme(tmp_path).definition) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [("2021Q1", "period.outside"), ("2023Q3", "period.outside"), ("2022q1", "period.unknown")],
)
def test_refusals(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(DeliveryRefused) as caught:
        read_period(name, programme(tmp_path).definition)
    assert caught.value.code == code
    if code == "period.unknown":
        assert caught.value.values["nearest"] == "2022Q1"


@pytest.mark.parametrize("name", ["2021Q2", "2023Q2", "2021", "2023-05", "2021-06"])
def test_a_period_that_overlaps_the_programme_is_inside(tmp_path: Path, name: str) -> None:
    assert read_period(name, programme(tmp_path).definition).name == name
