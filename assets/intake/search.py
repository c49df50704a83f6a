"""Look for texts in whole columns, each distinct text of a coded column once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.intake.grid import Cells, coded


def is_text(column: Cells, text: str) -> np.ndarray:
    """Say for each row whether its cell is exactly this text."""
    if pa.types.is_dictionary(column.type):
        codes, words = coded(column)
        return np.isin(codes, np.flatnonzero(np.asarray(pc.equal(words, text))))
    return np.asarray(pc.fill_null(pc.equal(column, text), False), dtype=bool)


def matches(column: Cells, pattern: str) -> np.ndarray:
    """Say for each row whether a pattern (RE2) is found in its cell."""
    if pa.types.is_dictionary(column.type):
        codes, words = coded(column)
        hit = np.asarray(pc.match_substring_regex(words, pattern))
        return np.append(hit, False)[codes].astype(bool)
    found = pc.match_substring_regex(column, pattern)
    return np.asarray(pc.fill_null(found, False), dtype=bool)
