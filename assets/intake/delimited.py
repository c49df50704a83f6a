"""Delimited text (csv, tsv, txt): encoding and dialect decided, reported, and read exactly."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.bulk import read_quickly
from assets.intake.dialects import decide_spelling
from assets.intake.encodings import to_utf8
from assets.intake.grid import Sheet, Spelling
from assets.intake.kinds import kind_of_bytes, kind_of_text
from assets.intake.oddities import refuse_foreign_escapes, refuse_odd_rows
from assets.intake.records import read_exactly
from schemas.reader import Reader

#: Smaller texts are read exactly at once: there is no time to be won.
_BIG = 1 << 20
_START = 1 << 16


def read_delimited(data: Any, reader: Reader, *, big: int = _BIG) -> tuple[Sheet, Spelling]:
    """Read delimited text as its source declares it, and decide what is not declared.

    Parameters
    ----------
    data
        ``bytes`` or a ``pyarrow.Buffer``, which may be a mapped file.
    reader
        ``encoding``, ``delimiter``, ``quote`` and ``escape`` that are None are decided.
    big
        Size in bytes from which the quick way is tried.

    Returns
    -------
    Sheet
        Exact text, null where a cell is empty; ``widths`` holds how many cells each row has (0: a
        blank line). On a big file columns that repeat themselves are dictionary-coded.
        ``typed["skipped"]`` is ``{1: "sep"}`` where the first row is Excel's own ``sep=;``.
    Spelling
        How the text is written, and which of it was decided rather than declared; ``delimiter`` is
        '' where each row is one cell.

    Raises
    ------
    DeliveryRefused
        Whatever the bytes do not settle, with the row and what to write in source.yml.
    """
    buffer = data if isinstance(data, pa.Buffer) else pa.py_buffer(data)
    start = bytes(buffer.slice(0, min(_START, buffer.size)))
    _refuse_kind(kind_of_bytes(start))
    text, encoding = to_utf8(buffer, reader.encoding)
    if not _has_text(text):
        raise DeliveryRefused("file.empty")
    _refuse_kind(kind_of_text(bytes(text.slice(0, min(_START << 6, text.size)))))
    spelling, skip = decide_spelling(text, encoding, reader)
    above = 1 if skip else 0
    body = text.slice(skip)
    try:
        sheet = read_text(body, spelling, above=above, big=big)
    except DeliveryRefused:
        if not _protects_later(body, spelling):
            raise
        spelling = replace(spelling, escapechar="\\")
        sheet = read_text(body, spelling, above=above, big=big)
    if skip:
        sheet = _below(bytes(text.slice(0, skip)).decode().rstrip("\r\n"), sheet)
    refuse_odd_rows(sheet, spelling)
    return sheet, spelling


def _protects_later(text: pa.Buffer, spelling: Spelling) -> bool:
    """Say whether backslashes protect quotation marks, after what the decision looked at."""
    if spelling.escapechar or "escapechar" not in spelling.decided or len(spelling.delimiter) != 1:
        return False
    if not re.search(rb'\\"', memoryview(text)):
        return False
    refuse_foreign_escapes(text, replace(spelling, escapechar="\\"))
    return True


def _refuse_kind(kind: str) -> None:
    if kind:
        raise DeliveryRefused("file.other_kind", format=kind)


def _has_text(text: pa.Buffer) -> bool:
    """Say whether there is anything but white space."""
    view = memoryview(text)
    return any(bytes(view[at : at + _START]).strip() for at in range(0, len(view), _START))


def read_text(text: pa.Buffer, spelling: Spelling, *, above: int = 0, big: int = _BIG) -> Sheet:
    """Read UTF-8 text of a known spelling: quickly where that is as exact, else record by record.

    Rows ``above`` the text are counted where a refusal names a row.
    """
    sheet = read_quickly(text, spelling) if text.size >= big else None
    return sheet if sheet is not None else read_exactly(text, spelling, above=above)


def _below(line: str, sheet: Sheet) -> Sheet:
    """Put Excel's line ``sep=;`` back above the rows it stands above."""
    columns = []
    column: Any
    for at, column in enumerate(sheet.columns):
        cell = pa.array([line if at == 0 else None], pa.string())
        kind = column.type
        if pa.types.is_dictionary(kind):  # one word more may need wider codes
            kind = pa.dictionary(pa.int32(), pa.string())
            cell, column = cell.dictionary_encode(), column.cast(kind)
        rest = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        joined = pa.chunked_array([cell, *rest], type=kind)
        if pa.types.is_dictionary(kind):
            joined = joined.unify_dictionaries()
        columns.append(joined.combine_chunks() if isinstance(column, pa.Array) else joined)
    return replace(
        sheet,
        columns=columns or [pa.array([line])],
        rows_n=sheet.rows_n + 1,
        widths=np.concatenate(([1], sheet.widths)),
        typed={**sheet.typed, "skipped": {1: "sep"}},
    )
