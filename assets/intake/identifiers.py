"""What a direct identifier looks like: one detector per kind, each judging a single text.

Detectors prefer an alarm too many to one too few where the form is unmistakable (a tax code with a
wrong check letter is still a tax code), and demand context where it is not (ten digits are a
telephone only in company).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import phonenumbers
from stdnum import iban
from stdnum.it import codicefiscale

from schemas.words import Words

#: Kind of identifier -> its name for readers; the keys are what ``not_identifiers`` may release.
KINDS: dict[str, Words] = {
    "tax_code": Words(it="codice fiscale", en="tax code"),
    "email": Words(it="indirizzo e-mail", en="e-mail address"),
    "iban": Words(it="IBAN", en="IBAN"),
    "phone": Words(it="telefono", en="telephone number"),
    "health_code": Words(
        it="codice STP/ENI o tessera sanitaria", en="STP/ENI or health card number"
    ),
    "name": Words(it="nome di persona", en="person's name"),
    "address": Words(it="indirizzo", en="address"),
    "birth_date": Words(it="data di nascita", en="date of birth"),
    "account": Words(
        it="utente che ha inviato il modulo", en="user account that submitted the form"
    ),
    "device": Words(it="codice dell'apparecchio", en="device identifier"),
    "ip_address": Words(it="indirizzo IP", en="IP address"),
    "place": Words(it="coordinate geografiche", en="geographic coordinates"),
}

_GAP = r"[\s\-_./]{0,3}"
_DIGIT = "[0-9LMNPQRSTUV]"  # omocodia: digits may have become these letters
_TAX_SHAPE = ["[A-Z]"] * 6 + [_DIGIT] * 2 + ["[ABCDEHLMPRST]"] + [_DIGIT] * 2 + ["[A-Z]"]
_TAX_SHAPE += [_DIGIT] * 3 + ["[A-Z]"]
_TAX = re.compile(_GAP.join(_TAX_SHAPE), re.IGNORECASE)
_EMAIL = re.compile(r"[A-Z0-9._%+'-]+\s?@\s?(?:[A-Z0-9-]+\.)+[A-Z]{2,}", re.IGNORECASE)
_IBAN_IT = re.compile(
    r"(?<![A-Z0-9])IT[ -]?[0-9]{2}[ -]?[A-Z](?:[ -]?[0-9]){10}(?:[ -]?[A-Z0-9]){12}(?![A-Z0-9])",
    re.IGNORECASE,
)
_IBAN = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Z0-9])",
    re.IGNORECASE,
)
_HEALTH = re.compile(
    r"(?<![A-Z0-9])(?:(?:STP|ENI)(?:[\s-]?[0-9]){13}|80380(?:[\s-]?[0-9]){15})(?![0-9])",
    re.IGNORECASE,
)
_ABROAD = re.compile(
    r"(?<![0-9A-Z])(?:\+|00)[\s(]?[1-9](?:[\s./()-]{0,2}[0-9]){7,13}(?![0-9])", re.I
)
_SPACED = re.compile(
    r"(?<![0-9A-Z./-])(?:3[0-9]{2}[\s/-]{1,3}[0-9]{3}[\s/-]?[0-9]{3,4}"
    r"|0[1-9][0-9]{0,3}[\s/-]{1,3}[0-9]{5,8})(?![0-9./-])",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![0-9])(?:3[0-9]{8,9}|0[1-9][0-9]{6,9})(?![0-9])")
_CUE = re.compile(
    r"\b(?:tel|telefon\w*|cell|cellulare|mobile|phone|whatsapp|wa|chiamar\w*|recapito)\b",
    re.IGNORECASE,
)


def plain_text(text: str) -> str:
    """Return the text with look-alike digits and letters made plain and invisible marks removed."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(each for each in folded if unicodedata.category(each) != "Cf")


def has_tax_code(text: str) -> bool:
    """Say whether an Italian tax code stands in the text, omocodia and inner spaces included.

    Standing alone it counts even with a wrong check letter; inside a longer word, or with nearly
    all its digits turned to letters, only if the check letter is right.
    """
    for found in _TAX.finditer(text):
        code = re.sub(r"[^A-Z0-9]", "", found[0].upper())
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        alone = not (before.isalnum() or after.isalnum())
        digits_n = sum(each.isdigit() for each in code)
        if codicefiscale.is_valid(code):
            if digits_n >= 3 or (alone and len(found[0]) == 16):
                return True
        elif alone and digits_n >= 4 and _is_birth_day(code):
            return True
    return False


def _is_birth_day(code: str) -> bool:
    """Say whether the two day digits of a tax code are possible (women's days are raised by 40)."""
    day = "".join(each if each.isdigit() else str("LMNPQRSTUV".index(each)) for each in code[9:11])
    return 1 <= int(day) <= 31 or 41 <= int(day) <= 71


