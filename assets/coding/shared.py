"""What the command line and the offline page read from one file, so that they cannot drift apart."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("shared.json")


@cache
def shared() -> dict[str, Any]:
    """Return parameters and patterns (``shared.json``)."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Return one of the shared patterns, which mean the same here and in a browser."""
    return re.compile(text, re.ASCII)


def plain(text: str) -> str:
    """Return text with look-alike characters made plain (NFKC) and invisible marks removed."""
    folded = unicodedata.normalize("NFKC", text)
    if folded.isascii():
        return folded
    return "".join(each for each in folded if unicodedata.category(each) != "Cf")
