"""Where one of our columns comes from in a partner's file, and how its cells become ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from schemas.config import ConfigProblem, Strict
from schemas.words import Language, Words

#: Unit a partner may write in -> (unit of our column, what one of theirs is in ours).
UNITS: dict[str, tuple[str, Fraction]] = {
    "minutes": ("hours", Fraction(1, 60)),
    "hours": ("hours", Fraction(1)),
    "cents": ("eur", Fraction(1, 100)),
    "eur": ("eur", Fraction(1)),
    "thousand_eur": ("eur", Fraction(1000)),
}

Unit = Literal["minutes", "hours", "cents", "eur", "thousand_eur"]


class DatedCodes(Strict):
    """The code list of some days: ``from`` and ``until`` are its first and last one.

    Without ``from`` it held ever before, without ``until`` it holds ever since. ``label`` says
    which list it is (a law, an edition).
    """

    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="until")
    label: Words | None = None
    codes: dict[str, str] = Field(min_length=1)

    def holds(self, day: date) -> bool:
        """Say whether the list was in force on a day."""
        return (self.start or date.min) <= day <= (self.end or date.max)


def _branch(given: Any) -> str:
    """Return which of the two forms of ``codes`` is meant; the name is taken out of errors."""
    return "list[dated]" if isinstance(given, list | tuple) else "dict[plain]"


Codes = Annotated[
    Annotated[dict[str, str], Tag("dict[plain]")]
    | Annotated[list[DatedCodes], Tag("list[dated]"), Field(min_length=1)],
    Discriminator(_branch),
]


class Column(Strict):
    """Where one of our columns comes from: a heading, a column letter, a constant or the period.

    ``from`` may be several headings (form versions): exactly one must be there. A ``*`` in it
    stands for any text. ``codes`` translates cells to our codes; where the list changed on a day,
    it is a list of dated ones, and ``at`` names the date of the row that decides (the dataset's
    main date, unless another is named). ``unit`` or ``factor`` converts numbers to our unit.
    ``month_of_period`` reads Italian month names, the year being that of the period folder.
    """

    heading: str | list[str] | None = Field(default=None, alias="from")
    letter: str | None = Field(default=None, pattern=r"\A[A-Z]{1,3}\z")
    value: str | None = None
    month_of_period: bool = False
    optional: bool = False
    codes: Codes = {}
    at: str | None = None
    missing: list[str] = []
    pattern: str | None = None
    truncate_time: bool = False
    unit: Unit | None = None
    factor: str | None = Field(default=None, pattern=r"\A[0-9]+(?:\.[0-9]+|/[1-9][0-9]*)?\z")

    @property
    def plain_codes(self) -> dict[str, str]:
        """The code list, where it is one for all days; else nothing."""
        return self.codes if isinstance(self.codes, dict) else {}

    @property
    def dated_codes(self) -> tuple[DatedCodes, ...]:
        """The dated code lists in order of time; none where one list holds for all days."""
        return () if isinstance(self.codes, dict) else tuple(self.codes)

    @property
    def unit_factor(self) -> Fraction | None:
        """What a number is multiplied by to be in our unit, or ``None`` where it stays."""
        if self.unit is not None:
            return UNITS[self.unit][1]
        return None if self.factor is None else Fraction(self.factor)

    def all_codes(self) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
        """Yield cell, code and place (from the column) of every entry of every list."""
        for cell, code in self.plain_codes.items():
            yield cell, code, ("codes", cell)
        for number, each in enumerate(self.dated_codes):
            for cell, code in each.codes.items():
                yield cell, code, ("codes", number, "codes", cell)

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

    @model_validator(mode="after")
    def _one_conversion(self) -> Column:
        if self.unit is not None and self.factor is not None:
            raise ConfigProblem(
                "dare uno solo tra 'unit' e 'factor'",
                "give one of 'unit' and 'factor'",
                ("factor",),
            )
        if self.unit_factor == 0:
            raise ConfigProblem(
                "per 0 non si moltiplica", "nothing is multiplied by 0", ("factor",)
            )
        return self

    @model_validator(mode="after")
    def _followed_lists(self) -> Column:
        """Each dated list begins the day after the one before it ended: no gap, no overlap."""
        if self.at is not None and not self.dated_codes:
            raise ConfigProblem(
                "'at' serve solo dove 'codes' ha date ('from', 'until')",
                "'at' is only for 'codes' with dates ('from', 'until')",
                at=("at",),
            )
        for number, each in enumerate(self.dated_codes):
            if each.start and each.end and each.end < each.start:
                raise ConfigProblem(
                    "'until' viene prima di 'from'",
                    "'until' comes before 'from'",
                    ("codes", number, "until"),
                )
        for number, (one, other) in enumerate(
            zip(self.dated_codes, self.dated_codes[1:], strict=False)
        ):
            _require_next(one, other, number)
        self._distinct_words()
        return self

    def _distinct_words(self) -> None:
        """A cell of one list must not be the code of another: they could not be told apart."""
        for one in self.dated_codes:
            for number, other in enumerate(self.dated_codes):
                for cell, code in other.codes.items():
                    if one is not other and code in one.codes and one.codes[code] != code:
                        raise ConfigProblem(
                            f"'{code}' è una cella di un elenco e un codice dell'altro",
                            f"'{code}' is a cell of one list and a code of the other",
                            ("codes", number, "codes", cell),
                        )


def _require_next(one: DatedCodes, other: DatedCodes, number: int) -> None:
    if one.end is None or other.start is None:
        lacking, at = ("until", number) if one.end is None else ("from", number + 1)
        raise ConfigProblem(
            f"manca '{lacking}': due elenchi varrebbero insieme",
            f"'{lacking}' is missing: two lists would hold at once",
            ("codes", at),
        )
    wanted = one.end + timedelta(days=1)
    if other.start != wanted:
        it, en = (
            ("si sovrappongono", "overlap")
            if other.start < wanted
            else ("lasciano giorni scoperti", "leave days without a list")
        )
        raise ConfigProblem(
            f"gli elenchi {it}: il precedente vale fino al {one.end}, questo deve iniziare il {wanted}",
            f"the lists {en}: the one before holds until {one.end}, this one must begin on {wanted}",
            ("codes", number + 1, "from"),
        )


def said_lists(column: Column, lang: Language) -> str:
    """Say which code list held when: ``until 14/07/2022 L. 3/2012: LP; since 15/07/2022 ...``."""
    until, since, always = (
        ("fino al", "dal", "sempre") if lang == "it" else ("until", "since", "always")
    )
    said = []
    for each in column.dated_codes:
        days = [f"{since} {each.start:%d/%m/%Y}"] if each.start else []
        days += [f"{until} {each.end:%d/%m/%Y}"] if each.end else []
        name = f" {each.label.say(lang)}" if each.label else ""
        said.append(f"{' '.join(days) or always}{name}: {', '.join(each.codes)}")
    return "; ".join(said)
