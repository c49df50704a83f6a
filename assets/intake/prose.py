"""Addresses, days of birth, names and coordinates inside a text, told by the words around them."""

from __future__ import annotations

import re

_MONTHS = (
    "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre"
)
_ROAD = (
    r"via|viale|v\.le|vle|piazza|p\.zza|p\.za|piazzale|p\.le|piazzetta|vicolo|vico|corso|c\.so|strada|"
    r"str\.|largo|contrada|c\.da|lungo[a-z]+|galleria|traversa|loc\.|località|frazione|fraz\.|borgata|rione"
)
#: What 'via' and 'corso' also are: by e-mail, a course of something.
_NO_ROAD = (
    r"(?!(?:e-?mail|mail|teams|zoom|skype|meet|web|whatsapp|telefono|internet|microsoft|google|pec|libera|"
    r"crucis|lattea|fax|sms|chat|video|app|posta)\b)"
)
_WORD = r"[^\W\d_][\w'’.]*"
_NUMBER = (
    r"(?:,?\s*(?:n\.?\s?[°º]?|n[°º]|nr\.?|num\.?|numero|civico|civ\.)?\s*)"
    rf"(?!(?:19|20)[0-9]{{2}}(?![0-9]))[0-9]{{1,4}}(?![0-9]|[.:,][0-9]{{2}}(?![0-9])|\s?(?:€|euro|ore|posti|anni|min|"
    rf"persone|iscritti|incontri|lezioni|{_MONTHS})|[/-][0-9]{{1,2}}[/-])"
)
_ADDRESS = re.compile(
    rf"(?<![\w])(?P<road>{_ROAD})\s+{_NO_ROAD}(?P<name>{_WORD}(?:\s+{_WORD}){{0,4}}?){_NUMBER}",
    re.I,
)
_LIVES = re.compile(
    rf"\b(?:abita(?:va|no|nte)?|resident[ei]|risied\w+|domiciliat[oa]|vive|vivono|casa|lives)\b(?:\s+\w+){{0,2}}?\s+(?:in|at)\s+"
    rf"(?P<road>{_ROAD})\s+{_NO_ROAD}(?P<name>{_WORD})",
    re.I,
)
_COURSES = re.compile(r"corso|strada|galleria|largo|traversa|rione|lungo[a-z]*", re.I)
#: A course has a number too (Corso Excel 2); a street of that word is mostly called so.
_STREETS = re.compile(
    r"(?:italia|vittorio|garibaldi|umberto|cavour|roma|mazzini|matteotti|libertà|martiri|pradella|vercelli|"
    r"francia|magenta|venezia|europa|repubblica|regina|principe|porta|san|santa|sant'|della?|dei|degli|"
    r"alla|nazionale|statale|provinciale|comunale|chiesanuova|dosso|augusto|cardinale|pietro|trieste|trento)\b",
    re.I,
)
_ENGLISH_ADDRESS = re.compile(
    r"\b[0-9]{1,4}[A-Za-z]?,? (?:[A-Z][a-z]+ ){1,3}(?:Street|St\.|Road|Rd\.?|Avenue|Ave\.?|Lane|Square)\b"
)
_DAY = (
    r"(?:[0-3]?[0-9][./-][01]?[0-9][./-](?:19|20)?[0-9]{2}|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]|"
    rf"[0-3]?[0-9][°º]?\s+(?:{_MONTHS})\s+(?:19|20)[0-9]{{2}})"
)
_BIRTH = re.compile(
    rf"\b(?:nat[oaie]|nascit[ae]|classe|born|d\.?o\.?b\.?|n\.)(?!\w)[^0-9]{{0,40}}?(?<![0-9]){_DAY}",
    re.I,
)
_TITLE = (
    r"sig|sigg|sig\.?ra|sig\.?na|sig\.?ri|signora?|signor[ei]|signorina|dott|dott\.?ssa|dr|dr\.?ssa|dottor|"
    r"dottor(?:e|essa)|avv|avvocato|prof|prof\.?ssa|professor(?:e|essa)?|ing|geom|rag|mr|mrs|ms|miss"
)
_TITLED = re.compile(
    rf"(?<![\w.])(?i:{_TITLE})(?:\.(?:ra|na|ssa|ri))?\.?\s+(?P<name>[A-ZÀ-Ü][\w'’]+|[A-Z]\.)"
)
_NO_NAME = {
    "presidente", "sindaco", "direttore", "direttrice", "assessore", "preside", "referente", "italiano",
    "inglese", "matematica", "responsabile", "in", "di", "e", "per", "il", "la", "si", "no",
}  # fmt: skip
#: ``Cognome: Rossi``, ``nome Mario`` inside a text.
_LABELLED = re.compile(r"\b(?i:cognome|nominativo|nome e cognome)\s*[:=]\s*[A-ZÀ-Ü][\w'’]+")
_DECIMAL = r"[+-]?[0-9]{1,3}[.,][0-9]{3,}"
_PAIR = re.compile(
    rf"(?<![0-9.,])(?P<a>{_DECIMAL})\s?[°º]?\s?[NSEWO]?(?:\s*[,;/|]\s*|\s+)"
    rf"(?P<b>{_DECIMAL})(?![0-9])",
    re.I,
)
_DMS = re.compile(
    r"[0-9]{1,3}\s?[°º]\s?[0-9]{1,2}(?:[.,][0-9]+)?\s?['’′](?:\s?[0-9]{1,2}(?:[.,][0-9]+)?\s?(?:[\"”″]|''|’’))?\s?[NSEWO]",
    re.I,
)
_LABELLED_PAIR = re.compile(
    rf"\blat\w*\s*[:=]?\s*{_DECIMAL}.{{0,15}}?\b(?:lon|lng)\w*\s*[:=]?\s*{_DECIMAL}", re.I
)


