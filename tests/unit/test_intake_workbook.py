"""Workbooks of every format: values as the source spells them, the right sheet, what is told."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from assets.errors import DeliveryRefused
from assets.intake.grid import Area
from assets.intake.ooxml import _failed, _failed_one_by_one
from assets.intake.readers import read_contents, read_loosely
from assets.intake.values import Marks, RawSheet, Speller, number_text, spelt_sheet
from schemas.reader import Reader
from tests.intake_sample import workbook
from tests.integration.malformed import workbook_files as make

TYPED = [[46100.0, 1.5, True, False, dt.date(2022, 3, 1), dt.datetime(2022, 3, 1, 9, 30)]]


def spelt(reader: Reader | None) -> list[str]:
    return spelt_sheet(RawSheet("F", [list(TYPED[0])]), Speller(reader)).row(1)


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (None, ["46100", "1.5", "TRUE", "FALSE", "2022-03-01", "2022-03-01 09:30:00"]),
        (Reader(), ["46100", "1,5", "sì", "no", "01/03/2022", "01/03/2022 09:30:00"]),
        (
            Reader(dates=["%d.%m.%y"], decimal=".", true=["vero"], false=["falso"]),
            ["46100", "1.5", "vero", "falso", "01.03.22", "01.03.22 09:30:00"],
        ),
        (
            Reader(dates=["%Y-%m-%d %H:%M"]),
            ["46100", "1,5", "sì", "no", "2022-03-01 00:00", "2022-03-01 09:30"],
        ),
        (Reader(dates=["excel"]), ["46100", "1,5", "sì", "no", "44621", "44621 09:30:00"]),
        (
            Reader(dates=["%b-%y", "%d/%m/%Y"]),
            ["46100", "1,5", "sì", "no", "01/03/2022", "01/03/2022 09:30:00"],
        ),
    ],
)
def test_values_are_spelt_as_the_source_spells_them(
    reader: Reader | None, expected: list[str]
) -> None:
    assert spelt(reader) == expected


def test_a_pattern_of_months_never_loses_a_day() -> None:
    days = RawSheet("F", [[dt.date(2022, 3, 1)], [dt.date(2022, 3, 2)]])
    sheet = spelt_sheet(days, Speller(Reader(dates=["%m/%Y"])))
    assert [sheet.row(1), sheet.row(2)] == [["03/2022"], ["2022-03-02"]]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1 + 0.2, "0.30000000000000004"),
        (-0.0, "0"),
        (1e22, "1" + "0" * 22),
        (2.5e-9, "0.0000000025"),
    ],
)
def test_numbers_are_digits(number: float, text: str) -> None:
    assert number_text(number) == text


def test_merged_areas_end_where_the_cells_end() -> None:
    raw = RawSheet(
        "F", [["a", "b"], ["c", ""]], marks=Marks(merged=(Area(2, 9, 0, 5), Area(1, 1, 1, 9), Area(5, 6, 0, 1)))
    )  # fmt: skip
    assert spelt_sheet(raw, Speller(None)).merged == (Area(2, 2, 0, 1),)


def test_without_a_source_the_first_filled_visible_sheet_is_read() -> None:
    data = workbook({"Vuoto": [], "Gen": [["A"]], "Feb": [["B"]]})
    contents = read_contents(data, "a.xlsx", None)
    assert (contents.sheet.name, [each.name for each in contents.others]) == (
        "Gen",
        ["Vuoto", "Feb"],
    )
    with pytest.raises(DeliveryRefused) as caught:
        read_contents(data, "a.xlsx", Reader())
    assert (caught.value.code, caught.value.values["known"]) == ("sheet.undeclared", "Gen, Feb")


def test_the_guide_of_our_own_templates_is_no_data() -> None:
    data = workbook({"Guida": [["Come si compila"]], "Dati": [["A"]], "Elenchi": [["sì"]]})
    assert read_contents(data, "a.xlsx", Reader()).sheet.name == "Dati"


def test_a_hidden_sheet_is_read_where_the_source_names_it() -> None:
    data = workbook({"Dati": [["A"]], "Altro": [["x"]]}, hidden=("Altro",))
    assert read_contents(data, "a.xlsx", Reader(sheet="Altro")).sheet.row(1) == ["x"]


@pytest.mark.parametrize("declared", ["csv", "xlsb", "xls", "ods", "sav"])
def test_a_format_that_is_declared_and_not_true_refuses(declared: str) -> None:
    with pytest.raises(DeliveryRefused) as caught:
        read_contents(workbook({"Dati": [["A"]]}), "a.xlsx", Reader(format=declared))
    assert caught.value.code == "file.not_declared"
    assert caught.value.values == {"declared": declared, "found": "xlsx"}


def test_patterns_and_parser_find_the_same_failed_cells() -> None:
    cells = (
        '<c r="A1" t="e"><v>#N/A</v></c><c r="B1"><f>1</f></c><c r="C1" t="str"><f>""</f><v/></c>'
        '<c r="D1"><v>-5</v></c><c r="E1" s="1"><f>60</f><v>60</v></c><c r="F1" t="s"><v>60</v></c>'
        '<c r="G1"><f t="shared" si="0"/></c><c r="H1" t="e"/><c r="I1"/><c r="J1"><f>1</f><v>1</v></c>'
        '<c t="b" r="K1"><v>1</v></c><c r="L1"><v>600</v></c><c r="M1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    )
    sheet = f'<worksheet xmlns="{make.MAIN}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    quick = _failed(sheet.encode())
    assert quick == _failed_one_by_one(sheet.encode())
    assert quick == {
        (0, 0): "#N/A", (0, 1): "#CALC!", (0, 3): -5.0, (0, 4): 60.0, (0, 6): "#CALC!", (0, 7): "#N/A",
        (0, 12): "#DIV/0!",
    }  # fmt: skip


def test_the_gate_sees_what_stands_outside_cells_in_every_format() -> None:
    note = "<office:annotation><text:p>segreto</text:p></office:annotation>"
    cell = make.ods_cell("string", note + "<text:p>x</text:p>")
    assert "segreto" in read_loosely(make.ods(make.ods_row(cell)), "a.ods").texts
    data = make.xls(
        lambda book, sheet: (sheet.write(0, 0, 1), setattr(sheet, "footer_str", b"tel."))
    )
    assert "tel." in read_loosely(data, "a.xls").texts


def filled(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.append(["007", 46100, 0.25, dt.date(2021, 6, 1), dt.datetime(2021, 6, 1, 14, 30), "a\nb"])
    sheet.append(["=1/0", "=1+1", "=NA()", '=""', '="x"', None])
    sheet.append([None, "fine"])


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_what_libreoffice_writes_reads_alike_in_every_format(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(make.made_by_openpyxl(filled))
    expected = [
        ["007", "46100", "0.25", "2021-06-01", "2021-06-01 14:30:00", "a\nb"],
        ["#DIV/0!", "2", "#N/A", "", "x", ""],
        ["", "fine", "", "", "", ""],
    ]
    made = tmp_path / "made"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for kind in ("xls", "ods"):
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", made, source],
            check=True,
            capture_output=True,
        )
        sheet = read_contents((made / f"a.{kind}").read_bytes(), f"a.{kind}", None).sheet
        assert [sheet.row(number) for number in (1, 2, 3)] == expected, kind
