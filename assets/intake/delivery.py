"""A delivery: one file a partner handed over, and whether it counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from assets.errors import DeliveryRefused
from assets.intake.find import Found
from assets.intake.grid import TEXT
from assets.intake.names import masked_name
from assets.layout import Layout
from schemas.config import nearest

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
    "supersedes": "string",
    "state": "string",
    "is_settled": "boolean",
    "refusal_code": "string",
    "message_it": "string",
    "message_en": "string",
    "reader": "string",
    "sheet": "string",
    "header_row": "Int64",
    "encoding": "string",
    "rows_read": "Int64",
    "rows_skipped": "Int64",
    "records_n": "Int64",
    "made_from": "string",
}


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
    header_row: int | None
    delivery_id: str = ""
    sha256: str = ""
    size_bytes: int | None = None
    state: str = "in_use"
    is_settled: bool = True
    refusal_code: str | None = None
    message_it: str | None = None
    message_en: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    rows_read: int = 0
    rows_skipped: int = 0
    records_n: int = 0
    made_from: str = ""

    @classmethod
    def of(cls, found: Found, layout: Layout) -> Delivery:
        """Start from what the place of the file says, before it is opened."""
        source = found.source
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
            received_date=found.sidecar.received,
            supersedes=found.sidecar.supersedes,
            reader=source.reader.format if source else None,
            header_row=source.reader.header_row if source else None,
        )
        made.delivery_id = f"{'0' * 12}-{_short(inside.as_posix())}"
        return made

    def fingerprint(self, data: bytes, recipe: str) -> None:
        """Name the delivery by its bytes and place."""
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.size_bytes = len(data)
        self.delivery_id = f"{self.sha256[:12]}-{self.delivery_id.rsplit('-', 1)[-1]}"
        self.made_from = recipe

    def refuse(self, refusal: DeliveryRefused) -> None:
        """Set the delivery aside with its reason."""
        self.state, self.is_settled = "refused", False
        self.refusal_code = refusal.code
        self.message_it, self.message_en = refusal.say("it"), refusal.say("en")
        self.rows_read = self.rows_skipped = self.records_n = 0

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


def settle(deliveries: list[Delivery]) -> None:
    """Decide which deliveries count: duplicates and superseded ones do not.

    A chain of notes holds even where its middle was refused: if the newest file is good, all that
    it replaces, directly or not, is out of use. Changes the deliveries.
    """
    ordered = sorted(deliveries, key=lambda each: each.order)
    replaced = _targets(ordered)
    _set_duplicates(ordered)
    for each in ordered:
        if each.state not in ("in_use", "superseded"):
            continue
        seen = {each.delivery_id}
        target = replaced.get(each.delivery_id)
        while target is not None and target.delivery_id not in seen:
            seen.add(target.delivery_id)
            if target.state == "refused":
                target.is_settled = True
            else:
                target.state = "superseded"
            target = replaced.get(target.delivery_id)


def _set_duplicates(ordered: list[Delivery]) -> None:
    first: dict[tuple, Delivery] = {}
    for each in ordered:
        if each.state != "in_use":
            continue
        period = each.period if each.by_period else ""
        key = (each.sha256, each.partner_code, each.source_code, period)
        if key in first:
            each.state = "duplicate"
        else:
            first[key] = each


def _targets(ordered: list[Delivery]) -> dict[str, Delivery]:
    """Return delivery id -> the delivery its note says it replaces; a note that errs is a refusal."""
    found: dict[str, Delivery] = {}
    for each in ordered:
        if each.supersedes is None:
            continue
        beside = [
            other
            for other in ordered
            if other is not each
            and (other.partner_code, other.period) == (each.partner_code, each.period)
            and (other.source_code is None or each.source_code in (None, other.source_code))
        ]
        target = next((other for other in beside if other.true_name == each.supersedes), None)
        if target is not None:
            found[each.delivery_id] = target
        elif each.state != "refused":
            near = nearest(each.supersedes, [other.true_name for other in beside]) or "-"
            each.refuse(
                DeliveryRefused(
                    "supersedes.unknown",
                    name=masked_name(each.supersedes),
                    nearest=masked_name(near),
                )
            )
    _refuse_circles(ordered, found)
    return found


def _refuse_circles(ordered: list[Delivery], found: dict[str, Delivery]) -> None:
    """Two files that replace each other would both fall out of use without a word."""
    for each in ordered:
        seen = set()
        target = found.get(each.delivery_id)
        while target is not None and target.delivery_id not in seen:
            if target is each:
                if each.state != "refused":
                    each.refuse(DeliveryRefused("supersedes.circle", name=each.file_name))
                break
            seen.add(target.delivery_id)
            target = found.get(target.delivery_id)


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
