"""Code lists that change on a day, and units: read by the row's date, converted exactly, never silently.

The laws and the day: L. 3/2012 was replaced by the CCII (D.Lgs. 14/2019) on 15 July 2022, and
pending cases stay under the old law.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from assets.intake.dated import translate_dated
from assets.intake.grid import TEXT
from assets.intake.room import read_programme
from assets.intake.units import converted
from assets.sorting.sort import sort_programme
from schemas.columns import Column, said_lists
from schemas.reader import Reader
from tests.intake_sample import deliver, programme

LISTS = [
    {"until": "2022-07-14", "codes": {"DEN": "money", "LP": "liquidation"}},
    {"from": "2022-07-15", "codes": {"DEN": "money", "LC": "liquidation"}},
]
COLUMN = Column.model_validate({"from": "Bisogno", "codes": LISTS})


def words(*cells: str | None) -> pd.Series:
    return pd.Series(pd.array(cells, dtype=TEXT))


def translated(cell: str | None, day: str | None) -> str | None:
    found = translate_dated(words(cell), words(day), COLUMN, Reader()).iloc[0]
    return None if pd.isna(found) else str(found)


@pytest.mark.parametrize(
    ("cell", "day", "expected"),
    [
        ("LP", "14/07/2022", "liquidation"),
        ("LC", "15/07/2022", "liquidation"),
        (" lp ", "01/01/1999", "liquidation"),
        ("LP", "15/07/2022", "LP"),
        ("LC", "14/07/2022", "LC"),
        ("LP", None, "LP"),
        ("LP", "15/07/20x2", "LP"),
        ("DEN", None, "money"),
        ("altro", "15/07/2022", "altro"),
        (None, "15/07/2022", None),
    ],
)
def test_the_list_of_the_day_reads_the_cell(cell, day, expected):
    assert translated(cell, day) == expected


SOURCE = """
partner: alfa
sources:
  - source: ascolto
    dataset: service_access
    label: {it: Ascolto, en: Listening}
    files: ["ascolto*"]
    reader: {format: csv}
    columns:
      service_code: {value: ascolto}
      contact_date: {from: Data}
      opened_date: {from: Aperta}
      person_code: {from: Codice}
      category_code:
        from: Bisogno
        at: opened_date
        codes:
          - {until: 2022-07-14, label: {it: L. 3/2012, en: Law 3/2012}, codes: {LP: liquidation}}
          - {from: 2022-07-15, codes: {LC: liquidation}}
      gender_code:
        from: Sesso
        codes:
          - {until: 2022-07-14, codes: {"1": female, "2": male}}
          - {from: 2022-07-15, codes: {F: female, M: male}}
"""
ROWS = """Data;Aperta;Codice;Bisogno;Sesso
01/07/2022;01/07/2022;AAA-0001;LP;1
20/07/2022;01/07/2022;AAA-0002;LP;F
20/07/2022;15/07/2022;AAA-0003;LP;M
21/07/2022;15/07/2022;AAA-0004;LC;2
22/07/2022;;AAA-0005;LC;M
32/07/2022;15/07/2022;AAA-0006;LC;M
"""


def test_an_old_code_holds_for_a_pending_case_and_not_for_a_new_one(tmp_path: Path):
    layout = programme(tmp_path, {"alfa": SOURCE})
    deliver(layout, "alfa/2022Q3/ascolto.csv", ROWS.replace("01/07/2022;01/07", "02/07/2022;01/07"))
    intake = read_programme(layout)
    assert intake["intake_deliveries"]["state"].tolist() == ["in_use"]
    done = sort_programme(layout, intake)
    reasons = done["sorting_reasons"]
    told = {(row.row_number, row.column_letter, row.rule, row.cost) for row in reasons.itertuples()}
    assert told == {
        (4, "D", "category_code.code_date", "cell"),  # a new case under the old law
        (5, "E", "gender_code.code_date", "cell"),  # by the date of the contact, not of the case
        (6, "D", "category_code.code_date", "cell"),  # no date that could decide
        (7, "A", "contact_date.parse", "row"),
        (7, "E", "gender_code.code_date", "cell"),
    }
    accepted = done["sorting_service_access__accepted"].set_index("person_code")
    assert accepted["category_code"].fillna("-").to_dict() == {
        "AAA-0001": "liquidation",
        "AAA-0002": "liquidation",
        "AAA-0003": "-",
        "AAA-0004": "liquidation",
        "AAA-0005": "-",
    }
    assert accepted.loc["AAA-0004", "gender_code"] is pd.NA


def test_which_list_held_when_can_be_said():
    column = Column.model_validate(
        {"from": "B", "codes": [{**LISTS[0], "label": {"it": "L. 3/2012", "en": "x"}}, LISTS[1]]}
    )
    assert (
        said_lists(column, "it") == "fino al 14/07/2022 L. 3/2012: DEN, LP; dal 15/07/2022: DEN, LC"
    )


@pytest.mark.parametrize(
    ("cell", "factor", "expected"),
    [
        ("90", Fraction(1, 60), "1,5"),
        ("20", Fraction(1, 60), "0,33333333333333333"),  # the nearest double of a third
        ("-30", Fraction(1, 60), "-0,5"),
        ("1.234,50", Fraction(1000), "1234500"),
        ("0,07", Fraction(1000), "70"),
        ("12345", Fraction(1, 100), "123,45"),
        ("5", Fraction(1, 100), "0,05"),
        ("0", Fraction(1, 60), "0"),
        ("circa 90", Fraction(1, 60), "circa 90"),
        ("1.23", Fraction(1, 60), "1.23"),  # neither a group of three nor our decimal mark
    ],
)
def test_a_unit_is_converted_exactly_and_what_is_no_number_stays(cell, factor, expected):
    reader = Reader(decimal=",", thousands=".")
    assert converted(words(cell), factor, reader).iloc[0] == expected


def test_a_third_of_an_hour_is_the_nearest_double():
    cell = converted(words("20"), Fraction(1, 60), Reader(decimal=".")).iloc[0]
    assert float(cell) == 20 / 60


def test_minutes_are_converted_only_where_declared(tmp_path: Path):
    register = (
        "partner: alfa\nsources:\n"
        "  - source: registro\n    dataset: attendance\n"
        "    label: {it: R, en: R}\n    files: ['*']\n    reader: {format: csv}\n    columns:\n"
        "      person_code: {from: Codice}\n      activity_code: {value: cucito}\n"
        "      session_date: {from: Data}\n      is_present: {value: sì}\n"
        "      hours: {from: Minuti, unit: minutes}\n"
    )
    layout = programme(tmp_path, {"alfa": register})
    deliver(layout, "alfa/2022Q1/a.csv", "Codice;Data;Minuti\nAAA-0001;01/02/2022;90\n")
    accepted = sort_programme(layout, read_programme(layout))["sorting_attendance__accepted"]
    assert accepted["hours"].tolist() == [1.5]
    again = programme(tmp_path, {"alfa": register.replace(", unit: minutes", "")})
    done = sort_programme(again, read_programme(again))
    assert done["sorting_reasons"]["rule"].tolist() == ["hours.range"]
