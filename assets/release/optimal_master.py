"""The integer program that proposes patterns: the rules, the cuts found so far, and HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from assets.release.linear import BEST, minimised
from assets.release.optimal_attack import Cut
from assets.release.optimal_problem import TINY, Problem, rows_of


@dataclass(frozen=True)
class Proposal:
    """What the integer program answers.

    Attributes
    ----------
    share
        Shape (cells,): the pattern, whole numbers unless relaxed; None where none was found.
    bound
        No pattern costs less.
    is_best
        Whether the pattern is proved the cheapest under the cuts so far.
    nodes
        Nodes of the search tree used.
    """

    share: np.ndarray | None
    bound: float
    is_best: bool
    nodes: int = 0


class Master:
    """The patterns not yet shown to fail, and the cheapest of them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.low = problem.is_hidden.astype(float)
        self.high = np.where(problem.is_shown & ~problem.is_hidden, 0.0, 1.0)
        self.rows = csr_array(vstack([problem.rules, _company(problem)]))
        self._prices = np.zeros(problem.cells)

    def learn(self, cuts: list[Cut]) -> None:
        """Add what failures have proved."""
        if cuts:
            rows = csr_array(np.array([cut.coefficients for cut in cuts]))
            self.rows = csr_array(vstack([self.rows, rows]))

    def relaxed(self) -> Proposal:
        """Solve with cells that may be hidden in part."""
        rows = self.rows.shape[0]
        found = minimised(
            self.problem.weights,
            csr_array(-self.rows),
            np.full(rows, -np.inf),
            np.zeros(rows),
            self.low,
            self.high,
        )
        if found.status != BEST:
            return Proposal(None, 0.0, False)
        self._prices = found.at_low
        return Proposal(found.at, found.least, False)

    def fix(self, bound: float, known: float) -> None:
        """Show for good what would cost more than the best pattern known (reduced-cost fixing)."""
        self.high = np.where(
            (self._prices > 0) & (bound + self._prices > known + TINY) & (self.low < 1),
            0.0,
            self.high,
        )

    def whole(self, nodes: int, seconds: float | None) -> Proposal:
        """Solve with whole cells within a number of nodes of the search tree."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        limits = {"node_limit": nodes, "mip_rel_gap": 0.0}
        found = milp(
            self.problem.weights,
            integrality=np.ones(self.problem.cells),
            bounds=Bounds(self.low, self.high),
            constraints=LinearConstraint(self.rows, lb=0.0),
            options=limits if seconds is None else limits | {"time_limit": seconds},
        )
        bound = 0.0 if found.mip_dual_bound is None else float(found.mip_dual_bound)
        share = None if found.x is None else np.round(found.x)
        nodes = int(found.mip_node_count or 0)
        return Proposal(share, bound, found.status == 0, nodes)


def _company(problem: Problem) -> csr_array:
    """Demand that a hidden cell has another hidden on each of its sums: alone it is no secret.

    Not of a cell that is hidden anyway and of which nothing is asked.
    """
    sums = problem.sums
    needs = problem.is_guarded | ~problem.is_hidden
    rows = [
        {int(each): 1.0 for each in cells if each != cell} | {int(cell): -1.0}
        for start, end in zip(sums.indptr[:-1], sums.indptr[1:], strict=True)
        for cells in [sums.indices[start:end]]
        for cell in cells
        if needs[cell]
    ]
    return rows_of(rows, problem.cells)
