"""Code lists that changed on a day: each cell is read by the list that held on the date of its row."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from assets.intake.grid import TEXT, tidy
from assets.spelling import read_dates
from schemas.columns import Column, DatedCodes
from schemas.reader import Reader


def translate_dated(
    cells: pd.Series, deciding: pd.Series, column: Column, reader: Reader
) -> pd.Series:
    """Return the codes of a column whose lists have dates.

    Parameters
    ----------
    cells
        Text of the column, null where nothing stands.
    deciding
        Text of the date of each row that decides (``Source.date_of``), as the source spells dates.

    Returns
    -------
    pandas.Series
        The code where the list of that day holds the cell, or where every list says the same; the
        cell itself elsewhere, so that sorting finds it: ``<column>.code_date`` where the list of
        another day holds it, or where the row has no date.
    """
    days = _days(deciding, reader)
    found = cells.copy()
    lists = [_tidied(each) for each in column.dated_codes]
    folded = _folded(cells)
    for each, codes in zip(column.dated_codes, lists, strict=True):
        first, last = np.datetime64(each.start or date.min), np.datetime64(each.end or date.max)
        held = (days >= first) & (days <= last)  # a row without a date compares as False
        found = found.mask(held, folded.map(codes).astype(TEXT).fillna(cells))
    same = {cell: code for cell, code in lists[0].items() if _is_everywhere(cell, code, lists)}
    return found.mask(np.isnat(days), folded.map(same).astype(TEXT).fillna(cells))


def _days(words: pd.Series, reader: Reader) -> np.ndarray:
    places, distinct = pd.factorize(words)
    read = read_dates(pd.Series(distinct, dtype=TEXT), reader)
    days = read.to_numpy(dtype="datetime64[D]")
    return np.append(days, np.datetime64("NaT", "D"))[places]  # -1, the missing, is the last


def _folded(cells: pd.Series) -> pd.Series:
    places, distinct = pd.factorize(cells)
    tidied = pd.array([tidy(str(each)) for each in distinct], dtype=TEXT)
    return pd.Series(tidied.take(places, allow_fill=True), index=cells.index)


def _tidied(each: DatedCodes) -> dict[str, str]:
    return {tidy(cell): code for cell, code in each.codes.items()}


def _is_everywhere(cell: str, code: str, lists: list[dict[str, str]]) -> bool:
    return all(each.get(cell) == code for each in lists)
