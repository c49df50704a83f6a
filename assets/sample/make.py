"""Make the whole synthetic programme in a folder."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from assets import folders
from assets.errors import ConfigurationError
from assets.sample.deliveries import Delivery, bounds, deliver, period_of
from assets.sample.faults import Planted, plant
from assets.sample.files import DataFile
from assets.sample.people import Person, make_people
from assets.sample.profile import Profile, check_profile, read_profile
from assets.sample.services import add_openings, make_contacts
from assets.sample.spelling import as_day, headings, spell
from assets.sample.survey import make_responses
from assets.sample.workshops import attended, make_attendance
from schemas.config import ConfigError, read_config
from schemas.programme import Programme
from schemas.source import PartnerSources, Source

TEMPLATES = Path(__file__).parent / "templates"

#: In the name of every data file.
SYNTHETIC = "sintetico"

#: Columns that date a record, by dataset.
DATES = {"attendance": "session_date", "service_access": "contact_date", "survey": "response_date"}


@dataclass(frozen=True)
class SampleReport:
    """What was made: how much, and what is planted in it (also in ``planted.yml``).

    Attributes
    ----------
    bad_rows
        Dataset -> rule -> cells of the files in use in which it must fail.
    records, quarantined
        Dataset -> records in the files in use, and how many of them must be quarantined.
    incomplete
        Instrument -> questionnaires in which one item was left out on purpose.
    deliveries
        How many are refused, superseded, duplicate and late, and how many files there are in all.
    """

    folder: Path
    seed: int
    people: int
    households: int
    effects: dict[str, float]
    bad_rows: dict[str, dict[str, int]]
    records: dict[str, int]
    quarantined: dict[str, int]
    incomplete: dict[str, int]
    deliveries: dict[str, int]


def make_sample(folder: Path, seed: int, profile: Profile | None = None) -> SampleReport:
    """Write a complete synthetic programme: configuration, deliveries, notes, ``planted.yml``.

    Same seed, same versions: same bytes. An earlier synthetic programme in the folder is replaced
    as a whole, so that no file of another seed stays behind.

    Parameters
    ----------
    folder
        The programme's folder, ``raw/demo``; made where it does not exist.
    seed
        Any whole number; equal seeds give equal programmes.
    profile
        Other than the one that comes with the house (``profile.yml``).

    Raises
    ------
    ConfigurationError
        The folder holds something that is not synthetic, or the profile names something that
        the schemas do not know.
    """
    _refuse_foreign(folder)
    profile = profile or read_profile()
    programme = read_config(TEMPLATES / "programme.yml", Programme)
    partners = [
        read_config(path, PartnerSources) for path in sorted(TEMPLATES.glob("*/source.yml"))
    ]
    sources = {each.source: each for partner in partners for each in partner.sources}
    partner_of = {each.source: p.partner for p in partners for each in p.sources}
    check_profile(profile, programme, sources)

    # One stream of chance for each part: a change in one does not reshuffle the others.
    chances = [np.random.Generator(np.random.PCG64(each)) for each in _streams(seed, 8)]
    people = make_people(chances[0], profile, programme)
    attendance = make_attendance(chances[1], profile, programme, people)
    records = {
        **attendance,
        **make_contacts(chances[2], profile, programme, people),
        **make_responses(chances[3], profile, programme, people, attended(attendance)),
    }
    add_openings(chances[6], profile, records)
    files, planted = _files((chances[4], chances[7]), profile, programme, sources, records)
    deliveries, counts = deliver(chances[5], profile, partner_of, files)
    report = _report(folder, seed, people, profile, programme, planted, deliveries, counts)
    _write(folder, deliveries, report)
    return report


def _streams(seed: int, number: int) -> list[np.random.SeedSequence]:
    return np.random.SeedSequence(seed).spawn(number)


def _files(
    chances: tuple[np.random.Generator, np.random.Generator],
    profile: Profile,
    programme: Programme,
    sources: dict[str, Source],
    records: dict[str, list[dict[str, object]]],
) -> tuple[list[DataFile], list[Planted]]:
    rng, later = chances
    files: list[DataFile] = []
    planted: list[Planted] = []
    for code, source in sources.items():
        found = _files_of(rng, profile, programme, source, records[code])
        faults = [fault for fault in profile.faults if fault.source == code]
        planted.append(plant(rng, faults, source, found, programme.start, later))
        files.extend(found)
    return files, planted


def _files_of(
    rng: np.random.Generator,
    profile: Profile,
    programme: Programme,
    source: Source,
    records: list[dict[str, object]],
) -> list[DataFile]:
    """Spell a source's records and lay them out in one file a period."""
    by_period: dict[str, list[dict[str, object]]] = {}
    for record in records:
        day = as_day(record[DATES[source.dataset]])
        period = period_of(source, day, record.get("wave_code"))
        by_period.setdefault(period, []).append(record)
    found = []
    for period, chosen in by_period.items():
        first, last = bounds(period, programme)
        lines = (source.reader.header_row or 1) - 1
        found.append(
            DataFile(
                source=source,
                period=period,
                first=first,
                last=last,
                name=profile.files[source.source].name.format(period=period),
                headings=headings(source, profile, first),
                rows=[
                    spell(rng, source, _as_known(record, last), profile, place)
                    for place, record in enumerate(chosen, start=1)
                ],
                bom=profile.files[source.source].bom,
                title=tuple(line.format(period=period) for line in profile.title[:lines]),
            )
        )
    return found


