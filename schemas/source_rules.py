"""Rules that a source is released from: which there are, and who answers for it, with a reason, since when."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import StringConstraints, field_validator

from schemas.config import ConfigProblem, Strict

#: What the last part of a rule id may be.
RULE_KINDS = (
    "required",
    "parse",
    "code",
    "code_date",
    "range",
    "format",
    "pattern",
    "exponent",
    "unique",
    "window",
    "period",
    "order",
    "dates",
)

#: A text in which something is written: blanks alone name nobody and give no reason.
Written = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Answered(Strict):
    """What a named person has answered for, with a reason, on a day that has been."""

    reason: Written
    by: Written
    on: date

    @field_validator("on")
    @classmethod
    def _past(cls, on: date) -> date:
        if on > date.today():
            raise ConfigProblem(
                "la data è nel futuro: serve il giorno in cui è stato deciso",
                "the date lies in the future: the day on which it was decided is needed",
            )
        return on


class Tolerance(_Answered):
    """A rule that, for this source, is counted but costs nothing: it needs a reason and a name."""

    rule: str


class Release(_Answered):
    """A false alarm of the identifier gate, released by a named person with a reason."""

    heading: Written
    kind: str
