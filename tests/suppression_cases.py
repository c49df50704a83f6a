"""Tables to try exact cell suppression on: cells in order, what adds up, and where a cell stands."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

#: Total -> what makes it up, by position along a dimension; position 0 is the whole.
Tree = dict[int, tuple[int, ...]]


def flat(levels: int) -> Tree:
    """Return a dimension of a total and its levels."""
    return {0: tuple(range(1, levels + 1))}


#: Ten positions: a total, three groups, two levels in each.
GROUPED: Tree = {0: (1, 2, 3), 1: (4, 5), 2: (6, 7), 3: (8, 9)}


def table(inner: np.ndarray, trees: Sequence[Tree]) -> tuple[np.ndarray, np.ndarray]:
    """Return a table with all its totals and what adds up.

    Parameters
    ----------
    inner
        The cells that are no totals, one axis a dimension.
    trees
        One a dimension.

    Returns
    -------
    tuple of numpy.ndarray
        Values with one axis a dimension (totals at their position); sums of shape (sums, cells),
        -1 at a total and 1 at what makes it up.
    """
    full = np.asarray(inner, dtype=float)
    for axis, tree in enumerate(trees):
        full = np.moveaxis(_filled(np.moveaxis(full, axis, 0), tree), 0, axis)
    places = np.arange(full.size).reshape(full.shape)
    sums = []
    for axis, tree in enumerate(trees):
        along = np.moveaxis(places, axis, 0)
        for total, parts in tree.items():
            for rest in itertools.product(*(range(size) for size in along.shape[1:])):
                row = np.zeros(full.size)
                row[along[(total, *rest)]] = -1
                row[[along[(part, *rest)] for part in parts]] = 1
                sums.append(row)
    return full, np.array(sums)


def _filled(leaves: np.ndarray, tree: Tree) -> np.ndarray:
    size = 1 + sum(map(len, tree.values()))
    found = np.zeros((size, *leaves.shape[1:]))
    found[[place for place in range(size) if place not in tree]] = leaves
    for total in sorted(tree, reverse=True):
        found[total] = found[list(tree[total])].sum(axis=0)
    return found
