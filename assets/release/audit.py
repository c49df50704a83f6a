"""Could a reader work out what is hidden? The lowest and highest value each hidden cell can have.

On purpose this shares no code with suppression: it reads the released cells as an outsider would,
writes down what adds up to what, and lets linear programming find the ends of every hidden cell.
The truth (the candidates) is used only to know which sums hold and how wide is wide enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assets.errors import ConfigurationError
from assets.release.audit_linked import narrow as narrow_together
from assets.release.audit_releases import across, shown_before
from assets.release.candidates import is_sensitive, rows
from assets.release.facts import Fact, facts
from assets.release.facts_before import facts_before
from assets.release.findings import Finding, Outcome
from assets.release.intervals import bounds
from assets.release.reader import Key, Quantity, quantities
from assets.release.thresholds import Thresholds
from schemas.estimates import TOTAL
from schemas.released import ReleasedTable

_TOLERANCE = 1e-6
_HIDDEN = ("suppressed_primary", "suppressed_secondary")
_ID = ["table_code", "estimate_id"]


@dataclass
class _Number:
    """One quantity at one place, however many rows show it."""

    truth: float
    shown: float
    minimum: int
    contributors: float
    is_events: bool
    is_unknown: bool
    is_primary: bool
    hidden: list[str]  # estimate_id of the rows that hide it


def audit(
    released: pd.DataFrame,
    candidates: pd.DataFrame,
    tables: dict[str, ReleasedTable],
    limits: Thresholds,
    *,
    sensitive_services: Collection[str] = (),
    first_wave: str = "",
    earlier: Sequence[pd.DataFrame] = (),
) -> Outcome:
    """Try to work out every hidden cell from everything published.

    Attacks: counts and sums by their additive lines; bases of means, rates and changes and the
    numerators of rates where they add up, no numerator being above a base that another table
    shows; one number under two names, hidden here and shown there; for counts of people also with
    what the status itself says (a cell hidden by the threshold is below it, its complement is not).

    Parameters
    ----------
    released, candidates
        What leaves, and the truth behind it, by ``table_code`` and ``estimate_id``.
    sensitive_services
        Services to which the strict threshold applies.
    first_wave
        Wave from which change is measured: who is eligible is who has a score there.
    earlier
        Every release that a reader may already have (``archive.earlier``).

    Returns
    -------
    Outcome
        ``holds`` when each hidden cell could lie anywhere in an interval at least as wide as its
        minimum count (of a sum: also at least 1 - dominance_share of its value), its lower bound
        being 0, and is never known exactly. For counts of events (sessions held) the latter alone.

    Raises
    ------
    ConfigurationError
        When a table declared additive does not add up: then nothing can be proved about it.
    """
    shown = released[[*_ID, "status", "value", "n"]].rename(columns={"n": "shown_n"})
    both = candidates.merge(shown, on=_ID, how="inner", suffixes=("_true", ""), validate="1:1")
    outcome, cells = Outcome(), rows(both)
    reached = _reached(cells)
    outcome.findings += _under_another_name(cells, first_wave)
    for code, block in _blocks(cells, tables):
        table = tables[code]
        tried = sum(row.status in _HIDDEN for row in block)
        outcome.tables[code] = outcome.tables.get(code, 0) + tried
        if tried:
            least = [
                limits.minimum(is_sensitive=is_sensitive(row, table, sensitive_services))
                for row in block
            ]
            outcome.findings += _attack(
                list(zip(block, least, strict=True)), table, limits, reached
            )
    outcome.findings += across(released, candidates, tables, limits, earlier, sensitive_services)
    known = quantities(
        released,
        candidates,
        tables,
        limits,
        sensitive_services=sensitive_services,
        first_wave=first_wave,
        shown_before=shown_before(released, candidates, earlier),
    )
    every_fact = facts(known, tables)
    every_fact += facts_before(known, earlier, tables, first_wave)
    outcome.findings += _together(known, every_fact, candidates)
    outcome.findings.sort(key=lambda each: (each.table_code, each.estimate_id, each.attack))
    return outcome


def _together(
    known: dict[Key, Quantity], every_fact: list[Fact], candidates: pd.DataFrame
) -> list[Finding]:
    """Attack all tables at once."""
    table_of = dict(zip(candidates["estimate_id"], candidates["table_code"], strict=True))
    return [
        Finding(table_of[row], row, "all tables together", each.tables, each.beside)
        for each in narrow_together(known, every_fact)
        for row in each.rows
    ]


def _blocks(cells: list[Any], tables: dict[str, ReleasedTable]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the rows about people that may give each other away, table by table."""
    blocks = defaultdict(list)
    for row in cells:
        table = tables[row.table_code]
        if table.statistic != "process":
            when = "" if table.adds_over_periods else row.period
            name = (row.table_code, row.indicator_code, row.subject_code, row.population_code, when)
            blocks[name].append(row)
    for name in sorted(blocks):
        yield name[0], blocks[name]


