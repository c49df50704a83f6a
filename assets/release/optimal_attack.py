"""How unsure does a pattern leave a reader? Linear programs, and the cut each failure proves.

With deviations z from the true table: maximise z[p] subject to sums @ z = 0 and, for each cell,
-down * x <= z <= up * x. A solution of its dual is a cut that every protecting pattern meets, the
capacity constraint of Fischetti and Salazar (2001), section 3, for whatever x it was found at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from assets.release.linear import BEST, ENDLESS, minimised
from assets.release.optimal_problem import TINY, Problem
from assets.release.optimal_tied import Set, Tied

#: By how much a cut (its largest coefficient is 1) must fail to count.
_VIOLATED = 1e-5
#: How near a level counts as reached: the solver's own tolerance.
_NEAR = 1e-5
#: In the relaxed problem endless room is this many times the level asked for.
_WIDE = 10.0


@dataclass(frozen=True)
class Cut:
    """``coefficients @ pattern >= 0``; negative for the cell it protects."""

    coefficients: np.ndarray


@dataclass
class Meter:
    """Counts the linear programs: the measure of work, the same on every machine.

    Attributes
    ----------
    moves
        Reader -> deviations from the table that they were seen to be able to believe, shape (cells,)
        each. Such a deviation holds against every pattern that hides all it touches, so a pattern
        much like one attacked before needs few programs. One meter serves one problem.
    """

    solved: int = 0
    moves: dict[int, list[np.ndarray]] = field(default_factory=dict)


@dataclass
class _Reach:
    """How far one reader's idea of each cell was seen to go, below and above the truth."""

    down: np.ndarray
    up: np.ndarray


def violated(problem: Problem, share: np.ndarray, meter: Meter) -> list[Cut]:
    """Return the cuts that a pattern violates.

    Parameters
    ----------
    share
        Shape (cells,): 0 shown, 1 hidden; in between, a solution of the relaxed problem.
    """
    found: list[Cut] = []
    tied = Tied(problem, share)
    for reader in range(len(problem.attackers)):
        reach = _nowhere(problem)
        for cell in _guarded(problem, reader, share):
            found += _cuts(problem, reader, int(cell), share, tied, reach, meter)
    return found


def unprotected(
    problem: Problem, pattern: np.ndarray, meter: Meter, *, is_first_only: bool = False
) -> list[tuple[int, int]]:
    """Return (reader, cell) of the hidden cells that a reader knows too well.

    Judged by how far the reader was seen to go, not by cuts: what could not be solved is not safe.
    """
    share = pattern.astype(float)
    found = []
    tied = Tied(problem, share)
    for reader in range(len(problem.attackers)):
        reach = _nowhere(problem)
        _seen_before(reach, meter.moves.get(reader, []), pattern)
        for cell in _guarded(problem, reader, share):
            if _is_enough(problem, reader, int(cell), 1.0, reach, TINY):
                continue
            _cuts(problem, reader, int(cell), share, tied, reach, meter)
            if not _is_enough(problem, reader, int(cell), 1.0, reach, _NEAR):
                found.append((reader, int(cell)))
                if is_first_only:
                    return found
    return found


