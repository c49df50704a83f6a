"""Which records came before: their keys as 128 bits, so that ten million of them fit in memory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from assets.sorting.parse import TEXT

#: Sorted runs of keys: the first numbers, and beside them the second.
_Shelf: TypeAlias = list[tuple[np.ndarray, np.ndarray]]
#: More sorted runs than these are merged into one.
_MOST_RUNS = 6
#: Keys are put on shelves by their first six bits.
_SHELVES, _SHIFT = 64, np.uint64(58)
_NOTHING = np.array([[0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F]], dtype=np.uint64)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


class Seen:
    """The keys of one kind that were met so far, in the order in which they came.

    Keys are compared by two independent hashes of 64 bits: two different keys among ten million
    are taken for one with a probability below 1e-24. They are kept in shelves by their first bits,
    so that putting one in order takes little time and room.
    """

    def __init__(self) -> None:
        self._shelves: list[_Shelf] = [[] for _ in range(_SHELVES)]

    def again(self, keys: np.ndarray) -> np.ndarray:
        """Say for each key (one row of two numbers) whether it came before; remember the new ones."""
        order = np.argsort(keys[:, 0], kind="stable")
        first, second = keys[order, 0], keys[order, 1]
        known = np.zeros(len(keys), dtype=bool)
        known[1:] = (first[1:] == first[:-1]) & (second[1:] == second[:-1])
        starts = np.searchsorted(first, np.arange(_SHELVES, dtype=np.uint64) << _SHIFT)
        for shelf, begin, end in zip(self._shelves, starts, [*starts[1:], len(first)], strict=True):
            mine = slice(begin, end)
            _look_up(shelf, first[mine], second[mine], known[mine])
        found = np.empty(len(keys), dtype=bool)
        found[order] = known
        return found


def _look_up(shelf: _Shelf, first: np.ndarray, second: np.ndarray, known: np.ndarray) -> None:
    """Mark the keys that stand on a shelf, and put the others there; ``first`` is in order."""
    if not len(first):
        return
    for run, beside in shelf:
        at = np.minimum(np.searchsorted(run, first), len(run) - 1)
        known |= (run[at] == first) & (beside[at] == second)
    if not known.all():
        shelf.append((first[~known], second[~known]))
    if len(shelf) > _MOST_RUNS:
        whole = [np.concatenate(each) for each in zip(*shelf, strict=True)]
        order = np.argsort(whole[0], kind="stable")
        shelf[:] = [(whole[0][order], whole[1][order])]


def value_keys(values: pd.Series) -> np.ndarray:
    """Return two numbers per value; below the last value, those of a missing one."""
    missing = values.isna().to_numpy()
    if values.dtype == TEXT:
        made = _text_keys(values)
    else:
        plain = values.to_numpy(dtype="float64" if values.dtype == "float64" else None)
        if plain.dtype.kind != "M":
            plain = values.astype("float64").to_numpy(na_value=0.0)
        bits = plain.view(np.int64).astype(np.uint64)
        made = np.stack([_mixed(bits), _mixed(bits ^ _SECOND)], axis=1)
    made[missing] = _NOTHING
    return np.concatenate([made, _NOTHING])


def joined_keys(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return two numbers per row for the keys of several columns together, in their order."""
    made = columns[0].copy()
    for each in columns[1:]:
        made[:, 0] = _mixed(made[:, 0] * _FIRST + each[:, 0])
        made[:, 1] = _mixed(made[:, 1] * _SECOND + each[:, 1])
    return made


def _text_keys(values: pd.Series) -> np.ndarray:
    words = pa.table({"word": pa.array(values.array)})
    cursor = _hasher().cursor()
    cursor.register("words", words)
    found = cursor.execute("select hash(word) a, hash('#' || word) b from words").fetchnumpy()
    cursor.close()
    return np.stack([np.asarray(found[name], dtype=np.uint64) for name in ("a", "b")], axis=1)


@cache
def _hasher() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _mixed(bits: np.ndarray) -> np.ndarray:
    """Spread each number over all 64 bits (splitmix64)."""
    made = bits + _STEP
    made = (made ^ (made >> np.uint64(30))) * _FIRST
    made = (made ^ (made >> np.uint64(27))) * _SECOND
    return np.asarray(made ^ (made >> np.uint64(31)))
