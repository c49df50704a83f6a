"""Rows of one file that are the same in every cell, mapped or not, but for their own number."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa

from assets.intake.grid import Cells, coded
from assets.intake.headings import Mapping
from assets.intake.table import Table

_MOST_ROWS = 2_000_000
#: Odd multipliers that spread codes over 64 bits (Knuth's and Weyl's constants).
_SPREAD, _STEP = np.uint64(6364136223846793005), np.uint64(11400714819323198485)


def rows_alike(table: Table, mapping: Mapping) -> int | None:
    """Count the rows that repeat an earlier one in everything but the record's number.

    The whole row is compared, columns left unread included, so that two visits of one person on
    one day that differ in a column nobody maps are two visits. Nothing is dropped for it: the
    count is told, and a person decides. ``None`` for a file too long to be compared in memory.
    """
    if len(table.row_numbers) > _MOST_ROWS:
        return None
    number = mapping.columns.get("record_id")
    skipped = number.position if number is not None else None
    columns = [each for at, each in enumerate(table.columns) if at != skipped]
    suspects = _suspects(columns, len(table.row_numbers))
    if not len(suspects):
        return 0
    return _repeats([each.take(pa.array(suspects)) for each in columns], len(suspects))


def _suspects(columns: list[Cells], rows_n: int) -> np.ndarray:
    """Return the rows that could be alike, by a sketch of their coded columns alone.

    A sketch may take two rows for alike that are not, never the other way round.
    """
    sketch = np.zeros(rows_n, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            at = 0
            for codes in _codes(column):
                part = sketch[at : at + len(codes)]
                part *= _SPREAD
                part += (codes.astype(np.uint64) + np.uint64(1)) * _STEP
                part ^= part >> np.uint64(29)
                at += len(codes)
    ordered = np.sort(sketch)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return np.flatnonzero(np.isin(sketch, twice)) if len(twice) else np.empty(0, dtype=np.int64)


def _codes(column: Cells) -> Iterable[np.ndarray]:
    """Yield the codes of a coded column, piece by piece; nothing of one that is not coded."""
    if not pa.types.is_dictionary(column.type):
        return
    pieces = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    if any(not each.dictionary.equals(pieces[0].dictionary) for each in pieces[1:]):
        return  # one word may have two codes
    for each in pieces:
        indices = each.indices
        yield np.asarray(indices.fill_null(-1) if indices.null_count else indices)


def _repeats(columns: list[Cells], rows_n: int) -> int:
    """Count the rows that repeat an earlier one exactly."""
    words = [coded(each) for each in columns]
    # Most telling columns first: rows soon differ, and the rest need not be looked at.
    words.sort(key=lambda each: -len(each[1]))
    groups = np.zeros(rows_n, dtype=np.int64)
    for codes, known in words:
        groups, found = pd.factorize(groups * (len(known) + 1) + codes)
        if len(found) == rows_n:
            return 0
    return int(rows_n - len(np.unique(groups)))
