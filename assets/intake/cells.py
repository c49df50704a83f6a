"""The cells of one column as pandas holds them: categorical where the words repeat themselves.

Each distinct word is trimmed and translated once; a column of a million different codes stays as
it is, and only the words that a translation may touch are looked at.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets import staging
from assets.intake.grid import TEXT, Cells, coded, plain, translate

#: Rows looked at to see whether a column's words repeat themselves, and the share that says so.
_LOOKED_AT = 5_000
_REPEATS = 0.5


def text_cells(column: Cells) -> pd.Series:
    """Return the cells of a column as plain text, trimmed; missing where nothing stands."""
    return pd.Series(pd.array(_trimmed(plain(column)), dtype=TEXT))


def coded_cells(column: Cells, *, encode: bool = True) -> pd.Series:
    """Return the cells of a column, trimmed; categorical where its words repeat themselves.

    Parameters
    ----------
    encode
        False for a part of a column: only what is coded already is categorical, by the words of
        the whole column.
    """
    if not pa.types.is_dictionary(column.type) and not (encode and _repeats(column)):
        return text_cells(column)
    codes, words = coded(column)
    return _recoded(codes, pd.array(_trimmed(words), dtype=TEXT))


def each_word(
    cells: pd.Series, one: Callable[[str], str | None], touched: set[str] | None = None
) -> pd.Series:
    """Apply a function to each distinct word.

    Parameters
    ----------
    touched
        The tidy forms (``grid.tidy``) of the words that the function changes; ``None``: any. Of a
        long column whose words do not repeat themselves, only those are looked at.
    """
    if isinstance(cells.dtype, pd.CategoricalDtype):
        made = pd.array([one(str(each)) for each in cells.cat.categories], dtype=TEXT)
        return _recoded(cells.cat.codes.to_numpy(), made)
    if touched is None or len(cells) <= _LOOKED_AT:
        return translate(cells, one)
    words = pa.array(cells.array)
    odd = pc.match_substring_regex(words, r"\s|[^\x00-\x7f]")  # there tidy() does more than lower()
    named = pc.is_in(pc.ascii_lower(words), pa.array(sorted(touched), words.type))
    at = np.flatnonzero(np.asarray(pc.fill_null(pc.or_(odd, named), False)))
    if not len(at):
        return cells
    done = cells.copy()
    done.iloc[at] = translate(cells.iloc[at], one).array
    return done


def kept(cells: pd.Series, *, encode: bool = True) -> pd.api.extensions.ExtensionArray:
    """Return a column as it is staged: categorical, unless its words do not repeat themselves."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.array
    text = cells.astype(TEXT).array
    if not encode or not _repeats(pa.array(text)):
        return text
    codes, words = pd.factorize(pd.Series(text))
    return staging.coded(codes.astype(np.int32), words)


def _recoded(codes: np.ndarray, made: pd.api.extensions.ExtensionArray) -> pd.Series:
    """Return categorical cells whose word number i became ``made[i]``, perhaps equal to others."""
    places, words = pd.factorize(pd.Series(made))
    if len(words) < len(made):
        codes = np.append(places, -1).astype(np.int32)[codes]  # -1, no cell, is the last
    return pd.Series(staging.coded(codes, words))


def _repeats(column: Cells) -> bool:
    if len(column) <= _LOOKED_AT:
        return True
    return bool(pc.count_distinct(column.slice(0, _LOOKED_AT)).as_py() < _REPEATS * _LOOKED_AT)


def _trimmed(words: pa.Array) -> pa.Array:
    made = pc.utf8_trim_whitespace(words)
    return pc.if_else(pc.equal(made, ""), pa.scalar(None, made.type), made)
