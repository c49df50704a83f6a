"""The figures, in one house style: direct labels, no legend to decode, safe in grey print.

A number that is not shown is a gap with its mark (``n.d.``), never a bar of zero. Each figure
carries its own description (``alt``), made from the same released cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from reports import (
    _alt,
    _compare_figures,
    _dashboard_figures,
    _findings,
    _series,
    _tables,
    _together,
)
from reports._kept import once
from reports._numbers import number, short_quarter
from reports._released import TOTAL, UNKNOWN, Cell
from reports._style import (
    INK,
    MAX_LEVELS,
    QUIET,
    SOFT,
    HouseFigure,
    empty,
    house_style,
    left_out_note,
    new_figure,
    panel,
    stack,
    traced,
    value_of,
    wrap,
)

if TYPE_CHECKING:
    from reports.kit import Kit

MAX_ACTIVITIES = 12


def reach_quarters(k: Kit, indicator: str = "reached_n") -> HouseFigure:
    """Bars by quarter with the number on each; the page's own quarter is the dark one."""
    cells = [(q, k.cell(indicator, period=q)) for q in k.manifest["quarters"]]
    cells = [(q, c) for q, c in cells if c is not None]
    if not cells:
        return empty(k)
    with panel(2.6) as (fig, ax):
        top = max((c.value or 0 for _, c in cells if c), default=0) or 1
        for x, (quarter, cell) in enumerate(cells):
            colour = INK if k.period in (quarter, "all") else SOFT
            _bar_or_mark(k, ax, x, cell, colour, top)
        ax.set_xticks(range(len(cells)), [short_quarter(q, k.lang, "\n") for q, _ in cells])
        ax.set_xlim(-0.6, max(len(cells), 6) - 0.4)  # one quarter alone would be a wall
        ax.set_ylim(0, top * 1.15)
        _bare(ax)
    fig.alt = _alt.quarters(k, indicator, cells)
    return fig


def _bar_or_mark(k: Kit, ax: Axes, x: int, cell: Cell | None, colour: str, top: float) -> None:
    if cell is None or cell.value is None:
        hidden = cell is not None and cell.is_hidden
        mark = k.word("not_shown_short") if hidden else "–"
        traced(ax.text(x, top * 0.02, mark, ha="center", color=QUIET), cell)
        return
    [bar] = ax.bar(x, cell.value, width=0.72, color=colour, edgecolor=INK, linewidth=0.6)
    traced(bar, cell)
    ax.text(x, cell.value + top * 0.02, k.format(cell.value, cell), ha="center", fontweight="bold")


def _bare(ax: Axes) -> None:
    """Numbers stand on the bars: the value axis would repeat them."""
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)


def levels(
    k: Kit, indicator: str = "reached_n", by: str = "", period: str | None = None, title: str = ""
) -> HouseFigure:
    """Horizontal bars, one a level; the largest ones where there are many."""
    period = k._period(indicator, period)
    cells = _tables.level_cells(k, indicator, by, "", period)
    kept, left_out = _tables.largest(cells, MAX_LEVELS)
    parts = [c for c in kept if c.level_1 != TOTAL]
    if all(c.level_1 == UNKNOWN for c in parts):  # nothing is known, or nobody is there
        return empty(k)
    with panel(0.7 + 0.34 * len(parts)) as (fig, ax):
        _horizontal(k, ax, parts, by, title)
        left_out_note(k, fig, len(parts), left_out)
    fig.alt = _alt.levels(k, indicator, by, period, parts, left_out)
    return fig


def _horizontal(k: Kit, ax: Axes, parts: list[Cell], by: str, title: str) -> None:
    top = max((c.value or 0 for c in parts), default=0) or 1
    for y, cell in enumerate(parts):
        if cell.value is None:
            mark = k.word("not_shown_short") if cell.is_hidden else "–"
            traced(ax.text(top * 0.01, y, mark, va="center", color=QUIET), cell)
            continue
        traced(ax.barh(y, cell.value, height=0.68, color=INK)[0], cell)
        ax.text(
            cell.value + top * 0.015, y, k.format(cell.value, cell), va="center", fontweight="bold"
        )
    ax.set_yticks(range(len(parts)), [wrap(k.label(by, c.level_1), 24) for c in parts])
    ax.set_ylim(len(parts) - 0.45, -0.55)
    ax.set_xlim(0, top * 1.16)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    if title:
        ax.set_title(k.plain(title, "label"))


