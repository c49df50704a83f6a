"""What ``programme.yml`` may say of the world around the data: who lives there, what was spent."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from schemas.amounts import Count, Euro
from schemas.config import ConfigProblem, Strict
from schemas.fields import AGE_BANDS, FIELDS
from schemas.words import Words


class PopulationGroup(Strict):
    """Some of the people who live there: a name, the levels of ours it stands for, how many."""

    label: Words
    levels: list[str] = Field(min_length=1)
    residents: Count = Field(gt=0)


class Population(Strict):
    """Who lives in some neighbourhoods by age or gender, from a source that anybody can look up.

    The groups together are everybody. ``note`` says where the source cuts otherwise than our levels.
    """

    by: Literal["age_band", "gender_code"]
    neighbourhoods: list[str] = Field(min_length=1)
    source: str = Field(min_length=1)
    note: Words | None = None
    groups: list[PopulationGroup] = Field(min_length=2)

    @model_validator(mode="after")
    def _levels(self) -> Population:
        known = list(AGE_BANDS) if self.by == "age_band" else list(FIELDS["gender_code"].codes)
        named = [level for group in self.groups for level in group.levels]
        for level in named:
            if level not in known or named.count(level) > 1:
                raise ConfigProblem(
                    f"'{level}' non si conosce o sta in due gruppi. Noti: {', '.join(known)}",
                    f"'{level}' is unknown or stands in two groups. Known: {', '.join(known)}",
                    ("groups",),
                )
        return self


class BudgetLine(Strict):
    """Money for a stretch of time; without dates, for the whole programme."""

    label: Words
    eur: Euro = Field(gt=0)
    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _dates(self) -> BudgetLine:
        if self.start and self.end and self.end < self.start:
            raise ConfigProblem(
                "'to' deve venire dopo 'from'", "'to' must come after 'from'", ("to",)
            )
        return self


class Budget(Strict):
    """The declared costs. A line is spread evenly over the days of its dates.

    ``note`` says what the lines leave out (own funds, volunteers' work).
    """

    source: str | None = None
    note: Words | None = None
    lines: list[BudgetLine] = Field(min_length=1)
