"""The vault: every byte delivered, by SHA-256, written whole or not at all, for this account only.

Where the store is closed with a key, bytes are sealed, and names do not tell which file is there.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from assets import private, seal, sealed
from assets.errors import ConfigurationError


def keep(vault: Path, sha256: str, data: bytes) -> None:
    """Store bytes under their hash; nothing happens where they already are, whole."""
    target, size = place(vault, sha256), len(data)
    if seal.is_closed(vault.parent):
        size = sealed.sealed_size(size)
    if target.is_file() and target.stat().st_size == size:
        return
    private.folder(vault)
    handle, name = tempfile.mkstemp(dir=vault, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as stream:
            with seal.writing(stream, vault.parent) as into:
                into.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        private.restrict(Path(name), private.FILE)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class There:
    """What the vault holds, looked at once: names and sizes."""

    def __init__(self, vault: Path) -> None:
        self._key = seal.seal_of(vault.parent)
        self._sizes: dict[str, int] = {}
        if vault.is_dir():
            with os.scandir(vault) as entries:
                self._sizes = {each.name: each.stat().st_size for each in entries}

    def has(self, sha256: str, size: int) -> bool:
        """Say whether bytes of a hash and size are there, whole."""
        name = self._key.hidden_name(sha256) if self._key else sha256
        return self._sizes.get(name) == (sealed.sealed_size(size) if self._key else size)


def place(vault: Path, sha256: str) -> Path:
    """Return where the bytes of a hash are, or would be."""
    key = seal.seal_of(vault.parent)
    return vault / (key.hidden_name(sha256) if key else sha256)


def read(vault: Path, sha256: str) -> bytes:
    """Return stored bytes, having made sure that they are those delivered.

    Raises
    ------
    ConfigurationError
        They are not there, or were altered.
    """
    short = sha256[:12]
    try:
        with seal.opened(place(vault, sha256), vault.parent) as stream:
            data = stream.read()
    except sealed.Broken:
        data = b""
    except OSError:
        raise ConfigurationError(
            f"Nel deposito manca il file {short}. Chiederlo di nuovo al partner.",
            f"The vault lacks the file {short}. Ask the partner for it again.",
        ) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ConfigurationError(
            f"Nel deposito il file {short} è stato alterato. Prenderlo dalla copia di riserva.",
            f"In the vault the file {short} was altered. Take it from the backup.",
        )
    return data


def verify(vault: Path) -> list[str]:
    """Return the names of stored files whose bytes are no longer those delivered, in order."""
    if not vault.is_dir():
        return []
    wrong = []
    for path in sorted(vault.iterdir()):
        if path.name.startswith("."):
            continue
        try:
            with seal.opened(path, vault.parent) as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
        except sealed.Broken:
            sha256 = ""
        if place(vault, sha256) != path:
            wrong.append(path.name)
    return wrong


def drop(vault: Path, sha256: str) -> None:
    """Remove bytes that must not be kept: a file stopped by the identifier gate."""
    place(vault, sha256).unlink(missing_ok=True)


def sweep(vault: Path) -> None:
    """Remove what an interrupted run left half written."""
    for left in vault.glob(".incoming-*"):
        left.unlink(missing_ok=True)
