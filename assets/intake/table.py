"""From a sheet to its data rows: title rows above, blank rows and totals left out, and counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.errors import DeliveryRefused
from assets.intake.grid import Sheet
from schemas.reader import Reader

_MOST_ROWS_NAMED = 5


@dataclass(frozen=True)
class Table:
    """The data rows of one file, still text.

    Attributes
    ----------
    columns
        One array per position, data rows only.
    row_numbers
        Excel's number of each data row.
    skipped_n
        Rows that are no data: titles above the heading, blank ones, totals.
    """

    sheet: str
    headings: list[str]
    columns: list[pa.Array]
    row_numbers: np.ndarray
    skipped_n: int

    @property
    def filled(self) -> list[bool]:
        """Whether each column holds anything."""
        return [len(column) > column.null_count for column in self.columns]


def cut(sheet: Sheet, reader: Reader) -> Table:
    """Take the data rows out of a sheet.

    Raises
    ------
    DeliveryRefused
        No heading row, no data row, or rows with more or fewer cells than the heading.
    """
    headings = sheet.row(reader.header_row)
    if not any(headings):
        raise DeliveryRefused("file.no_heading", row=reader.header_row)
    numbers = np.arange(1, sheet.rows_n + 1)
    first = pc.coalesce(*sheet.columns)
    below = numbers > reader.header_row
    is_data = below & ~np.asarray(pc.is_null(first)) & ~_is_total(first, reader)
    _refuse_ragged(sheet, headings, reader, is_data, numbers)
    if not is_data.any():
        raise DeliveryRefused("file.no_rows", row=reader.header_row)
    mask = pa.array(is_data)
    return Table(
        sheet=sheet.name,
        headings=headings,
        columns=[column.filter(mask) for column in sheet.columns],
        row_numbers=numbers[is_data],
        skipped_n=sheet.rows_n - 1 - int(is_data.sum()),
    )


def _is_total(first: pa.Array, reader: Reader) -> np.ndarray:
    """Say for each row whether its first cell is, or begins with, one of the declared totals."""
    found = np.zeros(len(first), dtype=bool)
    lowered = pc.utf8_lower(first)
    for text in reader.totals:
        begins = pc.starts_with(lowered, " ".join(text.split()).lower())
        found |= np.asarray(pc.fill_null(begins, False))
    return found


def _refuse_ragged(
    sheet: Sheet, headings: list[str], reader: Reader, is_data: np.ndarray, numbers: np.ndarray
) -> None:
    """Rows must be as wide as the heading; empty cells hanging over at the end are harmless."""
    if not len(sheet.widths):
        return
    width = int(sheet.widths[reader.header_row - 1])
    short = sheet.widths < width
    over = np.zeros(sheet.rows_n, dtype=bool)
    for column in sheet.columns[width:]:
        over |= ~np.asarray(pc.is_null(column))
    ragged = numbers[is_data & (short | over)]
    if len(ragged):
        named = ", ".join(map(str, ragged[:_MOST_ROWS_NAMED]))
        more = len(ragged) - _MOST_ROWS_NAMED
        raise DeliveryRefused(
            "file.ragged", rows=f"{named} (+{more})" if more > 0 else named, count=len(ragged)
        )
