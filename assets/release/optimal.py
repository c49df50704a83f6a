"""Which cells to hide so that the sensitive ones stay unsure and as little as possible is lost.

The exact method of Fischetti and Salazar (2001, Management Science 47(7), 1008-1027): an integer
program with one 0-1 variable a cell proposes the cheapest pattern; linear programs play the reader
and, where the pattern gives a cell away, prove a cut that no protecting pattern violates; again,
until the pattern holds. Then no cheaper one exists.

Work is counted, not timed: rounds, nodes of the search tree, linear programs. The same table gives
the same pattern on every machine. Where the work allowed does not suffice, the best safe pattern
known is returned, and that it is not proved the cheapest. The time guard is for emergencies: when
it strikes, the pattern of that part of the table is the fallback made before any searching.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from assets.release.optimal_attack import Meter, intervals, violated
from assets.release.optimal_master import Master
from assets.release.optimal_problem import Attacker, Problem, at_least, classical, rows_of
from assets.release.optimal_repair import completed, holds, thinned

__all__ = [
    "Attacker",
    "Limits",
    "Pattern",
    "Problem",
    "at_least",
    "classical",
    "intervals",
    "rows_of",
    "suppress",
]


@dataclass(frozen=True)
class Limits:
    """How much work the search may do.

    Attributes
    ----------
    rounds
        Proposals of the integer program, for each part of the table.
    nodes
        Nodes of the search tree for a part of a hundred cells or fewer; of twice the cells a
        quarter, as each takes the longer.
    attacks
        Linear programs that play the reader, for each part of the table.
    seconds
        Guard: after this long the fallback is taken. None: no guard.
    """

    rounds: int = 60
    nodes: int = 10_000
    attacks: int = 20_000
    seconds: float | None = None


@dataclass(frozen=True)
class Pattern:
    """Which cells are hidden, what that costs, and whether anything cheaper could do.

    Attributes
    ----------
    is_hidden
        Shape (cells,), bool.
    loss
        Weights of the hidden cells added up.
    bound
        No safe pattern costs less.
    is_proved
        Whether ``loss`` is proved to be the least.
    is_safe
        Whether every reader stays unsure enough of every guarded cell; False where even hiding
        all that may be hidden does not suffice.
    rounds, attacks
        Work done.
    stopped_by
        ``''``, ``work`` or ``seconds``: what ended the search before a proof.
    """

    is_hidden: np.ndarray
    loss: float
    bound: float
    is_proved: bool
    is_safe: bool
    rounds: int = 0
    attacks: int = 0
    stopped_by: str = ""


def suppress(
    problem: Problem, limits: Limits | None = None, *, start: np.ndarray | None = None
) -> Pattern:
    """Find the pattern of least loss.

    Parameters
    ----------
    problem
        The table and its readers (``classical`` states it as the literature does).
    limits
        Work allowed.
    start
        A safe pattern already known, shape (cells,); it is never left for a dearer one.

    Returns
    -------
    Pattern
        Every part of the table that no sum or rule ties to the others is solved apart.
    """
    limits = limits or Limits()
    ends = None if limits.seconds is None else time.monotonic() + limits.seconds
    hidden = problem.is_hidden.copy()
    parts = []
    for cells in problem.apart():
        known = None if start is None else start[cells]
        part = _Search(problem.part(cells), limits, ends).run(known)
        hidden[cells] = part.is_hidden
        parts.append(part)
    return Pattern(
        hidden,
        problem.loss(hidden),
        float(sum(part.bound for part in parts)),
        all(part.is_proved for part in parts),
        all(part.is_safe for part in parts),
        sum(part.rounds for part in parts),
        sum(part.attacks for part in parts),
        max((part.stopped_by for part in parts), default="", key=("", "work", "seconds").index),
    )


class _Search:
    """The search in one part of the table."""

    def __init__(self, problem: Problem, limits: Limits, ends: float | None) -> None:
        self.problem, self.limits, self.ends = problem, limits, ends
        self.meter = Meter()
        self.bound = problem.loss(problem.is_hidden)
        self.rounds = 0
        self.nodes = int(limits.nodes * min(1.0, 100 / problem.cells) ** 2)

    def run(self, known: np.ndarray | None) -> Pattern:
        """Make a fallback, then search until it is proved or the work is used up."""
        fallback = self._fallback(known)
        self.best = fallback
        if not holds(self.problem, fallback, self.meter):
            return self._found(fallback, is_safe=False)
        self.master = Master(self.problem)
        why = self._relaxed() or self._whole()
        if why == "seconds":
            return self._found(fallback, stopped_by=why)
        return self._found(self.best, stopped_by=why)

    def _fallback(self, known: np.ndarray | None) -> np.ndarray:
        most = self.limits.attacks // 20
        made = completed(self.problem, self.problem.is_hidden, self.meter)
        made = thinned(self.problem, made, self.meter, most)
        if known is None or not holds(self.problem, known, self.meter):
            return made
        return min(made, known, key=self.problem.loss)

    def _relaxed(self) -> str:
        """Learn the cuts of the relaxed problem: most of what there is to learn, cheaply."""
        for _ in range(self.limits.rounds):
            proposal = self.master.relaxed()
            if proposal.share is None:
                return ""
            self.bound = max(self.bound, proposal.bound)
            self.master.fix(proposal.bound, self.problem.loss(self.best))
            if self._is_over():
                return self._is_over()
            cuts = violated(self.problem, proposal.share, self.meter)
            if not cuts:
                return ""
            self.master.learn(cuts)
        return ""

    def _whole(self) -> str:
        """Ask for whole patterns until one holds; it is the cheapest."""
        for _ in range(self.limits.rounds):
            if self._is_proved() or self._is_over():
                return self._is_over()
            self.rounds += 1
            proposal = self.master.whole(max(1, self.nodes), self._left())
            self.nodes -= proposal.nodes
            self.bound = max(self.bound, proposal.bound)
            if proposal.share is None:
                return self._is_over() or "work"
            cuts = violated(self.problem, proposal.share, self.meter)
            if not cuts:
                self._keep(proposal.share > 0.5)
                return "" if self._is_proved() else self._is_over() or "work"
            self.master.learn(cuts)
            self._keep(completed(self.problem, proposal.share > 0.5, self.meter))
            if self.nodes <= 0:
                return "" if self._is_proved() else "work"
        return "" if self._is_proved() else "work"

    def _keep(self, pattern: np.ndarray) -> None:
        if self.problem.loss(pattern) >= self.problem.loss(self.best):
            return
        if holds(self.problem, pattern, self.meter):
            self.best = pattern

    def _is_proved(self) -> bool:
        return self.problem.loss(self.best) <= self.bound + 1e-6 * max(1.0, abs(self.bound))

    def _left(self) -> float | None:
        return None if self.ends is None else max(0.1, self.ends - time.monotonic())

    def _is_over(self) -> str:
        if self.ends is not None and time.monotonic() > self.ends:
            return "seconds"
        return "work" if self.meter.solved > self.limits.attacks else ""

    def _found(self, pattern: np.ndarray, *, is_safe: bool = True, stopped_by: str = "") -> Pattern:
        loss = self.problem.loss(pattern)
        is_proved = is_safe and loss <= self.bound + 1e-6 * max(1.0, abs(self.bound))
        bound = loss if is_proved else min(self.bound, loss)
        return Pattern(
            pattern,
            loss,
            bound,
            is_proved,
            is_safe,
            self.rounds,
            self.meter.solved,
            "" if is_proved else stopped_by,
        )
