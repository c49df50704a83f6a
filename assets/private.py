"""For this account only: folders 0700, files 0600, where the system has such rights."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
#: Seconds between tries to rename: on Windows a virus scanner holds what was just written for a moment.
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8) if sys.platform == "win32" else ()


def restrict(path: Path, mode: int) -> None:
    """Give a file or folder the rights; not every network drive knows them."""
    with contextlib.suppress(OSError):
        path.chmod(mode)


def folder(path: Path) -> Path:
    """Make a folder that only this account enters, and return it."""
    path.mkdir(parents=True, exist_ok=True)
    restrict(path, FOLDER)
    return path


def put_in_place(waiting: Path, place: Path) -> None:
    """Rename a finished file or folder to its place, over a file that is there.

    Raises
    ------
    PermissionError
        It may not, or somebody keeps one of the two open.
    """
    for pause in _PAUSES:
        with contextlib.suppress(PermissionError):
            waiting.replace(place)
            return
        time.sleep(pause)
    waiting.replace(place)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; one that was there keeps its rights, a new one is private."""
    if not path.parent.is_dir():
        folder(path.parent)
    mode = stat.S_IMODE(path.stat().st_mode) if path.is_file() else FILE
    waiting = path.with_name(f".{path.name}.new")
    handle = os.open(
        waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), FILE
    )
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    restrict(waiting, mode)
    if not mode & stat.S_IWUSR:  # Windows replaces no file that is marked as read-only
        restrict(path, mode | stat.S_IWUSR)
    put_in_place(waiting, path)


def tighten(store: Path) -> None:
    """Close a programme's store and the folder above it, and all that other programs left in it.

    The folder above is closed first: from then on nobody else reaches what lies below. From here on
    the process leaves no core file either: it would hold rows as they lay in memory.
    """
    no_core_file()
    folder(store.parent)
    folder(store)
    if sys.platform == "win32":
        return
    _tighten_below(str(store))


def _tighten_below(folder: str) -> None:
    """Close all that lies in a folder, and what lies below; each name is looked up once."""
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:  # a folder of Dagster's may be gone by now
        return
    for each in found:
        with contextlib.suppress(OSError):
            if each.is_symlink():
                continue
            is_folder = each.is_dir()
            wanted = FOLDER if is_folder else FILE
            if stat.S_IMODE(each.stat().st_mode) != wanted:
                Path(each.path).chmod(wanted)
            if is_folder:
                _tighten_below(each.path)


def no_core_file() -> None:
    """Let this process and those it starts leave no picture of their memory when they crash."""
    if sys.platform == "win32":  # it has no such limit
        return
    with contextlib.suppress(OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))
