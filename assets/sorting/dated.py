"""The rule of dated code lists: a code counts on the days of its own list."""

from __future__ import annotations

import pandas as pd

from assets.sorting.validate import nothing_broken
from schemas.columns import Column
from schemas.source import Source


def broken_code_dates(text: pd.DataFrame, typed: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return cells that intake left as they are because their list did not hold on the row's day.

    Parameters
    ----------
    text
        Text rows of one source on a fresh RangeIndex; codes that held are translated already.
    typed
        The same rows, parsed.
    """
    found = [
        _of_column(text[name], typed[source.date_of(name)], name, column)
        for name, column in source.columns.items()
        if column.dated_codes
    ]
    filled = [each for each in found if len(each)]
    return pd.concat(filled, ignore_index=True) if filled else nothing_broken()


def _of_column(cells: pd.Series, days: pd.Series, name: str, column: Column) -> pd.DataFrame:
    dated = column.dated_codes
    named = {_folded(cell) for each in dated for cell in each.codes}
    is_right = pd.Series(False, index=cells.index)
    for each in dated:
        held = days.notna()
        if each.start:
            held &= days >= pd.Timestamp(each.start)
        if each.end:
            held &= days <= pd.Timestamp(each.end)
        is_right |= held & cells.isin(list(each.codes.values()))
    always = set.intersection(*({*each.codes.values()} for each in dated))
    is_right |= days.isna() & cells.isin(sorted(always))
    distinct = cells.drop_duplicates().dropna()
    used = distinct[[_folded(str(each)) in named for each in distinct]]
    wrong = cells.isin(used) & ~is_right
    positions = wrong.to_numpy(dtype=bool).nonzero()[0]
    return pd.DataFrame({"position": positions, "column": name, "rule": f"{name}.code_date"})


def _folded(cell: str) -> str:
    return " ".join(cell.split()).casefold()
