"""How the files arrive: on time or late, twice, faulty first and corrected afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import PurePosixPath

import numpy as np

from assets.sample.delivery_profile import Correction
from assets.sample.files import DataFile
from assets.sample.profile import Profile
from schemas.programme import Programme
from schemas.source import Source

#: Days after the end of the period at which a faulty file, and then the right one, arrive.
FIRST_TRY, SECOND_TRY = 3, 8
#: Lets editors complete a note; as seen from raw/<programme>/<partner>/<period>/.
SCHEMA_LINE = "# yaml-language-server: $schema=../../../../schemas/sidecar.schema.json"


@dataclass(frozen=True)
class Delivery:
    """One file as it lies in ``raw``, with the note beside it (``None``: no note)."""

    path: PurePosixPath
    data: bytes
    note: str | None = None


def period_of(source: Source, day: date, wave: object) -> str:
    """Return the period folder a record belongs in: quarter, year or wave."""
    if source.every == "wave":
        return str(wave)
    if source.every == "year":
        return f"{day.year}"
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def bounds(period: str, programme: Programme) -> tuple[date, date]:
    """Return first and last day of a period, inside the programme."""
    if period in programme.waves:
        return programme.waves[period].start, programme.waves[period].end
    year = int(period[:4])
    first, last = date(year, 1, 1), date(year, 12, 31)
    if "Q" in period:
        quarter = int(period[-1])
        first = date(year, 3 * quarter - 2, 1)
        last = date(year + quarter // 4, 3 * quarter % 12 + 1, 1) - timedelta(days=1)
    return max(first, programme.start), min(last, programme.end)


def deliver(
    rng: np.random.Generator, profile: Profile, partner_of: dict[str, str], files: list[DataFile]
) -> tuple[list[Delivery], Counter[str]]:
    """Turn files into deliveries.

    Returns
    -------
    tuple
        The deliveries in order of path, and how many are refused, superseded, duplicate, late.
    """
    plan = profile.deliveries
    corrected = {(each.source, each.period): each for each in plan.corrections}
    copied = {(each.source, each.period) for each in plan.copies}
    late = _late_days(rng, profile, [f for f in files if _place(f) not in {*corrected, *copied}])
    counts: Counter[str] = Counter(refused=0, superseded=0, duplicate=0, late=len(late))
    found: list[Delivery] = []
    for file in files:
        folder = PurePosixPath(partner_of[file.source.source], file.period)
        place = _place(file)
        if place in corrected:
            counts["superseded" if corrected[place].kind == "fewer_rows" else "refused"] += 1
            found.extend(_twice(rng, folder, file, corrected[place]))
            continue
        note = _note(file.last, late[place], "ritardo del partner") if place in late else None
        found.append(Delivery(folder / file.name, file.to_bytes(), note))
        if place in copied:
            counts["duplicate"] += 1
            found.append(Delivery(folder / _renamed(file.name, "copia"), file.to_bytes()))
    return sorted(found, key=lambda each: each.path), counts


def _place(file: DataFile) -> tuple[str, str]:
    return file.source.source, file.period


def _late_days(
    rng: np.random.Generator, profile: Profile, files: list[DataFile]
) -> dict[tuple[str, str], int]:
    """Choose which files come late and by how many days; one of them by the most."""
    late = profile.deliveries.late
    chosen = sorted(rng.choice(len(files), size=late.files, replace=False))
    days = [int(day) for day in rng.integers(late.least_days, late.most_days + 1, late.files)]
    days[0] = late.most_days
    return {_place(files[place]): day for place, day in zip(chosen, days, strict=True)}


def _twice(
    rng: np.random.Generator, folder: PurePosixPath, file: DataFile, plan: Correction
) -> list[Delivery]:
    """Deliver a faulty version under the usual name and the right one as its correction."""
    first = _faulty(rng, file, plan)
    name = _renamed(file.name, "corretto")
    note = _note(file.last, SECOND_TRY, "versione corretta", supersedes=first.name)
    return [
        Delivery(folder / first.name, first.to_bytes(), _note(file.last, FIRST_TRY, None)),
        Delivery(folder / name, replace(file, name=name).to_bytes(), note),
    ]


def _faulty(rng: np.random.Generator, file: DataFile, plan: Correction) -> DataFile:
    first = file.changed()
    if plan.kind == "fewer_rows":
        del first.rows[-max(1, len(first.rows) // 10) :]
    elif plan.kind == "renamed_heading":
        assert plan.column in first.headings and plan.heading is not None
        first = first.changed(headings={**first.headings, plan.column: plan.heading})
    else:
        assert plan.heading is not None
        first.rows[int(rng.integers(len(first.rows)))][plan.heading] = plan.cell
    return first


def _renamed(name: str, addition: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}_{addition}{dot}{suffix}"


def _note(last: date, days: int, remark: str | None, supersedes: str | None = None) -> str:
    lines = [SCHEMA_LINE, f"received: {last + timedelta(days=days)}"]
    if supersedes:
        lines.append(f"supersedes: {supersedes}")
    if remark:
        lines.append(f"note: {remark}")
    return "\n".join(lines) + "\n"
