"""One data table is cut out of a sheet, every other row is named, and doubt refuses with its place.

Expected values are the hand-made sheets themselves: each is written with its table known.
"""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from assets.errors import DeliveryRefused
from assets.intake.grid import Area, Sheet, make_sheet
from assets.intake.headings import resolve, wanted_of
from assets.intake.table import Table, find_table, likely_headings
from schemas.reader import Reader
from schemas.source import Source

HEAD = "Codice;Laboratorio;Data;Ore\n"
BODY = "A1-01;Cucito;01/07/2021;2\nA1-02;Orto;02/07/2021;3,5\nA1-03;Cucito;08/07/2021;1\n"
WORDS = HEAD.strip().split(";")


def sheet(text: str, merged: tuple[Area, ...] = (), *, ragged: bool = True) -> Sheet:
    made = make_sheet("", list(csv.reader(io.StringIO(text), delimiter=";")), ragged=ragged)
    return Sheet("", made.columns, made.rows_n, made.widths, merged=merged)


def table(text: str, reader: Reader | None = None, merged: tuple[Area, ...] = ()) -> Table:
    made = sheet(text, merged, ragged=not merged)
    found = find_table(made, reader or Reader())
    assert len(found.header_rows) + len(found.skipped) + len(found.row_numbers) == made.rows_n
    return found


def refusal(text: str, reader: Reader | None = None, merged: tuple[Area, ...] = ()) -> tuple:
    with pytest.raises(DeliveryRefused) as raised:
        table(text, reader, merged)
    return raised.value.code, raised.value.values


@pytest.mark.parametrize(
    ("text", "header_rows", "rows", "skipped"),
    [
        (HEAD + BODY, [1], [2, 3, 4], []),
        ("Registro presenze\n\n" + HEAD + BODY, [3], [4, 5, 6], [(1, "title"), (2, "blank")]),
        (
            "Ente;Agape;;\nPeriodo;2022;;\n" + HEAD + BODY,
            [3],
            [4, 5, 6],
            [(1, "title"), (2, "title")],
        ),
        (HEAD + ";;gg/mm/aaaa;(ore)\n" + BODY, [1], [3, 4, 5], [(2, "units")]),
        (HEAD + BODY + HEAD + BODY, [1], [2, 3, 4, 6, 7, 8], [(5, "header_repeated")]),
        (
            HEAD + BODY + "\nPagina 2\n" + HEAD + BODY,
            [1],
            [2, 3, 4, 8, 9, 10],
            [(5, "blank"), (6, "title"), (7, "header_repeated")],
        ),
        (HEAD + BODY + "Totale generale;;;6,5\n", [1], [2, 3, 4], [(5, "total")]),
        (HEAD + BODY + ";;TOT.;6,5\n", [1], [2, 3, 4], [(5, "total")]),
        (HEAD + BODY + "Totale;6,5\n", [1], [2, 3, 4], [(5, "total")]),
        (
            HEAD + BODY + "Subtotale;;;6,5\n" + BODY + "Somma;;;13\n",
            [1],
            [2, 3, 4, 6, 7, 8],
            [(5, "total"), (9, "total")],
        ),
        (
            HEAD + BODY + "\n* esclusi i minori\nFonte: nostra\n",
            [1],
            [2, 3, 4],
            [(5, "blank"), (6, "footnote"), (7, "footnote")],
        ),
        (
            HEAD + BODY + "\n;;Il responsabile;____\n",
            [1],
            [2, 3, 4],
            [(5, "blank"), (6, "footnote")],
        ),
        (HEAD + BODY + "\n" + BODY, [1], [2, 3, 4, 6, 7, 8], [(5, "blank")]),
        (BODY + BODY, [], [1, 2, 3, 4, 5, 6], []),
        (HEAD, [1], [], []),
        ("Ore\n1\n2\n3\n", [1], [2, 3, 4], []),
        ("Servizio;Accessi\nSpesa;10\nAscolto;12\nTotale;22\n", [1], [2, 3], [(4, "total")]),
        ("Via;2021;2022;2023\nx;10;20;30\ny;12;22;32\nz;1;2;3\n", [1], [2, 3, 4], []),
        ("Mese;gen;feb;mar\nSpesa;1;2;3\nCasa;4;5;6\nAltro;4;5;6\n", [1], [2, 3, 4], []),
    ],
)
def test_the_table_is_found_and_every_other_row_is_named(
    text: str, header_rows: list[int], rows: list[int], skipped: list[tuple[int, str]]
) -> None:
    found = table(text)
    assert found.header_rows == header_rows
    assert found.row_numbers.tolist() == rows
    assert [tuple(each) for each in found.skipped] == skipped
    made = sheet(text)
    read = [
        [cell or "" for cell in row]
        for row in zip(*(c.to_pylist() for c in found.columns), strict=True)
    ]
    assert read == [made.row(row) for row in rows]


