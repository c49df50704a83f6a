"""From what a cell says to the one spelling that is coded: tax codes, names, dates, numbers."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from assets.coding.shared import pattern, plain, shared

#: What a cell holds: text as written, or what a spreadsheet typed.
Cell: TypeAlias = str | float | int | bool | date | datetime | time | timedelta | None

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_WHOLE = 2**53


def text_of(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a point, days as ISO 8601, nothing as ''."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _WHOLE:
        return str(int(cell))
    if isinstance(cell, float) and "e" in repr(cell) and 1e-6 <= abs(cell) < 1e21:
        return format(Decimal(repr(cell)), "f")  # as a browser writes it
    if isinstance(cell, datetime):
        # Excel counts days; its seconds are not exact to the last millionth.
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(cell)


def tax_code(text: str) -> str:
    """Return a tax code as issued: plain, upper case, without spaces, dots, hyphens.

    Omocodia stays as it is: it tells apart different people who would share one code. O for 0 and
    I for 1 (or the reverse), which no code has in those places, are mended where the check
    character then is right.
    """
    bare = re.sub(shared()["tax_code"]["drop"], "", plain(text).upper())
    return _mended(bare) if len(bare) == 16 and tax_code_kind(bare) is None else bare


def _mended(bare: str) -> str:
    rules = shared()["tax_code"]
    letter_of = rules["taken_for"]
    digit_of = {letter: digit for digit, letter in letter_of.items()}
    made = "".join(
        (letter_of if at in rules["letters_at"] else digit_of).get(each, each)
        for at, each in enumerate(bare)
    )
    return made if tax_code_kind(made) == "tax_code" else bare


def tax_code_kind(code: str) -> str | None:
    """Say what a normalised tax code is worth.

    Returns
    -------
    str or None
        ``tax_code`` (a right check character; STP and ENI codes, which have none, count here, so
        that a code never tells who holds one), ``tax_code_unchecked`` (the shape only), or ``None``:
        no tax code.
    """
    rules = shared()["tax_code"]
    if pattern(rules["shape"]).search(code):
        return "tax_code" if check_letter(code[:15]) == code[15] else "tax_code_unchecked"
    if pattern(rules["health"]).search(code):
        return "tax_code"
    if pattern("^[0-9]{11}$").search(code) and _is_numeric_code(code):
        return "tax_code"
    return None


def check_letter(first_15: str) -> str:
    """Return the sixteenth character of a tax code (D.M. 23/12/1976: odd and even positions)."""
    odd = shared()["tax_code"]["odd"]
    total = sum(odd[each] for each in first_15[::2])
    total += sum(int(each) if each.isdigit() else ord(each) - 65 for each in first_15[1::2])
    return chr(65 + total % 26)


def _is_numeric_code(code: str) -> bool:
    """Check the provisional code of eleven digits, which is built like a VAT number."""
    total = 0
    for position, digit in enumerate(map(int, code)):
        double = digit * 2 if position % 2 else digit
        total += double - 9 if double > 9 else double
    return total % 10 == 0


def name(text: str) -> str:
    """Return a name in capitals without accents and apostrophes, words one space apart.

    What is neither letter nor apostrophe parts words: De-Rossi and De Rossi are one.
    """
    bare = re.sub(shared()["apostrophes"], "", plain(re.sub(shared()["apostrophes"], "", text)))
    made = []
    for each in unicodedata.normalize("NFKD", bare.upper()):
        category = unicodedata.category(each)[0]
        if category != "M":
            made.append(each if category == "L" else " ")
    return _one_space("".join(made))


def name_words(text: str, *, is_surname_first: bool) -> tuple[str, ...]:
    """Return the parts by which a whole name of one column is coded; none where it has one word.

    Two words are surname and name, as from columns of their own. Where there are more nobody can
    say which belong to the surname: the words in order of the alphabet stand for the name.
    """
    words = name(text).split(" ")
    if len(words) == 2:
        return tuple(words if is_surname_first else reversed(words))
    return (" ".join(sorted(words)),) if len(words) > 2 else ()


def register_number(text: str) -> str:
    """Return the number of a register (card, contract, file) in capitals, single spaces."""
    return _one_space(re.sub("[\t\r\n]", " ", plain(text).upper()))


def _one_space(text: str) -> str:
    return " ".join(each for each in text.split(" ") if each)


def day_of(cell: Cell) -> date | None:
    """Return the day a cell states: a typed date, ISO 8601 or day/month/year; else ``None``.

    Years of two digits are not read: 21 may be a child's or a great-grandmother's.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        return None
    text = plain(cell).strip(" \t\r\n")
    iso, italian = (pattern(each).search(text) for each in shared()["date_texts"])
    parts = iso.groups() if iso else italian.groups()[::-1] if italian else None
    if parts is None:
        return None
    year, month, day = map(int, parts)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def age_on(cell: Cell, on: date) -> int | None:
    """Return completed years on a day: from a birth date, a birth year (difference) or an age."""
    born = day_of(cell)
    if born is not None:
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    else:
        text = plain(text_of(cell)).strip(" ")
        if not pattern("^[0-9]{1,4}$").search(text):
            return None
        number = int(text)
        age = on.year - number if number >= _FIRST_YEAR else number
    return age if 0 <= age <= 120 else None
