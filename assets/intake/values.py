"""How values of a workbook become text: whole numbers whole, dates as the source writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.grid import Area, Cells, Sheet, State, letter, text_column
from assets.spelling import spell_date
from schemas.reader import SERIALS, Reader

#: Name in ``Sheet.typed`` of the cells whose number is too long to be trusted:
#: position -> row numbers. A spreadsheet keeps 15 digits and turns the others into zeros.
LONG_NUMBERS = "long_numbers"
#: Name in ``Sheet.typed`` of the rows that Excel tables declare as their totals.
TOTAL_ROWS = "total_rows"
_TOO_LONG = 1e15
#: Longer than any number that people count with: spelt with its exponent.
_ASTRONOMIC = 1e30
_NO_NUMBER = "#NUM!"
#: Times are stored as fractions of a day; what is nearer than this to a second is that second.
_NOISE_MICROSECONDS = 10_000

#: What stands in the place of a formula that was never calculated; Excel's own name for it.
NOT_CALCULATED = "#CALC!"
#: More cells than these, blank ones counted, are a stray cell far from the others.
_MOST_CELLS = 20_000_000

Cell = tuple[int, int]


@dataclass
class Marks:
    """What the bytes of a sheet say that calamine does not.

    Attributes
    ----------
    failed
        (row, column), both from 0 -> text of a cell that shows no value of its own (an error, a
        formula without result), or the number of one that would be a date of no calendar.
    hidden_rows, total_rows
        Row numbers from 1: hidden by hand or by a filter; the totals of an Excel table.
    hidden_columns
        Positions from 0.
    """

    failed: dict[Cell, str | float] = field(default_factory=dict)
    merged: tuple[Area, ...] = ()
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    total_rows: list[int] = field(default_factory=list)


@dataclass
class RawSheet:
    """A sheet as a reader of one format hands it over: values still typed, errors as their text.

    ``rows`` start at row 1 and column A.
    """

    name: str
    rows: list[list[Any]]
    state: State = "visible"
    marks: Marks = field(default_factory=Marks)


class RawBook(NamedTuple):
    """All worksheets of a file, and what stands outside cells (for the identifier gate)."""

    sheets: list[RawSheet]
    texts: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


def is_sparse(rows: int, columns: int) -> bool:
    """Say whether laying out so many cells would fill the memory."""
    return rows * columns > _MOST_CELLS


def refuse_sparse(sheet: str, rows: int, columns: int) -> None:
    """Refuse a sheet whose last cell lies so far out that the cells up to it fill the memory."""
    if is_sparse(rows, columns):
        place = f"{letter(columns - 1)}{rows}"
        raise DeliveryRefused("sheet.too_large", sheet=sheet, cell=place)


class Speller:
    """Spells typed values the way a source spells its own text; without a source, neutrally.

    Neutral: numbers with a point, dates by ISO 8601, TRUE and FALSE.
    """

    def __init__(self, reader: Reader | None) -> None:
        self.reader = reader
        self.decimal = reader.decimal if reader else "."
        self.pattern = _date_pattern(reader) if reader else ""
        self.true = reader.true[0] if reader else "TRUE"
        self.false = reader.false[0] if reader else "FALSE"

    def text(self, cell: Any) -> str:
        """Return the text of one value."""
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool):
            return self.true if cell else self.false
        if isinstance(cell, int | float):
            return number_text(cell).replace(".", self.decimal)
        if isinstance(cell, datetime):
            return self._moment(cell)
        if isinstance(cell, date):
            return self._moment(datetime(cell.year, cell.month, cell.day))
        if isinstance(cell, time):
            return _clock(_whole_second(datetime.combine(date(2000, 1, 1), cell)))
        return _duration(cell) if isinstance(cell, timedelta) else str(cell)

    def _moment(self, cell: datetime) -> str:
        """Spell a date; a time of day that the pattern has no room for stays visible after it."""
        cell = _whole_second(cell)
        if self.reader is None or not self.pattern:
            shown = cell.date().isoformat()
        elif self.pattern in SERIALS:
            shown = spell_date(cell.date(), self.reader)
        elif "%d" not in self.pattern and "%j" not in self.pattern and cell.day != 1:
            shown = cell.date().isoformat()  # the pattern would lose the day
        else:
            shown = cell.strftime(self.pattern)
            if "%H" in self.pattern or "%I" in self.pattern:
                return shown
        return shown if cell.time() == time() else f"{shown} {_clock(cell)}"


def _date_pattern(reader: Reader) -> str:
    """Return the first pattern in figures that keeps the whole date, else the first one."""
    whole = (p for p in reader.dates if "%d" in p and "%m" in p and ("%Y" in p or "%y" in p))
    return next(whole, reader.dates[0])


def number_text(number: float) -> str:
    """Return a number as digits: '46100' and not '46100.0', never with an exponent up to 10^30.

    >>> number_text(46100.0), number_text(1e-07), number_text(-0.5)
    ('46100', '0.0000001', '-0.5')
    """
    if not math.isfinite(number):
        return _NO_NUMBER
    if abs(number) >= _ASTRONOMIC:
        return repr(float(number))
    if float(number).is_integer():
        return str(int(number))
    return format(Decimal(repr(number)), "f")


def _whole_second(moment: datetime) -> datetime:
    """Take away what storing a time as a fraction of a day adds to it."""
    beyond = moment.microsecond
    if beyond <= _NOISE_MICROSECONDS:
        return moment.replace(microsecond=0)
    if beyond >= 1_000_000 - _NOISE_MICROSECONDS and moment < datetime(9999, 12, 31):
        return moment.replace(microsecond=0) + timedelta(seconds=1)
    return moment


def _clock(moment: datetime) -> str:
    shown = moment.strftime("%H:%M:%S")
    if not moment.microsecond:
        return shown
    return shown + f".{moment.microsecond:06d}".rstrip("0")


def _duration(cell: timedelta) -> str:
    """Spell a length of time in hours that may pass 24: '26:00:00'."""
    seconds = round(cell.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"


def spelt_sheet(raw: RawSheet, speller: Speller) -> Sheet:
    """Return the sheet as text; what is formatted but empty below and to the right is left out."""
    rows = raw.rows
    while rows and _is_blank(rows[-1]):
        rows.pop()  # formatted but empty: Excel may keep a million of them
    width = max(map(len, rows), default=0)
    if any(len(row) != width for row in rows):
        rows = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
    columns: list[Cells] = []
    too_long: dict[int, tuple[int, ...]] = {}
    for at, cells in enumerate(zip(*rows, strict=True)):
        columns.append(_spelt_column(cells, speller))
        found = _long_numbers(cells)
        if found:
            too_long[at] = found
    while columns and columns[-1].null_count == len(rows):
        columns.pop()
    typed: dict[str, object] = {LONG_NUMBERS: too_long} if too_long else {}
    if raw.marks.total_rows:
        typed[TOTAL_ROWS] = tuple(raw.marks.total_rows)
    return Sheet(
        raw.name,
        columns,
        len(rows),
        state=raw.state,
        merged=_within(raw.marks.merged, len(rows), len(columns)),
        typed=typed,
    )


def _is_blank(row: list[Any]) -> bool:
    return all(isinstance(cell, str) and not cell.strip() for cell in row)


def _spelt_column(cells: Sequence[Any], speller: Speller) -> pa.Array:
    kinds = set(map(type, cells))
    if kinds == {str}:
        return text_column(cells)
    if bool in kinds:  # True and 1 are one key of a dictionary
        return text_column([speller.text(cell) for cell in cells])
    spelt = {cell: speller.text(cell) for cell in set(cells)}
    return text_column([spelt[cell] for cell in cells])


def _long_numbers(cells: Sequence[Any]) -> tuple[int, ...]:
    """Return the row numbers of whole numbers with more digits than a spreadsheet keeps."""
    if not {int, float} & set(map(type, cells)):
        return ()
    numbers = np.fromiter(
        (cell if cell.__class__ in (float, int) else 0.0 for cell in cells), float, len(cells)
    )
    return tuple((np.flatnonzero(np.abs(numbers) >= _TOO_LONG) + 1).tolist())


def _within(areas: tuple[Area, ...], rows_n: int, columns_n: int) -> tuple[Area, ...]:
    """Return the merged areas cut to the cells there are, in the order of the sheet."""
    cut = (
        Area(top, min(bottom, rows_n), left, min(right, columns_n - 1))
        for top, bottom, left, right in areas
    )
    return tuple(
        sorted(
            area
            for area in cut
            if area.first_row <= area.last_row
            and area.first_column <= area.last_column
            and (area.first_row, area.first_column) != (area.last_row, area.last_column)
        )
    )
