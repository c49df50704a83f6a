"""Codes of persons that an eye may take for one another."""

from __future__ import annotations

import re

import pandas as pd

#: A letter O for a zero, I or l for a one: alike on paper, and in most fonts.
_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1", "|": "1"})


def plain_code(code: str) -> str:
    """Return a code without what an eye passes over: case, separators, O for 0, I for 1."""
    return re.sub(r"[\W_]+", "", code.casefold()).translate(_ALIKE)


def coded_rows(codes: pd.Series) -> pd.DataFrame:
    """Return for each row with a code: its ``position``, ``code`` (a number) and ``plain`` code."""
    places, words = pd.factorize(codes)
    plain = pd.Series([plain_code(str(word)) for word in words], dtype=object, name="plain")
    made = pd.DataFrame({"position": range(len(places)), "code": places})
    return made[made["code"] >= 0].join(plain, on="code").reset_index(drop=True)


def neighbours(plain: str) -> list[str]:
    """Return the codes that come of two neighbouring characters changing places."""
    return [
        plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
        for at in range(len(plain) - 1)
        if plain[at] != plain[at + 1]
    ]
