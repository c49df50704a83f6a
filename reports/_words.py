"""The catalogue of words, and the labels of codes: the manifest first, the catalogue second."""

from __future__ import annotations

from typing import Any

from reports._catalogue import catalogue, list_of
from reports._origin import plain, worded
from reports._released import KitError, Released, unknown

LANGUAGES = ("it", "en")


def say(section: str, key: str, lang: str, **values: object) -> str:
    """Return a text of the catalogue, its placeholders filled.

    Raises
    ------
    KitError
        No such text, or a placeholder was not given.
    """
    texts = catalogue()[section]
    if key not in texts:
        raise unknown(f"text in {section}", key, texts)
    try:
        return worded(str(texts[key][lang])).format(**values)
    except KeyError as error:
        raise KitError(f"the text '{key}' needs the value {error}") from None


def of_page(name: str, key: str, lang: str, **values: object) -> str:
    """Return a text of a page's own catalogue, its placeholders filled.

    Raises
    ------
    KitError
        No such text.
    """
    texts = catalogue(name)
    if key not in texts:
        raise unknown(f"text in {name}", key, texts)
    return worded(str(texts[key][lang])).format(**values)


def spoken(entry: Any, lang: str) -> str | None:
    """Return the text of ``{it, en}`` or ``{label: {it, en}}``; None for anything else."""
    if isinstance(entry, dict):
        inner = entry.get("label", entry)
        if isinstance(inner, dict) and lang in inner:
            return worded(str(inner[lang]), "label")
    return None


def level_label(released: Released, dimension: str, code: str, lang: str) -> str:
    """Return the name of a level; a code of an open list stands for itself."""
    levels = catalogue()["levels"]
    if code in levels["any"]:
        return worded(str(levels["any"][code][lang]))
    entries = (
        released.labels(list_of(dimension)).get(code),
        released.level_words(dimension).get(code),
        levels.get(dimension, {}).get(code),
    )
    return next((text for each in entries if (text := spoken(each, lang))), plain(code, "code"))
