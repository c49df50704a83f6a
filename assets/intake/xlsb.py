"""What the parts of a binary workbook (.xlsb) say of its sheets and calamine does not.

Calamine hands over a cell in error as blank; the records that hold one are few and plain, so they
are looked for in the bytes. Records: [MS-XLSB] 2.1.4 and 2.4.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator

from assets.intake import ooxml
from assets.intake.grid import Area
from assets.intake.values import Cell, Marks, refuse_sparse

BOOK = "xl/workbook.bin"
_ROW, _CELL_ERROR, _FORMULA_ERROR, _RICH_TEXT = 0, 3, 11, 62
#: Records of one cell: all begin with its column.
_CELLS = frozenset({*range(1, 12), _RICH_TEXT})
_COLUMN_INFO, _BEGIN_DATA, _END_DATA, _BUNDLE_SHEET, _MERGE = 60, 145, 146, 156, 176
#: Records that announce how many follow -> where in them the number stands.
_COUNTS = {159: 4, 615: 0, 617: 0}
_EXTENT = 148
_ROWS, _COLUMNS = 1_048_576, 16_384
_IS_HIDDEN_ROW, _IS_HIDDEN_COLUMN = 0x10, 0x01
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield name and part of each worksheet."""
    targets = {name: part for name, kind, part in ooxml.links(package, BOOK) if kind == "worksheet"}
    for kind, body in _records(package.read(BOOK)):
        if kind == _BUNDLE_SHEET:
            link, after = _text(body, 8)
            name, _ = _text(body, after)
            if link in targets:
                yield name, targets[link]


def marks(package: zipfile.ZipFile, name: str, part: str) -> Marks:
    """Return what a worksheet's part says beside its values."""
    failed: dict[Cell, str | float] = {}
    found = Marks(failed)
    merged: list[Area] = []
    row = last_row = last_column = 0
    is_data = False
    for kind, body in _records(package.read(part)):
        if kind in (_BEGIN_DATA, _END_DATA):
            is_data = kind == _BEGIN_DATA
        elif kind == _EXTENT:
            _refuse_impossible(*struct.unpack_from("<4I", body))
        elif is_data and kind == _ROW:
            row = struct.unpack_from("<I", body)[0]
            _refuse_impossible(row, row, 0, 0)
            last_row = max(last_row, row)
            if len(body) > 11 and body[11] & _IS_HIDDEN_ROW:
                found.hidden_rows.append(row + 1)
        elif is_data and kind in _CELLS:
            column = struct.unpack_from("<I", body)[0]
            _refuse_impossible(row, row, column, column)
            last_column = max(last_column, column)
            text = _cell_text(kind, body)
            if text is not None:
                failed[(row, column)] = text
        elif kind == _COLUMN_INFO:
            found.hidden_columns += _hidden_columns(body)
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            merged.append(Area(top + 1, bottom + 1, left, right))
    refuse_sparse(name, last_row + 1, last_column + 1)
    found.merged = tuple(merged)
    return found


def _refuse_impossible(top: int, bottom: int, left: int, right: int) -> None:
    """Refuse a place that no sheet has: calamine looks for its end and finds none."""
    if not (top <= bottom < _ROWS and left <= right < _COLUMNS):
        raise ValueError("a cell beyond the last row or column")


def has_impossible_count(part: str, content: bytes) -> bool:
    """Say whether a part announces more entries than it has bytes."""
    if not part.lower().endswith(("sharedstrings.bin", "styles.bin")):
        return False
    return any(
        struct.unpack_from("<I", body, _COUNTS[kind])[0] > len(content)
        for kind, body in _records(content)
        if kind in _COUNTS
    )


def _cell_text(kind: int, body: bytes) -> str | None:
    """Return the text of a cell that calamine gives as blank: an error, a text of several fonts."""
    if kind in (_CELL_ERROR, _FORMULA_ERROR):
        return _ERRORS.get(body[8], "#N/A")
    return _text(body, 9)[0] if kind == _RICH_TEXT else None


def _hidden_columns(body: bytes) -> range:
    first, last = struct.unpack_from("<2I", body)
    flags = struct.unpack_from("<H", body, 16)[0]
    is_hidden = flags & _IS_HIDDEN_COLUMN and last < ooxml.LAST_COLUMN
    return range(first, last + 1) if is_hidden else range(0)


def _text(body: bytes, at: int) -> tuple[str, int]:
    """Return a text of two-byte characters that begins with its length, and where it ends."""
    size = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * size
    return body[at + 4 : end].decode("utf-16-le"), end


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of each record; both numbers before the body hold seven bits a byte."""
    at, end = 0, len(part)
    while at < end:
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (part[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while True:
            byte = part[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, part[at : at + size]
        at += size
