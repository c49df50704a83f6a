"""One attack on all tables together: what can a hidden number still be, given all that is shown?

Part of the audit; shares nothing with suppression. Facts between quantities (``facts``) are one
linear programme, cut into the pieces that no fact ties together. A number is safe once two worlds
are found that agree with everything shown and in which it differs enough; the worlds found for one
number serve the others, and one programme asks all pieces at once, so few need solving
(``audit_worlds``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array

from assets.release.audit_worlds import Found, Line, Lines, Question, Secret, lines_of, too_narrow
from assets.release.facts import Fact
from assets.release.quantities import Quantity
from assets.release.reader import Key


@dataclass(frozen=True)
class Narrow:
    """A hidden quantity that can be found out.

    Attributes
    ----------
    width
        How wide its interval is.
    rows
        ``estimate_id`` of the rows that hide it (or, of what no row shows, of a row to hide).
    tables
        Tables whose shown numbers gave it away.
    beside
        ``estimate_id`` of the rows with those numbers: hiding one of them may help.
    """

    key: Key
    width: float
    rows: tuple[str, ...]
    tables: tuple[str, ...]
    beside: tuple[str, ...]


class Piece(NamedTuple):
    """Unknowns that facts tie together, and those facts, by position, ascending."""

    keys: tuple[int, ...]
    facts: tuple[int, ...]


#: Questions asked before and their answers: a release is audited again after each cell more that is
#: hidden, and most pieces are what they were.
Solved = dict[tuple[Piece, tuple[Secret, ...]], tuple[Found, ...]]

#: How low and how high numbers (by position) were seen to be able to be, in a release that hides no
#: more than this.
Seen = dict[int, tuple[float, float]]


class Web:
    """What holds between the quantities of some candidates, whatever is hidden of them.

    Parameters
    ----------
    known
        Every quantity, in an order that stays.
    every_fact
        What holds between them.
    """

    def __init__(self, known: Mapping[Key, Quantity], every_fact: Sequence[Fact]) -> None:
        self.keys = list(known)
        self.facts = list(every_fact)
        place = {key: at for at, key in enumerate(self.keys)}
        self._terms = [[(place[key], sign) for key, sign in fact.terms] for fact in self.facts]
        self._on = np.repeat(np.arange(len(self.facts)), [len(each) for each in self._terms])
        self._at = np.array([at for each in self._terms for at, _ in each], dtype=int)
        self._truth = [quantity.truth for quantity in known.values()]
        self._made: dict[Piece, tuple[Lines, Lines, np.ndarray]] = {}

    def pieces(self, is_open: np.ndarray, facts_n: int) -> list[Piece]:
        """Cut what is unknown, tied by the first ``facts_n`` facts, into pieces."""
        from scipy.sparse.csgraph import connected_components

        size = len(self.keys)
        here = is_open[self._at] & (self._on < facts_n)
        at, on = self._at[here], self._on[here]
        ties = coo_array((np.ones(len(at)), (at, size + on)), shape=(size + facts_n,) * 2)
        _, label = connected_components(ties, directed=False)
        keys, facts = np.unique(at), np.unique(on)
        found: dict[int, tuple[list[int], list[int]]] = {}
        for key, of in zip(keys.tolist(), label[keys].tolist(), strict=True):
            found.setdefault(of, ([], []))[0].append(key)
        for fact, of in zip(facts.tolist(), label[size + facts].tolist(), strict=True):
            found[of][1].append(fact)
        return [Piece(tuple(each), tuple(tied)) for each, tied in found.values()]

    def question(self, piece: Piece, secrets: tuple[Secret, ...]) -> Question:
        """Write a piece down as numbers alone: what is unknown, what holds, what is asked."""
        if piece not in self._made:
            self._made[piece] = *self._lines(piece), self._ends(piece)
        return Question(*self._made[piece], secrets)

    def _lines(self, piece: Piece) -> tuple[Lines, Lines]:
        column = {key: at for at, key in enumerate(piece.keys)}
        found: dict[bool, list[Line]] = {False: [], True: []}
        for position in piece.facts:
            fact, terms = self.facts[position], self._terms[position]
            unknown = tuple((column[key], sign) for key, sign in terms if key in column)
            shown = sum(sign * self._truth[key] for key, sign in terms if key not in column)
            found[fact.is_sum].append((position, unknown, fact.right - shown))
        return lines_of(found[False]), lines_of(found[True])

    def _ends(self, piece: Piece) -> np.ndarray:
        is_open = [self.keys[key].may_be_negative for key in piece.keys]
        low = np.where(is_open, -np.inf, 0.0)
        return np.column_stack([low, np.full(len(low), np.inf)])


def narrow(
    web: Web,
    known: Mapping[Key, Quantity],
    facts_n: int,
    solved: Solved | None = None,
    seen: Seen | None = None,
) -> list[Narrow]:
    """Return the hidden quantities whose interval is narrower than they need.

    Parameters
    ----------
    web
        What holds between them.
    known
        The same quantities as this release tells them.
    facts_n
        How many of the facts a reader goes by, the first of them.
    solved
        Answers of earlier calls with the same web; added to.
    seen
        What earlier calls saw, each of a release that told no less; added to. A world that agreed
        with what was shown then agrees with what is shown now.
    """
    solved = {} if solved is None else solved
    seen = {} if seen is None else seen
    every = [known[key] for key in web.keys]
    needed = {at for at, quantity in enumerate(every) if quantity.is_needed}
    asked = []
    for piece in web.pieces(np.array([not each.is_shown for each in every], dtype=bool), facts_n):
        secrets = tuple(
            Secret(at, every[key].truth, every[key].wanted, every[key].is_whole)
            for at, key in enumerate(piece.keys)
            if key in needed
        )
        if secrets:
            asked.append((piece, secrets))
    new = [each for each in asked if each not in solved]
    ends = [
        {each.at: seen[piece.keys[each.at]] for each in secrets if piece.keys[each.at] in seen}
        for piece, secrets in new
    ]
    solved.update(zip(new, too_narrow([web.question(*each) for each in new], ends), strict=True))
    for (piece, _), of_piece in zip(new, ends, strict=True):
        seen |= {piece.keys[at]: far for at, far in of_piece.items()}
    found = [
        _told(every[piece.keys[each.at]], each.width, [web.facts[at] for at in each.guilty], known)
        for piece, secrets in asked
        for each in solved[piece, secrets]
    ]
    return sorted(found, key=lambda each: each.rows)


def _told(
    quantity: Quantity, width: float, guilty: list[Fact], known: Mapping[Key, Quantity]
) -> Narrow:
    shown = [known[key] for fact in guilty for key, _ in fact.terms if known[key].is_shown]
    tables = set(quantity.tables).union(*(each.tables for each in shown))
    beside = set[str]().union(*(each.showing for each in shown))
    named = (tuple(sorted(each)) for each in (quantity.hidden, tables, beside))
    return Narrow(quantity.key, width, *named)
