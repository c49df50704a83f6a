"""Survey instruments as data: items, range, scoring and missing rule, licence and citation.

A scale is scored only by a declaration here (``instruments/*.yml``) or in a source's ``scales``.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import Strict, read_config
from schemas.words import SCHEMAS_FOLDER, Words


class Item(Strict):
    """One question. ``text`` is empty where the licence does not allow it to be shipped."""

    code: str
    text: Words | None = None
    is_reversed: bool = Field(default=False, alias="reversed")


class Scoring(Strict):
    """How items make a score.

    ``method`` over the items (reversed where marked); ``multiply`` the result; ``min_answered``
    is how many items must be answered for there to be a score at all (means use those answered).
    """

    method: Literal["sum", "mean"]
    multiply: float = 1
    min_answered: int


class Part(Strict):
    """A published subscale."""

    code: str
    label: Words
    items: list[str]
    min_answered: int


class Instrument(Strict):
    """One scale with its published rule."""

    code: str = Field(pattern=r"\A[a-z][a-z0-9_]{1,30}\z")
    label: Words
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
    cut_offs: dict[str, float] = {}
    answers: dict[str, Words] = {}
    licence: str
    citation: str
    translation_note: Words | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Instrument:
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("an item code stands twice")
        if not 1 <= self.scoring.min_answered <= len(codes):
            raise ValueError("scoring.min_answered must lie between 1 and the number of items")
        for part in self.parts:
            unknown = set(part.items) - set(codes)
            if unknown:
                raise ValueError(f"part '{part.code}' names unknown items: {sorted(unknown)}")
        return self

    @property
    def item_codes(self) -> list[str]:
        """Item codes in the instrument's own order."""
        return [item.code for item in self.items]


@cache
def shipped() -> dict[str, Instrument]:
    """Return the instruments that come with the house, by code."""
    folder = SCHEMAS_FOLDER / "instruments"
    found = [read_config(path, Instrument) for path in sorted(folder.glob("*.yml"))]
    return {each.code: each for each in found}
