"""Taking a backup back: what is only here stays, nobody who was forgotten comes back.

Deliveries, vault and releases are joined with what is here. Where a delivery, a correction or a
release differs, nothing is done unless the programme's name is given as consent; lines of the ledger
are never lost. Erasures of both sides hold before the first row is written.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from assets import private, seal
from assets.errors import ConfigurationError
from assets.forgotten import key_path, load_forgotten, with_key, write_book
from assets.layout import Layout
from pipelines import backup, erasing, state
from pipelines.busy import only_one
from schemas.forgotten import ForgottenBook

_BOOK, _KEY = "raw/_forgotten.yml", "forgotten.key"
#: What people decided on codes and cells; an erasure goes over it.
_LINKS, _CORRECTIONS = "raw/_links.yml", "raw/_corrections/"
#: Lines and their note belong together, and grow here only.
_LEDGER = ("store/ledger.jsonl", "store/ledger.head.json")


@dataclass
class Restored:
    """What a restore did."""

    contents: backup.Contents
    written_n: int = 0
    same_n: int = 0
    #: Files here that the backup would change, left as they are or replaced.
    differing: list[str] = field(default_factory=list)
    #: The ledger here holds more than the backup's: it stays.
    is_ledger_kept: bool = False
    removed: erasing.Removed = field(default_factory=erasing.Removed)


def restore(
    layout: Layout, path: Path, secret: str, today: date, replace: str | None = None
) -> Restored:
    """Put a backup's files in their places.

    Parameters
    ----------
    replace
        The programme's name: consent to files here being replaced by older ones.

    Raises
    ------
    ConfigurationError
        The backup does not open (nothing is changed), is another programme's, differs from what is
        here without consent, or its erasures cannot be joined with those here.
    Busy
        A run works on the programme.
    """
    found = backup.verify(path, secret)
    if found.programme != layout.programme:
        raise ConfigurationError(
            f"La copia è del programma «{found.programme}»: aggiungere --programme {found.programme}.",
            f"The backup is of the programme '{found.programme}': add --programme {found.programme}.",
        )
    _require_key(layout, found)
    with only_one(layout):
        seal.settle(layout.store)
        with backup.opened(path, secret) as (archive, _):
            known = _book(archive.read(_BOOK) if _BOOK in found.files else b"")
        # Erased here since the backup: none of it comes back.
        erased = {each.was for each in load_forgotten(layout).book.files}
        erased -= {each.was for each in known.files}
        done = Restored(found, differing=_differing(layout, found, erased))
        _consented(layout, done, replace)
        stood, gone = state.read_state(layout), load_forgotten(layout).version
        state.begin(layout)  # whatever happens from here on: the next run makes all again
        with backup.opened(path, secret) as (archive, _):
            if _KEY in found.files:
                _join_erasures(
                    layout, archive.read(_KEY), archive.read(_BOOK) if _BOOK in found.files else b""
                )
            done.is_ledger_kept = _is_ledger_ours(
                layout, archive.read(_LEDGER[0]) if _LEDGER[0] in found.files else b""
            )
            for name, data in backup.members(archive, found):
                _put(layout, name, data, done, erased)
        done.removed = erasing.complete(layout, today)
        is_same = load_forgotten(layout).version == gone and done.removed == erasing.Removed()
        if stood and is_same and not done.written_n:
            state.finish(layout, stood)  # all was here already, and what was made of it stands
        else:
            erasing.drop_derived(layout)
            layout.state.unlink(missing_ok=True)
    return done


def _place(layout: Layout, name: str) -> Path:
    first, _, rest = name.partition("/")
    places = {
        "raw": layout.raw,
        "store": layout.store,
        "published": layout.published,
        "narrative": layout.narrative,
    }
    return places[first] / rest


def _require_key(layout: Layout, found: backup.Contents) -> None:
    """What was encrypted does not become readable for want of a key."""
    is_said = seal.is_closed(layout.store) or seal.KEY_VARIABLE in os.environ
    if found.key_id and not is_said:
        raise ConfigurationError(
            f"I dati della copia erano cifrati (chiave {found.key_id}): impostare {seal.KEY_VARIABLE}, la "
            f"stessa o una nuova, o «{seal.OFF}» per tenerli in chiaro.",
            f"The data of the backup were encrypted (key {found.key_id}): set {seal.KEY_VARIABLE}, the "
            f"same or a new one, or '{seal.OFF}' to keep them readable.",
        )


def _differing(layout: Layout, found: backup.Contents, erased: set[str]) -> list[str]:
    """Return the files here that are not as in the backup, except those that an erasure rewrote."""
    made = []
    for name, sha256 in found.files.items():
        if name.startswith("vault/") or name in (_BOOK, _KEY, *_LEDGER):
            continue
        here = _place(layout, name)
        if _is_erased(layout, found, name, erased) or _is_ours(layout, name):
            continue
        if here.is_file() and hashlib.sha256(here.read_bytes()).hexdigest() != sha256:
            made.append(name)
    return sorted(made)


def _is_ours(layout: Layout, name: str) -> bool:
    """Say whether a file of the store stays as it is here: a run made it, and makes it again."""
    if not name.startswith("store/") or name in _LEDGER or name.startswith("store/releases/"):
        return False
    return _place(layout, name).is_file()


def _is_erased(layout: Layout, found: backup.Contents, name: str, erased: set[str]) -> bool:
    """Say whether an erasure wrote the file here anew: itself, its note, or what was decided on it."""
    if not erased or not _place(layout, name).is_file():
        return False
    if name == _LINKS or name.startswith(_CORRECTIONS):
        return True
    return found.files[name] in erased or found.files.get(name.removesuffix(".yml")) in erased


def _consented(layout: Layout, done: Restored, replace: str | None) -> None:
    if done.differing and replace != layout.programme:
        count, names = len(done.differing), ", ".join(done.differing[:5])
        raise ConfigurationError(
            f"{count} file qui sono diversi dalla copia, forse più nuovi ({names}). Per sostituirli "
            f"davvero: --replace {layout.programme}. Non è cambiato nulla.",
            f"{count} files here differ from the backup and may be newer ({names}). To replace them "
            f"all the same: --replace {layout.programme}. Nothing was changed.",
        )


def _book(data: bytes) -> ForgottenBook:
    return ForgottenBook.model_validate(yaml.safe_load(data) or {}) if data else ForgottenBook()


def _join_erasures(layout: Layout, key: bytes, book: bytes) -> None:
    """Let the erasures of both sides hold, before any row is there."""
    here, place = load_forgotten(layout), key_path(layout)
    theirs = _book(book)
    if not here.book.tombstones and (theirs.tombstones or not place.is_file()):
        private.folder(place.parent)
        private.write(place, key)
    elif theirs.tombstones and place.read_bytes().strip() != key.strip():
        raise ConfigurationError(
            "Qui e nella copia sono state cancellate persone con chiavi diverse: rimettere la copia in "
            "una cartella vuota, e ripetere là le cancellazioni di qui.",
            "Here and in the backup people were forgotten under different keys: restore into an empty "
            "folder, and repeat there the erasures made here.",
        )
    if theirs.tombstones or theirs.files:
        write_book(layout, with_key(layout), theirs.tombstones, theirs.files)


def _is_ledger_ours(layout: Layout, theirs: bytes) -> bool:
    """Say whether the ledger here stays: it does unless the backup's only goes on from it."""
    here = _place(layout, _LEDGER[0])
    return here.is_file() and not theirs.startswith(here.read_bytes())


def _put(layout: Layout, name: str, data: bytes, done: Restored, erased: set[str]) -> None:
    from assets.intake import vault

    if name in (_BOOK, _KEY):
        return
    sha256 = done.contents.files[name]
    if name.startswith("vault/"):
        if sha256 not in erased:
            vault.keep(layout.vault, sha256, data)
        return
    place = _place(layout, name)
    if _is_erased(layout, done.contents, name, erased):
        return  # here it stands without the person's rows
    if (name in _LEDGER and done.is_ledger_kept) or _is_ours(layout, name):
        return
    if place.is_file() and place.read_bytes() == data:
        done.same_n += 1
        return
    private.write(place, data)
    done.written_n += 1
