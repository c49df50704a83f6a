"""A file of lines of which each holds the SHA-256 of the one before: what is altered shows.

Beside it stands a note of the last line (``ledger.head.json``), for nothing follows that line and
holds its digest. A new line is linked to what the note says, so an altered last line stays visible.
Lines of before there was a chain are covered as one: the first linked line holds the digest of all
of them. Whoever writes the whole file and the note anew leaves no trace in them: the digest that
stands in every published folder does (``pipelines.release_pages``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import private
from schemas.words import Words

PREVIOUS = "previous"
#: Lines about what somebody did: there were none before there was a chain.
ACTS = ("audited", "approved", "published", "withdrawn")


@dataclass(frozen=True)
class Broken:
    """Where a chain does not hold: the number of a line (from 1) and what is wrong, in words."""

    line: int
    why: Words


def lines(path: Path) -> list[bytes]:
    """Return the lines as they stand, without line ends."""
    return path.read_bytes().splitlines() if path.is_file() else []


def parsed(line: bytes) -> dict[str, Any] | None:
    """Return what a line says; ``None`` where it is no entry (cut short by a crash)."""
    try:
        found = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) else None


def line(path: Path, entry: Mapping[str, Any]) -> bytes:
    """Return the line that ``append`` would write for an entry."""
    found = lines(path)
    noted = _head(path)
    previous = _link(found)
    is_behind = noted and noted["lines"] < len(found) and not _differs(found, noted)
    if noted and not is_behind:
        previous = noted["sha256"]
    whole = {**entry, PREVIOUS: previous}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True).encode("utf-8")


def append(path: Path, new: bytes) -> str:
    """Add a line, the whole file in one step, and note it as the last; returns its SHA-256."""
    found = [*lines(path), new]
    private.write(path, b"".join(each + b"\n" for each in found))
    note = {"lines": len(found), "sha256": sha256(new)}
    private.write(head_path(path), (json.dumps(note) + "\n").encode())
    return sha256(new)


def head_path(path: Path) -> Path:
    """Return where the last line is noted."""
    return path.with_name(f"{path.stem}.head.json")


def broken(path: Path) -> list[Broken]:
    """Return every place where the chain does not hold, in order; empty where it does."""
    found, faults, linked_n = lines(path), [], 0
    for index, each in enumerate(found):
        entry = parsed(each)
        if entry is not None and PREVIOUS in entry:
            linked_n += 1
            if entry[PREVIOUS] != _link(found[:index]):
                faults.append(Broken(max(index, 1), _altered(index)))
        elif linked_n or (entry is not None and entry.get("state") in ACTS):
            faults.append(Broken(index + 1, _STRANGE))
    return faults + _broken_end(path, found, linked_n)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def _link(before: Sequence[bytes]) -> str | None:
    """Return what the line after these must hold."""
    if not before:
        return None
    entry = parsed(before[-1])
    is_linked = entry is not None and PREVIOUS in entry
    return sha256(before[-1] if is_linked else b"\n".join(before))


def _broken_end(path: Path, found: Sequence[bytes], linked_n: int) -> list[Broken]:
    noted = _head(path)
    if noted is None:
        # One linked line: a crash may have come before its note.
        why = _BAD_HEAD if head_path(path).exists() else _NO_HEAD
        return [Broken(len(found), why)] if linked_n > 1 else []
    if len(found) < noted["lines"]:
        return [Broken(len(found) + 1, _SHORT)]
    return [Broken(noted["lines"], _LAST)] if _differs(found, noted) else []


def _differs(found: Sequence[bytes], noted: Mapping[str, Any]) -> bool:
    return sha256(found[noted["lines"] - 1]) != noted["sha256"]


def _head(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(head_path(path).read_text(encoding="utf-8"))
        return {"lines": max(1, int(found["lines"])), "sha256": str(found["sha256"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _altered(index: int) -> Words:
    if index == 0:
        return Words(
            it="la prima riga rimanda a una riga che non c'è più",
            en="the first line points to a line that is gone",
        )
    return Words(
        it=f"la riga {index} non è quella che la riga {index + 1} aveva davanti: è stata cambiata, "
        "tolta o aggiunta",
        en=f"line {index} is not the one that line {index + 1} followed: it was altered, removed or "
        "added",
    )


_STRANGE = Words(
    it="questa riga non è legata a quella prima: è stata scritta o cambiata a mano",
    en="this line is not linked to the one before: it was written or altered by hand",
)
_LAST = Words(
    it="questa riga è stata cambiata dopo essere stata scritta",
    en="this line was altered after it was written",
)
_SHORT = Words(
    it="da qui in poi mancano delle righe: sono state tolte",
    en="from here on lines are missing: they were removed",
)
_NO_HEAD = Words(
    it="manca ledger.head.json, che dice qual era l'ultima riga",
    en="ledger.head.json is missing, which says what the last line was",
)
_BAD_HEAD = Words(
    it="non si riesce a leggere ledger.head.json, che dice qual era l'ultima riga",
    en="ledger.head.json, which says what the last line was, cannot be read",
)
