"""A file on its way to being coded: rows of cells, where the headings stand, how it was written."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass, field
from typing import Literal

from assets.coding.normalise import Cell, text_of
from assets.coding.shared import pattern, shared

_FIRST_ROWS = 30
_FULL = 0.6
_BOMS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


@dataclass(frozen=True)
class Dialect:
    """How a delimited text is written; ``quotes_all`` where every cell stands in quotes."""

    encoding: str = "utf-8"
    delimiter: str = ";"
    quotechar: str = '"'
    escapechar: str = ""
    newline: str = "\r\n"
    quotes_all: bool = False


@dataclass(frozen=True)
class Grid:
    """One sheet; ``dialect`` is None for a workbook. Rows all have the width of the widest."""

    rows: list[list[Cell]]
    sheet: str = ""
    dialect: Dialect | None = None
    left_out: tuple[str, ...] = field(default=())


def find_header(rows: list[list[Cell]]) -> int:
    """Return the position of the heading row: the first that is nearly as wide as the table.

    Titles fill few cells. The offline page decides alike; both let a person say otherwise.
    """
    filled = [sum(text_of(cell).strip() != "" for cell in row) for row in rows[:_FIRST_ROWS]]
    least = max(1, _FULL * max(filled, default=0))
    return next((position for position, count in enumerate(filled) if count >= least), 0)


def csv_bytes(rows: list[list[Cell]], dialect: Dialect) -> bytes:
    """Return rows as delimited text in the dialect and encoding of the file they came from.

    An encoding that lacks a letter of the new headings gives way to UTF-8.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=dialect.delimiter or ",",
        quotechar=dialect.quotechar or None,
        escapechar=dialect.escapechar or None,
        doublequote=not dialect.escapechar,
        lineterminator=dialect.newline,
        quoting=_quoting(dialect),
    )
    writer.writerows([[harmless(text_of(cell)) for cell in row] for row in rows])
    try:
        return _BOMS.get(dialect.encoding, b"") + stream.getvalue().encode(dialect.encoding)
    except UnicodeEncodeError:
        return stream.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Return a cell with an apostrophe before what Excel would carry out as a formula."""
    return f"'{text}" if pattern(shared()["formula"]).search(text) else text


def _quoting(dialect: Dialect) -> Literal[0, 1, 3]:
    if not dialect.quotechar:
        return csv.QUOTE_NONE
    return csv.QUOTE_ALL if dialect.quotes_all else csv.QUOTE_MINIMAL
