"""The released tables as one cell suppression problem, solved exactly.

All numbers about people of all tables together: numbers of additive counts and sums as a table in
which a reader subtracts (``optimal``); on every line, of whatever statistic, the rules that
``secondary`` goes by (never one hidden alone; the people behind the hidden levels reach the
minimum); and whatever is said about a hidden group is hidden with it. Loss: cells that the reader
loses, and of patterns that cost as many cells the one with the fewest people behind them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from assets.release.candidates import rows
from assets.release.complements import Chosen
from assets.release.lines import Line, Variable, lines
from assets.release.optimal import (
    Attacker,
    Limits,
    Pattern,
    Problem,
    at_least,
    rows_of,
    suppress,
)
from assets.release.optimal_attack import Meter
from assets.release.optimal_repair import holds
from assets.release.primary import (
    GROUP,
    NOT_APPLICABLE,
    PRIMARY,
    RELEASED,
    SECONDARY,
    TRUE_ZERO,
    VALUE,
)
from assets.release.secondary import group_of, numbers_of, same_fate, secondary
from assets.release.thresholds import Thresholds

#: Work allowed: only a strange release reaches it. The guard is sixty times what the demo takes.
WORK = Limits(rounds=40, nodes=2_000, attacks=5_000, seconds=300.0)
_HIDDEN = (PRIMARY, SECONDARY)
_EVENTS = ("sessions",)  # not about people: such a count must not be known exactly, no more


def chosen(
    cells: pd.DataFrame, limits: Thresholds, before: Sequence[Mapping[Variable, float]] = ()
) -> Chosen:
    """Hide what gives hidden cells away: at the least loss, or by the rule of thumb.

    Parameters
    ----------
    cells
        What ``primary`` returns.
    limits
        Thresholds in force.
    before
        Sums that earlier releases tell of numbers hidden then (``before.sums_before``).

    Returns
    -------
    Chosen
        ``secondary``'s cells where the exact pattern is not safe, or no smaller; not where only
        they are undone by what earlier releases tell, of which ``secondary`` knows nothing.
    """
    by_rule, same = secondary(cells), same_fate(cells)
    is_enough = by_rule["status"].equals(same["status"])
    if is_enough and not before:  # no complement is needed: none is the least
        hidden = int(same["status"].isin(_HIDDEN).sum())
        nothing = Pattern(np.zeros(0, dtype=bool), float(hidden), float(hidden), True, True)
        return Chosen(by_rule, nothing, hidden, hidden, False, True)
    table = _Table(same[same["statistic"] != "process"], before)
    known = set(by_rule.loc[by_rule["status"].isin(_HIDDEN), "variable"])
    problem, start = table.problem(limits), table.filled(known)
    pattern = suppress(problem, WORK, start=start)
    exact = _applied(same, *table.read(pattern.is_hidden))
    least = secondary(exact)
    bound, *counts = (int(each["status"].isin(_HIDDEN).sum()) for each in (exact, least, by_rule))
    is_undone = is_enough and not holds(problem, start, Meter())
    is_least = pattern.is_safe and (counts[0] < counts[1] or is_undone)
    found = least if is_least else by_rule
    hidden = counts[0] if is_least else counts[1]
    is_proved = pattern.is_proved and hidden == bound
    return Chosen(found, pattern, hidden, counts[1], is_least, is_proved)


def _applied(cells: pd.DataFrame, hidden: set[Variable], grouped: set[Variable]) -> pd.DataFrame:
    newly = (
        (cells["statistic"] != "process")
        & cells["variable"].isin(hidden)
        & cells["status"].isin([RELEASED, TRUE_ZERO])
    )
    scope = cells["variable"].map(lambda each: GROUP if each in grouped else VALUE)
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY), scope=cells["scope"].mask(newly, scope)
    )


class _Table:
    """The numbers as arrays, and what holds between them.

    Beside a variable for each number there is one for each group of people (everything about it is
    hidden), two for each line: something about a group is hidden on it; and the number one.
    """

    def __init__(
        self, people: pd.DataFrame, before: Sequence[Mapping[Variable, float]] = ()
    ) -> None:
        numbers = numbers_of(people)
        self.order = sorted(numbers)
        self.numbers = [numbers[each] for each in self.order]
        self.at = {each: position for position, each in enumerate(self.order)}
        self.lines = lines(set(self.order))
        self.before = [
            {self.at[each]: sign for each, sign in line.items()}
            for line in before
            if all(each in self.at for each in line)
        ]
        self.people = np.array([each.contributors for each in self.numbers], dtype=float)
        self.minimum = np.array([each.minimum for each in self.numbers], dtype=float)
        # A real zero protects nothing; it goes only with its group.
        self.is_use = np.array(
            [each.is_free or each.is_unseen for each in self.numbers], dtype=bool
        )
        self.rows = np.zeros(len(self.order))
        self.values = np.zeros(len(self.order))
        self.kind = [("", "")] * len(self.order)
        self.is_additive = [False] * len(self.order)
        self.groups: dict[tuple[Any, ...], set[int]] = defaultdict(set)
        for row in rows(people):
            here = self.at[row.variable]
            self.rows[here] += 1
            self.values[here] = 0.0 if pd.isna(row.estimate) else float(row.estimate)
            self.kind[here] = (row.statistic, row.unit)
            self.is_additive[here] = row.is_additive
            if row.status != NOT_APPLICABLE:
                self.groups[group_of(row)].add(here)
        self.names = sorted(self.groups)
        self.of: dict[int, list[int]] = defaultdict(list)  # number -> variables of its groups
        for position, name in enumerate(self.names):
            for here in self.groups[name]:
                self.of[here].append(len(self.order) + position)

    @property
    def size(self) -> int:
        """Number of variables."""
        return len(self.order) + len(self.names) + 2 * len(self.lines)

    def problem(self, limits: Thresholds) -> Problem:
        """Return the problem of all of them."""
        added = [each for each in self.lines if self._adds_up(each)]
        sums = [
            {self.at[line.total]: -1.0} | {self.at[level]: 1.0 for level in line.levels}
            for line in added
        ]
        sums += self.before
        rules = [rule for line in self.lines for rule in self._rules(line)] + self._ties()
        is_hidden, extra = self._fixed(), self.size - len(self.order)
        cost = self.rows + self.people / max(1.0, self.people.sum())
        cost = np.where([each.is_blank for each in self.numbers], 0.0, cost)
        return Problem(
            np.append(self.values, np.zeros(extra)),
            rows_of(sums, self.size),
            np.append(cost, np.zeros(extra)),
            is_hidden,
            np.zeros(self.size, dtype=bool),
            self._readers(added, limits),
            rows_of(rules, self.size),
        )

    def filled(self, hidden: Collection[Variable]) -> np.ndarray:
        """Return a pattern of numbers as one of all variables, the most groups hidden."""
        chosen = set(hidden)
        found = self._fixed()
        for each, here in self.at.items():
            found[here] |= each in chosen
        for position, name in enumerate(self.names):
            found[len(self.order) + position] = found[sorted(self.groups[name])].all()
        for position, line in enumerate(self.lines):
            members = [self.at[each] for each in (line.total, *line.levels)]
            groups = [group for member in members for group in self.of[member]]
            found[self._line(position)] = found[groups].any()
        return found

    def read(self, pattern: np.ndarray) -> tuple[set[Variable], set[Variable]]:
        """Return the numbers hidden, and those of groups hidden altogether."""
        hidden = {self.order[here] for here in np.flatnonzero(pattern[: len(self.order)])}
        grouped = {each for each in hidden if pattern[self.of[self.at[each]]].any()}
        return hidden, grouped

    def _line(self, position: int) -> int:
        return len(self.order) + len(self.names) + 2 * position

    def _fixed(self) -> np.ndarray:
        """Return what is hidden whatever the pattern."""
        found = np.zeros(self.size, dtype=bool)
        for here, each in enumerate(self.numbers):
            found[here] = each.is_away
            if each.is_hidden and each.scope == GROUP:
                found[self.of[here]] = True
        found[self._line(0) + 1 :: 2] = True
        return found

    def _adds_up(self, line: Line) -> bool:
        """Say whether values add up: as declared, and ``additivity`` has seen to it that they do."""
        return self.is_additive[self.at[line.total]]

    def _rules(self, line: Line) -> list[dict[int, float]]:
        """Write what ``secondary`` asks of a line; what nothing can meet is left to the audit."""
        total, levels = self.at[line.total], [self.at[level] for level in line.levels]
        helps = [each for each in (total, *levels) if self.is_use[each]]
        rules = [{other: 1.0 for other in helps if other != each} | {each: -1.0} for each in helps]
        useful = [level for level in levels if self.is_use[level]]
        over = total if self.is_use[total] else None
        if self.people[levels].sum() == self.people[total]:
            rules += at_least(over, useful, self.people, self.minimum)
        else:
            rules += self._overlapping(over, useful)
        return [rule for rule in rules if sum(rule.values()) >= 0 or min(rule.values()) >= 0]

    def _overlapping(self, total: int | None, levels: list[int]) -> list[dict[int, float]]:
        """People may be in several levels: one of the hidden must be large enough by itself."""
        rules = []
        for level in levels:
            if self.people[level] >= self.minimum[level]:
                continue
            helps = [each for each in levels if self.people[each] >= self.minimum[level]]
            helps += [] if total is None else [total]
            rules.append(dict.fromkeys(helps, 1.0) | {level: -1.0})
        return rules

    def _ties(self) -> list[dict[int, float]]:
        """Hide all about a group together, and what is hidden beside a group with its own group."""
        rules = [
            {here: 1.0, len(self.order) + position: -1.0}
            for position, name in enumerate(self.names)
            for here in sorted(self.groups[name])
        ]
        for position, line in enumerate(self.lines):
            some, one = self._line(position), self._line(position) + 1
            for each in (line.total, *line.levels):
                here = self.at[each]
                for group in self.of[here]:
                    rules.append({some: 1.0, group: -1.0})
                    if not self.numbers[here].is_away:
                        rules.append({group: 1.0, one: 1.0, here: -1.0, some: -1.0})
        return rules

    def _readers(self, added: list[Line], limits: Thresholds) -> tuple[Attacker, ...]:
        size, extra = len(self.numbers), np.zeros(self.size - len(self.numbers))
        in_sums = np.zeros(size, dtype=bool)
        for line in added:
            in_sums[[self.at[each] for each in (line.total, *line.levels)]] = True
        none, endless = np.zeros(size), np.full(size, np.inf)
        high = np.where(self.is_use, endless, self.values)
        low = np.where(self.is_use, 0.0, self.values)
        is_sum = np.array([kind == "sum" for kind, _ in self.kind])
        is_events = np.array([unit in _EVENTS for _, unit in self.kind])
        wide = np.where(
            is_sum,
            np.maximum(self.minimum, (1 - limits.dominance_share) * self.values),
            self.minimum,
        )
        asked = np.where(is_events, 1.0, wide) * in_sums
        readers = [(low, high, asked), self._knowing_why(in_sums, low, high)]
        return tuple(
            Attacker(*(np.append(each, extra) for each in (low, high, none, none, asked)))
            for low, high, asked in readers
        )

    def _knowing_why(
        self, in_sums: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the reader who takes ``primary`` for what it says: below the minimum, others not."""
        off = {
            each.variable[0]
            for each, value, count in zip(self.numbers, self.values, self.people, strict=True)
            if value != count
        }
        is_people = np.array([each.variable[0] not in off for each in self.numbers]) & in_sums
        primary = np.array([each.is_primary for each in self.numbers])
        least = np.minimum(self.values, np.where(primary, 1.0, self.minimum))
        most = np.where(primary, np.maximum(self.values, self.minimum - 1), np.inf)
        is_told = is_people & self.is_use
        return np.where(is_told, least, low), np.where(is_told, most, high), is_people.astype(float)
