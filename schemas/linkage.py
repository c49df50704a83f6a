"""What codes of people stand for across partners, and what a person decided about doubtful ones."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict

#: What a person code is made of. ``strong``: the tax code under the partners' key. ``weak``: name
#: and day of birth under the same key. ``shared``: handed out once for the whole programme.
#: ``local``: a partner's own, which means nothing elsewhere.
CodeKind = Literal["strong", "weak", "shared", "local"]
#: From the surest to the weakest; a code that partners declare differently is as sure as the weakest.
KINDS: tuple[CodeKind, ...] = ("strong", "shared", "weak", "local")

#: How sure it is that one participant is one person across the sources that name them.
Certainty = Literal["certain", "probable", "local", "ambiguous"]
CERTAINTY: dict[CodeKind, Certainty] = {
    "strong": "certain",
    "shared": "certain",
    "weak": "probable",
    "local": "local",
}

#: A code made at the source (``assets/coding``) says by its first letter what it is made of. A tax
#: code whose check character is wrong (W) is weak; a register's number (R) is what its source says.
KEYED = r"\A([TWN])(?:-(?:[A-HJKMNP-TV-Z][0-9]){2}){6}\Z"
KEYED_KINDS: dict[str, CodeKind] = {"T": "strong", "W": "weak", "N": "weak"}

#: What records of one person may disagree on, in the order in which it is told.
COMPARED = ("gender_code", "birth_year", "household_code", "neighbourhood_code")
#: Disagreement that makes any code ambiguous; the others are told, and count for weak codes only
#: (services understand a household differently, people move).
TELLING = ("gender_code", "birth_year")


class Linkage(Strict):
    """Whether the codes that partners write were handed out once for the whole programme."""

    person_codes: Literal["shared", "local"] = "shared"
    household_codes: Literal["shared", "local"] = "shared"


class LinkDecision(Strict):
    """What a person decided about one code, or about two that may stand for the same person.

    ``partners`` and ``disagree`` say what was seen then: where the data say something else now,
    the decision is not carried out and the question is asked again.
    """

    first: str = Field(min_length=1)
    second: str | None = None
    decision: Literal["same", "different"]
    partners: list[str]
    disagree: list[str] = []
    by: str = Field(pattern=r"\S")
    on: date
    reason: str | None = None

    @model_validator(mode="after")
    def _two_codes(self) -> LinkDecision:
        if self.first == self.second:
            raise ConfigProblem(
                "'first' e 'second' sono lo stesso codice: se ne nomini uno solo",
                "'first' and 'second' are the same code: name it once",
                at=("second",),
            )
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes it is about, sorted: the same question whichever comes first."""
        return tuple(sorted(code for code in (self.first, self.second) if code))


class LinkDecisions(Strict):
    """Every decision about links of a programme (``raw/<programme>/_links.yml``)."""

    decisions: list[LinkDecision] = []

    @model_validator(mode="after")
    def _one_each(self) -> LinkDecisions:
        seen: set[tuple[str, ...]] = set()
        for number, each in enumerate(self.decisions):
            if each.codes in seen:
                raise ConfigProblem(
                    "la stessa domanda è decisa due volte",
                    "the same question is decided twice",
                    at=("decisions", number),
                )
            seen.add(each.codes)
        return self
