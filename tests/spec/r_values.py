"""What R computed (``reference/r``): read, and held against what our functions say.

Every number of an R script is asked for: a name that a test does not know fails it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "reference" / "r"
#: Both sides iterate; what they agree on beyond seven digits is luck.
CLOSE = 1e-7


@cache
def groups(field: str) -> dict[str, dict[str, float | None]]:
    """Return the numbers of one script: group -> name -> value, ``None`` where R has none."""
    found: dict[str, dict[str, float | None]] = {}
    for line in (FOLDER / f"{field}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, value = line.split()
        group, _, part = name.rpartition(".")
        found.setdefault(group or name, {})[part] = None if value == "NA" else float(value)
    return found


@cache
def table(name: str) -> pd.DataFrame:
    """Return one of the data sets that the scripts read."""
    return pd.read_csv(FOLDER / f"{name}.csv")


def differing(
    found: Mapping[str, float | None],
    told: Mapping[str, float | None],
    close: float = CLOSE,
) -> dict[str, tuple[float | None, float | None]]:
    """Return what is not the same: name -> (ours, R's); relative, below 1e-10 absolute."""
    names = sorted(set(found) | set(told))
    pairs = {name: (found.get(name), told.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if not _same(*pair, close)}


def _same(ours: float | None, theirs: float | None, close: float) -> bool:
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return abs(ours - theirs) <= max(close * abs(theirs), 1e-10)
