"""Text to typed values: what is read, what is not, and that nothing becomes zero."""

from __future__ import annotations

import pandas as pd
import pytest

from assets.sorting.parse import TEXT, parse
from schemas.fields import FIELDS
from schemas.reader import Reader


def read(name: str, cells: list[str | None], **spelling: object) -> tuple[list, list[bool]]:
    values, failed = parse(pd.Series(cells, dtype=TEXT), FIELDS[name], Reader(**spelling))
    return [None if pd.isna(each) else each for each in values], failed.tolist()


def test_dates_are_tried_in_order_and_strictly() -> None:
    cells = [
        "01/03/2022",
        "2022-03-02",
        "31/02/2022",
        "today",
        "now",
        "03/2022",
        None,
        "0022-01-01",
    ]
    values, failed = read("session_date", cells, dates=["%d/%m/%Y", "%Y-%m-%d"])
    assert values[:2] == [pd.Timestamp(2022, 3, 1), pd.Timestamp(2022, 3, 2)]
    assert values[2:] == [None] * 6
    assert failed == [False, False, True, True, True, True, False, True]


def test_a_day_is_read_whether_or_not_its_time_was_cut() -> None:
    cells = ["01/03/2022 09.30.00", "01/03/2022"]
    values, _ = read("response_date", cells, dates=["%d/%m/%Y %H.%M.%S"])
    assert values == [pd.Timestamp(2022, 3, 1)] * 2


def test_day_before_month_is_never_guessed() -> None:
    values, failed = read("session_date", ["05/13/2022"])
    assert (values, failed) == ([None], [True])


@pytest.mark.parametrize(
    ("cell", "spelling", "expected"),
    [
        ("1,5", {}, 1.5),
        ("1.5", {}, None),
        ("1.5", {"decimal": "."}, 1.5),
        ("1.234,5", {"thousands": "."}, 1234.5),
        ("12.34,5", {"thousands": "."}, None),  # no group of three
        ("1.234", {"thousands": "."}, 1234.0),
        ("1.234.567", {"thousands": "."}, 1234567.0),
        ("-3", {}, -3.0),
        ("3 ore", {}, None),
        ("1e3", {}, None),
        ("nan", {}, None),
        ("inf", {}, None),
        ("٣", {}, None),  # digits of other scripts
        ("", {}, None),
    ],
)
def test_numbers(cell: str, spelling: dict, expected: float | None) -> None:
    values, failed = read("hours", [cell], **spelling)
    assert values == [expected]
    assert failed == [expected is None]


def test_integers_are_whole() -> None:
    values, failed = read("age_years", ["30", "30,0", "30,5", None, "-1"])
    assert values == [30, 30, None, None, -1]
    assert failed == [False, False, True, False, False]


def test_yes_and_no_are_the_sources_own() -> None:
    values, failed = read("is_present", ["SÌ", "x", "no", "forse", None])
    assert values == [True, True, False, None, None]
    assert failed == [False, False, False, True, False]


def test_codes_and_ids_stay_text() -> None:
    values, failed = read("person_code", ["007", "9377952927E-5"])
    assert values == ["007", "9377952927E-5"] and not any(failed)


@pytest.mark.parametrize(
    "name", ["person_code", "gender_code", "session_date", "hours", "is_present"]
)
@pytest.mark.parametrize("cell", ["#N/A", "#N/D", "#RIF!", "#DIV/0!", "#NOME?", "######"])
def test_a_failed_formula_is_never_a_value(name: str, cell: str) -> None:
    assert read(name, [cell, None]) == ([None, None], [True, False])
