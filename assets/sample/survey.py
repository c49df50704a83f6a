"""Answers to the survey: scales with a known true change, choices and ticks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import numpy as np

from assets.sample.people import Person
from assets.sample.profile import Profile, ScaleProfile
from assets.sample.values import choose
from schemas.instruments import Instrument, shipped
from schemas.programme import Programme, Wave


def make_responses(
    rng: np.random.Generator, profile: Profile, programme: Programme, people: list[Person]
) -> dict[str, list[dict[str, object]]]:
    """Make the questionnaires: source -> one record each; an item's answer stands under its code.

    A person's score in the first wave is drawn from the profile; in later waves it is the first
    one, drawn towards the mean, plus the share of the planted change that falls to that wave.
    """
    waves = profile.survey.waves
    leads = _leads(profile, programme, people)
    draw = _standard if profile.survey.is_exact else _normal
    scores = {name: _scores(rng, each, leads, draw) for name, each in _scales(profile)}
    records: dict[str, list[dict[str, object]]] = {}
    for place, (wave, who) in enumerate(_respondents(rng, profile, programme, people).items()):
        found = records.setdefault(waves[wave].source, [])
        for number in who:
            record = _opening(rng, people[number], wave, programme.waves[wave])
            for name, scale in _scales(profile):
                items = spread_over_items(
                    rng, shipped()[name], scores[name][place, number], scale.item_sd
                )
                record.update(_with_gaps(rng, items, profile.survey.item_missing))
            record.update(
                {item: choose(rng, each) for item, each in profile.survey.choices.items()}
            )
            for item, options in profile.survey.ticks.items():
                record[item] = {name for name, chance in options.items() if rng.random() < chance}
            found.append(record)
    for found in records.values():
        found.sort(key=lambda row: (str(row["response_date"]), str(row["person_code"])))
    return records


def _scales(profile: Profile) -> list[tuple[str, ScaleProfile]]:
    return list(profile.survey.scales.items())


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


def _scores(
    rng: np.random.Generator,
    scale: ScaleProfile,
    leads: np.ndarray,
    draw: Callable[[np.random.Generator, int], np.ndarray],
) -> np.ndarray:
    """Scores before rounding, one row a wave: equal spread, correlation with the first wave.

    The planted change is the mean change of all the people there are; those who answer are a
    sample of them, so the analysis finds it within its interval, not to the digit.
    """
    waves, number = leads.shape
    first = draw(rng, number)
    rows = [scale.mean + scale.sd * first]
    for place in range(1, waves):
        noise = draw(rng, number)
        mixed = scale.correlation * first + np.sqrt(1 - scale.correlation**2) * noise
        change = scale.change * place / (waves - 1) + scale.lead * leads[place]
        rows.append(scale.mean + change + scale.sd * mixed)
    return np.array(rows)


def _normal(rng: np.random.Generator, number: int) -> np.ndarray:
    return rng.standard_normal(number)


def _standard(rng: np.random.Generator, number: int) -> np.ndarray:
    """Draw normal numbers whose mean is 0 and whose standard deviation is 1, exactly."""
    drawn = rng.standard_normal(number)
    return (drawn - drawn.mean()) / drawn.std()


def spread_over_items(
    rng: np.random.Generator, scale: Instrument, score: float, item_sd: float
) -> dict[str, int]:
    """Give the items whole answers that score to ``score``.

    The total is rounded up or down at random, so that its expectation is kept (a planted change
    survives rounding); it is then moved over the items, which scatter by ``item_sd``.
    """
    codes = scale.item_codes
    size = len(codes)
    total = score / scale.scoring.multiply * (size if scale.scoring.method == "mean" else 1)
    whole = int(np.clip(np.floor(total + rng.random()), size * scale.low, size * scale.high))
    wanted = whole / size + item_sd * rng.standard_normal(size)
    answers = np.clip(np.rint(wanted), scale.low, scale.high).astype(int)
    while (gap := whole - int(answers.sum())) != 0:
        step = 1 if gap > 0 else -1
        can = answers < scale.high if gap > 0 else answers > scale.low
        distance = np.where(can, step * (wanted - answers), -np.inf)
        answers[int(np.argmax(distance))] += step
    turned = {item.code for item in scale.items if item.is_reversed}
    return {
        code: scale.low + scale.high - int(answer) if code in turned else int(answer)
        for code, answer in zip(codes, answers, strict=True)
    }


def _with_gaps(
    rng: np.random.Generator, items: dict[str, int], missing: float
) -> dict[str, int | None]:
    gaps = rng.random(len(items)) < missing
    return {
        code: None if gap else answer
        for (code, answer), gap in zip(items.items(), gaps, strict=True)
    }


def _opening(rng: np.random.Generator, person: Person, wave: str, dates: Wave) -> dict[str, object]:
    day = dates.start + timedelta(days=int(rng.integers((dates.end - dates.start).days + 1)))
    clock = time(int(rng.integers(9, 20)), int(rng.integers(60)), int(rng.integers(60)))
    return {
        "person_code": person.code,
        "wave_code": wave,
        "response_date": datetime.combine(day, clock),
        **person.on(day),
    }
