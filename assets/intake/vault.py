"""The vault: every byte delivered, by SHA-256, written whole or not at all, for this account only."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from assets.errors import ConfigurationError


def keep(vault: Path, sha256: str, data: bytes) -> None:
    """Store bytes under their hash; nothing happens where they already are, whole."""
    target = vault / sha256
    if target.is_file() and target.stat().st_size == len(data):
        return
    vault.mkdir(parents=True, exist_ok=True)
    _restrict(vault, 0o700)
    handle, name = tempfile.mkstemp(dir=vault, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _restrict(Path(name), 0o600)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(vault: Path, sha256: str) -> bytes:
    """Return stored bytes, having made sure that they are those delivered.

    Raises
    ------
    ConfigurationError
        They are not there, or were altered.
    """
    short = sha256[:12]
    try:
        data = (vault / sha256).read_bytes()
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
    """Return the hashes of stored files whose bytes are no longer those delivered, in order."""
    if not vault.is_dir():
        return []
    wrong = []
    for path in sorted(vault.iterdir()):
        if path.name.startswith("."):
            continue
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != path.name:
                wrong.append(path.name)
    return wrong


def drop(vault: Path, sha256: str) -> None:
    """Remove bytes that must not be kept: a file stopped by the identifier gate."""
    (vault / sha256).unlink(missing_ok=True)


def sweep(vault: Path) -> None:
    """Remove what an interrupted run left half written."""
    for left in vault.glob(".incoming-*"):
        left.unlink(missing_ok=True)


def _restrict(path: Path, mode: int) -> None:
    with contextlib.suppress(OSError):  # not every network drive knows rights
        path.chmod(mode)
