"""What a quarter has more or less of than the one before it, for the list of pages.

Run as a program (``python -m reports._since``) it prints, as JSON, the sentences of each quarter as
HTML in both languages, their numbers marked, and what a click on them shows. It reads released cells
only (``LUNATTIVA_RELEASED``), as the public pages show them (``LUNATTIVA_PUBLIC``).
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from reports import _origin, _words
from reports._released import Cell

if TYPE_CHECKING:
    from reports.kit import Kit

#: What the list of pages compares.
COMPARED = ("reached_n", "sessions_n", "hours_sum")


def since_before(k: Kit) -> dict[str, str]:
    """Return of each quarter what changed since the one before, marked; only where both are shown."""
    told = {}
    for before, quarter in pairwise(k.manifest["quarters"]):
        said = []
        for code in COMPARED:
            old, now = k.cell(code, period=before), k.cell(code, period=quarter)
            if old is not None and now is not None and old.is_shown and now.is_shown:
                said.append(_moved(k, old, now))
        if said:
            told[quarter] = k.word("since", list="; ".join(said))
    return told


def _moved(k: Kit, old: Cell, now: Cell) -> str:
    name = k.label("indicator", now.indicator).lower()
    words = {"name": name, "now": k.shown(now), "before": k.shown(old)}
    gap = _whole(now.value) - _whole(old.value)
    if not gap:
        return k.word("since_same", **words)
    sign = "+" if gap > 0 else "\u2212"
    return k.word("since_moved", gap=k.mark(sign + k.count(abs(gap)), now, old), **words)


def _whole(value: float | None) -> int:
    return int((value or 0) + 0.5)  # halves up, as on the pages


def main() -> None:
    """Print the sentences by quarter and language, and what their numbers are."""
    from reports import kit

    told: dict[str, dict[str, str]] = {}
    for lang in _words.LANGUAGES:
        for quarter, text in since_before(kit.open(lang)).items():
            told.setdefault(quarter, {})[lang] = _origin.as_html(text)
    names = list(_origin.shown)
    first, *others = (kit.origins(names, lang) for lang in _words.LANGUAGES)
    json.dump({"told": told, "numbers": {**first, "also": others}}, sys.stdout)


if __name__ == "__main__":
    main()
