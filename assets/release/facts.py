"""What a reader of all tables knows to hold between numbers, written down as linear facts.

Part of the audit; shares nothing with suppression. ``sums``: levels that make up a total (of one
table, or of a base that several tables speak of). ``at most``: a numerator and its base; who came
back and who was there before and after; a quarter and the whole; shares of one base that cannot
overlap (improved, worsened); survival that only falls from day to day.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assets.release.quantities import Quantity
from assets.release.reader import WHOLE, Key, Place, does_not_add_up
from schemas.released import ReleasedTable

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Fact:
    """``sum of coefficient * quantity`` is (or is at most) ``right``."""

    terms: tuple[tuple[Key, float], ...]
    right: float = 0.0
    is_sum: bool = True


@dataclass(frozen=True)
class Implied:
    """A number that no row shows: who is left over of a base, who was lost between two days.

    Attributes
    ----------
    parts
        The numbers it follows from.
    rows_of
        Whose hidden rows it is a secret of (those without what a hidden rate counts); None: it is
        one whatever is hidden, and the fault of the smallest part shown.
    """

    key: Key
    truth: float
    minimum: int
    parts: tuple[Key, ...]
    rows_of: Key | None = None

    def told(self, known: Mapping[Key, Quantity]) -> Quantity:
        """Return it as a quantity of a release."""
        parts = [known[each] for each in self.parts]
        is_small = 0.5 < self.truth < self.minimum - 0.5
        if self.rows_of is not None:
            hidden = set(known[self.rows_of].hidden)
            is_small = is_small and bool(hidden)
        else:
            blamed = min(parts, key=lambda each: (not each.is_shown, each.truth, each.key.name))
            hidden = {min(blamed.showing or blamed.hidden)}
        return Quantity(
            self.key,
            self.truth,
            self.minimum,
            is_needed=is_small,
            wanted=float(self.minimum) if is_small else 0.0,
            tables=set().union(*(each.tables for each in parts)),
            hidden=hidden,
        )


#: Numerators of one base that are different people: what is left over is a group, too.
_APART = (
    ("reliably_improved_share", "reliably_worsened_share"),
    ("score_floor_share", "score_ceiling_share"),
)
#: Numerator -> name of its base, where it is not the indicator's own.
_BASES = {
    "retention_rate": "people",
    "score_floor_share": "scored",
    "score_ceiling_share": "scored",
    "score_band_share": "scored",
    "reliably_improved_share": "scored twice",
    "reliably_worsened_share": "scored twice",
    "important_change_share": "scored twice",
}
_SURVIVAL = ("attending_share", "still_open_share", "one_service_share", "food_insecurity_share")


def facts(
    known: dict[Key, Quantity], tables: Mapping[str, ReleasedTable]
) -> tuple[list[Fact], list[Implied]]:
    """Return every fact between quantities, and what is left over of a base, named in them.

    Parameters
    ----------
    known
        Every quantity, as ``quantities`` returns them of whatever release of these candidates.

    Raises
    ------
    ConfigurationError
        When a table declared additive does not add up: then nothing can be proved about it.
    """
    implied: list[Implied] = []
    found = [*_levels(known), *_times(known, over_time(tables))]
    found += [*_rests(known, implied), *_within_base(known, implied), *_people(known)]
    return [*found, *_days(known, implied)], implied


def told(known: dict[Key, Quantity], implied: Sequence[Implied]) -> dict[Key, Quantity]:
    """Add to the quantities of a release what it implies: those left over, real zeros."""
    for key, quantity in known.items():
        if key.name == "retention_rate numerator":
            after = known.get(key._replace(name="people", period=_next(key.period)))
            # Nobody came back where nobody came: a real zero says so, and is no secret.
            if after is not None and after.is_shown and after.truth == 0:
                quantity.is_shown = True
    for each in implied:
        if each.rows_of is not None and known[each.parts[0]].truth == 0:
            # Of nobody nobody has what is counted.
            known[each.parts[1]].is_shown |= known[each.parts[0]].is_shown
    return known | {each.key: each.told(known) for each in implied}


def over_time(tables: Mapping[str, ReleasedTable]) -> set[str]:
    """Return the names of quantities whose periods add up to the whole."""
    return {
        f"{indicator} {what}"
        for table in tables.values()
        if table.adds_over_periods
        for indicator in table.indicators
        for what in ("value", "n", "numerator")
    }


def _levels(known: Mapping[Key, Quantity]) -> Iterator[Fact]:
    families: dict[tuple[Key, str], list[Key]] = defaultdict(list)
    for key in known:
        for pair in key.place:
            total = key._replace(place=key.place - {pair})
            if total in known:
                families[total, pair[0]].append(key)
    for (total, _), levels in families.items():
        yield from _sum_if_it_holds(known, total, levels)


def _sum_if_it_holds(
    known: Mapping[Key, Quantity], total: Key, levels: list[Key]
) -> Iterator[Fact]:
    whole = known[total]
    miss = sum(known[each].truth for each in levels) - whole.truth
    if abs(miss) <= _TOLERANCE * max(1.0, abs(whole.truth)):
        yield Fact(((total, -1.0), *((each, 1.0) for each in levels)))
    elif whole.is_additive:
        does_not_add_up(min(whole.tables))


def _times(known: Mapping[Key, Quantity], periodic: set[str]) -> Iterator[Fact]:
    """Periods that add up to the whole; and of different people, none more than the whole."""
    periods: dict[Key, list[Key]] = defaultdict(list)
    for key in known:
        whole = key._replace(period=WHOLE)
        if key.period != WHOLE and whole in known:
            periods[whole].append(key)
    for whole, parts in periods.items():
        if whole.name in periodic:
            yield from _sum_if_it_holds(known, whole, parts)
        elif whole.name == "people":
            for part in parts:
                yield Fact(((part, 1.0), (whole, -1.0)), is_sum=False)


def _within_base(known: Mapping[Key, Quantity], implied: list[Implied]) -> Iterator[Fact]:
    """Part a base in those who have what the rate counts and those who do not."""
    for key in known:
        indicator, _, what = key.name.rpartition(" ")
        if what == "numerator":
            name = _BASES.get(indicator, f"{indicator} n")
            base, secret = key._replace(name=name, place=_people_of(key)), key
        elif key.name == "people":  # who came, of those who are known
            base = secret = key._replace(name="come_share n")
        else:
            continue
        if base in known and known[base].truth >= known[key].truth:
            others = key._replace(name=f"{key.name} others")
            left = known[base].truth - known[key].truth
            least = max(known[base].minimum, known[key].minimum)
            implied.append(Implied(others, left, least, (base, key), rows_of=secret))
            yield Fact(((base, -1.0), (key, 1.0), (others, 1.0)))


def _people_of(key: Key) -> Place:
    return frozenset(pair for pair in key.place if pair[0] not in ("band", "day"))


def _people(known: Mapping[Key, Quantity]) -> Iterator[Fact]:
    """Who came back was there in both quarters, and both together are no more than ever came."""
    for key in known:
        if key.name != "retention_rate numerator":
            continue
        here = key._replace(name="people")
        after = here._replace(period=_next(key.period))
        if after in known:
            yield Fact(((key, 1.0), (after, -1.0)), is_sum=False)
    for key in known:
        first = key._replace(name="scored", period=WHOLE)
        if key.name == "scored twice" and first in known:
            yield Fact(((key, 1.0), (first, -1.0)), is_sum=False)


def _next(quarter: str) -> str:
    match = re.fullmatch(r"(\d{4})Q([1-4])", quarter)
    if not match:
        return ""
    year, number = int(match[1]), int(match[2])
    return f"{year + 1}Q1" if number == 4 else f"{year}Q{number + 1}"


def _rests(known: Mapping[Key, Quantity], implied: list[Implied]) -> Iterator[Fact]:
    """Name what is left of a base beside shares that cannot overlap: neither better nor worse."""
    for first, second in _APART:
        for key in [each for each in known if each.name == f"{first} numerator"]:
            other = key._replace(name=f"{second} numerator")
            base = key._replace(name=_BASES[first])
            if other in known and base in known:
                yield _rest(known, implied, base, [key, other], f"{first} rest")
    bands: dict[Key, list[Key]] = defaultdict(list)
    for key in known:
        if key.name == "score_band_share numerator":
            bands[key._replace(name="scored", place=_people_of(key))].append(key)
    for base, parts in bands.items():
        if base in known and sum(known[each].truth for each in parts) <= known[base].truth:
            yield _rest(known, implied, base, parts, "score_band_share rest")


def _rest(
    known: Mapping[Key, Quantity], implied: list[Implied], base: Key, parts: list[Key], name: str
) -> Fact:
    rest = base._replace(name=name)
    left = known[base].truth - sum(known[each].truth for each in parts)
    implied.append(Implied(rest, left, _least(known, parts), tuple(parts)))
    return Fact(((base, -1.0), (rest, 1.0), *((each, 1.0) for each in parts)))


def _least(known: Mapping[Key, Quantity], parts: Sequence[Key]) -> int:
    return max(known[each].minimum for each in parts)


def _days(known: Mapping[Key, Quantity], implied: list[Implied]) -> Iterator[Fact]:
    """Survival only falls, and what it falls by is the people to whom it happened in between."""
    curves: dict[Key, list[tuple[int, Key]]] = defaultdict(list)
    for key in known:
        indicator, _, what = key.name.rpartition(" ")
        days = [level for dimension, level in key.place if dimension == "day"]
        if what == "numerator" and indicator in _SURVIVAL and days and days[0].isdigit():
            curves[key._replace(place=_people_of(key))].append((int(days[0]), key))
    for curve in curves.values():
        steps = [key for _, key in sorted(curve)]
        for before, after in zip(steps, steps[1:], strict=False):
            fallen = after._replace(name=f"{after.name} fallen")
            lost = known[before].truth - known[after].truth
            least = _least(known, (before, after))
            implied.append(Implied(fallen, lost, least, (before, after)))
            yield Fact(((before, -1.0), (after, 1.0), (fallen, 1.0)))
