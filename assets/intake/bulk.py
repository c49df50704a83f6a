"""The quick way through a big, regular delimited text: Arrow's parallel reader, the same sheet.

Only text that Arrow and the exact reader must read alike comes this way: UTF-8, one-character
separator, doubled quotation marks that are all in their place, no lone carriage return. That is
looked at first, byte by byte but in bulk; anything else is left to ``records.read_exactly``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from assets.errors import DeliveryRefused
from assets.intake.grid import Cells, Sheet, Spelling
from assets.intake.records import records, refuse_swallowed, text_stream

_STEP = 1 << 24
_BLOCK = 1 << 22
#: Rows looked at to see how wide the table is, and bytes to see which columns repeat themselves.
_LOOKED_AT = 2_000
_FIRST_PART = 1 << 22
#: A column with fewer distinct cells than this share of its rows is dictionary-coded.
_REPEATS = 0.5
#: More odd rows than these and the exact way is no slower.
_MOST_ODD = 50_000
_LF, _CR = 10, 13


class Shape(NamedTuple):
    """Where a regular text is out of the ordinary."""

    rows_n: int
    first_part: int
    blank_rows: np.ndarray
    breaks_in_cells: bool
    long_cells: list[tuple[int, int, str]]


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
    shape = _shape(data, spelling)
    if shape is None:
        return None
    sample = _sample(data, spelling)
    width = _commonest_width(sample)
    if width < 2:
        return None
    types = _types(data.slice(0, shape.first_part), spelling, width, breaks=shape.breaks_in_cells)
    read = _read(data, spelling, types, breaks=shape.breaks_in_cells)
    if read is None:
        return None
    columns, odd = read
    if len(columns[0]) + len(odd) != shape.rows_n or len(odd) > _MOST_ODD:
        return None
    sheet = _sheet(columns, odd, shape, spelling, width)
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


def _types(first: pa.Buffer, spelling: Spelling, width: int, *, breaks: bool) -> list[pa.DataType]:
    """Return the type of each column: coded where the first cells repeat themselves."""
    read = _read(first, spelling, [pa.string()] * width, breaks=breaks)
    columns = read[0] if read else []
    distinct = [pc.count_distinct(column).as_py() for column in columns]
    return [
        pa.dictionary(pa.int32(), pa.string())
        if each < max(_REPEATS * len(column), 2)
        else pa.string()
        for each, column in zip(distinct, columns, strict=True)
    ] or [pa.string()] * width


def _read(
    data: pa.Buffer, spelling: Spelling, types: list[pa.DataType], *, breaks: bool
) -> tuple[list[Cells], list[tuple[int, str]]] | None:
    """Return the regular rows as columns and the others as number and text."""
    for threads in (True, False):  # only one thread knows the number of an odd row
        odd: list[tuple[int, str]] = []

        def keep(row: csv.InvalidRow, odd: list[tuple[int, str]] = odd) -> str:
            if row.number is None or len(odd) > _MOST_ODD:
                return "error"
            odd.append((row.number, row.text))
            return "skip"

        names = [str(at) for at in range(len(types))]
        try:
            table = csv.read_csv(
                pa.BufferReader(data),
                csv.ReadOptions(column_names=names, use_threads=threads, block_size=_BLOCK),
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
        except pa.ArrowInvalid:  # its message quotes the row: it goes no further
            continue
        return table.unify_dictionaries().columns, odd
    return None


def _sheet(
    columns: list[Cells],
    odd: list[tuple[int, str]],
    shape: Shape,
    spelling: Spelling,
    width: int,
) -> Sheet:
    """Put the odd rows back in their places."""
    widths = np.full(shape.rows_n, width, dtype=np.int64)
    if odd:
        numbers = np.array([number for number, _ in odd]) - 1
        cells = [next(records([text], spelling), []) for _, text in odd]
        widths[numbers] = [len(row) for row in cells]
        order = np.empty(shape.rows_n, dtype=np.int64)
        regular = np.ones(shape.rows_n, dtype=bool)
        regular[numbers] = False
        order[regular] = np.arange(len(columns[0]))
        order[numbers] = len(columns[0]) + np.arange(len(odd))
        columns = _with(columns, cells, pa.array(order))
    widths[shape.blank_rows] = 0
    return Sheet("", columns, shape.rows_n, widths)


def _with(columns: list[Cells], rows: list[list[str]], order: pa.Array) -> list[Cells]:
    made = []
    regular_n = len(columns[0])
    for at in range(max(len(columns), *map(len, rows))):
        extra = pa.array([row[at] or None if at < len(row) else None for row in rows], pa.string())
        column = columns[at] if at < len(columns) else pa.nulls(regular_n, pa.string())
        kind = column.type
        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        last = extra.dictionary_encode() if pa.types.is_dictionary(kind) else extra
        joined = pa.chunked_array([*chunks, last.cast(kind)], type=kind)
        if pa.types.is_dictionary(kind):
            joined = joined.unify_dictionaries()
        made.append(joined.combine_chunks().take(order))
    return made


def _shape(data: pa.Buffer, spelling: Spelling) -> Shape | None:
    """Look at line ends and quotation marks, or return None where something is out of place."""
    every = np.frombuffer(data, dtype=np.uint8)
    mark = ord(spelling.delimiter)
    quote = ord(spelling.quotechar) if spelling.quotechar else -1
    rows, last_end, open_ = 0, -1, 0
    blank: list[np.ndarray] = []
    breaks = False
    spans: list[tuple[int, int, int]] = []
    begun: int | None = None
    first_part = len(every)
    for start in range(0, len(every), _STEP):
        part = every[start : start + _STEP]
        if _lone_return(every, part, start):
            return None
        ends = np.flatnonzero(part == _LF) + start
        quotes = np.flatnonzero(part == quote) + start if quote >= 0 else ends[:0]
        if len(quotes) or open_:
            if not _in_place(every, quotes, open_, mark, quote):
                return None
            inside = (np.searchsorted(quotes, ends) + open_) % 2 == 1
            breaks = breaks or bool(inside.any())
            found, begun = _spans(every, quotes, ends[inside], open_, quote, begun)
            outside = ends[~inside]
            spans.extend((int(np.searchsorted(outside, a)) + rows, a, b) for a, b in found)
            open_ = (open_ + len(quotes)) % 2
            ends = outside
        if not start and len(every) > _FIRST_PART and len(ends) and ends[0] < _FIRST_PART:
            first_part = int(ends[np.searchsorted(ends, _FIRST_PART) - 1]) + 1
        before = np.concatenate(([last_end], ends[:-1])) if len(ends) else ends
        empty = ends - before == 1
        empty |= (ends - before == 2) & (every[ends - 1] == _CR) if len(ends) else empty
        blank.append(np.flatnonzero(empty) + rows)
        rows += len(ends)
        last_end = int(ends[-1]) if len(ends) else last_end
    if open_:
        return None
    rows += last_end < len(every) - 1
    return Shape(rows, first_part, np.concatenate(blank), breaks, _long_cells(data, spans))


def _lone_return(every: np.ndarray, part: np.ndarray, start: int) -> bool:
    returns = np.flatnonzero(part == _CR) + start
    if not len(returns):
        return False
    return bool(returns[-1] == len(every) - 1 or (every[returns + 1] != _LF).any())


def _in_place(every: np.ndarray, quotes: np.ndarray, open_: int, mark: int, quote: int) -> bool:
    """Say whether each quotation mark opens at a cell's start, closes at its end, or is doubled."""
    odd = (np.arange(len(quotes)) + open_) % 2 == 1
    opening, closing = quotes[~odd], quotes[odd]
    before = every[opening[opening > 0] - 1]
    after = every[closing[closing < len(every) - 1] + 1]
    good_before = (before == mark) | (before == _LF) | (before == quote)
    good_after = (after == mark) | (after == _LF) | (after == _CR) | (after == quote)
    return bool(good_before.all() and good_after.all())


