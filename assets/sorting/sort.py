"""The split of text rows into accepted and quarantined, with reasons and counts, source by source.

The rows come from the files that intake staged and go on in batches, so that a delivery of ten
million rows needs no more memory than one of a million.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from assets import staging
from assets.layout import Layout
from assets.sorting import remembered
from assets.sorting.judge import Batch, Sorter
from assets.sorting.outcome import (
    PLACE,
    Frames,
    count,
    empty_tables,
    reasons_of,
    shaped,
)
from assets.sorting.parse import TEXT
from assets.sorting.rules import Rulebook
from assets.sorting.together import batches
from schemas.dataset import Dataset
from schemas.datasets import DATASETS
from schemas.source import Source

#: Rows judged at once.
BATCH = 1 << 18


@dataclass(frozen=True)
class Sorted:
    """Records of one source, judged."""

    accepted: pa.Table
    quarantined: pa.Table
    reasons: pd.DataFrame


def sort_programme(layout: Layout, intake: Frames) -> Frames:
    """Sort every delivery in use and return the tables: for programmes that fit in memory.

    Parameters
    ----------
    intake
        The frames of the intake room; without ``intake_corrections`` nothing is corrected.

    Returns
    -------
    dict of pandas.DataFrame
        ``sorting_<dataset>__accepted`` and ``__quarantined`` for the three datasets,
        ``sorting_reasons``, ``sorting_counts``.
    """
    empty = empty_tables()
    found: dict[str, list[pa.Table]] = {name: [] for name in empty}
    counts = sort_into(layout, intake, lambda table, rows: found[table].append(rows))
    frames = {name: _frame(found[name], each) for name, each in empty.items()}
    return {**frames, "sorting_counts": counts}


def sort_into(
    layout: Layout, intake: Frames, append: Callable[[str, pa.Table], None], *, batch: int = BATCH
) -> pd.DataFrame:
    """Sort every delivery in use, handing on the rows of each table as they are judged.

    Rows are in order of source, then of delivery, then of the file.

    Parameters
    ----------
    append
        Takes the name of a table (``outcome.empty_tables``) and some of its rows.
    batch
        Rows judged at once.

    Returns
    -------
    pandas.DataFrame
        ``sorting_counts``.
    """
    deliveries = intake["intake_deliveries"]
    staged = intake["intake_staged"].merge(
        deliveries[["delivery_id", "partner_code", "source_code", "period", "supersede_rank"]],
        on="delivery_id",
        validate="one_to_one",
    )
    corrections = intake.get("intake_corrections")
    of_source = dict(tuple(staged.groupby(["partner_code", "source_code"])))
    columns = _Columns(intake["intake_columns"])
    tallies, used = [], set()
    for dataset, partner, source in _sources(layout):
        mine = of_source.get((partner, source.source))
        if mine is None:
            continue
        book = Rulebook(layout.definition, dataset, source, layout.instruments, corrections)
        name = remembered.recipe(book, partner, mine)
        is_small = int(mine["records_n"].sum()) <= remembered.MOST_ROWS
        done = remembered.take(layout.staged, name) if is_small else None
        if is_small and done is None:
            done = list(_judged(layout, book, mine, columns, batch))
            remembered.keep(layout.staged, name, done)
        used |= {name} if is_small else set()
        for part in done if done is not None else _judged(layout, book, mine, columns, batch):
            append(f"sorting_{dataset.name}__accepted", part.accepted)
            append(f"sorting_{dataset.name}__quarantined", part.quarantined)
            append("sorting_reasons", part.reasons)
            tallies.append(part.tally())
    remembered.sweep(layout.staged, used)
    return count(deliveries, tallies)


class _Columns:
    """``intake_columns``, looked into by delivery."""

    def __init__(self, columns: pd.DataFrame) -> None:
        self._columns = columns
        self._places = columns.groupby("delivery_id", sort=False).indices

    def of(self, deliveries: Iterable[str]) -> pd.DataFrame:
        """Return the rows of some deliveries, in their order."""
        found = [self._places[each] for each in deliveries if each in self._places]
        return self._columns.iloc[np.sort(np.concatenate(found))] if found else self._columns[:0]


def _judged(
    layout: Layout, book: Rulebook, mine: pd.DataFrame, columns: _Columns, batch: int
) -> Iterator[remembered.Judged]:
    """Judge the rows of one source's deliveries, batch by batch."""
    sorter = Sorter(book)
    by_record = book.source.supersede == "record"
    ranks = mine.set_index("delivery_id")["supersede_rank"] if by_record else None
    # Which record is replaced is known once all are there.
    rows = int(mine["records_n"].sum()) + 1 if by_record else batch
    of_mine = columns.of(mine["delivery_id"])
    for text in batches(layout, mine, book.dataset, rows):
        done = _sort(sorter, text, of_mine, ranks)
        yield remembered.judged(done.accepted, done.quarantined, done.reasons)


