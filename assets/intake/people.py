"""Whether texts are names of people: by given names, titles and shape.

``given_names.txt`` holds given names common in Italy, among Italians and others, ``surnames.txt`` the
commonest surnames; their heads say where they come from. A surname of the list is one only in company:
beside a given name, after a title, under a heading for people or among other surnames.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from assets.layout import REPOSITORY

_HERE = REPOSITORY / "assets" / "intake"


def _words(section: str) -> frozenset[str]:
    """Return the words under one head of ``name_words.txt``."""
    parts = (_HERE / "name_words.txt").read_text(encoding="utf-8").split("\n[")
    body = next(each for each in parts if each.startswith(f"{section}]"))
    return frozenset(body.partition("\n")[2].split())


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_INITIAL = re.compile(r"[A-ZÀ-Ü]\.? [A-ZÀ-Ü][\w'’-]{2,}|[A-ZÀ-Ü][\w'’-]{2,} [A-ZÀ-Ü]\.")
_PARTICLES = {
    "de", "di", "da", "del", "della", "dello", "dei", "degli", "dal", "dalla", "lo", "la", "le", "li",
    "el", "al", "ben", "bin", "van", "von", "dos", "d", "san",
}  # fmt: skip
#: Words that make capitals the name of a firm, a place, a school or a course.
_NOBODY = _words("nobody")
# The word before is looked at by its last letters only: longer ones would cost the cube of a text.
_IN_PROSE = re.compile(
    r"(?P<before>[\w.'’]{1,40})?\s{0,8}(?<![\w'’])(?P<first>[A-ZÀ-Ü][a-zà-ü]+)\s+(?P<second>[A-ZÀ-Ü][a-zà-ü'’]+)(?![\w])"
)
_ROLE = (
    r"figli[oa]|bambin[oa]|ragazz[oa]|marito|moglie|madre|padre|mamma|papà|fratello|sorella|nonn[oa]|zi[oa]|compagn[oa]|"
    r"alunn[oa]|utente|paziente|minore|beneficiari[oa]|operator[ei]|operatrice|educator[ei]|educatrice|referente|tutor|volontari[oa]|"
    r"assistente(?: sociale)?|vicin[oa]|amic[oa]|suocer[oa]|cognat[oa]|nipote|collega|don|suor|fra|padre|famiglia|fam\.?|"
    r"famiglie|nucleo(?: familiare)?|coniugi|sorelle|cugin[oa]|badante|mediatrice|mediatore|maestr[oa]|dottoressa"
)
#: ``il figlio Ahmed``, ``fam. Russo``: a word of family or service, and a name.
_OF_FAMILY = re.compile(rf"\b(?i:{_ROLE})[\s:(,-]{{1,3}}(?:di\s)?(?P<name>[A-ZÀ-Ü][\w'’]+)")
#: ``Luca, 12 anni``.
_AGED = re.compile(r"(?P<name>[A-ZÀ-Ü][a-zà-ü]+),? (?:di )?[0-9]{1,2} anni\b")
_TITLED_SMALL = re.compile(
    r"\b(?i:sig|sig\.? ?ra|sig\.? ?na|sig\.? ?re|signor[ae]?|dott|dott\.? ?ssa)\.?\s+(?P<name>[a-zà-ü]{3,})\b"
)
#: Before a given name in prose: someone is spoken of, to or with.
_COMPANY = _words("company")
_NAME_IN_PROSE = re.compile(r"(?<![\w'’.@-])[A-ZÀ-Ü][a-zà-ü]{2,}(?![\w@’'-])")
#: Given names that are also common words: at the beginning of a sentence they are those.
_AMBIGUOUS = _words("given_or_word")
_AFTER_SUBJECT = _words("after_subject")
#: Surnames that are words, places or firms as well: alone in a cell they say nothing.
_WORDS_TOO = _words("surname_or_word")
_LEAST, _LEAST_SINGLE = 3, 5
_SHARE, _SHARE_SINGLE = 0.5, 0.6
_FEW = 5
#: Words that are surnames too make up such a share of no list of things.
_SHARE_FAMILY = 0.8
#: Under a heading that is just "name", from this share on the cells are people.
_SHARE_ANNOUNCED = 0.1


@cache
def given_names() -> frozenset[str]:
    """Return the given names, lower case and without accents."""
    return _listed("given_names.txt")


@cache
def surnames() -> frozenset[str]:
    """Return the surnames, lower case and without accents."""
    return _listed("surnames.txt")


def _listed(name: str) -> frozenset[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_given(word: str) -> bool:
    """Say whether a word is a common given name."""
    return _plain(word) in given_names()


def is_surname(word: str) -> bool:
    """Say whether a word is a common surname, and not a common word as well."""
    plain = _plain(word)
    return plain in surnames() and plain not in _WORDS_TOO


def is_both_names(text: str) -> bool:
    """Say whether a text is nothing but a given name and a surname of the lists, in any case."""
    words = [_plain(each) for each in re.split(r"[\s,_]+", text.strip()) if each]
    if not 2 <= len(words) <= 5 or any(each in _NOBODY for each in words):
        return False
    names = [each for each in words if each not in _PARTICLES]
    given = [each for each in names if each in given_names()]
    family = [each for each in names if each in surnames()]
    is_all = all(each in given_names() or each in surnames() for each in names)
    if len(names) > 2 and all(each[:1].isupper() for each in re.split(r"[\s,_]+", text.strip())):
        is_all = bool(given) and any(map(is_surname, names))  # one more name may be unknown
    return is_all and bool(given and family) and len({*given, *family}) >= 2


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


def is_of_nobody(words: Sequence[str]) -> bool:
    """Say whether among words is one that makes names a school's, a street's, a firm's."""
    return any(_plain(each) in _NOBODY for each in words)


