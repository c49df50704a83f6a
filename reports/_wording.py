"""Sentences made from estimates: each design has its own words and may claim no more.

``descriptive`` describes; ``pre_post`` is *associated with*; ``compared`` is *compared with*;
``quasi_experimental`` is an *estimate* against the earlier trend. None of them says *caused*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports._released import Cell
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit


def change(k: Kit, subject: str, *, tail: bool = True) -> str:
    """Return what the change of one scale may be said to be.

    Without ``tail`` the sentence about the missing comparison group is left to the caller, who
    says it once for several scales.
    """
    label = k.label("scale", subject)
    cell = k.cell("score_change", subject, period="all")
    if cell is None or (not cell.is_shown and not cell.is_hidden):
        return say("sentences", "change_missing", k.lang, label=label)
    if cell.is_hidden or cell.value is None:
        return say("sentences", "change_hidden", k.lang, label=label)
    main = _main(k, cell, label, subject)
    extra = [] if cell.design == "descriptive" else _qualified(k, cell, subject)
    if tail and cell.design == "pre_post":
        extra.append(say("sentences", "no_comparison", k.lang))
    return " ".join([main, *extra])


def change_short(k: Kit, subject: str) -> str:
    """Return the change in one short clause, for the answer at the top of a page."""
    cell = k.cell("score_change", subject, period="all")
    if cell is None or cell.value is None or cell.design != "pre_post":
        return change(k, subject)
    kind = "none" if cell.crosses else ("up" if cell.value > 0 else "down")
    size = k.in_units(abs(cell.value), subject)
    words = {"label": k.label("scale", subject), "value": size, "interval": interval(k, cell)}
    return say("sentences", f"short_{kind}", k.lang, n=k.n_of(cell), **words)


def _main(k: Kit, cell: Cell, label: str, subject: str) -> str:
    start, end = k.change_waves
    values = {
        "label": label,
        "interval": interval(k, cell),
        "n": k.n_of(cell),
        "start": start,
        "end": end,
    }
    value = k.in_units(cell.value or 0.0, subject)
    if cell.design == "descriptive":
        return say("sentences", "described", k.lang, value=value, **values)
    kind = "compared" if cell.design in ("compared", "quasi_experimental") else "change"
    if cell.crosses:
        return say("sentences", f"{kind}_none", k.lang, value=value, **values)
    direction = "up" if (cell.value or 0) > 0 else "down"
    size = k.in_units(abs(cell.value or 0.0), subject)
    return say("sentences", f"{kind}_{direction}", k.lang, value=size, **values)


def _qualified(k: Kit, cell: Cell, subject: str) -> list[str]:
    scale = k.scale(subject)
    said = []
    value = cell.value or 0.0
    if not cell.crosses:
        is_better = (value > 0) == (scale.get("better", "higher") == "higher")
        said.append(say("sentences", "better" if is_better else "worse", k.lang))
        notable = scale.get("notable_change")
        if notable:
            key = "notable_over" if abs(value) >= notable else "notable_under"
            threshold = k.in_units(notable, subject, plain=True)
            said.append(say("sentences", key, k.lang, threshold=threshold))
    return said


def step(k: Kit, service: str) -> str:
    """Return what the step in a service's monthly contacts may be said to be."""
    cell = k.cell("contacts_step", service, period="all")
    name = k.label("service", service)
    if cell is None or (not cell.is_shown and not cell.is_hidden):
        return say("sentences", "step_missing", k.lang, service=name)
    if cell.is_hidden or cell.value is None:
        return say("sentences", "step_hidden", k.lang, service=name)
    declared = next(each for each in k.steps if each["service"] == service)
    share = cell.value - 1
    low = None if cell.ci_low is None else cell.ci_low - 1
    high = None if cell.ci_high is None else cell.ci_high - 1
    is_open = low is None or high is None or low <= 0 <= high
    kind = "none" if is_open else ("up" if share > 0 else "down")
    return say(
        "sentences",
        f"step_{kind}",
        k.lang,
        service=name,
        step=k.text_of(declared),
        date=k.day(declared["on"]),
        value=k.percent(share if is_open else abs(share), 0, signed=is_open),
        interval=_range(k, k.percent(low, 0, signed=True), k.percent(high, 0, signed=True)),
    )


def interval(k: Kit, cell: Cell) -> str:
    """Return the interval in words, or that there is none."""
    if cell.ci_low is None or cell.ci_high is None:
        return say("sentences", "interval", k.lang, range=say("words", "not_applicable", k.lang))
    return _range(k, k.format(cell.ci_low, cell), k.format(cell.ci_high, cell))


def _range(k: Kit, low: str, high: str) -> str:
    words = say("words", "from_to", k.lang, low=low, high=high)
    return say("sentences", "interval", k.lang, range=words)


def linkage(k: Kit, subject: str) -> str:
    """Return how many of those eligible were found again."""
    found = {name: k.number(f"{name}_n", subject, period="all") for name in ("eligible", "linked")}
    start, end = k.change_waves
    words = {"label": k.label("scale", subject), "start": start, "end": end}
    return say("sentences", "linkage", k.lang, **found, **words)


def reach(k: Kit) -> str:
    """Return how many people took part, and the target where one is declared."""
    if not k.has("reached_n"):
        return say("words", "no_data_period", k.lang)
    cell, total = k.cell("reached_n"), k.cell("reached_n", period="all")
    if total is None or not total.is_shown:
        return say("sentences", "reach_unknown", k.lang, reason=k.shown(total))
    words = {"period": k.quarter(), "total": k.shown(total)}
    if cell is not None and cell.is_hidden:
        text = say("sentences", "reach_hidden", k.lang, **words)
    elif cell is None or not cell.value:
        text = say("sentences", "reach_none", k.lang, **words)
    else:
        text = say("sentences", "reach", k.lang, quarter=k.shown(cell), **words)
    target = (k.manifest.get("targets") or {}).get("reached_n")
    if target is None:
        return text
    return f"{text} {say('sentences', 'reach_target', k.lang, target=k.count(target))}"


def sessions(k: Kit) -> str:
    """Return how many sessions and hours the quarter had."""
    hours = k.cell("hours_sum")
    has_hours = hours is not None and hours.is_shown
    values = {"sessions": k.number("sessions_n"), "hours": k.shown(hours)}
    return say("sentences", "sessions" if has_hours else "sessions_only", k.lang, **values)


def retention(k: Kit) -> str:
    """Return how many of a hundred people came back; nothing where it cannot be said."""
    cell = k.cell("retention_rate")
    if cell is None or cell.value is None:
        return ""
    return say("sentences", "retention", k.lang, value=k.count(cell.value * 100))


def contacts(k: Kit) -> str:
    """Return how many contacts the services recorded in the whole programme."""
    return say("sentences", "contacts", k.lang, value=k.number("contacts_n", period="all"))
