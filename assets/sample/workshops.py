"""Who was at which session: records of attendance."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from assets.sample.people import Person
from assets.sample.profile import Profile, Workshop
from assets.sample.values import pick
from schemas.programme import Programme


def make_attendance(
    rng: np.random.Generator, profile: Profile, programme: Programme, people: list[Person]
) -> dict[str, list[dict[str, object]]]:
    """Make the registers: source -> records (column -> value), in order of day."""
    records: dict[str, list[dict[str, object]]] = {}
    for code, workshop in profile.workshops.items():
        goers = [person for person in people if code in person.workshops]
        found = records.setdefault(workshop.source, [])
        for day in _sessions(rng, workshop, profile, programme):
            for person in goers:
                if person.comes_from <= day <= person.leaves:
                    record = _record(rng, code, day, person, profile)
                    if record is not None:
                        found.append(record)
    for found in records.values():
        found.sort(key=lambda row: (row["session_date"], row["activity_code"], row["person_code"]))
    return records


def attended(records: dict[str, list[dict[str, object]]]) -> dict[str, list[date]]:
    """Return person -> days of the sessions they were at."""
    found: dict[str, list[date]] = {}
    for row in (row for rows in records.values() for row in rows if row["is_present"]):
        day = row["session_date"]
        assert isinstance(day, date)
        found.setdefault(str(row["person_code"]), []).append(day)
    return found


def _sessions(
    rng: np.random.Generator, workshop: Workshop, profile: Profile, programme: Programme
) -> list[date]:
    calendar = profile.calendar
    first = programme.start + timedelta(days=(workshop.weekday - programme.start.weekday()) % 7)
    held = []
    for week in range(0, (programme.end - first).days // 7 + 1, workshop.every_weeks):
        day = first + timedelta(days=7 * week)
        share = 1.0
        if any(day in window for window in calendar.quiet):
            share = calendar.quiet_share_held
        elif day in calendar.green_pass:
            share = calendar.green_pass_share_held
        closed = calendar.is_holiday(day) or any(day in window for window in calendar.closed)
        happens = rng.random() < share  # drawn for every day: one window must not shift the rest
        if happens and not closed and day.month in workshop.months:
            held.append(day)
    return held


def _record(
    rng: np.random.Generator, code: str, day: date, person: Person, profile: Profile
) -> dict[str, object] | None:
    workshop = profile.workshops[code]
    reminded = bool(rng.random() < profile.reminded)
    chance = profile.presence + (profile.reminder_presence if workshop.booked and reminded else 0)
    if day in profile.calendar.green_pass:
        chance *= profile.calendar.green_pass_presence
    present = bool(rng.random() < chance)
    written = rng.random() < profile.absence_written
    if not present and not written:
        return None  # absences often go unrecorded: no row is not an absence
    hours = pick(rng, workshop.hours) if rng.random() >= profile.hours_missing else None
    record: dict[str, object] = {
        "person_code": person.code,
        "activity_code": code,
        "session_date": day,
        "is_present": present,
        "hours": hours if present else None,
        **person.on(day),
    }
    if workshop.booked:
        record["booked_date"] = day - timedelta(days=int(rng.integers(1, 22)))
        record["is_reminded"] = reminded
    return record
