"""One attack on all tables together: what can a hidden number still be, given all that is shown?

Part of the audit; shares nothing with suppression. Facts between quantities (``facts``) are one
linear programme, cut into the pieces that no fact ties together. A number is safe once two worlds
are found that agree with everything shown and in which it differs enough; the worlds found for one
number serve the others, so few programmes need solving.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.release.facts import Fact
from assets.release.reader import Key, Quantity

if TYPE_CHECKING:
    from scipy import sparse

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Narrow:
    """A hidden quantity that can be found out.

    Attributes
    ----------
    rows
        ``estimate_id`` of the rows that hide it (or, of what no row shows, of a row to hide).
    tables
        Tables whose shown numbers gave it away.
    beside
        ``estimate_id`` of the rows with those numbers: hiding one of them may help.
    """

    key: Key
    rows: tuple[str, ...]
    tables: tuple[str, ...]
    beside: tuple[str, ...]


@dataclass
class _Piece:
    """Unknowns that facts tie together, and those facts."""

    keys: list[Key]
    facts: list[Fact] = field(default_factory=list)


def narrow(known: Mapping[Key, Quantity], every_fact: Sequence[Fact]) -> list[Narrow]:
    """Return the hidden quantities whose interval is narrower than they need.

    Parameters
    ----------
    known
        What ``reader.quantities`` returns, completed by ``facts.facts``.
    every_fact
        What holds between them.
    """
    found: list[Narrow] = []
    for piece in _pieces(known, every_fact):
        found += _attack(piece, known)
    return sorted(found, key=lambda each: each.rows)


def _pieces(known: Mapping[Key, Quantity], every_fact: Sequence[Fact]) -> list[_Piece]:
    """Cut what is unknown into pieces; only those with something to protect."""
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    open_facts = []
    for fact in every_fact:
        unknown = [key for key, _ in fact.terms if not known[key].is_shown]
        if unknown:
            open_facts.append((unknown[0], fact))
            for key in unknown:
                parent.setdefault(key, key)
                parent[root(key)] = root(unknown[0])
    members: dict[Key, _Piece] = defaultdict(lambda: _Piece([]))
    for key in known:
        if key in parent:
            members[root(key)].keys.append(key)
    for key, fact in open_facts:
        members[root(key)].facts.append(fact)
    return [each for each in members.values() if any(known[key].is_needed for key in each.keys)]


#: Programmes solved in this process: a release is audited again after each cell more that is hidden,
#: and most pieces are what they were.
_SOLVED: dict[tuple[bytes, bytes, str], Any] = {}
MAX_SOLVED = 20_000


def _bytes(matrix: sparse.csr_array | None, right: np.ndarray) -> list[bytes]:
    """Return what tells one set of lines from another."""
    if matrix is None:
        return [b"none"]
    parts = (matrix.data, matrix.indices, matrix.indptr, right)
    return [repr(matrix.shape).encode(), *(each.tobytes() for each in parts)]


class _Programme:
    """A piece as a linear programme."""

    def __init__(self, piece: _Piece, known: Mapping[Key, Quantity]) -> None:
        self.piece, self.known = piece, known
        self.column = {key: at for at, key in enumerate(piece.keys)}
        self.sums, self.sums_right, self.sum_facts = self._matrix(is_sum=True)
        self.limits, self.limits_right, self.limit_facts = self._matrix(is_sum=False)
        self.bounds = [
            (None, None) if key.name.startswith("total ") else (0.0, None) for key in piece.keys
        ]
        self.content = b"".join(
            [*_bytes(self.sums, self.sums_right), *_bytes(self.limits, self.limits_right)]
        )

    def _matrix(self, *, is_sum: bool) -> tuple[sparse.csr_array | None, np.ndarray, list[Fact]]:
        from scipy import sparse

        chosen = [each for each in self.piece.facts if each.is_sum == is_sum]
        entries: list[tuple[int, int, float]] = []
        right = np.zeros(len(chosen))
        for at, fact in enumerate(chosen):
            right[at] = fact.right
            for key, sign in fact.terms:
                if key in self.column:
                    entries.append((at, self.column[key], sign))
                else:
                    right[at] -= sign * self.known[key].truth
        if not chosen:
            return None, right, chosen
        line, column, value = zip(*entries, strict=True)
        shape = (len(chosen), len(self.piece.keys))
        return sparse.coo_array((value, (line, column)), shape=shape).tocsr(), right, chosen

    def furthest(self, key: Key, sign: float) -> tuple[float, np.ndarray | None, list[Fact]]:
        """Return the end of a quantity on one side, a world where it is there, what stopped it."""
        goal = np.zeros(len(self.piece.keys))
        goal[self.column[key]] = sign
        found = self._solved(goal, self.bounds)
        if found.status in (3, 4):  # nothing limits it on this side (4: HiGHS could not say which)
            return -sign * math.inf, None, []
        if found.status != 0:
            return self.known[key].truth, None, []  # not solved means not proved
        guilty = self._guilty(self.sum_facts, found.eqlin.marginals)
        guilty += self._guilty(self.limit_facts, found.ineqlin.marginals)
        return sign * found.fun, found.x, guilty

    def worlds(self, short: Sequence[int]) -> Iterator[np.ndarray]:
        """Yield worlds in which many quantities differ at once, each no further than it needs.

        Half of them go up while the others go down, by patterns of the bits of their number.
        """
        bounds: list[tuple[float | None, float | None]] = list(self.bounds)
        weights = np.zeros(len(bounds))
        for at in short:
            quantity = self.known[self.piece.keys[at]]
            bounds[at] = (bounds[at][0], quantity.truth + quantity.wanted + 1.0)
            weights[at] = 1.0 / quantity.wanted
        for bit in range(-1, max(1, (len(short) - 1).bit_length())):
            signs = np.zeros(len(bounds))
            signs[list(short)] = [
                1.0 if bit < 0 or at >> bit & 1 else -1.0 for at in range(len(short))
            ]
            for side in (-1.0, 1.0):
                found = self._solved(side * signs * weights, bounds)
                if found.status == 0:
                    yield found.x

    def _solved(self, goal: np.ndarray, bounds: Sequence[tuple[float | None, float | None]]) -> Any:
        from scipy.optimize import linprog

        asked = (self.content, goal.tobytes(), repr(bounds))
        if asked not in _SOLVED:
            if len(_SOLVED) >= MAX_SOLVED:
                _SOLVED.clear()
            _SOLVED[asked] = linprog(
                goal,
                A_ub=self.limits,
                b_ub=self.limits_right if self.limits is not None else None,
                A_eq=self.sums,
                b_eq=self.sums_right if self.sums is not None else None,
                bounds=bounds,
                method="highs",
            )
        return _SOLVED[asked]

    @staticmethod
    def _guilty(chosen: list[Fact], prices: np.ndarray) -> list[Fact]:
        return [fact for fact, price in zip(chosen, prices, strict=True) if abs(price) > 1e-9]


def _attack(piece: _Piece, known: Mapping[Key, Quantity]) -> list[Narrow]:
    programme = _Programme(piece, known)
    truth = np.array([known[key].truth for key in piece.keys])
    low, high = truth.copy(), truth.copy()
    found = []
    short = [at for at, key in enumerate(piece.keys) if known[key].is_needed]
    if len(short) > 3:
        for other in programme.worlds(short):
            low, high = np.minimum(low, other), np.maximum(high, other)
    for at, key in enumerate(piece.keys):
        quantity = known[key]
        if not quantity.is_needed or _width(low[at], high[at], quantity) >= quantity.wanted:
            continue
        guilty: list[Fact] = []
        for sign in (-1.0, 1.0):  # upwards first: that end is often open
            end, world, stopped = programme.furthest(key, sign)
            if world is not None:
                low, high = np.minimum(low, world), np.maximum(high, world)
            low[at], high[at] = min(low[at], end), max(high[at], end)
            guilty += stopped
            if _width(low[at], high[at], quantity) >= quantity.wanted:
                break
        else:
            found.append(_told(quantity, guilty, known))
    return found


def _width(low: float, high: float, quantity: Quantity) -> float:
    if math.isinf(high) or math.isinf(low):
        return math.inf
    if quantity.is_whole:
        return math.floor(high + _TOLERANCE) - math.ceil(low - _TOLERANCE)
    return high - low + _TOLERANCE * (quantity.wanted > 0.5)


def _told(quantity: Quantity, guilty: list[Fact], known: Mapping[Key, Quantity]) -> Narrow:
    shown = [known[key] for fact in guilty for key, _ in fact.terms if known[key].is_shown]
    tables = set(quantity.tables).union(*(each.tables for each in shown))
    beside = set[str]().union(*(each.showing for each in shown))
    return Narrow(
        quantity.key, tuple(sorted(quantity.hidden)), tuple(sorted(tables)), tuple(sorted(beside))
    )
