"""What the command line says, from ``messages.yml``. Light: plain YAML, no models."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from pipelines.settings import Language

_FILE = Path(__file__).with_name("messages.yml")


@cache
def messages() -> dict[str, dict[str, str]]:
    """Return every message: key -> language -> text."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast
    found: dict[str, dict[str, str]] = yaml.load(_FILE.read_text(encoding="utf-8"), loader)
    return found


def say(key: str, lang: Language, **values: object) -> str:
    """Return one message in one language, its placeholders filled.

    Raises
    ------
    KeyError
        For a key that is not in ``messages.yml``.
    """
    return messages()[key][lang].format(**values).rstrip("\n")
