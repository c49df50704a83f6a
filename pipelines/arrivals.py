"""Have files come, and are they all there? Told from names, sizes and times; bytes only once it is quiet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from assets.layout import Layout
from assets.versions import digest
from pipelines import state
from pipelines.settings import QUIET_S


@dataclass(frozen=True)
class Arrival:
    """One look at ``raw/``.

    Attributes
    ----------
    cursor
        What to remember until the next look.
    run_key
        Names the run to be made; empty where none is due. It holds the digest of all bytes, and a
        number: Dagster remembers a key for ever, and files may come back as they once were.
    why
        Why no run is due: ``arriving``, ``nothing_new`` or ``asked``; empty where one is.
    files_n
        Files there.
    """

    cursor: str
    run_key: str
    why: str
    files_n: int


def look(layout: Layout, cursor: str | None, now: float) -> Arrival:
    """Look at the programme's raw folder.

    A folder that changed since the last look is still being written: several files copied together
    become one run. Only after ``QUIET_S`` seconds without a change are bytes read.

    Parameters
    ----------
    cursor
        As the last look returned it.
    now
        Seconds; only differences count, so a clock set back costs one quiet time at most.
    """
    before = _read(cursor)
    seen, files_n = _seen(layout)
    if seen != before["seen"]:
        after = {**before, "seen": seen, "since": now, "number": before["number"] + 1}
        after["asked"] = False
        return Arrival(json.dumps(after), "", "arriving", files_n)
    if before["asked"]:
        return Arrival(json.dumps(before), "", "asked", files_n)
    quiet = now - before["since"]
    if quiet < 0:
        before["since"] = now
    if quiet < QUIET_S:
        return Arrival(json.dumps(before), "", "arriving", files_n)
    wanted = state.fingerprint(layout)
    cursor = json.dumps({**before, "asked": True})
    if is_current(layout, wanted):
        return Arrival(cursor, "", "nothing_new", files_n)
    return Arrival(cursor, f"{wanted}-{before['number']}", "", files_n)


def quarters_told(cursor: str | None) -> list[str]:
    """Return the quarters that Dagster was told of."""
    found: list[str] = _read(cursor)["quarters"]
    return found


def with_quarters(cursor: str, quarters: list[str]) -> str:
    """Remember which quarters Dagster was told of, so that its history is not opened at each look."""
    return json.dumps({**_read(cursor), "quarters": quarters})


def is_current(layout: Layout, wanted: str) -> bool:
    """Say whether the last complete run was made of these files with this code."""
    known = state.read_state(layout)
    return known is not None and known.programme.fingerprint == wanted


def _seen(layout: Layout) -> tuple[str, int]:
    """Return a digest of names, sizes and times of all files, and how many there are."""
    parts: list[str] = []
    files_n = 0
    for path in sorted(layout.raw.rglob("*")):
        try:
            about = path.stat()
        except OSError:  # gone meanwhile, or a broken link
            parts.append(f"{path.relative_to(layout.raw).as_posix()} ?")
            continue
        if path.is_dir():
            continue
        files_n += 1
        name = path.relative_to(layout.raw).as_posix()
        parts.append(f"{name} {about.st_size} {about.st_mtime_ns}")
    return digest(parts), files_n


def _read(cursor: str | None) -> dict[str, Any]:
    start: dict[str, Any] = {"seen": "", "since": 0.0, "number": 0, "asked": False, "quarters": []}
    try:
        found = json.loads(cursor or "")
        return {name: type(value)(found[name]) for name, value in start.items()}
    except (ValueError, KeyError, TypeError):
        return start
