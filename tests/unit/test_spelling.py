"""Dates, numbers and answers as partners write them: read as declared, and never by guess."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from assets.spelling import TEXT, read_booleans, read_dates, read_numbers, spell_date
from schemas.config import ConfigProblem
from schemas.reader import Reader


def one(read, cell: str, **spelling: object):
    made = read(pd.Series([cell], dtype=TEXT), Reader(**spelling)).iloc[0]
    return None if pd.isna(made) else made


@pytest.mark.parametrize(
    ("cell", "pattern", "expected"),
    [
        ("03/06/2021", "%d/%m/%Y", (2021, 6, 3)),
        ("3.6.21", "%d.%m.%y", (2021, 6, 3)),
        ("2021-06-03", "%Y-%m-%d", (2021, 6, 3)),
        ("giu-21", "%b-%y", (2021, 6, 1)),
        ("Giu-21", "%b-%y", (2021, 6, 1)),
        ("Jun-21", "%b-%y", (2021, 6, 1)),
        ("06-21", "%b-%y", None),  # the pattern asks for a name
        ("3 giugno 2021", "%d %B %Y", (2021, 6, 3)),
        ("3 June 2021", "%d %B %Y", (2021, 6, 3)),
        ("3 giu. 2021", "%d %b %Y", (2021, 6, 3)),
        ("sett-22", "%b-%y", (2022, 9, 1)),
        ("3 giugnino 2021", "%d %B %Y", None),
        ("31 giugno 2021", "%d %B %Y", None),
        ("01.01.29", "%d.%m.%y", (2029, 1, 1)),
        ("01.01.30", "%d.%m.%y", (1930, 1, 1)),  # two digits mean 1930-2029
        ("01.01.68", "%d.%m.%y", (1968, 1, 1)),
        # Excel's own day numbers: 1 is 1/1/1900, 60 the day that never was (ECMA-376, 18.17.4.1).
        ("1", "excel", (1900, 1, 1)),
        ("59", "excel", (1900, 2, 28)),
        ("60", "excel", None),
        ("61", "excel", (1900, 3, 1)),
        ("44350", "excel", (2021, 6, 3)),
        ("44350,75", "excel", (2021, 6, 3)),
        ("42888", "excel1904", (2021, 6, 3)),
        ("44350", "%d/%m/%Y", None),
        ("0", "excel", None),
    ],
)
def test_dates_by_the_declared_pattern_only(cell: str, pattern: str, expected) -> None:
    wanted = None if expected is None else pd.Timestamp(*expected)
    assert one(read_dates, cell, dates=[pattern]) == wanted


@pytest.mark.parametrize("pattern", ["%d/%m/%Y", "%Y-%m-%d", "excel", "excel1904", "%d %B %Y"])
def test_a_day_is_spelt_so_that_it_is_read_back(pattern: str) -> None:
    reader = Reader(dates=[pattern])
    for day in (date(1930, 1, 1), date(2020, 2, 29), date(2021, 6, 3)):
        assert one(read_dates, spell_date(day, reader), dates=[pattern]) == pd.Timestamp(day)


@pytest.mark.parametrize("pattern", ["%d", "%Y", "%H:%M", "excel1900"])
def test_a_pattern_needs_month_and_year(pattern: str) -> None:
    with pytest.raises((ConfigProblem, ValueError)):
        Reader(dates=[pattern])


@pytest.mark.parametrize(
    ("cell", "spelling", "expected"),
    [
        ("1 234,5", {"thousands": " "}, 1234.5),
        ("1\u00a0234,5", {"thousands": " "}, 1234.5),
        ("1\u202f234,5", {"thousands": " "}, 1234.5),
        ("1.234", {}, None),  # a decimal point or one of thousands: not declared, not guessed
        ("1.234", {"thousands": "."}, 1234.0),
        ("€ 12,5", {}, None),
        ("12,5 €", {}, None),
        ("12,5 h", {}, None),
    ],
)
def test_numbers_by_the_declared_marks_only(cell: str, spelling: dict, expected) -> None:
    assert one(read_numbers, cell, **spelling) == expected


@pytest.mark.parametrize("cell", ["sì", "Sì", "SI", "si'", "SI’", "s", "X", "1", "Vero", "yes", "TRUE"])  # fmt: skip
def test_every_way_of_saying_yes(cell: str) -> None:
    assert bool(one(read_booleans, cell))


def test_a_word_that_is_neither_yes_nor_no_stays_unread() -> None:
    assert one(read_booleans, "sicuro") is None
