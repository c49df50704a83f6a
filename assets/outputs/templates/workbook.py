"""An empty Excel file to fill: locked headings, drop-down lists, checks of dates and numbers, a guide."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from assets.outputs.templates.columns import Asked
from assets.outputs.templates.texts import said
from assets.workbooks import workbook_bytes
from schemas.reader import GUIDE_SHEETS
from schemas.source import Source

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: Rows that are checked while they are filled; Excel slows down with more.
CHECKED_ROWS = 5000
_GUIDE, _LISTS = GUIDE_SHEETS
_FORMATS = {"date": "dd/mm/yyyy", "integer": "0", "number": "0.##", "text": "@", "code": "@"}
#: Kind of column -> Excel's kind of check, and the bounds where none are declared.
_KINDS: dict[str, Literal["date", "whole", "decimal"]] = {
    "date": "date",
    "integer": "whole",
    "number": "decimal",
}
_WIDE = {
    "date": ("DATE(1900,1,1)", "DATE(2100,12,31)"),
    "whole": ("-1000000000", "1000000000"),
    "decimal": ("-1000000000", "1000000000"),
}
_WIDEST = 40
_SHOWN_CHOICES = 12


def template_workbook(source: Source, asked: list[Asked], file_name: str) -> bytes:
    """Return the empty file of a source.

    The sheet and the row of the headings are those the source reads; the guide comes after it, the
    lists are on a hidden sheet because a list within a cell may not exceed 255 characters.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = source.reader.sheet or "Dati"
    header_row = source.reader.header_row or 1
    if header_row > 1:
        sheet.cell(1, 1, source.label.it)
    lists = _write_lists(book, asked)
    for position, each in enumerate(asked, start=1):
        _write_column(sheet, each, position, header_row, lists.get(each.name))
    sheet.freeze_panes = f"A{header_row + 1}"
    _lock(sheet)
    _write_guide(book, source, asked, file_name, header_row)
    book.move_sheet(_LISTS, offset=1) if _LISTS in book.sheetnames else None
    book.properties.title = source.label.it
    book.properties.creator = "Lunattiva"
    return workbook_bytes(book)


def _write_lists(book: Workbook, asked: list[Asked]) -> dict[str, str]:
    """Write each list of words once; return column -> the reference Excel checks against."""
    from openpyxl.utils import get_column_letter

    listed = [each for each in asked if each.choices]
    if not listed:
        return {}
    sheet: Worksheet = book.create_sheet(_LISTS)
    sheet.sheet_state = "hidden"
    found: dict[tuple[str, ...], str] = {}
    references = {}
    for each in listed:
        words = tuple(each.choices)
        if words not in found:
            column = len(found) + 1
            for row, word in enumerate(words, start=1):
                cell = sheet.cell(row, column, word)
                cell.data_type, cell.number_format = "s", "@"
            letter = get_column_letter(column)
            found[words] = f"{_LISTS}!${letter}$1:${letter}${len(words)}"
        references[each.name] = found[words]
    _lock(sheet)
    return references


def _write_column(
    sheet: Worksheet, asked: Asked, position: int, header_row: int, choices: str | None
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    cell = sheet.cell(header_row, position, asked.heading)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="1F4E5F")
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    letter = cell.column_letter
    width = max(12, min(_WIDEST, len(asked.heading) + 2))
    dimension = sheet.column_dimensions[letter]
    dimension.width = width
    # The style of the column is that of all its empty cells: open, and text where zeros may lead.
    dimension.protection = Protection(locked=False)
    dimension.number_format = _FORMATS["text" if choices else asked.kind]
    check = _check(asked, choices)
    if check is not None:
        check.add(f"{letter}{header_row + 1}:{letter}{header_row + CHECKED_ROWS}")
        sheet.add_data_validation(check)


