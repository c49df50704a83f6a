"""Deliveries that are as they were in the run before: what was read of them is taken over, not read again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assets import staging
from assets.intake.delivery import DELIVERY_COLUMNS, READ_COLUMNS, Delivery
from assets.intake.exports import form_bytes
from assets.intake.find import Found
from assets.layout import Layout
from assets.versions import code_version, digest

Frames = dict[str, pd.DataFrame]


class Recipes:
    """What decides a delivery's rows besides its bytes, as digests."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        # By identity: a source is one object for all its files, and costs more to write out than to read.
        self._sources: dict[int, tuple[object, str]] = {}

    def of(self, found: Found) -> str:
        """Return the recipe of a file; nothing where it cannot be read anyway."""
        if found.source is None or found.period is None:
            return ""
        told = [code_version(), self._source(found), found.sidecar.model_dump_json()]
        return digest([*told, repr(found.period), self._form(found)])

    def _source(self, found: Found) -> str:
        source = found.source
        _, text = self._sources.get(id(source), (None, ""))
        if not text and source is not None:
            text = source.model_dump_json()
            self._sources[id(source)] = (source, text)
        return text

    def _form(self, found: Found) -> str:
        assert found.source is not None
        return form_bytes(found.source, self._layout.raw / found.partner).hex()


@dataclass
class Rows:
    """Some rows of a table of the run before, by their places: taken out together, once all are known."""

    table: pd.DataFrame
    places: np.ndarray

    def taken(self) -> pd.DataFrame:
        """Return the rows themselves."""
        return self.table.iloc[self.places]


@dataclass
class Kept:
    """What is taken over of one delivery: the staged file of its rows, their number, columns and questions."""

    file: str
    staged_n: int
    columns: Rows
    questions: Rows | None


class Earlier:
    """The deliveries of the run before, by what they were made from."""

    def __init__(self, layout: Layout, frames: Frames) -> None:
        self._place: dict[str, int] = {}
        self._told: dict[str, list[Any]] = {}
        self._columns: dict[str, Rows] = {}
        self._questions: dict[str, Rows] = {}
        self._staged: dict[str, tuple[str, int]] = {}
        known = frames.get("intake_deliveries")
        if known is not None and set(DELIVERY_COLUMNS) <= set(known.columns):
            used = known[known["state"] == "in_use"]
            self._place = {name: at for at, name in enumerate(_plain(used["delivery_id"]))}
            self._told = {name: _plain(used[name]) for name in (*READ_COLUMNS, "made_from")}
            self._columns = _by_delivery(frames["intake_columns"])
            self._questions = _by_delivery(frames["intake_questions"])
            there = staging.names(layout.staged)
            staged = (
                _plain(frames["intake_staged"][x]) for x in ("delivery_id", "file", "records_n")
            )
            self._staged = {
                name: (file, rows_n)
                for name, file, rows_n in zip(*staged, strict=True)
                if file in there
            }

    def take(self, delivery: Delivery) -> Kept | None:
        """Return what was read of a delivery before, or ``None`` where anything differs; tells it so."""
        name = delivery.delivery_id
        at, columns, staged = self._place.get(name), self._columns.get(name), self._staged.get(name)
        if at is None or columns is None or staged is None:
            return None
        if self._told["made_from"][at] != delivery.made_from:
            return None
        for each in READ_COLUMNS:
            setattr(delivery, each, self._told[each][at])
        return Kept(*staged, columns, self._questions.get(name))


def _by_delivery(table: pd.DataFrame) -> dict[str, Rows]:
    places = table.groupby("delivery_id", sort=False).indices
    return {str(name): Rows(table, np.asarray(each)) for name, each in places.items()}


def _plain(values: pd.Series) -> list[Any]:
    """Return values as Python has them, ``None`` where nothing stands."""
    found: list[Any] = pa.array(values, from_pandas=True).to_pylist()
    return found


def joined(rows: Iterable[pd.DataFrame | Rows | None], empty: pd.DataFrame) -> pd.DataFrame:
    """Put rows one below the other; those of the run before that follow each other in one piece."""
    pieces: list[pd.DataFrame] = []
    waiting: list[Rows] = []
    for each in rows:
        if isinstance(each, Rows):
            waiting.append(each)
        elif each is not None and len(each):
            pieces += _together(waiting)
            waiting = []
            pieces.append(each)
    pieces += _together(waiting)
    return pd.concat(pieces, ignore_index=True)[list(empty.columns)] if pieces else empty


def _together(waiting: list[Rows]) -> list[pd.DataFrame]:
    if not waiting:
        return []
    places = np.concatenate([each.places for each in waiting])
    return [Rows(waiting[0].table, places).taken()]
