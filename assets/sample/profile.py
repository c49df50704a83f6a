"""The profile of the synthetic programme: how many, how often, which mistakes; no code, one file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from assets.errors import ConfigurationError
from assets.sample.delivery_profile import Deliveries
from assets.sample.survey_profile import SurveyProfile
from schemas.config import ConfigError, Strict, nearest, read_config
from schemas.fields import AGE_BANDS, FIELDS
from schemas.instruments import shipped
from schemas.programme import Programme
from schemas.source import Source

#: Key of a weight that means "not stated".
MISSING = "_missing"

PROFILE = Path(__file__).parent / "profile.yml"


class Window(Strict):
    """A stretch of days, both ends included."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")

    def __contains__(self, day: date) -> bool:
        """Say whether a day lies in the window."""
        return self.start <= day <= self.end


class People(Strict):
    """How many people and households, and how long they take part."""

    persons: int = Field(ge=1)
    households: int = Field(ge=1)
    largest_household: int = Field(ge=1)
    municipality_code: str
    household_fields: list[str]
    early_share: float = Field(ge=0, le=1)
    stay_quarters: float = Field(gt=0)


class Amount(Strict):
    """A lognormal amount; ``missing`` is the chance that it was not written.

    With ``drift`` a household has one amount (a stock), which scatters that much around it from
    contact to contact; without, every contact has its own.
    """

    median: float = Field(gt=0)
    spread: float = Field(ge=0)
    missing: float = Field(ge=0, le=1)
    drift: float | None = None


class Dominant(Strict):
    """One household whose amount outweighs the others of its tenure (dominance rule)."""

    field: str
    tenure_code: str
    amount: float


class Calendar(Strict):
    """Holidays, days without sessions, quiet days and the winter of the Covid pass."""

    closed: list[Window]
    holidays: list[str]
    quiet: list[Window]
    quiet_share_held: float
    green_pass: Window
    green_pass_share_held: float
    green_pass_presence: float

    def is_holiday(self, day: date) -> bool:
        """Say whether a day is a public holiday."""
        return day.strftime("%m-%d") in self.holidays


class Workshop(Strict):
    """One workshop: its day, its rhythm, how much it attracts."""

    source: str
    weekday: int = Field(ge=0, le=6)
    every_weeks: int = Field(default=1, ge=1)
    hours: list[float]
    popularity: float = Field(gt=0)
    months: list[int] = list(range(1, 13))
    women_only: bool = False
    all_ages: bool = False
    booked: bool = False


class PlantedStep(Strict):
    """A true change in level of a service, as a ratio."""

    on: date
    ratio: float


class Closing(Strict):
    """Days from opening to closing of a request (lognormal); some never close."""

    median_days: float
    spread: float
    never: float


class Opening(Strict):
    """Days from the opening of a case to a contact about it (lognormal); some open on that day."""

    median_days: float
    spread: float
    same_day: float = Field(ge=0, le=1)


class ServiceProfile(Strict):
    """One service: contacts a month, season, step, who uses it.

    ``dispersion`` is variance over mean of the monthly counts: 1 as in Poisson, less where
    appointments fill the hours there are.
    """

    source: str
    per_month: float
    season: float = 0
    dispersion: float = 1
    step: PlantedStep | None = None
    weekdays: list[int]
    users: float
    heads_only: bool = False
    categories: dict[str, float] = {}
    record: str | None = None
    closing: Closing | None = None
    opening: Opening | None = None


class FileProfile(Strict):
    """Name of a source's files; columns that are true Excel values; Excel's mark before UTF-8 text."""

    name: str
    typed: list[str] = []
    bom: bool = False