def _as_known(record: dict[str, object], last: date) -> dict[str, object]:
    """Return a request as it stood when the file was sent: what closes later is still open."""
    if "closed_date" not in record:
        return record
    closed = record["closed_date"]
    known = closed if isinstance(closed, date) and closed <= last else None
    return {**record, "closed_date": known, "status_code": "closed" if known else "open"}


def _report(
    folder: Path,
    seed: int,
    people: list[Person],
    profile: Profile,
    programme: Programme,
    planted: list[Planted],
    deliveries: list[Delivery],
    counts: Counter[str],
) -> SampleReport:
    rules: dict[str, Counter[str]] = {}
    records: Counter[str] = Counter()
    quarantined: Counter[str] = Counter()
    incomplete: Counter[str] = Counter()
    for each in planted:
        records.update(each.records)
        quarantined.update(each.quarantined)
        incomplete.update(each.incomplete)
        for dataset, found in each.rules.items():
            rules.setdefault(dataset, Counter()).update(found)
    return SampleReport(
        folder=folder,
        seed=seed,
        people=len(people),
        households=len({person.traits["household_code"] for person in people}),
        effects=_effects(profile, programme),
        bad_rows={name: dict(sorted(found.items())) for name, found in sorted(rules.items())},
        records=dict(sorted(records.items())),
        quarantined=dict(sorted(quarantined.items())),
        incomplete=dict(sorted(incomplete.items())),
        deliveries={"files": len(deliveries), **dict(sorted(counts.items()))},
    )


def _effects(profile: Profile, programme: Programme) -> dict[str, float]:
    """Return the true effects: of each scale asked, the step of each service, settling at one."""
    found: dict[str, float] = {}
    for name in programme.evaluation.scales:
        scale = profile.survey.scales.get(name)
        found[f"{name}_change"] = scale.change if scale else 0.0
        if scale:
            found[f"{name}_lead"], found[f"{name}_dose"] = scale.lead, scale.dose
    for name, service in profile.services.items():
        found[f"{name}_step_ratio"] = service.step.ratio if service.step else 1.0
    return {**found, "settling": profile.settling}


def _write(folder: Path, deliveries: list[Delivery], report: SampleReport) -> None:
    """Put the whole folder in its place: there is never half a programme."""
    files = {
        path.relative_to(TEMPLATES).as_posix(): path.read_bytes()
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file()
    }
    for delivery in deliveries:
        files[str(delivery.path)] = delivery.data
        if delivery.note is not None:
            files[f"{delivery.path}.yml"] = delivery.note.encode()
    folders.put(folder, {**files, "planted.yml": _planted_text(report).encode()})


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds anything but a synthetic programme: it would be lost."""
    if not folder.exists():
        return
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    foreign = [each for each in files if each.suffix != ".yml" and SYNTHETIC not in each.name]
    declared = folder / "programme.yml"
    if foreign or (files and not _is_synthetic(declared)):
        name = foreign[0].name if foreign else declared.name
        raise ConfigurationError(
            f"«{name}» in {folder} non è dei dati sintetici: non tocco la cartella. "
            "Spostare il file o scegliere una cartella vuota.",
            f"'{name}' in {folder} is not part of the synthetic data: the folder is left alone. "
            "Move the file or choose an empty folder.",
        )


def _is_synthetic(declared: Path) -> bool:
    try:
        return read_config(declared, Programme).synthetic
    except (FileNotFoundError, ConfigError):
        return False


def _planted_text(report: SampleReport) -> str:
    content = asdict(report)
    del content["folder"]
    stream = io.StringIO()
    YAML().dump(content, stream)
    return (
        "# DATI SINTETICI / SYNTHETIC DATA. What `lunattiva sample` planted, so that tests can ask\n"
        "# whether the analysis finds it. bad_rows: rule -> cells of the files in use where it must fail.\n"
        + stream.getvalue()
    )
