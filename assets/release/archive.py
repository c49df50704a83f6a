"""Every release that has left, kept as it left: what a reader may still have at hand.

One folder a release, named by its digest, below ``.store/<programme>/releases``: the tables and the
manifest, byte for byte. Nothing is ever pruned, for readers prune nothing either. Released numbers
hold nobody, so erasing a person leaves the archive as it is.

A kill can do no harm: what stands in the released folder is kept *before* another takes its place
and again after publishing, each time by renaming a whole folder, so no release is ever replaced
before it is kept, and half a copy is no release.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.released import RELEASED_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

NAME = "releases"
#: Beside the tables: where the release stands. No part of what it is, so no part of its digest.
STATE = "release.json"
_MANIFEST = "manifest.json"


def digest_of(files: Mapping[str, str]) -> str:
    """Return the digest of a release.

    Parameters
    ----------
    files
        Path below the released folder -> SHA-256; their order changes nothing.
    """
    ordered = sorted(files, key=lambda path: (path == _MANIFEST, path))
    return _sha256("".join(f"{path}\0{files[path]}\0" for path in ordered).encode())


def keep(store: Path, released: Path, stayed: Collection[str] = ()) -> str | None:
    """Keep what stands in the released folder, unless it is kept already or never left the house.

    Parameters
    ----------
    store
        ``.store/<programme>``.
    released
        The released folder.
    stayed
        Digests of drafts: nobody has them at hand, and every run makes one.

    Returns
    -------
    str or None
        The digest; ``None`` where nothing is released.
    """
    if not (released / _MANIFEST).is_file():
        return None
    content = content_of(released)
    digest = digest_of({path: _sha256(data) for path, data in content.items()})
    place = store / NAME / digest
    if digest not in stayed and not place.exists():
        waiting = place.with_name(f".{digest}.new")
        shutil.rmtree(waiting, ignore_errors=True)
        for path, data in content.items():
            (waiting / path).parent.mkdir(parents=True, exist_ok=True)
            (waiting / path).write_bytes(data)
        waiting.rename(place)
    return digest


def content_of(released: Path) -> dict[str, bytes]:
    """Return every file of a release by its path; the note of where it stands is none of them."""
    return {
        path.relative_to(released).as_posix(): path.read_bytes()
        for path in sorted(released.rglob("*"))
        if path.is_file() and path != released / STATE
    }


def digest_in(released: Path) -> str | None:
    """Return the digest of what stands in a folder; ``None`` where nothing is released."""
    if not (released / _MANIFEST).is_file():
        return None
    return digest_of({path: _sha256(data) for path, data in content_of(released).items()})


def kept(store: Path) -> list[str]:
    """Return the digests of the releases kept, in order of digest."""
    found = (store / NAME).glob("*")
    return sorted(each.name for each in found if each.is_dir() and not each.name.startswith("."))


def earlier(store: Path, stayed: Collection[str] = ()) -> list[pd.DataFrame]:
    """Return the cells of the releases that a reader may have.

    Parameters
    ----------
    stayed
        Digests of those that never left the house (drafts).

    Returns
    -------
    list of pandas.DataFrame
        ``RELEASED_COLUMNS``, one frame a release, in order of digest. Columns that an older
        release did not have are null.
    """
    return [cells(store / NAME / digest) for digest in kept(store) if digest not in stayed]


def cells(folder: Path) -> pd.DataFrame:
    """Return the cells of one release, as ``earlier`` does."""
    import pandas as pd

    frames = [pd.read_parquet(path) for path in sorted((folder / "tables").glob("*.parquet"))]
    filled = [each for each in frames if len(each)]
    if not filled:
        return pd.DataFrame(columns=list(RELEASED_COLUMNS))
    found = pd.concat(filled, ignore_index=True).reindex(columns=list(RELEASED_COLUMNS))
    return found.sort_values(["table_code", "estimate_id"], kind="stable", ignore_index=True)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
