"""What the thesis is told besides the release, and its own words.

The log of cycles, corrections and the ledger's acts come in one file (``LUNATTIVA_BOOK``), written by
whoever renders the book. In Italian: the book has one language.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from reports._catalogue import catalogue
from reports._origin import worded
from reports._released import KitError

BOOK, NARRATIVE = "LUNATTIVA_BOOK", "LUNATTIVA_NARRATIVE"


def words() -> dict[str, Any]:
    """Return the book's catalogue."""
    return catalogue("thesis_words.yml")


def word(key: str, section: str = "words", **values: object) -> str:
    """Return a text of the book; its own digits are words, those of ``values`` what they are."""
    return worded(str(words()[section][key])).format(**values)


def file_of(name: str) -> Path:
    """Return the file that a variable of the environment names.

    Raises
    ------
    KitError
        It names none.
    """
    path = Path(os.environ.get(name) or "")
    if not path.is_file():
        raise KitError(f"{name} names no file: the thesis is rendered by 'lunattiva thesis'")
    return path


def facts() -> dict[str, Any]:
    """Return what the book is told."""
    found: dict[str, Any] = json.loads(file_of(BOOK).read_text(encoding="utf-8"))
    return found
