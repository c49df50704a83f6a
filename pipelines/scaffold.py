"""A new programme's folder: commented configuration, an example partner, a guide."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines.messages import say
from schemas.config import read_config
from schemas.programme import Programme

FILES = Path(__file__).with_name("new_programme")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
#: Names that Windows keeps for itself.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10))}


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
    name = layout.programme
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise _refusal("new.name", name=name, nearest=_likely(name))
    folder = layout.raw
    if folder.exists():
        raise _refusal("new.exists", path=folder)
    if end <= start:
        raise _refusal("new.days", start=start, end=end)
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.with_name(f".{name}.new")
    shutil.rmtree(new, ignore_errors=True)
    values = {
        "@programme@": name,
        "@title@": json.dumps(title, ensure_ascii=False),
        "@title_plain@": " ".join(title.split()),
        "@from@": start.isoformat(),
        "@to@": end.isoformat(),
    }
    for source in sorted(each for each in FILES.rglob("*") if each.is_file()):
        target = new / source.relative_to(FILES)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        for mark, value in values.items():
            text = text.replace(mark, value)
        target.write_text(text, encoding="utf-8", newline="\n")
    read_config(new / "programme.yml", Programme)  # a title may hold what YAML cannot
    new.rename(folder)
    return folder


def _likely(name: str) -> str:
    """Return a name that could be meant: ``Lunattiva 3`` -> ``lunattiva_3``."""
    made = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_0123456789")[:31] or "programma"
    return made if _NAME.fullmatch(made) and made not in _RESERVED else "programma"


def _refusal(key: str, **values: object) -> ConfigurationError:
    return ConfigurationError(say(key, "it", **values), say(key, "en", **values))
