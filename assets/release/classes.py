"""Equivalence classes: who cannot be told from whom by what an outsider may know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Counts = NDArray[np.int64]

#: How a characteristic that nobody wrote down is read.
#: ``own_level``   a value of its own: the rule of the house;
#: ``match_any``   it may be any value, so it hides among all of them: the kindest reading, and
#:                 that of sdcMicro: classes can only grow;
#: ``match_none``  the outsider knows it and it is like nobody else's: the worst case; classes can
#:                 only shrink, and a record with a gap stands alone.
MissingRule = Literal["own_level", "match_any", "match_none"]
MISSING_RULES: tuple[MissingRule, ...] = ("own_level", "match_any", "match_none")


def classes(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Counts, Counts, Counts]:
    """Return the distinct combinations, the combination of each record, and their sizes.

    Returns
    -------
    combinations
        classes x columns; -1 where the characteristic is not known.
    member_of
        Index of each record's class, in the order of ``frame``.
    sizes
        Records in each class.
    """
    if frame.empty:
        nothing = np.zeros(0, dtype=np.int64)
        return np.zeros((0, len(columns)), dtype=np.int64), nothing, nothing
    codes = np.column_stack([pd.factorize(frame[name], sort=False)[0] for name in columns])
    key = np.zeros(len(frame), dtype=np.int64)
    for column in codes.T:  # one number a combination, made dense again so that it stays small
        key = np.unique(key * (column.max() + 2) + column + 1, return_inverse=True)[1].reshape(-1)
    _, first, sizes = np.unique(key, return_index=True, return_counts=True)
    return codes[first].astype(np.int64), key.astype(np.int64), sizes.astype(np.int64)


def class_sizes(
    frame: pd.DataFrame, columns: Sequence[str], missing: MissingRule = "own_level"
) -> Counts:
    """Return for each record how many records it cannot be told from, itself included.

    Parameters
    ----------
    frame
        One row a person.
    columns
        What an outsider may know.
    missing
        See ``MissingRule``. Under ``match_any`` two records belong together when they agree wherever
        both are known; that is no partition, and sizes are counted record by record.

    References
    ----------
    Templ, Kowarik, Meindl 2015, J. Statistical Software 67(4), section 4.1 (missing values match
    every category).
    """
    combinations, member_of, sizes = classes(frame, columns)
    return sizes_under(missing, combinations, sizes)[member_of]


def sizes_under(missing: MissingRule, combinations: Counts, sizes: Counts) -> Counts:
    """Return the size of each combination's class as a rule about the unknown sees it."""
    is_whole = (combinations >= 0).all(axis=1)
    if missing == "match_none":
        return np.where(is_whole, sizes, 1)
    if missing == "match_any" and not is_whole.all():
        return _compatible(combinations, sizes)
    return sizes


def _compatible(combinations: Counts, sizes: Counts) -> Counts:
    """Return for each combination the records that agree with it wherever both are known."""
    known = combinations >= 0
    pattern = known @ (1 << np.arange(known.shape[1]))
    found = np.zeros(len(sizes), dtype=np.int64)
    for mine in np.unique(pattern):
        for theirs in np.unique(pattern):
            a, b = pattern == mine, pattern == theirs
            shared = np.flatnonzero(known[a][0] & known[b][0]).tolist()
            if not shared:
                found[a] += sizes[b].sum()
                continue
            theirs_n = pd.DataFrame(combinations[b]).assign(n=sizes[b]).groupby(shared)["n"].sum()
            wanted = pd.DataFrame(combinations[a])[shared]
            matched = wanted.merge(theirs_n.reset_index(), on=shared, how="left")["n"]
            found[a] += matched.fillna(0).to_numpy(dtype=np.int64)
    return found
