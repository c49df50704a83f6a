"""Could a reader work out what is hidden? The lowest and highest value each hidden cell can have.

On purpose this shares no code with suppression: it reads the released cells as an outsider would,
writes down what adds up to what, and lets linear programming find the ends of every hidden cell.
The truth (the candidates) is used only to know which sums hold and how wide is wide enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from assets.release.audit_linked import Narrow, Seen, Solved, Web, narrow
from assets.release.audit_names import named, under_another_name
from assets.release.audit_releases import told_before, too_soon
from assets.release.candidates import rows
from assets.release.facts import Fact, facts, told
from assets.release.facts_before import facts_before
from assets.release.facts_numbers import facts_of_numbers
from assets.release.findings import Finding, Outcome
from assets.release.quantities import Quantity, quantities
from assets.release.reader import HIDDEN, SHOWN, Key, sayings
from assets.release.thresholds import Thresholds
from schemas.instruments import Instrument, shipped
from schemas.released import SUPPRESSED, ReleasedTable

TOGETHER = "all tables together"
#: What it needs besides to know that counts of the whole time so far only grow.
GROWN = "all tables, grown"
_NOTHING = 1e-6


@dataclass(frozen=True)
class Known:
    """What a reader knows besides the release itself.

    Attributes
    ----------
    sensitive_services
        Services to which the strict threshold applies.
    first_wave
        Wave from which change is measured: who is eligible is who has a score there.
    areas
        Neighbourhood -> role of its area: numbers by role are sums over neighbourhoods.
    earlier
        Every release that a reader may already have (``archive.earlier``).
    instruments
        Every scale that is scored: between which ends it lies.
    """

    sensitive_services: Collection[str] = ()
    first_wave: str = ""
    areas: Mapping[str, str] | None = None
    earlier: Sequence[pd.DataFrame] = ()
    instruments: Mapping[str, Instrument] = field(default_factory=shipped)


class Auditor:
    """What can be said of the candidates whatever is hidden, and the questions asked so far.

    Releases of the same candidates, each hiding more than the one before, are examined one after
    the other at little cost: only what has changed is asked again.

    Raises
    ------
    ConfigurationError
        When a table declared additive does not add up: then nothing can be proved about it.
    """

    def __init__(
        self,
        candidates: pd.DataFrame,
        tables: dict[str, ReleasedTable],
        limits: Thresholds,
        known: Known | None = None,
    ) -> None:
        known = known or Known()
        self._said = sayings(
            candidates,
            tables,
            limits,
            sensitive_services=known.sensitive_services,
            first_wave=known.first_wave,
        )
        every = quantities(self._said, {})
        self._facts, self._implied = facts(every, tables)
        self._facts += facts_of_numbers(every, known.areas or {}, known.instruments)
        before, self._least = facts_before(every, known.earlier, tables, known.first_wave)
        self._facts += before
        # Of counts that only grow what was told once: the web's last facts, not of every attack.
        grown = [Fact(((key, -1.0),), -n, is_sum=False) for key, n in self._least.items()]
        self._web = Web(told(every, self._implied), [*self._facts, *grown])
        self._strict = limits.minimum(is_sensitive=True)
        cells = rows(candidates)
        self._named = named(cells, known.first_wave)
        self._table_of = {row.estimate_id: row.table_code for row in cells}
        self._is_people = {code for code in tables if tables[code].statistic != "process"}
        self._too_soon = too_soon(
            candidates, tables, limits, known.earlier, known.sensitive_services
        )
        self._told_before = told_before(candidates, known.earlier)
        self._solved: Solved = {}
        self._seen: dict[str, Seen] = {TOGETHER: {}, GROWN: {}}
        self._last: Mapping[str, str] = {}  # the release of which that was seen
        self._anyway: dict[tuple[str, Key], float] | None = None  # until first needed

    def examine(self, released: pd.DataFrame) -> Outcome:
        """Try to work out every hidden cell of a release of the candidates (see ``audit``)."""
        fates = dict(zip(released["estimate_id"], released["status"], strict=True))
        hidden = Counter(
            self._table_of[row]
            for row, fate in fates.items()
            if row in self._table_of and fate in HIDDEN
        )
        outcome = Outcome(
            {code: hidden[code] for code in sorted(hidden) if code in self._is_people}
        )
        outcome.findings += under_another_name(self._named, fates)
        outcome.findings += [
            Finding(self._table_of[row], row, "an earlier release")
            for row in self._too_soon
            if fates.get(row) in SHOWN
        ]
        outcome.findings += [
            Finding(self._table_of[row], row, attack, each.tables, each.beside)
            for attack, each in self._found_out(fates)
            for row in each.rows
        ]
        outcome.findings.sort(key=lambda each: (each.table_code, each.estimate_id, each.attack))
        return outcome

    def _found_out(self, fates: Mapping[str, str]) -> list[tuple[str, Narrow]]:
        """Return what all tables together give away that they would not if nothing were shown."""
        self._forget(fates)
        found = self._attacked(self._known(fates), self._seen)
        if found and self._anyway is None:
            nothing = {
                row: fate if fate == "not_applicable" else SUPPRESSED for row, fate in fates.items()
            }
            seen = {attack: dict(each) for attack, each in self._seen.items()}
            anyway = self._attacked(self._known(nothing), seen)
            self._anyway = {(attack, each.key): each.width for attack, each in anyway}
            found = self._attacked(self._known(fates), self._seen) if anyway else found
        return found

    def _forget(self, fates: Mapping[str, str]) -> None:
        """Forget the worlds of the last release where this one tells something that it did not."""
        last, self._last = self._last, dict(fates)
        if any(fate not in SHOWN and fates.get(row) in SHOWN for row, fate in last.items()):
            for seen in self._seen.values():
                seen.clear()

    def _attacked(
        self, known: dict[Key, Quantity], seen: Mapping[str, Seen]
    ) -> list[tuple[str, Narrow]]:
        found = [] if not self._least else self._if_grown(known, seen)
        return [
            *(
                (TOGETHER, each)
                for each in narrow(self._web, known, len(self._facts), self._solved, seen[TOGETHER])
            ),
            *((GROWN, each) for each in found),
        ]

    def _if_grown(self, known: dict[Key, Quantity], seen: Mapping[str, Seen]) -> list[Narrow]:
        """Attack with what counts were told to be: they are no less now."""
        # Told once and grown since: that it is no less than it was is no secret of this
        # release (unless it is sensitive), but must not tell others.
        spared = [
            quantity
            for quantity in (known[key] for key in self._least)
            if quantity.is_needed
            and quantity.minimum < self._strict
            and quantity.truth >= quantity.minimum
        ]
        for quantity in spared:
            quantity.is_needed = False
        found = narrow(self._web, known, len(self._web.facts), self._solved, seen[GROWN])
        for quantity in spared:
            quantity.is_needed = True
        # What can be where more is known can be where less is.
        for key, (low, high) in seen[GROWN].items():
            least, most = seen[TOGETHER].get(key, (low, high))
            seen[TOGETHER][key] = min(low, least), max(high, most)
        return found

    def _known(self, fates: Mapping[str, str]) -> dict[Key, Quantity]:
        """Return every quantity and what a release says of it."""
        found = quantities(self._said, fates, self._told_before)
        found = told(found, self._implied)
        # What can be worked out without this release, from earlier ones, it does not give away.
        for (_, key), width in (self._anyway or {}).items():
            quantity = found[key]
            quantity.wanted = min(quantity.wanted, width)
            quantity.is_needed = quantity.is_needed and quantity.wanted > _NOTHING
        return found

    def names_found_out(self, released: pd.DataFrame) -> set[str]:
        """Return the names of the quantities that can be worked out from all tables together."""
        fates = dict(zip(released["estimate_id"], released["status"], strict=True))
        return {each.key.name for _, each in self._found_out(fates)}


def audit(
    released: pd.DataFrame,
    candidates: pd.DataFrame,
    tables: dict[str, ReleasedTable],
    limits: Thresholds,
    known: Known | None = None,
) -> Outcome:
    """Try to work out every hidden cell from everything published.

    Attacks: all sums and limits between the numbers of all tables together (``facts``,
    ``facts_numbers``), with those that earlier releases told (``facts_before``); one number under
    two names, hidden here and shown there; what differs from an earlier release by too few people.
    Why a cell is hidden does not leave (``publish``), so the status says nothing of its size.

    Parameters
    ----------
    released, candidates
        What leaves, and the truth behind it, by ``table_code`` and ``estimate_id``.
    known
        What a reader knows besides.

    Returns
    -------
    Outcome
        ``holds`` when each hidden number could lie anywhere in an interval at least as wide as its
        minimum count (of a sum: also at least 1 - dominance_share of its value). Totals behind
        means and counts of events (sessions held) must not be known exactly, no more.

    Raises
    ------
    ConfigurationError
        When a table declared additive does not add up: then nothing can be proved about it.
    """
    return Auditor(candidates, tables, limits, known).examine(released)
