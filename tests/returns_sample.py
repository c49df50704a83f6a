"""A run of intake and sorting without Dagster, and a partner who fills in a return."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd

from assets.intake.room import read_programme
from assets.layout import Layout
from assets.opening import kept_open
from assets.outputs.return_checks import FIRST_LINE, KEEP, LINE_COLUMNS, NEW, REMOVE
from assets.sorting.sort import sort_programme
from assets.store import Warehouse

LINES = "Da correggere"


def process(layout: Layout) -> dict[str, pd.DataFrame]:
    """Read and sort a programme into its warehouse, reusing what did not change."""
    warehouse = Warehouse(layout.warehouse)
    with kept_open(layout.warehouse):
        known = [name for name in warehouse.tables() if name.startswith("intake_")]
        frames = read_programme(layout, {name: warehouse.read(name) for name in known})
        frames.update(sort_programme(layout, frames))
        warehouse.write_all(frames)
    return frames


def shown(path: Path) -> list[dict[str, object]]:
    """Return the lines of a return as a partner sees them, with the number of their row."""
    sheet = openpyxl.load_workbook(path)[LINES]
    return [
        {
            "at": row,
            **{name: sheet.cell(row, at).value for at, name in enumerate(LINE_COLUMNS, start=1)},
        }
        for row in range(FIRST_LINE, sheet.max_row + 1)
        if isinstance(sheet.cell(row, 1).value, int)
    ]


def fill(path: Path, answers: dict[int, tuple[str, object]], to: Path | None = None) -> Path:
    """Write answers into a return: row of the page -> ('new' | 'remove' | 'keep', value)."""
    columns = {"new": NEW, "remove": REMOVE, "keep": KEEP}
    book = openpyxl.load_workbook(path)
    for row, (what, value) in answers.items():
        cell = book[LINES].cell(row, columns[what])
        cell.value = value  # type: ignore[assignment]
    target = to or path.with_name(f"{path.stem}_corretto.xlsx")
    book.save(target)
    return target
