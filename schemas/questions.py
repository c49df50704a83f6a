"""A block of survey questions in a partner's file."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict


class Choices(Strict):
    """A multiple choice in one cell: ``bread;milk``, ``bread, milk``, ``bread milk``.

    ``split`` stands between the options. The ``options`` (cell -> code, or just a list) must be
    declared, because one of them may hold the very mark that splits; what is none of them belongs
    to the option ``other``, or stops the file where there is none.
    """

    heading: str | list[str] = Field(alias="from")
    split: str = Field(min_length=1)
    options: list[str] | dict[str, str] = {}
    other: str | None = None

    @property
    def codes(self) -> dict[str, str]:
        """Option as it stands in the cell -> its code."""
        return _codes(self.options)

    @model_validator(mode="after")
    def _plain(self) -> Choices:
        """Refuse an option that reads like several others: nobody could tell them apart."""
        options = list(self.codes)
        for each in options:
            parts = each.split(self.split)
            if _is_made_of(parts, {other for other in options if other != each}, self.split):
                raise ConfigProblem(
                    f"'{each}' si legge anche come più opzioni insieme; chiedere al partner una "
                    "colonna per opzione",
                    f"'{each}' also reads as several options together; ask the partner for one "
                    "column per option",
                    ("options",),
                )
        return self


def _is_made_of(parts: list[str], options: set[str], mark: str) -> bool:
    """Say whether parts are nothing but whole options, one after the other."""
    if not parts:
        return True
    return any(
        mark.join(parts[:n]) in options and _is_made_of(parts[n:], options, mark)
        for n in range(1, len(parts) + 1)
    )


class Ranking(Strict):
    """Options put in order: one column per rank, each with the option that got it.

    ``from`` is a pattern whose first ``*`` is the rank (``prev[*]. *``). With ``options`` (cell ->
    code, or a list) each option becomes an item whose answer is its rank; without, each rank is an
    item whose answer is the option.
    """

    heading: str = Field(alias="from", pattern=r"\*")
    options: list[str] | dict[str, str] = {}

    @property
    def codes(self) -> dict[str, str]:
        """Option as it stands in the cell -> its code."""
        return _codes(self.options)


def _codes(options: list[str] | dict[str, str]) -> dict[str, str]:
    return {each: each for each in options} if isinstance(options, list) else dict(options)


class Questions(Strict):
    """A block of survey questions.

    ``items`` maps item code -> heading (``*`` allowed), or several headings where versions of the
    form differ. ``matrix`` maps the beginning of item codes -> pattern: every heading that fits is
    an item, ``sc`` and ``SC[*]. *`` give ``sc[SQ001]``. ``answers`` maps the cell to a code or a
    score; without it the cell is the answer. ``several`` names by pattern the columns of a
    multiple choice, one option each (the option is the text in the last square brackets, or what
    the last ``*`` stands for), ticked where the cell is one of ``ticked`` (``*``: any text), not
    where it is one of ``unticked``; in the column of an option in ``other`` any text is a tick.
    ``choices`` are multiple choices in one cell, ``ranking`` is options put in order. Who left
    every option blank did not answer at all.
    """

    instrument: str | None = None
    items: dict[str, str | list[str]] = {}
    matrix: dict[str, str] = {}
    answers: dict[str, float | str] = {}
    several: dict[str, str | list[str]] = {}
    ticked: list[str] = ["Yes", "Sì", "1", "Y", "S", "TRUE", "Vero"]
    unticked: list[str] = ["No", "0", "N", "FALSE", "Falso"]
    other: list[str] = []
    choices: dict[str, Choices] = {}
    ranking: dict[str, Ranking] = {}

    @model_validator(mode="after")
    def _something(self) -> Questions:
        if not (self.items or self.matrix or self.several or self.choices or self.ranking):
            raise ConfigProblem(
                "dare 'items', 'matrix', 'several', 'choices' o 'ranking'",
                "give 'items', 'matrix', 'several', 'choices' or 'ranking'",
            )
        for base, pattern in self.matrix.items():
            if "*" not in pattern:
                raise ConfigProblem(
                    "serve un '*' al posto della voce",
                    "a '*' is needed for the item",
                    ("matrix", base),
                )
        return self

    def headings(self) -> Iterator[list[str]]:
        """Yield, for everything that is looked for, the headings that would do."""
        for each in (*self.items.values(), *self.several.values(), *self.matrix.values()):
            yield alternatives(each)
        for choices in self.choices.values():
            yield alternatives(choices.heading)
        for ranking in self.ranking.values():
            yield [ranking.heading]


def alternatives(heading: str | list[str]) -> list[str]:
    """Return a heading, or the headings of several form versions, as a list."""
    return [heading] if isinstance(heading, str) else list(heading)