@pytest.mark.parametrize(
    ("text", "rows", "headings"),
    [
        (
            "Codice;Pre;;Post;\n;q1;q2;q1;q2\nA1-01;1;2;3;4\nA1-02;2;2;3;4\nA1-03;1;2;3;4\n",
            [1, 2],
            ["Codice", "Pre / q1", "Pre / q2", "Post / q1", "Post / q2"],
        ),
        (
            "Registro;;;;\n;Pre;;Post;\nCodice;q1;q2;q1;q2\nA1-01;1;2;3;4\nA1-02;2;2;3;4\nA1-03;1;2;3;4\n",
            [2, 3],
            ["Codice", "Pre / q1", "Pre / q2", "Post / q1", "Post / q2"],
        ),
        (
            HEAD + "person;activity;date;hours\n" + BODY,
            [1, 2],
            ["Codice / person", "Laboratorio / activity", "Data / date", "Ore / hours"],
        ),
        (";;Codice;Ore\n;;A1-01;3\n;;A1-02;4\n", [1], ["", "", "Codice", "Ore"]),
        ("Codice;;Ore\nA1-01;x;4\nA1-02;z;5\n", [1], ["Codice", "", "Ore"]),
        ("Codice;Ore;Ore\nA1-01;3;4\nA1-02;4;5\n", [1], ["Codice", "Ore", "Ore"]),
        (" Codice ;Ore\nA1-01;3\nA1-02;4\n", [1], [" Codice ", "Ore"]),
    ],
)
def test_headings_are_exact_text_joined_over_rows(
    text: str, rows: list[int], headings: list[str]
) -> None:
    found = table(text)
    assert (found.header_rows, found.headings) == (rows, headings)


def test_merged_groups_stand_over_their_columns_and_a_merged_title_is_a_title() -> None:
    text = "Registro;;;;\nCodice;Pre;;Post;\n;q1;q2;q1;q2\n" + "A1-01;1;2;3;4\n" * 4
    merged = (Area(1, 1, 0, 4), Area(2, 3, 0, 0), Area(2, 2, 1, 2), Area(2, 2, 3, 4))
    found = table(text, merged=merged)
    assert found.header_rows == [2, 3]
    assert found.headings == ["Codice", "Pre / q1", "Pre / q2", "Post / q1", "Post / q2"]
    assert [tuple(each) for each in found.skipped] == [(1, "title")]


