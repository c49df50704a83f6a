"""What partners were to deliver by now, and what of it is there. Light: reads names, not files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from assets.intake.find import Found, find_files
from assets.layout import Layout
from assets.periods import Period, find_period
from pipelines.settings import GRACE_DAYS
from schemas.config import ConfigError
from schemas.programme import Programme
from schemas.source import Source
from schemas.words import LANGUAGES

File = TypeVar("File")


@dataclass(frozen=True)
class Expectation:
    """One source of one partner.

    Attributes
    ----------
    expected
        Periods that are over (with ``GRACE_DAYS``) and so were due.
    received
        Number of files that are there.
    late
        Periods whose first file came after the grace, by the note beside it.
    missing
        Expected periods without any file.
    """

    partner: str
    source: str
    every: str
    expected: list[str]
    received: int
    late: list[str]
    missing: list[str]


def expectations(layout: Layout, today: date) -> list[Expectation]:
    """Return what each source was to deliver by a day, in order of partner."""
    files = by_partner(find_files(layout))
    return [
        _expectation(
            layout.definition,
            partner,
            source,
            files_of(files.get(partner, []), partner, source),
            today,
        )
        for partner, sources in layout.readable_sources.items()
        for source in sources.sources
    ]


def _expectation(
    programme: Programme, partner: str, source: Source, files: list[Found], today: date
) -> Expectation:
    due = [p for p in periods_of(programme, source) if deadline(p) < today]
    together = by_period(files, lambda each: each.period)
    covering = {
        p.name: [f for these in together if covers(these[0], p, source.every) for f in these]
        for p in due
    }
    return Expectation(
        partner=partner,
        source=source.source,
        every=source.every,
        expected=[p.name for p in due],
        received=sum(is_of(each, {source.source}) for each in files),
        late=[p.name for p in due if days_late(p, covering[p.name])],
        missing=[p.name for p in due if not covering[p.name]],
    )


def by_partner(files: list[Found]) -> dict[str, list[Found]]:
    """Return the files of each partner, in their order."""
    found: dict[str, list[Found]] = {}
    for each in files:
        found.setdefault(each.partner, []).append(each)
    return found


def by_period(
    files: Iterable[File], period_of: Callable[[File], Period | None]
) -> list[list[File]]:
    """Put together what lies in one period: thousands of files lie in a few dozen."""
    found: dict[Period | None, list[File]] = {}
    for each in files:
        found.setdefault(period_of(each), []).append(each)
    return list(found.values())


def files_of(files: list[Found], partner: str, source: Source) -> list[Found]:
    """Return the files of a source; forms of one survey stand in for each other, wave by wave."""
    names = {source.source}
    if source.every == "wave":
        names |= {
            each.source.source
            for each in files
            if each.partner == partner and each.source and each.source.every == "wave"
        }
    return [each for each in files if each.partner == partner and is_of(each, names)]


def is_of(file: Found, names: set[str]) -> bool:
    """Say whether one of these sources expects the file."""
    return file.source is not None and file.source.source in names


def periods_of(programme: Programme, source: Source) -> Iterator[Period]:
    """Yield every period in which a source delivers: its rhythm, within its own dates."""
    names: list[str] = []
    if source.every == "once":
        names = ["all"]
    elif source.every == "wave":
        names = list(programme.waves)
    elif source.every == "quarter":
        names = programme.quarters()
    elif source.every in ("month", "year"):
        names = list(dict.fromkeys(_stretch(programme, source.every)))
    for name in names:
        period = find_period(name, programme)
        if period is not None and (
            period.kind == "all" or source.expects(period.start, period.end)
        ):
            yield period


def _stretch(programme: Programme, every: str) -> Iterator[str]:
    for year in range(programme.start.year, programme.end.year + 1):
        for month in range(1, 13):
            first = date(year, month, 1)
            if programme.start.replace(day=1) <= first <= programme.end:
                yield f"{year}" if every == "year" else f"{year}-{month:02d}"


def deadline(period: Period) -> date:
    """Return the last day on which a period's delivery is in time."""
    return period.end + timedelta(days=GRACE_DAYS)


def covers(file: Found, period: Period, every: str) -> bool:
    """Say whether a file lies in a period, or in a longer one that holds it."""
    if every == "once":
        return True
    if file.period is None or (file.period.kind == "wave" and period.kind != "wave"):
        return False  # a wave is no stretch of the calendar, though its days may hold a quarter
    return file.period.start <= period.start and period.end <= file.period.end


def days_late(period: Period, files: list[Found]) -> int | None:
    """Return how late the first file of a period came, by the notes; ``None`` if not, or not known."""
    days = [each.sidecar.received for each in files]
    if not days or None in days:
        return None  # not known when it came
    late = (min(day for day in days if day) - deadline(period)).days
    return late if late > 0 else None


def faulty_sources(layout: Layout) -> dict[str, dict[str, str]]:
    """Return what is wrong with partners' ``source.yml``: partner -> language -> text."""
    found: dict[str, dict[str, str]] = {}
    for folder in layout.partner_folders():
        try:
            layout.partner_sources(folder.name)
        except FileNotFoundError:
            found[folder.name] = dict.fromkeys(LANGUAGES, "source.yml?")
        except ConfigError as error:
            found[folder.name] = {lang: error.say(lang) for lang in LANGUAGES}
    return found
