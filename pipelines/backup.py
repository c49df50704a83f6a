"""One encrypted file that holds all of a programme that cannot be made again.

Deliveries, corrections, decisions and erasures (``raw/``), the vault, ledger and releases, what was
published, what people wrote for the papers, returns, and the key that recognises forgotten people. Left out is what a run makes:
warehouse, pages, Dagster's history. Keys of stores are not in it, only what they are recognised by.

The file: mark, salt, then a zip sealed as ``assets/sealed.py`` says. The vault's files stand in it
under their SHA-256 and without the store's own key, so that they can be restored under another.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assets import seal, sealed
from assets.errors import ConfigurationError
from assets.forgotten import key_path
from assets.layout import Layout
from pipelines import erasing
from pipelines.busy import only_one

MARK = b"LUNBACK1"
_SALT = 16
_START = len(MARK) + _SALT
#: First member of the archive: what it holds.
INSIDE = "backup.json"
#: First part of every other member's name, except the key that recognises forgotten people.
KEPT = ("raw", "store", "vault", "published", "narrative")
_FORMAT = 1
#: What a run makes again, or what belongs to one process or machine.
_MADE_AGAIN = frozenset(
    [
        "dagster",
        "decisions.json",
        "erasing.json",
        "forgotten_seen.json",
        "quality",
        "render",
        "run.lock",
        "running.json",
        "seal.json",
        "staged",
        "state.json",
        "store.json",
        "told.json",
        "unfinished",
    ]
)


@dataclass(frozen=True)
class Contents:
    """What a backup holds.

    Attributes
    ----------
    files
        Name in the archive (``raw/...``, ``store/...``, ``vault/<sha256>``, ``published/...``,
        ``narrative/...``, ``forgotten.key``) -> SHA-256.
    key_id
        What the store's key was recognised by; empty where the store was open.
    """

    programme: str
    made_on: str
    key_id: str
    files: dict[str, str] = field(default_factory=dict)


def back_up(layout: Layout, to: Path, secret: str, today: date) -> tuple[Path, Contents]:
    """Write the backup, read it back whole, and only then give it its name.

    Parameters
    ----------
    to
        A file that does not exist, or a folder.

    Raises
    ------
    ConfigurationError
        The file is there already, the passphrase is short, or what was written does not read back.
    Busy
        A run works on the programme.
    """
    layout.definition  # noqa: B018 - an unknown programme is said here
    path = to / f"lunattiva_{layout.programme}_{today.isoformat()}.backup" if to.is_dir() else to
    if path.exists():
        raise ConfigurationError(
            f"{path.name} c'è già: una copia di riserva non ne sostituisce un'altra. Altro nome.",
            f"{path.name} exists: one backup does not replace another. Choose another name.",
        )
    salt = secrets.token_bytes(_SALT)
    key = seal.of_secret(secret, salt.hex()).part("backup")
    waiting = path.with_name(f".{path.name}.new")
    try:
        with only_one(layout):
            seal.settle(layout.store)
            erasing.complete(layout, today)  # nobody who was forgotten is in it
            found = _write(layout, waiting, salt, key, today)
        verify(waiting, secret)
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
    return path, found


def _write(layout: Layout, path: Path, salt: bytes, key: bytes, today: date) -> Contents:
    handle = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600
    )
    files: dict[str, str] = {}
    with os.fdopen(handle, "wb") as stream:
        stream.write(MARK + salt)
        writer = sealed.Writer(stream, key)
        with zipfile.ZipFile(writer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data in _members(layout):
                # No clock in it: the same content is the same archive.
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
                files[name] = hashlib.sha256(data).hexdigest()
            closed = seal.seal_of(layout.store)
            found = Contents(
                layout.programme, today.isoformat(), closed.id if closed else "", files
            )
            about = {"format": _FORMAT, **found.__dict__}
            archive.writestr(zipfile.ZipInfo(INSIDE), json.dumps(about, ensure_ascii=False))
        writer.close()
        stream.flush()
        os.fsync(stream.fileno())
    return found


def _members(layout: Layout) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of all that is kept, in order of name."""
    for path in _files(layout.raw):
        yield f"raw/{path.relative_to(layout.raw).as_posix()}", path.read_bytes()
    key = key_path(layout)
    if key.is_file():
        yield "forgotten.key", key.read_bytes()
    for each in sorted(layout.store.iterdir()) if layout.store.is_dir() else []:
        if each.name in _MADE_AGAIN or each.name == "vault" or _is_passing(each.name):
            continue
        for path in [each] if each.is_file() else _files(each):
            yield f"store/{path.relative_to(layout.store).as_posix()}", path.read_bytes()
    for path in _files(layout.published):
        yield f"published/{path.relative_to(layout.published).as_posix()}", path.read_bytes()
    for path in _files(layout.narrative):
        yield f"narrative/{path.relative_to(layout.narrative).as_posix()}", path.read_bytes()
    yield from _vault(layout)