def intervals(
    problem: Problem, pattern: np.ndarray, reader: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest value a reader may think each cell has.

    Returns
    -------
    tuple of numpy.ndarray
        Shape (cells,) each; of a shown cell its value twice.
    """
    share, meter = pattern.astype(float), Meter()
    low, high = problem.values.copy(), problem.values.copy()
    for each in Tied(problem, share).sets:
        for cell in each.cells:
            for side, ends in ((-1, low), (1, high)):
                far, _, _ = _extreme(problem, reader, int(cell), side, share, each, np.inf, meter)
                ends[cell] += side * far
    return low, high


def _nowhere(problem: Problem) -> _Reach:
    return _Reach(np.zeros(problem.cells), np.zeros(problem.cells))


def _seen_before(reach: _Reach, moves: list[np.ndarray], pattern: np.ndarray) -> None:
    """Take note of the deviations seen before that touch hidden cells alone."""
    if not moves:
        return
    every = np.array(moves)
    open_ones = every[~(np.abs(every[:, ~pattern]) > 0).any(axis=1)]
    if len(open_ones):
        reach.up = np.maximum(reach.up, open_ones.max(axis=0))
        reach.down = np.maximum(reach.down, -open_ones.min(axis=0))


def _guarded(problem: Problem, reader: int, share: np.ndarray) -> np.ndarray:
    levels = problem.levels[reader]
    asked = (levels[0] > TINY) | (levels[1] > TINY) | (levels[2] > TINY)
    return np.flatnonzero(asked & (share > TINY))


def _cuts(
    problem: Problem,
    reader: int,
    cell: int,
    share: np.ndarray,
    tied: Tied,
    reach: _Reach,
    meter: Meter,
) -> list[Cut]:
    """Attack a cell unless it was seen to be unsure enough; return the cuts violated."""
    if _is_enough(problem, reader, cell, share[cell], reach, TINY):
        return []
    lower, upper, sliding = (float(each[cell]) for each in problem.levels[reader])
    here = tied.of(cell)
    cells = here.cells
    is_whole = bool((share[cells] > 1 - TINY).all())
    rests, found = [], []
    for side, level in ((1, upper), (-1, lower)):
        _, moved, rest = _extreme(
            problem, reader, cell, side, share, here, max(level, sliding), meter
        )
        reach.up[cells] = np.maximum(reach.up[cells], moved)
        reach.down[cells] = np.maximum(reach.down[cells], -moved)
        if is_whole and moved.any():
            move = np.zeros(problem.cells)
            move[cells] = moved
            meter.moves.setdefault(reader, []).append(move)
        rests.append(rest)
        found.append(_cut(problem, reader, cell, [rest], level))
    found.append(_cut(problem, reader, cell, rests, sliding))
    return [each for each in found if each is not None and each.coefficients @ share < -_VIOLATED]


def _is_enough(
    problem: Problem, reader: int, cell: int, part: float, reach: _Reach, slack: float
) -> bool:
    lower, upper, sliding = (part * float(each[cell]) for each in problem.levels[reader])
    up, down = reach.up[cell] + slack, reach.down[cell] + slack
    return bool(up >= upper and down >= lower and up + down >= sliding)


def _extreme(
    problem: Problem,
    reader: int,
    cell: int,
    side: int,
    share: np.ndarray,
    here: Set,
    enough: float,
    meter: Meter,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Push a cell as far up (side 1) or down (-1) as a reader can believe, at most ``enough``.

    Returns
    -------
    tuple
        How far; the deviation of each cell of the set; what the multipliers of the sums leave over of
        the push at every cell of the problem, shape (cells,).
    """
    cells = here.cells
    down, up = (_shared(each[cells], share[cells], enough) for each in problem.room[reader])
    at = int(np.searchsorted(cells, cell))
    up[at], down[at] = min(up[at], enough), min(down[at], enough)
    if here.only is not None:
        far, moved, price = _along(here.only, at, side, down, up)
    else:
        meter.solved += 1
        far, moved, price = _programme(here.part, at, side, down, up)
    rest = here.priced(price, problem.cells)
    rest[cell] += side
    return far, moved, rest


def _programme(
    sums: csr_array, at: int, side: int, down: np.ndarray, up: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Solve by linear programming; return how far, the deviations, the price of each sum."""
    goal, nothing = np.zeros(len(up)), np.zeros(sums.shape[0])
    goal[at] = -side
    found = minimised(goal, sums, nothing, nothing, -down, up)
    if found.status == BEST:
        return max(0.0, -found.least), found.at, found.prices
    # Nothing ends it; or it was not solved, which is not proved: as if it could not be moved at all.
    return (np.inf if found.status == ENDLESS else 0.0), np.zeros(len(up)), nothing


def _along(
    sign: np.ndarray, at: int, side: int, down: np.ndarray, up: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Solve for one sum, without a linear program: the others give as far as they can."""
    toward = -side * sign[at] * sign
    room = np.where(toward > 0, up, down)
    room[at] = 0.0
    own, others = (up if side > 0 else down)[at], room.sum()
    far = float(min(own, others))
    moved = np.zeros(len(sign))
    if np.isfinite(far):
        most = np.minimum(room, far)
        moved = toward * np.clip(far - (np.cumsum(most) - most), 0.0, most)
        moved[at] = side * far
    price = -side * sign[at] if others < own else 0.0
    return far, moved, np.array([price])


def _shared(room: np.ndarray, share: np.ndarray, enough: float) -> np.ndarray:
    """Give a cell that is hidden in part its part of the room; the part of endless is not endless."""
    is_whole = share > 1 - TINY
    return np.where(is_whole, room, np.minimum(room, _WIDE * enough) * np.where(is_whole, 1, share))


def _cut(
    problem: Problem, reader: int, cell: int, rests: list[np.ndarray], level: float
) -> Cut | None:
    """Turn what dual solutions leave over into a cut, each coefficient no larger than it need be."""
    if level <= TINY:
        return None
    down, up = problem.room[reader]
    amount = np.zeros(problem.cells)
    for rest in rests:
        for sign, room in ((1, up), (-1, down)):
            used = sign * rest > TINY
            amount[used] += sign * rest[used] * room[used]
    needed = level - amount[cell]
    if needed <= TINY:
        return None
    coefficients = np.minimum(amount, needed)
    coefficients[cell] = -needed
    return Cut(coefficients / needed)
