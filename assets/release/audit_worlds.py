"""Worlds that agree with all that is shown: how far apart can they have each hidden number?

Part of the audit; knows nothing of tables, rules or suppression. Linear programmes (HiGHS). The
questions share no unknown, so one programme asks many of them at once: its best answer is the best
of each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, NamedTuple

import numpy as np

_TOLERANCE = 1e-6


class Secret(NamedTuple):
    """An unknown that must stay unsure."""

    at: int
    truth: float
    wanted: float  # how wide its interval must be
    is_whole: bool

    def width(self, low: float, high: float) -> float:
        """Return how wide an interval is: of whole numbers, between the first and the last in it."""
        if math.isinf(high) or math.isinf(low):
            return math.inf
        if self.is_whole:
            return math.floor(high + _TOLERANCE) - math.ceil(low - _TOLERANCE)
        return high - low

    def is_safe(self, low: float, high: float) -> bool:
        """Say whether an interval seen is wide enough."""
        return self.width(low, high) >= self.wanted - _TOLERANCE * max(1.0, self.wanted)


class Found(NamedTuple):
    """A secret that can be found out: how wide its interval is, the facts that make it so."""

    at: int
    width: float
    guilty: tuple[int, ...]


class Question(NamedTuple):
    """Unknowns, what holds between them and which are secret.

    Attributes
    ----------
    lines
        (Name of the fact, whether it is an equation or else ``at most``, (unknown, coefficient)
        each, right side).
    ends
        Lowest and highest value that each unknown can have by itself.
    """

    lines: tuple[tuple[int, bool, tuple[tuple[int, float], ...], float], ...]
    ends: tuple[tuple[float, float], ...]
    secrets: tuple[Secret, ...]


#: Unknown -> how low and how high it was seen to be able to be.
Ends = dict[int, tuple[float, float]]


@dataclass
class _Search:
    """A question and how far each of its unknowns was seen to go."""

    question: Question
    low: np.ndarray
    high: np.ndarray
    open: list[Secret]
    upward: tuple[int, ...] | None = None  # the facts that stopped the first open one upwards
    found: list[Found] = field(default_factory=list)

    def see(self, world: np.ndarray) -> None:
        """Take note of a world; what it shows to be safe is closed."""
        self.low, self.high = np.minimum(self.low, world), np.maximum(self.high, world)
        first = self.open[0] if self.open else None
        self.open = [
            each for each in self.open if not each.is_safe(self.low[each.at], self.high[each.at])
        ]
        if not self.open or self.open[0] is not first:
            self.upward = None

    def stopped(self, guilty: tuple[int, ...]) -> None:
        """Note that the first open secret, pushed as far as it goes, is not wide enough yet."""
        if self.upward is None:
            self.upward = guilty
            return
        secret = self.open.pop(0)
        width = max(0.0, secret.width(self.low[secret.at], self.high[secret.at]))
        self.found.append(Found(secret.at, width, tuple(sorted({*self.upward, *guilty}))))
        self.upward = None


def too_narrow(
    questions: Sequence[Question], seen: Sequence[Ends] | None = None
) -> list[tuple[Found, ...]]:
    """Return for each question its secrets that can be found out.

    Parameters
    ----------
    seen
        Of each question how far its secrets are known to go already, unknown -> lowest and highest
        value; brought up to date.
    """
    seen = [{} for _ in questions] if seen is None else seen
    searches = [_started(*each) for each in zip(questions, seen, strict=True)]
    _all_at_once([each for each in searches if len(each.open) > 1])
    while asked := [each for each in searches if each.open]:
        _push(asked)
    for search, ends in zip(searches, seen, strict=True):
        for secret in search.question.secrets:
            ends[secret.at] = float(search.low[secret.at]), float(search.high[secret.at])
    return [tuple(each.found) for each in searches]


def _started(question: Question, seen: Ends) -> _Search:
    at = np.full(len(question.ends), np.nan)
    for secret in question.secrets:
        at[secret.at] = secret.truth
    low, high = np.where(np.isnan(at), np.inf, at), np.where(np.isnan(at), -np.inf, at)
    for unknown, (least, most) in seen.items():
        low[unknown], high[unknown] = min(low[unknown], least), max(high[unknown], most)
    is_open = [not each.is_safe(low[each.at], high[each.at]) for each in question.secrets]
    return _Search(question, low, high, list(compress(question.secrets, is_open)))


def _all_at_once(searches: list[_Search]) -> None:
    """Ask for worlds in which many secrets differ at once, each no further than it needs.

    Half of them go up while the others go down, by patterns of the bits of their number.
    """
    most = max((len(each.open) for each in searches), default=0)
    for bit in range(-1, max(0, (most - 1).bit_length())):
        for side in (-1.0, 1.0):
            asked = [each for each in searches if each.open and len(each.open) > max(bit, 0)]
            goals = []
            for search in asked:
                signs = [
                    side * (1.0 if bit < 0 or at >> bit & 1 else -1.0)
                    for at in range(len(search.open))
                ]
                goals.append(list(zip(search.open, signs, strict=True)))
            for search, world, _ in _answers(asked, goals):
                if world is not None:
                    search.see(world)


def _push(asked: list[_Search]) -> None:
    """Push the first open secret of each question: upwards first, as that end is often open."""
    goals = [[(each.open[0], -1.0 if each.upward is None else 1.0)] for each in asked]
    for search, world, guilty in _answers(asked, goals):
        first = search.open[0]
        if world is not None:
            search.see(world)
        if search.open and search.open[0] is first:
            search.stopped(guilty)


_Goal = list[tuple[Secret, float]]
_Answer = tuple[_Search, np.ndarray | None, tuple[int, ...]]


def _answers(searches: list[_Search], goals: list[_Goal]) -> list[_Answer]:
    """Solve one programme for all; where it cannot be solved, half of them each."""
    if not searches:
        return []
    found = _solved([each.question for each in searches], goals)
    if found is not None:
        return [(search, *each) for search, each in zip(searches, found, strict=True)]
    if len(searches) == 1:
        return [(searches[0], None, ())]  # not solved means not proved
    half = len(searches) // 2
    return [
        *_answers(searches[:half], goals[:half]),
        *_answers(searches[half:], goals[half:]),
    ]


def _solved(
    questions: list[Question], goals: list[_Goal]
) -> list[tuple[np.ndarray, tuple[int, ...]]] | None:
    from scipy.optimize import linprog

    sizes = [len(each.ends) for each in questions]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    bounds = np.array([end for each in questions for end in each.ends])
    goal = np.zeros(len(bounds))
    for start, wishes in zip(starts, goals, strict=False):
        for secret, sign in wishes:
            at = start + secret.at
            far = secret.wanted + 1.0  # no further than it needs: then every programme has an end
            bounds[at, 0] = max(bounds[at, 0], secret.truth - far)
            bounds[at, 1] = min(bounds[at, 1], secret.truth + far)
            goal[at] = sign / secret.wanted
    sums, limits = (_lines(questions, starts, is_sum=each) for each in (True, False))
    given: dict[str, Any] = {}
    for name, (matrix, right, _) in (("eq", sums), ("ub", limits)):
        if len(right):
            given |= {f"A_{name}": matrix, f"b_{name}": right}
    found = linprog(goal, bounds=bounds, method="highs", **given)
    if found.status != 0:
        return None
    guilty: list[set[int]] = [set() for _ in questions]
    for (_, _, names), prices in ((sums, found.eqlin.marginals), (limits, found.ineqlin.marginals)):
        for (whose, fact), price in zip(names, prices, strict=True):
            if abs(price) > 1e-9:
                guilty[whose].add(fact)
    return [
        (found.x[start : start + size], tuple(sorted(each)))
        for start, size, each in zip(starts, sizes, guilty, strict=False)
    ]


def _lines(questions: list[Question], starts: np.ndarray, *, is_sum: bool) -> tuple[Any, ...]:
    """Return the lines of one kind as a matrix, their right sides, and (question, fact) of each."""
    from scipy import sparse

    data: list[float] = []
    columns: list[int] = []
    ends, right, names = [0], [], []
    for whose, (question, start) in enumerate(zip(questions, starts, strict=False)):
        for name, kind, terms, value in question.lines:
            if kind == is_sum:
                columns.extend(start + at for at, _ in terms)
                data.extend(sign for _, sign in terms)
                ends.append(len(data))
                right.append(value)
                names.append((whose, name))
    shape = (len(right), int(starts[-1]))
    return sparse.csr_array((data, columns, ends), shape=shape), np.array(right), names
