"""Every release that has left, kept as it left: what a reader may still have at hand.

One folder a release, named by its digest, below ``.store/<programme>/releases``: the tables and the
manifest, byte for byte. Nothing is ever pruned, for readers prune nothing either. Released numbers
hold nobody, so erasing a person leaves the archive as it is.

A kill can do no harm: what stands in the released folder is kept *before* another takes its place
and again after publishing, each time by renaming a whole folder, so no release is ever replaced
before it is kept, and half a copy is no release.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from assets import folders
from assets.errors import ConfigurationError
from assets.released import (
    MANIFEST,
    STATE,
    content_of,
    digest_in,
    digest_of,
    digest_of_content,
    tables_of,
)
from schemas.released import RELEASED_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NAME", "STATE", "content_of", "digest_in", "digest_of"]

NAME = "releases"


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
    if not (released / MANIFEST).is_file():
        return None
    content = content_of(released)
    digest = digest_of_content(content)
    place = store / NAME / digest
    if digest not in stayed and not place.exists():
        folders.put(place, content)
    return digest


def insist_kept(store: Path, left: Collection[str], published: Path) -> None:
    """Refuse where a release that left is no longer kept as it left; mend it where it can be.

    A copy is taken back from what the folder itself, the released or a published one still hold,
    where that is the release, byte for byte.

    Parameters
    ----------
    left
        Digests of the releases that left the house (``ledger.left``).
    published
        The folder of the published folders.

    Raises
    ------
    ConfigurationError
        One is missing or changed, and no copy is found: an audit would be against nothing.
    """
    lost = [each for each in sorted(left) if digest_in(store / NAME / each) != each]
    lost = [each for each in lost if not _mended(store, each, published)]
    if lost:
        raise _lost(store, lost)


def _mended(store: Path, digest: str, published: Path) -> bool:
    place = store / NAME / digest
    half = place.with_name(f".{digest}.old")  # a kill came while it was mended
    for source in (place, half, store / "released", *sorted(published.glob("*-r*"))):
        content = tables_of(source)  # what stands beside them in a published folder are pages
        if digest_of_content(content) == digest:
            folders.put(place, content)
            return True
    return False


def _lost(store: Path, digests: Collection[str]) -> ConfigurationError:
    names = ", ".join(each[:12] for each in digests)
    folder = f".store/{store.name}/{NAME}"
    return ConfigurationError(
        f"In {folder} manca o è cambiata la copia di ciò che è già uscito ({names}): senza, non si "
        "può verificare che nulla si ricavi dal confronto. Rimetterla dalla copia di riserva: "
        "lunattiva restore FILE.",
        f"In {folder} the copy of what has already left is missing or changed ({names}): without it "
        "nobody can check that nothing is worked out by comparing. Restore it from the backup: "
        "lunattiva restore FILE.",
    )


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

    Raises
    ------
    ConfigurationError
        One is no longer as it was kept.
    """
    wanted = [digest for digest in kept(store) if digest not in stayed]
    changed = [each for each in wanted if digest_in(store / NAME / each) != each]
    if changed:
        raise _lost(store, changed)
    return [cells(store / NAME / digest) for digest in wanted]


def cells(folder: Path) -> pd.DataFrame:
    """Return the cells of one release, as ``earlier`` does."""
    import pandas as pd

    frames = [pd.read_parquet(path) for path in sorted((folder / "tables").glob("*.parquet"))]
    filled = [each for each in frames if len(each)]
    if not filled:
        return pd.DataFrame(columns=list(RELEASED_COLUMNS))
    found = pd.concat(filled, ignore_index=True).reindex(columns=list(RELEASED_COLUMNS))
    return found.sort_values(["table_code", "estimate_id"], kind="stable", ignore_index=True)
