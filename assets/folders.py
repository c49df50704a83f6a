"""A folder that is put in its place whole: a reader finds the old one or the new one, never half of one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from assets import private
from assets.errors import ConfigurationError


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files beside the place and rename; what stands there makes way, and comes back if that fails.

    Whoever calls has made sure that what stands there may go.

    Parameters
    ----------
    files
        Path below the folder -> content.

    Raises
    ------
    ConfigurationError
        What stands there cannot be moved: on Windows, one of its files is open.
    """
    waiting, old = (folder.with_name(f".{folder.name}.{each}") for each in ("new", "old"))
    shutil.rmtree(waiting, ignore_errors=True)
    for path, data in files.items():
        (waiting / path).parent.mkdir(parents=True, exist_ok=True)
        (waiting / path).write_bytes(data)
    try:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            private.put_in_place(folder, old)
        private.put_in_place(waiting, folder)
    except OSError:
        shutil.rmtree(waiting, ignore_errors=True)
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise _held(folder) from None
    shutil.rmtree(old, ignore_errors=True)


def _held(folder: Path) -> ConfigurationError:
    return ConfigurationError(
        f"La cartella {folder.name} non si può sostituire: chiudere i suoi file e riprovare.",
        f"The folder {folder.name} cannot be replaced: close its files and try again.",
    )
