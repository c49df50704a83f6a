"""The catalogue of words, read once; everybody else asks ``_words``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).with_name("words.yml")


@cache
def catalogue() -> dict[str, Any]:
    """Return ``words.yml``, read once."""
    found: dict[str, Any] = yaml.load(
        CATALOGUE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return found


def list_of(dimension: str) -> str:
    """Return the list of the manifest that names a dimension's levels; its own name by default."""
    lists: dict[str, str] = catalogue()["lists"]
    return lists.get(dimension, dimension)
