"""Text rows on their way from intake to sorting: one Arrow file per delivery, coded by distinct words.

What belongs here: writing such a file whole or not at all, reading it in batches, clearing away the
stale ones. What does not: anything that knows what a column means. The files may be deleted at any
time: intake makes them again. A file's name ends with the digest of its bytes, which is looked at when
the file is read; of a sealed one each piece is proved anyway.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from assets import private, seal
from assets.errors import ConfigurationError
from assets.versions import file_sha256

TEXT = pd.StringDtype(na_value=pd.NA)

_ENDING = ".arrow"
_INCOMING = ".incoming-"
#: Rows of a record batch in the file.
_ROWS = 1 << 17
#: Digits of the digest in a file's name.
_DIGITS = 16


class Altered(ConfigurationError):
    """A file of text rows is gone, or is not as it was written: the next run reads the partner's file again."""

    def __init__(self) -> None:
        super().__init__(
            "Righe già lette da un file sono state cancellate o modificate (.store): rilanciare "
            "«lunattiva run», che le rilegge dal file del partner.",
            "Rows already read from a file were deleted or altered (.store): run 'lunattiva run' again, "
            "which reads them from the partner's file.",
        )


def stem(delivery_id: str, made_from: str) -> str:
    """Return how the name of a delivery's file begins: another recipe, another name."""
    recipe = hashlib.sha256(made_from.encode("utf-8")).hexdigest()[:12]
    return f"{delivery_id}-{recipe}"


def write(folder: Path, stem: str, parts: Iterable[pd.DataFrame]) -> tuple[str, int]:
    """Write text rows; columns in which nothing can stand are left out.

    Parameters
    ----------
    stem
        How the file's name begins.
    parts
        One frame or more, one below the other, of the same columns: text (plain or categorical, of
        the same words in every part) and whole numbers.

    Returns
    -------
    tuple of str and int
        The file's name, and how many rows were written.
    """
    private.folder(folder)
    tables = (to_arrow(_with_words(each)) for each in parts)
    first = next(tables)
    rows_n = 0
    handle, incoming = tempfile.mkstemp(dir=folder, prefix=_INCOMING)
    try:
        with (
            os.fdopen(handle, "wb") as stream,
            seal.writing(stream, folder.parent) as into,
            pa.ipc.new_file(into, first.schema) as writer,
        ):
            for table in chain([first], tables):
                if table is not first:
                    _refuse_other_words(first, table)
                writer.write_table(table, max_chunksize=_ROWS)
                rows_n += table.num_rows
        private.restrict(Path(incoming), private.FILE)
        name = f"{stem}{_digest(Path(incoming), folder)}{_ENDING}"
        private.put_in_place(Path(incoming), folder / name)
    except BaseException:
        Path(incoming).unlink(missing_ok=True)
        raise
    return name, rows_n


def _digest(path: Path, folder: Path) -> str:
    """Return what a file's name says of its bytes: nothing of a sealed one, whose pieces prove themselves."""
    return "" if seal.is_closed(folder.parent) else f"-{file_sha256(path)[:_DIGITS]}"


def _refuse_other_words(first: pa.Table, table: pa.Table) -> None:
    """Stop where a part is coded otherwise: the file has one list of words for each column."""
    for name, mine, its in zip(first.column_names, first.columns, table.columns, strict=True):
        is_coded = pa.types.is_dictionary(mine.type)
        if is_coded and not mine.chunk(0).dictionary.equals(its.chunk(0).dictionary):
            raise ValueError(f"the words of {name} differ from part to part")


