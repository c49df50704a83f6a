"""Text rows of a source's deliveries, put together into batches: small files many at once, big ones in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assets import staging
from assets.layout import Layout
from assets.sorting.parse import TEXT
from schemas.dataset import Dataset

#: Columns of a text row that say where it stood.
_STAGED_PLACE = ("delivery_id", "sheet", "row_number", "cell_letter")
_DELIVERY = ("partner_code", "source_code", "period")
#: Files of no more rows are put together before they become frames: a frame costs more than its rows.
_SMALL = 1 << 13
_WORDS = pa.dictionary(pa.int32(), pa.string())


def batches(
    layout: Layout, staged: pd.DataFrame, dataset: Dataset, rows: int
) -> Iterator[pd.DataFrame]:
    """Yield the text rows of a source, about ``rows`` at once, in delivery order.

    Parameters
    ----------
    staged
        The source's deliveries: ``file``, ``records_n``, and what is known of their rows' place.
    """
    waiting = _Waiting(dataset)
    for each in staged.to_dict("records"):
        for piece in _pieces(layout, each, rows):
            if waiting.rows_n and waiting.rows_n + len(piece) > rows:
                yield waiting.taken()
            waiting.add(piece, each)
    if waiting.rows_n:
        yield waiting.taken()


def _pieces(
    layout: Layout, about: Mapping[Any, Any], rows: int
) -> Iterator[pd.DataFrame] | Iterator[pa.Table]:
    if about["records_n"] > min(rows, _SMALL):
        return staging.read(layout.staged, about["file"], rows=rows)
    return iter([staging.read_small(layout.staged, about["file"])])


class _Waiting:
    """Rows that wait for a batch to be full."""

    def __init__(self, dataset: Dataset) -> None:
        self._columns = (*_DELIVERY, *_STAGED_PLACE, *dataset.columns)
        self._begin()

    def _begin(self) -> None:
        self._frames: list[pd.DataFrame] = []
        self._small: list[tuple[pa.Table, Mapping[Any, Any]]] = []
        self.rows_n = 0

    def add(self, piece: pd.DataFrame | pa.Table, about: Mapping[Any, Any]) -> None:
        """Take in some rows of one delivery."""
        self.rows_n += len(piece)
        if isinstance(piece, pa.Table):
            self._small.append((piece, about))
        else:
            self._put_small()
            self._frames.append(self._with_place(piece, about))

    def taken(self) -> pd.DataFrame:
        """Return what waits, one below the other, and begin anew."""
        self._put_small()
        made = _together(self._frames)
        self._begin()
        return made

    def _put_small(self) -> None:
        if self._small:
            columns = {name: _column(name, self._small) for name in self._columns}
            self._frames.append(staging.frame_of(pa.table(columns)))
            self._small = []

    def _with_place(self, text: pd.DataFrame, about: Mapping[Any, Any]) -> pd.DataFrame:
        """Return rows with all columns of their dataset and what is known of their delivery."""
        made: dict[str, Any] = {
            name: staging.constant(about[name], len(text)) for name in _DELIVERY
        }
        for name in self._columns[len(_DELIVERY) :]:
            made[name] = text[name].array if name in text else staging.constant(None, len(text))
        return pd.DataFrame(made, copy=False)


def _column(name: str, small: list[tuple[pa.Table, Mapping[Any, Any]]]) -> pa.ChunkedArray:
    """Put one column of small files together: words where all have words, else plain text."""
    if name in _DELIVERY:
        return _unified([_repeated(about[name], len(table)) for table, about in small])
    if name == "row_number":
        return pa.chunked_array([c for table, _ in small for c in table.column(name).chunks])
    found = [table.column(name) if name in table.column_names else None for table, _ in small]
    if all(each is None or pa.types.is_dictionary(each.type) for each in found):
        pieces: list[pa.Array] = []
        for each, (table, _) in zip(found, small, strict=True):
            if each is None:
                pieces.append(_repeated(None, len(table)))
            else:
                pieces += [chunk.cast(_WORDS) for chunk in each.chunks]
        return _unified(pieces)
    plain: list[pa.Array] = []
    for each, (table, _) in zip(found, small, strict=True):
        if each is None:
            plain.append(pa.nulls(len(table), pa.string()))
        else:
            plain += [chunk.cast(pa.string()) for chunk in each.chunks]
    return pa.chunked_array(plain, pa.string())


def _unified(pieces: list[pa.Array]) -> pa.ChunkedArray:
    """Return pieces whose words are those of all of them, in the order in which they first come."""
    return pa.chunked_array(pieces, _WORDS).unify_dictionaries()


def _repeated(text: str | None, count: int) -> pa.DictionaryArray:
    words = pa.array([] if text is None else [text], pa.string())
    codes = pa.nulls(count, pa.int32()) if text is None else pa.array(np.zeros(count, np.int32))
    return pa.DictionaryArray.from_arrays(codes, words)


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    if len(frames) == 1:
        return frames[0]
    return pd.DataFrame(
        {name: _joined([each[name] for each in frames]) for name in frames[0].columns}, copy=False
    )


def _joined(columns: list[pd.Series]) -> pd.api.extensions.ExtensionArray:
    """Put the pieces of one column one below the other, words of categories put together."""
    if not all(isinstance(each.dtype, pd.CategoricalDtype) for each in columns):
        if columns[0].name != "row_number":
            columns = [each.astype(TEXT) for each in columns]
        return pd.concat(columns, ignore_index=True).array
    places, words = pd.factorize(pd.concat([each.cat.categories.to_series() for each in columns]))
    codes, first = [], 0
    for each in columns:
        last = first + len(each.cat.categories)
        mine = np.append(places[first:last], -1).astype(np.int32)
        codes.append(mine[each.cat.codes.to_numpy()])
        first = last
    return staging.coded(np.concatenate(codes), pd.Index(words, dtype=TEXT))
