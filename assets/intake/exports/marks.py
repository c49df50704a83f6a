"""What every tool's module works with: the first rows of a sheet, and what it found in them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.intake.grid import Sheet, distinct, is_blank, plain

#: In how many rows from the top headings are looked for: partners put a title above an export.
TOP_ROWS = 10
_SAMPLE = 50


@dataclass(frozen=True)
class Look:
    """One tool's finding; the attributes are those of ``assets.intake.grid.Export``."""

    tool: str
    marks: tuple[str, ...]
    header_rows: tuple[int, ...]
    headings: tuple[str, ...]
    texts: dict[int, str] = field(default_factory=dict)
    own: dict[int, str] = field(default_factory=dict)
    partial: tuple[int, ...] = ()


class Top:
    """The first rows of a sheet, white space collapsed, as marks are looked for."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.exact = [sheet.row(n) for n in range(1, min(sheet.rows_n, TOP_ROWS + 3) + 1)]
        self.rows = [[" ".join(cell.split()) for cell in row] for row in self.exact]

    def row(self, number: int) -> list[str]:
        """Return a row by its number in the file, collapsed; empty where there is none."""
        return self.rows[number - 1] if 1 <= number <= len(self.rows) else []

    def headings(self, number: int) -> tuple[str, ...]:
        """Return the exact text of a row."""
        return tuple(self.exact[number - 1])

    def numbers(self) -> range:
        """Return the numbers of the rows that may hold headings."""
        return range(1, min(len(self.rows), TOP_ROWS) + 1)

    def below(self, position: int, header_row: int) -> list[str]:
        """Return up to fifty distinct cells below a heading."""
        cells = distinct(plain(self.sheet.columns[position]).slice(header_row))
        return [str(cell).strip() for cell in cells.slice(0, _SAMPLE).to_pylist()]


def rows_where_blank(sheet: Sheet, position: int, header_row: int) -> tuple[int, ...]:
    """Return the numbers of the rows that hold something, but nothing in one column."""
    filled = np.zeros(sheet.rows_n, dtype=bool)
    for column in sheet.columns:
        filled |= ~is_blank(column)
    wanted = filled & is_blank(sheet.columns[position])
    return tuple(int(each) + 1 for each in np.flatnonzero(wanted) if each >= header_row)


def rows_where(
    sheet: Sheet, position: int, header_row: int, words: frozenset[str]
) -> tuple[int, ...]:
    """Return the numbers of the rows whose cell in one column is one of some words."""
    lowered = pc.utf8_lower(pc.utf8_trim_whitespace(plain(sheet.columns[position])))
    found = np.asarray(pc.is_in(lowered, pa.array(sorted(words), pa.string())))
    return tuple(int(each) + 1 for each in np.flatnonzero(found) if each >= header_row)
