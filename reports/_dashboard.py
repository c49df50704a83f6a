"""The funder's questions: how far from the target, who is missing, what an hour costs, what is known.

Targets, population and budget are declared in ``programme.yml``; everything else is released cells,
and what is computed from them names them. A number that is not shown makes what needs it unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from reports import _numbers, _texts
from reports._findings import bullets
from reports._origin import worded
from reports._released import TOTAL, UNKNOWN, Cell, unknown
from reports._tables import Markdown, level_cells, pipe

if TYPE_CHECKING:
    from reports.kit import Kit

#: Differences in shares of fewer points than these are called alike.
GAP_POINTS = 5
WHOLE = "all"
COVERED = ("age_band", "gender_code", "tenure_code", "neighbourhood_code")
PER = {"per_hour": "hours_sum", "per_person": "reached_n", "per_session": "sessions_n"}


@cache
def _catalogue() -> dict[str, Any]:
    text = Path(__file__).with_name("dashboard_words.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def word(k: Kit, key: str, **values: object) -> str:
    """Return a text of this page's catalogue."""
    if key not in _catalogue():
        raise unknown("text of the funder's page", key, _catalogue())
    return worded(str(_catalogue()[key][k.lang])).format(**values)


# -- targets -------------------------------------------------------------------------------------
def targets(k: Kit) -> Markdown:
    """One sentence a declared target: how much of it, over the whole programme; and the time passed."""
    declared = k.manifest.get("targets") or {}
    said = []
    for code, target in declared.items():
        cell = k.cell(code, period=WHOLE)
        words = {"label": k.label("indicator", code), "value": k.shown(cell)}
        if target is None:
            said.append(word(k, "target_unset", **words))
            continue
        share = of_target(k, code)
        words |= {"target": k.plain(k.count(target), "target")}
        text = k.word("not_shown") if share is None else k.mark(k.percent(share, 0), cell)
        said.append(word(k, "reached_of_target", share=text, **words))
    if not said:
        return Markdown(word(k, "no_targets"))
    passed = k.plain(k.percent(elapsed(k), 0), "date")
    return bullets([*said, word(k, "elapsed", share=passed)])


def of_target(k: Kit, code: str) -> float | None:
    """Return the share of a declared target that the whole programme reached; None where not known."""
    target = (k.manifest.get("targets") or {}).get(code)
    cell = k.cell(code, period=WHOLE)
    if not target or cell is None or cell.value is None:
        return None
    return cell.value / float(target)


def elapsed(k: Kit) -> float:
    """Return the share of the programme's days up to the end of the latest quarter with data."""
    start, end = (date.fromisoformat(k.manifest[name]) for name in ("from", "to"))
    return ((data_end(k) - start).days + 1) / ((end - start).days + 1)


def data_end(k: Kit) -> date:
    """Return the last day of the latest quarter with data, or of the programme if that is sooner."""
    latest = k.manifest.get("latest_quarter") or k.manifest["quarters"][-1]
    return min(quarter_days(latest)[1], date.fromisoformat(k.manifest["to"]))


def quarter_days(quarter: str) -> tuple[date, date]:
    """Return the first and the last day of a quarter.

    Examples
    --------
    >>> quarter_days("2021Q4")
    (datetime.date(2021, 10, 1), datetime.date(2021, 12, 31))
    """
    year, number = int(quarter[:4]), int(quarter[5])
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), following - timedelta(days=1)


# -- who is reached and who is not ---------------------------------------------------------------
@dataclass(frozen=True)
class Group:
    """A group of the population: its share of the residents, and of the people reached if known."""

    label: str
    residents: float
    reached: float | None
    cells: tuple[Cell, ...]

    @property
    def points(self) -> float | None:
        """Return how many points more of the people reached than of the residents."""
        return None if self.reached is None else (self.reached - self.residents) * 100


