"""What every rendering of this house is told: where the released tables are, what decides its bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.versions import code_version, digest, file_sha256

WORKERS = 2


def manifest(layout: Layout) -> dict[str, Any]:
    """Return the manifest of what was released.

    Raises
    ------
    ConfigurationError
        Nothing has been released yet.
    """
    path = layout.released / "manifest.json"
    if not path.is_file():
        raise ConfigurationError(
            f"Non c'è ancora nulla di rilasciato per «{layout.programme}»: lanciare «lunattiva run».",
            f"Nothing is released yet for '{layout.programme}': run 'lunattiva run'.",
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def environment(layout: Layout) -> dict[str, str]:
    """Return what the documents' kernels are told: the released folder, and where the kit is."""
    return {"LUNATTIVA_RELEASED": str(layout.released), "PYTHONPATH": str(REPOSITORY)}


def inputs_digest(layout: Layout) -> str:
    """Return the digest of what the cells read: the release and our code."""
    return digest([file_sha256(layout.released / "manifest.json"), code_version()])


def names(paths: list[Path]) -> list[str]:
    """Return file names, sorted: what a run may say about its outputs."""
    return sorted(path.name for path in paths)
