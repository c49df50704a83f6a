"""What partners decided about rows: taken out of use, or kept although they break a rule."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assets.sorting.validate import nothing_broken
from schemas.correction import REMOVED

#: Columns whose cell differs for each record that comes from one row of a file.
MELTED = ("answer_code", "answer_value", "contact_n", "item_code")
_ROW = ["delivery_id", "sheet", "row_number"]


def removed(text: pd.DataFrame, corrections: pd.DataFrame | None) -> np.ndarray:
    """Say for each record whether its partner took the row out of use.

    Parameters
    ----------
    text
        Text rows with ``delivery_id``, ``sheet`` and ``row_number``.
    corrections
        ``intake_corrections``; ``None`` where there are none.
    """
    rows = _applied(corrections, "remove")
    if not len(rows):
        return np.zeros(len(text), dtype=bool)
    return _key(text, _ROW).isin(_key(rows, _ROW))


def broken_removed(is_removed: np.ndarray) -> pd.DataFrame:
    """Return the one rule of rows taken out: they are counted as quarantined, and not judged."""
    if not is_removed.any():
        return nothing_broken()
    return pd.DataFrame({"position": is_removed.nonzero()[0], "column": "", "rule": REMOVED})


def kept(text: pd.DataFrame, broken: pd.DataFrame, corrections: pd.DataFrame | None) -> np.ndarray:
    """Say for each broken rule whether the partner asked, with a reason, to let that cell stand.

    The row and the rule name the cell; where a row becomes many records, its column letter too.
    """
    rows = _applied(corrections, "keep")
    if not len(rows) or not len(broken):
        return np.zeros(len(broken), dtype=bool)
    places = text.loc[broken["position"], [*_ROW, "cell_letter"]].reset_index(drop=True)
    places["rule"] = broken["rule"].to_numpy()
    own = broken["column"].isin(MELTED).to_numpy() & (places["cell_letter"] != "").to_numpy()
    whole = _key(places, [*_ROW, "rule"]).isin(_key(rows, [*_ROW, "rule"]))
    cell = _key(places, [*_ROW, "cell_letter", "rule"]).isin(
        _key(rows, [*_ROW, "column_letter", "rule"])
    )
    return np.where(own, cell, whole)


def _applied(corrections: pd.DataFrame | None, action: str) -> pd.DataFrame:
    if corrections is None:
        return pd.DataFrame()
    return corrections[(corrections["action"] == action) & (corrections["state"] == "applied")]


def _key(frame: pd.DataFrame, columns: list[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays(
        [frame[name].astype("int64" if name == "row_number" else "object") for name in columns]
    )
