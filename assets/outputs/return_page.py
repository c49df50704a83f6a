"""How the pages of a return look: texts in two languages, cells, headings, locks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.words import Words, load_yaml

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_FILE = Path(__file__).with_name("returns.yml")
_LINE_HEIGHT, _HIGHEST = 15.0, 400.0
FONT = "Calibri"


@cache
def words(key: str) -> Words:
    """Return one text of the return in both languages."""
    return Words(**_texts()[key])


@cache
def _texts() -> dict[str, dict[str, str]]:
    return load_yaml(_FILE)


def both(text: Words, **values: object) -> str:
    """Return a text in Italian, and below it in English."""
    it, en = text.say("it", **values), text.say("en", **values)
    return it if it == en else f"{it}\n{en}"


def put(sheet: Worksheet, row: int, column: int, value: str | int) -> None:
    """Write a value; a text stays text whatever it begins with, and leading zeros stay."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Border, Side

    cell: Cell = sheet.cell(row, column)  # type: ignore[assignment]
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    if sheet.title != words("sheet.guide").it:
        cell.border = Border(bottom=Side(style="thin", color="8A8A8A"))
    if isinstance(value, int):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:32_000]
    cell.data_type, cell.number_format = "s", "@"
    if value[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True


def write_head(sheet: Worksheet, columns: dict[str, int]) -> None:
    """Write the headings of a page: name of the text -> width of the column."""
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, (name, width) in enumerate(columns.items(), start=1):
        put(sheet, 1, column, both(words(f"head.{name}")))
        cell = sheet.cell(1, column)
        cell.font = Font(name=FONT, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E5F")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[letter_of(column)].width = width
    sheet.row_dimensions[1].height = 4.4 * _LINE_HEIGHT


def fit(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:
    """Make a row as high as its longest text; not every program does so by itself."""
    lines = [
        sum(max(1, math.ceil(len(part) * 1.1 / width)) for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=False)
    ]
    sheet.row_dimensions[row].height = min(_HIGHEST, max(lines) * _LINE_HEIGHT + 3)


def finish(sheet: Worksheet, columns: dict[str, int], rows_n: int) -> None:
    """Add filters, lock the page, and let it print across on A4 with its headings."""
    if rows_n:
        sheet.auto_filter.ref = f"A1:{letter_of(len(columns))}{rows_n + 1}"
    sheet.print_title_rows = "1:1"
    print_across(sheet)
    lock(sheet)


def print_across(sheet: Worksheet) -> None:
    """Let a page print across on A4."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def lock(sheet: Worksheet) -> None:
    """Protect what is not to be written, without a password: against slips, not against people."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.autoFilter = False


def letter_of(column: int) -> str:
    """Return the letter of a column counted from 1."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(column)
