"""What a reader of all tables knows to hold between numbers, written down as linear facts.

Part of the audit; shares nothing with suppression. ``sums``: levels that make up a total (of one
table, or of a base that several tables speak of). ``at most``: a numerator and its base; who came
back and who was there before and after; a quarter and the whole; shares of one base that cannot
overlap (improved, worsened); survival that only falls from day to day.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assets.errors import ConfigurationError
from assets.release.reader import WHOLE, Key, Place, Quantity
from schemas.released import ReleasedTable

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Fact:
    """``sum of coefficient * quantity`` is (or is at most) ``right``."""

    terms: tuple[tuple[Key, float], ...]
    right: float = 0.0
    is_sum: bool = True


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


def facts(known: dict[Key, Quantity], tables: Mapping[str, ReleasedTable]) -> list[Fact]:
    """Return every fact between quantities; adds to ``known`` what is left over of a base.

    Raises
    ------
    ConfigurationError
        When a table declared additive does not add up: then nothing can be proved about it.
    """
    _nobody_left(known)
    rests = list(_rests(known))
    found = [*_levels(known), *_times(known, over_time(tables))]
    return [*found, *rests, *_within_base(known), *_people(known), *_days(known)]


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
        code = min(whole.tables)
        raise ConfigurationError(
            f"La tabella «{code}» è dichiarata additiva ma i suoi livelli non danno il totale: "
            "non si può controllare, quindi non esce.",
            f"Table '{code}' is declared additive but its levels do not add up to its total: it "
            "cannot be checked, so it does not leave.",
        )


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


def _within_base(known: dict[Key, Quantity]) -> Iterator[Fact]:
    """Part a base in those who have what the rate counts and those who do not."""
    for key in list(known):
        indicator, _, what = key.name.rpartition(" ")
        place = _people_of(key)
        if what == "numerator":
            base = key._replace(name=_BASES.get(indicator, f"{indicator} n"), place=place)
            rows = known[key].hidden
        elif key.name == "people":  # who came, of those who are known
            base = key._replace(name="come_share n")
            rows = known[base].hidden if base in known else set()
        else:
            continue
        if base in known and known[base].truth >= known[key].truth:
            others = key._replace(name=f"{key.name} others")
            known[others] = _others(others, known[base], known[key], rows)
            yield Fact(((base, -1.0), (key, 1.0), (others, 1.0)))


def _others(key: Key, base: Quantity, counted: Quantity, rows: set[str]) -> Quantity:
    """Those of a hidden rate's base who do not have what it counts: a secret where they are few."""
    truth, minimum = base.truth - counted.truth, max(base.minimum, counted.minimum)
    is_small = bool(rows) and 0.5 < truth < minimum - 0.5
    return Quantity(
        key,
        truth,
        minimum,
        is_needed=is_small,
        wanted=float(minimum) if is_small else 0.0,
        tables=base.tables | counted.tables,
        hidden=set(rows),
    )


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


def _nobody_left(known: Mapping[Key, Quantity]) -> None:
    """Nobody came back where nobody came: a real zero says so, and is no secret."""
    for key, quantity in known.items():
        if key.name == "retention_rate numerator":
            after = known.get(key._replace(name="people", period=_next(key.period)))
            if after is not None and after.is_shown and after.truth == 0:
                quantity.is_shown = True


def _next(quarter: str) -> str:
    match = re.fullmatch(r"(\d{4})Q([1-4])", quarter)
    if not match:
        return ""
    year, number = int(match[1]), int(match[2])
    return f"{year + 1}Q1" if number == 4 else f"{year}Q{number + 1}"


def _rests(known: dict[Key, Quantity]) -> Iterator[Fact]:
    """Name what is left of a base beside shares that cannot overlap: neither better nor worse."""
    for first, second in _APART:
        for key in [each for each in known if each.name == f"{first} numerator"]:
            other = key._replace(name=f"{second} numerator")
            base = key._replace(name=_BASES[first])
            if other in known and base in known:
                yield _rest(known, base, [key, other], f"{first} rest")
    bands: dict[Key, list[Key]] = defaultdict(list)
    for key in known:
        if key.name == "score_band_share numerator":
            bands[key._replace(name="scored", place=_people_of(key))].append(key)
    for base, parts in bands.items():
        if base in known and sum(known[each].truth for each in parts) <= known[base].truth:
            yield _rest(known, base, parts, "score_band_share rest")


def _rest(known: dict[Key, Quantity], base: Key, parts: list[Key], name: str) -> Fact:
    truth = known[base].truth - sum(known[each].truth for each in parts)
    rest = base._replace(name=name)
    known[rest] = _implied(rest, truth, [known[each] for each in parts])
    return Fact(((base, -1.0), (rest, 1.0), *((each, 1.0) for each in parts)))


def _implied(key: Key, truth: float, parts: list[Quantity]) -> Quantity:
    """Return a number that no row shows; found out, it is the fault of the smallest part shown."""
    minimum = max(each.minimum for each in parts)
    is_small = 0.5 < truth < minimum - 0.5
    blamed = sorted(parts, key=lambda each: (not each.is_shown, each.truth, each.key.name))[0]
    return Quantity(
        key,
        truth,
        minimum,
        is_needed=is_small,
        wanted=float(minimum) if is_small else 0.0,
        tables=set().union(*(each.tables for each in parts)),
        hidden={min(blamed.showing or blamed.hidden)},
    )


def _days(known: dict[Key, Quantity]) -> Iterator[Fact]:
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
            truth = known[before].truth - known[after].truth
            known[fallen] = _implied(fallen, truth, [known[before], known[after]])
            yield Fact(((before, -1.0), (after, 1.0), (fallen, 1.0)))
