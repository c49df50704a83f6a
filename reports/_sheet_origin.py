"""What a click on a sheet's number says in a language that the reading kit has no words of.

The sheet's own sentence says what the number is; definition and method stay where they are reviewed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports._origin import bare, number_id
from reports._released import Cell
from reports._results import base

if TYPE_CHECKING:
    from reports._sheet import Sheet
    from reports.kit import Kit

FIELDS = ("what", "value", "period", "base", "interval", "table")
WORDS = ("title", "several", "close", "toggle", "figure", "further", "unknown")
#: Mark between thousands, where the kit's own language has another.
THOUSANDS = {"fr": (".", "\u202f")}


def origins(k: Kit, made: Sheet, words: dict[str, str]) -> dict[str, Any]:
    """Return what the page must know of its numbers, as ``_provenance.page`` does, in its language.

    Parameters
    ----------
    k
        The kit as public pages have it: its counts of people are rounded.
    words
        The catalogue's ``origin`` of the sheet's language.
    """
    texts: dict[str, int] = {"": 0}
    numbers: dict[str, list[int]] = {}
    for item, text, _ in made.items:
        for name in map(number_id, item.cells):
            cell = k.numbers[name]
            if isinstance(cell, Cell) and name not in numbers:
                told = _told(k, cell, made.lang, bare(text), words)
                numbers[name] = [texts.setdefault(told[x], len(texts)) for x in FIELDS]
    return {
        "lang": made.lang,
        "dir": made.direction,
        "labels": [words[x] for x in FIELDS],
        "texts": list(texts),
        "numbers": numbers,
        "common": _common(k, words),
        "words": {x: words[x] for x in WORDS},
        "parts": {},
    }


def _told(k: Kit, cell: Cell, lang: str, sentence: str, words: dict[str, str]) -> dict[str, str]:
    ends = (cell.ci_low, cell.ci_high)
    shown = [k.format(each, cell) for each in ends if each is not None]
    return {
        "what": sentence,
        "value": _written(bare(k.shown(cell)), lang),
        "period": words["whole"] if cell.period == "all" else cell.period,
        "base": _written(bare(base(k, cell)).partition(" (")[0], lang)
        if cell.n is not None
        else "",
        "interval": " – ".join(_written(bare(x), lang) for x in shown) if len(shown) == 2 else "",
        "table": cell.table,
    }


def _written(number: str, lang: str) -> str:
    mark, own = THOUSANDS.get(lang, ("", ""))
    return number.replace(mark, own) if mark else number


def _common(k: Kit, words: dict[str, str]) -> list[list[str]]:
    about = k.released.release
    state = words.get(f"state_{about['state']}", words["state_draft"])
    told = {"release": f"{state} {str(about['release'])[:12]}"}
    told |= {of: str(k.manifest.get(f"{of}_version") or "–") for of in ("data", "code")}
    told["elsewhere"] = words["elsewhere_text"]
    return [[words[name], text] for name, text in told.items()]
