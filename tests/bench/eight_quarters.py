"""What a programme would release at the end of each of its eight quarters, without files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assets.estimates import estimates_frame
from assets.impact.asked.change import change_rows
from assets.measures import contacts, participation, score_shares, scores, service_rows, staying
from assets.measures.fragmentation import continuity_table
from assets.measures.groups import quarters_covered
from assets.measures.handoffs import first_contacts
from assets.measures.network import incidence
from assets.measures.uses import service_uses
from assets.release.candidates import candidates
from assets.sample.people import make_people
from assets.sample.services import make_contacts
from assets.sample.survey import make_responses
from assets.sample.workshops import make_attendance
from schemas.instruments import shipped
from tests.bench import synthetic


@dataclass(frozen=True)
class World:
    """A programme to its end: core tables as far as the descriptive measures need them."""

    participants: pd.DataFrame
    attendance: pd.DataFrame
    contacts: pd.DataFrame
    scores: pd.DataFrame
    dimensions: tuple[str, ...] = ()  # what it publishes by; none: all there is


@dataclass(frozen=True)
class Quarter:
    """What asks to leave at the end of one quarter."""

    name: str
    candidates: pd.DataFrame
    hours: pd.DataFrame


#: What a small programme has of the demo: fewer people and fewer places to meet them.
SMALL_ACTIVITIES = ("italiano_donne", "cucito_riuso", "bilancio_familiare")
SMALL_SERVICES = ("listening_centre", "emporio")
SMALL_DIMENSIONS = ("", "gender_code", "tenure_code", "activity_code", "service_code")
SMALL_PERSONS = 150


def make_small(seed: int) -> World:
    """Make one programme of fewer people with three of the demo's activities, two of its services, no survey.

    It publishes by gender, tenure, activity and service alone: the same rules on fewer tables.
    """
    whole = make(seed, persons=SMALL_PERSONS)
    came, used = whole.attendance, whole.contacts
    return World(
        participants=whole.participants,
        attendance=came[came["activity_code"].isin(SMALL_ACTIVITIES)].reset_index(drop=True),
        contacts=used[used["service_code"].isin(SMALL_SERVICES)].reset_index(drop=True),
        scores=whole.scores.iloc[:0],
        dimensions=SMALL_DIMENSIONS,
    )


def make(seed: int, *, persons: int | None = None) -> World:
    """Make one programme with the demo's shape; the same seed makes the same one."""
    how, what = synthetic.profile(has_effect=True, persons=persons), synthetic.programme()
    streams = np.random.SeedSequence(seed).spawn(4)
    chance = [np.random.Generator(np.random.PCG64(each)) for each in streams]
    people = make_people(chance[0], how, what)
    return World(
        participants=synthetic._participants(people),
        attendance=_attendance(make_attendance(chance[3], how, what, people)),
        contacts=_contacts(make_contacts(chance[2], how, what, people)),
        scores=synthetic._scores(make_responses(chance[1], how, what, people)),
    )


def quarters(world: World) -> Iterator[Quarter]:
    """Yield what would be asked to leave at the end of each quarter, from what was known by then."""
    what = synthetic.programme()
    for number, name in enumerate(what.quarters()):
        end = pd.Period(name).end_time
        came = world.attendance[world.attendance["session_date"] <= end]
        used = world.contacts[world.contacts["contact_date"] <= end]
        waves = [code for code, each in what.waves.items() if pd.Timestamp(each.end) <= end]
        scored = world.scores[world.scores["wave_code"].isin(waves)]
        known = {*came["person_code"], *used["person_code"].dropna(), *scored["person_code"]}
        people = world.participants[world.participants["person_code"].isin(known)]
        rows = [*_rows(came, used, scored, people)]
        if world.dimensions:
            rows = [row for row in rows if _by(row) <= set(world.dimensions)]
        yield Quarter(
            name,
            candidates([estimates_frame(rows, f"v{number}")]),
            participation.activity_hours(came),
        )


def _by(row: dict[str, object]) -> set[object]:
    """Return what a row is split by."""
    return {row.get(name) or "" for name in ("by_1", "by_2")}


def _rows(
    came: pd.DataFrame, used: pd.DataFrame, scored: pd.DataFrame, people: pd.DataFrame
) -> Iterator[dict[str, object]]:
    asked = synthetic.programme().evaluation
    covered = quarters_covered(came["quarter"], [])
    yield from participation.reach_rows(came, people, covered)
    yield from participation.session_rows(came, covered)
    yield from participation.hour_rows(came, covered)
    yield from participation.absence_rows(came, people, covered)
    yield from participation.retention_rows(participation.person_quarters(came), people, covered)
    yield from staying.come_rows(came, people)
    yield from staying.stay_rows(staying.stay_table(came), people)
    yield from contacts.contact_rows(used, contacts.monthly_contacts(used))
    if len(scored):
        yield from scores.score_mean_rows(scored, people)
        yield from score_shares.share_rows(scored, shipped(), asked.scales)
    if asked.change and asked.change.end in set(scored["wave_code"]):
        yield from change_rows(scored, people, asked.change.start, asked.change.end)
    uses = service_uses(used, people)
    yield from service_rows.services_per_user_rows(continuity_table(uses, covered), covered)
    yield from service_rows.co_use_rows(incidence(uses), "service_code")
    yield from service_rows.handoff_rows(first_contacts(uses))


def _attendance(made: dict[str, list[dict[str, object]]]) -> pd.DataFrame:
    found = pd.DataFrame([record for records in made.values() for record in records])
    day = pd.to_datetime(found["session_date"])
    names = ["person_code", "activity_code", "is_present", "hours", "is_reminded"]
    return found.reindex(columns=names).assign(
        session_date=day,
        quarter=day.dt.to_period("Q").astype(str),
        is_present=found["is_present"].astype("boolean"),
        hours=pd.to_numeric(found["hours"]).astype("Float64"),
        is_reminded=found["is_reminded"].astype("boolean"),
    )


def _contacts(made: dict[str, list[dict[str, object]]]) -> pd.DataFrame:
    found = pd.DataFrame([record for records in made.values() for record in records])
    day = pd.to_datetime(found["contact_date"])
    names = ["person_code", "household_code", "service_code", "opened_date", "partner_code"]
    return found.reindex(columns=names).assign(
        contact_date=day,
        month=day.dt.strftime("%Y-%m"),
        contact_n=1,
        is_aggregate=False,
        closed_date=pd.NaT,
        link_certainty="certain",
    )
