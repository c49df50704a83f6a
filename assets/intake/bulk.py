"""The quick way through a big, regular delimited text: Arrow's reader block by block, the same sheet.

Only text that Arrow and the exact reader must read alike comes this way: UTF-8, one-character
separator, doubled quotation marks that are all in their place, no lone carriage return. That is
looked at first (``shape``); anything else is left to ``records.read_exactly``.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from assets.ahead import ahead
from assets.errors import DeliveryRefused
from assets.intake.grid import Cells, Sheet, Spelling
from assets.intake.records import records, refuse_swallowed, text_stream
from assets.intake.shape import Block, Shape, shape_of

_BLOCK = 1 << 22
#: Rows looked at to see how wide the table is.
_LOOKED_AT = 2_000
#: A column with fewer distinct cells than this share of its rows is dictionary-coded.
_REPEATS = 0.5
#: More odd rows than these and the exact way is no slower.
_MOST_ODD = 50_000


class _Piece(NamedTuple):
    """One block: the regular rows as columns, the others as number (from 1) and text."""

    columns: list[pa.ChunkedArray]
    odd: list[tuple[int, str]]


def read_quickly(data: pa.Buffer, spelling: Spelling) -> Sheet | None:
    """Read a sheet with dictionary-coded columns where they pay, or None where this way is unsafe.

    Parameters
    ----------
    data
        UTF-8 without byte order mark.

    Returns
    -------
    Sheet
        Equal to that of ``records.read_exactly``, cell for cell and width for width.
    """
    if not data.size or len(spelling.delimiter) != 1 or spelling.escapechar:
        return None
    if not (spelling.delimiter + spelling.quotechar).isascii():
        return None
    shape = shape_of(data, spelling)
    if shape is None:
        return None
    width = _commonest_width(_sample(data, spelling))
    if width < 2:
        return None
    try:
        found = _read(data, spelling, shape, width)
    except pa.ArrowInvalid:  # its message quotes the row: it goes no further
        return None
    if found is None:
        return None
    sheet = _sheet(*found, shape, spelling, width)
    try:
        refuse_swallowed(shape.long_cells, sheet.widths, spelling)
    except DeliveryRefused:
        return None  # the exact reader names the place
    return sheet


def _sample(data: pa.Buffer, spelling: Spelling) -> list[list[str]]:
    rows = []
    for row in records(text_stream(data), spelling):
        rows.append(row)
        if len(rows) >= _LOOKED_AT:
            break
    return rows


def _commonest_width(rows: list[list[str]]) -> int:
    counts = np.bincount([len(row) for row in rows if row] or [0])
    return int(counts.argmax())


def _read(
    data: pa.Buffer, spelling: Spelling, shape: Shape, width: int
) -> tuple[list[_Column], list[tuple[int, str]]] | None:
    """Return the regular rows by column, and the odd ones."""
    view = memoryview(data)
    if any(view[at : at + 3] == codecs.BOM_UTF8 for at, _, _ in shape.blocks):
        return None  # at the start of a block Arrow would leave the mark out
    read_block = partial(_read_block, data, spelling, shape.breaks_in_cells)
    first = read_block([pa.string()] * width, Block(0, shape.first_part, 0))
    types = [pa.dictionary(pa.int32(), pa.string()) if _repeats(each) else pa.string()
             for each in first.columns]  # fmt: skip
    columns = [_Coded() if pa.types.is_dictionary(each) else _Plain() for each in types]
    odd: list[tuple[int, str]] = []
    rows_n = 0
    for piece in ahead(partial(read_block, types), shape.blocks):
        for column, cells in zip(columns, piece.columns, strict=True):
            column.add(cells)
        odd.extend(piece.odd)
        rows_n += len(piece.columns[0])
        if len(odd) > _MOST_ODD:
            return None
    return (columns, odd) if rows_n + len(odd) == shape.rows_n else None


def _repeats(cells: pa.ChunkedArray) -> bool:
    return bool(pc.count_distinct(cells).as_py() < max(_REPEATS * len(cells), 2))


def _read_block(
    data: pa.Buffer, spelling: Spelling, breaks: bool, types: list[pa.DataType], block: Block
) -> _Piece:
    odd: list[tuple[int, str]] = []

    def keep(row: csv.InvalidRow) -> str:
        if row.number is None or len(odd) > _MOST_ODD:
            return "error"
        odd.append((block.above + row.number, row.text))
        return "skip"

    names = [str(at) for at in range(len(types))]
    table = csv.read_csv(
        pa.BufferReader(data.slice(block.start, block.end - block.start)),
        # With threads of its own Arrow would not know the number of an odd row.
        csv.ReadOptions(column_names=names, use_threads=False, block_size=_BLOCK),
        csv.ParseOptions(
            delimiter=spelling.delimiter,
            quote_char=spelling.quotechar or False,
            double_quote=bool(spelling.quotechar),
            newlines_in_values=breaks,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        csv.ConvertOptions(
            column_types=dict(zip(names, types, strict=True)),
            null_values=[""],
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )
    return _Piece(table.columns, odd)


class _Plain:
    """A column whose cells do not repeat themselves, block by block."""

    def __init__(self) -> None:
        self._chunks: list[pa.Array] = []

    def add(self, cells: pa.ChunkedArray) -> None:
        self._chunks.extend(cells.chunks)

    def cells(self, extra: pa.Array, order: np.ndarray | None) -> Cells:
        """Return the column with the cells of odd rows put in their places."""
        made = pa.chunked_array([*self._chunks, extra], type=pa.string())
        self._chunks = []
        return made if order is None else made.take(pa.array(order))


class _Coded:
    """A column of words that repeat themselves: every word once, in the order of its first row."""

    def __init__(self) -> None:
        self._words = pa.array([], pa.string())
        self._codes: list[np.ndarray] = []

    def add(self, cells: Any) -> None:
        for chunk in cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]:
            at = pc.index_in(chunk.dictionary, self._words)
            if at.null_count:
                fresh = chunk.dictionary.filter(pc.is_null(at))
                self._words = pa.concat_arrays([self._words, fresh])
                at = pc.index_in(chunk.dictionary, self._words)
            places = np.append(np.asarray(at), -1).astype(self._narrow())
            self._codes.append(places[np.asarray(chunk.indices.fill_null(-1))])

    def _narrow(self) -> type[np.signedinteger[Any]]:
        """Return the least type that holds every code so far."""
        count = len(self._words)
        return np.int8 if count < 1 << 7 else np.int16 if count < 1 << 15 else np.int32

    def cells(self, extra: pa.Array, order: np.ndarray | None) -> Cells:
        """Return the column with the cells of odd rows put in their places."""
        if len(extra):
            self.add(extra.dictionary_encode())
        codes = np.concatenate(self._codes).astype(self._narrow(), copy=False)
        self._codes = []
        if order is not None:
            codes = codes[order]
        missing = codes < 0
        indices = pa.array(codes, mask=missing if missing.any() else None)
        return pa.DictionaryArray.from_arrays(indices, self._words)


_Column = _Plain | _Coded


def _sheet(
    columns: list[_Column],
    odd: list[tuple[int, str]],
    shape: Shape,
    spelling: Spelling,
    width: int,
) -> Sheet:
    """Put the columns together, odd rows back in their places."""
    regular_n = shape.rows_n - len(odd)
    # One number, seen as often as there are rows.
    widths = np.broadcast_to(np.int64(width), shape.rows_n)
    rows: list[list[str]] = []
    order = None
    if odd or len(shape.blank_rows):
        widths = widths.copy()
    if odd:
        numbers = np.array([number for number, _ in odd]) - 1
        rows = [next(records([text], spelling), []) for _, text in odd]
        widths[numbers] = [len(row) for row in rows]
        order = np.empty(shape.rows_n, dtype=np.int64)
        regular = np.ones(shape.rows_n, dtype=bool)
        regular[numbers] = False
        order[regular] = np.arange(regular_n)
        order[numbers] = regular_n + np.arange(len(odd))
    if len(shape.blank_rows):
        widths[shape.blank_rows] = 0
    made = []
    for at in range(max([width, *map(len, rows)])):
        extra = pa.array([row[at] or None if at < len(row) else None for row in rows], pa.string())
        column = columns[at] if at < len(columns) else _nothing(regular_n)
        made.append(column.cells(extra, order))
    return Sheet("", made, shape.rows_n, widths)


def _nothing(count: int) -> _Column:
    made = _Plain()
    made.add(pa.chunked_array([pa.nulls(count, pa.string())]))
    return made


def equal(left: Sheet, right: Sheet) -> bool:
    """Say whether two sheets hold the same cells, whatever their columns' coding."""
    return (
        left.rows_n == right.rows_n
        and np.array_equal(left.widths, right.widths)
        and len(left.columns) == len(right.columns)
        and all(pc.all(_same(a, b)).as_py() for a, b in _pairs(left, right))
    )


def _pairs(left: Sheet, right: Sheet) -> Iterator[tuple[Cells, Cells]]:
    return zip(left.columns, right.columns, strict=True)


def _same(a: Cells, b: Cells) -> Cells:
    return pc.equal(a.cast(pa.string()).fill_null(""), b.cast(pa.string()).fill_null(""))
