"""A safe pattern without a proof: hide what the cheapest way out of each failure needs.

The fallback of the exact method, and its upper bound. For each hidden cell that a reader knows too
well, the cheapest deviations from the table that would make them unsure enough are found by linear
programming, and whatever these touch is hidden (Kelly, Golden and Assad 1992, Networks 22(4),
397-417; Fischetti and Salazar 2001, section 4.4). Afterwards what is not needed is shown again.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from assets.release.linear import BEST, minimised
from assets.release.optimal_attack import Meter, unprotected
from assets.release.optimal_problem import TINY, Problem


def completed(problem: Problem, pattern: np.ndarray, meter: Meter) -> np.ndarray:
    """Hide more until every reader stays unsure enough and every rule holds.

    Returns
    -------
    numpy.ndarray
        Shape (cells,), bool. Where nothing more can be hidden it may still fall short: ask ``holds``.
    """
    found = (pattern | problem.is_hidden) & ~(problem.is_shown & ~problem.is_hidden)
    while True:
        before = int(found.sum())
        found = _ruled(problem, found)
        for reader, cell in unprotected(problem, found, meter):
            found = found | _way_out(problem, reader, cell, found, meter)
        if int(found.sum()) == before:
            return found


def thinned(problem: Problem, pattern: np.ndarray, meter: Meter, most: int) -> np.ndarray:
    """Show again what protects nothing, the dearest first, in at most ``most`` linear programs."""
    found, last = pattern.copy(), meter.solved + most
    free = np.flatnonzero(pattern & ~problem.is_hidden)
    for cell in free[np.lexsort((free, -problem.weights[free]))]:
        if meter.solved >= last:
            break
        found[cell] = False
        if not holds(problem, found, meter):
            found[cell] = True
    return found


def holds(problem: Problem, pattern: np.ndarray, meter: Meter) -> bool:
    """Say whether a pattern meets every rule and leaves every reader unsure enough."""
    if np.any(problem.is_hidden & ~pattern) or np.any(problem.rules @ pattern < -TINY):
        return False
    return not unprotected(problem, pattern, meter, is_first_only=True)


def _ruled(problem: Problem, pattern: np.ndarray) -> np.ndarray:
    """Hide the cheapest that a broken rule counts, rule by rule, until none can be mended."""
    found = pattern.copy()
    rules = problem.rules
    is_over = False
    while not is_over:
        is_over = True
        for row in np.flatnonzero(rules @ found < -TINY):
            here = slice(rules.indptr[row], rules.indptr[row + 1])
            cells, worth = rules.indices[here], rules.data[here]
            free = cells[(worth > 0) & ~found[cells] & ~problem.is_shown[cells]]
            if len(free) and worth @ found[cells] < -TINY:
                found[free[np.lexsort((free, problem.weights[free]))[0]]] = True
                is_over = False
    return found


def _way_out(
    problem: Problem, reader: int, cell: int, pattern: np.ndarray, meter: Meter
) -> np.ndarray:
    """Return what to hide so that a reader is unsure enough of a cell, by the cheapest deviations.

    One table that has the cell higher and one that has it lower, each the truth plus more and less.
    """
    from scipy.sparse import block_diag, hstack, vstack

    lower, upper, sliding = (float(each[cell]) for each in problem.levels[reader])
    wide = 10.0 * max(lower, upper, sliding)
    may = ~(problem.is_shown & ~pattern)
    down, up = (np.where(may, np.minimum(each, wide), 0) for each in problem.room[reader])
    cost = np.where(pattern, 0.0, problem.weights + TINY)
    one = hstack([problem.sums, -problem.sums])
    size = problem.cells
    ask = np.zeros((3, 4 * size))
    ask[0, [cell, size + cell]] = -1, 1
    ask[1, [2 * size + cell, 3 * size + cell]] = 1, -1
    ask[2] = ask[0] + ask[1]
    most = np.concatenate([up, down, up, down])
    meter.solved += 1
    both = csr_array(vstack([csr_array(ask), block_diag([one, one])]))
    nothing = np.zeros(2 * one.shape[0])
    found = minimised(
        np.tile(cost, 4),
        both,
        np.concatenate([np.full(3, -np.inf), nothing]),
        np.concatenate([-np.array([upper, lower, sliding]), nothing]),
        np.zeros(4 * size),
        most,
    )
    if found.status != BEST:
        return np.zeros(size, dtype=bool)
    return np.asarray((found.at.reshape(4, size) > TINY).any(axis=0))
