"""Contacts by month: lines with known events as grey bands and turning dates as dashed lines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes

from reports import _alt
from reports._numbers import month_name, number
from reports._released import TOTAL, Cell
from reports._style import (
    ACCENT,
    BAND,
    INK,
    QUIET,
    HouseFigure,
    empty,
    house_style,
    left_out_note,
    new_figure,
    traced,
    value_of,
)

if TYPE_CHECKING:
    from reports.kit import Kit

MAX_SERVICES = 6
ROW = 0.24  # height of a line of words, as a share of the highest value


def contacts(k: Kit) -> HouseFigure:
    """One panel a service: contacts by month, known events as grey bands, turning dates as lines."""
    series = {
        code: cells
        for code in k.released.levels("contacts_n", "service_code")
        if code != TOTAL and (cells := _monthly(k, code))
    }
    if not series:
        return empty(k)
    ranked = sorted(series, key=lambda c: (-sum(value_of(x) for x in series[c]), c))
    codes = ranked[:MAX_SERVICES]
    months = sorted({cell.period for code in codes for cell in series[code]})
    with house_style() as width:
        # A panel is as much taller as it has events to name, so that lines keep one scale.
        rooms = [_headroom(k, code, is_first=code == codes[0], months=months) for code in codes]
        fig = new_figure(width, 0.5 + 0.42 * len(codes) + 0.95 * sum(rooms))
        axes = fig.subplots(len(codes), 1, sharex=True, squeeze=False, height_ratios=rooms)[:, 0]
        for ax, code in zip(axes, codes, strict=True):
            _service_panel(k, ax, code, series[code], months, is_first=code == codes[0])
        _month_axis(axes[-1], months, k.lang)
        left_out_note(k, fig, len(codes), len(ranked) - len(codes))
    fig.alt = _alt.contacts(k, codes, series)
    return fig


def _monthly(k: Kit, code: str) -> list[Cell]:
    found = [
        c
        for c in k.released.of("contacts_n")
        if c.by_1 == "service_code" and c.level_1 == code and not c.by_2 and "-" in c.period
    ]
    return sorted(found, key=lambda c: c.period)


def _service_panel(
    k: Kit, ax: Axes, code: str, cells: list[Cell], months: list[str], *, is_first: bool
) -> None:
    place = {_index(m): m for m in months}
    by_month = {_index(c.period): c for c in cells}
    xs = list(range(min(place), max(place) + 1))
    values = [by_month[x].value if x in by_month else None for x in xs]
    top = max((v for v in values if v is not None), default=0) or 1
    shocks = [s for s in k.shocks if _overlaps(s, xs)]
    steps = [s for s in k.steps if s["service"] == code]
    room = len(shocks) * is_first + len(steps)
    for row, shock in enumerate(shocks):
        low, high = max(_place(shock["from"]), xs[0] - 0.5), min(_place(shock["to"]), xs[-1] + 0.5)
        ax.axvspan(low, high, color=BAND, lw=0)
        if is_first:
            _event(ax, low, top * (1.08 + ROW * (room - row)), k.text_of(shock), xs, QUIET)
    for row, step in enumerate(steps):
        when = _place(step["on"])
        ax.axvline(when, color=ACCENT, linestyle=(0, (4, 2)), linewidth=1.4)
        _event(ax, when, top * (1.08 + ROW * (row + 1)), k.text_of(step), xs, ACCENT)
    line = [float("nan") if v is None else v for v in values]
    ax.plot(xs, line, color=INK, marker="o", markersize=2.6)
    top = max(top, _expected(k, ax, code, xs))
    hidden = [x for x in xs if x in by_month and by_month[x].is_hidden]
    if hidden:  # an empty line would still take room in the layout
        ax.plot(hidden, [0] * len(hidden), linestyle="", marker="x", color=QUIET, clip_on=False)
    for x in xs:
        if x in by_month and by_month[x].is_shown:  # wide enough to be met by a finger
            [point] = ax.plot([x], [value_of(by_month[x])], marker="o", markersize=7, alpha=0)
            traced(point, by_month[x])
    ax.set_ylim(0, top * (1.12 + ROW * room))
    ax.set_yticks([0, top], ["0", number(top, 0, k.lang)])
    ax.hlines([top], xs[0], xs[-1], color=BAND, linewidth=0.8, zorder=0)
    ax.set_title(k.label("service", code))


def _expected(k: Kit, ax: Axes, code: str, xs: list[int]) -> float:
    """Draw the course expected without each change, dotted with its band; return its highest value."""
    cells = [c for c in k.released.of("contacts_expected") if c.subject == code and c.is_shown]
    top = 0.0
    for step in sorted({c.level_1 for c in cells}):
        mine = {_index(c.period): c for c in cells if c.level_1 == step}
        top = max(top, _course(k, ax, {x: c for x, c in sorted(mine.items()) if x in xs}))
    return top


def _course(k: Kit, ax: Axes, cells: dict[int, Cell]) -> float:
    if not cells:
        return 0.0
    months = list(cells)
    values = [value_of(c) for c in cells.values()]
    ends = [(c.ci_low, c.ci_high) for c in cells.values()]
    low = [v if end is None else end for v, (end, _) in zip(values, ends, strict=True)]
    high = [v if end is None else end for v, (_, end) in zip(values, ends, strict=True)]
    ax.fill_between(months, low, high, color=ACCENT, alpha=0.16, linewidth=0)
    ax.plot(months, values, color=ACCENT, linestyle=(0, (1, 1.4)), linewidth=1.8)
    ax.annotate(
        k.word("expected_short"),
        (months[-1], values[-1]),
        (3, 0),
        textcoords="offset points",
        va="center",
        color=ACCENT,
        fontsize=9.5,
        annotation_clip=False,
    )
    return max(values)


def _headroom(k: Kit, code: str, *, is_first: bool, months: list[str]) -> float:
    span = [_index(months[0]), _index(months[-1])]
    shocks = [each for each in k.shocks if _overlaps(each, span)] if is_first else []
    return 1.12 + ROW * (len(shocks) + len([each for each in k.steps if each["service"] == code]))


def _event(ax: Axes, x: float, y: float, text: str, xs: list[int], colour: str) -> None:
    """Write an event's name beside its mark, towards the side with more room."""
    to_left = x > (xs[0] + xs[-1]) / 2
    words = f"{text} \u2192" if to_left else f"\u2190 {text}"
    made = ax.text(
        x, y, words, color=colour, fontsize=9.5, va="top", ha="right" if to_left else "left"
    )
    made.set_in_layout(False)
    made.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85})


def _overlaps(event: dict[str, Any], xs: list[int]) -> bool:
    return _place(event["to"]) >= xs[0] and _place(event["from"]) <= xs[-1]


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _place(text: str) -> float:
    when = date.fromisoformat(text[:10])
    return when.year * 12 + when.month - 1 + (when.day - 1) / 31 - 0.5


def _month_axis(ax: Axes, months: list[str], lang: str) -> None:
    first, last = _index(months[0]), _index(months[-1])
    every = max(1, round((last - first) / 5))
    every = next((e for e in (1, 3, 6, 12, 24) if e >= every), 24)
    ticks = [x for x in range(first, last + 1) if x % every == 0]
    names = [f"{month_name(x % 12 + 1, lang)[:3]}\n{x // 12}" for x in ticks]
    ax.set_xticks(ticks, names)
