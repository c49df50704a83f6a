"""Records of delimited text under a known spelling: exact, one by one, with the place of every fault."""

from __future__ import annotations

import csv
import functools
import io
import itertools
import re
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.grid import Cells, Sheet, Spelling, letter, text_column

#: Longest cell, in characters; Excel's own limit is 32,767.
_LONGEST = 1_000_000
#: A quoted cell that holds this many whole lines as wide as the table has swallowed rows.
_SWALLOWED = 3
_BATCH = 20_000
#: Stands for a separator where a row is one cell: a noncharacter, which no text holds.
_NEVER = "\ufdd0"
csv.field_size_limit(_LONGEST)


def text_stream(data: pa.Buffer) -> io.TextIOWrapper:
    """Open UTF-8 bytes as text whose line ends stay as they are."""
    return io.TextIOWrapper(pa.BufferReader(data), encoding="utf-8", newline="")


def records(lines: Iterable[str], spelling: Spelling, *, above: int = 0) -> Iterator[list[str]]:
    """Yield the records of a text; a blank line is a record without cells.

    Parameters
    ----------
    lines
        Lines with their ends, as ``text_stream`` gives them.
    above
        Rows before these lines, counted where a refusal names a row.

    Raises
    ------
    DeliveryRefused
        ``file.quotes`` with row and column: a quotation that never ends, or text after its end.
    """
    if len(spelling.delimiter) > 1:
        yield from _wide_records("".join(lines), spelling, above)
        return
    kept = _Kept(lines)
    reader = _reader(kept, spelling)
    marks = _Marks(spelling)
    number = above
    while True:
        number += 1
        kept.begin()
        try:
            row = next(reader)
        except StopIteration:
            marks.refuse_stray()
            return
        except csv.Error:
            column = _fault(kept.record(), spelling)
            raise DeliveryRefused("file.quotes", row=number, column=column) from None
        if spelling.quotechar and kept.holds(spelling.quotechar):
            marks.look(kept.record(), row, number)
        yield row


def _reader(lines: Iterator[str], spelling: Spelling) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=spelling.delimiter or _NEVER,
        quotechar=spelling.quotechar or '"',
        quoting=csv.QUOTE_MINIMAL if spelling.quotechar else csv.QUOTE_NONE,
        escapechar=spelling.escapechar or None,
        doublequote=True,
        strict=True,
    )


def whole_records(
    lines: Iterable[str], spelling: Spelling, *, whole: bool
) -> tuple[list[list[str]], bool]:
    """Return the records up to the first fault, and whether there was none.

    A fault that ends a sample which is not the ``whole`` text is the sample's own.
    """
    rows: list[list[str]] = []
    kept = _Kept(lines)
    try:
        rows.extend(records(kept, spelling))
    except DeliveryRefused:
        return rows, not whole and next(iter(kept), None) is None
    return rows, True


