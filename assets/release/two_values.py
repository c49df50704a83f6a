"""Scores with only two values: their mean is a share by another name (0.2 of five is one person)."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from schemas.instruments import shipped


def implied_share(cell: Any) -> float | None:
    """Return the share that a mean of two values implies; of a change, the difference of two shares.

    None where the score has more values than two, or is not a shipped instrument's.
    """
    ends = _two_values().get(cell.subject_code)
    if ends is None or pd.isna(cell.estimate):
        return None
    low, high = ends
    if cell.indicator_code == "score_mean":
        return float((cell.estimate - low) / (high - low))
    if cell.indicator_code == "score_change":
        return float(cell.estimate / (high - low))
    return None


@cache
def _two_values() -> dict[str, tuple[float, float]]:
    return {
        code: (each.score_low, each.score_high)
        for code, each in shipped().items()
        if len(each.items) == 1 and each.is_binary
    }
