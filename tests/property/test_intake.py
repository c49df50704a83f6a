"""Whatever a partner writes, nothing is lost, invented or leaked on the way in."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.intake.grid import letter, position_of
from assets.intake.readers import read_contents
from assets.intake.room import read_programme
from assets.intake.table import find_table
from assets.layout import Layout
from assets.sorting.parse import TEXT, parse
from assets.sorting.sort import sort_programme
from schemas.fields import FIELDS
from schemas.reader import Reader
from tests.intake_sample import HEADING, deliver, programme

#: Any text but the characters no sheet can hold.
cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_csv_comes_back_cell_by_cell_at_its_row(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL).writerows([["A", "B", "C"], *rows])
    reader = Reader(format="csv", encoding="utf-8", delimiter=";", header_row=1)
    sheet = read_contents(stream.getvalue().encode(), "a.csv", reader).sheet
    for number, row in enumerate(rows, start=2):
        assert sheet.row(number) == row
    filled = [n for n, row in enumerate(rows, start=2) if any(each.strip() for each in row)]
    if filled:
        table = find_table(sheet, reader)
        named = [each.row for each in table.skipped if each.why != "blank"]
        assert sorted([*table.row_numbers.tolist(), *named]) == filled
        assert len(table.skipped) - len(named) == len(rows) - len(filled)


@given(st.integers(0, 20_000))
def test_letters_and_positions_are_inverse(position: int) -> None:
    assert position_of(letter(position)) == position


@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 12, 31)), min_size=1, max_size=20))
@settings(deadline=None)
def test_a_date_is_read_as_it_was_written(days: list[date]) -> None:
    written = pd.Series([f"{d.day:02d}/{d.month:02d}/{d.year:04d}" for d in days], dtype=TEXT)
    values, failed = parse(written, FIELDS["session_date"], Reader())
    assert [each.date() for each in values] == days
    assert not failed.any()


@given(st.lists(st.one_of(st.none(), cells), max_size=20), st.sampled_from(sorted(FIELDS)))
@settings(deadline=None)
def test_a_cell_is_read_or_marked_and_a_missing_one_stays_missing(
    written: list[str | None], name: str
) -> None:
    text = pd.Series(written, dtype=TEXT)
    values, failed = parse(text, FIELDS[name], Reader())
    assert np.array_equal(values.isna().to_numpy(), text.isna().to_numpy() | failed)


def word(*good: str) -> st.SearchStrategy[str]:
    """Mostly a right cell, sometimes none, sometimes any printable text."""
    plain = st.text(
        st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='";'), max_size=6
    )
    return st.one_of(st.sampled_from(good), st.sampled_from(good), st.just(""), plain)


lines = st.tuples(
    word("AAA-0001", "AAA-0002", "BBB-0003"),
    word("Cucito"),
    word("01/07/2021", "02/07/2021", "1/7/2021", "03/10/2021"),
    word("sì", "no", "X"),
    word("1,5", "2", "14"),
    word("30", "131"),
    word("-"),
)


@cache
def one_layout() -> Layout:
    """Lay the programme out once: its configuration is the same for every example."""
    return programme(Path(tempfile.mkdtemp(prefix="intake-")))


@given(st.lists(lines, min_size=1, max_size=12))
@settings(max_examples=10, deadline=None)
def test_every_row_is_accepted_or_quarantined_with_reasons(rows: list[tuple[str, ...]]) -> None:
    layout = one_layout()
    deliver(layout, "alfa/2021Q3/registro.csv", HEADING + "".join(";".join(r) + "\n" for r in rows))
    intake = read_programme(layout)
    made = intake["intake_deliveries"].iloc[0]
    if made["state"] == "refused":  # random text may look like a telephone, or be all blank
        assert made["refusal_code"] in ("identifiers", "file.no_rows")
        return
    sorted_ = sort_programme(layout, intake)
    filled = [n for n, r in enumerate(rows, start=2) if any(each.strip() for each in r)]
    accepted = sorted_["sorting_attendance__accepted"]
    quarantined = sorted_["sorting_attendance__quarantined"]
    places = sorted([*accepted["row_number"], *quarantined["row_number"]])
    assert places == filled
    assert quarantined["rules"].str.len().gt(0).all()
    required = ["person_code", "activity_code", "session_date", "is_present"]
    assert accepted[required].notna().all(axis=None)
    assert not accepted.duplicated(required[:3]).any()
    assert accepted["hours"].dropna().between(0, 12, inclusive="right").all()