#: Indicator -> (number of it, the name of that number): what is told twice is told once too often.
_SAME_NUMBER = {
    "reached_n": ("value", "people in the period"),
    "retention_rate": ("n", "people in the period"),
    "eligible_n": ("value", "people with a score"),
    "score_mean": ("n", "people with a score"),
    "linked_n": ("value", "people with both scores"),
    "score_change": ("n", "people with both scores"),
}


def _under_another_name(cells: list[Any], first_wave: str) -> list[Finding]:
    """Find hidden counts that another table shows (a rate may be hidden beside its base)."""
    hidden, shown = defaultdict(list), set()
    one_quarter = _one_quarter(cells)
    for row in cells:
        if row.indicator_code in _SAME_NUMBER:
            name, what = _SAME_NUMBER[row.indicator_code]
            period = first_wave if row.indicator_code == "eligible_n" else row.period
            place = frozenset(_coordinates(row, False))
            period = "all" if one_quarter.get(place) == row.period else period
            number = (what, row.subject_code, period, place)
            if row.status in _HIDDEN and name == "value":
                hidden[number].append(Finding(row.table_code, row.estimate_id, "another name"))
            elif not np.isnan(_quantity(row, name)[1]):
                shown.add(number)
    return [each for number in hidden if number in shown for each in hidden[number]]


def _one_quarter(cells: list[Any]) -> dict[frozenset, str]:
    """Return the quarter of each group that came in one only: it is then its whole period too."""
    quarters = defaultdict(set)
    for row in cells:
        if row.indicator_code == "reached_n" and row.period != "all" and row.estimate > 0:
            quarters[frozenset(_coordinates(row, False))].add(row.period)
    return {place: min(found) for place, found in quarters.items() if len(found) == 1}


def _reached(cells: list[Any]) -> dict[tuple[str, frozenset], float]:
    """Return how many people a reader knows each group to have in each period."""
    return {
        (row.period, frozenset(_coordinates(row, False))): float(row.value)
        for row in cells
        if row.indicator_code == "reached_n" and not pd.isna(row.value)
    }


def _most_back(
    quarter: str, place: frozenset, reached: dict[tuple[str, frozenset], float]
) -> float:
    """Return the most people who can have come back: those there were, and those of the next one.

    That nobody came in the next one is no secret: a real zero says so.
    """
    there = reached.get((quarter, place), np.inf)
    year, _, number = quarter.partition("Q")
    if not number:
        return there
    after = f"{int(year) + 1}Q1" if number == "4" else f"{year}Q{int(number) + 1}"
    return min(there, reached.get((after, place), 0) or np.inf)


def _attack(
    block: list[tuple[Any, int]],
    table: ReleasedTable,
    limits: Thresholds,
    reached: dict[tuple[str, frozenset], float],
) -> list[Finding]:
    found: list[Finding] = []
    for name in _QUANTITIES.get(table.statistic, ("n",)):
        numbers = _numbers(block, table, name)
        unknown = [place for place, each in numbers.items() if each.is_unknown]
        matrix, right = _sums_that_hold(numbers, unknown, table, name)
        known = [numbers[place] for place in unknown]
        most = np.full(len(known), np.inf)
        if name == "numerator" and table.indicators == ("retention_rate",):
            most = np.array([_most_back(block[0][0].period, place, reached) for place in unknown])
        lows, highs = bounds(matrix, right, np.zeros(len(known)), most)
        needed = [_needed(each, table, limits) for each in known]
        narrow = highs - lows < np.array(needed) - _TOLERANCE
        found += _findings(known, narrow, table, name)
        if table.statistic == "count" and all(n.truth == n.contributors for n in numbers.values()):
            lows, highs = bounds(matrix, right, *_status_bounds(known))
            exact = np.floor(highs + _TOLERANCE) - np.ceil(lows - _TOLERANCE) < 1
            found += _findings(known, exact, table, f"{name} with status")
    return found


#: Units of counts that are not about people: such a number must not be known exactly, no more.
_EVENTS = ("sessions",)

#: What of each statistic can be added up; of the others the base.
_QUANTITIES = {"count": ("value",), "sum": ("value",), "rate": ("n", "numerator")}


def _quantity(row: Any, name: str) -> tuple[float, float]:
    """Return the true value and the one a reader sees, NaN where there is none."""
    if name == "value":
        return _number(row.estimate), _number(row.value)
    if name == "n":
        return _number(row.n), _number(row.shown_n)
    truth = _number(row.numerator_n)
    return truth, np.nan if row.status in _HIDDEN else truth  # a reader multiplies rate by base


def _number(value: Any) -> float:
    return np.nan if pd.isna(value) else float(value)