class Fault(Strict):
    """One kind of planted mistake and the rule that must find it.

    Without a rule an answer is left out: nothing is wrong, but the scale has no score there.
    """

    source: str
    column: str | None = None
    cell: str | None = None
    change: (
        Literal["negate", "to_minutes", "shift_back", "after_session", "before_contact", "repeat"]
        | None
    ) = None
    rule: str | None = None
    rows: int = Field(ge=1)

    @model_validator(mode="after")
    def _one_way(self) -> Fault:
        if (self.cell is None) == (self.change is None):
            raise ValueError("give exactly one of 'cell' and 'change'")
        if (self.change == "repeat") != (self.column is None):
            raise ValueError("'column' is needed, except for 'repeat'")
        if self.rule is None and self.cell != "":
            raise ValueError("'rule' is needed, except where the cell is left empty")
        return self


class Profile(Strict):
    """The whole profile.

    ``settling``: by the end each household is drawn to its usual service by this much (log weight),
    and kept from the others as much; contacts scatter less and less. 0: they scatter as they did.
    """

    people: People
    weights: dict[str, dict[str, float]]
    amounts: dict[str, Amount]
    dominant_household: Dominant
    calendar: Calendar
    workshops: dict[str, Workshop]
    presence: float
    absence_written: float
    hours_missing: float
    reminded: float
    reminder_presence: float
    services: dict[str, ServiceProfile]
    settling: float = 0.0
    survey: SurveyProfile
    files: dict[str, FileProfile]
    form_change: date
    title: list[str]
    ignored: dict[str, list[str]]
    faults: list[Fault]
    deliveries: Deliveries


def read_profile(path: Path = PROFILE) -> Profile:
    """Read the profile.

    Raises
    ------
    ConfigurationError
        With file, line and the allowed keys.
    """
    try:
        return read_config(path, Profile)
    except ConfigError as error:
        raise ConfigurationError(
            f"profile.yml ha un errore. {error}", f"profile.yml has a mistake. {error}"
        ) from None


def check_profile(profile: Profile, programme: Programme, sources: dict[str, Source]) -> None:
    """Compare every name in the profile with what the schemas and the programme declare.

    Raises
    ------
    ConfigurationError
        For the first name that is not declared, with the nearest one that is.
    """
    declared = programme.codes()
    codes = {name: list(field.codes) or declared.get(name, []) for name, field in FIELDS.items()}
    codes["age_band"] = list(AGE_BANDS)
    _known("weights", profile.weights, codes)
    for name, weights in profile.weights.items():
        _known(f"weights.{name}", weights, [*codes[name], MISSING])
    _known("amounts", profile.amounts, FIELDS)
    _known("dominant_household", [profile.dominant_household.field], profile.amounts)
    _known("dominant_household", [profile.dominant_household.tenure_code], codes["tenure_code"])
    _known("people.household_fields", profile.people.household_fields, FIELDS)
    _known("workshops", profile.workshops, codes["activity_code"])
    _known("services", profile.services, codes["service_code"])
    _known("survey.waves", profile.survey.waves, codes["wave_code"])
    _known("survey.scales", profile.survey.scales, shipped())
    _known("survey.yes_no", profile.survey.yes_no, shipped())
    for name, scale in profile.survey.yes_no.items():
        _known(f"survey.yes_no.{name}", scale.severities, shipped()[name].item_codes)
    _known("files", profile.files, sources)
    named = [
        *(each.source for each in profile.workshops.values()),
        *(each.source for each in profile.services.values()),
        *(each.source for each in profile.survey.waves.values()),
        *(each.source for each in profile.faults),
        *(each.source for each in profile.deliveries.corrections),
        *(each.source for each in profile.deliveries.copies),
    ]
    _known("source", named, sources)


def _known(place: str, given: Iterable[str], known: Iterable[str]) -> None:
    allowed = list(known)
    for name in given:
        if name not in allowed:
            near = nearest(name, allowed) or "-"
            raise ConfigurationError(
                f"profile.yml, {place}: «{name}» non è previsto. Più simile: {near}. "
                f"Ammessi: {', '.join(allowed)}.",
                f"profile.yml, {place}: '{name}' is not declared. Nearest: {near}. "
                f"Allowed: {', '.join(allowed)}.",
            )
