"""Workbooks: one sheet read with its types, and written anew with values only.

What a workbook can hold beside its visible cells (comments, hidden sheets, properties, names,
texts no cell uses any more) does not pass, because nothing of the old file is taken over.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime

from assets.coding.grid import Grid
from assets.coding.normalise import Cell, text_of
from assets.errors import ConfigurationError
from assets.workbooks import workbook_bytes

#: Characters that XML cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_workbook(data: bytes, sheet: str | None = None) -> Grid:
    """Read one sheet: the named one, or the first visible one with cells.

    Raises
    ------
    ConfigurationError
        The file is no workbook (or locked with a password), or there is no such sheet.
    """
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
        rows = {name: _rows(book, name) for name in visible}
    except Exception:  # noqa: BLE001 - calamine has many kinds, and a message may quote a cell
        raise ConfigurationError(
            "Il file Excel non si apre: è rovinato o protetto da una password. Salvarlo di nuovo senza password.",
            "The Excel file cannot be opened: it is damaged or locked with a password. Save it again without one.",
        ) from None
    filled = [name for name in visible if rows[name]]
    if sheet is not None and sheet not in filled:
        raise ConfigurationError(
            "Il foglio indicato non c'è, è nascosto o è vuoto.",
            "The sheet named is not there, hidden or empty.",
        )
    if not filled:
        raise ConfigurationError("Il file è vuoto.", "The file is empty.")
    chosen = sheet or filled[0]
    return Grid(rows[chosen], chosen, left_out=tuple(n for n in filled if n != chosen))


def _rows(book: object, name: str) -> list[list[Cell]]:
    found = book.get_sheet_by_name(name).to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    rows: list[list[Cell]] = [[None if cell == "" else cell for cell in row] for row in found]
    return rows if any(cell is not None for row in rows for cell in row) else []


def xlsx_bytes(rows: list[list[Cell]], sheet: str) -> bytes:
    """Return a new workbook of one sheet: values only, text never taken for a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet or "Dati")

    def written(cell: Cell) -> object:
        if not isinstance(cell, str):
            if isinstance(cell, date) and not isinstance(cell, datetime) and cell.year < 1900:
                return text_of(cell)
            return cell
        text = _CONTROL.sub("", cell)
        if not text.startswith("="):
            return text
        made = WriteOnlyCell(page, value=text)
        made.data_type = "s"
        return made

    for row in rows:
        page.append([written(cell) for cell in row])
    return workbook_bytes(book)