def has_address(text: str) -> bool:
    """Say whether an address stands in a text: a road, its name and a number, or where one lives."""
    if any(_is_address(found, text) for found in _ADDRESS.finditer(text)):
        return True
    if any(not found["name"][0].islower() for found in _LIVES.finditer(text)):
        return True
    return _ENGLISH_ADDRESS.search(text) is not None


def _is_address(found: re.Match[str], text: str) -> bool:
    name = found["name"]
    if _COURSES.fullmatch(found["road"]) and not _STREETS.match(name):
        return False
    has_capital = any(
        each[:1].isupper() or each[:1].isdigit() for each in re.split(r"[\s'’.]+", name)
    )
    is_whole = not text[: found.start()].strip() and len(text[found.end() :].split()) <= 4
    return has_capital or (is_whole and len(name.split()) <= 3)


def has_birth_date(text: str) -> bool:
    """Say whether a text tells the day somebody was born."""
    return _BIRTH.search(text) is not None


def has_titled_name(text: str) -> bool:
    """Say whether a text calls somebody by name: ``la sig.ra Rossi``, ``cognome: Rossi``."""
    named = (each["name"].casefold() for each in _TITLED.finditer(text))
    return any(each not in _NO_NAME for each in named) or _LABELLED.search(text) is not None


def has_coordinates(text: str) -> bool:
    """Say whether a text holds a precise place: a pair of degrees with three decimals, or minutes."""
    if _DMS.search(text) or _LABELLED_PAIR.search(text):
        return True
    return any(_is_place(found["a"], found["b"]) for found in _PAIR.finditer(text))


def _is_place(first: str, second: str) -> bool:
    """Say whether two numbers are a place in or near Italy; elsewhere, one with five decimals."""
    a, b = (float(each.replace(",", ".")) for each in (first, second))
    least = min(len(re.split("[.,]", each)[1]) for each in (first, second))
    if least == 3 and (first.endswith("00") or second.endswith("00")):
        return False  # thousands: 45.000 / 12.500
    return _is_near(a, b) or _is_near(b, a) or (least >= 5 and abs(a) <= 90 and abs(b) <= 180)


def _is_near(latitude: float, longitude: float) -> bool:
    return 35 <= latitude <= 48 and 6 <= longitude <= 19
