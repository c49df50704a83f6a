"""What an hour, a person and a session cost, from the declared budget spread evenly over its days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reports import _numbers
from reports._dashboard_words import WHOLE, word
from reports._findings import bullets
from reports._tables import Markdown, pipe
from reports._targets import data_end, quarter_days

if TYPE_CHECKING:
    from reports.kit import Kit

PER = {"per_hour": "hours_sum", "per_person": "reached_n", "per_session": "sessions_n"}


def spent(k: Kit, period: str) -> float | None:
    """Return the declared euro that fall in a quarter, or in the programme up to the data's date.

    Each line is spread evenly over the days of its dates; None where no budget is declared.
    """
    declared = k.manifest.get("budget")
    if not declared:
        return None
    if period == WHOLE:
        first, last = date.min, data_end(k)
    else:
        first, last = quarter_days(period)
    total = 0.0
    for line in declared["lines"]:
        start, end = date.fromisoformat(line["from"]), date.fromisoformat(line["to"])
        days = (min(end, last) - max(start, first)).days + 1
        total += line["eur"] * max(days, 0) / ((end - start).days + 1)
    return total


def unit_cost(k: Kit, indicator: str, period: str) -> float | None:
    """Return the declared euro of a period per unit of a released total; None where not known."""
    cell, euro = k.cell(indicator, period=period), spent(k, period)
    if euro is None or cell is None or not cell.value:
        return None
    return euro / cell.value


def cost_of(k: Kit, indicator: str, period: str) -> str:
    """Return the cost of one unit as text, or why it is not said."""
    cell = k.cell(indicator, period=period)
    value = unit_cost(k, indicator, period)
    if value is None:
        return k.shown(cell) if cell is None or cell.value is None else k.word("not_applicable")
    return k.mark(_numbers.number(value, 2 if value < 100 else 0, k.lang), cell)


def costs(k: Kit) -> Markdown:
    """One row a cost: the page's quarter and the whole programme."""
    periods = [WHOLE] if k.period == WHOLE else [k.period, WHOLE]
    names = [k.word("whole_programme") if p == WHOLE else k.quarter(p) for p in periods]
    if spent(k, WHOLE) is None:
        return Markdown(word(k, "no_budget"))
    euro = [k.plain(k.count(spent(k, p) or 0), "definition") for p in periods]
    rows = [[word(k, "cost"), *euro]]
    rows += [[word(k, key), *(cost_of(k, code, p) for p in periods)] for key, code in PER.items()]
    return pipe([word(k, "measure"), *names], rows)


def costs_how(k: Kit) -> Markdown:
    """The assumption behind the costs, what the budget leaves out, and its source."""
    declared = k.manifest.get("budget")
    if not declared:
        return Markdown("")
    lines = "; ".join(
        word(
            k,
            "cost_line",
            label=k.text_of(each),
            eur=k.plain(k.count(each["eur"]), "definition"),
            start=f"{k.day(each['from'])}",
            end=f"{k.day(each['to'])}",
        )
        for each in declared["lines"]
    )
    said = [word(k, "cost_how", list=lines)]
    said += [f"{k.text_of(declared['note'])}."] if declared.get("note") else []
    said += [word(k, "cost_read")] if k.period != WHOLE else []
    if declared.get("source"):
        said.append(word(k, "cost_source", source=k.plain(declared["source"], "source")))
    return bullets(said)
