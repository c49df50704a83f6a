"""What may be said of an estimate: questions, designs and the one sentence each outcome has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.estimates import Design
from schemas.indicators import indicators
from schemas.methods import Question, methods
from schemas.words import Words, read_yaml

#: ``none``: the interval holds the value that means nothing; ``any``: no direction is told.
Outcome = Literal["up", "down", "none", "any"]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class DesignWords(BaseModel):
    """A design by name, and what it lets one say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Words
    allows: Words


class Claim(BaseModel):
    """The sentences of one question about one indicator."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    indicator: str
    nothing: float
    designs: dict[Design, dict[Outcome, Words]]
    hidden: Words
    missing: Words
    not_reached: Words | None = None

    @model_validator(mode="after")
    def _complete(self) -> Claim:
        if self.indicator not in indicators():
            raise ValueError(f"claim '{self.code}' is about an unknown indicator")
        for design, sentences in self.designs.items():
            if set(sentences) not in ({"any"}, {"up", "down", "none"}):
                raise ValueError(
                    f"claim '{self.code}', {design}: 'any', or 'up', 'down' and 'none'"
                )
        for each in self.sentences():
            if set(_PLACEHOLDER.findall(each.it)) != set(_PLACEHOLDER.findall(each.en)):
                raise ValueError(f"claim '{self.code}': the languages ask for different values")
        return self

    def sentences(self) -> list[Words]:
        """Return every sentence of the claim."""
        told = [each for sentences in self.designs.values() for each in sentences.values()]
        reached = [self.not_reached] if self.not_reached else []
        return [*told, self.hidden, self.missing, *reached]


class Claims(BaseModel):
    """All of ``claims.yml``.

    Raises
    ------
    ValueError
        A design or question of the house without words, a doubt about an assumption that no method
        makes, or a sentence that claims a cause.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    designs: dict[Design, DesignWords]
    never: dict[Literal["it", "en"], list[str]]
    questions: dict[Question, Words]
    claims: dict[str, Claim]
    doubts: dict[str, Words]

    @model_validator(mode="after")
    def _complete(self) -> Claims:
        for told, wanted in (
            (self.designs, get_args(Design)),
            (self.questions, get_args(Question)),
        ):
            if set(told) != set(wanted):
                raise ValueError(f"without words: {sorted(set(wanted) - set(told))}")
        assumed = {code for method in methods().values() for code in method.assumes}
        if set(self.doubts) - assumed:
            raise ValueError(f"no method assumes: {sorted(set(self.doubts) - assumed)}")
        for claim in self.claims.values():
            self._check_causes(claim.code, claim.sentences())
        self._check_causes("doubts", self.doubts.values())
        return self

    def _check_causes(self, code: str, sentences: Iterable[Words]) -> None:
        for each in sentences:
            for text, words in ((each.it, self.never["it"]), (each.en, self.never["en"])):
                if any(word in text.lower() for word in words):
                    raise ValueError(f"claim '{code}' says that something was caused")


@cache
def claims() -> Claims:
    """Return questions, designs and claims."""
    found = read_yaml("claims.yml")
    told = {code: {"code": code, **entry} for code, entry in found["claims"].items()}
    return Claims(**{**found, "claims": told})
