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
    rf"(?<![\w])(?P<road>{_ROAD})\s+{_NO_ROAD}(?P<name>(?:[0-9]{{1,2}}\s+(?=[A-Z]))?{_WORD}(?:\s+{_WORD}){{0,4}}?){_NUMBER}",
    re.I,
)
_LIVES = re.compile(
    r"\b(?:abita(?:va|no|nte|re|zione)?|resident[ei]|residenza|risied\w+|domicili\w+|viv[eo]\w*|cas[ae]|lives|st[ao]nno|sta|dorm\w+|"
    r"allogg\w+|ospit[ei]|ospitat[oa]|appartament\w+|trasloc\w+|trasferi\w+|indirizzo|inquilin[oaie]|affitt\w+|famiglia|sfratt\w+)\b"
    rf"[ ,:]{{1,3}}(?:\w+ ){{0,2}}?(?:(?:in|at|di|a|da|presso|nella|sulla)\s+)?(?P<road>{_ROAD})\s+{_NO_ROAD}"
    rf"(?P<name>(?:(?:d[aei]l?|dell[aeo]?|dei|degli|delle)\s+|dell['’]\s?)?{_WORD})",
    re.I,
)
#: A road without a number is an address where it is all there is in a cell: via Roma snc, v. Roma 12.
_WHOLE = re.compile(
    rf"(?:(?:{_ROAD})\s+[\w.'’ ]{{2,40}}?,?\s+s\.?n\.?c\.?|v\.\s?(?!(?:all|nota|art|tab|pag|scheda|punto|verb|delib|sopra)\w*)"
    r"[A-ZÀ-Ü][\w.'’ ]{2,30}?,?\s+(?:n\.?\s?)?[0-9]{1,3}(?:\s?/?[A-Za-z])?)",
    re.I,
)
_STAIRCASE = re.compile(
    r"\b(?:scala|sc\.)\s?[A-Z0-9]{1,2}\b.{0,15}\b(?:int\.?|interno)\s?[0-9]+", re.I
)
_ROAD_ONLY = re.compile(
    rf"(?:{_ROAD})\s+{_NO_ROAD}(?:(?:d[aei]l?|dell[aeo]?|dei|degli|delle)\s+|dell['’]\s?)?"
    r"[A-ZÀ-Ü0-9][\w.'’]*(?: [A-ZÀ-Ü0-9][\w.'’]*){0,3}",
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
    r"\b[0-9]{1,4}\w?,? (?i:rue|avenue|boulevard|calle|strada) [\w'’ ]{0,30}[A-Z][a-z]+|"
    r"\b[0-9]{1,4}[A-Za-z]?,? (?:[A-Z][a-z]+ ){1,3}(?:Street|St\.|Road|Rd\.?|Avenue|Ave\.?|Lane|Square)\b"
)
_DAY = (
    r"(?:[0-3]?[0-9][./-][01]?[0-9][./-](?:19|20)?[0-9]{2}|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]|"
    rf"[0-3]?[0-9][°º]?\s+(?:{_MONTHS})\s+(?:19|20)[0-9]{{2}})"
)
_BIRTH = re.compile(
    r"\b(?:nat[oaie]|nascit[ae]|nasc\.|classe|compleanno|born|d\.?o\.?b\.?|d\.?d\.?n\.?|d\.\s?n\.|n\.|n[ée]+e?\s+le)(?!\w)"
    rf"(?:[^0-9]{{0,40}}?|\D{{0,8}}(?:19|20)[0-9]{{2}}\D{{1,5}})(?<![0-9])(?:{_DAY}|(?<=[ ,])[0-3]?[0-9](?:[./-][01]?[0-9]|\s(?:{_MONTHS}))(?![0-9./-]|\s[12]))",
    re.I,
)
#: A whole day so long ago, beside a word and not a law's: whose day would it be.
_LONG_AGO = re.compile(
    r"(?<![0-9./-])(?:[0-3]?[0-9][./-][01]?[0-9][./-](?:19[2-9][0-9]|200[0-4])|(?:19[2-9][0-9]|200[0-4])-[01][0-9]-[0-3][0-9])(?![0-9./-])"
)
_NO_BIRTH = re.compile(
    r"\b(?:legge|l\.|d\.? ?lgs|d\.? ?p\.? ?r|d\.? ?m\.|dgr|decreto|delibera\w*|regolamento|direttiva|sentenza|circolare|"
    r"g\.? ?u\.?|dal?|fino al|entro|assunt[oa]|assunzione|contratto|sposat[oa]|iscritt[oa]|arrivat[oa]|in italia|atto|"
    r"rep\.?|prot\.?|protocollo|costituit\w+|fondat\w+|costru\w+|statuto|rogito)\b",
    re.I,
)
_TITLE = (
    r"sig|sigg|sig\.?ra|sig\.?na|sig\.?ri|sig\.?re|signora?|signor[ei]|signorina|dott|dott\.?ssa|dr|dr\.?ssa|dottor|"
    r"dottor(?:e|essa)|avv|avvocato|prof|prof\.?ssa|professor(?:e|essa)?|ing|geom|rag|mr|mrs|ms|miss"
)
_TITLED = re.compile(
    rf"(?<![\w.])(?i:{_TITLE})(?:\.(?:ra|na|ssa|ri|re))?\.?\s+(?P<name>[A-ZÀ-Ü][\w'’]+|[A-Z]\.)"
)
_NO_NAME = {
    "presidente", "sindaco", "direttore", "direttrice", "assessore", "preside", "referente", "italiano",
    "inglese", "matematica", "responsabile", "in", "di", "e", "per", "il", "la", "si", "no",
}  # fmt: skip
#: ``Cognome: Rossi``, ``nome Mario`` inside a text.
_LABELLED = re.compile(
    r"\b(?:(?i:cognome|nominativo|nome e cognome)\s*[:=]|(?i:di nome|a nome))\s*[A-ZÀ-Ü][\w'’]+"
)
_DECIMAL = r"[+-]?[0-9]{1,3}[.,][0-9]{3,}"
_PAIR = re.compile(
    rf"(?<![0-9.,])(?P<a>{_DECIMAL})\s?[°º]?\s?[NSEWO]?(?:\s*[,;/|]\s*|\s+-\s+|\s+)[NSEW]?\s?"
    rf"(?P<b>{_DECIMAL})(?![0-9])",
    re.I,
)
_DMS = re.compile(
    r"[0-9]{1,3}\s?[°º]\s?[0-9]{1,2}(?:[.,][0-9]+)?\s?['’′](?:\s?[0-9]{1,2}(?:[.,][0-9]+)?\s?(?:[\"”″]|''|’’))?\s?[NSEWO]",
    re.I,
)
#: Links to a map and codes of squares (Open Location Code, UTM) are places by themselves.
_PLACE_CODE = re.compile(
    r"(?i:goo\.gl/maps|maps\.app\.goo\.gl|plus\.codes|w3w\.co|what3words\.com)/\w"
    r"|(?<![0-9A-Za-z+])[2-9CFGHJMPQRVWX]{8}\+[2-9CFGHJMPQRVWX]{2,3}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z+])(?=[A-Z]{0,3}[0-9])[2-9CFGHJMPQRVWX]{4}\+(?=[0-9A-Z]*[A-Z])[2-9CFGHJMPQRVWX]{2,3}(?![0-9A-Za-z])"
    r"|\b3[1-4]\s?[S-U]\s?[A-Z]{0,2}\s?[0-9]{6}(?:\.[0-9]+)?[ ,;]+[45][0-9]{6}(?![0-9])"
    r"|(?<![0-9.])[0-9]{1,2} [0-5]?[0-9] [0-5]?[0-9](?:[.,][0-9]+)? ?[NS],? [0-9]{1,3} [0-5]?[0-9] [0-5]?[0-9](?:[.,][0-9]+)? ?[EWO]\b"
)
_LABELLED_PAIR = re.compile(
    rf"\bm?lat\w*\s*[:=]?\s*{_DECIMAL}.{{0,15}}?\bm?(?:lon|lng)\w*\s*[:=]?\s*{_DECIMAL}", re.I
)