def has_person(text: str) -> bool:
    """Say whether a text names somebody.

    Both names, not after ``scuola`` or ``via``; ``il figlio Luca``, ``fam. Russo``; a given name alone
    where somebody is spoken of, ``ha chiamato Maria``.
    """
    if is_both_names(text) or _named_by_role(text):
        return True
    if any(is_given(found["name"]) for found in _AGED.finditer(text)):
        return True
    words_n = len(text.split())
    if words_n < 2 or text.isupper():
        return False
    return _has_given(text) or (words_n >= 4 and _has_both(text))


def _named_by_role(text: str) -> bool:
    named = (found["name"] for found in _OF_FAMILY.finditer(text))
    small = (found["name"] for found in _TITLED_SMALL.finditer(text))
    return any(is_given(each) or _plain(each) in surnames() for each in named) or any(
        is_given(each) or is_surname(each) for each in small
    )


def _has_both(text: str) -> bool:
    for found in _IN_PROSE.finditer(text):
        before = _plain(found["before"] or "").strip(".")
        first, second = _plain(found["first"]), _plain(found["second"])
        if {before, first, second} & _NOBODY:
            continue
        is_inside = bool(before) and found["before"][:1].islower()
        if is_given(first) or (is_inside and is_given(second)):
            return True
    return False


def _has_given(text: str) -> bool:
    """Say whether a given name stands alone in prose; capitals before it make it a school's or a street's."""
    for found in _NAME_IN_PROSE.finditer(text):
        name = _plain(found[0])
        if name not in given_names():
            continue
        before = re.findall(r"[\w'’]+", text[max(0, found.start() - _NEAR) : found.start()])
        after = re.match(r"(?P<mark>[\s,:;]*)(?P<word>[\w'’]*)", text[found.end() :])
        follows = after["word"] if after else ""
        near = [_plain(each) for each in before[-3:]]
        if near and (near[-1] in _NOBODY or set(near[:-1]) & (_NOBODY - {"casa"})):
            continue
        if text[: found.start()].rstrip()[-1:] in ("[", "<", "#", "/"):
            continue  # an answer of a list, a mark-up
        if not before or re.search(r"[.!?]\s*\Z", text[: found.start()]):
            is_clear = name not in _AMBIGUOUS and follows[:1].islower() and len(text.split()) >= 3
            is_initial = re.match(r" [A-Z]\.", text[found.end() :]) is not None
            if (is_clear and follows not in _LINKS) or follows in _AFTER_SUBJECT or is_initial:
                return True
        elif before[-1] in _COMPANY or (before[-1][:1].islower() and len(before) >= 2):
            return True
    return False


_NEAR = 60
#: After a name at the beginning these make it a thing's: Maria di Nazaret, Carlotta in concerto.
_LINKS = frozenset({"di", "del", "della", "in", "d'"})


def are_people(cells: Sequence[str]) -> bool:
    """Say whether the distinct cells of a column are names of people, whatever stands above."""
    whole = sum(is_person(each) or _INITIAL.fullmatch(each) is not None for each in cells)
    named = sum(is_person(each) for each in cells)
    if whole >= max(_LEAST, _SHARE * len(cells)) and (named or whole >= _LEAST_SINGLE):
        return True
    single = sum(
        " " not in each and each[:1].isupper() and (is_given(each) or is_surname(each))
        for each in cells
    )
    if single:
        family = sum(_plain(each) in surnames() for each in cells)
        if family >= max(_LEAST_SINGLE, _SHARE_FAMILY * len(cells)):
            return True
    return single >= max(_LEAST_SINGLE, _SHARE_SINGLE * len(cells))


def may_be_people(cells: Sequence[str]) -> bool:
    """Say whether cells under ``Nome`` may be people's: few cells leave it open, and then they may."""
    if len(cells) < _FEW:
        return True
    given = sum(
        is_person(each) or (len(each.split()) <= 2 and is_given(each.split()[0])) for each in cells
    )
    return given >= _SHARE_ANNOUNCED * len(cells)


def are_named(cells: Sequence[str]) -> bool:
    """Say whether cells under a heading for people, ``Utente``, ``Referente``, name them.

    One cell with a name of the lists is enough; a job or a state is none.
    """
    return any(
        is_both_names(each)
        or _INITIAL.fullmatch(each) is not None
        or (
            len(each.split()) <= 2
            and any(is_given(word) or _plain(word) in surnames() for word in each.split())
            and each.strip()[:1] != "("
        )
        for each in cells
    )


def _plain(word: str) -> str:
    if word.isascii():
        return word.strip(".'").casefold()
    apart = unicodedata.normalize("NFKD", word.replace("’", "'").strip(".'"))
    return "".join(each for each in apart if not unicodedata.combining(each)).casefold()
