"""Text rows on their way from intake to sorting: one Arrow file per delivery, coded by distinct words.

What belongs here: writing such a file whole or not at all, reading it in batches, clearing away the
stale ones. What does not: anything that knows what a column means. The files may be deleted at any
time: intake makes them again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

TEXT = pd.StringDtype(na_value=pd.NA)

_ENDING = ".arrow"
_INCOMING = ".incoming-"
#: Rows of a record batch in the file.
_ROWS = 1 << 17


def file_name(delivery_id: str, made_from: str) -> str:
    """Return the name of a delivery's file: another recipe, another name."""
    recipe = hashlib.sha256(made_from.encode("utf-8")).hexdigest()[:12]
    return f"{delivery_id}-{recipe}{_ENDING}"


def write(folder: Path, name: str, rows: pd.DataFrame) -> None:
    """Write text rows; columns in which nothing stands are left out.

    Parameters
    ----------
    rows
        Text columns (plain or categorical) and whole numbers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _restrict(folder, 0o700)
    table = to_arrow(rows[[each for each in rows if rows[each].notna().any()]])
    handle, incoming = tempfile.mkstemp(dir=folder, prefix=_INCOMING)
    try:
        with os.fdopen(handle, "wb") as stream, pa.ipc.new_file(stream, table.schema) as writer:
            writer.write_table(table, max_chunksize=_ROWS)
        _restrict(Path(incoming), 0o600)
        Path(incoming).replace(folder / name)
    except BaseException:
        Path(incoming).unlink(missing_ok=True)
        raise


def count(folder: Path, name: str) -> int | None:
    """Return the rows of a file, or ``None`` where it is not there or not whole."""
    try:
        with pa.OSFile(str(folder / name)) as source:
            return int(pa.ipc.open_file(source).count_rows())
    except (OSError, pa.ArrowInvalid):
        return None


def read(folder: Path, name: str, *, rows: int) -> Iterator[pd.DataFrame]:
    """Yield the rows of a file in batches of about ``rows``; words are those of the whole file.

    The categories of a column are one object in every batch, so that what is known of them may be
    kept from batch to batch.
    """
    words: dict[str, pd.Index] = {}
    with pa.OSFile(str(folder / name)) as source:
        reader = pa.ipc.open_file(source)
        step = max(1, rows // _ROWS)
        for first in range(0, reader.num_record_batches, step):
            last = min(first + step, reader.num_record_batches)
            batches = [reader.get_batch(at) for at in range(first, last)]
            yield _frame(pa.Table.from_batches(batches), words)


def sweep(folder: Path, keep: set[str]) -> None:
    """Remove files that no delivery in use needs, and what an interrupted run left half written."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        ours = path.name.endswith(_ENDING) or path.name.startswith(_INCOMING)
        if ours and path.name not in keep:
            path.unlink(missing_ok=True)


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


def _restrict(path: Path, mode: int) -> None:
    with contextlib.suppress(OSError):  # not every network drive knows rights
        path.chmod(mode)
