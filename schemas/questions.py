"""A block of survey questions in a partner's file."""

from __future__ import annotations

from pydantic import model_validator

from schemas.config import ConfigProblem, Strict


class Questions(Strict):
    """A block of survey questions.

    ``items`` maps item code -> heading (``*`` allowed). ``answers`` maps the cell to a code or a
    score; without it the cell is the answer. ``several`` names by pattern the columns of a
    multiple choice, one option each (the option is the text in the last square brackets), ticked
    where the cell is one of ``ticked``. Who left every option blank did not answer at all.
    """

    instrument: str | None = None
    items: dict[str, str] = {}
    answers: dict[str, float | str] = {}
    several: dict[str, str] = {}
    ticked: list[str] = ["Yes", "Sì", "1", "Y"]

    @model_validator(mode="after")
    def _something(self) -> Questions:
        if not self.items and not self.several:
            raise ConfigProblem("dare 'items' o 'several'", "give 'items' or 'several'")
        return self
