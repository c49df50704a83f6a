"""Whether texts are names of people: by given names, titles and shape.

``given_names.txt`` holds given names common in Italy, among Italians and others; its head says where
they come from. Surnames are too many, and too many of them are words and places, for a list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from assets.layout import REPOSITORY

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_INITIAL = re.compile(r"[A-ZÀ-Ü]\.? [A-ZÀ-Ü][\w'’-]{2,}|[A-ZÀ-Ü][\w'’-]{2,} [A-ZÀ-Ü]\.")
_PARTICLES = {
    "de", "di", "da", "del", "della", "dello", "dei", "degli", "dal", "dalla", "lo", "la", "le", "li",
    "el", "al", "ben", "bin", "van", "von", "dos", "d", "san",
}  # fmt: skip
#: Words that make capitals the name of a firm, a place, a school or a course.
_NOBODY = {
    "san", "santa", "santo", "sant", "via", "viale", "piazza", "piazzale", "largo", "corso", "vicolo", "villa",
    "casa", "borgo", "castel", "castello", "monte", "ponte", "porto", "porta", "parco", "centro", "scuola",
    "istituto", "liceo", "asilo", "nido", "biblioteca", "teatro", "museo", "palazzo", "parrocchia", "chiesa",
    "oratorio", "cooperativa", "coop", "associazione", "fondazione", "impresa", "ditta", "srl", "snc", "sas",
    "spa", "onlus", "aps", "ets", "laboratorio", "officina", "gruppo", "comune", "provincia", "ospedale",
    "farmacia", "bar", "ristorante", "pizzeria", "reggio", "emilia", "progetto", "sportello", "quartiere",
    "premio", "torneo", "festa", "fratelli", "studio", "residenza", "rsa", "app", "citta", "lago", "rione",
    "stadio", "galleria", "negozio", "mercato", "university", "college", "school", "street", "road", "inc",
    "ltd", "the", "of", "and", "gmbh", "saint", "st", "strada", "stazione", "metodo", "coro", "banda",
}  # fmt: skip
# The word before is looked at by its last letters only: longer ones would cost the cube of a text.
_IN_PROSE = re.compile(
    r"(?P<before>[\w.'’]{1,40})?\s{0,8}(?<![\w'’])(?P<first>[A-ZÀ-Ü][a-zà-ü]+)\s+(?P<second>[A-ZÀ-Ü][a-zà-ü'’]+)(?![\w])"
)
#: ``il figlio Ahmed``: a word of family or service, and a given name.
_OF_FAMILY = re.compile(
    r"\b(?i:figli[oa]|bambin[oa]|ragazz[oa]|marito|moglie|madre|padre|mamma|papà|fratello|sorella|nonn[oa]|"
    r"zi[oa]|compagn[oa]|alunn[oa]|utente|paziente|minore|beneficiari[oa])\s+(?P<name>[A-ZÀ-Ü][a-zà-ü]+)"
)
_LEAST, _LEAST_SINGLE = 3, 5
_SHARE, _SHARE_SINGLE = 0.5, 0.6
_FEW = 5
#: Under a heading that is just "name", from this share on the cells are people.
_SHARE_ANNOUNCED = 0.1


@cache
def given_names() -> frozenset[str]:
    """Return the given names, lower case and without accents."""
    path = REPOSITORY / "assets" / "intake" / "given_names.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_given(word: str) -> bool:
    """Say whether a word is a common given name."""
    return _plain(word) in given_names()


def is_person(cell: str) -> bool:
    """Say whether a cell is given name and surname, in either order: two to four capitalised words."""
    words = cell.replace(",", " ").split()
    if not 2 <= len(words) <= 5 or any(not _WORD.fullmatch(each) for each in words):
        return False
    plain = [_plain(each) for each in words]
    if any(each in _NOBODY for each in plain):
        return False
    capitals = [each for each in words if each[:1].isupper()]
    small = [each for each in plain if each in _PARTICLES]
    if len(capitals) < 2 or len(capitals) + sum(w[:1].islower() for w in words) != len(words):
        return False
    if any(w[:1].islower() and _plain(w) not in _PARTICLES for w in words) or len(small) > 2:
        return False
    return any(is_given(each) for each in words)


def has_person(text: str) -> bool:
    """Say whether a text names somebody: both names, not after ``scuola`` or ``via``; ``il figlio Luca``."""
    if any(is_given(found["name"]) for found in _OF_FAMILY.finditer(text)):
        return True
    if len(text.split()) < 4 or text.isupper():
        return False
    for found in _IN_PROSE.finditer(text):
        before = _plain(found["before"] or "").strip(".")
        first, second = _plain(found["first"]), _plain(found["second"])
        if {before, first, second} & _NOBODY:
            continue
        is_inside = bool(before) and found["before"][:1].islower()
        if is_given(first) or (is_inside and is_given(second)):
            return True
    return False


def are_people(cells: Sequence[str]) -> bool:
    """Say whether the distinct cells of a column are names of people, whatever stands above."""
    whole = sum(is_person(each) or _INITIAL.fullmatch(each) is not None for each in cells)
    named = sum(is_person(each) for each in cells)
    if whole >= max(_LEAST, _SHARE * len(cells)) and (named or whole >= _LEAST_SINGLE):
        return True
    single = sum(" " not in each and each[:1].isupper() and is_given(each) for each in cells)
    return single >= max(_LEAST_SINGLE, _SHARE_SINGLE * len(cells))


def may_be_people(cells: Sequence[str]) -> bool:
    """Say whether cells under ``Nome`` may be people's: few cells leave it open, and then they may."""
    if len(cells) < _FEW:
        return True
    given = sum(
        is_person(each) or (len(each.split()) <= 2 and is_given(each.split()[0])) for each in cells
    )
    return given >= _SHARE_ANNOUNCED * len(cells)


def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.replace("’", "'").strip(".'"))
    return "".join(each for each in apart if not unicodedata.combining(each)).casefold()
