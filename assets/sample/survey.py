"""The survey: who answers which wave, with what lead and dose; scales, choices and ticks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import numpy as np

from assets.sample.answers import make_answers
from assets.sample.people import Person
from assets.sample.profile import Profile
from assets.sample.values import choose
from schemas.programme import Programme, Wave

#: A dose is told in tens of sessions.
TEN = 10.0


def make_responses(
    rng: np.random.Generator,
    profile: Profile,
    programme: Programme,
    people: list[Person],
    attended: Mapping[str, list[date]] | None = None,
) -> dict[str, list[dict[str, object]]]:
    """Make the questionnaires: source -> one record each; an item's answer stands under its code.

    Parameters
    ----------
    attended
        Person -> days of sessions, for scales that move with them.
    """
    survey = profile.survey
    leads = _leads(profile, programme, people)
    scales = make_answers(rng, profile, leads, _doses(profile, programme, people, attended or {}))
    records: dict[str, list[dict[str, object]]] = {}
    for place, (wave, who) in enumerate(_respondents(rng, profile, programme, people).items()):
        found = records.setdefault(survey.waves[wave].source, [])
        for number in who:
            record = _opening(rng, people[number], wave, programme.waves[wave])
            for answers in scales:
                record.update(answers(place, number))
            record.update({item: choose(rng, each) for item, each in survey.choices.items()})
            for item, options in survey.ticks.items():
                record[item] = {name for name, chance in options.items() if rng.random() < chance}
            found.append(record)
    for found in records.values():
        found.sort(key=lambda row: (str(row["response_date"]), str(row["person_code"])))
    return records


def _respondents(
    rng: np.random.Generator, profile: Profile, programme: Programme, people: list[Person]
) -> dict[str, list[int]]:
    """Wave -> positions of those who answer it: a share of the first wave and some new people."""
    old_enough = [
        place
        for place, person in enumerate(people)
        if person.age_in(programme.start.year) >= profile.survey.youngest
    ]
    found: dict[str, list[int]] = {}
    first: list[int] = []
    for wave, who in profile.survey.waves.items():
        others = [place for place in old_enough if place not in first]
        stayed = round(len(first) * who.share_of_first)
        stay = rng.choice(first, stayed, replace=False).tolist() if first else []
        new = rng.choice(others, min(who.persons + who.new_persons, len(others)), replace=False)
        found[wave] = sorted(int(place) for place in [*stay, *new])
        first = first or found[wave]
    return found


def _leads(profile: Profile, programme: Programme, people: list[Person]) -> np.ndarray:
    """Return how much of the lead each person has in each wave, around a mean of 0 over everybody.

    Nothing in the comparison neighbourhoods, nor before a neighbourhood has joined.
    """
    waves = [programme.waves[name] for name in profile.survey.waves]
    places = {} if programme.neighbourhoods == "open" else programme.neighbourhoods
    found = np.zeros((len(waves), len(people)))
    for number, person in enumerate(people):
        place = places.get(str(person.traits["neighbourhood_code"]))
        if place is None or place.role == "comparison":
            continue
        for at, wave in enumerate(waves):
            if place.start is None or place.start <= wave.start:
                found[at, number] = at / (len(waves) - 1)
    return found - found.mean(axis=1, keepdims=True)


def _doses(
    profile: Profile,
    programme: Programme,
    people: list[Person],
    attended: Mapping[str, list[date]],
) -> np.ndarray:
    """Return the tens of sessions each person had since the first wave, around a mean of 0."""
    waves = [programme.waves[name] for name in profile.survey.waves]
    found = np.array(
        [
            [
                sum(waves[0].end < day < wave.start for day in attended.get(person.code, []))
                for person in people
            ]
            for wave in waves
        ]
    )
    return (found - found.mean(axis=1, keepdims=True)) / TEN


def _opening(rng: np.random.Generator, person: Person, wave: str, dates: Wave) -> dict[str, object]:
    day = dates.start + timedelta(days=int(rng.integers((dates.end - dates.start).days + 1)))
    clock = time(int(rng.integers(9, 20)), int(rng.integers(60)), int(rng.integers(60)))
    return {
        "person_code": person.code,
        "wave_code": wave,
        "response_date": datetime.combine(day, clock),
        **person.on(day),
    }
