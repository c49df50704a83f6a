"""Whatever stands around a table is named, and no row of a sheet is ever lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import DeliveryRefused
from assets.intake.grid import Area, Sheet, make_sheet
from assets.intake.table import find_table, likely_headings
from schemas.reader import Reader

WORDS = ["Cucito", "Orto", "Cinema", "Lunetta", "sì", "Totale", "n.d.", "* nota", "Fonte: x"]
CELLS = st.one_of(
    st.just(""),
    st.sampled_from(WORDS),
    st.integers(0, 99).map(str),
    st.dates().map(str),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=6),
)
AREAS = st.builds(
    lambda row, down, at, right: Area(row, row + down, at, at + right),
    st.integers(1, 8),
    st.integers(0, 3),
    st.integers(0, 4),
    st.integers(0, 3),
)
READERS = st.builds(
    Reader,
    header_row=st.none() | st.integers(1, 4),
    header_rows=st.none() | st.integers(0, 3),
    last_row=st.none() | st.integers(1, 9),
    merged=st.sampled_from(["refuse", "fill"]),
    short_rows=st.sampled_from(["refuse", "fill"]),
    totals=st.sampled_from([[], ["Totale"]]),
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.lists(AREAS, max_size=2), READERS)
@settings(max_examples=200, deadline=None)
def test_every_row_is_heading_data_or_named(
    rows: list[list[str]], merged: list[Area], reader: Reader
) -> None:
    made = make_sheet("", rows, ragged=not merged)
    sheet = Sheet("", made.columns, made.rows_n, made.widths, merged=tuple(merged))
    likely_headings(sheet, reader, None)  # never refuses
    try:
        found = find_table(sheet, reader)
    except DeliveryRefused:
        return
    told = [*found.header_rows, *(each.row for each in found.skipped), *found.row_numbers.tolist()]
    assert sorted(told) == list(range(1, sheet.rows_n + 1))
    assert all(len(column) == len(found.row_numbers) for column in found.columns)
    if not found.filled_areas:
        for at, column in enumerate(found.columns):
            whole = sheet.columns[at].to_pylist()
            assert column.to_pylist() == [whole[row - 1] for row in found.row_numbers]


ROWS = st.lists(
    st.tuples(
        st.integers(1, 9999).map(lambda n: f"AAA-{n:04d}"),
        st.sampled_from(["Cucito", "Orto", "Cinema", "Cena, insieme"]),
        st.dates().map(lambda d: f"{d.day:02d}/{d.month:02d}/{d.year:04d}"),
        st.one_of(st.just(""), st.integers(1, 12).map(str)),
    ).map(list),
    min_size=2,
    max_size=20,
)
HEADING = ["Codice", "Laboratorio", "Data", "Ore"]
BLANK = [""] * 4
TITLES = st.lists(
    st.sampled_from(
        [
            ["Registro presenze", "", "", ""],
            ["Ente:", "Agape", "", ""],
            ["Periodo", "2022", "", ""],
            BLANK,
        ]
    ),
    max_size=4,
)
TOTALS = st.sampled_from(
    [
        [],
        [["Totale", "", "", "31"]],
        [["", "", "TOTALE", "31"]],
        [BLANK, ["Somma", "", "", "31"]],
        [["Subtotale", "", "", "12"], ["Totale generale", "", "", "31"]],
    ]
)
NOTES = st.sampled_from(
    [
        [],
        [["* esclusi i minori", "", "", ""]],
        [BLANK, ["Fonte: registri dell'ente", "", "", ""]],
        [BLANK, ["Dati provvisori", "", "", ""], ["N.B. prima versione", "", "", ""]],
    ]
)


@given(TITLES, ROWS, TOTALS, NOTES, st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_a_table_comes_back_equal_whatever_stands_around_it(
    titles: list[list[str]],
    rows: list[list[str]],
    totals: list[list[str]],
    notes: list[list[str]],
    left: int,
) -> None:
    around = [*titles, HEADING, *rows, *totals, *notes]
    sheet = make_sheet("Dati", [[""] * left + row for row in around])
    found = find_table(sheet, Reader())
    first = len(titles) + 1
    assert found.header_rows == [first]
    assert found.headings == [""] * left + HEADING
    assert found.row_numbers.tolist() == list(range(first + 1, first + 1 + len(rows)))
    read = [column.to_pylist() for column in found.columns[left:]]
    assert read == [[cell or None for cell in column] for column in zip(*rows, strict=True)]
    why = {each.row: each.why for each in found.skipped}
    for number, row in enumerate(titles, start=1):
        assert why[number] == ("blank" if row == BLANK else "title")
    below = first + len(rows)
    for number, row in enumerate([*totals, *notes], start=below + 1):
        kind = "blank" if row == BLANK else "total" if number <= below + len(totals) else "footnote"
        assert why[number] == kind
    assert np.all(np.diff(found.row_numbers) == 1)
