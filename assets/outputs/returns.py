"""The workbook that goes back to a partner: what to mend cell by cell, and what went well.

It holds cells of people's rows, pseudonymous, and is for the partner that sent them alone. A hidden
page says to which cell of which file each line belongs, so that the answers find their way back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from assets.outputs.return_checks import FIRST_LINE, KEEP, LINE_COLUMNS, NEW, REMOVE, add_checks
from assets.outputs.return_page import (
    FONT,
    both,
    finish,
    fit,
    lock,
    print_across,
    put,
    words,
    write_head,
)
from assets.returned import MASKED, Line, Return
from assets.workbooks import workbook_bytes
from schemas.words import LANGUAGES

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: Hidden page that says what each line is about.
MACHINE = "_lunattiva"
#: Changes when the pages below do; a workbook of another version is not read.
VERSION = "1"
#: Columns of the hidden page, from its row ``FIRST_RECORD`` on.
MACHINE_COLUMNS = (
    "number", "delivery", "sheet", "row", "letter", "heading", "column", "rule", "expected",
    "entry", "keep",
)  # fmt: skip
FIRST_RECORD = 7

_REFUSED_COLUMNS = {"file": 40, "period": 14, "why": 90}
_WELL_COLUMNS = {
    "file": 40, "what": 36, "period": 12, "read": 14, "accepted": 12, "quarantined": 14,
    "set_aside": 18, "tolerated": 14,
}  # fmt: skip
_FORMATS = {"date": "dd/mm/yyyy", "integer": "0", "number": "General", "list": "@", "text": "@"}


def return_workbook(made: Return, on: date) -> bytes:
    """Return the bytes of one partner's workbook: the same return and day, the same bytes.

    Parameters
    ----------
    on
        The day it is written; nothing else of the clock is in it.
    """
    from openpyxl import Workbook

    book = Workbook()
    guide: Worksheet = book.active  # type: ignore[assignment]
    guide.title = words("sheet.guide").it
    _write_lines(book, made.lines)
    _write_refused(book, made)
    _write_well(book, made)
    _write_machine(book, made)
    _write_guide(guide, made, on)
    book.properties.title = words("title").it
    book.properties.creator = "Lunattiva"
    return workbook_bytes(book, datetime(on.year, on.month, on.day))


def _write_guide(sheet: Worksheet, made: Return, on: date) -> None:
    from openpyxl.styles import Font

    counts: dict[str, Any] = {
        "accepted": sum(each.accepted_n for each in made.well),
        "read": sum(each.read_n for each in made.well),
        "lines": len(made.lines),
        "refused": len(made.refused),
        "date": f"{on:%d/%m/%Y}",
    }
    steps = ("to", "thanks", "count", "one", "two", "three", "four", "five", "six", "privacy")
    sheet.column_dimensions["A"].width = 110
    put(sheet, 1, 1, both(words("title")))
    sheet.cell(1, 1).font = Font(name=FONT, bold=True, size=16)
    sheet.row_dimensions[1].height = 48
    for row, step in enumerate(steps, start=2):
        said = [
            words(f"guide.{step}").say(
                lang, partner=made.label.say(lang), title=made.title.say(lang), **counts
            )
            for lang in LANGUAGES
        ]
        put(sheet, row, 1, "\n".join(said))
        fit(sheet, row, ["\n".join(said)], [110])
    print_across(sheet)
    lock(sheet)


def _write_lines(book: Workbook, lines: Sequence[Line]) -> None:
    sheet: Worksheet = book.create_sheet(words("sheet.lines").it)
    write_head(sheet, LINE_COLUMNS)
    for row, line in enumerate(lines, start=FIRST_LINE):
        _write_line(sheet, row, line)
    if not lines:
        put(sheet, FIRST_LINE, 2, both(words("nothing.lines")))
    else:
        add_checks(book, sheet, lines)
    sheet.freeze_panes = "B2"
    finish(sheet, LINE_COLUMNS, len(lines))


def _write_line(sheet: Worksheet, row: int, line: Line) -> None:
    shown = {"": both(words("blank")), MASKED: both(words("masked"))}.get(line.value, line.value)
    texts: list[str | int] = [
        line.file,
        line.sheet or "-",
        line.row,
        line.letter,
        line.heading,
        shown,
        both(line.wrong),
        f"{line.question.it} {line.expected.text.it}\n{line.question.en} {line.expected.text.en}",
    ]
    for column, value in enumerate([line.number, *texts], start=1):
        put(sheet, row, column, value)
    _open(sheet, row, NEW, _FORMATS[line.expected.kind], is_open=line.can_change)
    _open(sheet, row, REMOVE, "@", is_open=True)
    _open(sheet, row, KEEP, "@", is_open=line.can_keep)
    fit(sheet, row, [str(each) for each in texts], list(LINE_COLUMNS.values())[1:9])


def _open(sheet: Worksheet, row: int, column: int, number_format: str, *, is_open: bool) -> None:
    """Leave a cell to the partner, framed; or say that it is not for this line."""
    from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side

    cell = sheet.cell(row, column)
    if not is_open:
        put(sheet, row, column, both(words("not_here")))
        return
    frame = Side(style="medium", color="1F4E5F")
    cell.border = Border(left=frame, right=frame, top=frame, bottom=frame)
    cell.fill = PatternFill("solid", fgColor="FFF8DC")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.number_format = number_format
    cell.protection = Protection(locked=False)


def _write_refused(book: Workbook, made: Return) -> None:
    sheet: Worksheet = book.create_sheet(words("sheet.refused").it)
    write_head(sheet, _REFUSED_COLUMNS)
    for row, each in enumerate(made.refused, start=2):
        texts = [each.file, each.period, both(each.why)]
        for column, text in enumerate(texts, start=1):
            put(sheet, row, column, text)
        fit(sheet, row, texts, list(_REFUSED_COLUMNS.values()))
    if not made.refused:
        put(sheet, 2, 1, both(words("nothing.refused")))
    sheet.freeze_panes = "A2"
    finish(sheet, _REFUSED_COLUMNS, len(made.refused))


def _write_well(book: Workbook, made: Return) -> None:
    sheet: Worksheet = book.create_sheet(words("sheet.well").it)
    write_head(sheet, _WELL_COLUMNS)
    numbers = ("read_n", "accepted_n", "quarantined_n", "set_aside_n", "tolerated_n")
    for row, each in enumerate(made.well, start=2):
        values = [each.file, both(each.label), each.period]
        for column, value in enumerate([*values, *(getattr(each, n) for n in numbers)], start=1):
            put(sheet, row, column, value)
        fit(sheet, row, values, list(_WELL_COLUMNS.values()))
    last = len(made.well) + 2
    put(sheet, last, 1, both(words("total")))
    for column, name in enumerate(numbers, start=4):
        put(sheet, last, column, sum(getattr(each, name) for each in made.well))
    sheet.freeze_panes = "A2"
    finish(sheet, _WELL_COLUMNS, len(made.well))


def _write_machine(book: Workbook, made: Return) -> None:
    """Write what each line is about; the check value shows whether somebody changed it."""
    sheet: Worksheet = book.create_sheet(MACHINE)
    sheet.sheet_state = "hidden"
    records = [
        (
            str(line.number), line.sha256, line.sheet, str(line.row), line.letter, line.heading,
            line.column, line.rule, line.digest, line.expected.kind if line.can_change else "none",
            "1" if line.can_keep else "0",
        )
        for line in made.lines
    ]  # fmt: skip
    head = (("lunattiva", VERSION), ("programme", made.programme), ("partner", made.partner))
    for row, pair in enumerate((*head, ("check", check_value(dict(head), records))), start=1):
        _put_all(sheet, row, pair)
    _put_all(sheet, FIRST_RECORD - 1, MACHINE_COLUMNS)
    for row, record in enumerate(records, start=FIRST_RECORD):
        _put_all(sheet, row, record)
    lock(sheet)


def check_value(head: dict[str, str], records: Sequence[Sequence[str]]) -> str:
    """Return what tells whether the hidden page is as it was written."""
    said = json.dumps([head, [list(each) for each in records]], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _put_all(sheet: Worksheet, row: int, texts: Sequence[str]) -> None:
    for column, text in enumerate(texts, start=1):
        if text:
            put(sheet, row, column, text)