def activities(k: Kit, period: str | None = None) -> HouseFigure:
    """Two panels side by side: sessions and hours of each workshop."""
    period = k._period("sessions_n", period)
    found = {
        code: {c.level_1: c for c in _tables.level_cells(k, code, "activity_code", "", period)}
        for code in ("sessions_n", "hours_sum")
    }
    codes = [x for x in dict.fromkeys([*found["sessions_n"], *found["hours_sum"]]) if x != TOTAL]
    if not codes:
        return empty(k)
    codes = sorted(codes, key=lambda c: (-value_of(found["hours_sum"].get(c)), c))
    shown = codes[:MAX_ACTIVITIES]
    with house_style() as width:
        fig = new_figure(width, 0.8 + 0.34 * len(shown))
        left, right = fig.subplots(1, 2, sharey=True, width_ratios=(2, 3))
        for ax, code in ((left, "sessions_n"), (right, "hours_sum")):
            cells = [found[code].get(x) for x in shown]
            _pair_panel(k, ax, cells, k.label("indicator", code))
        names = [wrap(k.label("activity", x), 22) for x in shown]
        left.set_yticks(range(len(shown)), names)
        left.set_ylim(len(shown) - 0.45, -0.55)
        left_out_note(k, fig, len(shown), len(codes) - len(shown))
    fig.alt = _alt.activities(k, period, shown, found)
    return fig


def _pair_panel(k: Kit, ax: Axes, cells: list[Cell | None], title: str) -> None:
    top = max((value_of(c) for c in cells), default=0) or 1
    for y, cell in enumerate(cells):
        if cell is None or cell.value is None:
            hidden = cell is not None and cell.is_hidden
            mark = k.word("not_shown_short") if hidden else "–"
            traced(ax.text(top * 0.01, y, mark, va="center", color=QUIET), cell)
            continue
        [bar] = ax.barh(y, cell.value, height=0.68, color=SOFT, edgecolor=INK, linewidth=0.6)
        traced(bar, cell)
        ax.text(cell.value + top * 0.03, y, k.format(cell.value, cell), va="center")
    ax.set_xlim(0, top * 1.35)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_title(k.plain(wrap(title, 12), "label"), fontsize=10)


def change(k: Kit) -> HouseFigure:
    """One panel a scale: mean change with its 95 % interval, everybody first, then groups."""
    scales = [s for s in k.scales if k.has("score_change", s)]
    if not scales:
        return empty(k)
    # Many scales: groups only where everybody's change can be told from none.
    aloud, _ = _findings.spoken(k, "score_change", scales)
    rows = {s: _change_rows(k, s)[: None if s in aloud else 1] for s in scales}
    heights = [len(rows[s]) + 2.0 for s in scales]
    with stack(0.6 + 0.4 * sum(heights), heights) as (fig, axes):
        for ax, scale in zip(axes, scales, strict=True):
            _change_panel(k, ax, scale, rows[scale])
    fig.alt = " ".join(k.sentence("change", s) for s in scales)
    return fig


def _change_rows(k: Kit, scale: str) -> list[tuple[str, Cell]]:
    cells = [c for c in k.released.of("score_change") if c.subject == scale and c.period == "all"]
    rows = [(k.word("everybody"), c) for c in cells if not c.by_1]
    for by in ("gender_code", "area_role"):
        order = {code: i for i, code in enumerate(k.released.levels("score_change", by))}
        group = [c for c in cells if c.by_1 == by and not c.by_2 and c.level_1 != TOTAL]
        rows += [(k.label(by, c.level_1), c) for c in sorted(group, key=lambda c: order[c.level_1])]
    # Nobody to compare in a group is no result: only numbers and hidden numbers take a row.
    return [(name, cell) for name, cell in rows if cell.is_shown or cell.is_hidden]


