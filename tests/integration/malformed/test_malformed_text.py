"""The malformed text benchmark: right cells or a refusal that names its place, and no row lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from assets.errors import DeliveryRefused
from assets.intake.delimited import read_delimited
from assets.intake.grid import Sheet
from schemas.reader import Reader
from tests.integration.malformed.text_cases import CASES, FILES, REFUSED, Case

READER = Reader(format="csv")


def cells(sheet: Sheet) -> list[list[str]]:
    return [sheet.row(at + 1)[:width] for at, width in enumerate(sheet.widths.tolist())]


def test_cases_are_many_and_each_has_a_name_of_its_own() -> None:
    names = sorted(case.name for case in CASES)
    assert all(a != b for a, b in pairwise(names))
    assert len(names) >= 90


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.name)
def test_each_cell_is_read_as_it_was_written(case: Case) -> None:
    sheet, spelling = read_delimited(case.data, READER)
    assert cells(sheet) == case.rows
    assert sheet.rows_n == len(case.rows or [])
    assert (spelling.encoding, spelling.delimiter) == (case.encoding, case.delimiter)
    assert all(
        column[at].as_py() is None
        for position, column in enumerate(sheet.columns)
        for at in np.flatnonzero(sheet.widths <= position)
    )


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_cannot_be_read_is_refused_with_its_place(case: Case) -> None:
    with pytest.raises(DeliveryRefused) as caught:
        read_delimited(case.data, READER)
    assert caught.value.code == case.refused
    assert {key: caught.value.values.get(key) for key in case.place} == case.place
    assert caught.value.say("it") and caught.value.say("it") != caught.value.say("en")


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.name)
def test_no_row_vanishes_on_the_way_to_the_table(case: Case) -> None:
    from assets.intake.table import find_table

    sheet, _ = read_delimited(case.data, READER)

    try:
        table = find_table(sheet, READER)
    except DeliveryRefused as refusal:
        assert refusal.say("it")
        return
    assert len(table.header_rows) + len(table.skipped) + len(table.row_numbers) == sheet.rows_n
    assert case.rows is not None
    for at, number in enumerate(table.row_numbers.tolist()):
        kept = [column[at].as_py() or "" for column in table.columns]
        written = case.rows[number - 1]
        width = max(len(kept), len(written))
        assert kept + [""] * (width - len(kept)) == written + [""] * (width - len(written))
