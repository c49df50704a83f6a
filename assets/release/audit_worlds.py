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
from scipy.sparse import csr_array

from assets.release.linear import BEST, minimised

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


class Lines(NamedTuple):
    """Facts of one kind as arrays.

    Attributes
    ----------
    names
        Shape (lines,): what each fact is called.
    sizes, right
        Shape (lines,): how many unknowns it has; its right side.
    at, signs
        Shape (terms,): unknowns and coefficients, line by line.
    """

    names: np.ndarray
    sizes: np.ndarray
    right: np.ndarray
    at: np.ndarray
    signs: np.ndarray


Line = tuple[int, tuple[tuple[int, float], ...], float]


def lines_of(facts: Sequence[Line]) -> Lines:
    """Put facts (name, (unknown, coefficient) each, right side) into arrays."""
    terms = [term for _, each, _ in facts for term in each]
    return Lines(
        np.array([name for name, _, _ in facts], dtype=int),
        np.array([len(each) for _, each, _ in facts], dtype=int),
        np.array([right for _, _, right in facts], dtype=float),
        np.array([at for at, _ in terms], dtype=int),
        np.array([sign for _, sign in terms], dtype=float),
    )


class Question(NamedTuple):
    """Unknowns, what holds between them and which are secret.

    Attributes
    ----------
    at_most, sums
        What holds: no more than the right side, or just that.
    ends
        Shape (unknowns, 2): lowest and highest value that each can have by itself.
    """

    at_most: Lines
    sums: Lines
    ends: np.ndarray
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
    sizes = [len(each.ends) for each in questions]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    bounds = np.concatenate([each.ends for each in questions])
    goal = np.zeros(len(bounds))
    for start, wishes in zip(starts, goals, strict=False):
        for secret, sign in wishes:
            at = start + secret.at
            far = secret.wanted + 1.0  # no further than it needs: then every programme has an end
            bounds[at, 0] = max(bounds[at, 0], secret.truth - far)
            bounds[at, 1] = min(bounds[at, 1], secret.truth + far)
            goal[at] = sign / secret.wanted
    matrix, least, most, whose, names = _lines(questions, starts)
    found = minimised(goal, matrix, least, most, bounds[:, 0].copy(), bounds[:, 1].copy())
    if found.status != BEST:
        return None
    guilty: list[set[int]] = [set() for _ in questions]
    for row in np.flatnonzero(np.abs(found.prices) > 1e-9):
        guilty[whose[row]].add(int(names[row]))
    return [
        (found.at[start : start + size], tuple(sorted(each)))
        for start, size, each in zip(starts, sizes, guilty, strict=False)
    ]


def _lines(questions: list[Question], starts: np.ndarray) -> tuple[Any, ...]:
    """Return all lines as a matrix, their least and most, and of each the question and fact."""
    blocks = [
        (whose, start, lines)
        for every in ([each.at_most for each in questions], [each.sums for each in questions])
        for whose, (lines, start) in enumerate(zip(every, starts, strict=False))
    ]
    sizes, most, names, signs = (
        np.concatenate([getattr(lines, name) for _, _, lines in blocks])
        for name in ("sizes", "right", "names", "signs")
    )
    at = np.concatenate([start + lines.at for _, start, lines in blocks])
    whose = np.repeat([each for each, _, _ in blocks], [len(lines.names) for *_, lines in blocks])
    ends = np.concatenate([[0], np.cumsum(sizes)])
    matrix = csr_array((signs, at, ends), shape=(len(names), int(starts[-1])))
    matrix.sum_duplicates()
    at_most = sum(len(each.at_most.names) for each in questions)
    least = np.where(np.arange(len(most)) < at_most, -np.inf, most)
    return matrix, least, most, whose, names
