"""A sheet as it stands in a file: text cells, rows numbered and columns lettered as Excel shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TEXT = pd.StringDtype(na_value=pd.NA)


@dataclass(frozen=True)
class Sheet:
    """One sheet, nothing left out.

    Attributes
    ----------
    name
        Name of the sheet; '' for a csv.
    columns
        One array of trimmed text per column, null where blank; element 0 is Excel's row 1.
    widths
        How many cells each row really has (csv); empty where rows cannot differ.
    """

    name: str
    columns: list[pa.Array]
    rows_n: int
    widths: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def row(self, number: int) -> list[str]:
        """Return the cells of one row by Excel's number, blanks as ''."""
        if not 1 <= number <= self.rows_n:
            return []
        return [column[number - 1].as_py() or "" for column in self.columns]


@dataclass(frozen=True)
class Contents:
    """All that a file holds: the sheet to be read and the others, which the gate looks at too.

    ``member`` is the name of the file inside an archive; ``texts`` stand outside cells (comments,
    text boxes, footers), ``properties`` say who made the document.
    """

    sheet: Sheet
    others: tuple[Sheet, ...] = ()
    encoding: str = ""
    member: str = ""
    texts: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


def make_sheet(name: str, rows: Sequence[Sequence[str]], *, ragged: bool = False) -> Sheet:
    """Turn rows of text into a sheet; short rows are filled up, their true width is kept."""
    widths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    width = int(widths.max()) if len(rows) else 0
    if len(rows) and widths.min() != width:
        rows = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
    columns = [_trimmed(column) for column in zip(*rows, strict=True)] if width else []
    return Sheet(name, columns, len(rows), widths if ragged else widths[:0])


def _trimmed(cells: Sequence[str]) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(pa.array(cells, pa.string()))
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def letter(position: int) -> str:
    """Return the column letter of a position counted from 0: 0 -> 'A', 26 -> 'AA'."""
    text, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        text = chr(65 + digit) + text
    return text


def position_of(letters: str) -> int:
    """Return the position, from 0, of a column letter: 'A' -> 0, 'AA' -> 26."""
    number = 0
    for each in letters:
        number = number * 26 + ord(each) - 64
    return number - 1


def tidy(text: str) -> str:
    """Return a heading as it is compared: spaces collapsed, case folded."""
    return " ".join(text.split()).casefold()


def translate(cells: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """Apply a function to each distinct cell once; nulls stay null.

    A column of a hundred thousand cells has few distinct ones, so plain Python is quick here.
    """
    places, distinct = pd.factorize(cells)
    made = pd.array([function(str(each)) for each in distinct], dtype=TEXT)
    return pd.Series(made.take(places, allow_fill=True), index=cells.index, name=cells.name)
