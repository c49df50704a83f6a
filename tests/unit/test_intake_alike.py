"""Rows of one file that say the same twice, but for their own number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.intake.alike import rows_alike
from assets.intake.grid import make_sheet
from assets.intake.headings import Mapping
from assets.intake.named_headings import Place
from assets.intake.table import Table


def table(rows: list[list[str]], mapped: dict[str, int]) -> tuple[Table, Mapping]:
    sheet = make_sheet("", rows)
    made = Table(
        sheet="",
        header_rows=[],
        headings=[],
        columns=sheet.columns,
        row_numbers=np.arange(1, len(rows) + 1),
        skipped=[],
        filled=[True] * len(sheet.columns),
    )
    places = {name: Place(name, at, "") for name, at in mapped.items()}
    return made, Mapping(columns=places, questions=[], counts=[])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["1", "a", "x"], ["2", "a", "x"], ["3", "a", "y"]], 1),
        ([["1", "a", "x"], ["2", "a", "x"], ["3", "a", "x"]], 2),
        ([["1", "a", ""], ["2", "a", "x"]], 0),
        ([["1", "a", ""], ["2", "a", ""]], 1),
        ([["1", "a", "x"]], 0),
    ],
)
def test_only_the_number_may_differ(rows, expected):
    assert rows_alike(*table(rows, {"record_id": 0, "person_code": 1})) == expected


def test_a_column_that_nobody_reads_tells_rows_apart():
    rows = [["a", "morning"], ["a", "evening"]]
    assert rows_alike(*table(rows, {"person_code": 0})) == 0


@given(st.lists(st.lists(st.sampled_from(["", "a", "b"]), min_size=3, max_size=3), min_size=1))
def test_it_is_what_pandas_counts(rows):
    expected = int(pd.DataFrame(rows).iloc[:, 1:].duplicated().sum())
    assert rows_alike(*table(rows, {"record_id": 0})) == expected
