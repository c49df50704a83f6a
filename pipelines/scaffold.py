"""A new programme's folder: commented configuration, an example partner, a guide."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines.messages import say
from schemas.codes import RESERVED
from schemas.config import read_config
from schemas.programme import Programme

FILES = Path(__file__).with_name("new_programme")
#: What replaces some of them where definitions are taken over from another programme.
FILES_FROM = Path(__file__).with_name("new_programme_from")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")


def make_programme(layout: Layout, title: str, start: date, end: date) -> Path:
    """Write the folder of a new programme, whole or not at all.

    Returns
    -------
    pathlib.Path
        The folder, ``raw/<programme>``.

    Raises
    ------
    ConfigurationError
        The name cannot be one, there is something of that name, or the days are not in order.
    """
    try:
        return finish(layout, begin(layout, title, start, end))
    finally:
        clear(layout)


def begin(
    layout: Layout, title: str, start: date, end: date, taken: Mapping[str, str] | None = None
) -> Path:
    """Write the folder beside its place, under a hidden name; ``finish`` puts it there.

    Parameters
    ----------
    taken
        Texts for the marks of ``new_programme_from``, where definitions are taken over.
    """
    name = layout.programme
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise _refusal("new.name", name=name, nearest=_likely(name))
    folder = layout.raw
    if folder.exists():
        raise _refusal("new.exists", path=folder)
    if end <= start:
        raise _refusal("new.days", start=start, end=end)
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = _beside(layout)
    shutil.rmtree(new, ignore_errors=True)
    values = {
        **(taken or {}),
        "@programme@": name,
        "@title@": json.dumps(title, ensure_ascii=False),
        "@title_plain@": " ".join(title.split()),
        "@from@": start.isoformat(),
        "@to@": end.isoformat(),
    }
    for files in (FILES, FILES_FROM) if taken else (FILES,):
        for source in sorted(each for each in files.rglob("*") if each.is_file()):
            target = new / source.relative_to(files)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_filled(source, values), encoding="utf-8", newline="\n")
    read_config(new / "programme.yml", Programme)  # a title may hold what YAML cannot
    return new


def finish(layout: Layout, new: Path) -> Path:
    """Put a folder that ``begin`` wrote in its place."""
    new.rename(layout.raw)
    return layout.raw


def clear(layout: Layout) -> None:
    """Remove what ``begin`` left where the folder could not be finished."""
    if _NAME.fullmatch(layout.programme):
        shutil.rmtree(_beside(layout), ignore_errors=True)


def _beside(layout: Layout) -> Path:
    return layout.raw.with_name(f".{layout.programme}.new")


def _filled(source: Path, values: Mapping[str, str]) -> str:
    text = source.read_text(encoding="utf-8")
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def _likely(name: str) -> str:
    """Return a name that could be meant: ``Lunattiva 3`` -> ``lunattiva_3``."""
    made = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_0123456789")[:31] or "programma"
    return made if _NAME.fullmatch(made) and made not in RESERVED else "programma"


def _refusal(key: str, **values: object) -> ConfigurationError:
    return ConfigurationError(say(key, "it", **values), say(key, "en", **values))