def groups(k: Kit, population: Mapping[str, Any]) -> list[Group]:
    """Return the groups of a declared population beside the people reached, of known ones.

    A share is known where the total, those not known, and every level of the group are shown, and
    at least ``small_base`` people are known.
    """
    found = {c.level_1: c for c in level_cells(k, "reached_n", population["by"], "", k.period)}
    everybody = sum(each["residents"] for each in population["groups"])
    base = [found[x] for x in (TOTAL, UNKNOWN) if x in found]
    known = None
    if TOTAL in found and all(c.value is not None for c in base):
        lost = found[UNKNOWN].value if UNKNOWN in found else 0
        known = (found[TOTAL].value or 0) - (lost or 0)
    made = []
    for each in population["groups"]:
        mine = [found.get(level) for level in each["levels"]]
        cells = tuple(c for c in mine if c is not None)
        is_known = known is not None and known >= k.small_base and len(cells) == len(mine)
        is_known = is_known and all(c.value is not None for c in cells)
        reached = sum(c.value or 0 for c in cells) / known if is_known and known else None
        residents = each["residents"] / everybody
        made.append(Group(k.text_of(each), residents, reached, (*cells, *base)))
    return made


def share_of_reached(k: Kit, group: Group) -> str:
    """Return a group's share of the people reached as text."""
    if group.reached is None:
        return k.mark(k.word("not_shown_short"), *group.cells)
    return k.mark(k.percent(group.reached, 0), *group.cells)


def share_of_residents(k: Kit, group: Group) -> str:
    """Return a group's share of the residents as text: declared, not measured."""
    return k.plain(k.percent(group.residents, 0), "source")


def _named(k: Kit, found: list[Group]) -> str:
    return "; ".join(
        word(
            k,
            "group",
            label=each.label,
            share=share_of_reached(k, each),
            residents=share_of_residents(k, each),
        )
        for each in found
    )


def _sorted_groups(found: list[Group]) -> dict[str, list[Group]]:
    """Return the groups by what may be said of them; fewer than ``GAP_POINTS`` apart is alike."""
    known = [(each, each.points) for each in found]
    return {
        "over": [g for g, points in known if points is not None and points >= GAP_POINTS],
        "under": [g for g, points in known if points is not None and points <= -GAP_POINTS],
        "alike": [g for g, points in known if points is not None and abs(points) < GAP_POINTS],
        "incomparable": [g for g, points in known if points is None],
    }


def population(k: Kit) -> Markdown:
    """Who is more and who is less present than in the neighbourhood, and what is not known."""
    said = _rates(k)
    declared = k.manifest.get("population") or []
    for each in declared:
        parted = _sorted_groups(groups(k, each))
        for key in ("under", "over", "alike"):
            gap = k.plain(str(GAP_POINTS), "threshold")
            if parted[key]:
                said.append(word(k, key, list=_named(k, parted[key]), gap=gap))
        if parted["incomparable"]:
            names = ", ".join(g.label for g in parted["incomparable"])
            said.append(word(k, "incomparable", list=names))
        note = f" {k.text_of(each['note'])}." if each.get("note") else ""
        source = k.plain(each["source"], "source")
        said.append(word(k, "population_caveat", places=_places(k, each), source=source) + note)
    if not said:
        return Markdown(word(k, "no_population"))
    have = {each["by"] for each in declared}
    for by in ("age_band", "gender_code"):
        if by not in have:
            said.append(word(k, "absent_by", by=k.label("dimension", by).lower()))
    return bullets(said)


def _places(k: Kit, declared: Mapping[str, Any]) -> str:
    return ", ".join(k.label("neighbourhood_code", code) for code in declared["neighbourhoods"])


def _rates(k: Kit) -> list[str]:
    """People reached per 100 residents, of each neighbourhood whose residents are declared."""
    said = []
    cells = {c.level_1: c for c in level_cells(k, "reached_n", "neighbourhood_code", "", k.period)}
    for code, about in k.released.labels("neighbourhoods").items():
        residents, cell = about.get("residents"), cells.get(code)
        if not residents or cell is None or cell.value is None:
            continue
        share = k.mark(_numbers.number(cell.value / residents * 100, 1, k.lang), cell)
        words = {"place": k.label("neighbourhood_code", code), "value": k.shown(cell)}
        words |= {"residents": k.plain(k.count(residents), "source"), "share": share}
        source = k.plain(about.get("residents_source") or "–", "source")
        said.append(word(k, "rate", source=source, **words))
    return said


