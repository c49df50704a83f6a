"""Open a delivered file: csv, xlsx, or a zip that holds one of them. Cells become text, unchanged."""

from __future__ import annotations

import contextlib
import csv
import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import python_calamine as calamine

from assets.errors import DeliveryRefused
from assets.intake.grid import Contents, Sheet, make_sheet
from assets.intake.package import Cell, Package, is_xlsx, read_package
from schemas.config import nearest
from schemas.reader import Reader

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_MOST_BYTES = 1_000_000_000
#: More sheets than these may be one for each person.
_MOST_SHEETS_NAMED = 6
csv.field_size_limit(1_000_000)


def read_contents(data: bytes, file_name: str, reader: Reader) -> Contents:
    """Read a file as its source declares it.

    Raises
    ------
    DeliveryRefused
        Empty, truncated, encrypted, of another format or encoding, or without the sheet.
    """
    if not data:
        raise DeliveryRefused("file.empty")
    member = ""
    if file_name.lower().endswith(".zip"):
        member, data = _only_member(data)
        if not data:
            raise DeliveryRefused("file.empty")
    if reader.format == "csv":
        return Contents(read_csv(data, reader), encoding=reader.encoding, member=member)
    return replace(read_workbook(data, reader), member=member)


def read_loosely(data: bytes, file_name: str) -> Contents:
    """Read whatever can be read of a file that is refused anyway, for the identifier gate only.

    Never refuses: what cannot be opened at all comes back without cells.
    """
    member = ""
    with contextlib.suppress(DeliveryRefused):
        if file_name.lower().endswith(".zip"):
            member, data = _only_member(data)
        if data.startswith((_ZIP, _OLE)):
            beside = _package(data) if data.startswith(_ZIP) else Package()
            first, *others = _loose_sheets(data)
            return Contents(
                first,
                tuple(others),
                member=member,
                texts=beside.texts,
                properties=beside.properties,
            )
    return Contents(_loose_csv(data), member=member)


def _loose_sheets(data: bytes) -> list[Sheet]:
    """Return the sheets, or one without cells where it is no workbook (a letter, a damaged file)."""
    try:
        return list(_sheets(_open_workbook(data), Reader(), {}).values())
    except DeliveryRefused:
        return [make_sheet("", [])]


def _package(data: bytes) -> Package:
    try:
        return read_package(data)
    except Exception:  # noqa: BLE001 - damaged files fail in many ways, all of them the same to us
        raise DeliveryRefused("file.unreadable", format="xlsx") from None


def _loose_csv(data: bytes) -> Sheet:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    lines = data.decode(encoding, errors="replace").replace("\0", "").splitlines()
    delimiter = max(";,\t", key=lambda each: sum(line.count(each) for line in lines[:20]))
    return make_sheet("", [line.split(delimiter) for line in lines], ragged=True)


def read_csv(data: bytes, reader: Reader) -> Sheet:
    """Read delimited text strictly: a wrong encoding or a broken quotation is never guessed away."""
    if data.startswith((_ZIP, _OLE)):
        raise DeliveryRefused("file.unreadable", format="csv")
    text = _decode(data, reader.encoding)
    if not text.strip():
        raise DeliveryRefused("file.empty")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=reader.delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(lines)
    except csv.Error:
        raise DeliveryRefused("file.quotes", row=len(rows) + 1) from None
    return make_sheet("", rows, ragged=True)


def _decode(data: bytes, encoding: str) -> str:
    """Decode, or refuse with the row; single-byte encodings never fail, so UTF-8 is looked for."""
    try:
        if encoding == "utf-16":
            return data.decode("utf-16")
        if encoding == "utf-8":
            text = data.decode("utf-8-sig")
        else:
            _refuse_utf8(data, encoding)
            text = data.decode(encoding)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        row = data.count(b"\n", 0, start) + 1
        raise DeliveryRefused("file.encoding", encoding=encoding, row=row) from None
    if "\0" in text:
        raise DeliveryRefused("file.encoding", encoding=encoding, row=1)
    return text


def _refuse_utf8(data: bytes, encoding: str) -> None:
    """Refuse text that is UTF-8 beyond doubt: read as ``encoding`` its accents would come out wrong."""
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    first = next(at for at, byte in enumerate(data) if byte > 127)
    row = data.count(b"\n", 0, first) + 1
    raise DeliveryRefused("file.encoding", encoding=encoding, row=row)


