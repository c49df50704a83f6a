"""What ``source.yml`` may say: how one partner's files are read, and nothing partner-specific in code."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import Strict, nearest
from schemas.datasets import DATASETS
from schemas.instruments import Instrument
from schemas.words import Words

#: Cells that mean "nothing was written" in any source, besides a truly empty one.
ALWAYS_MISSING = ("",)

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
            raise ValueError("'decimal' and 'thousands' are the same mark")
        both = {each.casefold() for each in self.true} & {each.casefold() for each in self.false}
        if both:
            raise ValueError(f"'{sorted(both)[0]}' stands in both 'true' and 'false'")
        for pattern in self.dates:
            if not re.search("%[dj]", pattern) or not re.search("%[Yy]", pattern):
                raise ValueError(f"'{pattern}' in 'dates' has no day or no year; example: %d/%m/%Y")
        return self


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
            raise ValueError("give exactly one of 'from', 'letter', 'value'")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"'pattern' is not a regular expression: {error}") from None
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
            raise ValueError("give 'items' or 'several'")
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
        for name in [*self.columns, *self.key]:
            if name not in known:
                near = nearest(name, known)
                hint = f" Did you mean '{near}'?" if near else ""
                raise ValueError(
                    f"'{name}' is not a column of {self.dataset}.{hint} Known: {', '.join(known)}"
                )
        lacking = [name for name in self._needed() if name not in self.columns]
        if lacking:
            raise ValueError(f"{self.dataset} cannot do without: {', '.join(lacking)}")
        if (self.questions or self.scales) and self.dataset != "survey":
            raise ValueError("'questions' and 'scales' belong to a survey")
        if self.counts and self.dataset != "service_access":
            raise ValueError("'counts' belongs to service_access")
        if self.dataset == "survey" and not self.questions:
            raise ValueError("a survey needs 'questions'")
        return self

    @model_validator(mode="after")
    def _known_rules(self) -> Source:
        dataset = DATASETS[self.dataset]
        columns = [*dataset.columns, *self.key]
        known = sorted({f"{name}.{kind}" for name in columns for kind in RULE_KINDS})
        for each in self.tolerate:
            if each.rule not in known:
                near = nearest(each.rule, known) or "-"
                raise ValueError(f"tolerate: '{each.rule}' is no rule. Nearest: {near}")
        return self

    def _needed(self) -> list[str]:
        """Name the columns that must be mapped; the others of the required come by themselves."""
        by_themselves = {"survey": ["wave_code", "item_code"], "service_access": ["contact_n"]}
        given = by_themselves.get(self.dataset, []) + (["service_code"] if self.counts else [])
        return [name for name in DATASETS[self.dataset].required if name not in given]


class PartnerSources(Strict):
    """The whole ``source.yml`` of a partner: one entry per kind of file it delivers."""

    partner: str
    sources: list[Source] = Field(min_length=1)

    @model_validator(mode="after")
    def _different_names(self) -> PartnerSources:
        names = [each.source for each in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the source '{twice[0]}' stands twice")
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
