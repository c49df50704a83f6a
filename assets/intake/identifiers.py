"""What a direct identifier looks like: one detector per kind, each judging a single text.

Here are the kinds whose form is unmistakable: an alarm too many is preferred to one too few (a tax
code with a wrong check letter is still a tax code). What needs context is in ``phones``, ``numbers``
and ``prose``; what a heading says, in ``announced``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

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
    "vat_number": Words(it="partita IVA", en="VAT number"),
    "card": Words(it="carta di pagamento", en="payment card number"),
    "identity_card": Words(it="carta d'identità", en="identity card number"),
    "passport": Words(it="passaporto", en="passport number"),
    "driving_licence": Words(it="patente di guida", en="driving licence number"),
    "plate": Words(it="targa di un veicolo", en="licence plate"),
    "permit": Words(it="permesso di soggiorno", en="residence permit number"),
    "name": Words(it="nome di persona", en="person's name"),
    "address": Words(it="indirizzo", en="address"),
    "birth_date": Words(it="data di nascita", en="date of birth"),
    "account": Words(
        it="utente che ha inviato il modulo", en="user account that submitted the form"
    ),
    "device": Words(it="codice dell'apparecchio", en="device identifier"),
    "ip_address": Words(it="indirizzo IP", en="IP address"),
    "place": Words(it="coordinate geografiche", en="geographic coordinates"),
    "free_text": Words(it="testo libero non dichiarato", en="undeclared free text"),
}

_GAP = r"[\s\-_./]{0,3}"
# Omocodia: digits may have become these letters. O and I are what people type for 0 and 1.
_DIGIT, _LETTER = "[0-9LMNPQRSTUVOI]", "[A-Z01]"
_TAX_SHAPE = [_LETTER] * 6 + [_DIGIT] * 2 + ["[ABCDEHLMPRST]"] + [_DIGIT] * 2 + [_LETTER]
_TAX_SHAPE += [_DIGIT] * 3 + ["[A-Z]"]
_TAX = re.compile(f"(?=({_GAP.join(_TAX_SHAPE)}))", re.IGNORECASE)
#: A label may be glued to what it labels: CF and the code.
_TAX_CUE = re.compile(r"(?:fiscale|\bc\.?f\.?)\Z", re.IGNORECASE)
_TAX_DIGITS = (6, 7, 9, 10, 12, 13, 14)
# One character before the sign is enough, and keeps one endless word from costing the square of it.
_AT = r"(?:\s?@\s?|\s?[(\[]\s?(?:at|@|chiocciola)\s?[)\]]\s?|\s(?:chiocciola)\s)"
_DOT = r"(?:\.|\s\.\s|\s?(?:\b|_)punto(?:\b|_)\s?)"
_EMAIL = re.compile(
    rf"[^\s@<>()\[\],;:]{_AT}(?:(?:[^\W_](?:[\w-]*[^\W_])?{_DOT})+[^\W\d_]{{2,}}|\[[0-9A-F.:]{{7,}}\])"
    # Without any sign, both sides must look the part: anna.verdi at example.org.
    r"|[A-Z0-9][._][A-Z0-9]+\sat\s(?:[A-Z0-9-]+\.)+[A-Z]{2,}",
    re.IGNORECASE,
)
_IBAN_SHAPE = r"IT[ ./-]?[0-9]{2}[ ./-]?[A-Z](?:[ ./-]?[0-9]){10}(?:[ ./-]?[A-Z0-9]){12}"
_IBAN_IT = re.compile(rf"(?<![A-Z0-9]){_IBAN_SHAPE}(?![A-Z0-9])", re.IGNORECASE)
#: Other words may be glued to one whose check is right.
_IBAN_GLUED = re.compile(rf"(?=({_IBAN_SHAPE}))", re.IGNORECASE)
_IBAN = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?:[ ./-]?[A-Z0-9]{4}){2,7}(?:[ ./-]?[A-Z0-9]{1,3})?(?![A-Z0-9])",
    re.IGNORECASE,
)
_HEALTH = re.compile(
    r"(?<![A-Z0-9])(?:(?:S\.? ?T\.? ?P|E\.? ?N\.? ?I)\.?(?:\s?(?:n\.?|nr\.?|num\.?|numero|[:°#-]))*(?:[\s.-]?[0-9]){13}"
    r"|8[\s.-]?0[\s.-]?3[\s.-]?8[\s.-]?0(?:[\s.-]?[0-9]){15})(?![0-9])",
    re.IGNORECASE,
)


_LONG = 200
#: Wider than any gap that a detector bridges; endless ones would be looked at from each place.
_ENDLESS_GAP = re.compile(r"\s{9,}")


#: Letters of other alphabets that look like ours; a word of one alphabet alone is left as it is.
_LOOK_ALIKES = str.maketrans(
    "АВЕЗКМНОРСТУХІЈЅԚԜаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABE3KMHOPCTYXIJSQWaeopcyxijsABEZHIKMNOPTYXo",
)
_MIXED = re.compile(r"[^\W_]*[0-9A-Za-z][^\W_]*")


def plain_text(text: str) -> str:
    """Return the text with look-alike digits and letters made plain and invisible marks removed.

    Dashes of all lengths become hyphens, digits of other scripts ours, Greek and Cyrillic letters
    in a word with Latin ones the Latin letters they look like. In long texts a gap of nine blanks
    and more becomes one of eight.
    """
    if len(text) > _LONG:
        text = _ENDLESS_GAP.sub(" " * 8, text)
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    if folded.isascii():
        return folded
    made = "".join(map(_plain_mark, folded))
    return _MIXED.sub(lambda word: word[0].translate(_LOOK_ALIKES), made)


@cache
def _plain_mark(mark: str) -> str:
    if mark.isascii():
        return mark
    category = unicodedata.category(mark)
    if category == "Cf" or mark in _INVISIBLE:
        return ""
    if category == "Pd" or mark == "\u2212":
        return "-"
    return str(unicodedata.digit(mark)) if category == "Nd" else mark


#: Marks that show nothing and are not format marks by their category.
_INVISIBLE = "\u034f\u115f\u1160\u3164\uffa0\ufe0e\ufe0f"


def has_tax_code(text: str) -> bool:
    """Say whether an Italian tax code stands in the text, omocodia and inner spaces included.

    Standing alone it counts even with a wrong check letter; inside a longer word, with O or I
    typed for 0 or 1, or with nearly all its digits turned to letters, only if that letter is right.
    """
    for found in _TAX.finditer(text):
        typed = re.sub(r"[^A-Z0-9]", "", found[1].upper())
        code = _with_digits(typed)
        start, end = found.span(1)
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        is_glued = before.isalnum() and not _TAX_CUE.search(text[max(0, start - 8) : start])
        alone = not (is_glued or after.isalnum())
        digits_n = sum(each.isdigit() for each in typed)
        if codicefiscale.is_valid(code):
            is_swapped = typed != code
            if (digits_n >= 4 and alone) if is_swapped else digits_n >= 3:
                return True
            # Few digits or none: a word may look so, but hardly with a day that exists.
            if alone and len(found[1]) == 16 and (not is_swapped or _is_birth_day(code)):
                return True
        elif alone and digits_n >= 4 and typed == code and _is_birth_day(code):
            return True
    return False


def _with_digits(typed: str) -> str:
    """Return a tax code with O and I made digits where digits stand, 0 and 1 letters elsewhere."""
    return "".join(
        each.translate(_TO_DIGITS if place in _TAX_DIGITS else _TO_LETTERS)
        for place, each in enumerate(typed)
    )


_TO_DIGITS, _TO_LETTERS = str.maketrans("OI", "01"), str.maketrans("01", "OI")


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
    # A country's own list of banks ages; the check of the registry is enough.
    found = [*_IBAN_GLUED.findall(text), *_IBAN.findall(text)]
    return any(iban.is_valid(re.sub("[./]", "", each), check_country=False) for each in found)


def has_health_code(text: str) -> bool:
    """Say whether an STP/ENI code or a health card number stands in the text."""
    return _HEALTH.search(text) is not None


#: Kinds that are looked for in every cell of every column.
EVERYWHERE: dict[str, Callable[[str], bool]] = {
    "tax_code": has_tax_code,
    "email": has_email,
    "iban": has_iban,
    "health_code": has_health_code,
}