def has_address(text: str) -> bool:
    """Say whether an address stands in a text: a road, its name and a number, or where one lives."""
    if any(_is_address(found, text) for found in _ADDRESS.finditer(text)):
        return True
    if any(not _last(found["name"]).islower() for found in _LIVES.finditer(text)):
        return True
    if _WHOLE.fullmatch(text.strip()) or _STAIRCASE.search(text):
        return True
    return _ENGLISH_ADDRESS.search(text) is not None


def _last(name: str) -> str:
    return re.split(r"[\s'’]+", name)[-1][:1]


def is_road(text: str) -> bool:
    """Say whether a whole cell is a road and its name, without a number; meaningful for a column."""
    return _ROAD_ONLY.fullmatch(text) is not None and not _COURSES.match(text)


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
    if _BIRTH.search(text):
        return True
    found = _LONG_AGO.search(text)
    if found is None or _NO_BIRTH.search(text):
        return False
    beside = text[: found.start()] + text[found.end() :]
    return re.search(r"[^\W\d_]{2}|[()]", beside) is not None


def has_titled_name(text: str) -> bool:
    """Say whether a text calls somebody by name: ``la sig.ra Rossi``, ``cognome: Rossi``."""
    named = (each["name"].casefold() for each in _TITLED.finditer(text))
    return any(each not in _NO_NAME for each in named) or _LABELLED.search(text) is not None


def has_coordinates(text: str) -> bool:
    """Say whether a text holds a precise place: a pair of degrees with three decimals, or minutes."""
    if _DMS.search(text) or _LABELLED_PAIR.search(text) or _PLACE_CODE.search(text):
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
