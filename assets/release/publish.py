"""Write the released folder: all of it or none, and the same bytes for the same cells."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from assets import private
from assets.errors import ConfigurationError
from assets.release.archive import STATE, digest_of
from schemas.indicators import released_tables
from schemas.released import RELEASED_COLUMNS, SUPPRESSED, SUPPRESSED_KINDS

_ARROW = {"VARCHAR": "string", "DOUBLE": "float64", "BIGINT": "int64"}
_ORDER = ["period", "indicator_code", "subject_code", "population_code"]
_ORDER += ["by_1", "level_1", "by_2", "level_2", "estimate_id"]


@dataclass(frozen=True)
class Published:
    """What stands in the released folder.

    Attributes
    ----------
    digest
        SHA-256 over path and content of every file: the same release, the same digest.
    files
        One row a file: ``path`` (below the released folder), ``sha256``, ``rows``, ``hidden``.
    """

    digest: str
    files: pd.DataFrame


def publish(released: pd.DataFrame, manifest: Mapping[str, Any], folder: Path) -> Published:
    """Put one Parquet file a table and ``manifest.json`` where readers look.

    Everything is written beside the folder first and takes its place by renaming, so a reader
    finds the old release or the new one. A crash between the two renames is mended by ``recover``.

    Parameters
    ----------
    released
        Rows in the shape of ``RELEASED_COLUMNS``.
    manifest
        What readers need besides numbers; ``tables`` is added here.
    folder
        ``.store/<programme>/released``.

    Raises
    ------
    ConfigurationError
        When a file of the old release is held open (Windows) and cannot be replaced.
    """
    recover(folder)
    content, about = _content(released)
    whole = {**manifest, "tables": {each["code"]: _entry(each) for each in about}}
    content["manifest.json"] = _json(whole)
    listed = [
        {"path": path, "sha256": _sha256(data), "rows": None, "hidden": None}
        for path, data in content.items()
    ]
    counts = {f"tables/{each['code']}.parquet": each for each in about}
    for row in listed:
        row |= {
            name: counts[row["path"]][name] for name in ("rows", "hidden") if row["path"] in counts
        }
    if _present(folder) != {row["path"]: row["sha256"] for row in listed}:
        _swap(folder, content)
    digest = digest_of({path: _sha256(data) for path, data in content.items()})
    files = pd.DataFrame(listed).astype(
        {"path": "string", "sha256": "string", "rows": "Int64", "hidden": "Int64"}
    )
    return Published(digest, files)


def recover(folder: Path) -> None:
    """Mend what a crash left: bring back the old release if the new one did not take its place."""
    old = _beside(folder, "old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    for left in (old, _beside(folder, "new")):
        shutil.rmtree(left, ignore_errors=True)


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """Return one released table as Parquet: fixed columns, types, compression; no pandas notes."""
    return _without_rows() if table.empty else _written(table)


@cache
def _without_rows() -> bytes:
    """Return a table nobody has cells for; most of a small programme's are."""
    return _written(pd.DataFrame({name: [] for name in RELEASED_COLUMNS}))


def _written(table: pd.DataFrame) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [(name, pa.type_for_alias(_ARROW[kind])) for name, (kind, _) in RELEASED_COLUMNS.items()]
    )
    told = table["status"].replace(dict.fromkeys(SUPPRESSED_KINDS, SUPPRESSED))
    ordered = table.assign(status=told)[list(RELEASED_COLUMNS)].sort_values(_ORDER, kind="stable")
    arrow = pa.Table.from_pandas(ordered, schema, preserve_index=False)
    sink = pa.BufferOutputStream()
    pq.write_table(arrow.replace_schema_metadata(None), sink, compression="zstd", version="2.6")
    return sink.getvalue().to_pybytes()


def _content(released: pd.DataFrame) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    content, about = {}, []
    for code in sorted(released_tables()):  # an empty table is a table: readers find its name
        table = released[released["table_code"] == code]
        data = parquet_bytes(table)
        content[f"tables/{code}.parquet"] = data
        hidden = int(table["status"].isin([SUPPRESSED, *SUPPRESSED_KINDS]).sum())
        about.append({"code": code, "sha256": _sha256(data), "rows": len(table), "hidden": hidden})
    return content, about


def _entry(about: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in about.items() if name != "code"}


def _swap(folder: Path, content: Mapping[str, bytes]) -> None:
    new, old = _beside(folder, "new"), _beside(folder, "old")
    (new / "tables").mkdir(parents=True)
    for path, data in content.items():
        with (new / path).open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    try:
        if folder.exists():
            private.put_in_place(folder, old)
        private.put_in_place(new, folder)
    except PermissionError:
        recover(folder)
        raise ConfigurationError(
            f"Una tabella in {folder.name} è aperta in un altro programma: chiuderlo e rilanciare.",
            f"A table in {folder.name} is open in another program: close it and run again.",
        ) from None
    shutil.rmtree(old, ignore_errors=True)


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.{what}")


def _present(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    return {
        path.relative_to(folder).as_posix(): _sha256(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / STATE
    }


def _json(whole: Mapping[str, Any]) -> bytes:
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
