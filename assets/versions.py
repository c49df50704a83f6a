"""What a result was made of: digests of data and of code, so that sameness can be decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assets.layout import REPOSITORY, Layout

if TYPE_CHECKING:
    import pandas as pd

#: What decides a result besides the data: our code, the declarations, the documents, the lock.
_CODE = ("schemas", "assets", "pipelines", "reports", "thesis")
_SUFFIXES = {".py", ".yml", ".qmd", ".bib", ".csl", ".css", ".lua", ".mplstyle", ".typ", ".html"}


def digest(parts: Iterable[str]) -> str:
    """Return a short digest (12 hexadecimal digits) of texts in order."""
    total = hashlib.sha256()
    for part in parts:
        # Names of files may hold bytes that are no UTF-8 (old archives): they count as they are.
        total.update(part.encode("utf-8", errors="surrogateescape") + b"\0")
    return total.hexdigest()[:12]


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def code_version() -> str:
    """Return the digest of everything in the checkout that can change a result."""
    return digest(part for pair in code_files() for part in pair)


@cache
def code_files() -> tuple[tuple[str, str], ...]:
    """Return name and SHA-256 of everything in the checkout that can change a result, in order."""
    found = []
    for path in _code_files():
        # Newlines are normalised: a Windows checkout must not look like another version.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(REPOSITORY).as_posix()
        found.append((name, hashlib.sha256(content).hexdigest()))
    return tuple(found)


def _code_files() -> list[Path]:
    found = [REPOSITORY / "requirements.lock"]
    for folder in _CODE:
        for path in (REPOSITORY / folder).rglob("*"):
            inside = path.relative_to(REPOSITORY).parts
            if path.suffix in _SUFFIXES and "_output" not in inside and path.is_file():
                found.append(path)
    return sorted(path for path in found if path.is_file())


def raw_version(layout: Layout) -> str:
    """Return the digest of every byte under the programme's raw folder."""
    return digest(part for pair in raw_files(layout) for part in pair)


def raw_files(layout: Layout) -> list[tuple[str, str]]:
    """Return name and SHA-256 of every file under the programme's raw folder, in order.

    What cannot be read (locked, a broken link, a folder named like a file) counts by its name:
    intake refuses it and says so, and once it can be read the digest changes.
    """
    found: list[tuple[str, str]] = []
    for path in sorted(layout.raw.rglob("*")):
        if path.is_dir() and not path.suffix:
            continue
        try:
            content = file_sha256(path) if path.is_file() else "no file"
        except OSError:
            content = "not readable"
        found.append((path.relative_to(layout.raw).as_posix(), content))
    return found


def data_version(deliveries: pd.DataFrame) -> str:
    """Return the digest of the deliveries in use: the same files, the same version.

    Parameters
    ----------
    deliveries
        ``intake_deliveries``; only rows with state ``in_use`` count.
    """
    used = deliveries.loc[deliveries["state"] == "in_use", ["source_code", "period", "sha256"]]
    return digest(sorted("/".join(row) for row in used.itertuples(index=False)))
