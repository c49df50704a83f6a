"""Numbers of documents, cards and firms: a shape, a check digit where there is one, and company.

Shapes of documents are those of Presidio's Italian recognisers (MIT licence; its analyzer itself needs
spaCy, so none of it is installed), check digits python-stdnum's, addresses the standard library's.
Shapes alone are codes as well as documents, so a word such as 'passaporto' must stand before them,
or the whole column must consist of them (``column_kinds``).
"""

from __future__ import annotations

import ipaddress
import re

from stdnum import luhn

_ENDS = r"(?![0-9A-Z])"
_BEGINS = r"(?<![0-9A-Z])"
_BETWEEN = r"[^0-9]{0,25}?"

_VAT_CUE = re.compile(
    rf"\b(?:p(?:art(?:ita)?)?\.? ?i\.? ?v\.? ?a\b|vat\b){_BETWEEN}(?:IT)?[ -]?[0-9](?:[ .-]?[0-9]){{10}}{_ENDS}",
    re.I,
)
_VAT_PREFIXED = re.compile(rf"{_BEGINS}IT ?([0-9]{{11}}){_ENDS}", re.I)
_CARD = re.compile(
    r"(?<![0-9])(?<![0-9][.,+-])[2-6](?:[ .-]?[0-9]){12,18}(?![0-9A-Z])(?![.,][0-9])"
)
#: First digits and lengths of the great card networks.
_ISSUER = re.compile(
    r"4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}|"
    r"3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:6011|65[0-9]{2}|64[4-9][0-9])[0-9]{12}|"
    r"35(?:2[89]|[3-8][0-9])[0-9]{12}|(?:50|5[6-9]|6[0-9])[0-9]{10,17}"
)
_CARD_CUE = re.compile(
    r"\b(?:(?:carta|card|pan|iban)\b|visa|mastercard|maestro|amex|american express|postepay|bancomat)",
    re.I,
)
_CIE = r"C[A-Z][0-9]{5}[A-Z]{2}"
_LICENCE = r"(?:[A-Z]{2}[0-9]{7}[A-Z]|U1[BCDFGHLJKMNPRSTUWYXZ0-9]{7}[A-Z])"
_PAPER = r"[A-Z]{2}[ -]?[0-9]{7}"
_PLATE = r"[A-HJ-NPR-TV-Z]{2}[ -]?[0-9]{3}[ -]?[A-HJ-NPR-TV-Z]{2}|[A-Z]{2}[ -]?[0-9A-Z]?[0-9]{5}"
_DOCUMENTS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    kind: (
        re.compile(cue + rf".{{0,30}}?{_BEGINS}(?:{shape}){_ENDS}", re.I),
        re.compile(shape, re.I),
    )
    for kind, cue, shape in (
        (
            "identity_card",
            r"\b(?:carta (?:d['’] ?|di )?identit|c\. ?i\.|cie\b|ci\b|doc\.|documento|identity card|id card|c\.id\.)",
            rf"{_CIE}|[A-Z]{{2}}[ -]?[0-9]{{5}}[ -]?[A-Z]{{2}}|{_PAPER}|[0-9]{{7}} ?[A-Z]{{2}}",
        ),
        (
            "passport",
            r"\b(?:pass\.|passaport|pas+e?port)",
            rf"{_PAPER}|[A-Z]{{1,2}} ?[0-9]{{6,7}}|[0-9]{{8,9}}",
        ),
        ("plate", r"\b(?:targa|targat[oa]|targhe|tg\.)", _PLATE),
        (
            "permit",
            r"\b(?:permesso di sogg|pds\b|p\.d\.s|residence permit|carta di soggiorno)",
            r"[A-Z] ?[0-9]{8}|[A-Z]{2} ?[0-9]{7}|[A-Z]{1,3}[0-9]{6,9}",
        ),
        (
            "driving_licence",
            r"\b(?:patente|pat\. guida|driv\w+(?:['’]s)? licen)",
            rf"{_LICENCE}|[A-Z]{{2}} ?[0-9]{{7}} ?[A-Z]",
        ),
    )
}
_PLATE_FIRST = re.compile(rf"{_BEGINS}(?:{_PLATE})\W{{1,3}}targa", re.I)
#: Shapes rare enough for a column of nothing else; plates and permits look like any code.
_WHOLE = {
    "identity_card": _DOCUMENTS["identity_card"][1],
    "passport": re.compile(rf"{_PAPER}|[A-Z] ?[0-9]{{6}}", re.I),
    "driving_licence": _DOCUMENTS["driving_licence"][1],
}
_ALONE = {
    "identity_card": re.compile(rf"{_BEGINS}C[A-Z](?:[0-9]{{5}}| [0-9]{{5}} )[A-Z]{{2}}{_ENDS}"),
    "driving_licence": re.compile(rf"{_BEGINS}{_LICENCE}{_ENDS}"),
}
_IP4 = re.compile(r"(?<![0-9A-Za-z.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z]|\.[0-9])")
_IP6 = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])")


