"""Where one of our columns comes from in a partner's file."""

from __future__ import annotations

import re

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict


class Column(Strict):
    """Where one of our columns comes from: a heading, a column letter, a constant or the period.

    ``from`` may be several headings (form versions): exactly one must be there. A ``*`` in it
    stands for any text. ``codes`` translates cells to our codes. ``month_of_period`` reads Italian
    month names, the year being that of the period folder.
    """

    heading: str | list[str] | None = Field(default=None, alias="from")
    letter: str | None = Field(default=None, pattern=r"\A[A-Z]{1,3}\z")
    value: str | None = None
    month_of_period: bool = False
    optional: bool = False
    codes: dict[str, str] = {}
    missing: list[str] = []
    pattern: str | None = None
    truncate_time: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> Column:
        given = [self.heading is not None, self.letter is not None, self.value is not None]
        if sum(given) != 1:
            raise ConfigProblem(
                "dare uno solo tra 'from', 'letter', 'value'",
                "give exactly one of 'from', 'letter', 'value'",
            )
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ConfigProblem(
                    f"'pattern' non è un'espressione regolare: {error}",
                    f"'pattern' is not a regular expression: {error}",
                    at=("pattern",),
                ) from None
        return self
