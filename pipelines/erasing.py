"""Carrying out erasures on disk: files in raw/, the vault, corrections, decisions, what is derived.

The tombstone stands before anything is removed, and every step can be done again: what was
interrupted is completed by the next run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets import private
from assets.forgotten import Forgotten, book_path, load_forgotten, write_book
from assets.layout import Layout
from pipelines.erased_records import (
    clean_corrections,
    clean_decisions,
    lower_note,
    move_corrections,
)
from schemas.forgotten import ErasedFile

if TYPE_CHECKING:
    from assets.intake.erase import Erasure
    from assets.intake.find import Found


@dataclass
class Removed:
    """What an erasure took away: counts and places, nothing of the person.

    Attributes
    ----------
    files
        Path below ``raw/<programme>`` -> rows taken out.
    left
        Paths of files in which the code stands and cannot be told from a count or written out.
    closed
        Paths of refused files that nobody can look into (a password, damage).
    """

    files: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    vault_n: int = 0
    corrections_n: int = 0
    decisions_n: int = 0

    @property
    def rows_n(self) -> int:
        """Rows taken out of delivered files."""
        return sum(self.files.values())


def look(layout: Layout, gone: Forgotten) -> Removed:
    """Say what would be removed from the delivered files; nothing is changed."""
    made = Removed()
    for _, path, erasure in _needed(layout, gone, made, set()):
        _note(made, layout, path, erasure)
    return made


def complete(layout: Layout, today: date) -> Removed:
    """Bring everything on disk in line with the tombstones; quick where nothing new has come.

    Raises
    ------
    ConfigurationError
        The record of erasures cannot be read, or its key is missing.
    """
    if not book_path(layout).is_file():
        return Removed()
    for left in layout.store.glob(".incoming-*"):  # of an erasure that was killed
        shutil.rmtree(left, ignore_errors=True)
    gone = load_forgotten(layout)
    made, seen = Removed(), _seen(layout, gone)
    gone = _resume(layout, gone, made, today)
    fresh: set[str] = set()
    for found, path, erasure in _needed(layout, gone, made, seen, fresh):
        _note(made, layout, path, erasure)
        gone = _carry_out(layout, gone, found, path, erasure, made, today)
    made.corrections_n += clean_corrections(layout, gone)
    made.decisions_n += clean_decisions(layout, gone)
    made.vault_n += _clean_vault(layout, gone, seen, fresh)
    if made.files or made.vault_n or made.corrections_n or made.decisions_n:
        drop_derived(layout)
    _keep_seen(layout, gone, fresh)
    return made


def drop_derived(layout: Layout) -> None:
    """Delete what is made from deliveries and may hold rows: the next run makes it again."""
    for path in layout.store.glob("warehouse.duckdb*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder in (layout.staged, layout.store / "returns", layout.store / "review"):
        shutil.rmtree(folder, ignore_errors=True)


def _needed(
    layout: Layout, gone: Forgotten, made: Removed, seen: set[str], fresh: set[str] | None = None
) -> Any:
    """Yield the files in which a forgotten person stands; those known to be clean are passed over."""
    from assets.intake.corrections import load_corrections
    from assets.intake.erase import erasure_of
    from assets.intake.find import find_files

    book = load_corrections(layout)
    for found in find_files(layout):
        for path in sorted(found.path.rglob("*")) if found.path.is_dir() else [found.path]:
            if not path.is_file():
                continue
            with contextlib.suppress(OSError):
                data = path.read_bytes()
                mark = _mark(gone, data, found.partner)
                if mark in seen:
                    if fresh is not None:
                        fresh.add(mark)
                    continue
                erasure = erasure_of(layout, replace(found, path=path), data, gone, book)
                if erasure.is_closed:
                    made.closed.append(path.relative_to(layout.raw).as_posix())
                if erasure.is_needed:
                    yield found, path, erasure
                elif fresh is not None:
                    fresh.add(mark)


def _note(made: Removed, layout: Layout, path: Path, erasure: Erasure) -> None:
    inside = path.relative_to(layout.raw).as_posix()
    if erasure.made is None:
        made.left.append(inside)
    else:
        made.files[inside] = len(erasure.rows)


def _carry_out(
    layout: Layout,
    gone: Forgotten,
    found: Found,
    path: Path,
    erasure: Erasure,
    made: Removed,
    today: date,
) -> Forgotten:
    """Put the new bytes in the place of the old ones, in raw/ and in the vault."""
    from assets.intake import vault

    vault.drop(layout.vault, erasure.sha256)
    if erasure.made is None:
        return gone
    now = hashlib.sha256(erasure.made).hexdigest()
    plan = {
        "path": path.relative_to(layout.raw).as_posix(),
        "partner": found.partner,
        "was": erasure.sha256,
        "now": now,
        "rows": list(erasure.rows),
    }
    private.write(_journal(layout), json.dumps(plan).encode())
    private.write(path, erasure.made)
    return _resume(layout, gone, made, today)


def _resume(layout: Layout, gone: Forgotten, made: Removed, today: date) -> Forgotten:
    """Finish what goes with a file that was written again: note, corrections, record."""
    try:
        plan = json.loads(_journal(layout).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return gone
    path = layout.raw / plan["path"]
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == plan["now"]:
        lower_note(path, plan["was"], len(plan["rows"]), _journal(layout).with_suffix(".note"))
        made.corrections_n += move_corrections(layout, path, plan)
        file = ErasedFile(was=plan["was"], now=plan["now"], rows_n=len(plan["rows"]), on=today)
        gone = write_book(layout, gone, [], [file])
    _journal(layout).unlink(missing_ok=True)
    _journal(layout).with_suffix(".note").unlink(missing_ok=True)
    return gone


def _clean_vault(layout: Layout, gone: Forgotten, seen: set[str], fresh: set[str]) -> int:
    """Destroy copies of files that are no longer in raw/ and hold a forgotten person."""
    from assets import seal
    from assets.intake import vault
    from assets.intake.erase import holds_a_code

    if not layout.vault.is_dir():
        return 0
    in_raw = {
        vault.place(layout.vault, hashlib.sha256(path.read_bytes()).hexdigest()).name
        for path in sorted(layout.raw.rglob("*"))
        if path.is_file()
    }
    taken = 0
    for path in sorted(layout.vault.iterdir()):
        if path.name.startswith(".") or path.name in in_raw:
            continue
        with contextlib.suppress(OSError):
            with seal.opened(path, layout.store) as stream:
                data = stream.read()
            mark = _mark(gone, data, "")
            if mark not in seen and any(
                holds_a_code(data, f"file{ending}", gone) for ending in (".xlsx", ".csv")
            ):
                path.unlink()
                taken += 1
            else:
                fresh.add(mark)
    return taken


def _mark(gone: Forgotten, data: bytes, partner: str) -> str:
    """Return what a file without forgotten people is remembered by; tells nothing without the key."""
    return gone.digest(hashlib.sha256(data).hexdigest(), f"file of {partner}")[:32]


def _seen(layout: Layout, gone: Forgotten) -> set[str]:
    try:
        found = json.loads(_seen_path(layout).read_text(encoding="utf-8"))
        return (
            set(found["files"]) if found["version"] == gone.digest(_wanted(layout, gone)) else set()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _keep_seen(layout: Layout, gone: Forgotten, fresh: set[str]) -> None:
    state = {"version": gone.digest(_wanted(layout, gone)), "files": sorted(fresh)}
    private.write(_seen_path(layout), json.dumps(state).encode())


def _wanted(layout: Layout, gone: Forgotten) -> str:
    """Return what decides whether a file is clean: who is forgotten, how files are read."""
    from assets.versions import code_version, file_sha256

    configured = [*sorted(layout.raw.glob("*/source.yml")), layout.raw / "programme.yml"]
    corrected = sorted(layout.raw.glob("_corrections/*/*.yml"))
    return " ".join([gone.version, code_version(), *map(file_sha256, [*configured, *corrected])])


def _seen_path(layout: Layout) -> Path:
    return layout.store / "forgotten_seen.json"


def _journal(layout: Layout) -> Path:
    return layout.store / "erasing.json"