def is_vat(text: str) -> bool:
    """Say whether a whole cell is an Italian VAT number, or an association's tax number, by its check.

    The check is Luhn's; python-stdnum's ``iva`` also asks for a province, which associations lack.
    """
    digits = re.sub(r"(?i:\A\s*IT)|[ .-]", "", text)
    return (
        re.fullmatch(r"[0-9]{11}", digits) is not None
        and luhn.is_valid(digits)
        and digits.strip("0") != ""
    )


def has_vat_number(text: str) -> bool:
    """Say whether a VAT number stands in a text: after its name, or behind IT with a right check."""
    if _VAT_CUE.search(text):
        return True
    return any(is_vat(found[1]) for found in _VAT_PREFIXED.finditer(text))


def is_card(text: str) -> bool:
    """Say whether a whole cell is a number that a payment card can have (network, length, Luhn)."""
    digits = re.sub(r"[ .-]", "", text)
    return _ISSUER.fullmatch(digits) is not None and luhn.is_valid(digits)


def has_card(text: str) -> bool:
    """Say whether a payment card stands in a text: grouped in blocks, or beside a word for it."""
    for found in dict.fromkeys(each[0] for each in _CARD.finditer(text)):
        # Thousands have dots too, so of those all groups must be a card's.
        is_grouped = re.search(r"[ -]", found) or re.fullmatch(r"(?:[0-9]{4}\.){3}[0-9]{4}", found)
        if is_card(found) and (is_grouped or _CARD_CUE.search(text)):
            return True
    return False


#: What else has letters and digits: lot CA12345AB.
_GOODS = re.compile(
    r"\b(?:lott[oi]|modello|art\.?|articolo|prodotto|serie|seriale|matricola|cod\.?|codice|ricambio)\b",
    re.I,
)


def documents_in(text: str) -> list[str]:
    """Return the kinds of documents whose number stands in a text, after a word for it."""
    found = [kind for kind, (told, _) in _DOCUMENTS.items() if told.search(text)]
    return found if "plate" in found or not _PLATE_FIRST.search(text) else [*found, "plate"]


def documents_alone(text: str) -> list[str]:
    """Return the kinds whose shape is rare enough to count without such a word, in capitals."""
    if _GOODS.search(text):
        return []
    return [kind for kind, shape in _ALONE.items() if shape.search(text)]


def document_shapes(text: str) -> list[str]:
    """Return the kinds of documents that a whole cell has the shape of; meaningful for a column."""
    whole = text.strip()
    return [kind for kind, shape in _WHOLE.items() if shape.fullmatch(whole)]


def has_ip(text: str) -> bool:
    """Say whether an IP address stands in a text; four small numbers are a version, 1.2.3.4."""
    for found in _IP4.findall(text):
        parts = [int(each) for each in found.split(".")]
        if max(parts) <= 255 and parts[0] and (max(parts) > 20 or "ip" in text.casefold()):
            return True
    return any(_is_ip6(found) for found in _IP6.findall(text))


def _is_ip6(text: str) -> bool:
    if text.count(":") < 3 or not any(each.isdigit() for each in text):
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
