"""What a programme asks of its data: scales, what changed, compared with where, since when."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from schemas.config import Strict
from schemas.words import Words

#: A place's part in the evaluation.
Role = Literal["pilot", "comparison", "extension", "other"]

#: Characteristics of a person, known before the programme acts, that groups are compared on.
Characteristic = Literal["age_years", "gender_code", "tenure_code", "citizenship_code"]


class Shock(Strict):
    """A dated event that moves the series and is not the programme's effect."""

    label: Words
    start: date = Field(alias="from")
    end: date = Field(alias="to")


class Step(Strict):
    """A question for the interrupted time series: did a service change on a day?

    ``compared_with`` names a service in which nothing changed on that day (controlled series).
    """

    service: str
    on: date
    label: Words
    compared_with: str | None = None


class Change(Strict):
    """Which two waves are compared."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")


class Compared(Strict):
    """Which kinds of place are compared, and what is taken into account besides the first score."""

    treated: list[Role] = Field(min_length=1)
    control: list[Role] = Field(min_length=1)
    adjust_for: list[Characteristic] = []


class Evaluation(Strict):
    """The questions the programme asks of its data."""

    scales: list[str] = []
    change: Change | None = None
    compared: Compared | None = None
    steps: list[Step] = []
    shocks: dict[str, Shock] = {}
    answers: list[str] = []
    dropout_weeks: int = Field(default=8, ge=1, le=52)
