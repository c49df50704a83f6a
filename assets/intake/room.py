"""The whole of intake as one pure call: a programme's folder in, five frames out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from assets.errors import DeliveryRefused, UnexpectedError
from assets.guard import value_free
from assets.intake import vault
from assets.intake.delivery import DELIVERY_COLUMNS, Delivery, frame_of, settle
from assets.intake.find import Found, find_files
from assets.intake.gate import stop_identifiers
from assets.intake.grid import TEXT, Contents
from assets.intake.headings import require_heading_row, resolve
from assets.intake.readers import read_contents, read_loosely
from assets.intake.rows import Context, empty_rows, make_rows
from assets.intake.table import cut
from assets.layout import Layout
from assets.versions import code_version, digest
from schemas.datasets import DATASETS

COLUMN_COLUMNS = ("delivery_id", "column", "heading", "letter")

Frames = dict[str, pd.DataFrame]


@dataclass
class _Read:
    """What reading one delivery gave."""

    delivery: Delivery
    rows: pd.DataFrame | None = None
    columns: pd.DataFrame | None = None
    data: bytes = field(default=b"", repr=False)


def read_programme(layout: Layout, previous: Frames | None = None) -> Frames:
    """Read every delivery of a programme.

    Parameters
    ----------
    previous
        The frames of an earlier call; deliveries made from the same bytes, source and code are
        taken from there.

    Returns
    -------
    dict of pandas.DataFrame
        ``intake_deliveries``, ``intake_columns`` and ``intake_<dataset>`` for the three datasets,
        in delivery order; the text rows are those of the deliveries in use only.
    """
    vault.sweep(layout.vault)
    earlier = _Earlier(previous or {})
    read = [_read(layout, each, earlier) for each in find_files(layout)]
    settle([each.delivery for each in read])
    read.sort(key=lambda each: each.delivery.order)
    _keep_bytes(layout, read)
    used = [each for each in read if each.delivery.state == "in_use"]
    frames = {"intake_deliveries": frame_of([each.delivery for each in read])}
    frames["intake_columns"] = _joined([e.columns for e in used], _no_columns())
    for name in DATASETS:
        mine = [each.rows for each in used if each.delivery.dataset == name]
        frames[f"intake_{name}"] = _joined(mine, empty_rows(name))
    return frames


class _Earlier:
    """Rows of unchanged deliveries, by what they were made from."""

    def __init__(self, frames: Frames) -> None:
        self.frames = frames
        known = frames.get("intake_deliveries")
        self.known = {}
        if known is not None and set(DELIVERY_COLUMNS) <= set(known.columns):
            used = known[known["state"] == "in_use"]
            self.known = {row["delivery_id"]: row for row in used.to_dict("records")}
        self.groups = {
            name: dict(tuple(frame.groupby("delivery_id", sort=False)))
            for name, frame in frames.items()
            if name != "intake_deliveries" and self.known
        }

    def take(self, delivery: Delivery) -> _Read | None:
        """Return a delivery as it was read before, or ``None`` where anything differs."""
        row = self.known.get(delivery.delivery_id)
        if row is None or row["made_from"] != delivery.made_from:
            return None
        rows = self.groups.get(f"intake_{delivery.dataset}", {}).get(delivery.delivery_id)
        columns = self.groups.get("intake_columns", {}).get(delivery.delivery_id)
        if rows is None or columns is None or len(rows) != row["records_n"]:
            return None
        for name in ("sheet", "encoding", "rows_read", "rows_skipped", "records_n"):
            setattr(delivery, name, row[name])
        return _Read(delivery, rows, columns)


def _read(layout: Layout, found: Found, earlier: _Earlier) -> _Read:
    """Read one file; whatever is wrong with it becomes the reason of its refusal."""
    delivery = Delivery.of(found, layout)
    try:
        data = _bytes(found.path)
    except DeliveryRefused as refusal:
        delivery.refuse(found.refusal or refusal)
        return _Read(delivery)
    delivery.fingerprint(data, _recipe(layout, found))
    kept = earlier.take(delivery) if found.refusal is None else None
    if kept is not None:
        kept.data = data
        return kept
    read = _Read(delivery, data=data)
    try:
        with value_free():
            _fill(read, found)
    except DeliveryRefused as refusal:
        delivery.refuse(refusal)
    except UnexpectedError as error:  # one odd file must not stop the others
        delivery.refuse(DeliveryRefused("file.unexpected", detail=error.words))
    if delivery.state == "refused":
        read.rows = read.columns = None
    return read


def _fill(read: _Read, found: Found) -> None:
    """Open, gate, map: the order matters, nothing is kept or named before the gate."""
    delivery = read.delivery
    if found.refusal is not None or found.source is None or found.period is None:
        _gate_unread(read.data, found)
        raise found.refusal or DeliveryRefused("file.unreadable", format="?")
    reader = found.source.reader
    try:
        contents = read_contents(read.data, found.path.name, reader)
    except DeliveryRefused:
        _gate_unread(read.data, found)
        raise
    stop_identifiers(contents, _names(contents, found), found.source)
    delivery.sheet = contents.sheet.name
    delivery.encoding = contents.encoding
    require_heading_row(contents.sheet.row(reader.header_row), found.source)
    table = cut(contents.sheet, reader)
    mapping = resolve(table.headings, table.filled, found.source, reader.header_row)
    delivery.rows_read = len(table.row_numbers)
    delivery.rows_skipped = table.skipped_n
    context = Context(delivery.delivery_id, found.source, found.period, found.sidecar)
    read.rows = make_rows(table, mapping, context)
    delivery.records_n = len(read.rows)
    places = [
        (delivery.delivery_id, each.name, each.heading, each.letter) for each in mapping.places()
    ]
    read.columns = pd.DataFrame(places, columns=list(COLUMN_COLUMNS), dtype=TEXT)


def _gate_unread(data: bytes, found: Found) -> None:
    """Look for identifiers in a file that is refused anyway, before its bytes are kept."""
    contents = read_loosely(data, found.path.name)
    stop_identifiers(contents, _names(contents, found), found.source)


def _names(contents: Contents, found: Found) -> list[str]:
    folders = [found.partner, found.period_name, found.path.parent.name]
    return [found.path.name, *folders, contents.member]


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would be waited for without end
            raise DeliveryRefused("file.locked")
        return path.read_bytes()
    except OSError:
        raise DeliveryRefused("file.locked") from None


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
        ]
    )


def _keep_bytes(layout: Layout, read: list[_Read]) -> None:
    """Keep every byte, except of files whose every copy was stopped by the gate."""
    wanted = {e.delivery.sha256 for e in read if e.delivery.refusal_code != "identifiers"}
    for each in read:
        if not each.delivery.sha256:
            continue
        if each.delivery.sha256 in wanted:
            vault.keep(layout.vault, each.delivery.sha256, each.data)
        else:
            vault.drop(layout.vault, each.delivery.sha256)


def _joined(frames: list[pd.DataFrame | None], empty: pd.DataFrame) -> pd.DataFrame:
    present = [each for each in frames if each is not None and len(each)]
    if not present:
        return empty
    return pd.concat(present, ignore_index=True)[list(empty.columns)]


def _no_columns() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=TEXT) for name in COLUMN_COLUMNS})