def _vault(layout: Layout) -> Iterator[tuple[str, bytes]]:
    for path in _files(layout.vault):
        if not _is_passing(path.name):
            with seal.opened(path, layout.store) as stream:
                data = stream.read()
            yield f"vault/{hashlib.sha256(data).hexdigest()}", data


def _is_passing(name: str) -> bool:
    return name.startswith((".", "warehouse.duckdb"))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


@contextmanager
def opened(path: Path, secret: str) -> Iterator[tuple[zipfile.ZipFile, Contents]]:
    """Open a backup.

    Raises
    ------
    ConfigurationError
        It is no backup, of another passphrase, of a newer version, altered or cut short.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_START)
        if not head.startswith(MARK) or len(head) < _START:
            raise _unreadable(path)
        key = seal.of_secret(secret, head[len(MARK) :].hex()).part("backup")
        with sealed.Reader(path, key, start=_START) as reader:
            reader.seek(0)
            with zipfile.ZipFile(reader) as archive:
                yield archive, _contents(path, json.loads(archive.read(INSIDE)))
    except (sealed.Broken, zipfile.BadZipFile, FileNotFoundError, EOFError, KeyError):
        raise _unreadable(path) from None


def _contents(path: Path, about: dict[str, Any]) -> Contents:
    if about.pop("format") > _FORMAT:
        raise ConfigurationError(
            f"{path.name} è di una versione più nuova di Lunattiva: aggiornare, poi riprovare.",
            f"{path.name} was made by a newer version of Lunattiva: update, then try again.",
        )
    return Contents(**about)


def verify(path: Path, secret: str) -> Contents:
    """Read a whole backup and compare every digest; nothing is written, not even for a moment.

    Raises
    ------
    ConfigurationError
        As ``opened``, or a file in it is not as it was.
    """
    with opened(path, secret) as (archive, found):
        for name, _ in members(archive, found):
            _checked_name(path, name)
        if set(archive.namelist()) != {*found.files, INSIDE}:
            raise _unreadable(path)
    return found


def members(archive: zipfile.ZipFile, found: Contents) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every file in a backup, each compared with its digest.

    Raises
    ------
    zipfile.BadZipFile
        One is not as it was.
    """
    for name, sha256 in found.files.items():
        data = archive.read(name)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise zipfile.BadZipFile("digest")
        yield name, data


def _checked_name(path: Path, name: str) -> None:
    """Refuse a name that would leave the programme's folders."""
    parts = name.split("/")
    is_known = name == "forgotten.key" or parts[0] in KEPT
    if not is_known or {"", ".", ".."} & set(parts) or "\\" in name or ":" in parts[0]:
        raise _unreadable(path)


def _unreadable(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path.name} non si apre: la frase segreta è un'altra, o il file è alterato, interrotto o "
        "non è una copia di riserva. Non è cambiato nulla.",
        f"{path.name} cannot be opened: the passphrase is another one, or the file was altered, cut "
        "short, or is no backup. Nothing was changed.",
    )
