"""Which hidden cells do sums tie together? A reader works each such set out by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from assets.release.optimal_problem import TINY, Problem


@dataclass(frozen=True)
class Set:
    """Hidden cells that sums tie together.

    Attributes
    ----------
    cells
        Their positions, ascending.
    part
        The sums on which one of them stands, of these cells.
    on, at, sign
        Everything on these sums, cells shown included: sum, cell, sign.
    """

    cells: np.ndarray
    part: csr_array
    on: np.ndarray
    at: np.ndarray
    sign: np.ndarray

    @cached_property
    def only(self) -> np.ndarray | None:
        """Shape (cells,): the sign of each where they stand on one sum and count once each."""
        is_plain = self.part.shape[0] == 1 and (np.abs(self.part.data) == 1).all()
        return self.part.toarray()[0] if is_plain else None

    def priced(self, price: np.ndarray, cells: int) -> np.ndarray:
        """Return what prices of the sums come to at every cell of the problem, shape (cells,)."""
        return np.bincount(self.at, weights=self.sign * price[self.on], minlength=cells)


class Tied:
    """The hidden cells in sets that sums tie together, each made when first asked for.

    Parameters
    ----------
    share
        Shape (cells,): 0 shown, above hidden, in whole or in part.
    """

    def __init__(self, problem: Problem, share: np.ndarray) -> None:
        self._problem, self._is_hidden = problem, share > TINY
        self._made: dict[int, Set] = {}

    @cached_property
    def _first(self) -> np.ndarray:
        """Shape (cells,): of each hidden cell the first of its set, -1 of others."""
        on, at, _ = self._problem.entries
        first = np.where(self._is_hidden, np.arange(len(self._is_hidden)), -1)
        here = self._is_hidden[at]
        on, at = on[here], at[here]
        last = None
        while last is None or (first != last).any():  # the lower of all on a sum, until none moves
            last = first.copy()
            least = np.full(self._problem.sums.shape[0], len(first))
            np.minimum.at(least, on, first[at])
            np.minimum.at(first, at, least[on])
            first[at] = first[first[at]]
        return first

    @property
    def sets(self) -> list[Set]:
        """Return the sets in the order of their first cells."""
        return [self.of(int(each)) for each in np.unique(self._first[self._is_hidden])]

    def of(self, cell: int) -> Set:
        """Return the set of a hidden cell."""
        first = int(self._first[cell])
        if first not in self._made:
            self._made[first] = self._set(np.flatnonzero(self._first == first))
        return self._made[first]

    def _set(self, cells: np.ndarray) -> Set:
        on, at, sign = self._problem.entries
        column = np.full(self._problem.cells, -1)
        column[cells] = np.arange(len(cells))
        touched = np.unique(on[column[at] >= 0])
        row = np.full(self._problem.sums.shape[0], -1)
        row[touched] = np.arange(len(touched))
        here = row[on] >= 0
        on, at, sign = row[on[here]], at[here], sign[here]
        own = column[at] >= 0
        ends = np.concatenate([[0], np.cumsum(np.bincount(on[own], minlength=len(touched)))])
        shape = (len(touched), len(cells))
        part = csr_array((sign[own], column[at[own]], ends), shape=shape)
        return Set(cells, part, on, at, sign)