def _numbers(
    block: list[tuple[Any, int]], table: ReleasedTable, name: str
) -> dict[frozenset, _Number]:
    """Return one number a place; what one row shows is shown."""
    numbers: dict[frozenset, _Number] = {}
    for row, minimum in block:
        truth, shown = _quantity(row, name)
        is_hidden = row.status in _HIDDEN
        # What could not be computed shows nothing, so it is unknown like what is hidden; except
        # that an amount nobody wrote down adds nothing, and a base of nobody is nobody.
        is_blank = row.status == "not_applicable"
        is_nothing = is_blank and (np.isnan(truth) if name == "value" else truth == 0)
        number = _Number(
            truth=0.0 if np.isnan(truth) else truth,
            shown=0.0 if is_nothing or np.isnan(shown) else shown,
            minimum=minimum,
            contributors=_number(row.contributors_n),
            is_events=name == "value" and row.unit in _EVENTS,
            is_unknown=is_hidden or (is_blank and not is_nothing),
            is_primary=row.status == _HIDDEN[0],
            hidden=[row.estimate_id] if is_hidden else [],
        )
        place = frozenset(_coordinates(row, table.adds_over_periods))
        known = numbers.setdefault(place, number)
        if known is not number:
            _join(known, number, table, name)
    return numbers


def _join(known: _Number, other: _Number, table: ReleasedTable, name: str) -> None:
    if table.additive and name == "value" and abs(known.truth - other.truth) > _TOLERANCE:
        _does_not_add_up(table)
    known.shown = max(known.shown, other.shown)
    known.minimum = max(known.minimum, other.minimum)
    known.is_unknown = known.is_unknown and other.is_unknown
    known.is_primary = known.is_primary or other.is_primary
    known.hidden += other.hidden


def _coordinates(row: Any, over_time: bool) -> Iterator[tuple[str, str]]:
    for dimension, level in ((row.by_1, row.level_1), (row.by_2, row.level_2)):
        if dimension and level != TOTAL:
            yield dimension, level
    if over_time and row.period != "all":
        yield "/period", row.period


def _sums_that_hold(
    numbers: dict[frozenset, _Number], unknown: list[frozenset], table: ReleasedTable, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Write down every sum a reader can use: ``matrix @ unknowns == right``."""
    column = {place: position for position, place in enumerate(unknown)}
    equations, right = [], []
    for total, levels in _families(numbers):
        terms = [(total, -1.0), *((level, 1.0) for level in levels)]
        miss = sum(sign * numbers[place].truth for place, sign in terms)
        if abs(miss) > _TOLERANCE * max(1.0, abs(numbers[total].truth)):
            if table.additive and name == "value":
                _does_not_add_up(table)
            continue
        row, rest = np.zeros(len(unknown)), 0.0
        for place, sign in terms:
            if place in column:
                row[column[place]] = sign
            else:
                rest -= sign * numbers[place].shown
        if row.any():
            equations.append(row)
            right.append(rest)
    return np.array(equations).reshape(len(equations), len(unknown)), np.array(right)


def _families(numbers: dict[frozenset, _Number]) -> Iterator[tuple[frozenset, list[frozenset]]]:
    """Yield each total and the levels of one dimension below it."""
    families = defaultdict(list)
    for place in numbers:
        for pair in place:
            if place - {pair} in numbers:
                families[place - {pair}, pair[0]].append(place)
    for (total, _), levels in families.items():
        yield total, levels


def _needed(number: _Number, table: ReleasedTable, limits: Thresholds) -> float:
    """Return how wide the interval of a hidden number must be."""
    if number.is_events:
        return 1.0
    if table.statistic != "sum":
        return float(number.minimum)
    return max(float(number.minimum), (1 - limits.dominance_share) * number.truth)


def _status_bounds(known: list[_Number]) -> tuple[np.ndarray, np.ndarray]:
    """Return what the status says of a count: below the minimum if primary, else not below it.

    The truth widens this where a cell was hidden for another reason (a zero in a hidden group).
    """
    low = [min(each.truth, 1.0 if each.is_primary else each.minimum) for each in known]
    high = [max(each.truth, each.minimum - 1) if each.is_primary else np.inf for each in known]
    return np.array(low, dtype=float), np.array(high, dtype=float)


def _findings(
    known: list[_Number], bad: np.ndarray, table: ReleasedTable, attack: str
) -> list[Finding]:
    return [
        Finding(table.code, name, attack)
        for each, is_bad in zip(known, bad, strict=True)
        if is_bad
        for name in each.hidden
    ]


def _does_not_add_up(table: ReleasedTable) -> None:
    raise ConfigurationError(
        f"La tabella «{table.code}» è dichiarata additiva ma i suoi livelli non danno il totale: "
        "non si può controllare, quindi non esce.",
        f"Table '{table.code}' is declared additive but its levels do not add up to its total: it "
        "cannot be checked, so it does not leave.",
    )