def test_merged_cells_among_the_data_refuse_or_are_filled_as_declared() -> None:
    text = "Laboratorio;Codice;Ore\nCucito;A1-01;2\n;A1-02;3\n;A1-03;3\nOrto;A1-01;2\n"
    merged = (Area(2, 4, 0, 0),)
    assert refusal(text, merged=merged) == ("sheet.merged", {"areas": "A2:A4"})
    found = table(text, Reader(merged="fill"), merged)
    assert found.columns[0].to_pylist() == ["Cucito", "Cucito", "Cucito", "Orto"]
    assert found.filled_areas == ("A2:A4",)


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        (HEAD + BODY + "\nServizio;Accessi;Quota;Mese\nx;1;2;3\n", "sheet.tables", {"row": "6", "letter": "A", "last": "4"}),
        (HEAD + BODY + "\nVia;Case\nx;1\ny;2\n", "sheet.tables", {"row": "6", "letter": "A", "last": "4"}),
        (HEAD + BODY + "Ente;Via;Tel;Nota\n" + BODY, "sheet.tables", {"row": "5", "letter": "A", "last": "4"}),
        ("A;B;;C;D\n1;2;;x;1\n2;3;;y;2\n3;4;;;\n", "sheet.tables_beside", {"letter": "D"}),
        (HEAD + BODY + "A1-05;Orto\n" + BODY, "file.ragged", {"rows": "5", "count": "1"}),
        (HEAD + BODY + "A1-05;Orto;01/01/2022;3;altro\n", "file.ragged", {"rows": "5", "count": "1"}),
        (HEAD + BODY + "Dati provvisori del mese;;;\n", "row.unclear", {"rows": "5"}),
        (HEAD + BODY + ";;;6,5\n", "row.unclear", {"rows": "5"}),
        (HEAD + BODY + "Lunetta;;;\n" + BODY, "row.unclear", {"rows": "5"}),
        ("Nome;Ore\nMaria;assente\nLuca;5\nAnna;6\nUgo;6\n", "header.unclear", {"row": "1"}),
        ("1;2;3\n", "header.unclear", {"row": "1"}),
        ("\n;;\n", "file.empty", {}),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_refused_with_its_place(text: str, code: str, values: dict) -> None:
    assert refusal(text) == (code, values)


def test_declaring_settles_what_was_doubtful() -> None:
    two = HEAD + BODY + "\nVia;Case\nx;1\ny;2\n"
    found = table(two, Reader(last_row=4))
    assert found.row_numbers.tolist() == [2, 3, 4]
    assert [each.why for each in found.skipped] == ["blank", "footnote", "footnote", "footnote"]
    short = HEAD + BODY + "A1-05;Orto\n"
    assert table(short, Reader(short_rows="fill")).row_numbers.tolist() == [2, 3, 4, 5]
    numbers = table("1;2;3\n4;5;6\n", Reader(header_rows=0))
    assert (numbers.headings, numbers.row_numbers.tolist()) == ([], [1, 2])
    word = table("Nome;Ore\nMaria;assente\nLuca;5\n", Reader(header_row=1))
    assert word.row_numbers.tolist() == [2, 3]
    assert table(HEAD + BODY + "Saldo;;;6\n", Reader(totals=["Saldo"])).skipped == [(5, "total")]


def test_rows_longer_by_empty_cells_are_harmless() -> None:
    assert table(HEAD + BODY + "A1-05;Orto;01/01/2022;3;;\n").row_numbers.tolist() == [2, 3, 4, 5]


def test_an_answer_that_says_total_is_no_total() -> None:
    text = "id;D1;D2\n" + "".join(f"{n};Totale disaccordo;sì\n" for n in range(1, 6))
    assert table(text).row_numbers.tolist() == [2, 3, 4, 5, 6]


def test_a_reader_names_rows_that_are_no_part_of_a_table() -> None:
    made = sheet("sep=;\n" + HEAD + BODY)
    known = Sheet("", made.columns, made.rows_n, made.widths, typed={"skipped": {1: "sep"}})
    found = find_table(known, Reader())
    assert (found.header_rows, found.skipped) == ([2], [(1, "sep")])


SOURCE = Source.model_validate(
    {
        "source": "registro",
        "dataset": "attendance",
        "label": {"it": "Registro", "en": "Register"},
        "files": ["*"],
        "columns": {
            "person_code": {"from": "Codice"},
            "activity_code": {"from": "Laboratorio"},
            "session_date": {"from": "Data"},
            "is_present": {"from": "Presente"},
        },
    }
)


def by_source(text: str, **reader: object) -> Table:
    source = SOURCE.model_copy(update={"reader": Reader(**reader)})
    return find_table(sheet(text), source.reader, wanted_of(source))