def _check(asked: Asked, choices: str | None) -> Any:
    """Return Excel's check of a column, or ``None`` where anything may be written."""
    from openpyxl.worksheet.datavalidation import DataValidation

    about: dict[str, Any] = {
        "allow_blank": True,
        "showErrorMessage": True,
        "showInputMessage": True,
        "errorTitle": said("error.title", "it"),
        "error": how(asked, "it")[:250],
        "promptTitle": asked.heading[:32],
        "prompt": how(asked, "it")[:250],
    }
    if choices is not None:
        return DataValidation(type="list", formula1=choices, **about)
    kind = _KINDS.get(asked.kind)
    if kind is None:
        about["showErrorMessage"] = False
        return DataValidation(type="textLength", operator="lessThanOrEqual", formula1="40", **about)
    lowest, highest = _WIDE[kind]
    about["formula1"] = _bound(asked.low) or lowest
    about["formula2"] = _bound(asked.high) or highest
    return DataValidation(type=kind, operator="between", **about)


def _bound(value: float | date | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, date):
        return f"DATE({value.year},{value.month},{value.day})"
    return f"{value:g}"


def _lock(sheet: Worksheet) -> None:
    """Protect what is not to be written, without a password: against slips, not against people."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.insertRows = False
    sheet.protection.deleteRows = False
    sheet.protection.sort = False
    sheet.protection.autoFilter = False


def _write_guide(
    book: Workbook, source: Source, asked: list[Asked], file_name: str, header_row: int
) -> None:
    from openpyxl.styles import Alignment, Font

    sheet: Worksheet = book.create_sheet(_GUIDE)
    values = {
        "sheet": source.reader.sheet or "Dati",
        "row": header_row + 1,
        "name": file_name,
        "delimiter": source.reader.delimiter or ";",
    }
    last = "guide.4_csv" if source.reader.format == "csv" else "guide.4"
    lines = [
        ("guide.title", "it"),
        *((key, "it") for key in ("guide.1", "guide.2", "guide.3", last)),
    ]
    lines += [
        ("guide.title", "en"),
        *((key, "en") for key in ("guide.1", "guide.2", "guide.3", last)),
    ]
    for key, lang in lines:
        sheet.append([said(key, lang, **values)])
        sheet.cell(sheet.max_row, 1).font = Font(bold=key == "guide.title", size=12)
    sheet.append([])
    titles = ("guide.heading", "guide.meaning", "guide.form", "guide.required")
    sheet.append([f"{said(key, 'it')} / {said(key, 'en')}" for key in titles])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for each in asked:
        needed = "answer.yes" if each.is_required else "answer.no"
        sheet.append(
            [
                each.heading,
                f"{each.meaning.it}\n{each.meaning.en}",
                f"{how(each, 'it')}\n{how(each, 'en')}",
                f"{said(needed, 'it')} / {said(needed, 'en')}",
            ]
        )
    for row in sheet.iter_rows(min_row=len(lines) + 2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (28, 60, 60, 18), strict=True):
        sheet.column_dimensions[letter].width = width
    _lock(sheet)


def how(asked: Asked, lang: str) -> str:
    """Say how a cell of the column is written."""
    if asked.choices:
        shown = list(asked.choices)[:_SHOWN_CHOICES]
        more = ", ..." if len(asked.choices) > len(shown) else ""
        return said("form.list", lang, choices=", ".join(shown) + more)
    if asked.pattern:
        return said("form.pattern", lang, pattern=_readable(asked.pattern))
    key = f"form.{asked.kind}"
    if asked.kind in ("date", "integer", "number") and None not in (asked.low, asked.high):
        low, high = (_shown(each) for each in (asked.low, asked.high))
        return said(f"{key}_between", lang, low=low, high=high)
    return said(key, lang)


def _readable(pattern: str) -> str:
    r"""Return a simple pattern as people write it: ``\A[A-Z]{3}-[0-9]{4}\Z`` -> ``AAA-0000``."""
    plain = pattern.replace(r"\A", "").replace(r"\Z", "").replace(r"\z", "")
    for class_, sign in (("[A-Z]", "A"), ("[a-z]", "a"), ("[0-9]", "0"), (r"\d", "0")):
        for count in range(12, 1, -1):
            plain = plain.replace(f"{class_}{{{count}}}", sign * count)
        plain = plain.replace(class_, sign)
    return plain


def _shown(value: float | date | None) -> str:
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    return f"{value:g}"