def has_email(text: str) -> bool:
    """Say whether an e-mail address stands in the text."""
    return _EMAIL.search(text) is not None


def has_iban(text: str) -> bool:
    """Say whether an IBAN stands in the text; foreign ones must have a right check number."""
    if _IBAN_IT.search(text):
        return True
    return any(iban.is_valid(found[0]) for found in _IBAN.finditer(text))


def has_health_code(text: str) -> bool:
    """Say whether an STP/ENI code or a health card number stands in the text."""
    return _HEALTH.search(text) is not None


def has_prefixed_phone(text: str) -> bool:
    """Say whether a telephone with a country prefix stands in the text.

    Digits that begin with 00 and are not grouped may be a number filled up with zeros: of those,
    only Italian telephones count here.
    """
    found = [each[0] for each in _ABROAD.finditer(text)]
    certain = [each for each in found if not each.isdigit() or each.startswith("0039")]
    return any(_is_number(each) for each in certain)


def has_written_phone(text: str) -> bool:
    """Say whether free text holds a telephone: grouped as one, or beside a word such as 'tel'."""
    if has_prefixed_phone(text):
        return True
    if any(_is_number(found[0]) for found in _SPACED.finditer(text)):
        return True
    if not _CUE.search(text):
        return False
    could = [*_BARE.finditer(text), *_ABROAD.finditer(text)]
    return any(_is_number(found[0]) for found in could)


def is_bare_phone(text: str) -> bool:
    """Say whether the whole cell could be an Italian telephone; meaningful for a column only."""
    digits = re.sub(r"[\s./-]", "", text)
    return _BARE.fullmatch(digits) is not None and _is_number(digits)


def _is_number(text: str) -> bool:
    text = "+" + text[2:] if text.startswith("00") else text
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, "IT"))
    except phonenumbers.NumberParseException:
        return False


#: Kinds that are looked for in every cell of every column.
EVERYWHERE: dict[str, Callable[[str], bool]] = {
    "tax_code": has_tax_code,
    "email": has_email,
    "iban": has_iban,
    "health_code": has_health_code,
}

_PERSON = (
    r"(?:utente|partecipante|bambin[oa]|minore|genitore|beneficiari[oa]|referente|assistit[oa]|"
    r"persona|alunn[oa]|ragazz[oa]|iscritt[oa]|figli[oa]|madre|padre|intestatari[oa]|paziente|"
    r"richiedente|capofamiglia|operatore|operatrice|tutor|volontari[oa]|cliente|socio|socia)"
)
_NAME_WORD = r"(?:nome|cognome|nominativo)"
_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\A(?:{pattern})\Z"))
    for kind, pattern in (
        (
            "tax_code",
            r".*\b(?:codice fiscale|cod\.? ?fisc\w*\.?|c\.?f\.?|tax code|fiscal code)\b.*|c\.f\.",
        ),
        ("iban", r".*\biban\b.*"),
        ("email", r".*\b(?:e-?mail|mail|posta elettronica|pec)\b.*"),
        (
            "phone",
            r".*\b(?:telefon\w*|tel\.?|cellulare|cell\.?|phone\w*|mobile|recapit[oi]|whatsapp)(?:\b|\Z).*",
        ),
        (
            "name",
            rf"{_NAME_WORD}|{_NAME_WORD}(?: ?[e/,&-] ?| ){_NAME_WORD}|"
            rf"(?:.*\b)?{_NAME_WORD} (?:e {_NAME_WORD} )?(?:d\w+[' ] ?)?{_PERSON}|"
            rf"{_PERSON} ?[:(-]? ?{_NAME_WORD}\)?|cognome.*|nominativ\w*|"
            r"(?:full|first|last|given|family|sur|middle)[ -]?names?|names?|surname",
        ),
        (
            "address",
            r"indirizzo(?: (?:di )?(?:residenza|domicilio|abitazione|completo))?|via(?: ?\(?(?:di )?residenza\)?)?|"
            r"via(?: ?[,/e] ?| e )(?:numero|n\.?|civico|n\. civico).*|residenza \(?via.*|"
            r"(?:home |street |postal )?address|street",
        ),
        (
            "birth_date",
            r"(?:data|luogo|luogo e data|data e luogo)(?: di)? nascita.*|nat[oa](?:/a)? (?:il|a)|"
            r"nascita|(?:date|place) of birth|birth ?(?:date|day|place)|d\.?o\.?b\.?",
        ),
    )
)
_LONGEST_HEADING = 6


def heading_kind(heading: str) -> str | None:
    """Return the kind of identifier a heading announces, or ``None``.

    A long heading is a question ("Do you have a mobile phone?"), not the name of a column.
    """
    plain = " ".join(re.sub(r"[_*:?]", " ", plain_text(heading)).casefold().split())
    if not plain or len(plain.split()) > _LONGEST_HEADING:
        return None
    return next((kind for kind, pattern in _HEADINGS if pattern.match(plain)), None)
