"""Text to typed values, each distinct word once, by the kind of the column and the source's spelling.

A cell that cannot be read becomes null and is marked; nothing here raises with a cell, and a
missing cell is null, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assets.spelling import TEXT, read_booleans, read_dates, read_integers, read_numbers
from schemas.field import Field, Kind
from schemas.reader import FAILED_FORMULA, Reader

#: pandas type of each kind of column.
TYPES: dict[Kind, Any] = {
    "text": TEXT,
    "code": TEXT,
    "date": "datetime64[us]",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
}
_READERS = {
    "date": read_dates,
    "integer": read_integers,
    "number": read_numbers,
    "boolean": read_booleans,
}


@dataclass(frozen=True)
class Words:
    """What the distinct words of a column mean.

    Attributes
    ----------
    values
        Typed value of each word, missing where it could not be read.
    failed
        Which words could not be read.
    """

    values: pd.Series
    failed: np.ndarray


@dataclass(frozen=True)
class Cells:
    """One column of rows by its words: ``words[codes[i]]`` stands in row i, nothing where it is -1.

    ``repeats`` is False where each row has a word of its own (a million different codes).
    """

    codes: np.ndarray
    words: pd.Index
    repeats: bool = True

    @classmethod
    def of(cls, cells: pd.Series) -> Cells:
        """Take a column apart; one that is not categorical has a word for each row."""
        if isinstance(cells.dtype, pd.CategoricalDtype):
            return cls(cells.cat.codes.to_numpy(), cells.cat.categories)
        codes = np.arange(len(cells), dtype=np.int32)
        codes[cells.isna().to_numpy()] = -1
        return cls(codes, pd.Index(cells), repeats=False)

    def holding(self, marked: np.ndarray) -> np.ndarray:
        """Say for each row whether it holds one of the marked words."""
        if not marked.any():
            return np.zeros(len(self.codes), dtype=bool)
        return np.append(marked, False)[self.codes]  # -1, no cell, is the last

    def typed(self, words: Words) -> pd.Series:
        """Return the value of each row; text as categories where the words repeat themselves."""
        if words.values.dtype != TEXT:
            return pd.Series(words.values.array.take(self.codes, allow_fill=True))
        if not self.repeats:
            return words.values.reset_index(drop=True)
        codes = np.where(self.holding(words.failed), -1, self.codes)
        made = pd.Categorical.from_codes(codes, categories=self.words, validate=False)
        return pd.Series(made)


def read_words(words: pd.Index, declared: Field, reader: Reader) -> Words:
    """Return what distinct words mean in a column.

    Parameters
    ----------
    reader
        How the source spells dates, decimals, thousands, yes and no.
    """
    if not len(words):  # a column that nobody filled in, of which there are many
        return Words(pd.Series([], dtype=TYPES[declared.kind]), np.zeros(0, dtype=bool))
    text = pd.Series(words, dtype=TEXT)
    wrong = text.str.contains(FAILED_FORMULA, regex=True, na=False)
    right = text.mask(wrong) if wrong.any() else text
    read = _READERS.get(declared.kind)
    values = (right if read is None else read(right, reader)).astype(TYPES[declared.kind])
    return Words(values, text.notna().to_numpy() & values.isna().to_numpy())


def parse(cells: pd.Series, declared: Field, reader: Reader) -> tuple[pd.Series, np.ndarray]:
    """Return typed values of rows and a mask of the cells that could not be read."""
    found = Cells.of(cells.astype("category"))
    words = read_words(found.words, declared, reader)
    return found.typed(words).astype(TYPES[declared.kind]), found.holding(words.failed)
