"""What empty forms say, from ``words.yml`` beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from schemas.words import load_yaml

_FILE = Path(__file__).with_name("words.yml")


@cache
def _texts() -> dict[str, dict[str, str]]:
    return load_yaml(_FILE)


def said(key: str, lang: str, **values: object) -> str:
    """Return one text in one language, its placeholders filled.

    Raises
    ------
    KeyError
        For a key that ``words.yml`` does not have.
    """
    return _texts()[key][lang].format(**values)
