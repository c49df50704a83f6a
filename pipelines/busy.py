"""One run at a time for each programme: a lock that the system lifts when its holder dies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assets import private
from assets.errors import LunattivaError
from assets.layout import Layout
from pipelines.messages import say
from schemas.words import Words


class Busy(LunattivaError):
    """Another run works on the programme; says which process, and since when."""

    def __init__(self, pid: object, since: object) -> None:
        values = {"pid": pid, "since": since}
        super().__init__(
            Words(it=say("run.busy", "it", **values), en=say("run.busy", "en", **values))
        )


#: Stores that this process holds.
_HELD: set[Path] = set()


def is_held_here(layout: Layout) -> bool:
    """Say whether this process holds the programme."""
    return layout.store in _HELD


@contextmanager
def only_one(layout: Layout, wait_s: float = 0) -> Iterator[None]:
    """Hold the programme for the length of a run.

    Parameters
    ----------
    wait_s
        Seconds to wait for another run to end; with 0 it is told at once.

    Raises
    ------
    Busy
        Another process holds it.
    """
    private.tighten(layout.store)
    who = layout.store / "running.json"
    lock = FileLock(layout.store / "run.lock")
    try:
        lock.acquire(timeout=0 if is_held_here(layout) else wait_s)
    except Timeout:
        raise Busy(*_who_runs(layout)) from None
    try:
        now = datetime.now().astimezone().strftime("%H:%M")
        who.write_text(
            json.dumps({"pid": os.getpid(), "since": now}), encoding="utf-8", newline="\n"
        )
        _HELD.add(layout.store)
        yield
    finally:
        _HELD.discard(layout.store)
        who.unlink(missing_ok=True)
        private.tighten(layout.store)
        lock.release()


def _who_runs(layout: Layout) -> tuple[object, object]:
    try:
        found = json.loads((layout.store / "running.json").read_text(encoding="utf-8"))
        return found["pid"], found["since"]
    except (OSError, ValueError, KeyError):
        return "?", "?"
