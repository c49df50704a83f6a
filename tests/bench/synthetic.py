"""Many synthetic programmes without files: the generator's people, answers and contacts as core tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from assets.measures.contacts import monthly_contacts
from assets.measures.scores import score_table
from assets.sample.make import TEMPLATES
from assets.sample.people import Person, make_people
from assets.sample.profile import Profile, read_profile
from assets.sample.services import make_contacts
from assets.sample.survey import make_responses
from schemas.config import read_config
from schemas.instruments import shipped
from schemas.programme import Programme

#: Large programmes whose mean is taken for the truth: people in each, and how many there are.
LARGE, LARGE_N = 1_500, 24


@dataclass(frozen=True)
class Synthetic:
    """One programme: the tables that the evidence is made of."""

    participants: pd.DataFrame
    scores: pd.DataFrame
    contacts: pd.DataFrame
    monthly: pd.DataFrame


@cache
def programme() -> Programme:
    """Return the demo's declaration."""
    return read_config(TEMPLATES / "programme.yml", Programme)


def profile(*, has_effect: bool, persons: int | None = None) -> Profile:
    """Return the demo's profile as a sample of a larger world, with the planted effects or none.

    People are drawn, not made to have the planted mean to the digit, and monthly contacts vary as
    chance alone would have them: otherwise intervals would cover too often and nobody would notice.
    """
    house = read_profile()
    scales = {
        name: each if has_effect else each.model_copy(update={"change": 0.0, "lead": 0.0})
        for name, each in house.survey.scales.items()
    }
    services = {
        name: each.model_copy(update={"dispersion": 1.0} | ({} if has_effect else {"step": None}))
        for name, each in house.services.items()
    }
    survey = house.survey.model_copy(update={"scales": scales, "is_exact": False})
    people = house.people
    if persons is not None:
        households = round(persons * people.households / people.persons)
        people = people.model_copy(update={"persons": persons, "households": households})
        waves = {
            name: each.model_copy(
                update={
                    "persons": round(each.persons * persons / house.people.persons),
                    "new_persons": round(each.new_persons * persons / house.people.persons),
                }
            )
            for name, each in survey.waves.items()
        }
        survey = survey.model_copy(update={"waves": waves})
    return house.model_copy(update={"survey": survey, "services": services, "people": people})


def make(seed: int, how: Profile, *, with_contacts: bool = True) -> Synthetic:
    """Make one programme; the same seed makes the same one."""
    chances = [np.random.Generator(np.random.PCG64(each)) for each in _streams(seed)]
    people = make_people(chances[0], how, programme())
    answers = make_responses(chances[1], how, programme(), people)
    contacts = _contacts(chances[2], how, people) if with_contacts else pd.DataFrame()
    return Synthetic(
        participants=_participants(people),
        scores=_scores(answers),
        contacts=contacts,
        monthly=monthly_contacts(contacts) if with_contacts else pd.DataFrame(),
    )


def _streams(seed: int) -> list[np.random.SeedSequence]:
    return np.random.SeedSequence(seed).spawn(3)


def _participants(people: list[Person]) -> pd.DataFrame:
    rows = [
        {"person_code": each.code, **each.on(programme().start), "link_certainty": "certain"}
        for each in people
    ]
    found = pd.DataFrame(rows).convert_dtypes()
    places = programme().neighbourhoods
    roles = {} if places == "open" else {code: each.role for code, each in places.items()}
    return found.assign(area_role=found["neighbourhood_code"].map(roles).astype("string"))


def _scores(answers: dict[str, list[dict[str, object]]]) -> pd.DataFrame:
    wanted = {
        item: name for name in programme().evaluation.scales for item in shipped()[name].item_codes
    }
    rows = [
        (record["person_code"], record["wave_code"], wanted[item], item, record[item])
        for found in answers.values()
        for record in found
        for item in wanted
        if item in record
    ]
    names = ["person_code", "wave_code", "instrument_code", "item_code", "answer_value"]
    responses = pd.DataFrame(rows, columns=names)
    return score_table(responses, shipped(), programme().evaluation.scales)


def _contacts(rng: np.random.Generator, how: Profile, people: list[Person]) -> pd.DataFrame:
    made = make_contacts(rng, how, programme(), people)
    rows = [record for found in made.values() for record in found]
    found = pd.DataFrame(rows)[["person_code", "household_code", "service_code", "contact_date"]]
    day = pd.to_datetime(found["contact_date"])
    return found.assign(
        contact_date=day,
        month=day.dt.strftime("%Y-%m"),
        contact_n=1,
        is_aggregate=False,
        closed_date=pd.NaT,
    )