def _spans(
    every: np.ndarray,
    quotes: np.ndarray,
    breaks: np.ndarray,
    open_: int,
    quote: int,
    begun: int | None,
) -> tuple[list[tuple[int, int]], int | None]:
    """Return begin and end of the quoted cells with more than three line breaks."""
    odd = (np.arange(len(quotes)) + open_) % 2 == 1
    before = np.where(quotes > 0, every[quotes - 1], 0)
    after = np.where(quotes < len(every) - 1, every[np.minimum(quotes + 1, len(every) - 1)], 0)
    opens = quotes[~odd & (before != quote)]
    closes = quotes[odd & (after != quote)]
    if begun is not None:
        opens = np.concatenate(([begun], opens))
    left = int(opens[-1]) if len(opens) > len(closes) else None
    opens = opens[: len(closes)]
    counts = np.searchsorted(breaks, closes) - np.searchsorted(breaks, opens)
    many = counts > 3
    if begun is not None:
        many[:1] = True  # its line breaks stand in two parts: let it be looked at
    return list(zip(opens[many].tolist(), closes[many].tolist(), strict=True)), left


def _long_cells(data: pa.Buffer, spans: list[tuple[int, int, int]]) -> list[tuple[int, int, str]]:
    view = memoryview(data)
    return [(row + 1, 0, bytes(view[a + 1 : b]).decode().replace('""', '"')) for row, a, b in spans]


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
