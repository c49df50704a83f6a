"""A partner's answers, taken from the workbook that came back: which cells, and what to do with each.

Nothing is decided here: whether a cell still holds what was shown is for intake to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from assets.errors import DeliveryRefused
from assets.outputs.return_checks import FIRST_LINE, KEEP, LISTS, NEW, REMOVE
from assets.outputs.return_page import words
from assets.outputs.returns import (
    FIRST_RECORD,
    MACHINE,
    MACHINE_COLUMNS,
    VERSION,
    check_value,
)
from assets.workbooks import open_workbook
from schemas.expected import day_pattern
from schemas.reader import Reader

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_YES = {"sì", "si", "si'", "s", "x", "yes", "y", "1", "vero", "true"}


@dataclass(frozen=True)
class Answer:
    """What a partner wrote on one line.

    Attributes
    ----------
    new
        The value as the spreadsheet holds it (text, number, day), or ``None``.
    about
        What the hidden page says of the line (``MACHINE_COLUMNS``).
    """

    number: int
    about: dict[str, str]
    new: Any = field(repr=False)
    is_removed: bool
    reason: str | None = field(repr=False)

    @property
    def is_given(self) -> bool:
        """True where the line was answered."""
        return self.new is not None or self.is_removed or self.reason is not None


@dataclass(frozen=True)
class Written:
    """One filled cell of the visible pages, for the identifier gate.

    ``column`` is ours where the cell is the correction of one; ``is_free`` where anybody may have
    written anything.
    """

    place: str
    text: str = field(repr=False)
    column: str | None = None
    is_free: bool = False


@dataclass(frozen=True)
class Answered:
    """A workbook that came back."""

    programme: str
    partner: str
    answers: list[Answer]
    written: list[Written] = field(repr=False)


def read_answers(data: bytes) -> Answered:
    """Read a workbook that came back, whichever program saved it.

    Raises
    ------
    DeliveryRefused
        ``correction.not_ours``, ``correction.damaged`` or a line that cannot be understood.
    """
    book = open_workbook(data, (MACHINE, words("sheet.lines").it))
    if book is None:
        raise DeliveryRefused("correction.not_ours")
    head, records = _machine(book)
    sheet = book[words("sheet.lines").it]
    by_number = {each["number"]: each for each in records}
    rows = {
        str(sheet.cell(row, 1).value): row
        for row in range(FIRST_LINE, sheet.max_row + 1)
        if sheet.cell(row, 1).value is not None
    }
    answers = [_answer(sheet, rows.get(number), each) for number, each in by_number.items()]
    columns = {rows[number]: each["column"] for number, each in by_number.items() if number in rows}
    return Answered(head["programme"], head["partner"], answers, list(_written(book, columns)))


def _machine(book: Workbook) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return head and records of the hidden page, once they are seen to be as they were written."""
    sheet = book[MACHINE]
    said = {_text(sheet, row, 1): _text(sheet, row, 2) for row in range(1, FIRST_RECORD - 1)}
    if said.get("lunattiva") != VERSION:
        raise DeliveryRefused("correction.not_ours")
    head = {name: said.get(name, "") for name in ("lunattiva", "programme", "partner")}
    last = sheet.max_row
    records = [
        [_text(sheet, row, column) for column in range(1, len(MACHINE_COLUMNS) + 1)]
        for row in range(FIRST_RECORD, last + 1)
    ]
    records = [each for each in records if any(each)]
    if said.get("check") != check_value(head, records):
        raise DeliveryRefused("correction.damaged")
    return head, [dict(zip(MACHINE_COLUMNS, each, strict=True)) for each in records]


def _text(sheet: Worksheet, row: int, column: int) -> str:
    value = sheet.cell(row, column).value
    return "" if value is None else str(value)


def _answer(sheet: Worksheet, row: int | None, about: dict[str, str]) -> Answer:
    if row is None or not (about["number"].isascii() and about["number"].isdigit()):
        raise DeliveryRefused("correction.damaged")
    number = int(about["number"])
    new = _value(sheet, row, NEW, number) if about["entry"] != "none" else None
    removed = _value(sheet, row, REMOVE, number)
    reason = _value(sheet, row, KEEP, number) if about["keep"] == "1" else None
    if removed is not None and str(removed).casefold() not in _YES:
        raise DeliveryRefused("correction.yes", number=number)
    if sum(each is not None for each in (new, removed, reason)) > 1:
        raise DeliveryRefused("correction.several", number=number)
    if new is not None and about["entry"] == "date" and isinstance(new, (int, float)):
        new = _day(sheet, new)
    return Answer(number, about, new, removed is not None, None if reason is None else str(reason))


def _value(sheet: Worksheet, row: int, column: int, number: int) -> Any:
    """Return what stands in a cell, ``None`` where it is blank."""
    cell = sheet.cell(row, column)
    if cell.data_type in ("f", "e"):
        raise DeliveryRefused("correction.formula", number=number)
    if isinstance(cell.value, str):
        return cell.value.strip() or None
    return cell.value


def _day(sheet: Worksheet, serial: float) -> Any:
    """Return the day of a number that lost the look of a date."""
    from openpyxl.utils.datetime import from_excel

    try:
        return from_excel(serial, sheet.parent.epoch)  # type: ignore[union-attr]
    except (ValueError, OverflowError):
        return serial


def _written(book: Workbook, columns: dict[int, str]) -> Iterator[Written]:
    """Yield every filled cell of the visible pages, and every comment.

    The hidden pages are ours and were seen to be unchanged: their digests look like anything.
    """
    lines = words("sheet.lines").it
    ours = {words(f"sheet.{each}").it for each in ("guide", "lines", "refused", "well")}
    for sheet in book.worksheets:
        if sheet.title in (MACHINE, LISTS):
            continue
        for cells in sheet.iter_rows():
            for cell in cells:
                place = f"{sheet.title}!{cell.coordinate}"
                if cell.comment is not None:
                    yield Written(place, cell.comment.text, is_free=True)
                if cell.value is None:
                    continue
                is_answer = sheet.title == lines and cell.column >= NEW
                is_new = is_answer and cell.column == NEW and cell.row in columns
                name = columns[cell.row] if is_new else None
                is_free = not is_new and (is_answer or sheet.title not in ours)
                yield Written(place, str(cell.value), name, is_free)


def spelt(value: Any, reader: Reader) -> str:
    """Return a corrected value as the partner's own files spell it.

    Parameters
    ----------
    value
        Text, number, day or truth value, as the spreadsheet holds it.
    reader
        The spelling of the source.
    """
    if isinstance(value, bool):
        return (reader.true if value else reader.false)[0]
    if isinstance(value, (date, datetime)):
        return value.strftime(day_pattern(reader))
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        return repr(value).replace(".", reader.decimal or ",")
    return str(value).strip()
