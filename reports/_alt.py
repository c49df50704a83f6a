"""What a figure says, in words, from the cells it draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reports import _origin
from reports._numbers import month_name
from reports._released import Cell
from reports._results import with_interval
from reports._style import counted
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit


def _list(k: Kit, pairs: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in pairs)


def quarters(k: Kit, indicator: str, cells: Sequence[tuple[str, Cell | None]]) -> str:
    """Describe bars by quarter: every number is said."""
    said = _list(k, [(k.quarter(q), k.shown(c)) for q, c in cells])
    return say("alts", "quarters", k.lang, what=k.label("indicator", indicator), list=said)


def levels(
    k: Kit, indicator: str, by: str, period: str, cells: Sequence[Cell], left_out: int
) -> str:
    """Describe bars by level."""
    said = _list(k, [(k.label(by, c.level_1), k.shown(c)) for c in cells])
    what, dimension = k.label("indicator", indicator), k.label("dimension", by).lower()
    text = say(
        "alts", "levels", k.lang, what=what, by=dimension, period=_period(k, period), list=said
    )
    if not left_out:
        return text
    return f"{text} {k.word('other_levels', **counted(k, len(cells), left_out))}"


def intervals(k: Kit, key: str, what: str, pairs: Sequence[tuple[str, Cell]]) -> str:
    """Describe numbers with their intervals, one by one."""
    told = [(name, with_interval(k, cell)) for name, cell in pairs]
    return say("alts", key, k.lang, what=what, list=_list(k, told))


def activities(
    k: Kit, period: str, codes: Sequence[str], found: Mapping[str, Mapping[str, Cell]]
) -> str:
    """Describe sessions and hours by workshop."""
    pairs = []
    for code in codes:
        numbers = [k.shown(found[name].get(code)) for name in ("sessions_n", "hours_sum")]
        pairs.append((k.label("activity", code), " / ".join(numbers)))
    return say("alts", "activities", k.lang, period=_period(k, period), list=_list(k, pairs))


def contacts(k: Kit, codes: Sequence[str], series: Mapping[str, Sequence[Cell]]) -> str:
    """Describe monthly lines by their first, highest, lowest and last shown months."""
    pairs = []
    for code in codes:
        shown = [c for c in series[code] if c.is_shown]
        if not shown:
            pairs.append((k.label("service", code), k.word("not_shown")))
            continue
        low = min(shown, key=lambda c: (c.value or 0, c.period))
        high = max(shown, key=lambda c: (c.value or 0, c.period))
        ends = {"first": shown[0], "last": shown[-1], "low": low, "high": high}
        words = {name: f"{k.shown(c)} ({_month(c.period, k.lang)})" for name, c in ends.items()}
        pairs.append((k.label("service", code), say("alts", "line", k.lang, **words)))
    events = [k.text_of(each) for each in (*k.shocks, *k.steps)]
    text = say("alts", "contacts", k.lang, list=_list(k, pairs), events=", ".join(events) or "–")
    is_expected = any(c.is_shown and c.subject in codes for c in k.released.of("contacts_expected"))
    return f"{text} {say('alts', 'expected', k.lang)}" if is_expected else text


def _month(code: str, lang: str) -> str:
    return _origin.plain(f"{month_name(int(code[5:7]), lang)} {code[:4]}", "period")


def _period(k: Kit, period: str) -> str:
    return k.word("whole_programme") if period == "all" else k.quarter(period)
