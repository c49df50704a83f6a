"""What ``source.yml`` may say: how one partner's files are read, and nothing partner-specific in code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict, nearest
from schemas.datasets import DATASETS
from schemas.fields import FIELDS
from schemas.instruments import Instrument
from schemas.words import Words

#: Cells that mean "nothing was written" in any source, besides a truly empty one.
ALWAYS_MISSING = ("",)

#: What a spreadsheet shows where a formula failed, in English and Italian: never a value.
FAILED_FORMULA = (
    r"\A#(?:N/A|N/D|REF!|RIF!|DIV/0!|VALUE!|VALORE!|NAME\?|NOME\?|NUM!|NULL!|NULLO!|CALC!|SPILL!"
    r"|ESPANSIONE!|GETTING_DATA|FIELD!|CAMPO!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!|#+)\Z"
)

#: What the last part of a rule id may be.
RULE_KINDS = (
    "required",
    "parse",
    "code",
    "range",
    "format",
    "pattern",
    "unique",
    "window",
    "period",
    "order",
    "dates",
)


class Reader(Strict):
    """The outside of a file: which sheet, where the headings are, how cells are spelt.

    ``skip_columns``/``header_row`` count as Excel shows them (first row is 1). ``missing`` are
    cells that mean "not stated" in every column; ``totals`` are first-cell texts of rows that sum
    the others, which are skipped and counted.
    """

    format: Literal["csv", "xlsx"] = "xlsx"
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    encoding: Literal["utf-8", "cp1252", "latin-1", "utf-16"] = "utf-8"
    delimiter: str = Field(default=";", min_length=1, max_length=1)
    decimal: Literal[",", "."] = ","
    thousands: Literal[".", ",", "", " "] = ""
    dates: list[str] = Field(default=["%d/%m/%Y"], min_length=1)
    missing: list[str] = []
    totals: list[str] = []
    true: list[str] = Field(
        default=["sì", "si", "s", "x", "1", "vero", "yes", "true"], min_length=1
    )
    false: list[str] = Field(default=["no", "n", "0", "falso", "false"], min_length=1)

    @model_validator(mode="after")
    def _unambiguous(self) -> Reader:
        if self.decimal == self.thousands:
            raise ConfigProblem(
                "'decimal' e 'thousands' sono lo stesso segno",
                "'decimal' and 'thousands' are the same mark",
            )
        if self.delimiter in "\"'\r\n" or self.delimiter.isalnum():
            raise ConfigProblem(
                "questo segno non può separare le celle; esempi: ';' ',' \"\\t\"",
                "this mark cannot separate cells; examples: ';' ',' \"\\t\"",
                at=("delimiter",),
            )
        both = {each.casefold() for each in self.true} & {each.casefold() for each in self.false}
        if both:
            word = sorted(both)[0]
            raise ConfigProblem(
                f"'{word}' sta sia in 'true' sia in 'false'",
                f"'{word}' stands in both 'true' and 'false'",
            )
        for at, pattern in enumerate(self.dates):
            _check_date_pattern(pattern, ("dates", at))
        return self


def _check_date_pattern(pattern: str, at: tuple[str | int, ...]) -> None:
    if not re.search("%[dj]", pattern) or not re.search("%[Yy]", pattern):
        raise ConfigProblem(
            f"'{pattern}' in 'dates' non ha giorno o anno; esempio: %d/%m/%Y",
            f"'{pattern}' in 'dates' has no day or no year; example: %d/%m/%Y",
            at,
        )
    day = datetime(2001, 2, 3, 4, 5, 6)
    try:
        datetime.strptime(day.strftime(pattern), pattern)
    except (ValueError, re.error):
        raise ConfigProblem(
            f"'{pattern}' in 'dates' ha un segno che non si conosce; esempio: %d/%m/%Y",
            f"'{pattern}' in 'dates' holds a mark that is not known; example: %d/%m/%Y",
            at,
        ) from None


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


class Tolerance(Strict):
    """A rule that, for this source, is counted but costs nothing: it needs a reason and a name."""

    rule: str
    reason: str
    by: str
    on: date


class Release(Strict):
    """A false alarm of the identifier gate, released by a named person with a reason."""

    heading: str
    kind: str
    reason: str
    by: str
    on: date


class Source(Strict):
    """One partner's way of delivering one dataset.

    ``files`` are patterns of file names (``*`` and ``?``), ``ignore`` those of headings that are
    left unread. ``counts`` maps a service code to the heading of its monthly count. ``key`` names
    the columns that tell records apart, where the dataset's own do not.
    """

    source: str = Field(pattern=r"\A[a-z][a-z0-9_]{1,30}\z")
    dataset: Literal["attendance", "survey", "service_access"]
    label: Words
    files: list[str] = Field(min_length=1)
    every: Literal["month", "quarter", "year", "wave", "once", "irregular"] = "irregular"
    reader: Reader = Reader()
    key: list[str] = []
    columns: dict[str, Column]
    questions: list[Questions] = []
    scales: list[Instrument] = []
    counts: dict[str, str] = {}
    ignore: list[str] = []
    tolerate: list[Tolerance] = []
    not_identifiers: list[Release] = []

    @model_validator(mode="after")
    def _known_names(self) -> Source:
        known = list(DATASETS[self.dataset].columns)
        places = [("columns", name) for name in self.columns]
        places += [("key", name) for name in self.key]
        for block, name in places:
            if name not in known:
                near = nearest(name, known)
                it, en = (f" Forse '{near}'?", f" Did you mean '{near}'?") if near else ("", "")
                listed = ", ".join(known)
                at = (block, name) if block == "columns" else (block,)
                raise ConfigProblem(
                    f"'{name}' non è una colonna di {self.dataset}.{it} Ammesse: {listed}",
                    f"'{name}' is not a column of {self.dataset}.{en} Known: {listed}",
                    at,
                )
        lacking = [name for name in self._needed() if name not in self.columns]
        if lacking:
            named = ", ".join(lacking)
            raise ConfigProblem(
                f"{self.dataset} non può fare a meno di: {named}",
                f"{self.dataset} cannot do without: {named}",
                at=("columns",),
            )
        return self

    @model_validator(mode="after")
    def _fitting_blocks(self) -> Source:
        if (self.questions or self.scales) and self.dataset != "survey":
            raise ConfigProblem(
                "'questions' e 'scales' sono di un questionario (survey)",
                "'questions' and 'scales' belong to a survey",
            )
        if self.counts and self.dataset != "service_access":
            raise ConfigProblem(
                "'counts' è di service_access", "'counts' belongs to service_access", at=("counts",)
            )
        if self.dataset == "survey" and not self.questions:
            raise ConfigProblem(
                "un questionario ha bisogno di 'questions'", "a survey needs 'questions'"
            )
        return self

    @model_validator(mode="after")
    def _mapped_key(self) -> Source:
        given = [*self.columns, *self._by_themselves()]
        for name in self.key:
            if name not in given:
                raise ConfigProblem(
                    f"'key' nomina '{name}', che in 'columns' non c'è",
                    f"'key' names '{name}', which is not among 'columns'",
                    at=("key",),
                )
        return self

    @model_validator(mode="after")
    def _known_codes(self) -> Source:
        lists = {name: list(field.codes) for name, field in FIELDS.items() if field.codes}
        for name, code, at in self.unknown_codes(lists):
            raise unknown_code(name, code, lists[name], at)
        return self

    def unknown_codes(
        self, lists: dict[str, list[str]]
    ) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
        """Yield column, code and place of what 'codes' and 'value' say and no list holds.

        Parameters
        ----------
        lists
            Column -> allowed codes; columns without a list take any.
        """
        for name, column in self.columns.items():
            if name not in lists:
                continue
            for cell, code in column.codes.items():
                if code not in lists[name]:
                    yield name, code, ("columns", name, "codes", cell)
            if column.value is not None and column.value not in lists[name]:
                yield name, column.value, ("columns", name, "value")

    @model_validator(mode="after")
    def _known_rules(self) -> Source:
        dataset = DATASETS[self.dataset]
        columns = [*dataset.columns, *self.key]
        known = sorted({f"{name}.{kind}" for name in columns for kind in RULE_KINDS})
        for at, each in enumerate(self.tolerate):
            if each.rule not in known:
                near = nearest(each.rule, known) or "-"
                raise ConfigProblem(
                    f"'{each.rule}' non è una regola. Più simile: {near}",
                    f"'{each.rule}' is no rule. Nearest: {near}",
                    at=("tolerate", at, "rule"),
                )
        return self

    def _by_themselves(self) -> list[str]:
        """Name the columns that come without being mapped."""
        found = {
            "survey": [
                "wave_code",
                "form_version",
                "instrument_code",
                "item_code",
                "answer_code",
                "answer_value",
            ],
            "service_access": ["contact_n"],
        }
        return found.get(self.dataset, []) + (["service_code"] if self.counts else [])

    def _needed(self) -> list[str]:
        """Name the columns that must be mapped; the others of the required come by themselves."""
        given = self._by_themselves()
        return [name for name in DATASETS[self.dataset].required if name not in given]


def unknown_code(
    column: str, code: str, known: list[str], at: tuple[str | int, ...]
) -> ConfigProblem:
    """Return the mistake of a code that the column does not have, with the nearest one."""
    near = nearest(code, known)
    it, en = (f" Forse '{near}'?", f" Did you mean '{near}'?") if near else ("", "")
    listed = ", ".join(known)
    return ConfigProblem(
        f"'{code}' non è un codice di {column}.{it} Ammessi: {listed}",
        f"'{code}' is no code of {column}.{en} Known: {listed}",
        at,
    )


class PartnerSources(Strict):
    """The whole ``source.yml`` of a partner: one entry per kind of file it delivers."""

    partner: str
    sources: list[Source] = Field(min_length=1)

    @model_validator(mode="after")
    def _different_names(self) -> PartnerSources:
        names = [each.source for each in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ConfigProblem(
                f"la fonte '{twice[0]}' c'è due volte", f"the source '{twice[0]}' stands twice"
            )
        return self


class Sidecar(Strict):
    """The note beside a delivery (``<file>.yml``): when it came, from whom, what it replaces.

    ``supersedes`` names the earlier file of the same source and period, which stays in the vault
    and is no longer used.
    """

    received: date | None = None
    sender: str | None = Field(default=None, alias="from")
    supersedes: str | None = None
    form_version: str | None = None
    note: str | None = None