def read_workbook(data: bytes, reader: Reader) -> Contents:
    """Read every sheet of an Excel file; the declared one is the data."""
    book = _open_workbook(data)
    if not is_xlsx(data):  # in other formats a cell in error could not be told from a blank one
        raise DeliveryRefused("file.other_format")
    beside = _package(data)
    visible = [
        each.name
        for each in book.sheets_metadata
        if each.visible == calamine.SheetVisibleEnum.Visible
        and each.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    sheets = _sheets(book, reader, beside.failed)
    chosen = _chosen_sheet(reader, visible, sheets)
    others = tuple(each for each in sheets.values() if each is not chosen)
    return Contents(chosen, others, texts=beside.texts, properties=beside.properties)


def _open_workbook(data: bytes) -> calamine.CalamineWorkbook:
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise DeliveryRefused("file.password")
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        raise DeliveryRefused("file.password") from None
    except Exception:  # noqa: BLE001 - damaged files fail in many ways, all of them the same to us
        raise DeliveryRefused("file.unreadable", format="xlsx") from None


def _sheets(
    book: calamine.CalamineWorkbook, reader: Reader, failed: dict[str, dict[Cell, str]]
) -> dict[str, Sheet]:
    sheets = {}
    try:
        for meta in book.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            cells = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            while cells and _is_blank(cells[-1]):
                cells.pop()  # formatted but empty: Excel may keep a million of them
            rows = [[_text(each, reader) for each in row] for row in cells]
            _show_failed(rows, failed.get(meta.name, {}))
            sheets[meta.name] = make_sheet(meta.name, rows)
    except Exception:  # noqa: BLE001 - damaged files fail in many ways, all of them the same to us
        raise DeliveryRefused("file.unreadable", format="xlsx") from None
    if not sheets:
        raise DeliveryRefused("file.empty")
    return sheets


def _is_blank(row: list[Any]) -> bool:
    return all(isinstance(cell, str) and not cell.strip() for cell in row)


def _show_failed(rows: list[list[str]], failed: dict[Cell, str]) -> None:
    """Write errors where calamine shows a blank."""
    for (row, column), text in failed.items():
        while len(rows) <= row:
            rows.append([])
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        rows[row][column] = text


def _chosen_sheet(reader: Reader, visible: list[str], sheets: dict[str, Sheet]) -> Sheet:
    if reader.sheet is not None:
        if reader.sheet in sheets:
            return sheets[reader.sheet]
        near = nearest(reader.sheet, list(sheets)) or "-"
        known = ", ".join(sheets) if len(sheets) <= _MOST_SHEETS_NAMED else str(len(sheets))
        raise DeliveryRefused("sheet.unknown", name=reader.sheet, nearest=near, known=known)
    filled = [name for name in visible if sheets[name].columns]
    if not filled:
        raise DeliveryRefused("file.empty")
    if len(filled) > 1:
        known = ", ".join(filled) if len(filled) <= _MOST_SHEETS_NAMED else str(len(filled))
        raise DeliveryRefused("sheet.undeclared", known=known)
    return sheets[filled[0]]


def _text(cell: Any, reader: Reader) -> str:
    """Spell an Excel value the way the source spells its own text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return reader.true[0] if cell else reader.false[0]
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell))
        return format(Decimal(repr(cell)), "f").replace(".", reader.decimal)
    if isinstance(cell, datetime):
        return _date_text(cell, reader.dates[0])
    if isinstance(cell, date):
        return cell.strftime(reader.dates[0])
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell)


def _date_text(cell: datetime, pattern: str) -> str:
    """Spell a date; a time of day that the pattern has no room for stays visible after it."""
    shown = cell.strftime(pattern)
    if "%H" in pattern or cell.time() == time():
        return shown
    return f"{shown} {cell.strftime('%H:%M:%S')}"


def _only_member(data: bytes) -> tuple[str, bytes]:
    """Return name and bytes of the one data file in a zip archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                m for m in archive.infolist() if not m.is_dir() and not _is_litter(m.filename)
            ]
            if len(members) != 1:
                raise DeliveryRefused("file.archive", count=len(members))
            if members[0].flag_bits & 1:
                raise DeliveryRefused("file.password")
            if members[0].file_size > _MOST_BYTES:
                raise DeliveryRefused("file.unreadable", format="zip")
            return members[0].filename, archive.read(members[0])
    except DeliveryRefused:
        raise
    except Exception:  # noqa: BLE001 - truncated archives fail in many ways
        raise DeliveryRefused("file.unreadable", format="zip") from None


def _is_litter(member: str) -> bool:
    return member.startswith("__MACOSX/") or member.rsplit("/", 1)[-1].startswith(".")
