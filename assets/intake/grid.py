"""A sheet as it stands in a file: exact text, rows numbered and columns lettered as Excel shows them.

A column is an Arrow array of text, plain or dictionary-coded: a million cells have few distinct
ones, and whatever looks at text looks at each distinct cell once (``distinct``, ``coded``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from schemas.words import Words

TEXT = pd.StringDtype(na_value=pd.NA)

#: One column of a sheet: ``string`` or ``dictionary<int8|int16|int32, string>``, null where there is
#: no text.
Cells: TypeAlias = pa.Array | pa.ChunkedArray

State = Literal["visible", "hidden", "very_hidden"]


class Area(NamedTuple):
    """A rectangle of merged cells: rows as Excel counts them (from 1), columns from 0, ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


class Skipped(NamedTuple):
    """A row of the file that is no data, and why: title, blank, units, total, footnote, ..."""

    row: int
    why: str


@dataclass(frozen=True)
class Spelling:
    """How a delimited text is written, and what of that was decided from its bytes.

    Attributes
    ----------
    quotechar, escapechar
        '' where there is none.
    decided
        Names of the attributes that were found in the file rather than declared.
    """

    encoding: str
    delimiter: str
    quotechar: str = '"'
    escapechar: str = ""
    newline: str = "\n"
    decided: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """One sheet, nothing left out and nothing trimmed.

    Attributes
    ----------
    name
        Name of the sheet; '' for delimited text.
    columns
        One column of exact text per position; element 0 is row 1 of the file, as Excel shows it
        (in delimited text the first record, blank lines counted).
    widths
        How many cells each row really has (delimited text); empty where rows cannot differ.
    merged
        Areas of merged cells.
    labels
        Position -> code -> label, where the file itself explains its codes (sav).
    typed
        Marks that a reader leaves for later steps: name -> whatever they agreed on.
    """

    name: str
    columns: list[Cells]
    rows_n: int
    widths: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    state: State = "visible"
    merged: tuple[Area, ...] = ()
    labels: dict[int, dict[str, str]] = field(default_factory=dict)
    typed: dict[str, object] = field(default_factory=dict)

    def row(self, number: int) -> list[str]:
        """Return the cells of one row by its number, exactly as written, '' where nothing is."""
        if not 1 <= number <= self.rows_n:
            return []
        return [column[number - 1].as_py() or "" for column in self.columns]


@dataclass(frozen=True)
class Export:
    """What a survey tool's own marks say about the sheet that is read (``assets.intake.exports``).

    Attributes
    ----------
    tool
        kobo, odk, limesurvey, google_forms, microsoft_forms, surveymonkey or qualtrics; '' where
        marks of several tools were found, which settles nothing.
    marks
        The marks found, as they are named in our code: no text of the file.
    header_rows, headings
        Rows that are headings, and the one heading of each position made from them; both empty
        where nothing is settled.
    texts
        Position -> the question as it was asked, where the heading is more than that or a code.
    own
        Position -> id, time, version, state, score or structure: columns the tool itself adds.
    identifying
        Position -> kind of identifier a tool's column holds by its nature.
    nobody
        Positions of columns for names or addresses in which the tool only wrote "anonymous".
    partial
        Rows of responses that were begun and not sent off.
    joined
        Position of a column taken over from a parent's sheet -> that sheet and the position there.
    """

    tool: str
    marks: tuple[str, ...]
    header_rows: tuple[int, ...] = ()
    headings: tuple[str, ...] = ()
    texts: dict[int, str] = field(default_factory=dict)
    own: dict[int, str] = field(default_factory=dict)
    identifying: dict[int, str] = field(default_factory=dict)
    nobody: frozenset[int] = frozenset()
    partial: tuple[int, ...] = ()
    joined: dict[int, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """All that a file holds: the sheet to be read and the others, which the gate looks at too.

    Attributes
    ----------
    format
        csv, xlsx, xlsm, xlsb, xls, ods or sav.
    member
        Name of the file inside an archive.
    texts, properties
        What stands outside cells (comments, text boxes, footers); who made the document.
    export
        The survey tool whose export it is (kobo, limesurvey, ...), '' where it is none.
    survey
        What that tool's marks say about the sheet; also there where marks of two tools conflict.
    notes
        What a person should know of how the file was read; nothing that stops it.
    """

    sheet: Sheet
    others: tuple[Sheet, ...] = ()
    format: str = ""
    encoding: str = ""
    spelling: Spelling | None = None
    member: str = ""
    texts: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    export: str = ""
    survey: Export | None = None
    notes: tuple[Words, ...] = ()


def make_sheet(name: str, rows: Sequence[Sequence[str]], *, ragged: bool = False) -> Sheet:
    """Turn rows of text into a sheet; short rows are filled up, their true width is kept."""
    widths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    width = int(widths.max()) if len(rows) else 0
    if len(rows) and widths.min() != width:
        rows = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
    columns = [text_column(column) for column in zip(*rows, strict=True)] if width else []
    return Sheet(name, columns, len(rows), widths if ragged else widths[:0])


def text_column(cells: Sequence[str | None]) -> pa.Array:
    """Return a column of exact text; '' is no text."""
    made = pa.array(cells, pa.string())
    return pc.if_else(pc.equal(made, ""), pa.scalar(None, pa.string()), made)


class Coded(NamedTuple):
    """A column as numbers: ``words[codes[i]]`` is the text of row i, -1 where there is none."""

    codes: np.ndarray
    words: pa.Array


def coded(column: Cells) -> Coded:
    """Return a column as codes (int32) and its distinct words.

    Words of a dictionary that no row of this column uses may be among them.
    """
    array = _one_array(column)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    indices = array.indices.cast(pa.int32())
    codes = np.asarray(indices.fill_null(-1) if indices.null_count else indices)
    return Coded(codes, array.dictionary)


def _one_array(column: Cells) -> pa.Array:
    if not isinstance(column, pa.ChunkedArray):
        return column
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.combine_chunks() if column.num_chunks else pa.array([], column.type)


def distinct(column: Cells) -> pa.Array:
    """Return the distinct texts that stand in a column, in the order of their first row."""
    found = pc.drop_null(pc.unique(column))
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def plain(column: Cells) -> pa.Array:
    """Return a column as one array of plain text."""
    array = _one_array(column)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def is_blank(column: Cells) -> np.ndarray:
    """Say for each row whether its cell holds nothing but white space."""
    codes, words = coded(column) if pa.types.is_dictionary(column.type) else (None, column)
    white = pc.or_(pc.utf8_is_space(words), pc.equal(pc.binary_length(words), 0))
    blank = np.asarray(pc.fill_null(white, True), dtype=bool)
    if codes is not None:
        blank = np.append(blank, True)[codes]
    # One value, seen as often as there are rows: of a big file most columns are full.
    return blank if blank.any() else np.broadcast_to(np.False_, len(column))


def only(column: Cells, mask: np.ndarray) -> Cells:
    """Return the cells of the rows for which ``mask`` is True; rows in one piece are not copied."""
    marked_n = int(np.count_nonzero(mask))
    first = int(mask.argmax()) if marked_n else 0
    if mask[first : first + marked_n].all():
        return column.slice(first, marked_n)
    return column.filter(pa.array(mask))


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
    places, words = pd.factorize(cells)
    made = pd.array([function(str(each)) for each in words], dtype=TEXT)
    return pd.Series(made.take(places, allow_fill=True), index=cells.index, name=cells.name)
