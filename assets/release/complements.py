"""What came of choosing complements: the cells, and what else was to be had."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assets.release.optimal import Pattern


@dataclass(frozen=True)
class Chosen:
    """The cells with complements hidden, and what else was to be had.

    Attributes
    ----------
    hidden_n, by_rule_n
        Cells hidden; cells that ``secondary`` alone, the rule of thumb, would have hidden.
    is_least
        Whether the exact pattern was taken.
    is_proved
        Proved that no complements that keep the rules hide fewer cells than ``cells`` does.
    """

    cells: pd.DataFrame
    pattern: Pattern
    hidden_n: int
    by_rule_n: int
    is_least: bool
    is_proved: bool