def test_with_a_source_the_row_with_most_of_its_headings_is_the_heading() -> None:
    text = "Nota;Data;;\nCodice;Laboratorio;Data;Presente\nA1;x;1;sì\n"
    assert by_source(text).header_rows == [2]
    with pytest.raises(DeliveryRefused) as none:
        by_source("A;B;C;D\nA1;x;1;sì\n")
    assert (none.value.code, none.value.values["count"]) == ("column.no_heading", "4")
    with pytest.raises(DeliveryRefused) as tie:
        by_source("Codice;Laboratorio;Data;x\nCodice;Laboratorio;Data;y\nA1;x;1;sì\n")
    assert (tie.value.code, tie.value.values["rows"]) == ("header.tie", "1, 2")
    with pytest.raises(DeliveryRefused) as strict:
        by_source(text, header_row=1)
    assert strict.value.code == "column.no_heading"
    with pytest.raises(DeliveryRefused) as empty:
        by_source("Codice;Laboratorio;Data;Presente\n")
    assert empty.value.code == "file.no_rows"


def test_a_wanted_heading_may_be_the_last_part_of_a_joined_one() -> None:
    text = "Persona;;Incontro;\nCodice;Laboratorio;Data;Presente\nA1-01;x;01/01/2022;sì\n"
    found = by_source(text)
    assert found.header_rows == [1, 2]
    assert found.headings[2] == "Incontro / Data"
    mapping = resolve(found.headings, found.filled, SOURCE, found.header_rows)
    assert mapping.columns["session_date"].letter == "C"


def test_the_gate_gets_a_heading_whatever_the_sheet() -> None:
    assert likely_headings(sheet("Titolo\n\n" + HEAD + BODY), None, None) == (3, WORDS)
    assert likely_headings(sheet("x\n1;2;3\n"), None, None)[0] == 2
    assert likely_headings(make_sheet("", []), None, None) == (1, [])


def test_a_reader_declares_within_bounds() -> None:
    for wrong in ({"header_rows": 4}, {"header_row": 0}, {"merged": "yes"}):
        with pytest.raises(ValidationError):
            Reader(**wrong)


def test_dictionary_columns_are_read_as_plain_ones() -> None:
    plain = sheet("Registro\n\n" + HEAD + BODY + "Totale;;;6,5\n")
    coded = [pa.chunked_array([each.dictionary_encode()]) for each in plain.columns]
    found = find_table(Sheet("", coded, plain.rows_n, plain.widths), Reader())
    want = find_table(plain, Reader())
    assert (found.headings, found.skipped) == (want.headings, want.skipped)
    assert np.array_equal(found.row_numbers, want.row_numbers)
    assert [c.to_pylist() for c in found.columns] == [c.to_pylist() for c in want.columns]


@pytest.mark.parametrize("below", ["data;luogo;n\n01/02/2022;Lunetta;3\n02/02/2022;Borgo;4\n"])
def test_a_table_above_another_is_no_title(below: str) -> None:
    above = "codice;ore\nAA00;0\nAA01;1\nAA02;2\n\n\n"
    with pytest.raises(DeliveryRefused) as refused:
        table(above + below)
    assert refused.value.code == "sheet.tables"
    assert table("Ente:;SolCo\nPeriodo:;2022Q1\n\n" + HEAD + BODY).header_rows == [4]
    assert table("Ente;SolCo\nAnno;2022\n\n" + HEAD + BODY).header_rows == [4]


def test_a_row_amid_the_data_named_after_a_total_is_not_dropped() -> None:
    head = "laboratorio;ore\n"
    assert refusal(head + "Orto;1\nTotale salute;5\nCucito;2\n")[0] == "row.unclear"
    for row in ("Totale;5", "Totale Lunetta;1"):
        assert [s.why for s in table(f"{head}Orto;1\n{row}\nCucito;2\n").skipped] == ["total"]
    assert len(table(head + "Orto;1\nCucito;2\nTotale ore;3\n").skipped) == 1


def test_a_title_of_one_cell_above_two_columns() -> None:
    found = table("Registro presenze 2022\n\ncodice;ore\nAA01;1\nAA02;2\n")
    assert (found.header_rows, found.headings) == ([3], ["codice", "ore"])
    assert [(each.row, each.why) for each in found.skipped] == [(1, "title"), (2, "blank")]
