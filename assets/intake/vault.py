"""The vault: every byte delivered, by SHA-256, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def keep(vault: Path, sha256: str, data: bytes) -> None:
    """Store bytes under their hash; nothing happens where they already are."""
    target = vault / sha256
    if target.exists():
        return
    vault.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=vault, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def drop(vault: Path, sha256: str) -> None:
    """Remove bytes that must not be kept: a file stopped by the identifier gate."""
    (vault / sha256).unlink(missing_ok=True)


def sweep(vault: Path) -> None:
    """Remove what an interrupted run left half written."""
    for left in vault.glob(".incoming-*"):
        left.unlink(missing_ok=True)
