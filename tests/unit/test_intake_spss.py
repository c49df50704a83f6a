"""SPSS files: codes and labels, declared missings, dates; expected cells written by hand."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from assets.errors import DeliveryRefused
from assets.intake.grid import Contents
from assets.intake.readers import read_contents, read_loosely
from assets.intake.spss import QUESTIONS
from schemas.reader import Reader


def sav(folder: Path, columns: dict[str, list[Any]], **options: Any) -> bytes:
    path = folder / "a.sav"
    pyreadstat.write_sav(pd.DataFrame(columns), path, **options)
    return path.read_bytes()


def rows(contents: Contents) -> list[list[str]]:
    return [contents.sheet.row(number) for number in range(1, contents.sheet.rows_n + 1)]


@pytest.fixture
def survey(tmp_path: Path) -> bytes:
    return sav(
        tmp_path,
        {
            "codice": ["007", "020030", "x"],
            "sesso": [1.0, 2.0, 9.0],
            "eta": [30.0, 99.0, None],
            "zona": ["A", "", "ZZ"],
            "peso": [1.5, -0.25, 100.0],
        },
        column_labels={"eta": "Età in anni compiuti", "sesso": "Sesso"},
        variable_value_labels={
            "sesso": {1.0: "Donna", 2.0: "Uomo", 9.0: "Non risponde"},
            "zona": {"A": "Lunetta"},
        },
        missing_ranges={"sesso": [9], "eta": [{"lo": 97, "hi": 99}], "zona": ["ZZ"]},
    )


def test_codes_are_text_and_declared_missings_are_blank_and_counted(survey: bytes) -> None:
    contents = read_contents(survey, "a.sav", None)
    assert rows(contents) == [
        ["codice", "sesso", "eta", "zona", "peso"],
        ["007", "1", "30", "A", "1.5"],
        ["020030", "2", "", "", "-0.25"],
        ["x", "", "", "", "100"],
    ]
    assert (contents.format, contents.encoding) == ("sav", "utf-8")
    assert [each.en for each in contents.notes] == [
        f"Variable {name} (column {letter}): 1 values declared missing in SPSS ({codes}) were read"
        " as blank cells."
        for name, letter, codes in (("sesso", "B", "9"), ("eta", "C", "97–99"), ("zona", "D", "ZZ"))
    ]


def test_labels_of_codes_and_questions_stand_beside_the_cells(survey: bytes) -> None:
    sheet = read_contents(survey, "a.sav", None).sheet
    assert sheet.labels == {
        1: {"1": "Donna", "2": "Uomo", "9": "Non risponde"},
        3: {"A": "Lunetta"},
    }
    assert sheet.typed[QUESTIONS] == {1: "Sesso", 2: "Età in anni compiuti"}


def test_a_source_may_ask_for_the_labels(survey: bytes) -> None:
    reader = Reader(format="sav", labels="labels")
    assert rows(read_contents(survey, "a.sav", reader)) == [
        ["codice", "sesso", "eta", "zona", "peso"],
        ["007", "Donna", "30", "Lunetta", "1,5"],
        ["020030", "Uomo", "", "", "-0,25"],
        ["x", "", "", "", "100"],
    ]


def test_dates_and_times(tmp_path: Path) -> None:
    data = sav(
        tmp_path,
        {
            "giorno": [dt.date(2021, 6, 1), None, dt.date(1950, 1, 2)],
            "inizio": [dt.datetime(2021, 6, 1, 14, 30), dt.datetime(2021, 6, 2), None],
            "ora": [dt.time(9, 30), dt.time(0, 0), None],
            "secondi": [13841884800.0, 0.0, None],
        },
    )
    assert rows(read_contents(data, "a.sav", None))[1:] == [
        ["2021-06-01", "2021-06-01 14:30:00", "09:30:00", "13841884800"],
        ["", "2021-06-02", "00:00:00", "0"],
        ["1950-01-02", "", "", ""],
    ]
    assert rows(read_contents(data, "a.sav", Reader()))[1][:2] == [
        "01/06/2021",
        "01/06/2021 14:30:00",
    ]


@pytest.mark.parametrize("options", [{"compress": True}, {"row_compress": True}, {}])
def test_long_texts_accents_and_compression(options: dict[str, bool], tmp_path: Path) -> None:
    long = "perché così è più su " * 40
    data = sav(tmp_path, {"nota": [long.strip(), "Città", "NA"]}, **options)
    assert [each[0] for each in rows(read_contents(data, "a.sav", None))] == [
        "nota",
        long.strip(),
        "Città",
        "NA",
    ]


def old_file(data: bytes, character_code: int) -> bytes:
    """Return the file as SPSS 15 wrote it: no record of its encoding, only a number for it."""
    at = data.index(b"UTF-8") - 16  # record 7, subtype 20: type, subtype, size, count
    data = data[:at] + data[at + 16 + 5 :]
    code = data.index(struct.pack("<4i", 7, 3, 4, 8)) + 16 + 7 * 4
    return data[:code] + struct.pack("<i", character_code) + data[code + 4 :]


@pytest.mark.parametrize("character_code", [1252, 2, 65001])
def test_a_file_of_before_unicode_keeps_its_accents(character_code: int, tmp_path: Path) -> None:
    data = sav(tmp_path, {"nota": ["Citta'", "Perche"]}, column_labels={"nota": "Perche?"})
    old = data.replace(b"Citta'", b"Citt\xe0 ").replace(b"Perche", b"Perch\xe9")
    contents = read_contents(old_file(old, character_code), "a.sav", None)
    assert [each[0] for each in rows(contents)] == ["nota", "Città", "Perché"]
    assert contents.sheet.typed[QUESTIONS] == {0: "Perché?"}
    assert contents.encoding in ("windows-1252", "cp1252")


def test_an_encoding_that_is_not_the_one_the_file_says_is_told(tmp_path: Path) -> None:
    data = sav(tmp_path, {"nota": ["Citta'"]}).replace(b"Citta'", b"Citt\xe0 ")
    contents = read_contents(data, "a.sav", None)
    assert rows(contents)[1] == ["Città"]
    assert [each.en[:31] for each in contents.notes] == ["The SPSS file says it is in UTF"]


def test_damaged_and_empty_files_are_refused(survey: bytes) -> None:
    for cut in (5, 200, 700, len(survey) - 10):
        with pytest.raises(DeliveryRefused) as caught:
            read_contents(survey[:cut], "a.sav", None)
        assert caught.value.code == "file.unreadable"
        read_loosely(survey[:cut], "a.sav")


def test_the_gate_sees_labels_too(survey: bytes) -> None:
    assert "Non risponde" in read_contents(survey, "a.sav", None).texts
    assert read_loosely(survey, "a.sav").sheet.row(2)[0] == "007"
