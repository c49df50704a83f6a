"""The catalogues of words, each read once; everybody else asks ``_words`` or its own page's words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
#: The words that all documents share.
SHARED = "words.yml"


@cache
def catalogue(name: str = SHARED) -> dict[str, Any]:
    """Return a catalogue of words by the name of its file, read once."""
    text = (HERE / name).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def list_of(dimension: str) -> str:
    """Return the list of the manifest that names a dimension's levels; its own name by default."""
    lists: dict[str, str] = catalogue()["lists"]
    return lists.get(dimension, dimension)
