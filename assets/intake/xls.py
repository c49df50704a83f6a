"""Workbooks of Excel 97 and before (.xls), read with xlrd, which keeps cells in error apart from blanks."""

from __future__ import annotations

import io
import re
import struct
from datetime import datetime, timedelta
from typing import Any

import xlrd  # type: ignore[import-untyped]
from xlrd.compdoc import CompDoc  # type: ignore[import-untyped]

from assets.errors import DeliveryRefused
from assets.intake.grid import Area, State
from assets.intake.values import NOT_CALCULATED, Marks, RawBook, RawSheet

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_STATES: dict[int, State] = {0: "visible", 1: "hidden", 2: "very_hidden"}
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
#: Excel's calendar has a 29 February 1900 (serial 60) that never was.
_NEVER = 60
_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))
# Kinds of records, as [MS-XLS] 2.3 names them.
_FORMULA, _BOUND_SHEET, _TEXT_BOX, _CONTINUE = 0x0006, 0x0085, 0x01B6, 0x003C
_HEADER_FOOTER = (0x0014, 0x0015)
_WORKSHEET = 0
_EMPTY_RESULT = 3
_PRINTED = re.compile(rb"[\x20-\x7e\xa0-\xff]{4,}")

Record = tuple[int, int, bytes]


def read_xls(data: bytes) -> RawBook:
    """Read all worksheets, and what stands beside their cells.

    Raises
    ------
    DeliveryRefused
        Protected by a password. A damaged file raises whatever xlrd meets first.
    """
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise DeliveryRefused("file.password") from None
        raise
    stream, document = data, None
    if data.startswith(_OLE):
        document = CompDoc(data, logfile=io.StringIO())
        stream = document.get_named_stream("Workbook") or document.get_named_stream("Book") or b""
    records = _records(stream)
    waiting = _not_calculated(records)
    sheets = [_sheet(book, sheet, waiting.get(at, set())) for at, sheet in enumerate(book.sheets())]
    return RawBook(sheets, _texts(book, records), _properties(document) if document else ())


def _sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet, waiting: set[tuple[int, int]]) -> RawSheet:
    elapsed = _elapsed_formats(book)
    rows = [
        [
            _value(kind, value, book.datemode, xf in elapsed)
            for kind, value, xf in zip(
                sheet.row_types(row),
                sheet.row_values(row),
                (sheet.cell_xf_index(row, column) for column in range(sheet.row_len(row))),
                strict=True,
            )
        ]
        for row in range(sheet.nrows)
    ]
    for row, column in waiting:
        rows[row][column] = NOT_CALCULATED
    marks = Marks(
        merged=tuple(
            Area(top + 1, end, left, right - 1) for top, end, left, right in sheet.merged_cells
        ),
        hidden_rows=sorted(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden),
        hidden_columns=sorted(
            at for at, info in sheet.colinfo_map.items() if info.hidden and at < sheet.ncols
        ),
    )
    return RawSheet(sheet.name, rows, _STATES.get(sheet.visibility, "hidden"), marks)


def _value(kind: int, value: Any, datemode: int, is_elapsed: bool) -> Any:
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#N/A")
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE:
        return timedelta(days=value) if is_elapsed else moment(value, datemode)
    return value if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_TEXT) else ""


def moment(serial: float, datemode: int) -> Any:
    """Return the date, or the time of day, of a serial number; the number where there is none.

    Parameters
    ----------
    serial
        Days since the calendar began.
    datemode
        0 for the calendar of 1900, 1 for that of 1904.
    """
    if serial < 0 or (not datemode and _NEVER <= serial < _NEVER + 1):
        return serial
    if serial < 1 and not (datemode and serial == 0):
        return (datetime(2000, 1, 1) + timedelta(days=serial)).time()
    days = serial + 1 if not datemode and serial < _NEVER else serial
    try:
        return _EPOCHS[datemode] + timedelta(days=days)
    except OverflowError:
        return serial


def _elapsed_formats(book: xlrd.Book) -> set[int]:
    """Return the cell formats that show a length of time ('[h]:mm') and no time of day."""
    found = set()
    for at, xf in enumerate(book.xf_list):
        known = book.format_map.get(xf.format_key)
        if known is not None and _ELAPSED.search(known.format_str):
            found.add(at)
    return found


def _not_calculated(records: list[Record]) -> dict[int, set[tuple[int, int]]]:
    """Return the formulas without a result, by sheet, each by row and column from 0.

    An xls has no mark for them: libraries that do not calculate leave the result of every formula
    empty. So they are told only where no formula of the whole file has a result.
    """
    places = [
        struct.unpack_from("<I", body)[0]
        for _, kind, body in records
        if kind == _BOUND_SHEET and len(body) > 5 and body[5] == _WORKSHEET
    ]
    sheet = -1
    found: dict[int, set[tuple[int, int]]] = {}
    for at, kind, body in records:
        if at in places:
            sheet = places.index(at)
        elif kind == _FORMULA and len(body) >= 14:
            if body[6] != _EMPTY_RESULT or body[12:14] != b"\xff\xff":
                return {}
            row, column = struct.unpack_from("<2H", body)
            found.setdefault(sheet, set()).add((row, column))
    return found


def _texts(book: xlrd.Book, records: list[Record]) -> tuple[str, ...]:
    """Return comments, text boxes, headers and footers."""
    found = [
        text
        for sheet in book.sheets()
        for note in sheet.cell_note_map.values()
        for text in (note.text, note.author)
    ]
    for at, (_, kind, body) in enumerate(records):
        if kind in _HEADER_FOOTER and len(body) > 3:
            found.append(_unicode(body[2:]))
        elif kind == _CONTINUE and records[at - 1][1] == _TEXT_BOX and body:
            found.append(_unicode(body))
    return tuple(dict.fromkeys(text.strip() for text in found if text and text.strip()))


def _unicode(body: bytes) -> str:
    """Return text that begins with a byte saying whether its characters take one byte or two."""
    return body[1:].decode("utf-16-le" if body[0] & 1 else "latin-1", errors="replace")


def _properties(document: CompDoc) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("\x05SummaryInformation", "\x05DocumentSummaryInformation"):
        stream = document.get_named_stream(name) or b""
        found += [text.decode("cp1252", errors="replace") for text in _PRINTED.findall(stream)]
    return tuple(dict.fromkeys(found))


def _records(stream: bytes) -> list[Record]:
    """Return place, kind and body of each record."""
    found, at = [], 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, at)
        found.append((at, kind, stream[at + 4 : at + 4 + size]))
        at += 4 + size
    return found
