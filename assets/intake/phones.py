"""Telephones in all Italian spellings; whether digits are one, ``phonenumbers`` decides."""

from __future__ import annotations

import re

import phonenumbers

_ABROAD = re.compile(
    r"(?<![0-9A-Z])(?:\+|00|\(\+[0-9]{2}\))[\s(]?[0-9](?:[\s./()-]{0,3}[0-9]){7,13}(?![0-9])", re.I
)
#: A day or a span of hours looks like grouped digits: 02.12.2021, 06.30-12.30.
_NO_TIME = (
    r"(?![0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}(?![0-9]))"
    r"(?![0-9]{1,2}[.:][0-9]{2}\s{0,2}[/-]\s{0,2}[0-9]{1,2}[.:][0-9]{2}(?![0-9]))"
)
_GROUPED = re.compile(
    rf"(?<![0-9A-Z./,-]){_NO_TIME}"
    r"(?:\(?3[0-9]{2}(?:\)[\s./-]{0,3}|[\s./-]{1,3})(?![0-9]{3}\.[0-9]{3}(?![0-9]))[0-9](?:[\s./-]{0,2}[0-9]){5,6}"
    r"|\(?0(?:2|6|[1-9][0-9]{1,3})(?:\)[\s./-]{0,3}|[\s./-]{1,3})[0-9](?:[\s./-]{0,2}[0-9]){4,7})"
    r"(?![0-9]|[./,-][0-9])",
    re.IGNORECASE,
)
#: A mobile begun with the country's number but without its plus: 39 333 1234567.
_HOME = re.compile(r"(?<![0-9A-Z./,-])39[\s.-]{1,2}(3[0-9]{2}(?:[\s.-]{0,2}[0-9]){6,7})(?![0-9])")
_BARE = re.compile(r"(?<![0-9])(?:3[0-9]{8,9}|0[1-9][0-9]{6,9})(?![0-9])")
#: Digit by digit. Choices of a list are joined so too, but none of them comes twice.
_SINGLES = re.compile(
    r"(?<![0-9A-Z])(?<![0-9A-Z][ ./-])[30](?:[ ./-][0-9]){8,9}(?![ ./-]?[0-9])", re.I
)
#: What a spreadsheet makes of a number: 3331234567.0, 3.331234567E9.
_TYPED = re.compile(r"3[0-9]{8,9}\.0+|3\.[0-9]{6,9}[Ee]\+?0?9")
_CUE = re.compile(
    r"\b(?:tel|telefon\w*|cell|cellulare|mobile|phone|whatsapp|wa|chiamar\w*|recapito|numero di casa)\b",
    re.IGNORECASE,
)
#: Words before a number that make it something else: practice 3331234567.
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:n|nr|num|numero|cod|codice|id|prot|protocollo|pratica|tessera|ordine|fattura|rif|"
    r"riferimento|matricola|record|contratto|ticket|ref|importo|totale|saldo|euro|€)\b[\s.:°#]*)+\Z",
    re.IGNORECASE,
)

#: How far before a number such words are looked for.
_NEAR = 100


def has_prefixed_phone(text: str) -> bool:
    """Say whether a telephone with a country prefix stands in the text.

    Digits that begin with 00 and are not grouped may be a number filled up with zeros: of those,
    only Italian telephones count here.
    """
    found = [each[0] for each in _ABROAD.finditer(text)]
    certain = [each for each in found if not each.isdigit() or each.startswith("0039")]
    return any(_is_number(each) for each in certain)


def has_written_phone(text: str) -> bool:
    """Say whether a text holds a telephone: grouped as one, beside a word such as 'tel', or in prose."""
    if has_prefixed_phone(text):
        return True
    if any(_is_number(found[0]) for found in _GROUPED.finditer(text)):
        return True
    if any(_is_number(found[1]) for found in _HOME.finditer(text)):
        return True
    for found in _SINGLES.finditer(text):
        digits = re.sub("[^0-9]", "", found[0])
        if len(set(digits)) < len(digits) and _is_number(digits):
            return True
    bare = list(_BARE.finditer(text))
    if _CUE.search(text):
        commas = _GROUPED.finditer(text.replace(",", " ")) if "," in text else ()
        return any(_is_number(found[0]) for found in (*bare, *_ABROAD.finditer(text), *commas))
    return _has_bare_phone(text, bare)


def _has_bare_phone(text: str, bare: list[re.Match[str]]) -> bool:
    """Say whether ungrouped digits are a telephone for what stands around: words, or another one."""
    mobile = [
        found
        for found in bare
        if len(found[0]) == 10 or len(bare) > 1
        if not _OTHER_NUMBER.search(text[max(0, found.start() - _NEAR) : found.start()])
        and _is_number(found[0])
    ]
    if not mobile or not (len(mobile) > 1 or mobile[0][0].startswith("3")):
        return False
    rest = _BARE.sub("", text)
    has_words = re.search(r"[^\W\d_]{3}", rest) and not re.search(
        r"[A-Za-z_-]\Z", text[: mobile[0].start()]
    )
    return bool(has_words) or (len(mobile) > 1 and not re.search(r"\w", rest))


def is_typed(text: str) -> bool:
    """Say whether a cell is a mobile's digits that a spreadsheet took for a number."""
    return _TYPED.fullmatch(text) is not None


def is_bare_phone(text: str) -> bool:
    """Say whether the whole cell could be an Italian telephone; meaningful for a column only."""
    if _TYPED.fullmatch(text):
        text = f"{float(text):.0f}"
    digits = re.sub(r"[\s./()-]", "", text)
    return _BARE.fullmatch(digits) is not None and _is_number(digits)


def _is_number(text: str) -> bool:
    text = "+" + text[2:] if text.startswith("00") else text
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, "IT"))
    except phonenumbers.NumberParseException:
        return False
