"""What ``source.yml`` may say: how one partner's files are read, and nothing partner-specific in code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from schemas.columns import Column
from schemas.config import ConfigProblem, Strict, nearest
from schemas.datasets import DATASETS
from schemas.fields import FIELDS
from schemas.instruments import Instrument
from schemas.questions import Questions
from schemas.reader import Reader
from schemas.words import Words

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
