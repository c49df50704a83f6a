"""Households and the people in them: none of them exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from assets.sample.profile import Profile
from assets.sample.values import choose, draw_age, draw_code
from schemas.fields import AGE_BANDS, FIELDS, PERSON_FIELDS
from schemas.programme import Programme

QUARTER_DAYS = 91
EARLY_DAYS = 120
OF_AGE = 18


@dataclass(frozen=True)
class Person:
    """One invented person.

    Attributes
    ----------
    traits
        Column -> value for the columns that every dataset carries (``PERSON_FIELDS``).
    is_head
        The first of the household: holds the contract and the store's card.
    comes_from, leaves
        First and last day of taking part in workshops.
    workshops
        Codes of the workshops the person goes to.
    """

    code: str
    traits: dict[str, object]
    is_head: bool
    comes_from: date
    leaves: date
    workshops: tuple[str, ...]

    def on(self, day: date) -> dict[str, object]:
        """Return the traits as they are written on a day: age depends on it."""
        age = self.age_in(day.year)
        band = next((name for name, (low, high) in AGE_BANDS.items() if low <= age <= high), None)
        return {**self.traits, "age_years": age, "age_band": band}

    def age_in(self, year: int) -> int:
        """Return the age reached in a year."""
        born = self.traits["birth_year"]
        assert isinstance(born, int)
        return year - born


def make_people(rng: np.random.Generator, profile: Profile, programme: Programme) -> list[Person]:
    """Make everybody, ordered by code."""
    declared = programme.codes()
    shared = profile.people.household_fields
    people: list[Person] = []
    for number, size in enumerate(_sizes(rng, profile), start=1):
        home: dict[str, object] = {name: _trait(rng, name, profile, declared) for name in shared}
        home["household_code"] = f"NUC-{number:03d}"
        home["municipality_code"] = profile.people.municipality_code
        for place in range(size):
            traits = dict(home)
            for name in PERSON_FIELDS:
                if name not in (*home, "age_band") and FIELDS[name].kind == "code":
                    traits[name] = _trait(rng, name, profile, declared)
            age = draw_age(rng, profile.weights["age_band"])
            # The holder of the contract is of age.
            traits["birth_year"] = programme.start.year - (max(age, 25) if place == 0 else age)
            code = f"LUN-{len(people) + 1:04d}"
            people.append(_person(rng, code, traits, place == 0, profile, programme))
    return people


def _sizes(rng: np.random.Generator, profile: Profile) -> list[int]:
    """Enrolled members of each household: one at least, the rest spread unevenly."""
    wanted = profile.people
    sizes = np.ones(wanted.households, dtype=int)
    pull = rng.gamma(0.8, size=wanted.households)
    while sizes.sum() < wanted.persons:
        open_ = sizes < wanted.largest_household
        sizes[rng.choice(wanted.households, p=(pull * open_) / (pull * open_).sum())] += 1
    return [int(size) for size in sizes]


def _trait(
    rng: np.random.Generator, name: str, profile: Profile, declared: dict[str, list[str]]
) -> str | None:
    codes = list(FIELDS[name].codes) or declared.get(name, [])
    return draw_code(rng, codes, profile.weights.get(name, {}))


def _person(
    rng: np.random.Generator,
    code: str,
    traits: dict[str, object],
    is_head: bool,
    profile: Profile,
    programme: Programme,
) -> Person:
    comes_from = _first_day(rng, profile, programme)
    born = traits["birth_year"]
    assert isinstance(born, int)
    is_adult = comes_from.year - born >= OF_AGE
    stay = rng.exponential(profile.people.stay_quarters) * QUARTER_DAYS
    open_to = {
        name: each.popularity
        for name, each in profile.workshops.items()
        if (is_adult or each.all_ages)
        and (not each.women_only or traits["gender_code"] == "female")
    }
    chosen: list[str] = []
    for _ in range(int(rng.choice([1, 2, 3], p=[0.4, 0.4, 0.2]))):
        chosen.append(choose(rng, open_to))
        open_to.pop(chosen[-1])
    leaves = comes_from + timedelta(days=30 + int(stay))
    return Person(code, traits, is_head, comes_from, leaves, tuple(sorted(chosen)))


def _first_day(rng: np.random.Generator, profile: Profile, programme: Programme) -> date:
    """Many come early, most of them in the first weeks; the others until three months from the end."""
    if rng.random() < profile.people.early_share:
        return programme.start + timedelta(days=int(EARLY_DAYS * rng.random() ** 2))
    days = (programme.end - programme.start).days - QUARTER_DAYS
    return programme.start + timedelta(days=int(rng.integers(EARLY_DAYS, days)))
