"""The intern's page: counts of deliveries and rows, what waits and what to do about it, in order.

It reads one file, ``quality.json`` (``LUNATTIVA_QUALITY``), which holds counts and codes only, and
needs nothing released: the page is wanted most when nothing could be released yet.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports import _numbers
from reports._catalogue import catalogue
from reports._quality_grid import by_partner, grid
from reports._quality_tables import (
    Row,
    banner,
    internal,
    key,
    late,
    missing,
    overview,
    refused,
    rows,
    short,
    todo,
)
from reports._released import KitError, unknown
from reports._tables import Markdown
from reports._words import LANGUAGES

ENVIRONMENT = "LUNATTIVA_QUALITY"
FILE = "quality.json"
CAME = ("arrived", "late", "superseded")
DUE = (*CAME, "missing", "refused", "unexpected")


def open_quality(lang: str = "it", folder: Path | None = None) -> Quality:
    """Open the folder of counts (by default what ``LUNATTIVA_QUALITY`` says) in one language.

    Raises
    ------
    KitError
        Unknown language, or no such folder.
    """
    if lang not in LANGUAGES:
        raise unknown("language", lang, LANGUAGES)
    given = folder or os.environ.get(ENVIRONMENT)
    if not given or not (Path(given) / FILE).is_file():
        raise KitError(f"{ENVIRONMENT} does not say where the counts of deliveries are")
    return Quality(json.loads((Path(given) / FILE).read_text(encoding="utf-8")), lang)


class Quality:
    """What came and what waits, in one language."""

    def __init__(self, tables: dict[str, Any], lang: str) -> None:
        self.tables, self.lang = tables, lang

    def word(self, key: str, **values: object) -> str:
        """Return a text of the catalogue."""
        texts: dict[str, dict[str, str]] = catalogue("quality_words.yml")
        if key not in texts:
            raise unknown("text of the intern's page", key, texts)
        return texts[key][self.lang].format(**values)

    def table(self, name: str) -> Markdown:
        """Return one of the page's tables."""
        if name not in TABLES:
            raise unknown("table", name, TABLES)
        return TABLES[name](self)

    def text(self, name: str) -> Markdown:
        """Return one of the page's pieces of text."""
        if name not in TEXTS:
            raise unknown("text", name, TEXTS)
        return TEXTS[name](self)

    # -- small things -----------------------------------------------------------------------------
    def count(self, value: float | None) -> str:
        """Return a count as the language writes it."""
        return "–" if value is None else _numbers.number(value, 0, self.lang)

    def partner(self, code: str) -> str:
        """Return a partner's name; a folder nobody declared stands for itself."""
        label = self.tables["partners"].get(code)
        return label[self.lang] if label else code or self.word("unknown_partner")

    def source(self, partner: str, code: str) -> str:
        """Return a source's name."""
        for each in self.tables["sources"]:
            if (each["partner"], each["source"]) == (partner, code):
                return str(each["label"][self.lang])
        return code or "?"

    def period(self, code: str) -> str:
        """Return a period's name: a wave by its label, a quarter in words, the rest as it is."""
        if code in self.tables["waves"]:
            return str(self.tables["waves"][code][self.lang])
        is_quarter = len(code) == 6 and code[4] == "Q"
        return _numbers.quarter(code, self.lang) if is_quarter else code or "–"

    def day(self, text: str | None) -> str:
        """Return an ISO date in words."""
        return _numbers.day(text, self.lang) if text else "–"

    def cells(self, partner: str = "") -> list[Row]:
        """Return the grid's cells, of one partner where asked."""
        return [x for x in self.tables["grid"] if not partner or x["partner"] == partner]

    def partners(self) -> list[str]:
        """Return the partners: the declared ones first, then folders nobody declared."""
        found = {x["partner"] for name in ("grid", "refused", "rows") for x in _of(self, name)}
        declared = list(self.tables["partners"])
        return [*declared, *sorted(found - set(declared) - {""})]

    def tally(self, partner: str = "") -> dict[str, str]:
        """Return how many deliveries came, came late, are missing or refused."""
        states = [each["state"] for each in self.cells(partner)]
        found = {
            "came": sum(state in CAME for state in states),
            "due": sum(state in DUE for state in states),
            "late": states.count("late"),
            "missing": states.count("missing"),
            "refused": states.count("refused"),
        }
        return {name: self.count(value) for name, value in found.items()}


def _of(q: Quality, name: str) -> list[Row]:
    """Return the rows of a table with the partner under one name."""
    return [
        {**each, "partner": each.get("partner", each.get("partner_code"))}
        for each in q.tables[name]
    ]


TABLES: dict[str, Callable[[Quality], Markdown]] = {
    "overview": overview,
    "missing": missing,
    "late": late,
    "refused": refused,
    "rows": rows,
}
TEXTS: dict[str, Callable[[Quality], Markdown]] = {
    "banner": banner,
    "internal": internal,
    "short": short,
    "todo": todo,
    "grid": grid,
    "key": key,
    "partners": by_partner,
}
