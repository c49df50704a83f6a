"""The whole of intake as one call: a programme's folder in, frames and staged text rows out.

The rows of a delivery do not stay in memory: they go into a file of their own (``assets.staging``).
"""

from __future__ import annotations

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
from assets.intake.delivery import DELIVERY_COLUMNS, READ_COLUMNS, Delivery, frame_of
from assets.intake.difference import differences_of
from assets.intake.erase import holds_a_code
from assets.intake.exports import completed, form_bytes, recognise
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
from assets.versions import code_version, digest
from schemas.source import Source

COLUMN_COLUMNS = ("delivery_id", "column", "heading", "letter")
STAGED_COLUMNS = ("delivery_id", "dataset", "file", "records_n")

Frames = dict[str, pd.DataFrame]


@dataclass
class _Read:
    """What reading one delivery gave; its text rows are in ``file``."""

    delivery: Delivery
    file: str = ""
    columns: pd.DataFrame | None = None
    questions: pd.DataFrame | None = None


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
    earlier = _Earlier(layout, previous or {})
    book, gone = load_corrections(layout), load_forgotten(layout)
    read = [_read(layout, each, earlier, book, gone) for each in find_files(layout)]
    settle([each.delivery for each in read])
    read.sort(key=lambda each: each.delivery.order)
    _drop_stopped(layout, read)
    used = [each for each in read if each.delivery.state == "in_use"]
    differences = differences_of(read, layout)  # before the files of superseded ones are swept away
    staging.sweep(layout.staged, {each.file for each in used})
    frames = {"intake_deliveries": frame_of([each.delivery for each in read])}
    frames["intake_columns"] = _joined([e.columns for e in used], _no_rows(COLUMN_COLUMNS))
    questions = _joined([e.questions for e in used], _no_rows(QUESTION_COLUMNS))
    frames["intake_questions"] = questions
    frames["intake_versions"] = drift(shapes_in(questions, [e.delivery.delivery_id for e in used]))
    frames["intake_staged"] = _staged(used)
    frames["intake_differences"] = differences
    frames["intake_corrections"] = book.frame(frames["intake_deliveries"])
    return frames


def _staged(used: list[_Read]) -> pd.DataFrame:
    rows = [
        (each.delivery.delivery_id, each.delivery.dataset, each.file, each.delivery.records_n)
        for each in used
    ]
    made = pd.DataFrame(rows, columns=list(STAGED_COLUMNS), dtype=object)
    return made.astype({name: "Int64" if name == "records_n" else TEXT for name in made})


class _Earlier:
    """Unchanged deliveries, by what they were made from."""

    def __init__(self, layout: Layout, frames: Frames) -> None:
        self.layout = layout
        known = frames.get("intake_deliveries")
        self.known = {}
        self.columns: dict = {}
        self.questions: dict = {}
        if known is not None and set(DELIVERY_COLUMNS) <= set(known.columns):
            used = known[known["state"] == "in_use"]
            self.known = {row["delivery_id"]: row for row in used.to_dict("records")}
            grouped = frames["intake_columns"].groupby("delivery_id", sort=False)
            self.columns = dict(tuple(grouped))
            grouped = frames["intake_questions"].groupby("delivery_id", sort=False)
            self.questions = dict(tuple(grouped))

    def take(self, delivery: Delivery) -> _Read | None:
        """Return a delivery as it was read before, or ``None`` where anything differs."""
        row = self.known.get(delivery.delivery_id)
        if row is None or row["made_from"] != delivery.made_from:
            return None
        file = staging.file_name(delivery.delivery_id, delivery.made_from)
        columns = self.columns.get(delivery.delivery_id)
        if columns is None or staging.count(self.layout.staged, file) != row["records_n"]:
            return None
        for name in READ_COLUMNS:
            setattr(delivery, name, None if pd.isna(row[name]) else row[name])
        return _Read(delivery, file, columns, self.questions.get(delivery.delivery_id))


def _read(
    layout: Layout, found: Found, earlier: _Earlier, book: CorrectionBook, gone: Forgotten
) -> _Read:
    """Read one file; whatever is wrong with it becomes the reason of its refusal."""
    read = _Read(Delivery.of(found, layout))
    try:
        with file_data(found.path) as data:
            return _read_data(data, read, layout, found, earlier, book, gone)
    except DeliveryRefused as refusal:
        read.delivery.refuse(found.refusal or refusal)
        return read
    finally:
        pa.default_memory_pool().release_unused()


def _read_data(
    data: Any,
    read: _Read,
    layout: Layout,
    found: Found,
    earlier: _Earlier,
    book: CorrectionBook,
    gone: Forgotten,
) -> _Read:
    delivery = read.delivery
    delivery.fingerprint(data, _recipe(layout, found))
    if mended := book.recipe(found.partner, delivery.sha256):
        delivery.made_from = digest([delivery.made_from, mended])
    if gone.version:
        delivery.made_from = digest([delivery.made_from, gone.version])
    kept = earlier.take(delivery) if found.refusal is None else None
    if kept is None:
        try:
            with value_free():
                _fill(read, data, found, book, layout, gone)
        except DeliveryRefused as refusal:
            delivery.refuse(refusal)
        except UnexpectedError as error:  # one odd file must not stop the others
            delivery.refuse(DeliveryRefused("file.unexpected", detail=error.words))
    if delivery.state == "refused":
        read.columns = None
    if _may_be_kept(delivery, data, found, gone):
        vault.keep(layout.vault, delivery.sha256, data)
    return kept or read


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
    read.file = staging.file_name(delivery.delivery_id, delivery.made_from)
    delivery.forgotten_n = 0

    def rows(part: Table) -> pd.DataFrame:
        made, forgotten_n = gone.without(make_rows(part, mapping, context), found.partner)
        delivery.forgotten_n += forgotten_n
        return made

    parts = map(rows, _parts(table, source, gone))
    delivery.records_n = staging.write(layout.staged, read.file, parts)
    places = [
        (delivery.delivery_id, each.name, each.heading, each.letter) for each in mapping.places()
    ]
    read.columns = pd.DataFrame(places, columns=list(COLUMN_COLUMNS), dtype=TEXT)


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


def _recipe(layout: Layout, found: Found) -> str:
    """Return a digest of all that decides a delivery's rows besides its bytes."""
    if found.source is None or found.period is None:
        return ""
    return digest(
        [
            code_version(),
            found.source.model_dump_json(),
            found.sidecar.model_dump_json(),
            repr(found.period),
            form_bytes(found.source, layout.raw / found.partner).hex(),
        ]
    )


def _drop_stopped(layout: Layout, read: list[_Read]) -> None:
    """Forget the bytes of files whose every copy was stopped by the gate."""
    kept = {e.delivery.sha256 for e in read if e.delivery.refusal_code != "identifiers"}
    for each in read:
        if each.delivery.sha256 and each.delivery.sha256 not in kept:
            vault.drop(layout.vault, each.delivery.sha256)


def _joined(frames: list[pd.DataFrame | None], empty: pd.DataFrame) -> pd.DataFrame:
    present = [each for each in frames if each is not None and len(each)]
    if not present:
        return empty
    return pd.concat(present, ignore_index=True)[list(empty.columns)]


def _no_rows(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=TEXT) for name in columns})
