"""Sentences made from estimates: each design has its own words and may claim no more.

``descriptive`` describes; ``pre_post`` is *associated with*; ``compared`` is *compared with*;
``quasi_experimental`` is an *estimate* against the earlier trend. None of them says *caused*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from reports._origin import worded
from reports._released import Cell, KitError, unknown
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit

#: Where a method gives p and no interval, from here on nothing can be told.
SMALL_P = 0.05


def claim(
    k: Kit,
    code: str,
    subject: str = "",
    values: Mapping[str, str] | None = None,
    *,
    tail: bool = True,
    **where: str,
) -> str:
    """Return the sentence that the design of a released number may carry, and its doubts after it.

    Parameters
    ----------
    code
        A claim of ``schemas/claims.yml``.
    values
        Further placeholders; ``label``, ``value``, ``interval`` and ``n`` are always there.
    tail
        Without it the doubts are left to the caller, who says them once for several sentences.
    where
        ``period`` (the whole programme by default), ``by`` and ``level``.

    Raises
    ------
    KitError
        No such claim, or its design may not be said.
    """
    told = declared(k, code)
    cell = k.cell(told["indicator"], subject, **{"period": "all", **where})
    slots = {"label": k.subject_label(subject), **(values or {})}
    if cell is None or (not cell.is_shown and not cell.is_hidden):
        is_open = told["not_reached"] and cell is not None and is_not_reached(k, cell)
        return fill(k, told["not_reached"] if is_open else told["missing"], slots)
    if cell.is_hidden or cell.value is None:
        return fill(k, told["hidden"], slots)
    sentences = told["designs"].get(cell.design)
    if sentences is None:
        raise KitError(f"nothing may be said of '{code}' by a design called '{cell.design}'")
    outcome = "any" if "any" in sentences else _outcome(cell, told["nothing"])
    slots |= _slots(k, cell, subject, told["nothing"], is_signed=outcome in ("any", "none"))
    main = fill(k, sentences[outcome], slots)
    return " ".join([main, *doubts(k, [cell])]) if tail else main


def declared(k: Kit, code: str) -> dict[str, Any]:
    """Return a claim as the release carries it; KitError where there is none of that name."""
    known: dict[str, dict[str, Any]] = k.manifest["claims"]["claims"]
    if code not in known:
        raise unknown("claim", code, known)
    return known[code]


def doubts(k: Kit, cells: Iterable[Cell | None]) -> list[str]:
    """Return what is in doubt about numbers that are shown, each doubt once."""
    said: dict[str, None] = {}
    for cell in cells:
        if cell is None or not cell.is_shown:
            continue
        for each in cell.assumptions.split("; "):
            code, _, outcome = each.partition("=")
            if outcome == "doubtful":
                said[_doubt(k, cell, code)] = None
    return list(said)


def _doubt(k: Kit, cell: Cell, code: str) -> str:
    words = k.manifest["claims"]["doubts"].get(code)
    if words:
        return k.text_of(words)
    assumed = k.manifest["methods"].get(cell.method, {}).get("assumes", {}).get(code)
    return say("sentences", "doubt", k.lang, assumption=k.text_of(assumed) or code)


def is_not_reached(k: Kit, cell: Cell) -> bool:
    """Say whether a median is missing because more than half are still there.

    The release gives no reason beside ``not_applicable``; where the same table shows how many are
    still there, there were data, and what is missing is the median alone.
    """
    if cell.status != "not_applicable" or cell.method != "kaplan_meier_median":
        return False
    beside = [c for c in k.released.in_table(cell.table) if c.subject == cell.subject and c.by_1]
    return any(c.is_shown and c.period == cell.period for c in beside)


def _outcome(cell: Cell, nothing: float) -> str:
    value = cell.value or 0.0
    if cell.ci_low is None or cell.ci_high is None:
        is_clear = cell.p_value is not None and cell.p_value < SMALL_P and value != nothing
    else:
        is_clear = not cell.ci_low <= nothing <= cell.ci_high
    if not is_clear:
        return "none"
    return "up" if value > nothing else "down"


def _slots(k: Kit, cell: Cell, subject: str, nothing: float, *, is_signed: bool) -> dict[str, str]:
    """Return value, interval and base as text; a ratio is told as the per cent it departs from 1."""
    n = k.n_of(cell)
    if nothing == 1:
        low, high = (None if end is None else end - 1 for end in (cell.ci_low, cell.ci_high))
        share = (cell.value or 0.0) - 1
        text = k.percent(share if is_signed else abs(share), 0, signed=is_signed)
        value = k.mark(text, cell)
        parts = (("low", low), ("high", high))
        ends = [k.mark(k.percent(end, 0, signed=True), cell, part=name) for name, end in parts]
        return {"value": value, "interval": _range(k, *ends), "n": n}
    shown = cell.value or 0.0
    shown = shown if is_signed else abs(shown)
    is_points = k.manifest["indicators"][cell.indicator]["unit"] == "points" and k.is_scale(subject)
    plain = k.format(shown, cell, signed=False)
    value = k.in_units(shown, subject, cell=cell) if is_points else plain
    points = k.word("points", value=plain)
    return {"value": value, "points": points, "interval": interval(k, cell), "n": n}


def fill(k: Kit, words: Mapping[str, str], values: Mapping[str, str]) -> str:
    """Return a sentence of the claims in the kit's language, its placeholders filled.

    Raises
    ------
    KitError
        A placeholder was not given.
    """
    try:
        return worded(words[k.lang]).format(**values)
    except KeyError as error:
        raise KitError(f"a sentence of the claims needs the value {error}") from None


def change(k: Kit, subject: str, *, tail: bool = True) -> str:
    """Return what the change of one scale may be said to be.

    Without ``tail`` doubts and the sentence about the missing comparison group are left to the
    caller, who says them once for several scales.
    """
    start, end = k.change_waves
    main = claim(k, "change", subject, {"start": start, "end": end}, tail=False)
    cell = k.cell("score_change", subject, period="all")
    if cell is None or not cell.is_shown or cell.design == "descriptive":
        return main
    extra = _qualified(k, cell, subject)
    extra += doubts(k, [cell]) if tail else []
    if tail and cell.design == "pre_post":
        extra.append(say("sentences", "no_comparison", k.lang))
    return " ".join([main, *extra])


def change_short(k: Kit, subject: str) -> str:
    """Return the change in one short clause, for the answer at the top of a page."""
    cell = k.cell("score_change", subject, period="all")
    if cell is None or cell.value is None or cell.design != "pre_post":
        return change(k, subject)
    return claim(k, "change_short", subject, tail=False)


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


def steps(k: Kit, service: str) -> str:
    """Return what may be said of a service at each of its turning dates."""
    return " ".join(step(k, each) for each in k.steps if each["service"] == service)


def step(k: Kit, asked: Mapping[str, Any], code: str = "step", *, tail: bool = True) -> str:
    """Return what may be said of a service at one turning date of the manifest.

    ``code`` is ``step`` (monthly contacts), ``step_compared`` (against another service) or
    ``closing_step`` (days to closing).
    """
    service = str(asked["service"])
    words = {
        "service": k.label("service", service),
        "step": k.text_of(asked),
        "date": k.day(asked["on"]),
        "other": k.label("service", asked.get("compared_with") or ""),
    }
    slots = {**words, "label": words["service"]}
    is_only = sum(each["service"] == service for each in k.steps) == 1
    where = {} if is_only else {"by": "step", "level": first_month(asked["on"])}
    return claim(k, code, service, slots, tail=tail, **where)


def first_month(day: str) -> str:
    """Return the first whole month from a day on: several dates of one service are told apart by it."""
    year, month = int(day[:4]), int(day[5:7])
    if day[8:10] != "01":
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return f"{year}-{month:02d}"


def interval(k: Kit, cell: Cell) -> str:
    """Return the interval in words, or that there is none; that of a median may have no upper end."""
    if cell.ci_low is not None and cell.ci_high is None and cell.method == "kaplan_meier_median":
        words = say("words", "from_open", k.lang, low=k.format(cell.ci_low, cell))
        return say("sentences", "interval", k.lang, range=words)
    if cell.has_no_spread:
        return say("words", "spread_not_shown", k.lang)
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
    if k.period == "all":
        text = say("sentences", "reach_whole", k.lang, total=words["total"])
    elif cell is not None and cell.is_hidden:
        text = say("sentences", "reach_hidden", k.lang, **words)
    elif cell is None or not cell.value:
        text = say("sentences", "reach_none", k.lang, **words)
    else:
        text = say("sentences", "reach", k.lang, quarter=k.shown(cell), **words)
    target = (k.manifest.get("targets") or {}).get("reached_n")
    if target is None:
        return text
    return f"{text} {say('sentences', 'reach_target', k.lang, target=k.plain(k.count(target), 'target'))}"


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
    return say("sentences", "retention", k.lang, value=k.mark(k.count(cell.value * 100), cell))


def contacts(k: Kit) -> str:
    """Return how many contacts the services recorded in the whole programme."""
    return say("sentences", "contacts", k.lang, value=k.number("contacts_n", period="all"))
