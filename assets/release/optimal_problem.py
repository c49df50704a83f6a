"""What the cell suppression problem is: a table, what a reader may know of it, what must stay unsure.

Fischetti, M. and Salazar, J. J. (2001), "Solving the cell suppression problem on tabular data with
linear constraints", Management Science 47(7), 1008-1027. Several readers, each with knowledge of
their own (a single contributor knows their own value), after Salazar-Gonzalez, J. J. (2004),
"Extending cell suppression to protect tabular data against several attackers", PSD 2004 (LNCS 3050).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

#: Smaller than this is nothing: values are counts, hours or euro.
TINY = 1e-7


@dataclass(frozen=True)
class Attacker:
    """A reader: what they know of each cell beforehand, and how unsure they must stay of it.

    Attributes
    ----------
    low, high
        Shape (cells,): what the reader knows without the table; ``high`` may be infinite. Equal
        ends: a cell they know (their own).
    lower, upper, sliding
        Shape (cells,): protection levels of a cell if it is hidden. The reader's interval must
        reach from value - ``lower`` to value + ``upper`` and be at least ``sliding`` wide. 0: none.
        What ``low`` and ``high`` already rule out cannot be asked for and is not.
    """

    low: np.ndarray
    high: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    sliding: np.ndarray

    @property
    def has_level(self) -> np.ndarray:
        """Shape (cells,): whether anything is asked of the cell once it is hidden."""
        return (self.lower > 0) | (self.upper > 0) | (self.sliding > 0)

    def but_sure_of(self, cell: int, values: np.ndarray) -> Attacker:
        """Return a reader who knows one cell besides: the single contributor to it."""
        low, high = self.low.copy(), self.high.copy()
        low[cell] = high[cell] = values[cell]
        return Attacker(low, high, self.lower, self.upper, self.sliding)

    def of(self, cells: np.ndarray) -> Attacker:
        """Return what the reader knows of some of the cells."""
        return Attacker(
            *(each[cells] for each in (self.low, self.high, self.lower, self.upper, self.sliding))
        )


@dataclass(frozen=True)
class Problem:
    """A table to be protected at the least loss.

    Attributes
    ----------
    values
        Shape (cells,).
    sums
        Shape (sums, cells), sparse: what adds up, ``sums @ values == right`` for a ``right`` that
        every reader knows (0 where a total stands among the cells).
    weights
        Shape (cells,): loss when the cell is hidden; not negative.
    is_hidden, is_shown
        Shape (cells,), bool: hidden whatever it costs; never hidden (a structural zero).
    attackers
        From whom to protect.
    rules
        Shape (rules, cells), sparse: ``rules @ pattern >= 0`` must hold besides (``at_least``).
    """

    values: np.ndarray
    sums: csr_array
    weights: np.ndarray
    is_hidden: np.ndarray
    is_shown: np.ndarray
    attackers: tuple[Attacker, ...]
    rules: csr_array = field(default_factory=lambda: csr_array((0, 0)))

    def __post_init__(self) -> None:
        """Give a problem without rules an empty matrix of the right width."""
        if not self.rules.shape[1]:
            object.__setattr__(self, "rules", csr_array((0, self.cells)))

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.values)

    @cached_property
    def entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All that stands on the sums, sum by sum: sum, cell, sign."""
        sums = self.sums
        return np.repeat(np.arange(sums.shape[0]), np.diff(sums.indptr)), sums.indices, sums.data

    @cached_property
    def room(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each reader how far below and above its value each cell may lie (shape (cells,))."""
        return [
            (np.maximum(self.values - each.low, 0.0), np.maximum(each.high - self.values, 0.0))
            for each in self.attackers
        ]

    @cached_property
    def levels(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """For each reader the protection levels that their own knowledge leaves possible."""
        return [
            (
                np.minimum(each.lower, down),
                np.minimum(each.upper, up),
                np.minimum(each.sliding, down + up),
            )
            for each, (down, up) in zip(self.attackers, self.room, strict=True)
        ]

    @cached_property
    def is_guarded(self) -> np.ndarray:
        """Shape (cells,), bool: whether anything is asked of the cell once it is hidden."""
        return np.any([each.has_level for each in self.attackers], axis=0)

    def loss(self, pattern: np.ndarray) -> float:
        """Return the weights of the hidden cells added up."""
        return float(self.weights[pattern].sum())

    def part(self, cells: np.ndarray) -> Problem:
        """Return the problem of some cells that no sum or rule ties to the others."""
        sums, rules = self.sums[:, cells], self.rules[:, cells]
        return Problem(
            self.values[cells],
            csr_array(sums[np.diff(sums.indptr) > 0]),
            self.weights[cells],
            self.is_hidden[cells],
            self.is_shown[cells],
            tuple(each.of(cells) for each in self.attackers),
            csr_array(rules[np.diff(rules.indptr) > 0]),
        )

    def apart(self) -> list[np.ndarray]:
        """Return the sets of cells that are tied together and hold one to be hidden."""
        from scipy.sparse import vstack
        from scipy.sparse.csgraph import connected_components

        touches = csr_array(abs(vstack([self.sums, self.rules])))
        _, label = connected_components(touches.T @ touches, directed=False)
        return [np.flatnonzero(label == each) for each in sorted(set(label[self.is_hidden]))]


def classical(
    values: Sequence[float],
    sums: np.ndarray,
    sensitive: dict[int, tuple[float, float, float]],
    *,
    weights: Sequence[float] | None = None,
    low: Sequence[float] | float = 0.0,
    high: Sequence[float] | float = np.inf,
    single: Sequence[int] = (),
    never: Sequence[int] = (),
) -> Problem:
    """Return the problem as the literature states it.

    Parameters
    ----------
    values, sums
        Cells and what adds up, ``sums @ values == right``; shapes (cells,) and (sums, cells).
    sensitive
        Cell -> its lower, upper and sliding protection level.
    weights
        Loss of each cell; by default its value.
    low, high
        What a reader knows beforehand, of each cell or of all.
    single
        Cells with one contributor, who knows it: each is a reader too. So two of them alone on a
        line need a third: either would subtract their own value.
    never
        Cells that must be shown.

    Returns
    -------
    Problem
        Only the sensitive cells are guarded, as in the literature.
    """
    value = np.asarray(values, dtype=float)
    levels = np.zeros((3, len(value)))
    for cell, wanted in sensitive.items():
        levels[:, cell] = wanted
    ends = [np.broadcast_to(np.asarray(each, dtype=float), value.shape) for each in (low, high)]
    outside = Attacker(ends[0], ends[1], *levels)
    inside = [outside.but_sure_of(cell, value) for cell in single]
    chosen = np.zeros((2, len(value)), dtype=bool)
    chosen[0, list(sensitive)] = True
    chosen[1, list(never)] = True
    weight = value if weights is None else np.asarray(weights, dtype=float)
    return Problem(
        value,
        csr_array(sums),
        weight,
        chosen[0],
        chosen[1],
        (outside, *(_blind(each) for each in inside)),
    )


def _blind(insider: Attacker) -> Attacker:
    """Ask nothing of the cell that the reader knows anyway."""
    is_unsure = insider.low < insider.high
    return Attacker(
        insider.low,
        insider.high,
        *(each * is_unsure for each in (insider.lower, insider.upper, insider.sliding)),
    )


def at_least(
    total: int | None, levels: Sequence[int], people: np.ndarray, minimum: np.ndarray
) -> list[dict[int, float]]:
    """Write the rule that the hidden levels of a line hold enough people, unless its total is hidden.

    Parameters
    ----------
    total, levels
        The cells of the line.
    people, minimum
        Shape (cells,): contributors, and how many the hidden ones of a line with it must reach.

    Returns
    -------
    list of dict
        Rows for ``Problem.rules``: for each level, cell -> coefficient.
    """
    found = []
    for level in levels:
        needed = float(minimum[level]) - float(people[level])
        if needed <= 0:
            continue
        row = {each: min(float(people[each]), needed) for each in levels if each != level}
        if total is not None:
            row[total] = needed
        row[level] = -needed
        found.append(row)
    return found


def rows_of(rules: Sequence[dict[int, float]], cells: int) -> csr_array:
    """Put rules (cell -> coefficient) into a sparse matrix of shape (rules, cells)."""
    at = [position for position, rule in enumerate(rules) for _ in rule]
    on = [cell for rule in rules for cell in rule]
    data = [value for rule in rules for value in rule.values()]
    return csr_array((data, (at, on)), shape=(len(rules), cells))
