"""Workbooks: every sheet as text, and which of them is the data."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import python_calamine as calamine

from assets.errors import DeliveryRefused
from assets.intake.grid import Area, Contents, Sheet, State
from assets.intake.notes import note
from assets.intake.values import (
    LONG_NUMBERS,
    Cell,
    Marks,
    RawBook,
    RawSheet,
    Speller,
    refuse_sparse,
    spelt_sheet,
)
from schemas.config import nearest
from schemas.reader import GUIDE_SHEETS, Reader
from schemas.words import Words

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: More sheets than these may be one for each person.
_MOST_SHEETS_NAMED = 6


def read_workbook(data: bytes, kind: str, reader: Reader | None) -> Contents:
    """Read every sheet of a workbook; the declared one, or the only visible one, is the data.

    Parameters
    ----------
    data
        Bytes of the file.
    kind
        xlsx, xlsm, xlsb, xls or ods.
    reader
        None where no source says which sheet to read: then the first visible one with cells.

    Raises
    ------
    DeliveryRefused
        Protected, damaged, without data, or without the declared sheet.
    """
    book, sheets = read_sheets(data, kind, Speller(reader))
    chosen = _chosen_sheet(reader, sheets)
    others = tuple(each for each in sheets if each is not chosen)
    return Contents(
        chosen,
        others,
        format=kind,
        texts=book.texts,
        properties=book.properties,
        notes=_notes(book, chosen),
    )


def read_sheets(data: bytes, kind: str, speller: Speller) -> tuple[RawBook, list[Sheet]]:
    """Return all that a workbook holds, and its sheets as text."""
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise DeliveryRefused("file.password")
    try:
        book = _raw_book(data, kind)
        sheets = [spelt_sheet(each, speller) for each in book.sheets]
    except (DeliveryRefused, KeyboardInterrupt, SystemExit):
        raise
    except calamine.PasswordError:
        raise DeliveryRefused("file.password") from None
    except BaseException:  # noqa: BLE001 - damaged files fail in many ways, a panic of Rust among them
        raise DeliveryRefused("file.unreadable", format=kind) from None
    if not sheets:
        raise DeliveryRefused("file.no_sheets")
    return book, sheets


def _raw_book(data: bytes, kind: str) -> RawBook:
    """Read with what reads each format best; libraries that are seldom needed are loaded then."""
    if kind == "xls":
        from assets.intake.xls import read_xls

        return read_xls(data)
    if kind == "ods":
        from assets.intake.ods import read_ods

        return read_ods(data)
    from assets.intake.ooxml import with_known_errors
    from assets.intake.package import read_package

    package = read_package(data)
    if kind != "xlsb" and package.has_new_errors:
        data = with_known_errors(data)
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = [
        _calamine_sheet(
            book, meta, package.marks[meta.name]
        )  # without marks errors would be blanks
        for meta in book.sheets_metadata
        if meta.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    return RawBook(sheets, package.texts, package.properties)


def _calamine_sheet(
    book: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, marks: Marks
) -> RawSheet:
    sheet = book.get_sheet_by_name(meta.name)
    last_row, last_column = sheet.end or (0, 0)
    refuse_sparse(meta.name, last_row + 1, last_column + 1)
    rows = sheet.to_python(skip_empty_area=False)
    _show_failed(rows, marks.failed)
    if not marks.merged:
        marks.merged = tuple(
            Area(top + 1, bottom + 1, left, right)
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        )
    return RawSheet(meta.name, rows, _state(meta), marks)


def _state(meta: calamine.SheetMetadata) -> State:
    if meta.visible == calamine.SheetVisibleEnum.Visible:
        return "visible"
    return "hidden" if meta.visible == calamine.SheetVisibleEnum.Hidden else "very_hidden"


def _show_failed(rows: list[list[Any]], failed: dict[Cell, str | float]) -> None:
    """Write errors where calamine shows a blank, and numbers where it shows a date of no calendar."""
    for (row, column), value in failed.items():
        if not isinstance(value, str):
            if isinstance(rows[row][column], datetime | date | time):
                rows[row][column] = value
            continue
        while len(rows) <= row:
            rows.append([])
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        rows[row][column] = value


def _chosen_sheet(reader: Reader | None, sheets: list[Sheet]) -> Sheet:
    if reader is not None and reader.sheet is not None:
        named = {each.name: each for each in sheets}
        if reader.sheet in named:
            return named[reader.sheet]
        near = nearest(reader.sheet, list(named)) or "-"
        raise DeliveryRefused(
            "sheet.unknown", name=reader.sheet, nearest=near, known=_told(list(named))
        )
    filled = [each for each in sheets if each.columns]
    visible = [each for each in filled if each.state == "visible"]
    if not visible:
        raise DeliveryRefused("sheet.all_hidden" if filled else "file.empty")
    data = [each for each in visible if each.name not in GUIDE_SHEETS] or visible
    if len(data) > 1 and reader is not None:
        raise DeliveryRefused("sheet.undeclared", known=_told([each.name for each in data]))
    return data[0]


def _told(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _MOST_SHEETS_NAMED else str(len(names))


def _notes(book: RawBook, chosen: Sheet) -> tuple[Words, ...]:
    """Tell what a person who looks at the sheet in Excel does not see, and what may be wrong."""
    marks = next(each.marks for each in book.sheets if each.name == chosen.name)
    found = []
    rows = [row for row in marks.hidden_rows if row <= chosen.rows_n]
    if rows:
        found.append(note("rows.hidden", sheet=chosen.name, rows=rows))
    columns = [at for at in marks.hidden_columns if at < len(chosen.columns)]
    if columns:
        found.append(note("columns.hidden", sheet=chosen.name, columns=columns))
    if marks.total_rows:
        found.append(note("rows.totals", sheet=chosen.name, rows=marks.total_rows))
    long_numbers = chosen.typed.get(LONG_NUMBERS)
    if isinstance(long_numbers, dict):
        for at, places in long_numbers.items():
            found.append(note("numbers.long", sheet=chosen.name, columns=[at], rows=places))
    return tuple(found)
