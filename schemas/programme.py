"""What ``programme.yml`` may say: one funded programme, its dates, places, partners and questions."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, get_args

from pydantic import Field, model_validator

from schemas.amounts import Count, Euro, Number
from schemas.codes import check_free, check_spelling
from schemas.config import ConfigProblem, Strict, nearest
from schemas.context import Budget, Population
from schemas.evaluation import Evaluation, Role
from schemas.indicators import indicators, released_tables, thresholds
from schemas.linkage import Linkage
from schemas.open_data import OpenData
from schemas.words import Words

#: Names of folders that stand for a stretch of the calendar.
_PERIOD_NAME = re.compile(r"\A(?:all|[0-9]{4}(?:Q[1-4]|-[0-9]{2})?)\Z")


#: Units of which less than nothing can be meant; all others count, measure or divide.
_SIGNED_UNITS = ("points", "sd")


Document = Literal["thesis", "sheet"]
#: What a run draws besides the pages of the programme and its quarters.
DOCUMENTS: tuple[Document, ...] = get_args(Document)


class Funder(Strict):
    """Who pays, and how much."""

    name: str
    contribution_eur: Euro | None = None


class Partner(Strict):
    """An organisation that delivers data."""

    label: Words


class Neighbourhood(Strict):
    """A place; ``residents`` is the denominator and needs its source and year beside it.

    ``from`` is when the programme started there; without it, when the programme started.
    """

    label: Words
    role: Role = "other"
    start: date | None = Field(default=None, alias="from")
    residents: Count | None = None
    residents_source: str | None = None


class Activity(Strict):
    """A workshop or other activity with an attendance register."""

    label: Words


class Service(Strict):
    """A desk or service; outside its window a month without contacts is absent, not zero."""

    label: Words
    open_from: date | None = None
    open_to: date | None = None
    sensitive: bool = False


class Wave(Strict):
    """One round of the survey."""

    label: Words
    start: date = Field(alias="from")
    end: date = Field(alias="to")


class Retention(Strict):
    """Until when people's rows may be kept, and on which ground; ``status`` warns afterwards."""

    until: date
    basis: str = Field(min_length=1)


class Releases(Strict):
    """Who may approve what is published; where two or more may, never whoever processed the data."""

    approvers: list[str] = []

    @model_validator(mode="after")
    def _named(self) -> Releases:
        seen: set[str] = set()
        for number, name in enumerate(self.approvers):
            plain = " ".join(name.split()).casefold()
            if not plain or plain in seen:
                raise ConfigProblem(
                    "un nome vuoto o scritto due volte",
                    "a name that is empty or stands twice",
                    ("approvers", number),
                )
            seen.add(plain)
        return self


