"""What ``cycles.yml`` may say: the cycles of an action research, and what was decided on which data."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict, nearest
from schemas.indicators import indicators

#: What became of a decision: not yet looked at, kept, changed, or given up.
Outcome = Literal["open", "kept", "changed", "dropped"]


class LookedAt(Strict):
    """One released number that lay on the table when something was decided.

    ``period`` is a quarter (``2021Q4``), a month (``2021-12``), a wave or ``all``; ``subject`` is a
    scale; ``by`` and ``level`` name one group: ``service_code`` and ``listening_centre``.
    """

    indicator: str
    period: str
    subject: str = ""
    by: str = ""
    level: str = ""

    @model_validator(mode="after")
    def _known(self) -> LookedAt:
        known = list(indicators())
        if self.indicator not in known:
            near = nearest(self.indicator, known)
            raise ConfigProblem(
                f"«{self.indicator}» non è un indicatore{f'; forse {near!r}?' if near else '.'} "
                "I nomi sono quelli di schemas/indicators.yml",
                f"'{self.indicator}' is no indicator{f'; did you mean {near!r}?' if near else '.'} "
                "The names are those of schemas/indicators.yml",
                at=("indicator",),
            )
        if bool(self.by) != bool(self.level):
            raise ConfigProblem(
                "'by' e 'level' vanno insieme: quale caratteristica, e quale gruppo",
                "'by' and 'level' go together: which characteristic, and which group",
                at=("by" if self.by else "level",),
            )
        return self


class CycleDecision(Strict):
    """One decision: on which data, what was seen, what was decided, what came of it.

    The data are named by ``quarter`` (the page that was read: ``2021Q4``) or by ``data_version``
    (the twelve letters and digits at the foot of every page). ``by`` says who decided: bodies and
    roles, never persons.
    """

    decision: str = Field(pattern=r"\A[a-z0-9][a-z0-9_]{0,39}\z")
    on: date
    quarter: str | None = Field(default=None, pattern=r"\A[0-9]{4}Q[1-4]\z")
    data_version: str | None = Field(default=None, pattern=r"\A[0-9a-f]{12}\z")
    by: list[str] = Field(min_length=1)
    seen: str = Field(min_length=1)
    looked_at: list[LookedAt] = []
    decided: str = Field(min_length=1)
    expected: str = Field(min_length=1)
    outcome: Outcome = "open"
    checked_on: date | None = None
    found: str | None = None

    @model_validator(mode="after")
    def _bound(self) -> CycleDecision:
        if (self.quarter is None) == (self.data_version is None):
            raise ConfigProblem(
                "serve o 'quarter' o 'data_version', uno solo: a quali dati si è guardato?",
                "either 'quarter' or 'data_version' is needed, not both: which data were read?",
                at=("quarter" if self.quarter else "decision",),
            )
        return self

    @model_validator(mode="after")
    def _checked(self) -> CycleDecision:
        is_closed = self.outcome != "open"
        if is_closed != (self.found is not None) or is_closed != (self.checked_on is not None):
            raise ConfigProblem(
                "'checked_on' e 'found' servono quando 'outcome' non è 'open', e solo allora",
                "'checked_on' and 'found' are needed where 'outcome' is not 'open', and only there",
                at=("outcome",) if "outcome" in self.model_fields_set else ("decision",),
            )
        if self.checked_on is not None and self.checked_on < self.on:
            raise ConfigProblem(
                "la verifica viene prima della decisione",
                "it was checked before it was decided",
                at=("checked_on",),
            )
        return self


class Cycle(Strict):
    """One cycle: its question, who took part, what was decided, what was learnt."""

    cycle: str = Field(pattern=r"\A[a-z0-9][a-z0-9_]{0,39}\z")
    title: str = Field(min_length=1)
    start: date = Field(alias="from")
    end: date = Field(alias="to")
    question: str = Field(min_length=1)
    took_part: list[str] = Field(min_length=1)
    decisions: list[CycleDecision] = Field(min_length=1)
    learnt: str | None = None

    @model_validator(mode="after")
    def _in_its_time(self) -> Cycle:
        if self.end < self.start:
            raise ConfigProblem(
                "il ciclo finisce prima di cominciare", "the cycle ends before it begins", ("to",)
            )
        for place, each in enumerate(self.decisions):
            if not self.start <= each.on <= self.end:
                raise ConfigProblem(
                    f"la data non cade nel ciclo ({self.start} - {self.end})",
                    f"the day is not within the cycle ({self.start} - {self.end})",
                    at=("decisions", place, "on"),
                )
            if each.quarter and each.on < _first_day(each.quarter):
                raise ConfigProblem(
                    f"il {each.on} il trimestre {each.quarter} non era ancora cominciato",
                    f"on {each.on} the quarter {each.quarter} had not begun yet",
                    at=("decisions", place, "quarter"),
                )
        return self


class Cycles(Strict):
    """The log of an action research: cycles in order, every decision with a name of its own."""

    cycles: list[Cycle] = Field(min_length=1)

    @model_validator(mode="after")
    def _named_once(self) -> Cycles:
        names = Counter(each.decision for cycle in self.cycles for each in cycle.decisions)
        codes = Counter(each.cycle for each in self.cycles)
        starts = [each.start for each in self.cycles]
        for place, cycle in enumerate(self.cycles):
            if codes[cycle.cycle] > 1:
                raise _twice(cycle.cycle, ("cycles", place, "cycle"))
            if place and starts[place] < starts[place - 1]:
                raise ConfigProblem(
                    "i cicli vanno scritti nell'ordine in cui sono cominciati",
                    "cycles are written in the order in which they began",
                    at=("cycles", place, "from"),
                )
            for number, each in enumerate(cycle.decisions):
                if names[each.decision] > 1:
                    raise _twice(each.decision, ("cycles", place, "decisions", number, "decision"))
        return self


def _twice(name: str, at: tuple[str | int, ...]) -> ConfigProblem:
    return ConfigProblem(
        f"il nome «{name}» c'è due volte: darne uno diverso",
        f"the name '{name}' is given twice: choose another",
        at,
    )


def _first_day(quarter: str) -> date:
    return date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1)
