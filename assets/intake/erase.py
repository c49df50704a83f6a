"""A delivered file written again without the rows of forgotten people, cell for cell the same else."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from assets import private
from assets.errors import DeliveryRefused, UnexpectedError
from assets.forgotten import Forgotten, plain_code
from assets.guard import value_free
from assets.intake.corrections import CorrectionBook, corrected
from assets.intake.erase_write import (
    filled,
    lines_without,
    members_of,
    merged_without,
    repacked,
    written,
)
from assets.intake.exports import completed, recognise
from assets.intake.find import Found
from assets.intake.formats import format_of
from assets.intake.grid import Contents, Sheet, distinct, plain
from assets.intake.headings import resolve, wanted_of
from assets.intake.readers import read_contents, read_loosely
from assets.intake.table import find_table
from assets.intake.values import LONG_NUMBERS, TOTAL_ROWS
from assets.layout import Layout

PERSON = "person_code"


@dataclass(frozen=True)
class Erasure:
    """What is to be done with one file.

    Attributes
    ----------
    rows
        Rows of the file, from 1, that are a forgotten person's; empty where there are none, or
        where the file could not be looked into.
    made
        The bytes without them, or ``None`` where the file cannot be written again.
    is_suspect
        A forgotten code stands in the file, and nobody can say in whose row.
    is_closed
        Nothing of the file can be read (a password, damage, no table): nobody can say who is in it.
    """

    sha256: str
    rows: tuple[int, ...]
    made: bytes | None = None
    is_suspect: bool = False
    is_closed: bool = False

    @property
    def is_needed(self) -> bool:
        """True where a forgotten person stands in the file."""
        return bool(self.rows) or self.is_suspect


def erasure_of(
    layout: Layout, found: Found, data: bytes, gone: Forgotten, book: CorrectionBook
) -> Erasure:
    """Look for forgotten people in one delivered file, and make its bytes without them.

    A file that intake refuses has no known column of codes: every row with a cell that equals a
    forgotten code goes. Where that cell may as well be a count (``_is_telling``), the file is
    ``is_suspect`` and stays as it is.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        with value_free():
            reader = found.source.reader if found.source else None
            contents = read_contents(data, found.path.name, reader)
            rows = _rows_of(layout, found, contents, gone, book, sha256)
    except (DeliveryRefused, UnexpectedError):
        return _of_refused(layout, found, data, gone, sha256)
    if not rows:
        return Erasure(sha256, ())
    out = {contents.sheet.name: set(rows)} | {
        each.name: found_rows
        for each in contents.others
        if (found_rows := _rows_with(each, gone, found.partner)[0])
    }
    return Erasure(sha256, rows, _made(layout, found, data, contents, out, gone))


def _made(
    layout: Layout,
    found: Found,
    data: bytes,
    contents: Contents,
    out: dict[str, set[int]],
    gone: Forgotten,
) -> bytes | None:
    """Return the first writing that reads as the file did, without the rows and nothing else."""
    private.folder(layout.store)
    for made in written(data, contents, out, layout.store):
        with contextlib.suppress(DeliveryRefused, UnexpectedError), value_free():
            if _is_the_rest(found, contents, made, out) and not _is_left_beside(made, gone, found):
                return made
    return None


def _of_refused(layout: Layout, found: Found, data: bytes, gone: Forgotten, sha256: str) -> Erasure:
    name, partner = found.path.name, found.partner
    made, rows_n = _without_codes(layout, data, name, gone, partner)
    if rows_n and made is not None and not holds_a_code(made, name, gone, partner):
        return Erasure(sha256, tuple(range(1, rows_n + 1)), made)
    return Erasure(
        sha256,
        (),
        is_suspect=holds_a_code(data, name, gone, partner),
        is_closed=bool(data)
        and not members_of(data)
        and not read_loosely(data, name).sheet.columns,
    )


def _without_codes(
    layout: Layout, data: bytes, name: str, gone: Forgotten, partner: str
) -> tuple[bytes | None, int]:
    """Return a file without the rows that hold a forgotten code in any cell, and how many they were."""
    inside = members_of(data)
    if inside:
        parts = {
            each: _without_codes(layout, content, each, gone, partner)
            for each, content in inside.items()
        }
        rows_n = sum(n for _, n in parts.values())
        exchanged = {each: made for each, (made, n) in parts.items() if made is not None and n}
        return (repacked(data, exchanged) if exchanged else None), rows_n
    try:
        with value_free():
            contents = _as_it_can(data, name)
            sheets = (contents.sheet, *contents.others)
            out = {each.name: _rows_with(each, gone, partner)[0] for each in sheets}
            out = {each: rows for each, rows in out.items() if rows}
            rows_n = sum(map(len, out.values()))
            if not out:
                return None, 0
            if contents.spelling is None and format_of(data) == "csv":
                return lines_without(data, out[contents.sheet.name]), rows_n
            return next(written(data, contents, out, layout.store), None), rows_n
    except (DeliveryRefused, UnexpectedError):
        return None, 0


