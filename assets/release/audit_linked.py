"""One attack on all tables together: what can a hidden number still be, given all that is shown?

Part of the audit; shares nothing with suppression. Facts between quantities (``facts``) are one
linear programme, cut into the pieces that no fact ties together. A number is safe once two worlds
are found that agree with everything shown and in which it differs enough; the worlds found for one
number serve the others, and one programme asks all pieces at once, so few need solving
(``audit_worlds``).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assets.release.audit_worlds import Ends, Found, Question, Secret, too_narrow
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


#: Questions asked before and their answers: a release is audited again after each cell more that is
#: hidden, and most pieces are what they were.
Solved = dict[Question, tuple[Found, ...]]

#: How low and how high numbers were seen to be able to be, in a release that hides no more than this.
Seen = dict[Key, tuple[float, float]]


@dataclass
class _Piece:
    """Unknowns that facts tie together, and the positions of those facts."""

    keys: list[Key] = field(default_factory=list)
    facts: list[int] = field(default_factory=list)


def narrow(
    known: Mapping[Key, Quantity],
    every_fact: Sequence[Fact],
    solved: Solved | None = None,
    seen: Seen | None = None,
) -> list[Narrow]:
    """Return the hidden quantities whose interval is narrower than they need.

    Parameters
    ----------
    known
        What ``quantities.quantities`` returns, completed by ``facts.told``.
    every_fact
        What holds between them.
    solved
        Answers of earlier calls with the same facts; added to.
    seen
        What earlier calls saw, each of a release that told no less; added to. A world that agreed
        with what was shown then agrees with what is shown now.
    """
    solved = {} if solved is None else solved
    seen = {} if seen is None else seen
    pieces = [(each, _question(each, known, every_fact)) for each in _pieces(known, every_fact)]
    new: dict[Question, _Piece] = {}
    for piece, question in pieces:
        if question.secrets and question not in solved:
            new.setdefault(question, piece)
    ends = [_seen(*each, seen) for each in new.items()]
    solved.update(zip(new, too_narrow(list(new), ends), strict=True))
    for piece, of_piece in zip(new.values(), ends, strict=True):
        seen |= {piece.keys[at]: far for at, far in of_piece.items()}
    found = [
        _told(known[piece.keys[each.at]], each.width, [every_fact[at] for at in each.guilty], known)
        for piece, question in pieces
        if question.secrets
        for each in solved[question]
    ]
    return sorted(found, key=lambda each: each.rows)


def _pieces(known: Mapping[Key, Quantity], every_fact: Sequence[Fact]) -> list[_Piece]:
    """Cut what is unknown into pieces."""
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    open_facts = []
    for position, fact in enumerate(every_fact):
        unknown = [key for key, _ in fact.terms if not known[key].is_shown]
        if unknown:
            open_facts.append((unknown[0], position))
            for key in unknown:
                parent.setdefault(key, key)
                parent[root(key)] = root(unknown[0])
    members: dict[Key, _Piece] = defaultdict(_Piece)
    for key in known:
        if key in parent:
            members[root(key)].keys.append(key)
    for key, position in open_facts:
        members[root(key)].facts.append(position)
    return list(members.values())


def _question(piece: _Piece, known: Mapping[Key, Quantity], every_fact: Sequence[Fact]) -> Question:
    """Write a piece down as numbers alone: what is unknown, what holds, what is asked."""
    column = {key: at for at, key in enumerate(piece.keys)}
    lines = []
    for position in piece.facts:
        fact = every_fact[position]
        terms = tuple((column[key], sign) for key, sign in fact.terms if key in column)
        shown = sum(sign * known[key].truth for key, sign in fact.terms if key not in column)
        lines.append((position, fact.is_sum, terms, fact.right - shown))
    ends, secrets = [], []
    for at, key in enumerate(piece.keys):
        quantity = known[key]
        ends.append((-math.inf if key.may_be_negative else 0.0, math.inf))
        if quantity.is_needed:
            secrets.append(Secret(at, quantity.truth, quantity.wanted, quantity.is_whole))
    return Question(tuple(lines), tuple(ends), tuple(secrets))


def _seen(question: Question, piece: _Piece, seen: Seen) -> Ends:
    keys = ((secret.at, piece.keys[secret.at]) for secret in question.secrets)
    return {at: seen[key] for at, key in keys if key in seen}


def _told(
    quantity: Quantity, width: float, guilty: list[Fact], known: Mapping[Key, Quantity]
) -> Narrow:
    shown = [known[key] for fact in guilty for key, _ in fact.terms if known[key].is_shown]
    tables = set(quantity.tables).union(*(each.tables for each in shown))
    beside = set[str]().union(*(each.showing for each in shown))
    named = (tuple(sorted(each)) for each in (quantity.hidden, tables, beside))
    return Narrow(quantity.key, width, *named)
