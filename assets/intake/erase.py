"""A delivered file written again without the rows of forgotten people, cell for cell the same else."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from assets.errors import DeliveryRefused, UnexpectedError
from assets.forgotten import Forgotten
from assets.guard import value_free
from assets.intake.corrections import CorrectionBook, corrected
from assets.intake.exports import completed, recognise
from assets.intake.find import Found
from assets.intake.grid import Contents, Sheet, Spelling, distinct, plain
from assets.intake.headings import resolve, wanted_of
from assets.intake.readers import read_contents, read_loosely
from assets.intake.records import records
from assets.intake.table import find_table
from assets.layout import Layout

PERSON = "person_code"


@dataclass(frozen=True)
class Erasure:
    """What is to be done with one file.

    Attributes
    ----------
    rows
        Rows of the file, from 1, that are a forgotten person's; empty where there are none, or
        where the file could not be looked into by column.
    made
        The bytes without them, or ``None`` where the file cannot be written again.
    """

    sha256: str
    rows: tuple[int, ...]
    made: bytes | None = None
    is_suspect: bool = False

    @property
    def is_needed(self) -> bool:
        """True where a forgotten person stands in the file."""
        return bool(self.rows) or self.is_suspect


def erasure_of(
    layout: Layout, found: Found, data: bytes, gone: Forgotten, book: CorrectionBook
) -> Erasure:
    """Look for forgotten people in one delivered file, and make its bytes without them.

    A file that intake refuses has no known column of codes: it is ``is_suspect`` where any cell
    equals a forgotten code, and is not written again.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        with value_free():
            reader = found.source.reader if found.source else None
            contents = read_contents(data, found.path.name, reader)
            rows = _rows_of(layout, found, contents, gone, book, sha256)
            if not rows:
                return Erasure(sha256, ())
            made = _written(data, contents, rows)
            if made is not None and not _is_the_rest(found, contents, made, rows):
                made = None
            return Erasure(sha256, rows, made)
    except (DeliveryRefused, UnexpectedError):
        return Erasure(sha256, (), is_suspect=holds_a_code(data, found.path.name, gone))


def holds_a_code(data: bytes, name: str, gone: Forgotten, partner: str = "") -> bool:
    """Say whether any cell of any sheet equals a forgotten person's code."""
    try:
        with value_free():
            contents = read_loosely(data, name)
    except (DeliveryRefused, UnexpectedError):
        return False
    known = {each.partner or partner for each in gone.book.tombstones}
    return any(
        gone.names(word.strip(" \t\"'"), each)  # read loosely, a quotation keeps its marks
        for sheet in (contents.sheet, *contents.others)
        for column in sheet.columns
        for word in distinct(column).to_pylist()
        for each in known
    )


def _rows_of(
    layout: Layout,
    found: Found,
    contents: Contents,
    gone: Forgotten,
    book: CorrectionBook,
    sha256: str,
) -> tuple[int, ...]:
    """Return the rows whose code is a forgotten person's, as delivered or as corrected."""
    if found.source is None or found.period is None or found.refusal is not None:
        raise found.refusal or DeliveryRefused("file.unreadable", format="?")
    contents = recognise(contents)
    patches = book.patches(found.partner, sha256)
    sheets = [contents.sheet]
    if patches:
        with contextlib.suppress(DeliveryRefused):  # the run tells it
            sheets.append(corrected(contents.sheet, patches))
    rows: set[int] = set()
    for sheet in sheets:
        rows |= _rows_in(layout, found, replace(contents, sheet=sheet), gone)
    return tuple(sorted(rows))


def _rows_in(layout: Layout, found: Found, contents: Contents, gone: Forgotten) -> set[int]:
    folder = layout.raw / found.partner
    assert found.source is not None
    source = completed(found.source, contents, layout.definition.programme, folder)
    table = find_table(contents.sheet, source.reader, wanted_of(source), contents.survey)
    mapping = resolve(table.headings, table.filled, source, table.header_rows)
    if PERSON not in mapping.columns:
        return set()
    cells = pd.Series(plain(table.columns[mapping.columns[PERSON].position]).to_pylist(), dtype=str)
    numbers = np.asarray(table.row_numbers)
    return {int(each) for each in numbers[gone.mask(cells, found.partner)]}


def _written(data: bytes, contents: Contents, rows: tuple[int, ...]) -> bytes | None:
    if contents.spelling is not None and not contents.member:
        return _text_without(data, contents.spelling, set(rows))
    if contents.format in ("xlsx", "xlsm") and not contents.member:
        return _workbook_without(data, contents, rows)
    return None


def _text_without(data: bytes, spelling: Spelling, rows: set[int]) -> bytes:
    """Take records out of a delimited text; every other character stays."""
    lines = _Counted(io.StringIO(data.decode(spelling.encoding), newline=""))
    kept = []
    for number, _ in enumerate(records(lines, spelling), start=1):
        piece = lines.taken()
        if number not in rows:
            kept.append(piece)
    return "".join(kept).encode(spelling.encoding)


class _Counted:
    """Lines, and which of them were read since somebody last asked."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self._held = iter(lines), [""]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._held.append(line)
        return line

    def taken(self) -> str:
        """Return the text read since the last call."""
        text = "".join(self._held)
        self._held.clear()
        return text


def _workbook_without(data: bytes, contents: Contents, rows: tuple[int, ...]) -> bytes:
    """Take rows out of the sheet that is read; shared texts that nothing uses go with them."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=contents.format == "xlsm")
    sheet = book[contents.sheet.name]
    for row in reversed(rows):
        sheet.delete_rows(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _is_the_rest(found: Found, before: Contents, made: bytes, rows: tuple[int, ...]) -> bool:
    """Say whether what was written reads as the file did, without the rows and nothing else."""
    assert found.source is not None
    after = read_contents(made, found.path.name, found.source.reader)
    keep = np.ones(before.sheet.rows_n, dtype=bool)
    keep[np.array(rows) - 1] = False
    others = {each.name: each for each in after.others}
    return _same(before.sheet, after.sheet, keep) and all(
        each.name in others and _same(each, others[each.name], np.ones(each.rows_n, dtype=bool))
        for each in before.others
    )


def _same(before: Sheet, after: Sheet, keep: np.ndarray) -> bool:
    left = [column.filter(pa.array(keep)).to_pylist() for column in before.columns]
    right = [column.to_pylist() for column in after.columns]
    empty = [None] * int(keep.sum())
    width = max(len(left), len(right))
    left += [empty] * (width - len(left))
    right += [empty] * (width - len(right))
    return left == right
