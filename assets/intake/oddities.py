"""Delimited text that would be read askew: odd rows, drawn tables, decimal commas among commas."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.errors import DeliveryRefused
from assets.intake.grid import Cells, Sheet, Spelling, coded
from assets.intake.readings import Reading
from assets.intake.records import text_stream
from assets.intake.search import matches
from schemas.words import Words

_OTHERS = (";", ",", "\t", "|", " ")
#: Words of a title may by chance be as many as the columns, if these are few.
_MANY = 6
_MOST_ROWS = 1_000
_MOST = 0.8


def refuse_odd_rows(sheet: Sheet, spelling: Spelling) -> None:
    """Refuse rows with another separator, or in apostrophes, than the text they stand in.

    Raises
    ------
    DeliveryRefused
        ``file.row_delimiter``, ``file.quotes``: with the row.
    """
    wide = sheet.widths[sheet.widths > 1]
    if not len(wide):
        return
    width = int(np.bincount(wide).argmax())
    _refuse_other_delimiter(sheet, spelling, width)
    if "quotechar" in spelling.decided and spelling.quotechar != "'":
        _refuse_apostrophes(sheet)


def _refuse_other_delimiter(sheet: Sheet, spelling: Spelling, width: int) -> None:
    odd = np.flatnonzero((sheet.widths > 0) & (sheet.widths < width))
    for at in odd[:_MOST_ROWS].tolist():
        cell = spelling.delimiter.join(sheet.row(at + 1)[: sheet.widths[at]])
        for mark in _OTHERS:
            if mark == spelling.delimiter or cell.count(mark) != width - 1:
                continue
            if mark == " " and (width < _MANY or not cell.replace(" ", "").isalnum()):
                continue
            if mark != " " and f"{mark} " in cell:
                continue  # as in a sentence
            raise DeliveryRefused(
                "file.row_delimiter",
                row=at + 1,
                first=shown(spelling.delimiter),
                second=shown(mark),
            )


def _refuse_apostrophes(sheet: Sheet) -> None:
    """Refuse a row all of whose cells are in apostrophes, in a text that quotes otherwise."""
    filled = np.zeros(sheet.rows_n, dtype=np.int64)
    quoted = np.zeros(sheet.rows_n, dtype=np.int64)
    for column in sheet.columns:
        if not _begins_with(column, "'"):
            return  # in each column some row would have to be so
        found = matches(column, "(?s)^'.*'$")
        quoted += found
        filled += np.asarray(pc.is_valid(column), dtype=bool)
    odd = np.flatnonzero((quoted == filled) & (quoted > 1))
    if len(odd):
        raise DeliveryRefused("file.quotes", row=int(odd[0]) + 1, column="A")


def _begins_with(column: Cells, mark: str) -> bool:
    """Say whether any cell of a column begins with a mark."""
    words = coded(column).words if pa.types.is_dictionary(column.type) else column
    return bool(pc.any(pc.starts_with(words, mark)).as_py())


def shown(delimiter: str) -> Words:
    """Name a separator as it is written in source.yml."""
    names = {
        "": Words(it="una sola colonna", en="one column only"),
        "\t": Words(it='"\\t" (tabulazione)', en='"\\t" (tab)'),
        " ": Words(it='" " (spazio)', en='" " (space)'),
    }
    return names.get(delimiter, Words(it=f'"{delimiter}"', en=f'"{delimiter}"'))


def refuse_decimal_commas(reading: Reading) -> None:
    """Refuse numbers with decimal commas between commas: the headings are fewer than the cells."""
    if reading.delimiter != "," or not reading.fits:
        return
    first = min(reading.fits)
    above = reading.rows[first - 1] if first else []
    if not 1 < len(above) < reading.width or any(re.search(r"\d", cell) for cell in above):
        return
    split = reading.width - len(above)
    body = [reading.rows[at] for at in sorted(reading.fits)]
    if all(_number_pairs(row) >= split for row in body):
        raise DeliveryRefused("file.decimal_comma", row=reading.numbers[first])


def _number_pairs(row: list[str]) -> int:
    return sum(
        bool(re.fullmatch(r"[+-]?\d+", a.strip()) and re.fullmatch(r"\d+", b.strip()))
        for a, b in zip(row, row[1:], strict=False)
    )


def refuse_drawn(sample: str) -> None:
    """Refuse a table drawn with lines of dashes."""
    for row, line in enumerate(re.split(r"\r\n|\r|\n", sample), start=1):
        drawn = line.strip()
        if drawn.startswith(("|", "+")) and "--" in drawn and not drawn.strip("|+-=: "):
            raise DeliveryRefused("file.fixed_width", row=row)


def refuse_fixed_width(sample: str) -> None:
    """Refuse columns that are lined up with spaces."""
    lines = [line for line in re.split(r"[\r\n]+", sample) if line.strip()]
    gaps = sum(bool(re.search(r"\S {2,}\S", line)) for line in lines)
    if len(lines) > 2 and gaps >= _MOST * len(lines):
        raise DeliveryRefused("file.fixed_width", row=1)


def refuse_foreign_escapes(text: pa.Buffer, spelling: Spelling) -> None:
    """Refuse backslashes before other characters than those they protect, as in a Windows path."""
    if not spelling.escapechar:
        return
    known = f"{spelling.quotechar}{spelling.delimiter}{spelling.escapechar}\r\n"
    lines = 1
    for line in text_stream(text):
        for found in re.finditer(r"\\(.|\n|\Z)", line):
            if found.group(1) not in known or not found.group(1):
                raise DeliveryRefused("file.escape", row=lines)
        lines += 1
