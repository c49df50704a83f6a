"""How low and how high can what is hidden be, given the sums that are published?

A second way to the ends of intervals, for tests: dense, one sum by arithmetic, the rest by HiGHS.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np


def bounds(
    matrix: np.ndarray,
    right: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    asked: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest value each unknown can have.

    Parameters
    ----------
    matrix, right
        The sums that hold: ``matrix @ unknowns == right``; shapes (sums, unknowns) and (sums,).
    low, high
        What is known of each unknown by itself.
    asked
        Which unknowns are asked for; of others the ends may stay those known. All, by default.

    Returns
    -------
    tuple of numpy.ndarray
        Ends of the interval of each; ``high`` may be infinite.

    Notes
    -----
    Unknowns that no sum ties together are solved apart. One sum is solved by interval arithmetic,
    several by linear programming (HiGHS), both exact.
    """
    lows, highs = low.astype(float).copy(), high.astype(float).copy()
    for sums, unknowns in _apart(matrix):
        part = matrix[np.ix_(sums, unknowns)]
        ends = part, right[sums], low[unknowns], high[unknowns]
        if len(sums) == 1:
            lows[unknowns], highs[unknowns] = _one_sum(*ends)
            continue
        wanted = np.arange(len(unknowns)) if asked is None else np.flatnonzero(asked[unknowns])
        at = unknowns[wanted]
        lows[at], highs[at] = _many_sums(*ends, tuple(map(int, wanted)))
    return lows, highs


def _apart(matrix: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    from scipy.sparse.csgraph import connected_components

    if not len(matrix):
        return
    touches = matrix != 0
    _, label = connected_components(touches @ touches.T, directed=False)
    for each in range(label.max() + 1):
        sums = np.flatnonzero(label == each)
        yield sums, np.flatnonzero(touches[sums].any(axis=0))


def _one_sum(
    matrix: np.ndarray, right: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    sign = matrix[0]
    least, most = np.where(sign > 0, low, -high), np.where(sign > 0, high, -low)
    lows, highs = np.empty(len(sign)), np.empty(len(sign))
    for each in range(len(sign)):
        others = np.arange(len(sign)) != each
        lowest, highest = right[0] - most[others].sum(), right[0] - least[others].sum()
        if sign[each] < 0:
            lowest, highest = -highest, -lowest
        lows[each], highs[each] = max(low[each], lowest), min(high[each], highest)
    return lows, highs


def _many_sums(
    matrix: np.ndarray,
    right: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    wanted: tuple[int, ...],
) -> tuple[np.ndarray, np.ndarray]:
    told = matrix.tobytes(), right.tobytes(), low.tobytes(), high.tobytes()
    found = _solved(matrix.shape, *told, wanted)
    return np.array(found[0]), np.array(found[1])


@lru_cache(maxsize=4096)  # a release is audited again after each cell more that is hidden
def _solved(
    shape: tuple[int, int],
    matrix: bytes,
    right: bytes,
    low: bytes,
    high: bytes,
    wanted: tuple[int, ...],
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    from scipy.optimize import linprog

    sums, values = np.frombuffer(matrix).reshape(shape), np.frombuffer(right)
    limits = [
        (a, None if np.isinf(b) else b)
        for a, b in zip(np.frombuffer(low), np.frombuffer(high), strict=True)
    ]
    ends: list[list[float]] = [[], []]
    for each in wanted:
        for side, sign in ((0, 1.0), (1, -1.0)):
            goal = np.zeros(shape[1])
            goal[each] = sign
            found = linprog(goal, A_eq=sums, b_eq=values, bounds=limits, method="highs")
            if found.status == 3:  # unbounded: nothing limits it on this side
                ends[side].append(sign * -np.inf)
            else:  # not solved means not proved: an interval of no width
                ends[side].append(sign * found.fun if found.status == 0 else 0.0)
    return tuple(ends[0]), tuple(ends[1])
