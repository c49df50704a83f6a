"""Big files are mapped, not read: what was looked at is given back while the reading goes on."""

from __future__ import annotations

import contextlib
import mmap
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.files import read_bytes

#: Bigger files are mapped.
_BIG = 1 << 26
#: Seconds between two times that pages are given back.
_EVERY = 0.1


@contextlib.contextmanager
def file_data(path: Path) -> Iterator[Any]:
    """Yield a file's bytes, or a ``pyarrow.Buffer`` over a big file.

    While the block runs, pages of a big file that were read do not pile up in memory: they come
    back from the system's own store when they are looked at again.

    Raises
    ------
    DeliveryRefused
        It cannot be read.
    """
    whole = _mapped(path)
    if whole is None:
        yield read_bytes(path)
        return
    with _giving_back(whole):
        yield pa.py_buffer(whole)


def _mapped(path: Path) -> mmap.mmap | None:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size <= _BIG:
            return None
        with path.open("rb") as stream:
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        raise DeliveryRefused("file.locked") from None


@contextlib.contextmanager
def _giving_back(whole: mmap.mmap) -> Iterator[None]:
    if sys.platform == "win32":  # the pages stay: more memory, and nothing else
        yield
        return
    done = threading.Event()

    def give_back() -> None:
        while not done.wait(_EVERY):
            whole.madvise(mmap.MADV_DONTNEED)

    helper = threading.Thread(target=give_back, daemon=True)
    helper.start()
    try:
        yield
    finally:
        done.set()
        helper.join()
