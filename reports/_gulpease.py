"""How easy an Italian text is to read: the Gulpease index.

Lucisano, P., & Piemontese, M. E. (1988). GULPEASE: una formula per la predizione della difficoltà dei
testi in lingua italiana. *Scuola e città*, 39(3), 110-124. Scale: below 80 hard for readers with
primary school, below 60 for lower secondary school, below 40 for upper secondary school.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What readers with lower secondary school (licenza media) read on their own.
PLAIN = 60
END = re.compile(r"[.!?…]+")
WORD = re.compile(r"[^\W_]+")


def gulpease(texts: Iterable[str]) -> float:
    """Return ``89 + (300 * sentences - 10 * letters) / words`` of some blocks of text.

    A block (a title, a paragraph) ends a sentence whether a full stop says so or not. Digits count
    as letters of their word, as characters do in the published formula.

    Raises
    ------
    ValueError
        No word at all.

    Examples
    --------
    Ten words, forty letters, two sentences: 89 + (600 - 400) / 10.

    >>> gulpease(["Anna vede sole mare rosa. Luca vede nave mare cane."])
    109.0
    """
    sentences = words = letters = 0
    for text in texts:
        parts = [part for part in END.split(text) if WORD.search(part)]
        sentences += len(parts)
        found = WORD.findall(text)
        words += len(found)
        letters += sum(map(len, found))
    if not words:
        raise ValueError("there is no word to measure")
    return 89 + (300 * sentences - 10 * letters) / words
