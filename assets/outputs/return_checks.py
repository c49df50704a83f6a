"""Lists and checks in the cells that a partner fills."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from assets.outputs.return_page import both, letter_of, lock, put, words
from assets.returned import Line
from schemas.expected import Expected

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: Hidden page of the lists to choose from.
LISTS = "_elenchi"
#: Columns of a line, in order; the last three are the partner's.
LINE_COLUMNS = {
    "number": 6, "file": 26, "sheet": 14, "row": 8, "letter": 10, "heading": 22, "value": 22,
    "wrong": 44, "expected": 44, "new": 24, "remove": 16, "keep": 32,
}  # fmt: skip
NEW, REMOVE, KEEP = (list(LINE_COLUMNS).index(each) + 1 for each in ("new", "remove", "keep"))
FIRST_LINE = 2
_LONGEST_TEXT = 200


def add_checks(book: Workbook, sheet: Worksheet, lines: Sequence[Line]) -> None:
    """Add lists and checks to the partner's cells, one for all lines that expect the same."""
    references = _write_lists(book, lines)
    alike: dict[Expected, list[int]] = {}
    for row, line in enumerate(lines, start=FIRST_LINE):
        if line.can_change:
            alike.setdefault(line.expected, []).append(row)
    for expected, rows in alike.items():
        about = {**_check(expected, references, rows[0]), **_told(both(expected.text))}
        _add(sheet, NEW, rows, about)
    every = list(range(FIRST_LINE, FIRST_LINE + len(lines)))
    yes = f'"{words("choice.yes").it}"'
    _add(
        sheet,
        REMOVE,
        every,
        {"type": "list", "formula1": yes, **_told(both(words("check.remove")))},
    )
    kept = [row for row, line in enumerate(lines, start=FIRST_LINE) if line.can_keep]
    _add(sheet, KEEP, kept, {**_length(), **_told(both(words("check.keep")))})


def _add(sheet: Worksheet, column: int, rows: list[int], about: dict[str, Any]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    if rows:
        letter = get_column_letter(column)
        areas = " ".join(f"{letter}{first}:{letter}{last}" for first, last in _runs(rows))
        sheet.add_data_validation(DataValidation(sqref=areas, allow_blank=True, **about))


def _check(expected: Expected, references: dict[tuple[str, ...], str], row: int) -> dict[str, Any]:
    """Return Excel's check for what is expected; ``row`` is the first it stands in."""
    if expected.kind == "list":
        return {"type": "list", "formula1": references[expected.choices]}
    if expected.kind == "text":
        return _length()
    low, high = _bound(expected.low), _bound(expected.high)
    if expected.low_open and low and high:
        cell = f"{letter_of(NEW)}{row}"
        return {
            "type": "custom",
            "formula1": f"AND(ISNUMBER({cell}),{cell}>{low},{cell}<={high})",
        }
    widest = {"date": ("DATE(1900,1,1)", "DATE(2100,12,31)")}.get(expected.kind, ("-1E12", "1E12"))
    kind = {"date": "date", "integer": "whole", "number": "decimal"}[expected.kind]
    return {
        "type": kind,
        "operator": "between",
        "formula1": low or widest[0],
        "formula2": high or widest[1],
    }


def _length() -> dict[str, Any]:
    return {
        "type": "textLength",
        "operator": "between",
        "formula1": "1",
        "formula2": str(_LONGEST_TEXT),
    }


def _told(text: str) -> dict[str, Any]:
    title = words("check.title").it
    said = text[:250]
    return {
        "errorTitle": title, "error": said, "showErrorMessage": True,
        "promptTitle": title, "prompt": said, "showInputMessage": True,
    }  # fmt: skip


def _bound(value: float | date | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, date):
        return f"DATE({value.year},{value.month},{value.day})"
    return f"{value:.15g}"


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Put neighbouring rows together: 2, 3, 5 -> (2, 3), (5, 5)."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def _write_lists(book: Workbook, lines: Sequence[Line]) -> dict[tuple[str, ...], str]:
    """Write each list once on a hidden page: within a cell it may not exceed 255 characters."""
    sheet: Worksheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    found: dict[tuple[str, ...], str] = {}
    for line in lines:
        choices = line.expected.choices
        if choices and choices not in found:
            column = len(found) + 1
            for row, word in enumerate(choices, start=1):
                put(sheet, row, column, word)
            letter = letter_of(column)
            found[choices] = f"{LISTS}!${letter}$1:${letter}${len(choices)}"
    lock(sheet)
    return found
