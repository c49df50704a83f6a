"""Opening files: encodings, row numbers, spelling of Excel values, and every way to be unreadable."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest

from assets.errors import DeliveryRefused
from assets.intake.grid import letter, position_of
from assets.intake.readers import read_contents
from assets.intake.table import find_table
from schemas.reader import Reader
from tests.intake_sample import workbook

CSV = Reader(format="csv", delimiter=";", header_row=1)


def refusal(data: bytes, name: str, reader: Reader) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        find_table(read_contents(data, name, reader).sheet, reader)
    return caught.value


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
        ("utf-16", "utf-16"),
    ],
)
def test_each_declared_encoding_keeps_accents(declared: str, written: str) -> None:
    reader = Reader(format="csv", encoding=declared)
    sheet = read_contents("Età;Sì\n7;è\n".encode(written), "a.csv", reader).sheet
    assert sheet.row(1) == ["Età", "Sì"]
    assert sheet.row(2) == ["7", "è"]


@pytest.mark.parametrize(
    ("declared", "written"),
    [("utf-8", "cp1252"), ("cp1252", "utf-8"), ("latin-1", "utf-8"), ("utf-8", "utf-16")],
)
def test_a_wrong_encoding_is_refused_with_its_row(declared: str, written: str) -> None:
    data = "Nome;B\n1;2\n3;perché\n".encode(written)
    found = refusal(data, "a.csv", Reader(format="csv", encoding=declared))
    assert found.code == "file.encoding"
    assert found.values["row"] == ("1" if written == "utf-16" else "3")


def test_leading_zeros_quotes_and_line_breaks_in_cells_survive() -> None:
    data = b'A;B\n007;"x;y"\n"due\nrighe";"con ""virgolette"""\n'
    sheet = read_contents(data, "a.csv", CSV).sheet
    assert sheet.row(2) == ["007", "x;y"]
    assert sheet.row(3) == ["due\nrighe", 'con "virgolette"']


def test_rows_are_numbered_as_excel_shows_them_and_what_is_skipped_is_counted() -> None:
    reader = Reader(format="csv", header_row=3, totals=["Totale"])
    data = b"Registro 2022;\n;\nA;B\n1;2\n;\n3;4\nTOTALE generale;6\n"
    table = find_table(read_contents(data, "a.csv", reader).sheet, reader)
    assert table.headings == ["A", "B"]
    assert list(table.row_numbers) == [4, 6]
    assert table.skipped_n == 4  # title, blank, blank, total


def test_ragged_rows_are_named_and_counted_but_empty_overhang_is_harmless() -> None:
    lines = ["A;B"] + ["1;2;"] + ["1;2;3"] * 7
    found = refusal("\n".join(lines).encode(), "a.csv", CSV)
    assert found.code == "file.ragged"
    assert found.values["rows"] == "3, 4, 5, 6, 7 (+2)"
    short = refusal(b"A;B\n1\n", "a.csv", CSV)
    assert short.values["rows"] == "2"
    assert find_table(
        read_contents(b"A;B\n1;2;;\n", "a.csv", CSV).sheet, CSV
    ).row_numbers.tolist() == [2]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b" \n \n", "file.empty"),
        (b"A;B\n", "file.no_rows"),
        (b"\n1;2\n", "file.no_heading"),
        (b'A;B\n1;"open\n2;3\n', "file.quotes"),
        (b"PK\x03\x04 not text", "file.unreadable"),
    ],
)
def test_a_csv_that_is_none_is_refused(data: bytes, code: str) -> None:
    assert refusal(data, "a.csv", CSV).code == code


def test_excel_values_are_spelt_as_the_source_spells_them() -> None:
    rows = [
        ["Codice", "Ore", "Data", "Sì/no", "Con ora"],
        ["007", 1.5, date(2022, 3, 1), True, datetime(2022, 3, 1, 9, 30)],
        [46100, 2.0, datetime(2022, 12, 31), False, None],
    ]
    reader = Reader(dates=["%d/%m/%Y"])
    sheet = read_contents(workbook({"Foglio1": rows}), "a.xlsx", reader).sheet
    assert sheet.row(2) == ["007", "1,5", "01/03/2022", "sì", "01/03/2022 09:30:00"]
    assert sheet.row(3) == ["46100", "2", "31/12/2022", "no", ""]


def test_excel_row_numbers_hold_below_empty_rows() -> None:
    reader = Reader(header_row=4)
    data = workbook({"F": [[], [], [], ["A", "B"], [], ["x", "y"]]})
    table = find_table(read_contents(data, "a.xlsx", reader).sheet, reader)
    assert table.row_numbers.tolist() == [6]


def test_sheets_by_name_and_never_by_guess() -> None:
    data = workbook({"Dati": [["A"], ["1"]], "Legenda": [["x"], ["y"]]})
    assert read_contents(data, "a.xlsx", Reader(sheet="Dati")).sheet.name == "Dati"
    wrong = refusal(data, "a.xlsx", Reader(sheet="Datti"))
    assert (wrong.code, wrong.values["nearest"]) == ("sheet.unknown", "Dati")
    assert refusal(data, "a.xlsx", Reader()).code == "sheet.undeclared"
    hidden = workbook({"Dati": [["A"], ["1"]], "Altro": [["x"]]}, hidden=("Altro",))
    contents = read_contents(hidden, "a.xlsx", Reader())
    assert contents.sheet.name == "Dati"
    assert [each.name for each in contents.others] == ["Altro"]  # the gate still sees it


def test_damaged_and_protected_workbooks_are_told_apart() -> None:
    data = workbook({"Dati": [["A"], ["1"]]})
    assert refusal(data[: len(data) // 2], "a.xlsx", Reader()).code == "file.unreadable"
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500
    assert refusal(ole, "a.xlsx", Reader()).code == "file.unreadable"
    protected = ole + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500
    assert refusal(protected, "a.xlsx", Reader()).code == "file.password"
    assert refusal(workbook({"Vuoto": []}), "a.xlsx", Reader()).code == "file.empty"


def archive(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data in members.items():
            made.writestr(name, data)
    return stream.getvalue()


def test_a_zip_must_hold_one_data_file() -> None:
    one = archive({"a.csv": b"A;B\n1;2\n", "__MACOSX/._a.csv": b"x"})
    contents = read_contents(one, "a.zip", CSV)
    assert (contents.member, contents.sheet.row(2)) == ("a.csv", ["1", "2"])
    two = refusal(archive({"a.csv": b"x", "b.csv": b"y"}), "a.zip", CSV)
    assert (two.code, two.values["count"]) == ("file.archive", "2")
    assert refusal(one[:40], "a.zip", CSV).code == "file.unreadable"


def test_column_letters_are_excels() -> None:
    assert [letter(at) for at in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]
    assert all(position_of(letter(at)) == at for at in range(800))
