"""Contacts with the services, month by month, with the step that the analysis must find."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import numpy as np

from assets.sample.people import OF_AGE, Person
from assets.sample.profile import Closing, Opening, Profile, ServiceProfile
from assets.sample.values import choose, draw_amount, pick
from schemas.fields import FIELDS
from schemas.programme import Programme

#: Month in which a service with a season is least busy.
QUIETEST_MONTH = 8


def make_contacts(
    rng: np.random.Generator, profile: Profile, programme: Programme, people: list[Person]
) -> dict[str, list[dict[str, object]]]:
    """Make the contacts: source -> records (column -> value), in order of day."""
    records: dict[str, list[dict[str, object]]] = {}
    users_of = {
        code: _users(rng, service, people, programme) for code, service in profile.services.items()
    }
    stocks = _stocks(rng, profile, people, users_of)
    usual = _usual(rng.spawn(1)[0], users_of)
    for code, service in profile.services.items():
        users = users_of[code]
        pull = rng.gamma(2.0, size=len(users))
        homes = [usual[user.traits["household_code"]] for user in users]
        draw = profile.settling * np.array([1 if home == code else -1 for home in homes])
        found = records.setdefault(service.source, [])
        for first in _months(programme):
            days = _open_days(service, profile, first)
            mean = expected(service, first)
            spread = float(np.sqrt(service.dispersion * mean))
            number = max(0, round(mean + spread * float(rng.standard_normal())))
            drawn = pull * np.exp(draw * _share_over(programme, first))
            for day, person in _visits(rng, days, users, drawn, number):
                found.append(_record(rng, code, day, person, profile, stocks))
        found.sort(key=lambda row: (row["contact_date"], row["person_code"]))
        if service.record:
            for place, row in enumerate(found, start=1):
                row["record_id"] = f"{service.record}-{place:05d}"
    return records


def expected(service: ServiceProfile, month: date) -> float:
    """Return the expected contacts of a month: level, season and planted step."""
    angle = 2 * np.pi * (month.month - QUIETEST_MONTH) / 12
    level = service.per_month * float(np.exp(-service.season * np.cos(angle)))
    if service.step and month >= service.step.on:
        level *= service.step.ratio
    return level


def _share_over(programme: Programme, day: date) -> float:
    """Return how much of the programme is over on a day, 0 to 1."""
    return max(0.0, (day - programme.start) / (programme.end - programme.start))


def _usual(rng: np.random.Generator, users_of: dict[str, list[Person]]) -> dict[object, str]:
    """Draw the usual service of each household, among those that its members use."""
    used: dict[object, list[str]] = {}
    for code, users in users_of.items():
        for home in sorted({str(user.traits["household_code"]) for user in users}):
            used.setdefault(home, []).append(code)
    return {home: pick(rng, codes) for home, codes in sorted(used.items(), key=str)}


def _months(programme: Programme) -> list[date]:
    first = programme.start.year * 12 + programme.start.month - 1
    last = programme.end.year * 12 + programme.end.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]


def _users(
    rng: np.random.Generator, service: ServiceProfile, people: list[Person], programme: Programme
) -> list[Person]:
    """Adults (or contract holders only), a share of them: not everybody knows every service."""
    able = [
        person
        for person in people
        if person.is_head
        or (not service.heads_only and person.age_in(programme.start.year) >= OF_AGE)
    ]
    chosen = rng.choice(len(able), size=max(1, round(len(able) * service.users)), replace=False)
    return [able[place] for place in sorted(chosen)]


def _open_days(service: ServiceProfile, profile: Profile, first: date) -> list[date]:
    length = calendar.monthrange(first.year, first.month)[1]
    month = [first + timedelta(days=place) for place in range(length)]
    return [
        day
        for day in month
        if day.weekday() in service.weekdays and not profile.calendar.is_holiday(day)
    ]


def _visits(
    rng: np.random.Generator,
    days: list[date],
    users: list[Person],
    pull: np.ndarray,
    number: int,
) -> list[tuple[date, Person]]:
    """Different pairs of day and person: nobody comes twice on one day."""
    weights = np.tile(pull, len(days))
    chosen = rng.choice(len(weights), size=number, replace=False, p=weights / weights.sum())
    return [(days[place // len(users)], users[place % len(users)]) for place in sorted(chosen)]


def _stocks(
    rng: np.random.Generator,
    profile: Profile,
    people: list[Person],
    users_of: dict[str, list[Person]],
) -> dict[tuple[object, str], float]:
    """Return (household, column) -> amount, for amounts that belong to a household, not a contact.

    One household that uses the services of contract holders outweighs the others of its tenure.
    """
    found: dict[tuple[object, str], float] = {}
    heads = [person for person in people if person.is_head]
    for name, amount in profile.amounts.items():
        if amount.drift is not None:
            always = amount.model_copy(update={"missing": 0.0})
            for head in heads:
                drawn = draw_amount(rng, FIELDS[name], always)
                assert drawn is not None
                found[head.traits["household_code"], name] = drawn
    chief = profile.dominant_household
    held = [users_of[code] for code, each in profile.services.items() if each.heads_only]
    for head in heads:
        uses_all = all(head in users for users in held)
        if uses_all and head.traits["tenure_code"] == chief.tenure_code:
            found[head.traits["household_code"], chief.field] = chief.amount
            break
    return found


def _record(
    rng: np.random.Generator,
    code: str,
    day: date,
    person: Person,
    profile: Profile,
    stocks: dict[tuple[object, str], float],
) -> dict[str, object]:
    service = profile.services[code]
    record: dict[str, object] = {
        "person_code": person.code,
        "service_code": code,
        "contact_date": day,
        **person.on(day),
    }
    if service.categories:
        record["category_code"] = choose(rng, service.categories)
    for name, amount in profile.amounts.items():
        if amount.drift is not None:
            stock = stocks[person.traits["household_code"], name]
            amount = amount.model_copy(update={"median": stock, "spread": amount.drift})
        record[name] = draw_amount(rng, FIELDS[name], amount)
    if service.closing:
        record["closed_date"] = _closing(rng, day, service.closing)
    return record


def add_openings(
    rng: np.random.Generator, profile: Profile, records: dict[str, list[dict[str, object]]]
) -> None:
    """Say on which day the case behind each contact was opened, where a service writes that down."""
    for code, service in profile.services.items():
        if service.opening is None:
            continue
        for row in records[service.source]:
            day = row["contact_date"]
            if row["service_code"] == code and isinstance(day, date):
                row["opened_date"] = day - timedelta(days=_days_open(rng, service.opening))


def _days_open(rng: np.random.Generator, opening: Opening) -> int:
    is_same_day = rng.random() < opening.same_day
    days = int(opening.median_days * float(np.exp(opening.spread * rng.standard_normal())))
    return 0 if is_same_day else days


def _closing(rng: np.random.Generator, day: date, closing: Closing) -> date | None:
    never = rng.random() < closing.never
    days = int(closing.median_days * float(np.exp(closing.spread * rng.standard_normal())))
    return None if never else day + timedelta(days=days)
