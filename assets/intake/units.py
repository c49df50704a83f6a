"""Numbers in the unit a source declares become numbers in ours: exactly, and only where declared."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction

import pandas as pd

from assets.intake.cells import each_word
from schemas.reader import Reader

#: Digits that are enough for the nearest double, where a quotient has no end (50 minutes in hours).
_DIGITS = Context(prec=17)


def converted(cells: pd.Series, factor: Fraction, reader: Reader) -> pd.Series:
    """Return numbers times ``factor``, in the source's own spelling; other cells as they are.

    The product is exact where it can be written in digits, else rounded to 17 of them. What is no
    number in the source's spelling stays, so that sorting says that it cannot be read.
    """
    decimal, thousands = re.escape(reader.decimal), re.escape(reader.thousands)
    whole = rf"(?:[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|[0-9]+)" if reader.thousands else "[0-9]+"
    shape = re.compile(rf"\A[+-]?{whole}(?:{decimal}[0-9]+)?\Z")

    def one(cell: str) -> str:
        plain = cell.strip()
        if not shape.match(plain):
            return cell
        if reader.thousands:
            plain = plain.replace(reader.thousands, "")
        product = Fraction(plain.replace(reader.decimal, ".")) * factor
        return _spelt(product).replace(".", reader.decimal)

    return each_word(cells, one)


def _spelt(number: Fraction) -> str:
    """Return a fraction in plain digits: all of them where they end, else 17 significant ones."""
    rest, places = number.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest == 1:
        scaled = abs(number) * 10**places
        digits = str(scaled.numerator).rjust(places + 1, "0")
        text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
        return f"-{text}" if number < 0 else text
    return format(_DIGITS.divide(Decimal(number.numerator), Decimal(number.denominator)), "f")