class Programme(Strict):
    """One programme. An ``open`` list accepts any code (data made by others).

    ``disclosure`` makes thresholds of ``disclosure.yml`` stricter for this programme, never laxer;
    ``sensitive_tables`` are held to the strict one (attendance at a clinic is about health).
    ``documents`` is what its runs draw besides its pages: a programme may write no thesis.
    """

    programme: str = Field(pattern=r"\A[a-z][a-z0-9_]{1,30}\z")
    title: Words
    synthetic: bool = False
    start: date = Field(alias="from")
    end: date = Field(alias="to")
    funder: Funder | None = None
    lead: str | None = None
    partners: dict[str, Partner]
    neighbourhoods: dict[str, Neighbourhood] | Literal["open"] = "open"
    activities: dict[str, Activity] | Literal["open"] = "open"
    services: dict[str, Service] | Literal["open"] = "open"
    waves: dict[str, Wave] = {}
    targets: dict[str, Number | None] = {}
    population: list[Population] = []
    budget: Budget | None = None
    evaluation: Evaluation = Evaluation()
    linkage: Linkage = Linkage()
    disclosure: dict[str, Number] = {}
    sensitive_tables: list[str] = []
    retention: Retention | None = None
    open_data: OpenData = OpenData()
    releases: Releases = Releases()
    documents: list[Document] = list(DOCUMENTS)

    @model_validator(mode="after")
    def _coded(self) -> Programme:
        """Codes stand in tables, names of files and folders and ``adapted.yml``: no sentences."""
        for name, listed in (("activities", self.activities), ("services", self.services)):
            check_spelling(name, {} if listed == "open" else listed)
        check_free(self.programme, ("programme",))
        for name in ("partners", "neighbourhoods", "activities", "services", "waves"):
            listed = getattr(self, name)
            for code in () if listed == "open" else listed:
                check_free(code, (name, code))
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Programme:
        if self.end <= self.start:
            raise ConfigProblem(
                "'to' deve venire dopo 'from'", "'to' must come after 'from'", at=("to",)
            )
        for code, wave in self.waves.items():
            if wave.end < wave.start:
                raise ConfigProblem(
                    "'to' deve venire dopo 'from'", "'to' must come after 'from'", ("waves", code)
                )
            if _PERIOD_NAME.match(code):
                raise ConfigProblem(
                    f"'{code}' è il nome di un periodo e non può essere una rilevazione",
                    f"'{code}' is the name of a period and cannot be a wave",
                    ("waves", code),
                )
        known = [] if self.services == "open" else list(self.services)
        for number, step in enumerate(self.evaluation.steps):
            if known and step.service not in known:
                at = ("evaluation", "steps", number, "service")
                raise _unknown("il servizio", "service", step.service, known, at)
            other = step.compared_with
            if other is not None and (other == step.service or (known and other not in known)):
                at = ("evaluation", "steps", number, "compared_with")
                rest = [code for code in known if code != step.service]
                raise _unknown("il servizio di confronto", "comparison service", other, rest, at)
        change = self.evaluation.change
        for key, wave_code in (("from", change.start), ("to", change.end)) if change else ():
            if wave_code not in self.waves:
                where = ("evaluation", "change", key)
                raise _unknown("la rilevazione", "wave", wave_code, list(self.waves), where)
        self._check_compared()
        self._check_declared_names()
        return self

    def _check_compared(self) -> None:
        """A comparison needs to know of every wave whether it was before or after."""
        compared = self.evaluation.compared
        if compared is None:
            return
        at: tuple[str | int, ...] = ("evaluation", "compared")
        both = sorted(set(compared.treated) & set(compared.control))
        if both:
            raise ConfigProblem(
                f"'{both[0]}' non può essere sia tra i trattati sia tra i confronti",
                f"'{both[0]}' cannot be both treated and control",
                (*at, "control"),
            )
        if self.evaluation.change is None or self.neighbourhoods == "open":
            raise ConfigProblem(
                "un confronto vuole i quartieri elencati e 'change' con le due rilevazioni",
                "a comparison needs the neighbourhoods listed, and 'change' with its two waves",
                at,
            )
        for code, place in self.neighbourhoods.items():
            if place.role in compared.treated:
                self._check_start(code, place)

    def _check_start(self, code: str, place: Neighbourhood) -> None:
        at = ("neighbourhoods", code, "from")
        if place.start is None:
            raise ConfigProblem(
                f"manca 'from': da quando il programma è attivo in '{code}'?",
                f"'from' is missing: since when has the programme been active in '{code}'?",
                at,
            )
        for name, wave in self.waves.items():
            if wave.start < place.start <= wave.end:
                raise ConfigProblem(
                    f"'from' cade dentro la rilevazione '{name}': le sue risposte non sono né prima né dopo",
                    f"'from' falls within the wave '{name}': its answers are neither before nor after",
                    at,
                )

    def _check_declared_names(self) -> None:
        """Refuse names of indicators, tables and thresholds that the house does not know."""
        for code, target in self.targets.items():
            if code not in indicators():
                at: tuple[str | int, ...] = ("targets", code)
                raise _unknown("l'indicatore", "indicator", code, list(indicators()), at)
            _check_target(code, target, indicators()[code].unit)
        places = [] if self.neighbourhoods == "open" else list(self.neighbourhoods)
        for number, each in enumerate(self.population):
            for code in each.neighbourhoods:
                if places and code not in places:
                    at = ("population", number, "neighbourhoods")
                    raise _unknown("il quartiere", "neighbourhood", code, places, at)
        for number, code in enumerate(self.sensitive_tables):
            if code not in released_tables():
                where = ("sensitive_tables", number)
                raise _unknown("la tabella", "table", code, list(released_tables()), where)
        for code in self.disclosure:
            if code not in thresholds():
                at = ("disclosure", code)
                raise _unknown("la soglia", "threshold", code, thresholds(), at)

    def codes(self) -> dict[str, list[str]]:
        """Return the code lists that fields take from the programme; open lists are left out."""
        lists = {
            "neighbourhood_code": self.neighbourhoods,
            "activity_code": self.activities,
            "service_code": self.services,
            "wave_code": self.waves,
        }
        return {name: list(found) for name, found in lists.items() if found and found != "open"}

    def quarters(self) -> list[str]:
        """Return the calendar quarters the programme touches, in order, as ``2021Q2``."""
        first = self.start.year * 4 + (self.start.month - 1) // 3
        last = self.end.year * 4 + (self.end.month - 1) // 3
        return [f"{q // 4}Q{q % 4 + 1}" for q in range(first, last + 1)]


def _check_target(code: str, target: float | None, unit: str) -> None:
    """Refuse a target that its indicator can never have."""
    if target is None:
        return
    if target < 0 and unit not in _SIGNED_UNITS:
        raise ConfigProblem("deve essere almeno 0", "must be at least 0", ("targets", code))
    if target > 1 and unit == "share":
        raise ConfigProblem(
            "è una quota e si scrive da 0 a 1: l'80% è 0.8",
            "is a share and is written from 0 to 1: 80% is 0.8",
            ("targets", code),
        )


def _unknown(
    it: str, en: str, code: str, known: list[str], at: tuple[str | int, ...]
) -> ConfigProblem:
    near = nearest(code, known) or "-"
    listed = ", ".join(known)
    return ConfigProblem(
        f"{it} '{code}' non si conosce. Più simile: {near}. Noti: {listed}",
        f"unknown {en} '{code}'. Nearest: {near}. Known: {listed}",
        at,
    )
