"""The whole of intake as one call: a programme's folder in, frames and staged text rows out.

The rows of a delivery do not stay in memory: they go into a file of their own (``assets.staging``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pyarrow as pa

from assets import staging
from assets.errors import DeliveryRefused, UnexpectedError
from assets.forgotten import Forgotten, load_forgotten
from assets.guard import value_free
from assets.intake import vault
from assets.intake.alike import rows_alike
from assets.intake.corrections import CorrectionBook, corrected, load_corrections
from assets.intake.delivery import Delivery, frame_of
from assets.intake.difference import differences_of
from assets.intake.earlier import Earlier, Frames, Kept, Recipes, Rows, joined
from assets.intake.erase import holds_a_code
from assets.intake.exports import completed, recognise
from assets.intake.exports.drift import (
    QUESTION_COLUMNS,
    drift,
    question_frame,
    shape_of,
    shapes_in,
)
from assets.intake.find import Found, find_files
from assets.intake.gate import stop_identifiers
from assets.intake.grid import TEXT, Contents
from assets.intake.headings import resolve, wanted_of
from assets.intake.long_numbers import refuse_long_numbers
from assets.intake.mapped import file_data
from assets.intake.readers import read_contents, read_loosely
from assets.intake.rows import Context, make_rows, parts_of
from assets.intake.settle import settle
from assets.intake.table import Table, find_table
from assets.layout import Layout
from assets.versions import digest, read_before
from schemas.source import Source

COLUMN_COLUMNS = ("delivery_id", "column", "heading", "letter")
STAGED_COLUMNS = ("delivery_id", "dataset", "file", "records_n")


@dataclass
class _Read:
    """What reading one delivery gave; its text rows are in ``file``, ``staged_n`` when they were counted there."""

    delivery: Delivery
    file: str = ""
    staged_n: int | None = 0
    read_columns: pd.DataFrame | Rows | None = None
    questions: pd.DataFrame | Rows | None = None

    @property
    def columns(self) -> pd.DataFrame | None:
        """The columns of the file, if it was not refused."""
        found = self.read_columns
        return found.taken() if isinstance(found, Rows) else found

    def take_over(self, kept: Kept) -> None:
        """Let what was read before stand."""
        self.file, self.staged_n = kept.file, kept.staged_n
        self.read_columns, self.questions = kept.columns, kept.questions


@dataclass
class _Known:
    """What decides besides the bytes how a file is read."""

    layout: Layout
    earlier: Earlier
    recipes: Recipes
    book: CorrectionBook
    gone: Forgotten
    there: vault.There

    def name(self, delivery: Delivery, found: Found, size: int, sha256: str) -> None:
        """Name a delivery by its bytes, its place and all else that decides how it is read."""
        delivery.fingerprint(size, sha256, self.recipes.of(found))
        if mended := self.book.recipe(found.partner, delivery.sha256):
            delivery.made_from = digest([delivery.made_from, mended])
        if self.gone.version:
            delivery.made_from = digest([delivery.made_from, self.gone.version])


def read_programme(layout: Layout, previous: Frames | None = None) -> Frames:
    """Read every delivery of a programme.

    Parameters
    ----------
    previous
        The frames of an earlier call; deliveries made from the same bytes, source and code are
        taken from there, if their staged file is still there.

    Returns
    -------
    dict of pandas.DataFrame
        ``intake_deliveries``, ``intake_columns``, ``intake_staged`` (the files of text rows under
        ``layout.staged``, of the deliveries in use only), in delivery order;
        ``intake_questions`` and ``intake_versions`` (what each survey file asks, and what changed
        since the one before); ``intake_differences``; ``intake_corrections``.
    """
    vault.sweep(layout.vault)
    book, gone = load_corrections(layout), load_forgotten(layout)
    earlier, there = Earlier(layout, previous or {}), vault.There(layout.vault)
    known = _Known(layout, earlier, Recipes(layout), book, gone, there)
    read = [_read(each, known) for each in find_files(layout)]
    settle([each.delivery for each in read])
    read.sort(key=lambda each: each.delivery.order)
    _drop_stopped(layout, read)
    used = [each for each in read if each.delivery.state == "in_use"]
    differences = differences_of(read, layout)  # before the files of superseded ones are swept away
    staging.sweep(layout.staged, {each.file for each in used})
    frames = {"intake_deliveries": frame_of([each.delivery for each in read])}
    frames["intake_columns"] = joined([e.read_columns for e in used], _no_rows(COLUMN_COLUMNS))
    questions = joined([e.questions for e in used], _no_rows(QUESTION_COLUMNS))
    frames["intake_questions"] = questions
    frames["intake_versions"] = drift(shapes_in(questions, [e.delivery.delivery_id for e in used]))
    frames["intake_staged"] = _staged(used)
    frames["intake_differences"] = differences
    frames["intake_corrections"] = book.frame(frames["intake_deliveries"])
    return frames


def _staged(used: list[_Read]) -> pd.DataFrame:
    rows = [
        (each.delivery.delivery_id, each.delivery.dataset, each.file, each.staged_n)
        for each in used
    ]
    made = pd.DataFrame(rows, columns=list(STAGED_COLUMNS), dtype=object)
    return made.astype({name: "Int64" if name == "records_n" else TEXT for name in made})


def _read(found: Found, known: _Known) -> _Read:
    """Read one file; whatever is wrong with it becomes the reason of its refusal."""
    read = _Read(Delivery.of(found, known.layout))
    if _stands(read, found, known):
        return read
    try:
        with file_data(found.path) as data:
            _read_data(data, read, found, known)
    except DeliveryRefused as refusal:
        read.delivery.refuse(found.refusal or refusal)
    return read


def _stands(read: _Read, found: Found, known: _Known) -> bool:
    """Take over a delivery whose file this run has looked at already; say whether that could be."""
    about = read_before(found.path) if found.refusal is None else None
    if about is None:
        return False
    known.name(read.delivery, found, *about)
    kept = known.earlier.take(read.delivery)
    if kept is None or not (read.delivery.forgotten_n or known.there.has(about[1], about[0])):
        return False
    read.take_over(kept)
    return True


def _read_data(data: Any, read: _Read, found: Found, known: _Known) -> None:
    delivery, gone = read.delivery, known.gone
    known.name(delivery, found, len(data), hashlib.sha256(data).hexdigest())
    kept = known.earlier.take(delivery) if found.refusal is None else None
    if kept is not None:
        read.take_over(kept)
    else:
        _read_anew(data, read, found, known)
    if _may_be_kept(delivery, data, found, gone):
        vault.keep(known.layout.vault, delivery.sha256, data)


def _read_anew(data: Any, read: _Read, found: Found, known: _Known) -> None:
    try:
        with value_free():
            _fill(read, data, found, known.book, known.layout, known.gone)
    except DeliveryRefused as refusal:
        read.delivery.refuse(refusal)
    except UnexpectedError as error:  # one odd file must not stop the others
        read.delivery.refuse(DeliveryRefused("file.unexpected", detail=error.words))
    finally:
        pa.default_memory_pool().release_unused()
    if read.delivery.state == "refused":
        read.read_columns = None


def _fill(
    read: _Read,
    data: Any,
    found: Found,
    book: CorrectionBook,
    layout: Layout,
    gone: Forgotten,
) -> None:
    """Open, gate, map: the order matters, nothing is kept or named before the gate."""
    delivery, source = read.delivery, found.source
    if found.refusal is not None or source is None or found.period is None:
        _gate_unread(data, found)
        raise found.refusal or DeliveryRefused("file.unreadable", format="?")
    try:
        contents = recognise(read_contents(data, found.path.name, source.reader))
    except DeliveryRefused:
        _gate_unread(data, found)
        raise
    pa.default_memory_pool().release_unused()
    stop_identifiers(contents, _names(contents, found), source)
    if patches := book.patches(found.partner, delivery.sha256):
        contents = replace(contents, sheet=corrected(contents.sheet, patches))
    delivery.tell_contents(contents)
    folder = layout.raw / found.partner
    source = completed(source, contents, layout.definition.programme, folder)
    table = find_table(contents.sheet, source.reader, wanted_of(source), contents.survey)
    labels = contents.sheet.labels
    mapping = resolve(table.headings, table.filled, source, table.header_rows)
    refuse_long_numbers(contents.sheet, table, mapping)
    del contents  # a big file need not be in memory twice
    delivery.tell_table(table)
    delivery.rows_alike_n = rows_alike(table, mapping)
    if source.questions:
        version = found.sidecar.form_version
        shape = shape_of(delivery.delivery_id, source, version, table, mapping)
        read.questions = question_frame([shape])
    context = Context(delivery.delivery_id, source, found.period, found.sidecar, labels)
    stem = staging.stem(delivery.delivery_id, delivery.made_from)
    delivery.forgotten_n = 0

    def rows(part: Table) -> pd.DataFrame:
        made, forgotten_n = gone.without(make_rows(part, mapping, context), found.partner)
        delivery.forgotten_n += forgotten_n
        return made

    parts = map(rows, _parts(table, source, gone))
    read.file, delivery.records_n = staging.write(layout.staged, stem, parts)
    read.staged_n = staging.count(layout.staged, read.file)
    places = [
        (delivery.delivery_id, each.name, each.heading, each.letter) for each in mapping.places()
    ]
    read.read_columns = pd.DataFrame(places, columns=list(COLUMN_COLUMNS), dtype=TEXT)


def _may_be_kept(delivery: Delivery, data: Any, found: Found, gone: Forgotten) -> bool:
    """Say whether a file's bytes may go into the vault: neither names nor forgotten people in them."""
    if delivery.refusal_code == "identifiers" or delivery.forgotten_n:
        return False
    if not gone.version or delivery.state != "refused":
        return True
    return not holds_a_code(bytes(data), found.path.name, gone)  # never looked into by column


def _parts(table: Table, source: Source, gone: Forgotten) -> Iterable[Table]:
    """Return a long table in parts; whole where people are left out, and their words with them."""
    return [table] if gone.book.tombstones else parts_of(table, source)


def _gate_unread(data: Any, found: Found) -> None:
    """Look for identifiers in a file that is refused anyway, before its bytes are kept."""
    contents = read_loosely(data, found.path.name)
    stop_identifiers(contents, _names(contents, found), found.source)


def _names(contents: Contents, found: Found) -> list[str]:
    folders = [found.partner, found.period_name, found.path.parent.name]
    return [found.path.name, *folders, contents.member]


def _drop_stopped(layout: Layout, read: list[_Read]) -> None:
    """Forget the bytes of files whose every copy was stopped by the gate."""
    kept = {e.delivery.sha256 for e in read if e.delivery.refusal_code != "identifiers"}
    for each in read:
        if each.delivery.sha256 and each.delivery.sha256 not in kept:
            vault.drop(layout.vault, each.delivery.sha256)


def _no_rows(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=TEXT) for name in columns})
