"""The words of the offline page, which the command line says too."""

from __future__ import annotations

import json
from functools import cache

from assets.coding.offline import FOLDER
from schemas.words import Language, Words

_MOST_ROWS_NAMED = 20


@cache
def _words() -> dict[str, Words]:
    found = json.loads((FOLDER / "words.json").read_text(encoding="utf-8"))
    return {key: Words(**entry) for key, entry in found.items()}


def coding_words(key: str, **values: object) -> Words:
    """Return one text in both languages, its placeholders filled; ``Words`` in their language."""
    said = {
        lang: _words()[key].say(
            lang, **{n: v.say(lang) if isinstance(v, Words) else v for n, v in values.items()}
        )
        for lang in ("it", "en")
    }
    return Words(it=said["it"], en=said["en"])


def rows_said(rows: list[int], lang: Language) -> str:
    """Return row numbers as text, the first twenty of many."""
    more = len(rows) - _MOST_ROWS_NAMED
    text = ", ".join(map(str, rows[:_MOST_ROWS_NAMED]))
    return f"{text} {_words()['and_more'].say(lang, n=more)}" if more > 0 else text
