"""A delivery: one file a partner handed over, and what is known of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from assets.errors import DeliveryRefused
from assets.intake.find import Found
from assets.intake.grid import TEXT, Contents
from assets.intake.names import masked_name, masked_text
from assets.layout import Layout

if TYPE_CHECKING:
    from assets.intake.table import Table

#: Column of ``intake_deliveries`` -> pandas type.
DELIVERY_COLUMNS: dict[str, str] = {
    "delivery_id": "string",
    "partner_code": "string",
    "source_code": "string",
    "dataset": "string",
    "period": "string",
    "path": "string",
    "file_name": "string",
    "sha256": "string",
    "size_bytes": "Int64",
    "received_date": "datetime64[us]",
    "origin": "string",
    "form_version": "string",
    "rows_declared": "Int64",
    "supersedes": "string",
    "supersedes_id": "string",
    "supersede_rank": "Int64",
    "copy_of": "string",
    "state": "string",
    "is_settled": "boolean",
    "refusal_code": "string",
    "message_it": "string",
    "message_en": "string",
    "reader": "string",
    "member": "string",
    "sheet": "string",
    "header_rows": "string",
    "encoding": "string",
    "delimiter": "string",
    "quote": "string",
    "decided": "string",
    "export": "string",
    "rows_read": "Int64",
    "rows_skipped": "Int64",
    "rows_alike_n": "Int64",
    "skipped_why": "string",
    "records_n": "Int64",
    "forgotten_n": "Int64",
    "made_from": "string",
}

#: What opening a file tells of it; unchanged files take these over from the run before.
READ_COLUMNS = (
    "reader",
    "member",
    "sheet",
    "header_rows",
    "encoding",
    "delimiter",
    "quote",
    "decided",
    "export",
    "rows_read",
    "rows_skipped",
    "rows_alike_n",
    "skipped_why",
    "records_n",
    "forgotten_n",
)


@dataclass
class Delivery:
    """One row of ``intake_deliveries`` in the making."""

    partner_code: str
    source_code: str | None
    dataset: str | None
    period: str
    path: str
    file_name: str
    true_name: str
    period_start: date
    by_period: bool
    received_date: date | None
    supersedes: str | None
    reader: str | None
    #: The name that the note says, as it is; ``supersedes`` is what may be stored and said of it.
    replaces: str | None = None
    by_record: bool = False
    origin: str | None = None
    form_version: str | None = None
    rows_declared: int | None = None
    supersedes_id: str | None = None
    supersede_rank: int = 0
    copy_of: str | None = None
    delivery_id: str = ""
    sha256: str = ""
    size_bytes: int | None = None
    state: str = "in_use"
    is_settled: bool = True
    refusal_code: str | None = None
    message_it: str | None = None
    message_en: str | None = None
    member: str | None = None
    sheet: str | None = None
    header_rows: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    decided: str | None = None
    export: str | None = None
    rows_read: int = 0
    rows_skipped: int = 0
    rows_alike_n: int | None = 0
    skipped_why: str | None = None
    records_n: int = 0
    forgotten_n: int = 0
    made_from: str = ""

    @classmethod
    def of(cls, found: Found, layout: Layout) -> Delivery:
        """Start from what the place of the file says, before it is opened."""
        source, note = found.source, found.sidecar
        inside = found.path.relative_to(layout.raw)
        name = masked_name(found.path.name)
        made = cls(
            partner_code=masked_name(found.partner),
            source_code=source.source if source else None,
            dataset=source.dataset if source else None,
            period=masked_name(found.period_name),
            path="/".join(map(masked_name, inside.parts)),
            file_name=name,
            true_name=found.path.name,
            period_start=found.period.start if found.period else date.max,
            by_period=_takes_period(found),
            received_date=note.received,
            supersedes=masked_name(note.supersedes) if note.supersedes else None,
            replaces=note.supersedes,
            by_record=source is not None and source.supersede == "record",
            origin=masked_text(note.sender) if note.sender else None,
            form_version=masked_text(note.form_version) if note.form_version else None,
            rows_declared=note.rows,
            reader=source.reader.format if source else None,
        )
        made.delivery_id = f"{'0' * 12}-{_short(inside.as_posix())}"
        return made

    def fingerprint(self, size: int, sha256: str, recipe: str) -> None:
        """Name the delivery by its bytes and place."""
        self.sha256, self.size_bytes = sha256, size
        self.delivery_id = f"{self.sha256[:12]}-{self.delivery_id.rsplit('-', 1)[-1]}"
        self.made_from = recipe

    def tell_contents(self, contents: Contents) -> None:
        """Take down how the file was opened: what was declared and what was decided from its bytes."""
        self.member = masked_name(contents.member) or None
        self.sheet, self.encoding = contents.sheet.name, contents.encoding
        self.reader = getattr(contents, "format", "") or self.reader
        self.export = getattr(contents, "export", "") or None
        spelling = getattr(contents, "spelling", None)
        if spelling is not None:
            self.delimiter, self.quote = spelling.delimiter, spelling.quotechar
            self.decided = ", ".join(sorted(spelling.decided)) or None

    def tell_table(self, table: Table, header_rows: Iterable[int] = ()) -> None:
        """Take down which rows are headings, which are data, and why the others were skipped.

        Raises
        ------
        DeliveryRefused
            The note beside the file declares another number of rows.
        """
        rows = getattr(table, "header_rows", header_rows)
        self.header_rows = ", ".join(map(str, rows))
        self.rows_read, self.rows_skipped = len(table.row_numbers), table.skipped_n
        why = Counter(each.why for each in getattr(table, "skipped", ()))
        self.skipped_why = ", ".join(f"{name} {n}" for name, n in sorted(why.items())) or None
        if self.rows_declared not in (None, self.rows_read):
            raise DeliveryRefused(
                "rows.declared",
                declared=self.rows_declared,
                read=self.rows_read,
                skipped=self.rows_skipped,
            )

    def refuse(self, refusal: DeliveryRefused) -> None:
        """Set the delivery aside with its reason."""
        self.state, self.is_settled = "refused", False
        self.refusal_code = refusal.code
        self.message_it, self.message_en = refusal.say("it"), refusal.say("en")
        self.rows_read = self.rows_skipped = self.records_n = self.forgotten_n = 0
        self.rows_alike_n = 0
        self.skipped_why = None

    @property
    def order(self) -> tuple:
        """Delivery order: period, partner, source, received, path. Unknown ones come last."""
        return (
            self.period_start,
            self.partner_code,
            self.source_code or "~",
            self.received_date or date.min,
            self.path,
            self.delivery_id,
        )


def frame_of(deliveries: list[Delivery]) -> pd.DataFrame:
    """Return ``intake_deliveries``: one row per delivery, in delivery order."""
    made = {
        name: _series([getattr(each, name) for each in deliveries], kind)
        for name, kind in DELIVERY_COLUMNS.items()
    }
    return pd.DataFrame(made)


def _series(values: list[Any], kind: str) -> pd.Series:
    if kind == "datetime64[us]":
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object))).astype("datetime64[us]")
    dtype: Any = TEXT if kind == "string" else kind
    return pd.Series(values, dtype=dtype)


def _takes_period(found: Found) -> bool:
    """Say whether the folder's name becomes part of the rows, so that equal bytes may differ."""
    if found.source is None:
        return False
    months = any(column.month_of_period for column in found.source.columns.values())
    waves = found.source.dataset == "survey" and "wave_code" not in found.source.columns
    return months or waves


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="surrogateescape")).hexdigest()[:8]
