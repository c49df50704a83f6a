"""Line ends and quotation marks of a big text: where its rows end, and whether all is in its place.

Looked at byte by byte but in bulk, a part at a time; nothing here knows what stands in a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from assets.ahead import ahead
from assets.intake.grid import Spelling

#: Bytes looked at at once.
_STEP = 1 << 24
#: Bytes that show which columns repeat themselves.
_FIRST_PART = 1 << 22
_LF, _CR = 10, 13


class Block(NamedTuple):
    """Whole rows of a text: its bytes from ``start`` to ``end``, after ``above`` rows."""

    start: int
    end: int
    above: int


@dataclass
class Shape:
    """Where a regular text is out of the ordinary, and where it may be cut.

    Attributes
    ----------
    first_part
        End of the rows that show which columns repeat themselves.
    blank_rows
        Indices of rows without a character.
    long_cells
        Row, position and text of quoted cells with many line breaks.
    """

    rows_n: int = 0
    first_part: int = 0
    blank_rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    breaks_in_cells: bool = False
    long_cells: list[tuple[int, int, str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


class _Part(NamedTuple):
    """What stands in one part: places of line ends and quotation marks, from the text's start."""

    start: int
    ends: np.ndarray
    quotes: np.ndarray
    lone_return: bool


def shape_of(data: pa.Buffer, spelling: Spelling) -> Shape | None:
    """Look at line ends and quotation marks, or return None where something is out of place."""
    every = np.frombuffer(data, dtype=np.uint8)
    look = _Quotes(every, ord(spelling.delimiter), ord(spelling.quotechar or "\0"))
    shape = Shape(first_part=len(every))
    blank: list[np.ndarray] = []
    spans: list[tuple[int, int, int]] = []
    last_end = -1
    for part in _parts(every, look.quote if spelling.quotechar else -1):
        if part.lone_return or not look.is_in_place(part.quotes):
            return None
        ends, found = look.row_ends(part)
        spans.extend((int(np.searchsorted(ends, a)) + shape.rows_n, a, b) for a, b in found)
        if not part.start and len(ends) and ends[0] < _FIRST_PART < len(every):
            shape.first_part = int(ends[np.searchsorted(ends, _FIRST_PART) - 1]) + 1
        blank.append(_blank(every, ends, last_end) + shape.rows_n)
        if len(ends):
            shape.blocks.append(Block(last_end + 1, int(ends[-1]) + 1, shape.rows_n))
            last_end = int(ends[-1])
        shape.rows_n += len(ends)
    if look.open:
        return None
    if last_end < len(every) - 1:
        shape.blocks.append(Block(last_end + 1, len(every), shape.rows_n))
        shape.rows_n += 1
    shape.blank_rows, shape.breaks_in_cells = np.concatenate(blank), look.breaks
    shape.long_cells = _long_cells(data, spans)
    return shape


def _parts(every: np.ndarray, quote: int) -> Iterator[_Part]:
    def look(start: int) -> _Part:
        part = every[start : start + _STEP]
        quotes = np.flatnonzero(part == quote) + start if quote >= 0 else np.empty(0, dtype=int)
        ends = np.flatnonzero(part == _LF) + start
        return _Part(start, ends, quotes, _lone_return(every, part, start))

    return ahead(look, range(0, len(every), _STEP))


def _lone_return(every: np.ndarray, part: np.ndarray, start: int) -> bool:
    returns = np.flatnonzero(part == _CR) + start
    if not len(returns):
        return False
    return bool(returns[-1] == len(every) - 1 or (every[returns + 1] != _LF).any())


def _blank(every: np.ndarray, ends: np.ndarray, last_end: int) -> np.ndarray:
    """Return which of the rows that end here hold no character."""
    if not len(ends):
        return ends
    lengths = np.diff(ends, prepend=last_end)
    short = np.flatnonzero(lengths <= 2)
    return short[(lengths[short] == 1) | (every[ends[short] - 1] == _CR)]


class _Quotes:
    """Quotation marks from part to part: each other one opens a cell, the next one closes it."""

    def __init__(self, every: np.ndarray, mark: int, quote: int) -> None:
        self.every, self.mark, self.quote = every, mark, quote
        self.open = 0
        self.breaks = False
        self._begun: int | None = None

    def is_in_place(self, quotes: np.ndarray) -> bool:
        """Say whether each quotation mark opens at a cell's start, closes at its end, or is doubled."""
        every, mark, quote = self.every, self.mark, self.quote
        opening, closing = quotes[self.open :: 2], quotes[1 - self.open :: 2]
        before = every[opening[opening > 0] - 1]
        after = every[closing[closing < len(every) - 1] + 1]
        good_before = (before == mark) | (before == _LF) | (before == quote)
        good_after = (after == mark) | (after == _LF) | (after == _CR) | (after == quote)
        return bool(good_before.all() and good_after.all())

    def row_ends(self, part: _Part) -> tuple[np.ndarray, list[tuple[int, int]]]:
        """Return the line ends that end rows, and the quoted cells with many others in them."""
        ends, quotes = part.ends, part.quotes
        if not len(quotes) and not self.open:
            return ends, []
        inside = (np.searchsorted(quotes, ends) + self.open) % 2 == 1
        self.breaks = self.breaks or bool(inside.any())
        found = self._spans(quotes, ends[inside])
        self.open = (self.open + len(quotes)) % 2
        return ends[~inside], found

    def _spans(self, quotes: np.ndarray, breaks: np.ndarray) -> list[tuple[int, int]]:
        """Return begin and end of the quoted cells with more than three line breaks."""
        every, quote = self.every, self.quote
        is_whole = self._begun is None and (self.open + len(quotes)) % 2 == 0
        if not len(breaks) and is_whole and quote not in every[quotes[-1] + 1 : quotes[-1] + 2]:
            return []
        odd = (np.arange(len(quotes)) + self.open) % 2 == 1
        before = np.where(quotes > 0, every[quotes - 1], 0)
        after = np.where(quotes < len(every) - 1, every[np.minimum(quotes + 1, len(every) - 1)], 0)
        opens = quotes[~odd & (before != quote)]
        closes = quotes[odd & (after != quote)]
        if self._begun is not None:
            opens = np.concatenate(([self._begun], opens))
        left = int(opens[-1]) if len(opens) > len(closes) else None
        opens = opens[: len(closes)]
        counts = np.searchsorted(breaks, closes) - np.searchsorted(breaks, opens)
        many = counts > 3
        if self._begun is not None:
            many[:1] = True  # its line breaks stand in two parts: let it be looked at
        self._begun = left
        return list(zip(opens[many].tolist(), closes[many].tolist(), strict=True))


def _long_cells(data: pa.Buffer, spans: list[tuple[int, int, int]]) -> list[tuple[int, int, str]]:
    view = memoryview(data)
    return [(row + 1, 0, bytes(view[a + 1 : b]).decode().replace('""', '"')) for row, a, b in spans]
