"""What a reader knows of numbers because of what they are: limits of scales, users, differences.

Part of the audit; shares nothing with suppression. ``total`` is value times base: what those behind
a mean have together.

A score lies between the scale's ends, so a group's total does between base times either. Each user
has used one service at least and all there are at most; who uses k services is shared by
k (k - 1) / 2 pairs. An effect is the difference of two groups' mean change. Numbers by role of an
area are sums over its neighbourhoods. Each fact is taken up where it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from assets.release.facts import Fact
from assets.release.quantities import Quantity
from assets.release.reader import WHOLE, Key
from schemas.instruments import Instrument

_TOLERANCE = 1e-6
_NOWHERE = frozenset[tuple[str, str]]()
#: Parts of users by how many services they use: level -> services.
_SERVICES_N = {"1": 1, "2": 2, "3+": 3}


def facts_of_numbers(
    known: Mapping[Key, Quantity],
    areas: Mapping[str, str],
    scales: Mapping[str, Instrument],
) -> list[Fact]:
    """Return the facts that follow from what the numbers are.

    Parameters
    ----------
    known
        Every quantity.
    areas
        Neighbourhood -> role of its area.
    scales
        Every scale that is scored, the programme's own among them.
    """
    found = [
        *_ranges(known, scales),
        *_uses(known),
        *_shared(known),
        *_differences(known),
        *_areas(known, areas),
    ]
    return [each for each in found if _is_true(each, known)]


def _is_true(fact: Fact, known: Mapping[Key, Quantity]) -> bool:
    value = sum(sign * known[key].truth for key, sign in fact.terms) - fact.right
    near = _TOLERANCE * max(1.0, abs(fact.right))
    return abs(value) <= near if fact.is_sum else value <= near


def _ranges(known: Mapping[Key, Quantity], scales: Mapping[str, Instrument]) -> Iterator[Fact]:
    for key in known:
        if key.name == "total score_mean" and key.subject in scales:
            scale = scales[key.subject]
            yield from _between(known, key, "scored", scale.score_low, scale.score_high)
        elif key.name == "total score_change" and key.subject in scales:
            scale = scales[key.subject]
            wide = scale.score_high - scale.score_low
            yield from _between(known, key, "scored twice", -wide, wide)
        elif key.name == "total closing_days_mean":
            yield Fact(((key, -1.0),), is_sum=False)


def _between(
    known: Mapping[Key, Quantity], total: Key, base: str, low: float, high: float
) -> Iterator[Fact]:
    """Yield that each of a base has at least and at most so much."""
    indicator = total.name.removeprefix("total ")
    for name in (base, f"{indicator} n"):
        of = total._replace(name=name)
        if of in known:
            yield Fact(((of, low), (total, -1.0)), is_sum=False)
            yield Fact(((total, 1.0), (of, -high)), is_sum=False)
            return


def _services(known: Mapping[Key, Quantity]) -> int:
    """Return how many services there are: contacts list them."""
    levels = {
        level
        for key in known
        if key.name == "contacts_n value"
        for dimension, level in key.place
        if dimension == "service_code"
    }
    pairs = {key.subject for key in known if key.name == "co_use_n value"}
    return len(levels | pairs)


def _uses(known: Mapping[Key, Quantity]) -> Iterator[Fact]:
    """What users use together: one service each at least, those of two bands two and three."""
    services = _services(known)
    for key in known:
        if key.name != "total services_per_user":
            continue
        if services:
            yield from _between(known, key, "users", 1.0, float(services))
        bands = _bands(known, key)
        if bands and services:
            most = {3: float(max(3, services))}
            yield Fact(
                ((key, -1.0), *((part, float(n)) for n, part in bands.items())), is_sum=False
            )
            yield Fact(
                ((key, 1.0), *((part, -most.get(n, float(n))) for n, part in bands.items())),
                is_sum=False,
            )


def _bands(known: Mapping[Key, Quantity], users: Key) -> dict[int, Key]:
    if users.period != WHOLE:
        return {}
    parts = {
        n: Key("users", users.subject, WHOLE, frozenset({("services_n", level)}))
        for level, n in _SERVICES_N.items()
    }
    return parts if all(each in known for each in parts.values()) else {}


def _shared(known: Mapping[Key, Quantity]) -> Iterator[Fact]:
    """Users whom two services share: no more than use several, or than each one's contacts."""
    pairs = [
        (key, {key.subject, *(level for _, level in key.place)})
        for key in known
        if key.name == "co_use_n value" and {name for name, _ in key.place} == {"service_code"}
    ]
    if not pairs:
        return
    users = Key("users", "", WHOLE, _NOWHERE)
    bands = _bands(known, users)
    for pair, services in pairs:
        for service in sorted(services):
            place = frozenset({("service_code", service)})
            contacts = Key("contacts_n value", "", pair.period, place)
            if contacts in known:
                yield Fact(((pair, 1.0), (contacts, -1.0)), is_sum=False)
        if bands:
            yield Fact(((pair, 1.0), (bands[2], -1.0), (bands[3], -1.0)), is_sum=False)
        elif users in known:
            yield Fact(((pair, 1.0), (users, -1.0)), is_sum=False)
        handed = [each for each in _handed(pair, services) if each in known]
        if handed:
            yield Fact((*((each, 1.0) for each in handed), (pair, -1.0)), is_sum=False)
    if bands:
        yield from _all_pairs([pair for pair, _ in pairs], bands, _services(known))


