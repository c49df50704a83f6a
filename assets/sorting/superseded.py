"""Records that a corrected file brought again: the newer file's copy counts, the older is set aside.

Only for sources that say ``supersede: record``. What belongs here: which rows are replaced. What does
not: rows of one file, or of files that nothing puts in order; those are copies (``.unique``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

#: Name of a key's column, the columns of the key, and the rows it applies to.
Key = tuple[str, tuple[str, ...], pd.Series]


def broken_superseded(
    typed: pd.DataFrame, judged: pd.Series, rank: pd.Series, keys: Sequence[Key]
) -> pd.DataFrame:
    """Return rows that a later delivery of the same source replaces.

    Parameters
    ----------
    typed
        Parsed rows of one source; only the columns of the keys are looked at.
    judged
        Rows that are otherwise good: a newer row with a mistake must not push out an older good one.
    rank
        ``supersede_rank`` of each row's delivery, on the index of ``typed``. Equal ranks are not in
        order: neither row replaces the other.
    keys
        In order; each row is held to the first key that applies to it.

    Returns
    -------
    pandas.DataFrame
        ``position``, ``column``, ``rule`` (``<column>.superseded``), in order of key and position.
    """
    found = []
    waiting = judged.astype(bool)
    for column, key, applies in keys:
        mine = waiting & applies
        rows = typed.loc[mine, list(key)]
        if len(rows):
            record = rows.groupby(list(key), dropna=False, sort=False).ngroup()
            newest = rank[mine].groupby(record).transform("max")
            replaced = rows.index[(rank[mine] < newest).to_numpy()]
            found.append(_broken(typed.index.get_indexer(replaced), column))
        waiting &= ~applies
    return pd.concat([_broken([], ""), *found], ignore_index=True)


def _broken(positions: Sequence[int] | np.ndarray, column: str) -> pd.DataFrame:
    made = pd.DataFrame({"position": pd.Series(positions, dtype="int64")})
    made["column"] = pd.Series([column] * len(made), dtype="str")
    made["rule"] = pd.Series([f"{column}.superseded"] * len(made), dtype="str")
    return made
