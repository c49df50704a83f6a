"""A sheet seen from above: which cells are filled, where the table seems to lie, what its columns hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from assets.intake.cell_kinds import (
    Kind,
    are_numbered,
    is_total_label,
    is_year,
    kind_of,
    kind_of_column,
)
from assets.intake.grid import Area, Sheet, is_blank

#: How far down a heading is looked for, and how many rows say what a column holds.
FIRST_ROWS = 60
_SAMPLE = 200
_DIGIT = re.compile("[0-9]")


@dataclass(frozen=True)
class Evidence:
    """What the cells of one row say: positions unlike their column, like it, and of known text."""

    unlike: list[int]
    like: list[int]
    known: list[int]


@dataclass
class Look:
    """Where a sheet is filled.

    Attributes
    ----------
    blank
        Per column, whether each cell is blank.
    filled_n
        Filled cells of each row.
    rows
        Numbers of the rows that hold anything.
    used
        Positions of the columns that hold anything.
    skipped
        Rows that the reader of the file already knows to be no part of a table, and why.
    """

    sheet: Sheet
    blank: list[np.ndarray] = field(init=False)
    filled_n: np.ndarray = field(init=False)
    rows: np.ndarray = field(init=False)
    used: list[int] = field(init=False)
    skipped: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        """Look at every cell once."""
        self.blank = [is_blank(column) for column in self.sheet.columns]
        self.filled_n = np.zeros(self.sheet.rows_n, dtype=np.int32)
        for each in self.blank:
            self.filled_n += ~each
        known = self.sheet.typed.get("skipped", {})
        self.skipped = dict(known) if isinstance(known, dict) else {}
        for row in self.skipped:
            self.filled_n[row - 1] = 0
        self.rows = np.flatnonzero(self.filled_n) + 1
        self.used = [at for at, each in enumerate(self.blank) if not each.all()]

    def filled(self, row: int) -> list[int]:
        """Return the positions of a row's filled cells."""
        if row in self.skipped:
            return []
        return [at for at in self.used if not self.blank[at][row - 1]]

    def width(self) -> int:
        """Return how many cells a row of the table seems to fill; one odd long row does not count."""
        first = self.rows[:FIRST_ROWS]
        counts = self.filled_n[first - 1]
        together = np.diff(first) == 1
        pairs = np.minimum(counts[:-1], counts[1:])[together]
        most = int(counts.max())
        in_pairs = int(pairs.max()) if len(pairs) else most
        return in_pairs if len(first) >= 5 and most > 2 * in_pairs else most

    def areas(self, row: int) -> list[Area]:
        """Return the merged areas that a row runs through, of more than one cell and not empty."""
        return [
            each
            for each in self.sheet.merged
            if each.first_row <= row <= each.last_row and self.is_worth(each)
        ]

    def is_worth(self, area: Area) -> bool:
        """Say whether a merged area has text and more than one cell."""
        if area.first_row > self.sheet.rows_n or area.first_column >= len(self.blank):
            return False
        is_one = area.first_row == area.last_row and area.first_column == area.last_column
        return not is_one and not self.blank[area.first_column][area.first_row - 1]

    def kinds(self, rows: np.ndarray, least: int = 1) -> dict[int, Kind]:
        """Return what the columns hold, judged by at most ``_SAMPLE`` of the given rows.

        ``least``: how often a text must stand there to be one that is known.
        """
        at = pa.array(_spread_out(rows) - 1, pa.int64())
        found = {}
        for each in self.used:
            cells = self.sheet.columns[each].take(at).to_pylist()
            found[each] = kind_of_column([cell or "" for cell in cells], least)
        return found

    def probable_body(self, width: int) -> np.ndarray:
        """Return rows that are surely no heading: full enough, not among the first, not one again."""
        full = self.rows[self.filled_n[self.rows - 1] >= max(1, width * 0.5)]
        first = FIRST_ROWS if len(full) >= 400 else max(3, len(full) // 2) if len(full) >= 8 else -1
        if first < 0:
            full = np.array([row for row in full.tolist() if not self._is_total(row)], dtype=int)
            first = min(3, max(1, len(full) // 2))
        below = full[first:]
        below = _spread_out(below)
        wordy = [
            row for row in map(self.sheet.row, full[:5].tolist()) if not _DIGIT.search("".join(row))
        ]
        again = np.array([self.sheet.row(int(row)) in wordy for row in below], dtype=bool)
        return below if again.all() else below[~again]

    def _is_total(self, row: int) -> bool:
        return any(map(is_total_label, self.sheet.row(row)))


def _spread_out(rows: np.ndarray) -> np.ndarray:
    """Return at most ``_SAMPLE`` of the rows, from all over."""
    if len(rows) <= _SAMPLE:
        return rows
    return rows[np.linspace(0, len(rows) - 1, _SAMPLE).astype(np.int64)]


def evidence(cells: list[str], kinds: dict[int, Kind]) -> Evidence:
    """Compare the cells of a row with what their columns hold.

    Numbers that count on (days, years) and stand nowhere else in their columns are headings.
    """
    unlike, like, known = [], [], []
    for at, kind in kinds.items():
        cell = cells[at].strip() if at < len(cells) else ""
        if not cell:
            continue
        if kind.is_telling:
            if kind.holds(cell):
                like.append(at)
            elif kind_of(cell):
                unlike.append(at)
        elif cell.casefold() in kind.common:
            known.append(at)
    numbers = [at for at in like if kinds[at].name == "number"]
    if are_numbered([cells[at] for at in numbers]) and not any(
        cells[at].strip() in kinds[at].common or any(map(is_year, kinds[at].common))
        for at in numbers
    ):
        like = [at for at in like if at not in numbers]
        unlike = sorted([*unlike, *numbers])
    return Evidence(unlike, like, known)