def compared(k: Kit) -> HouseFigure:
    """One panel a scale: difference from the comparison areas, all places first, then each kind."""
    scales = [s for s in k.scales if _compared_rows(k, s)]
    if not scales:
        return empty(k)
    # Many scales: kinds of place only where all of them together can be told from none.
    aloud, _ = _findings.spoken(k, "did_staggered", scales)
    rows = {s: _compared_rows(k, s)[: None if s in aloud or _is_clear(k, s) else 1] for s in scales}
    heights = [len(rows[s]) + 2.0 for s in scales]
    with stack(0.6 + 0.4 * sum(heights), heights) as (fig, axes):
        for ax, scale in zip(axes, scales, strict=True):
            _change_panel(k, ax, scale, rows[scale], "difference_axis")
    pairs = [(f"{k.label('scale', s)}, {name}", cell) for s in scales for name, cell in rows[s]]
    fig.alt = _alt.intervals(k, "compared", k.label("indicator", "did_effect"), pairs)
    return fig


def _is_clear(k: Kit, scale: str) -> bool:
    """Say whether some kind of place differs from the comparison areas."""
    cells = [c for c in k.released.of("did_effect") if c.subject == scale]
    return any(c.is_shown and not c.crosses for c in cells)


def _compared_rows(k: Kit, scale: str) -> list[tuple[str, Cell]]:
    whole = [c for c in k.released.of("did_staggered") if c.subject == scale and not c.by_1]
    rows = [(k.word("together_all"), c) for c in whole]
    order = {code: i for i, code in enumerate(k.released.levels("did_effect", "area_role"))}
    found = [c for c in k.released.of("did_effect") if c.subject == scale and c.by_1 == "area_role"]
    found = sorted(found, key=lambda c: order[c.level_1])
    rows += [(k.label("area_role", c.level_1), c) for c in found]
    return [(name, cell) for name, cell in rows if cell.is_shown or cell.is_hidden]


def _change_panel(
    k: Kit, ax: Axes, scale: str, rows: list[tuple[str, Cell]], axis: str = "change_axis"
) -> None:
    ax.axvline(0, color=QUIET, linewidth=1)
    for y, (_, cell) in enumerate(rows):
        if cell.value is None:
            mark = k.word("not_shown_short") if cell.is_hidden else "–"
            traced(
                ax.annotate(
                    mark, (0, y), (5, 0), textcoords="offset points", va="center", color=QUIET
                ),
                cell,
            )
            continue
        if cell.ci_low is not None and cell.ci_high is not None:
            ax.plot([cell.ci_low, cell.ci_high], [y, y], color=INK, linewidth=2)
        marker = "o" if y == 0 else "D"
        size = 7 if y == 0 else 5
        traced(ax.plot([cell.value], [y], marker=marker, color=INK, markersize=size)[0], cell)
        words = k.format(cell.value, cell, signed=True)
        ax.annotate(
            words, (cell.value, y), (0, 6), textcoords="offset points", ha="center", fontsize=9.5
        )
    ax.set_yticks(range(len(rows)), [wrap(name, 22) for name, _ in rows])
    ax.set_ylim(len(rows) - 0.4, -0.75)
    ax.margins(x=0.08)
    unit = k.text_of(k.scale(scale).get("unit"))
    ax.set_title(k.label("scale", scale))
    # Longer than the panel is wide it would be cut off at the figure's edge.
    ax.set_xlabel(k.plain(wrap(k.word(axis, unit=unit), 38), "scale"), fontsize=9.5)
    low, high = ax.get_xlim()
    decimals = 0 if high - low > 4 else 1 if high - low > 0.4 else 2
    ax.xaxis.set_major_formatter(lambda v, _: number(v, decimals, k.lang, signed=True))


#: What ``k.figure(name, ...)`` knows.
FIGURES: dict[str, Callable[..., HouseFigure]] = {
    "reach_quarters": reach_quarters,
    "levels": levels,
    "activities": activities,
    "contacts": _series.contacts,
    "change": change,
    "compared": compared,
    **_together.FIGURES,
    **_dashboard_figures.FIGURES,
    **_compare_figures.FIGURES,
}
#: Those that no quarter changes: drawn once for all pages of a language.
WHOLE = ("attending", "change", "co_use", "compared", "contacts", "continuity", "targets")
FIGURES |= {name: once(FIGURES[name]) for name in WHOLE}