def _with_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out columns without any word."""
    empty = [
        name
        for name, each in rows.items()
        if isinstance(each.dtype, pd.CategoricalDtype) and not len(each.cat.categories)
    ]
    return rows.drop(columns=empty)


def count(folder: Path, name: str) -> int | None:
    """Return the rows of a file, or ``None`` where it is not there or not whole."""
    try:
        with _opened(folder, name) as source:
            return int(pa.ipc.open_file(source).count_rows())
    except Altered:
        return None


def names(folder: Path) -> set[str]:
    """Return the names of the files that are there."""
    try:
        with os.scandir(folder) as entries:
            return {each.name for each in entries if each.name.endswith(_ENDING)}
    except FileNotFoundError:
        return set()


def read(folder: Path, name: str, *, rows: int) -> Iterator[pd.DataFrame]:
    """Yield the rows of a file in batches of about ``rows``; words are those of the whole file.

    The categories of a column are one object in every batch, so that what is known of them may be
    kept from batch to batch.

    Raises
    ------
    Altered
        The file is not as it was written.
    """
    words: dict[str, pd.Index] = {}
    with _opened(folder, name) as source:
        reader = pa.ipc.open_file(source)
        step = max(1, rows // _ROWS)
        for first in range(0, reader.num_record_batches, step):
            last = min(first + step, reader.num_record_batches)
            batches = [reader.get_batch(at) for at in range(first, last)]
            yield _frame(pa.Table.from_batches(batches), words)


def read_small(folder: Path, name: str) -> pa.Table:
    """Return all rows of a file, as they stand in it.

    Raises
    ------
    Altered
        The file is not as it was written.
    """
    with _opened(folder, name) as source:
        return pa.ipc.open_file(source).read_all()


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return rows as a frame; of a column of words all pieces must have the same words."""
    return _frame(table, {})


def sweep(folder: Path, keep: set[str]) -> None:
    """Remove files that no delivery in use needs, and what an interrupted run left half written."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        names = sorted(each.name for each in entries)
    for name in names:
        ours = name.endswith(_ENDING) or name.startswith(_INCOMING)
        if ours and name not in keep:
            (folder / name).unlink(missing_ok=True)


def drop_altered(folder: Path) -> None:
    """Remove the files that are not as they were written."""
    for name in sorted(names(folder)):
        if count(folder, name) is None:
            (folder / name).unlink(missing_ok=True)


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as an Arrow table, categories as dictionaries, nothing of pandas beside it."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    for at, field in enumerate(table.schema):
        kind = field.type
        if pa.types.is_dictionary(kind):
            wanted: pa.DataType = pa.dictionary(kind.index_type, pa.string())
        elif pa.types.is_large_string(kind) or pa.types.is_null(kind):
            wanted = pa.string()
        else:
            continue
        if kind != wanted:
            table = table.set_column(at, field.name, table.column(at).cast(wanted))
    return table


def coded(codes: np.ndarray, words: pd.Index) -> pd.Categorical:
    """Return text by the position of each cell's word; -1 where nothing stands."""
    return pd.Categorical.from_codes(codes, categories=words, validate=False)


def constant(text: str | None, count: int) -> pd.Categorical:
    """Return the same text, or nothing, ``count`` times."""
    words = pd.Index([] if text is None else [text], dtype=TEXT)
    return coded(np.full(count, -1 if text is None else 0, dtype=np.int8), words)


def _frame(table: pa.Table, words: dict[str, pd.Index]) -> pd.DataFrame:
    made = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            if name not in words:
                words[name] = pd.Index(pd.array(column.chunk(0).dictionary, dtype=TEXT))
            codes = [np.asarray(chunk.indices.fill_null(-1)) for chunk in column.chunks]
            made[name] = coded(np.concatenate(codes), words[name])
        elif pa.types.is_string(column.type):
            made[name] = pd.array(column, dtype=TEXT)
        else:
            made[name] = column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get).array
    return pd.DataFrame(made, copy=False)


@contextlib.contextmanager
def _opened(folder: Path, name: str) -> Iterator[pa.NativeFile]:
    """Open a file for reading; of a sealed one, pieces are opened as they are asked for."""
    path = folder / name
    try:
        if seal.is_closed(folder.parent):
            with seal.opened(path, folder.parent) as source, pa.PythonFile(source, "r") as made:
                yield made
            return
        if not name.endswith(f"{_digest(path, folder)}{_ENDING}"):
            raise Altered
        with pa.OSFile(str(path)) as plain:
            yield plain
    except (OSError, pa.ArrowInvalid):
        raise Altered from None
