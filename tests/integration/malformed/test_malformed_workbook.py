"""Every odd workbook is read cell for cell, or refused with its reason and place; none crashes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from assets.errors import DeliveryRefused
from assets.intake.readers import read_contents, read_loosely
from assets.intake.values import LONG_NUMBERS
from schemas.words import catalogue
from tests.integration.malformed import workbook_cases, workbook_files
from tests.integration.malformed.workbook_cases import CASES, Case


def noted(words: str) -> str:
    """Return the key of the note that says this."""
    for key, template in catalogue("notes.yml").items():
        pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(template.en))
        if re.fullmatch(pattern, words):
            return key
    return words


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_read_right_or_refused_with_the_place(case: Case) -> None:
    data = case.data()
    if case.refused is not None:
        code, values = case.refused
        with pytest.raises(DeliveryRefused) as caught:
            read_contents(data, case.file, None)
        assert caught.value.code == code
        assert values.items() <= caught.value.values.items()
        return
    contents = read_contents(data, case.file, None)
    sheet = contents.sheet
    assert [sheet.row(number) for number in range(1, sheet.rows_n + 1)] == case.cells
    assert contents.format == (case.format or case.file.rpartition(".")[2])
    assert tuple(tuple(area) for area in sheet.merged) == case.merged
    assert tuple((each.name, each.state) for each in contents.others) == case.others
    assert tuple(noted(each.en) for each in contents.notes) == case.noted
    assert sheet.typed.get(LONG_NUMBERS, {}) == case.long_numbers


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_gate_can_look_at_every_file(case: Case) -> None:
    assert read_loosely(case.data(), case.file).sheet is not None


def test_there_are_enough_cases_and_each_has_its_own_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60


def sav(folder: Path) -> bytes:
    path = folder / "a.sav"
    frame = pd.DataFrame({"codice": ["007", "x" * 300], "eta": [30.0, 31.0]})
    pyreadstat.write_sav(frame, path, column_labels=["Codice", "Età"])
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "xlsb", "sav", "zip"])
def test_a_file_cut_anywhere_is_refused_or_read_and_never_crashes(
    kind: str, tmp_path: Path
) -> None:
    whole = {
        "xlsx": lambda: workbook_files.made_by_openpyxl(workbook_cases.merged_headings),
        "xls": lambda: workbook_files.xls(workbook_cases.many_values_xls),
        "ods": workbook_cases.ODS[0].data,
        "xlsb": workbook_cases.XLSB[0].data,
        "sav": lambda: sav(tmp_path),
        "zip": workbook_cases.ARCHIVES[0].data,
    }[kind]()
    expected = cells(whole, f"a.{kind}")
    for at in range(1, 60):
        cut = whole[: len(whole) * at // 60]
        try:
            assert cells(cut, f"a.{kind}") == expected
        except DeliveryRefused:
            read_loosely(cut, f"a.{kind}")


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "xlsb"])
def test_changed_bytes_never_crash(kind: str) -> None:
    group = getattr(workbook_cases, kind.upper())
    data = group[0].data()
    for at in range(0, len(data), max(1, len(data) // 80)):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        try:
            read_contents(bytes(changed), f"a.{kind}", None)
        except DeliveryRefused:
            continue


def cells(data: bytes, name: str) -> list[list[str]]:
    sheet = read_contents(io.BytesIO(data).getvalue(), name, None).sheet
    return [sheet.row(number) for number in range(1, sheet.rows_n + 1)]