def sort_source(text: pd.DataFrame, columns: pd.DataFrame, book: Rulebook) -> Sorted:
    """Judge the records of one source.

    Parameters
    ----------
    text
        Text rows of one source in delivery order, on a fresh RangeIndex, with ``partner_code``,
        ``source_code`` and ``period`` of their delivery.
    columns
        ``intake_columns``.
    """
    return _sort(Sorter(book), text, columns, None)


def _sources(layout: Layout) -> Iterator[tuple[Dataset, str, Source]]:
    for dataset in DATASETS.values():
        for partner, sources in layout.readable_sources.items():
            for source in sources.sources:
                if source.dataset == dataset.name:
                    yield dataset, partner, source


def _sort(
    sorter: Sorter, text: pd.DataFrame, columns: pd.DataFrame, ranks: pd.Series | None
) -> Sorted:
    batch = sorter.read(text)
    of_rows = None if ranks is None else text["delivery_id"].astype(TEXT).map(ranks)
    broken = sorter.broken(batch, of_rows)
    return _split(batch, broken, columns, sorter.book)


def _split(batch: Batch, broken: pd.DataFrame, columns: pd.DataFrame, book: Rulebook) -> Sorted:
    text, typed = batch.text, batch.typed
    is_bad = np.zeros(len(text), dtype=bool)
    is_bad[broken.loc[broken["cost"] == "row", "position"]] = True
    for column, cells in broken[broken["cost"] == "cell"].groupby("column"):
        for name in _cells_of(str(column)):
            typed.loc[cells["position"], name] = pd.NA
    place = text[list(PLACE)]
    accepted = staging.to_arrow(pd.concat([place, typed], axis=1)).filter(pa.array(~is_bad))
    quarantined = text.loc[is_bad, [*PLACE, *book.dataset.columns]]
    quarantined = quarantined.assign(rules=_rules(broken[is_bad[broken["position"]]]))
    return Sorted(accepted, staging.to_arrow(quarantined), reasons_of(text, broken, columns, book))


def _rules(broken: pd.DataFrame) -> pd.Series:
    """Return for each quarantined row the rules that it broke, in order."""
    told: dict[int, list[str]] = {}
    for position, rule, cost in zip(
        broken["position"], broken["rule"], broken["cost"], strict=True
    ):
        if cost != "tolerated":
            told.setdefault(position, []).append(rule)
    return pd.Series({at: ", ".join(rules) for at, rules in told.items()}, dtype=TEXT)


def _cells_of(column: str) -> list[str]:
    """Return our columns that hold the same cell: an answer and its value are one cell of a form."""
    return ["answer_code", "answer_value"] if column.startswith("answer_") else [column]


def _frame(tables: list[pa.Table], empty: pd.DataFrame) -> pd.DataFrame:
    made = [shaped(each.to_pandas(), empty) for each in tables if len(each)]
    return pd.concat(made, ignore_index=True) if made else empty
