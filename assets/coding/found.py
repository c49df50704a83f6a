"""What still looks like an identifier in a text: the last look before a coded file is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assets.coding.normalise import check_letter
from assets.coding.shared import pattern, plain, shared

_PHONES_LEAST = 3
_PHONES_SHARE = 0.5


def kinds_in(text: str) -> list[str]:
    """Return the kinds of identifiers that stand in one text."""
    if len(text) < 6:
        return []
    upper = plain(text).upper()
    return [
        kind
        for kind, shape in shared()["found"].items()
        if (_tax_code_in(upper) if kind == "tax_code" else pattern(shape).search(upper))
    ]


def _tax_code_in(upper: str) -> bool:
    """Sixteen letters in the shape may be words: without the right check some must be digits."""
    for match in pattern(shared()["found"]["tax_code"]).finditer(upper):
        code = "".join(each for each in match[0] if each.isascii() and each.isalnum())
        digits_n = sum(each.isdigit() for each in code)
        if check_letter(code[:15]) == code[15]:
            if digits_n >= 3 or len(match[0]) == 16:
                return True
        elif digits_n >= 4:
            return True
    return False


def kinds_in_column(texts: Iterable[str]) -> dict[str, int]:
    """Return kind -> number of cells; bare numbers count as telephones where they are the rule."""
    times = Counter(texts)
    times.pop("", None)
    found: Counter[str] = Counter()
    for text, n in times.items():
        for kind in kinds_in(text):
            found[kind] += n
    phones = [text for text in times if pattern(shared()["bare_phone"]).search(text.strip())]
    if len(phones) >= max(_PHONES_LEAST, _PHONES_SHARE * len(times)):
        found["phone"] = max(found["phone"], sum(times[text] for text in phones))
    return dict(found)
