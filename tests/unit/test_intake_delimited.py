"""Delimited text: what is declared stays strict, what is decided is told, big files come out alike."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from assets.errors import DeliveryRefused
from assets.intake import shape
from assets.intake.bulk import equal, read_quickly
from assets.intake.delimited import read_delimited
from assets.intake.grid import Spelling
from assets.intake.kinds import kind_of_bytes, kind_of_text
from assets.intake.records import read_exactly
from schemas.config import ConfigProblem
from schemas.reader import Reader

FREE = Reader(format="csv")


def refusal(data: bytes, **declared: object) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        read_delimited(data, Reader(format="csv", **declared))
    return caught.value


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
        ("iso-8859-15", "iso-8859-15"),
        ("mac-roman", "mac-roman"),
        ("cp850", "cp850"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_a_declared_encoding_is_used_and_told(declared: str, written: str) -> None:
    data = "Età;Sì\n7;è\n".encode(written)
    sheet, spelling = read_delimited(data, Reader(format="csv", encoding=declared))
    assert (sheet.row(1), sheet.row(2)) == (["Età", "Sì"], ["7", "è"])
    assert spelling.encoding == declared
    assert "encoding" not in spelling.decided


@pytest.mark.parametrize(
    ("declared", "written", "row"),
    [
        ("utf-8", "cp1252", "3"),
        ("cp1252", "utf-8", "3"),
        ("latin-1", "utf-8", "3"),
        ("mac-roman", "utf-8", "3"),
        ("utf-8", "utf-16", "1"),
    ],
)
def test_a_declared_encoding_that_is_not_true_is_refused(
    declared: str, written: str, row: str
) -> None:
    found = refusal("Nome;B\n1;2\n3;perché\n".encode(written), encoding=declared)
    assert (found.code, found.values["row"]) == ("file.encoding", row)


def test_a_declared_encoding_lets_damage_pass_that_the_partner_cannot_mend() -> None:
    data = "A;B\n1;citt\ufffd\n2;perchÃ©\n".encode()
    assert refusal(data).code == "file.encoding_damaged"
    sheet, _ = read_delimited(data, Reader(format="csv", encoding="utf-8"))
    assert sheet.row(2) == ["1", "citt\ufffd"]


def test_a_declared_separator_settles_what_two_could_be() -> None:
    data = b"A;B,C\n1;2,3\n4;5,6\n"
    assert refusal(data).code == "file.dialect"
    sheet, spelling = read_delimited(data, Reader(format="csv", delimiter=","))
    assert sheet.row(2) == ["1;2", "3"]
    assert "delimiter" not in spelling.decided and "quotechar" in spelling.decided
    assert refusal(b"sep=;\nA;B\n", delimiter=",").code == "file.dialect"


def test_declared_quotes_are_read_so_and_no_other_way() -> None:
    data = b"A;B\n'x;y';\"z\"\n"
    none, _ = read_delimited(data, Reader(format="csv", quote="", delimiter=";"))
    assert none.row(2) == ["'x", "y'", '"z"']
    single, _ = read_delimited(data, Reader(format="csv", quote="'", delimiter=";"))
    assert single.row(2) == ["x;y", '"z"']
    found = refusal(b"A;B\n'x'y;1\n", quote="'", delimiter=";")
    assert (found.values["row"], found.values["column"]) == ("2", "A")


def test_declared_escapes_are_read_so() -> None:
    data = b'A;B\n"C:\\new";1\n'
    literal, _ = read_delimited(data, Reader(format="csv", escape=""))
    assert literal.row(2) == ["C:\\new", "1"]
    assert refusal(data, escape="\\").code == "file.escape"


@pytest.mark.parametrize("mark", ["a", "\n", '"', "'", "\\", "", "1", "abcd"])
def test_a_separator_that_cannot_be_one_is_refused(mark: str) -> None:
    with pytest.raises((ConfigProblem, ValueError)):
        Reader(delimiter=mark)


def test_rows_below_excels_own_line_are_named_by_their_number_in_the_file() -> None:
    found = refusal(b'sep=;\nA;B\n1;"x\n')
    assert (found.code, found.values["row"]) == ("file.quotes", "3")
    sheet, _ = read_delimited(b"sep=;\nA;B\n1;2\n", FREE)
    assert sheet.typed["skipped"] == {1: "sep"}
    assert sheet.widths.tolist() == [1, 2, 2]


def big_text(rows: int = 4_000) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Id", "Giorno", "Attività", "Ore", "Note"])
    for at in range(rows):
        note = ("", "porta; il tè", 'detto "sì"', "due\nrighe", " x ")[at % 5]
        writer.writerow([f"R{at}", f"{at % 28 + 1:02d}/03/2022", "Cucito", "1,5", note])
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_big_file_comes_out_as_the_exact_reader_reads_it(encoding: str) -> None:
    data = big_text().encode(encoding)
    quick, spelling = read_delimited(data, FREE, big=0)
    exact, _ = read_delimited(data, FREE, big=1 << 40)
    assert equal(quick, exact)
    assert quick.rows_n == 4_001
    kinds = [pa.types.is_dictionary(column.type) for column in quick.columns]
    assert kinds == [False, True, True, True, True]
    assert spelling.newline == "\r\n"


def test_titles_totals_and_blank_lines_of_a_big_file_keep_their_rows() -> None:
    text = "Registro\r\n\r\n" + big_text() + "\r\nTotale;5\r\na;b;c;d;e;f;g\r\n\r\n"
    data, spelling = pa.py_buffer(text.encode()), Spelling("utf-8", ";")
    quick, exact = read_quickly(data, spelling), read_exactly(data, spelling)
    assert quick is not None and equal(quick, exact)
    assert quick.row(1)[0] == "Registro"
    assert quick.widths[:3].tolist() == [1, 0, 5]
    assert quick.widths[-4:].tolist() == [0, 2, 7, 0]


@pytest.mark.parametrize("step", [7, 64, 1001])
def test_the_quick_way_does_not_depend_on_where_its_parts_begin(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, spelling = pa.py_buffer(big_text(60).encode()), Spelling("utf-8", ";")
    exact = read_exactly(data, spelling)
    monkeypatch.setattr(shape, "_STEP", step)
    quick = read_quickly(data, spelling)
    assert quick is not None and equal(quick, exact)


@pytest.mark.parametrize(
    "text",
    [
        'A;B\n1;"x"y\n',
        'A;B\n1;"x\n',
        "A;B\n1\r2;3\n",
        'A;B\n1;x"\n',
        "A\n1\n",
        "",
        'A;B;C\n1;"x\n2;y;3\n4;y;5\n6;y;7\n";8\n',
    ],
)
def test_what_is_out_of_place_is_left_to_the_exact_reader(text: str) -> None:
    assert read_quickly(pa.py_buffer(text.encode()), Spelling("utf-8", ";")) is None


def test_a_fault_deep_in_a_big_file_is_named_by_its_row() -> None:
    lines = big_text().replace("due\n", "due ").split("\r\n")
    lines[3_000] = '"aperta;1;2;3;4'
    found = refusal("\r\n".join(lines).encode())
    assert (found.code, found.values["row"]) == ("file.quotes", "3001")
    cut = big_text().encode() + "x;perché\n".encode("cp1252")
    mixed = refusal(cut)
    assert mixed.code == "file.encoding_mixed"
    assert int(mixed.values["row"]) == cut.count(b"\n")


def test_backslashes_that_protect_only_late_in_the_file_are_found() -> None:
    text = "A;B\n" + '"x";1\n' * 20_000 + '"un \\"sì\\"";2\n'
    sheet, spelling = read_delimited(text.encode(), FREE)
    assert sheet.row(20_002) == ['un "sì"', "2"]
    assert spelling.escapechar == "\\"


def test_a_mapped_file_is_read_without_being_copied(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_bytes(big_text().encode())
    with pa.memory_map(str(place)) as mapped:
        sheet, _ = read_delimited(mapped.read_buffer(), FREE, big=0)
        assert equal(sheet, read_delimited(place.read_bytes(), FREE, big=0)[0])


def test_widths_say_how_many_cells_each_row_has() -> None:
    sheet, _ = read_delimited(b"A;B;C\n\n1;2\n1;2;3;4\n", FREE)
    assert np.array_equal(sheet.widths, [3, 0, 2, 4])
    assert len(sheet.columns) == 4


def test_other_formats_are_known_by_their_marks() -> None:
    assert kind_of_bytes(b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet") == (
        "ods"
    )
    assert kind_of_bytes(b"A;B\n") == ""
    assert kind_of_text(b"[Nome];B\n1;2\n") == ""
    assert kind_of_text(b"<5 anni;B\n") == ""
    assert kind_of_text(b'[["a", 1], ["b", 2]]') == "json"
    assert kind_of_text(b"[" * 100_000) == "json"


def test_a_large_file_with_apostrophes_in_every_column_is_read_quickly_and_right():
    """Columns of few words come back coded; looking for odd rows must know them too."""
    lines = ['"a","b"', *(f'"\'n{number % 3}\'","x{number % 5}"' for number in range(60_000))]
    sheet, _ = read_delimited("\n".join(lines).encode(), Reader())
    assert sheet.rows_n == 60_001
    assert [column[1].as_py() for column in sheet.columns] == ["'n0'", "x0"]