def _as_it_can(data: bytes, name: str) -> Contents:
    try:
        return read_contents(data, name, None)
    except DeliveryRefused:
        return read_loosely(data, name)


def _rows_with(sheet: Sheet, gone: Forgotten, partner: str) -> tuple[set[int], bool]:
    """Return the rows in which a forgotten code fills a cell, and whether one was passed over.

    A cell that may as well be a count or a date is passed over.
    """
    rows: set[int] = set()
    is_passed = False
    for column in sheet.columns:
        named = {each for each in distinct(column).to_pylist() if _names(gone, each, partner)}
        telling = {each for each in named if _is_telling(each)}
        is_passed = is_passed or named != telling
        if telling:
            cells = plain(column).to_pylist()
            rows |= {at for at, cell in enumerate(cells, start=1) if cell in telling}
    return rows, is_passed


def _names(gone: Forgotten, word: str, partner: str) -> bool:
    known = {each.partner or partner for each in gone.book.tombstones}
    bare = word.strip(" \t\"'")  # read loosely, a quotation keeps its marks
    return any(gone.names(bare, each) for each in known)


def _is_telling(word: str) -> bool:
    """Say whether a text can hardly be anything but a code: five signs at least, a letter among them."""
    bare = plain_code(word)
    return len(bare) >= 5 and any(each.isalpha() for each in bare)


def holds_a_code(data: bytes, name: str, gone: Forgotten, partner: str = "") -> bool:
    """Say whether any cell of any sheet, or of any file of an archive, equals a forgotten code."""
    inside = members_of(data)
    if len(inside) > 1:
        return any(holds_a_code(each, at, gone, partner) for at, each in inside.items())
    try:
        with value_free():
            contents = read_loosely(data, name)
    except (DeliveryRefused, UnexpectedError):
        return False
    return any(
        _names(gone, word, partner)
        for sheet in (contents.sheet, *contents.others)
        for column in sheet.columns
        for word in distinct(column).to_pylist()
    )


def _is_left_beside(made: bytes, gone: Forgotten, found: Found) -> bool:
    """Say whether a forgotten code stands outside the cells: in a comment, a name, a property."""
    contents = read_loosely(made, found.path.name)
    return any(
        _is_telling(word) and _names(gone, word, found.partner)
        for text in (*contents.texts, *contents.properties)
        for word in (text, *text.split())
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


def _is_the_rest(found: Found, before: Contents, made: bytes, out: dict[str, set[int]]) -> bool:
    """Say whether what was written reads as the file did, without the rows and nothing else."""
    assert found.source is not None
    after = read_contents(made, found.path.name, found.source.reader)
    others = {each.name: each for each in after.others}
    return _same(before.sheet, after.sheet, out.get(before.sheet.name, set())) and all(
        each.name in others and _same(each, others[each.name], out.get(each.name, set()))
        for each in before.others
    )


def _same(before: Sheet, after: Sheet, out: set[int]) -> bool:
    """Compare what is left of a sheet: cells, merged areas, labels; blank rows at the end aside."""
    keep = np.ones(before.rows_n, dtype=bool)
    keep[np.array(sorted(out), dtype=np.int64) - 1] = False
    left = filled([column.filter(pa.array(keep)).to_pylist() for column in before.columns])
    right = filled([plain(column).to_pylist() for column in after.columns])
    return (
        left == right
        and merged_without(before, out) == sorted(after.merged)
        and before.labels == after.labels
        and _marks(before.typed, out) == _marks(after.typed, set())
    )


def _marks(typed: dict[str, object], out: set[int]) -> dict[str, object]:
    """Return the marks that a reader leaves for later steps, rows counted as they stand now."""

    def left(rows: object) -> list[int]:
        assert isinstance(rows, tuple)
        return [each - sum(gone < each for gone in out) for each in rows if each not in out]

    made: dict[str, object] = {}
    for name, marked in typed.items():
        if name == TOTAL_ROWS:
            made[name] = left(marked)
        elif name == LONG_NUMBERS and isinstance(marked, dict):
            made[name] = {at: left(rows) for at, rows in marked.items() if left(rows)}
        else:
            made[name] = marked
    return {name: marked for name, marked in made.items() if marked}
