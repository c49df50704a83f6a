"""Which known characteristics may a model of change take in, and as which columns?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.estimates import UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OTHER = "_other"


#: Fewest people of a level on either side of a split (came back, lost): fewer tell nothing of it.
MIN_TOLD = 3


def collapse_sparse(values: pd.Series, minimum: int, stayed: pd.Series | None = None) -> pd.Series:
    """Join levels of fewer than ``minimum`` people; not known is a level like any other.

    With ``stayed``, also those of which fewer than three stayed or fewer than three were lost.
    Sparse levels become ``_other``; where even together they are too few, they join the most
    frequent level, so that no coefficient rests on a handful of people.
    """
    levels = values.astype("string").fillna(UNKNOWN).astype("object")
    if levels.empty:
        return levels
    counts = levels.value_counts().sort_index()
    sparse = sorted(set(counts[counts < minimum].index) | _one_sided(levels, stayed))
    if not sparse:
        return levels
    is_sparse = levels.isin(sparse)
    kept = counts.drop(sparse)
    joined = levels.where(~is_sparse, OTHER)
    is_enough = is_sparse.sum() >= minimum and OTHER not in _one_sided(joined, stayed)
    if is_enough or kept.empty:
        return joined
    return levels.where(~is_sparse, kept.idxmax())


def _one_sided(levels: pd.Series, stayed: pd.Series | None) -> set[str]:
    if stayed is None or stayed.all() or not stayed.any():
        return set()
    sides = [levels[stayed].value_counts(), levels[~stayed].value_counts()]
    return {str(each) for each in set(levels) if min(s.get(each, 0) for s in sides) < MIN_TOLD}


def design_columns(
    people: pd.DataFrame, minimum: int, stayed: pd.Series | None = None
) -> pd.DataFrame:
    """Return 0/1 columns of the covariates, the most frequent level of each left out.

    Parameters
    ----------
    people
        One row a person, one column a characteristic (text codes).
    minimum
        Fewest people a column may rest on; see :func:`collapse_sparse`.
    stayed
        Same index, who came back.

    Returns
    -------
    DataFrame
        Same rows; columns ``characteristic=level`` in fixed order, none constant or a sum of
        others.
    """
    import pandas as pd

    columns = {}
    for name in people.columns:
        levels = collapse_sparse(people[name], minimum, stayed)
        counts = levels.value_counts().sort_index()
        for level in counts.index:
            if level != counts.idxmax():
                columns[f"{name}={level}"] = (levels == level).astype("float64")
    found = pd.DataFrame(columns, index=people.index)
    return found[independent_columns(found)]


def independent_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that, with a constant, add something to those before them."""
    import numpy as np

    kept: list[str] = []
    base: np.ndarray = np.ones((len(frame), 1))
    for name in frame.columns:
        wider = np.column_stack([base, frame[name].to_numpy()])
        if np.linalg.matrix_rank(wider) > base.shape[1]:
            kept.append(str(name))
            base = wider
    return kept
