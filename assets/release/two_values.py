"""Scores with only two values: their mean is a share by another name (0.2 of five is one person)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from schemas.instruments import Instrument

#: Scale -> its two values.
Ends = Mapping[str, tuple[float, float]]


def two_valued(instruments: Mapping[str, Instrument]) -> Ends:
    """Return the scales whose score has two values: one question, answered yes or no. Parts, too.

    Parameters
    ----------
    instruments
        Every scale that is scored, the programme's own among them (``Layout.instruments``).
    """
    binary = {code: each for code, each in instruments.items() if each.is_binary}
    whole = {
        code: (each.score_low, each.score_high)
        for code, each in binary.items()
        if len(each.items) == 1
    }
    parts = {
        part.code: (0.0, 1.0) if each.scoring.method == "count" else (each.low, each.high)
        for each in binary.values()
        for part in each.parts
        if len(part.items) == 1
    }
    return parts | whole


def implied_share(cell: Any, ends: Ends) -> float | None:
    """Return the share that a mean of two values implies; of a change, the difference of two shares.

    None where the score has more values than two.
    """
    if cell.subject_code not in ends or pd.isna(cell.estimate):
        return None
    low, high = ends[cell.subject_code]
    if cell.indicator_code == "score_mean":
        return float((cell.estimate - low) / (high - low))
    if cell.indicator_code == "score_change":
        return float(cell.estimate / (high - low))
    return None
