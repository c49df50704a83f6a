"""What makes a release one release: its files, and the digest they have together.

A release is its manifest and its tables, byte for byte. Where it stands (draft, published, withdrawn)
is written beside them and is no part of it; pages that left with it are none either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

#: Beside the tables: where the release stands. No part of what it is, so no part of its digest.
STATE = "release.json"
MANIFEST = "manifest.json"
TABLES = "tables"


def digest_of(files: Mapping[str, str]) -> str:
    """Return the digest of a release.

    Parameters
    ----------
    files
        Path below the released folder -> SHA-256; their order changes nothing.
    """
    ordered = sorted(files, key=lambda path: (path == MANIFEST, path))
    return sha256("".join(f"{path}\0{files[path]}\0" for path in ordered).encode())


def digest_of_content(content: Mapping[str, bytes]) -> str:
    """Return the digest of a release from its files."""
    return digest_of({path: sha256(data) for path, data in content.items()})


def content_of(released: Path) -> dict[str, bytes]:
    """Return every file of a release by its path; the note of where it stands is none of them."""
    return {
        path.relative_to(released).as_posix(): path.read_bytes()
        for path in sorted(released.rglob("*"))
        if path.is_file() and path != released / STATE
    }


def tables_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a release from a folder in which pages stand beside them."""
    tables = sorted((folder / TABLES).rglob("*"))
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / MANIFEST, *tables)
        if path.is_file()
    }


def digest_in(released: Path) -> str | None:
    """Return the digest of what stands in a folder; ``None`` where nothing is released."""
    if not (released / MANIFEST).is_file():
        return None
    return digest_of_content(content_of(released))


def altered_table(folder: Path) -> str | None:
    """Return the first table that is missing or is not the one its manifest names; ``None``: all stand."""
    about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for code, each in sorted(about["tables"].items()):
        path = folder / TABLES / f"{code}.parquet"
        if not path.is_file() or sha256(path.read_bytes()) != each["sha256"]:
            return f"{TABLES}/{path.name}"
    return None


def sha256(data: bytes) -> str:
    """Return the digest of one file's bytes."""
    return hashlib.sha256(data).hexdigest()
