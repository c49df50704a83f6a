"""Making the demo programme without treading on anything that is not it."""

from __future__ import annotations

import shutil
import tempfile
from enum import Enum
from pathlib import Path

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.versions import raw_version
from pipelines.messages import say


class Result(Enum):
    """What became of the folder."""

    MADE = "made"
    SAME = "same"


def make(layout: Layout, seed: int, *, force: bool) -> Result:
    """Make the demo programme, or find that it is there already.

    The new programme is made beside the old one and takes its place when complete.

    Raises
    ------
    ConfigurationError
        The folder differs and ``force`` was not given, or it is no synthetic programme.
    """
    from assets.sample import make_sample

    folder = layout.raw
    is_there = folder.is_dir() and any(folder.iterdir())
    if is_there and not _is_synthetic(layout):
        raise _refusal("sample.not_demo", folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".sample-") as place:
        made = Path(place) / "raw" / layout.programme
        make_sample(made, seed)
        if is_there and raw_version(Layout(Path(place), layout.programme)) == raw_version(layout):
            return Result.SAME
        if is_there and not force:
            raise _refusal("sample.differs", folder)
        if folder.exists():
            shutil.rmtree(folder)
        shutil.move(made, folder)
    return Result.MADE


def _is_synthetic(layout: Layout) -> bool:
    try:
        return layout.definition.synthetic
    except ConfigurationError:
        return False


def _refusal(key: str, folder: Path) -> ConfigurationError:
    return ConfigurationError(say(key, "it", path=folder), say(key, "en", path=folder))
