"""What else goes wrong, each a real one: a full disk is full, a closed folder is closed.

``prepare`` changes something between runs, and the run that follows is killed or not; ``beside`` lets a run
meet the fault while it works. Both leave the rest to the run that completes.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from assets.layout import Layout
from pipelines import sound
from tests.soak.programme import CHANGED, drop_made
from tests.soak.started import Started, copied

_CLONE_NEWNS = 0x00020000
#: Seconds by which the clock was ahead.
AHEAD_S = 400 * 86_400


# --- between runs -------------------------------------------------------------------------------


def file_taken_away(layout: Layout, base: Layout) -> None:
    (layout.raw / CHANGED).unlink(missing_ok=True)


def file_brought_back(layout: Layout, base: Layout) -> None:
    shutil.copyfile(base.raw / CHANGED, layout.raw / CHANGED)


def file_replaced(layout: Layout, base: Layout) -> None:
    (layout.raw / CHANGED).write_bytes(other_version(base))


def other_version(base: Layout) -> bytes:
    """The delivery that changes, without its last forty lines."""
    lines = (base.raw / CHANGED).read_bytes().splitlines(keepends=True)
    return b"".join(lines[:-40])


def warehouse_deleted(layout: Layout, base: Layout) -> None:
    layout.warehouse.unlink(missing_ok=True)


def all_made_deleted(layout: Layout, base: Layout) -> None:
    drop_made(layout)


def warehouse_garbage(layout: Layout, base: Layout) -> None:
    layout.warehouse.write_bytes(b"not a database " * 500)


def warehouse_cut(layout: Layout, base: Layout) -> None:
    if layout.warehouse.is_file():
        os.truncate(layout.warehouse, layout.warehouse.stat().st_size // 2)


def warehouse_altered(layout: Layout, base: Layout) -> None:
    """Blocks in the middle are overwritten: the file opens."""
    if layout.warehouse.is_file():
        with layout.warehouse.open("r+b") as stream:
            for part in (3, 5, 7):
                stream.seek(layout.warehouse.stat().st_size * part // 10)
                stream.write(b"\xff" * 5_000)


def staged_altered(layout: Layout, base: Layout) -> None:
    """Rows on their way and how they were judged: other bytes in files of the same size."""
    for path in sorted(layout.staged.glob("*.*")) if layout.staged.is_dir() else []:
        with path.open("r+b") as stream:
            stream.seek(path.stat().st_size // 2)
            stream.write(b"\xff" * 8)


def store_of_an_older_version(layout: Layout, base: Layout) -> None:
    """Another number, and tables of other columns below the names of ours."""
    import duckdb

    layout.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(layout.warehouse)) as connection:
        for name in ("intake_deliveries", "sorting_counts", "core_participants"):
            connection.execute(f"create table {name} as select 1 as id, 'x' as name")
    (layout.store / sound.NAME).write_text('{"format": -1}')


def dagster_home_lost(layout: Layout, base: Layout) -> None:
    shutil.rmtree(layout.dagster_home, ignore_errors=True)


def dagster_home_damaged(layout: Layout, base: Layout) -> None:
    for path in layout.dagster_home.rglob("*.db"):
        path.write_bytes(b"no database" * 1_000)


def state_cut(layout: Layout, base: Layout) -> None:
    if layout.state.is_file():
        os.truncate(layout.state, layout.state.stat().st_size // 2)


def clock_set_back(layout: Layout, base: Layout) -> None:
    """All files are of a day that is still to come."""
    for path in [*layout.root.rglob("*")]:
        about = path.lstat()
        if not path.is_symlink():
            os.utime(path, (about.st_atime + AHEAD_S, about.st_mtime + AHEAD_S))


PREPARE: dict[str, Callable[[Layout, Layout], None]] = {
    each.__name__.replace("_", " "): each
    for each in (
        file_taken_away, file_brought_back, file_replaced, warehouse_deleted, all_made_deleted,
        warehouse_garbage, warehouse_cut, warehouse_altered, staged_altered, store_of_an_older_version,
        dagster_home_lost, dagster_home_damaged, state_cut, clock_set_back,
    )
}  # fmt: skip


#: After these a run has all to do again, unless the delivery was so before.
MAKE_WORK = ("file taken away", "file replaced", "all made deleted", "warehouse garbage")


# --- while a run works --------------------------------------------------------------------------

#: Kind of end -> how often.
Ends = dict[str, int]


def replaced_while_read(layout: Layout, base: Layout, chance: random.Random, took: float) -> Ends:
    """The delivery is written anew, in two pieces, while the run reads."""
    process = copied(layout)
    process.work(chance.uniform(0.05, 0.4) * took)
    path = layout.raw / CHANGED
    wanted = other_version(base) if chance.random() < 0.5 else (base.raw / CHANGED).read_bytes()
    path.write_bytes(wanted[: len(wanted) // 3])
    process.work(chance.uniform(0.4, 0.6) * took)
    path.write_bytes(wanted)
    return _ended(process)


def two_at_once(layout: Layout, base: Layout, chance: random.Random, took: float) -> Ends:
    """A second run begins while the first one works; at most one works."""
    first = copied(layout)
    first.work(chance.uniform(0.0, 0.5) * took)
    second = copied(layout)
    second.wait()
    return {**_ended(first), f"second {second.code}": 1}


def clock_ahead(layout: Layout, base: Layout, chance: random.Random, took: float) -> Ends:
    """A run whose clock is a year ahead; for the next one it has been set back."""
    import time

    def ahead() -> None:
        plain, plain_ns = time.time, time.time_ns
        time.time = lambda: plain() + AHEAD_S
        time.time_ns = lambda: plain_ns() + AHEAD_S * 10**9

    ended = _ended(copied(layout, ahead))
    clock_set_back(layout, base)
    return ended


def disk_full(layout: Layout, base: Layout, chance: random.Random, took: float) -> Ends:
    """So little is left of the disk that the run cannot end, or just can."""
    ballast = layout.root.parent / "ballast"
    left = int(chance.uniform(0.0, 1.0) ** 2 * 25e6)
    about = os.statvfs(layout.root)
    free = about.f_bavail * about.f_frsize
    try:
        # Closed at once: an open file keeps its room after its name is gone.
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, free - left))
        return _ended(copied(layout))
    finally:
        ballast.unlink(missing_ok=True)


def folder_closed(layout: Layout, base: Layout, chance: random.Random, took: float) -> Ends:
    """One of the folders that a run writes to cannot be written."""
    closed = chance.choice(
        [layout.store, layout.released, layout.vault, layout.staged, layout.dagster_home,
         layout.reports_output, layout.thesis_output]
    )  # fmt: skip
    closed.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "--bind", closed, closed], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", closed], check=True)
        return _ended(copied(layout))
    finally:
        subprocess.run(["umount", closed], check=True)


BESIDE = {
    each.__name__.replace("_", " "): each
    for each in (replaced_while_read, two_at_once, clock_ahead, disk_full, folder_closed)
}
#: What only somebody who may mount a disk can do.
NEED_A_DISK = {"disk full", "folder closed"}


def _ended(process: Started) -> Ends:
    return {f"ended {process.wait()}": 1}


def own_disk(place: Path, megabytes: int) -> bool:
    """Mount a disk of this size for this process alone; ``False`` where that is not allowed."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "unshare") or library.unshare(_CLONE_NEWNS):
        return False
    place.mkdir(parents=True, exist_ok=True)
    asked = (
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "soak", str(place)],
    )
    return all(subprocess.run(each, check=False).returncode == 0 for each in asked)