class _Kept:
    """Lines of the record being read, kept so that a fault can be placed."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._kept: list[str] = []

    def __iter__(self) -> _Kept:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._kept.append(line)
        return line

    def begin(self) -> None:
        self._kept.clear()

    def record(self) -> str:
        return "".join(self._kept)

    def holds(self, mark: str) -> bool:
        return any(mark in line for line in self._kept)


class _Marks:
    """Quotation marks that open nothing: behind spaces, or alone in a cell of a text that quotes."""

    def __init__(self, spelling: Spelling) -> None:
        mark, quote = re.escape(spelling.delimiter or _NEVER), re.escape(spelling.quotechar)
        spaces = " \t".replace(spelling.delimiter or "\n", "")
        self._spelling = spelling
        self._shifted = re.compile(rf"(?<![{spaces}])[{spaces}]+{quote}")
        self._opening = re.compile(rf"(?:\A|{mark}){quote}")
        self._quotes = False
        self._stray: tuple[int, str] | None = None

    def look(self, record: str, row: list[str], number: int) -> None:
        """Look at a record that holds quotation marks."""
        quote = self._spelling.quotechar
        self._quotes = self._quotes or bool(self._opening.search(record))
        if not any(quote in cell for cell in row):
            return
        for position, cell in _plain_cells(record, self._spelling):
            if self._shifted.match(cell):
                raise DeliveryRefused("file.quotes", row=number, column=letter(position))
            if quote in cell and self._stray is None:
                self._stray = number, letter(position)

    def refuse_stray(self) -> None:
        """Refuse a mark inside a cell, where others show that cells are quoted and marks doubled."""
        if self._quotes and self._stray:
            row, column = self._stray
            raise DeliveryRefused("file.quotes", row=row, column=column)


def _plain_cells(record: str, spelling: Spelling) -> Iterator[tuple[int, str]]:
    """Yield position and text of the cells of a record that are not in quotation marks."""
    pattern, at, position = _cell_pattern(spelling), 0, 0
    escaped = re.compile(r"\\.", re.DOTALL)
    while at < len(record):
        found = pattern.match(record, at)
        if found is None or found.end() == at:
            return
        if found.group(2):
            yield position, escaped.sub("", found.group(2)) if spelling.escapechar else found[2]
        at, position = found.end(), position + 1


@functools.cache
def _cell_pattern(spelling: Spelling) -> re.Pattern[str]:
    """Return the pattern of one cell and what follows it: groups quoted, plain, end."""
    delimiter = spelling.delimiter or _NEVER
    mark, quote, escape = map(re.escape, (delimiter, spelling.quotechar, spelling.escapechar))
    end = rf"({mark}|\r\n|\r|\n|\Z)"
    taken = rf"{escape}.|" if escape else ""
    first = delimiter[0]
    stop = rf"[^{re.escape(first)}\r\n{escape}]|(?!{mark}){re.escape(first)}"
    plain = rf"((?:{taken}{stop})*+)"
    if not quote:
        return re.compile(rf"(?:(?!)()|{plain}){end}", re.DOTALL)
    quoted = rf"{quote}((?:{taken}{quote}{quote}|[^{quote}{escape}])*+){quote}"
    return re.compile(rf"(?:{quoted}|(?!{quote}){plain}){end}", re.DOTALL)


def _wide_records(text: str, spelling: Spelling, above: int) -> Iterator[list[str]]:
    """Yield the records of a text whose separator is several characters, which csv cannot take."""
    pattern, quote = _cell_pattern(spelling), spelling.quotechar
    at, number = 0, above + 1
    row: list[str] = []
    while at < len(text):
        found = pattern.match(text, at)
        if found is None:
            raise DeliveryRefused("file.quotes", row=number, column=letter(len(row)))
        quoted, plain, end = found.groups()
        row.append(plain if quoted is None else quoted.replace(quote * 2, quote))
        at = found.end()
        if end == spelling.delimiter:
            if at == len(text):
                yield [*row, ""]
                return
            continue
        yield [] if row == [""] and quoted is None else row
        row, number = [], number + 1


def _fault(record: str, spelling: Spelling) -> str:
    """Return the letter of the first cell of a broken record whose quotation is wrong."""
    pattern, at = _cell_pattern(spelling), 0
    for position in itertools.count():
        found = pattern.match(record, at)
        if found is None or found.end() == at or found.end() >= len(record):
            return letter(position)
        at = found.end()
    raise AssertionError  # count() has no end


def read_exactly(data: pa.Buffer, spelling: Spelling, *, above: int = 0) -> Sheet:
    """Read every record into a sheet of plain text, whatever its width.

    Parameters
    ----------
    data
        UTF-8 without byte order mark.

    Raises
    ------
    DeliveryRefused
        ``file.quotes``: a quotation is broken, or holds whole rows of the table.
    """
    pieces: list[list[Cells]] = []
    widths: list[np.ndarray] = []
    long_cells: list[tuple[int, int, str]] = []
    stream = records(text_stream(data), spelling, above=above)
    number = 0
    while batch := list(itertools.islice(stream, _BATCH)):
        long_cells.extend(_long_cells(batch, above + number + 1))
        number += len(batch)
        widths.append(np.fromiter(map(len, batch), dtype=np.int64, count=len(batch)))
        pieces.append([text_column(each) for each in itertools.zip_longest(*batch)])
    all_widths = np.concatenate(widths) if widths else np.empty(0, dtype=np.int64)
    refuse_swallowed(long_cells, all_widths, spelling)
    return Sheet("", _joined(pieces, [len(each) for each in widths]), number, all_widths)


def _joined(pieces: list[list[Cells]], lengths: list[int]) -> list[Cells]:
    """Put the batches together; where a batch is narrower than others it is filled with nulls."""
    if len(pieces) == 1:
        return pieces[0]
    width = max(map(len, pieces), default=0)
    return [
        pa.chunked_array(
            [
                piece[at] if at < len(piece) else pa.nulls(length, pa.string())
                for piece, length in zip(pieces, lengths, strict=True)
            ]
        ).combine_chunks()
        for at in range(width)
    ]


def _long_cells(rows: list[list[str]], first: int) -> list[tuple[int, int, str]]:
    """Return row, position and text of the cells with many line breaks."""
    return [
        (number, at, cell)
        for number, row in enumerate(rows, start=first)
        for at, cell in enumerate(row)
        if len(cell) > _SWALLOWED and _breaks(cell) > _SWALLOWED
    ]


def _breaks(cell: str) -> int:
    return cell.count("\n") or cell.count("\r")


def refuse_swallowed(
    cells: list[tuple[int, int, str]], widths: np.ndarray, spelling: Spelling
) -> None:
    """Refuse a quotation that closed only by accident, rows further down.

    Parameters
    ----------
    cells
        Row, position and text of the quoted cells with more than three line breaks.
    widths
        Width of every row, of which the commonest is the table's.
    """
    if not cells:
        return
    wide = widths[widths > 1]
    width = int(np.bincount(wide).argmax()) if len(wide) else 1
    for row, at, cell in cells:
        inner = re.split(r"\r\n|\r|\n", cell)[1:-1]
        whole = sum(line.count(spelling.delimiter) == width - 1 for line in inner)
        if width > 2 and whole >= _SWALLOWED:
            raise DeliveryRefused("file.quotes", row=row, column=letter(at))
