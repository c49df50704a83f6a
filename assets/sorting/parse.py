"""Text to typed values, by the kind of the column and the spelling of the source.

A cell that cannot be read becomes null and is marked; nothing here raises with a cell, and a
missing cell is null, never zero.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from schemas.fields import Field, Kind
from schemas.reader import FAILED_FORMULA, Reader

TEXT = pd.StringDtype(na_value=pd.NA)

#: pandas type of each kind of column.
TYPES: dict[Kind, Any] = {
    "text": TEXT,
    "code": TEXT,
    "date": "datetime64[us]",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
}

#: Years outside are slips of the pen (0022), and no calendar of ours.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def parse(cells: pd.Series, declared: Field, reader: Reader) -> tuple[pd.Series, np.ndarray]:
    """Return typed values and a mask of the cells that could not be read.

    Parameters
    ----------
    cells
        Text, null where nothing was written.
    reader
        How the source spells dates, decimals, thousands, yes and no.
    """
    places, distinct = pd.factorize(cells)
    words = pd.Series(distinct, dtype=TEXT)
    words = words.mask(words.str.contains(FAILED_FORMULA, regex=True, na=False))
    typed = _PARSERS[declared.kind](words, reader)
    values = pd.Series(
        typed.array.take(places, allow_fill=True), index=cells.index, name=cells.name
    )
    values = values.astype(TYPES[declared.kind])
    failed = cells.notna().to_numpy() & values.isna().to_numpy()
    return values, failed


def _text(words: pd.Series, reader: Reader) -> pd.Series:
    return words


def _dates(words: pd.Series, reader: Reader) -> pd.Series:
    found = pd.Series(pd.NaT, index=words.index, dtype="datetime64[us]")
    # Without a digit it is no date; pandas would take 'today' and 'now' for one.
    open_words = words.where(words.str.contains("[0-9]", regex=True, na=False))
    for pattern in _patterns(reader):
        tried = pd.to_datetime(open_words.where(found.isna()), format=pattern, errors="coerce")
        found = found.fillna(tried.dt.normalize().astype("datetime64[us]"))
    years = found.dt.year
    return found.where((years >= _FIRST_YEAR) & (years <= _LAST_YEAR))


def _patterns(reader: Reader) -> list[str]:
    """Return the declared patterns, then the days of those with a time (``truncate_time`` cuts it)."""
    days = [re.split("[T ]", each, maxsplit=1)[0] for each in reader.dates if "%H" in each]
    return list(dict.fromkeys([*reader.dates, *days]))


def _numbers(words: pd.Series, reader: Reader) -> pd.Series:
    plain = words
    if reader.thousands:
        mark = re.escape(reader.thousands)
        grouped = (
            rf"\A[+-]?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{re.escape(reader.decimal)}[0-9]+)?\Z"
        )
        is_grouped = words.str.contains(grouped, regex=True, na=False)
        plain = words.mask(is_grouped, words.str.replace(reader.thousands, "", regex=False))
    shape = rf"\A[+-]?[0-9]+(?:{re.escape(reader.decimal)}[0-9]+)?\Z"
    right = plain.where(plain.str.contains(shape, regex=True, na=False))
    with_point = right.str.replace(reader.decimal, ".", regex=False)
    return pd.to_numeric(with_point, errors="coerce").astype("Float64")


def _integers(words: pd.Series, reader: Reader) -> pd.Series:
    numbers = _numbers(words, reader)
    whole = numbers.where((numbers % 1 == 0) & (numbers.abs() < 2**53))
    return whole.astype("Int64")


def _booleans(words: pd.Series, reader: Reader) -> pd.Series:
    yes = {each.casefold() for each in reader.true}
    no = {each.casefold() for each in reader.false}
    folded = [str(word).casefold() for word in words]
    values = [True if word in yes else False if word in no else pd.NA for word in folded]
    return pd.Series(pd.array(values, dtype="boolean"), index=words.index)


_PARSERS = {
    "text": _text,
    "code": _text,
    "date": _dates,
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
}
