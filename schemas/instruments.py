"""Survey instruments as data: items, answers, scoring and missing rule, licence and citation.

A scale is scored only by a declaration here (``instruments/*.yml``) or in a source's ``scales``.
The licence gate: where ``ship`` is false the words of the items may not stand here, unless
``permission`` names who granted it; the codes, the rule and the citation always may.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict, read_config
from schemas.words import SCHEMAS_FOLDER, Language, Words

#: Where a wording comes from: the authors, an official or a validated translation, or our own.
Wording = Literal["original", "official", "validated", "working"]


class Item(Strict):
    """One question. ``text`` is empty where the licence does not allow it to be shipped.

    ``counts`` are the answers that count one point, for scores that count (``method: count``).
    """

    code: str
    text: Words | None = None
    is_reversed: bool = Field(default=False, alias="reversed")
    counts: list[int] = []


class Scoring(Strict):
    """How items make a score.

    ``method`` over the items (reversed where marked), or a count of the answers that count;
    ``multiply`` the result; ``min_answered`` is how many items must be answered for there to be a
    score at all: means use those answered, sums take the mean of the rest, counts only count.
    """

    method: Literal["sum", "mean", "count"]
    multiply: float = 1
    min_answered: int


class Part(Strict):
    """A published subscale."""

    code: str
    label: Words
    items: list[str]
    min_answered: int


class Band(Strict):
    """A published stretch of scores, both ends in it: what a cut-off cuts off, or one of several.

    The share of people in a band leaves only where it is ``reported``, in one band a scale: the
    shares of two bands would give away how many people lie between them.
    """

    code: str
    label: Words
    low: float
    high: float
    source: str
    reported: bool = False


class Rasch(Strict):
    """Fixed item severities of a published Rasch standard (logits), and its thresholds.

    ``thresholds`` name the item whose severity a person must lie above; ``extreme_raw`` stands in
    for the highest raw score, which has no estimate of its own.
    """

    severities: dict[str, float]
    thresholds: dict[str, str]
    extreme_raw: float
    source: str
    note: Words


class InstrumentVersion(Strict):
    """What is known of the wording in one language."""

    wording: Wording
    source: str


class Instrument(Strict):
    """One scale with its published rule."""

    code: str = Field(pattern=r"\A[a-z][a-z0-9_]{1,30}\z")
    label: Words
    edition: str | None = None
    languages: dict[Language, InstrumentVersion] = {}
    respondent: Literal["person", "household"] = "person"
    instruction: Words | None = None
    items: list[Item]
    low: int
    high: int
    scoring: Scoring
    score_low: float
    score_high: float
    better: Literal["higher", "lower"]
    unit: Words
    parts: list[Part] = []
    notable_change: float | None = None
    notable_change_source: str | None = None
    bands: list[Band] = []
    rasch: Rasch | None = None
    answers: dict[str, Words] = {}
    licence: str
    ship: bool = True
    permission: str | None = None
    citation: str
    translation_note: Words | None = None
    warnings: list[Words] = []

    @model_validator(mode="after")
    def _consistent(self) -> Instrument:
        codes = self.item_codes
        if len(set(codes)) != len(codes):
            raise ValueError("an item code stands twice")
        if not 1 <= self.scoring.min_answered <= len(codes):
            raise ValueError("scoring.min_answered must lie between 1 and the number of items")
        named = [(f"part '{part.code}'", part.items) for part in self.parts]
        if self.rasch:
            named += [
                ("rasch.severities", list(self.rasch.severities)),
                ("rasch.thresholds", list(self.rasch.thresholds.values())),
            ]
        for what, items in named:
            unknown = set(items) - set(codes)
            if unknown:
                raise ValueError(f"{what} names unknown items: {sorted(unknown)}")
        return self

    @model_validator(mode="after")
    def _scorable(self) -> Instrument:
        if self.low > self.high or self.score_low >= self.score_high:
            raise ValueError("the lowest answer and score must lie below the highest")
        counted = self.scoring.method == "count"
        if any(bool(item.counts) != counted for item in self.items):
            raise ValueError("'counts' belongs to every item of a count, and to no other")
        if counted and any(item.is_reversed for item in self.items):
            raise ValueError("a counted item is not reversed: name the answers that count")
        steps = {str(step) for step in range(self.low, self.high + 1)}
        if not set(self.answers) <= steps:
            raise ValueError("'answers' names a code outside low to high")
        for band in self.bands:
            if not self.score_low <= band.low <= band.high <= self.score_high:
                raise ValueError(f"band '{band.code}' lies outside score_low to score_high")
        if sum(band.reported for band in self.bands) > 1:
            raise ValueError("only one band of a scale may be reported")
        if self.notable_change is not None and not self.notable_change_source:
            raise ValueError("notable_change needs notable_change_source")
        return self

    @model_validator(mode="after")
    def _licensed(self) -> Instrument:
        """Refuse words that the licence keeps: the error names the item by its code only."""
        worded = next((at for at, item in enumerate(self.items) if item.text), None)
        if not self.ship and not self.permission and (worded is not None or self.instruction):
            at = ("instruction",) if worded is None else ("items", worded, "text")
            raise ConfigProblem(
                f"la scala '{self.code}' ha 'ship: false': il testo delle domande non si può "
                "tenere qui. Togliere i testi (restano i codici), o scrivere in 'permission' chi "
                "ha dato il permesso e quando",
                f"the scale '{self.code}' has 'ship: false': the text of its items may not be kept "
                "here. Take the texts out (the codes stay), or write in 'permission' who gave the "
                "permission and when",
                at=at,
            )
        return self

    @property
    def item_codes(self) -> list[str]:
        """Item codes in the instrument's own order."""
        return [item.code for item in self.items]

    @property
    def is_binary(self) -> bool:
        """Whether every item counts nothing or one: yes/no answers, or answers that count."""
        return self.high - self.low == 1 or self.scoring.method == "count"


@cache
def shipped() -> dict[str, Instrument]:
    """Return the instruments that come with the house, by code."""
    folder = SCHEMAS_FOLDER / "instruments"
    found = [read_config(path, Instrument) for path in sorted(folder.glob("*.yml"))]
    return {each.code: each for each in found}
