"""What ``source.yml`` may say: how one partner's files are read, and nothing partner-specific in code."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from schemas.columns import Column
from schemas.config import ConfigProblem, Strict, nearest
from schemas.datasets import DATASETS, MAIN_DATE
from schemas.fields import FIELDS
from schemas.forms import Version, with_renamed
from schemas.instruments import Instrument
from schemas.linkage import CodeKind
from schemas.questions import Questions
from schemas.reader import Reader
from schemas.source_columns import require_date, require_unit, unknown_code, unknown_codes
from schemas.source_rules import RULE_KINDS, Release, Tolerance
from schemas.words import Words

#: ``form`` of a source whose files are exports of the form we wrote for it: nothing is to be mapped.
OWN_FORM = "lunattiva"
_ISO_DAY = "%Y-%m-%d"


class Source(Strict):
    """One partner's way of delivering one dataset.

    ``files`` are patterns of file names (``*`` and ``?``), ``ignore`` those of headings that are
    left unread. ``every``, ``from``, ``until`` and ``months_off`` say for which periods a file is
    expected. ``counts`` maps a service code to the heading of its monthly count. ``key`` names
    the columns that tell records apart, where the dataset's own do not. ``form`` is the XLSForm
    beside ``source.yml`` whose questions and code lists hold, or ``lunattiva`` where the form is
    ours; ``versions`` are other versions of it. ``supersede`` says what a corrected file replaces:
    the whole file that its note names, or the records with the same key. ``person_codes`` and
    ``household_codes`` say what its codes stand for, where not what the programme says.
    """

    source: str = Field(pattern=r"\A[a-z][a-z0-9_]{1,30}\z")
    dataset: Literal["attendance", "survey", "service_access"]
    label: Words
    files: list[str] = Field(min_length=1)
    every: Literal["month", "quarter", "year", "wave", "once", "irregular"] = "irregular"
    supersede: Literal["period", "record"] = "period"
    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="until")
    months_off: list[Annotated[int, Field(ge=1, le=12)]] = []
    reader: Reader = Reader()
    key: list[str] = []
    person_codes: CodeKind | None = None
    household_codes: Literal["shared", "local"] | None = None
    columns: dict[str, Column] = {}
    questions: list[Questions] = []
    form: str | None = None
    versions: list[Version] = []
    scales: list[Instrument] = []
    counts: dict[str, str] = {}
    ignore: list[str] = []
    tolerate: list[Tolerance] = []
    not_identifiers: list[Release] = []
    to_confirm: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, given: Any) -> Any:
        """Look for the headings of declared form versions beside those that are named."""
        if isinstance(given, dict) and given.get("form") == OWN_FORM:
            given = {**given, "reader": _reader_of_own_form(given.get("reader"))}
        return with_renamed(given)

    def expects(self, first: date, last: date) -> bool:
        """Say whether a delivery for the stretch from ``first`` to ``last`` is due from this source."""
        if last < (self.start or first) or first > (self.end or last):
            return False
        months = {(first + timedelta(days=n)).month for n in range((last - first).days + 1)}
        return not months <= set(self.months_off)

    @property
    def optional_items(self) -> frozenset[str]:
        """Items that some declared version of the form does not ask."""
        return frozenset(item for each in self.versions for item in each.without)

    def date_of(self, name: str) -> str:
        """Return the column whose day decides which of a column's dated code lists holds."""
        return self.columns[name].at or MAIN_DATE[self.dataset]

    @model_validator(mode="after")
    def _confirmed(self) -> Source:
        if self.to_confirm:
            count = len(self.to_confirm)
            raise ConfigProblem(
                f"proposta di «lunattiva map» con {count} voci da confermare: deciderle (righe "
                "DA CONFERMARE), poi togliere 'to_confirm'",
                f"a proposal of 'lunattiva map' with {count} entries to confirm: decide them (lines "
                "DA CONFERMARE), then take 'to_confirm' out",
                at=("to_confirm",),
            )
        return self

    @model_validator(mode="after")
    def _different_days(self) -> Source:
        if self.start and self.end and self.end < self.start:
            raise ConfigProblem(
                "'until' viene prima di 'from'", "'until' comes before 'from'", at=("until",)
            )
        return self

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
        if lacking and self.form != OWN_FORM:
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
        if (self.form or self.versions) and self.dataset != "survey":
            raise ConfigProblem(
                "'form' e 'versions' sono di un questionario (survey)",
                "'form' and 'versions' belong to a survey",
            )
        if self.dataset == "survey" and not (self.questions or self.form):
            raise ConfigProblem(
                "un questionario ha bisogno di 'questions' o di 'form'",
                "a survey needs 'questions' or 'form'",
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
        for name, code, at in unknown_codes(self.columns, lists):
            raise unknown_code(name, code, lists[name], at)
        return self

    @model_validator(mode="after")
    def _dated_and_converted(self) -> Source:
        """Dated code lists need a date of the row; a unit needs a number in that kind of unit."""
        for name, column in self.columns.items():
            if column.dated_codes:
                require_date(self.columns, name, self.date_of(name))
            if column.unit_factor is not None:
                require_unit(name, column)
        return self

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


def _reader_of_own_form(reader: Any) -> Any:
    """Our forms write days as 2022-03-31; a workbook of the same source may write them otherwise."""
    if reader is None:
        return {"dates": [_ISO_DAY], "decimal": "."}
    if not isinstance(reader, dict):
        return reader
    given = reader.get("dates", ["%d/%m/%Y"])
    is_to_add = isinstance(given, list) and _ISO_DAY not in given
    return {**reader, "dates": [*given, _ISO_DAY]} if is_to_add else reader


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
