"""What a result was made of: digests of data and of code, so that sameness can be decided."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePath
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


class Seen:
    """Digests of files that one run has read, so that a second look reads only what may be another.

    A file is the same where size, times and place on the disk are, and its times lie well before it was
    read: some disks count in steps of two seconds.
    """

    _SETTLED_NS = 10 * 10**9

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[int, ...], int, str]] = {}

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of a file's bytes."""
        if known := self.known(path):
            return known[1]
        stamp, now = _stamp(path), time.time_ns()
        sha256 = file_sha256(Path(path))
        self._known[path] = (stamp, now, sha256)
        return sha256

    def known(self, path: str) -> tuple[int, str] | None:
        """Return size and SHA-256 of a file that is as it was when it was read; else ``None``."""
        before, read_at, sha256 = self._known.get(path, ((), 0, ""))
        if not before or before != _stamp(path):
            return None
        return (before[0], sha256) if max(before[1:3]) + self._SETTLED_NS < read_at else None


def _stamp(path: str) -> tuple[int, ...]:
    about = os.stat(path)  # noqa: PTH116 - twice as quick, and there are thousands
    return (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


#: What the run at work in this process has read.
_OF_THIS_RUN: list[Seen] = []


@contextmanager
def read_by_this_run(seen: Seen) -> Iterator[None]:
    """Let the steps of a run know what it has read already."""
    _OF_THIS_RUN.append(seen)
    try:
        yield
    finally:
        _OF_THIS_RUN.pop()


def read_before(path: Path) -> tuple[int, str] | None:
    """Return size and SHA-256 of a file that this run has read and that stands; ``None`` of any other."""
    if not _OF_THIS_RUN or path.is_symlink():
        return None
    try:
        return _OF_THIS_RUN[-1].known(str(path))
    except OSError:
        return None


def raw_files(layout: Layout, seen: Seen | None = None) -> list[tuple[str, str]]:
    """Return name and SHA-256 of every file under the programme's raw folder, in order.

    What cannot be read (locked, a broken link, a folder named like a file) counts by its name:
    intake refuses it and says so, and once it can be read the digest changes.

    Parameters
    ----------
    seen
        What an earlier look of the same run read.
    """
    seen = seen or Seen()
    found = [
        (parts, _content(entry, is_folder, seen))
        for parts, entry, is_folder in _below(str(layout.raw), ())
        if not is_folder or PurePath(entry.name).suffix
    ]
    found.sort(key=lambda each: each[0])
    return [("/".join(parts), content) for parts, content in found]


def _content(entry: os.DirEntry[str], is_folder: bool, seen: Seen) -> str:
    try:
        return seen.sha256(entry.path) if not is_folder and entry.is_file() else "no file"
    except OSError:
        return "not readable"


def _below(
    folder: str, inside: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], os.DirEntry[str], bool]]:
    """Yield all below a folder: its place, itself, and whether it is a folder; links are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:  # no right to look into it
        return
    for each in found:
        parts, is_folder = (*inside, each.name), _is_folder(each)
        yield parts, each, is_folder
        if is_folder and not each.is_symlink():
            yield from _below(each.path, parts)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def data_version(deliveries: pd.DataFrame) -> str:
    """Return the digest of the deliveries in use: the same files, the same version.

    Parameters
    ----------
    deliveries
        ``intake_deliveries``; only rows with state ``in_use`` count.
    """
    used = deliveries[deliveries["state"] == "in_use"]
    columns = (used[name].tolist() for name in ("source_code", "period", "sha256"))
    return digest(sorted(map("/".join, zip(*columns, strict=True))))
