"""What a release of another house must tell of itself, checked once where it comes in.

A digest says that nobody changed a folder on its way; it does not say that whoever made it wrote what
a comparison can read. So nothing of it is used before it has these shapes, and only what is declared
here goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

#: No count, score, sum of euro or target of a programme comes near it; a page can still show it.
LARGEST = 1e12
#: Letters of a place that are told: its keys are the other house's.
_TOLD = 40


class Unreadable(ValueError):
    """Something is missing or of another kind; ``at`` says where, never what stands there."""

    def __init__(self, *at: str | int) -> None:
        self.at = ".".join(str(each)[:_TOLD] for each in at)
        super().__init__(self.at)


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("no date")
    return text


def _limit(declared: Any) -> Any:
    return declared.get("value") if isinstance(declared, Mapping) else declared


def _protecting(limits: dict[str, float]) -> dict[str, float]:
    if not all(1 <= limits.get(name, 0) <= 1000 for name in ("minimum_count", "public_round_to")):
        raise ValueError("of people")
    return limits


Code = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,80}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Day = Annotated[str, AfterValidator(_day)]
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Limit = Annotated[float, BeforeValidator(_limit), Field(ge=0, le=LARGEST)]
Thresholds = Annotated[dict[str, Limit], AfterValidator(_protecting)]


class _Told(BaseModel):
    """A part of what a release tells: of no other kind; what is not declared is left behind."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class Text(_Told):
    """One text in both languages."""

    it: str
    en: str


class Title(Text):
    """A text that may not be empty."""

    it: str = Field(pattern=r"\S")
    en: str = Field(pattern=r"\S")


class Round(_Told):
    """The days of a survey round."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="to")


class Scale(Text):
    """A scale: its name, unit, ends and parts."""

    unit: Text | None = None
    score_low: Number | None = None
    score_high: Number | None = None
    parts: dict[str, Text] = {}


class Labels(_Told):
    """Names of scales, and dates of survey rounds."""

    scales: dict[str, Scale] = {}
    waves: dict[str, Round] | None = None

    @property
    def subjects(self) -> set[str]:
        """Every scale and part of one."""
        return {*self.scales, *(part for each in self.scales.values() for part in each.parts)}


class Change(_Told):
    """Which two rounds are compared."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")


class Versions(_Told):
    """Definitions by code, each with a digest of what it says."""

    instrument: dict[str, str] = {}
    scoring: dict[str, str] = {}
    indicator: dict[str, str] = {}


class KitProgramme(_Told):
    """What ``programme.yml`` said of the evaluation: compared as it stands."""

    evaluation: dict[str, Any] | None = None


class Kit(_Told):
    """The definitions that a release was made by."""

    versions: Versions = Versions()
    programme: KitProgramme = KitProgramme()


class Origin(_Told):
    """Whose definitions were taken over."""

    title: Title


class Difference(_Told):
    """One definition that was adapted, and why."""

    definition: str = Field(pattern=r"^[a-z]+\.[a-z0-9_.*-]+$")
    change: Literal["changed", "added", "removed"]
    reason: Text | None = None
    by: str | None = None


class Adapted(_Told):
    """From where definitions were taken over, and what became of them."""

    origin: Origin
    kinds: dict[str, Text]
    differences: list[Difference]

    @model_validator(mode="after")
    def _known(self) -> Adapted:
        if not {each.definition.partition(".")[0] for each in self.differences} <= set(self.kinds):
            raise ValueError("a kind without words")
        return self


class Table(_Told):
    """The digest of a table."""

    sha256: Digest


class Manifest(_Told):
    """All that a comparison reads of ``manifest.json``."""

    programme: Code
    title: Title
    synthetic: bool
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")
    code_version: str | None = None
    targets: dict[str, Limit | None] | None = None
    thresholds: Thresholds
    labels: Labels
    change: Change | None = None
    kit: Kit | None = None
    adapted: Adapted | None = None
    tables: dict[Code, Table]

    @property
    def target(self) -> float | None:
        """How many people the programme means to reach."""
        return (self.targets or {}).get("reached_n")


class Note(_Told):
    """Where a release stands: ``release.json`` beside it."""

    state: str = "draft"
    period: str | None = Field(default=None, pattern=r"^\d{4}Q[1-4]$")
    number: int | None = Field(default=None, ge=1, le=9999)
    release: Literal[""] | Digest = ""


class Listed(Note):
    """A release in the index of a collection."""

    state: Literal["draft", "published", "withdrawn"]
    release: Digest


class Index(_Told):
    """``index.json`` of a collection."""

    releases: list[Listed]


Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], told: Any) -> Model:
    """Return what was told in its declared shape.

    Raises
    ------
    Unreadable
        It has another one.
    """
    try:
        return model.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Unreadable(*first["loc"]) from None