def _handed(pair: Key, services: set[str]) -> list[Key]:
    """Return those handed on either way within a pair: they use both."""
    return [
        Key("handoffs_n value", start, pair.period, frozenset({("to_service", end)}))
        for start in sorted(services)
        for end in sorted(services - {start})
    ]


def _all_pairs(pairs: list[Key], bands: dict[int, Key], services: int) -> Iterator[Fact]:
    terms = tuple((pair, 1.0) for pair in pairs)
    most = services * (services - 1) / 2
    yield Fact((*terms, (bands[2], -1.0), (bands[3], -most)), is_sum=False)
    yield Fact(
        (*((key, -sign) for key, sign in terms), (bands[2], 1.0), (bands[3], 3.0)), is_sum=False
    )


def _differences(known: Mapping[Key, Quantity]) -> Iterator[Fact]:
    """An effect is one group's mean change less that of those it is compared with."""
    for key in known:
        if key.name != "did_effect difference" or len(key.place) != 1:
            continue
        ((dimension, level),) = key.place
        changes = {
            place: total
            for total in known
            if total.name == "total score_change" and total.subject == key.subject
            for name, place in total.place
            if name == dimension and len(total.place) == 1
        }
        for other in sorted(set(changes) - {level}) if level in changes else ():
            one, two = (_mean(known, changes[each]) for each in (level, other))
            if one and two:
                yield Fact(((changes[level], one), (changes[other], -two), (key, -1.0)))


def _mean(known: Mapping[Key, Quantity], total: Key) -> float:
    """Return what a total is divided by, turned over: a reader is taken to know the base."""
    for name in ("scored twice", "score_change n"):
        base = known.get(total._replace(name=name))
        if base is not None and base.truth > 0:
            return 1.0 / base.truth
    return 0.0


def _areas(known: Mapping[Key, Quantity], areas: Mapping[str, str]) -> Iterator[Fact]:
    """Numbers by role are sums over the neighbourhoods with that role."""
    members: dict[Key, list[Key]] = defaultdict(list)
    for key in known:
        for dimension, level in key.place:
            if dimension == "neighbourhood_code" and level in areas:
                role = ("area_role", areas[level])
                whole = key._replace(place=key.place - {(dimension, level)} | {role})
                if whole in known:
                    members[whole].append(key)
    for whole, parts in members.items():
        yield Fact(((whole, -1.0), *((each, 1.0) for each in parts)))
