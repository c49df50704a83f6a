"""The funder's page: the answer first, what its boxes show, and of how many people what is known.

Targets, population and budget are declared in ``programme.yml``; everything else is released cells,
and what is computed from them names them. A number that is not shown makes what needs it unsaid.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reports import _texts
from reports._costs import cost_of, costs, costs_how, unit_cost
from reports._dashboard_words import WHOLE, word
from reports._findings import bullets
from reports._population import groups, named, parted_groups, places, population
from reports._released import TOTAL, UNKNOWN
from reports._tables import Markdown, level_cells, pipe
from reports._targets import of_target, targets

if TYPE_CHECKING:
    from reports.kit import Kit

BOX_PARTS = ("value", "note")
COVERED = ("age_band", "gender_code", "tenure_code", "neighbourhood_code")


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
    mine = [short_target(k), _short_who(k), short_cost(k)]
    first = [lines[0], *(f"{bullets([text])}" for text in mine if text)]
    chosen = {"first": first, "rest": lines[1:]}.get(part, [*first, *lines[1:]])
    return Markdown("\n".join(chosen))


def short_target(k: Kit) -> str:
    """Return how much of each declared target is reached; nothing where none is."""
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
        under = parted_groups(groups(k, each))["under"]
        if under:
            said.append(word(k, "short_who", places=places(k, each), list=named(k, under)))
    return " ".join(said)


def short_cost(k: Kit) -> str:
    """Return what an hour and a person cost by the declared budget; nothing where none is."""
    if unit_cost(k, "hours_sum", WHOLE) is None or unit_cost(k, "reached_n", WHOLE) is None:
        return ""
    found = {
        name: cost_of(k, code, WHOLE)
        for name, code in (("hour", "hours_sum"), ("person", "reached_n"))
    }
    return word(k, "short_cost", **found)


def box(k: Kit, indicator: str) -> dict[str, str]:
    """Return what a value box shows: the quarter's number, and the whole programme's below it."""
    if k.period == WHOLE:
        return _whole_box(k, indicator)
    cell = k.cell(indicator)
    value = {"value": k.shown(cell)}
    if indicator == "retention_rate":
        if cell is not None and cell.is_shown:
            return value | {"note": k.interval(indicator)}
        return value | {"note": retention_waits(k)} if k.has(indicator) else value
    total = k.cell(indicator, period=WHOLE)
    if total is None or not (total.is_shown or total.is_hidden):
        return value
    note = k.word("box_note", total=k.shown(total))
    target = _target_note(k, indicator)
    return value | {"note": f"{note}; {target}" if target else note}


def retention_waits(k: Kit) -> str:
    """Return why a quarter has no retention yet: the next one is not in, or there is none."""
    is_last = _quarter_of(k.manifest.get("to")) == k.period
    return k.word("retention_end" if is_last else "retention_wait")


def _target_note(k: Kit, indicator: str) -> str:
    target = (k.manifest.get("targets") or {}).get(indicator)
    return (
        k.word("target_note", target=k.plain(k.count(target), "target"))
        if target is not None
        else ""
    )


def _quarter_of(day: str | None) -> str:
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}" if day else ""


def _whole_box(k: Kit, indicator: str) -> dict[str, str]:
    """Return what a value box of the whole programme shows.

    Retention exists by quarter only: there the last quarter that has one, and which it is.
    """
    if indicator != "retention_rate":
        value = {"value": k.shown(k.cell(indicator, period=WHOLE))}
        note = _target_note(k, indicator)
        return value | {"note": note} if note else value
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