# -- costs ---------------------------------------------------------------------------------------
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


def _cost(k: Kit, indicator: str, period: str) -> str:
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
    rows += [[word(k, key), *(_cost(k, code, p) for p in periods)] for key, code in PER.items()]
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


# -- what is known -------------------------------------------------------------------------------
def coverage(k: Kit) -> Markdown:
    """One row a characteristic: of how many of the people reached it is known."""
    rows = []
    for by in COVERED:
        found = {c.level_1: c for c in level_cells(k, "reached_n", by, "", k.period)}
        total, lost = found.get(TOTAL), found.get(UNKNOWN)
        if total is None:
            continue
        name = k.label("dimension", by)
        if not total.value or (lost is not None and lost.value is None):
            rows.append(
                [name, k.word("not_shown" if total.value else "not_applicable"), k.shown(total)]
            )
            continue
        known = total.value - (lost.value or 0 if lost is not None else 0)
        rows.append([name, k.mark(k.percent(known / total.value, 0), total, lost), k.shown(total)])
    heads = [word(k, x) for x in ("detail", "known", "of_people")]
    return pipe(heads, rows or [[k.word("no_data"), "–", "–"]])


# -- the answer first ----------------------------------------------------------------------------
def answer(k: Kit, part: str = "") -> Markdown:
    """Return the house's answer, with how far the target is, who is missing and what an hour costs.

    Parameters
    ----------
    part
        ``first``: whom and what, before the boxes; ``rest``: what changed; empty: both.
    """
    lines = f"{_texts.answer(k)}".split("\n")
    if not lines[0].startswith("- "):
        return Markdown("") if part == "rest" else _texts.answer(k)
    mine = [_short_target(k), _short_who(k), _short_cost(k)]
    first = [lines[0], *(f"{bullets([text])}" for text in mine if text)]
    chosen = {"first": first, "rest": lines[1:]}.get(part, [*first, *lines[1:]])
    return Markdown("\n".join(chosen))


def _short_target(k: Kit) -> str:
    said = []
    for code in k.manifest.get("targets") or {}:
        share, cell = of_target(k, code), k.cell(code, period=WHOLE)
        if share is not None:
            text = k.mark(k.percent(share, 0), cell)
            said.append(f"{k.label('indicator', code).lower()} {text}")
    return word(k, "short_target", list=", ".join(said)) if said else ""


def _short_who(k: Kit) -> str:
    said = []
    for each in k.manifest.get("population") or []:
        under = _sorted_groups(groups(k, each))["under"]
        if under:
            said.append(word(k, "short_who", places=_places(k, each), list=_named(k, under)))
    return " ".join(said)


def _short_cost(k: Kit) -> str:
    if unit_cost(k, "hours_sum", WHOLE) is None or unit_cost(k, "reached_n", WHOLE) is None:
        return ""
    found = {
        name: _cost(k, code, WHOLE)
        for name, code in (("hour", "hours_sum"), ("person", "reached_n"))
    }
    return word(k, "short_cost", **found)


def box(k: Kit, indicator: str) -> dict[str, str]:
    """Return what a value box of the whole programme shows.

    Retention exists by quarter only: there the last quarter that has one, and which it is.
    """
    if indicator != "retention_rate":
        value = {"value": k.shown(k.cell(indicator, period=WHOLE))}
        target = (k.manifest.get("targets") or {}).get(indicator)
        if target is None:
            return value
        return value | {"note": k.word("target_note", target=k.plain(k.count(target), "target"))}
    for quarter in reversed(k.manifest["quarters"]):
        cell = k.cell(indicator, period=quarter)
        if cell is not None and cell.is_shown:
            return {"value": k.shown(cell), "note": f"{k.quarter(quarter)}"}
    return {"value": k.word("no_data")}


TABLES: dict[str, Callable[..., Markdown]] = {"costs": costs, "coverage": coverage}
TEXTS: dict[str, Callable[..., Markdown]] = {
    "funder_answer": answer,
    "targets": targets,
    "population": population,
    "costs_how": costs_how,
}
