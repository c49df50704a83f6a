"""Shapes of what sorting hands on: places, reasons, counts; and frames put together in delivery order."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets.sorting.mended import MELTED
from assets.sorting.parse import TEXT, TYPES
from assets.sorting.rules import Rulebook
from schemas.dataset import Dataset
from schemas.datasets import DATASETS

Frames = dict[str, pd.DataFrame]

PLACE = ("delivery_id", "source_code", "period", "sheet", "row_number", "cell_letter")
#: What a reason takes from the row it is about.
_ROW = ("delivery_id", "partner_code", "source_code", "period", "sheet", "row_number")
REASON_COLUMNS = (
    "dataset",
    *_ROW,
    "column_letter",
    "column",
    "heading",
    "rule",
    "cost",
)
COUNT_COLUMNS = (
    "delivery_id",
    "partner_code",
    "source_code",
    "dataset",
    "period",
    "read_n",
    "accepted_n",
    "quarantined_n",
    "cells_set_aside_n",
    "tolerated_n",
)


def reasons_of(
    text: pd.DataFrame, broken: pd.DataFrame, columns: pd.DataFrame, book: Rulebook
) -> pd.DataFrame:
    """Return one row per broken rule and cell of the file, with the place as Excel shows it."""
    places = text.loc[broken["position"], [*_ROW, "cell_letter"]].reset_index(drop=True)
    places = places.astype({name: TEXT for name in places if name != "row_number"})
    made = pd.concat([places, broken[["column", "rule", "cost"]]], axis=1)
    made["dataset"] = book.dataset.name
    ours = columns[["delivery_id", "column", "letter", "heading"]]
    by_column = ours.drop_duplicates(["delivery_id", "column"])
    by_letter = ours[["delivery_id", "letter", "heading"]].drop_duplicates(
        ["delivery_id", "letter"]
    )
    made = made.merge(by_column, on=["delivery_id", "column"], how="left")
    own = made["column"].isin(MELTED) & (made["cell_letter"] != "")
    made["column_letter"] = made["cell_letter"].where(own, made["letter"]).fillna("")
    by_letter = by_letter.rename(columns={"letter": "column_letter", "heading": "own_heading"})
    made = made.merge(by_letter, on=["delivery_id", "column_letter"], how="left")
    made["heading"] = made["heading"].fillna(made["own_heading"]).fillna("")
    cell = ["delivery_id", "sheet", "row_number", "column_letter", "column", "rule"]
    made = made.drop_duplicates(cell)  # a row that became many records has its cells once
    return shaped(made, empty_reasons())


def count(deliveries: pd.DataFrame, tallies: list[pd.DataFrame]) -> pd.DataFrame:
    """Return what became of the records of each delivery in use.

    ``read_n`` is what intake counted while reading, so that it can disagree with the split.

    Parameters
    ----------
    tallies
        Of each batch: ``delivery_id`` and the counts.
    """
    used = deliveries[deliveries["state"] == "in_use"]
    names = ["delivery_id", "partner_code", "source_code", "dataset", "period"]
    made = used[names].assign(read_n=used["records_n"])
    numbers = list(COUNT_COLUMNS[len(names) + 1 :])
    empty = pd.DataFrame(columns=["delivery_id", *numbers])
    tallied = pd.concat([empty, *tallies]).groupby("delivery_id")[numbers].sum()
    made = made.join(tallied, on="delivery_id")
    numbers.append("read_n")
    made[numbers] = made[numbers].fillna(0).astype("Int64")
    return made[list(COUNT_COLUMNS)].reset_index(drop=True)


def tally(accepted: pa.Table, quarantined: pa.Table, reasons: pa.Table) -> pd.DataFrame:
    """Return the counts of one batch by delivery."""
    made = {"accepted_n": _by_delivery(accepted), "quarantined_n": _by_delivery(quarantined)}
    for name, cost in (("cells_set_aside_n", "cell"), ("tolerated_n", "tolerated")):
        made[name] = _by_delivery(reasons.filter(pc.field("cost") == cost))
    names = sorted({name for counts in made.values() for name in counts})
    numbers = {column: [counts.get(name, 0) for name in names] for column, counts in made.items()}
    return pd.DataFrame({"delivery_id": names, **numbers})


def _by_delivery(rows: pa.Table) -> dict[str, int]:
    found = pc.value_counts(rows.column("delivery_id").cast(pa.string())).to_pylist()
    return {each["values"]: each["counts"] for each in found}


def empty_tables() -> Frames:
    """Return every table of the room without rows, except the counts."""
    made = {}
    for dataset in DATASETS.values():
        made[f"sorting_{dataset.name}__accepted"] = empty_accepted(dataset)
        made[f"sorting_{dataset.name}__quarantined"] = empty_quarantined(dataset)
    return {**made, "sorting_reasons": empty_reasons()}


def shaped(frame: pd.DataFrame, empty: pd.DataFrame) -> pd.DataFrame:
    """Give a frame the columns and types of an empty one."""
    kinds = empty.dtypes.to_dict()
    return frame[list(empty.columns)].astype(kinds).reset_index(drop=True)


def _empty(kinds: dict[str, Any]) -> pd.DataFrame:
    return _kept(tuple(kinds.items())).copy()  # as quick as making it anew is slow


@cache
def _kept(kinds: tuple[tuple[str, Any], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds})


def empty_accepted(dataset: Dataset) -> pd.DataFrame:
    """Return the accepted rows of a dataset, none yet: places and typed columns."""
    return _empty({**_place_kinds(), **{each.name: TYPES[each.kind] for each in dataset.fields}})


def empty_quarantined(dataset: Dataset) -> pd.DataFrame:
    """Return the quarantined rows of a dataset, none yet: places, text columns and rules."""
    return _empty({**_place_kinds(), **dict.fromkeys([*dataset.columns, "rules"], TEXT)})


def empty_reasons() -> pd.DataFrame:
    """Return ``sorting_reasons`` without rows."""
    return _empty({name: "Int64" if name == "row_number" else TEXT for name in REASON_COLUMNS})


def _place_kinds() -> dict[str, Any]:
    return {name: "Int64" if name == "row_number" else TEXT for name in PLACE}
