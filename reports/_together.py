"""Figures of taking part and of services together: who still attends, co-use, scatter of contacts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reports import _alt
from reports._numbers import short_quarter
from reports._origin import bare
from reports._released import Cell
from reports._style import (
    INK,
    QUIET,
    SOFT,
    HouseFigure,
    empty,
    left_out_note,
    panel,
    traced,
    value_of,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reports.kit import Kit

MAX_SERVICES = 8
#: A square's ink, from none to the highest value: a number on it is readable on white and on black.
PALEST, DARKEST = 0.06, 0.5


def attending(k: Kit) -> HouseFigure:
    """Bars with intervals: of 100 people who began, how many still attend after so many days."""
    cells = [c for c in k.released.of("attending_share") if c.by_1 == "day" and not c.by_2]
    cells = sorted(cells, key=lambda c: int(c.level_1))
    if not any(c.is_shown or c.is_hidden for c in cells):
        return empty(k)
    with panel(0.7 + 0.42 * len(cells)) as (fig, ax):
        for y, cell in enumerate(cells):
            _bar(k, ax, y, cell)
        ax.set_yticks(range(len(cells)), [bare(k.label("day", c.level_1)) for c in cells])
        ax.set_ylim(len(cells) - 0.45, -0.55)
        ax.set_xlim(0, 1.28)
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
    pairs = [(k.label("day", c.level_1), c) for c in cells]
    fig.alt = _alt.intervals(k, "attending", k.label("indicator", "attending_share"), pairs)
    return fig


def _bar(k: Kit, ax: Axes, y: int, cell: Cell) -> None:
    if cell.value is None:
        mark = k.word("not_shown_short") if cell.is_hidden else "–"
        traced(ax.text(0.01, y, mark, va="center", color=QUIET), cell)
        return
    traced(ax.barh(y, cell.value, height=0.62, color=SOFT, edgecolor=INK, linewidth=0.6)[0], cell)
    end = cell.value
    if cell.ci_low is not None and cell.ci_high is not None:
        ax.plot([cell.ci_low, cell.ci_high], [y, y], color=INK, linewidth=1.6)
        end = cell.ci_high
    ax.text(end + 0.02, y, k.format(cell.value, cell), va="center", fontweight="bold")


def co_use(k: Kit) -> HouseFigure:
    """Squares: how many households each pair of services shares, each pair once."""
    pairs = {
        (c.subject, c.level_1): c
        for c in k.released.of("co_use_n")
        if c.by_1 == "service_code" and c.period == "all" and (c.is_shown or c.is_hidden)
    }
    codes = sorted({code for pair in pairs for code in pair})
    kept = codes[:MAX_SERVICES]
    if len(kept) < 2:
        return empty(k)
    rows, columns = kept[:-1], kept[1:]
    top = max((value_of(c) for c in pairs.values()), default=0) or 1
    with panel(0.9 + 0.55 * len(rows)) as (fig, ax):
        for (first, second), cell in sorted(pairs.items()):
            if first in rows and second in columns:
                _square(k, ax, columns.index(second), rows.index(first), cell, top)
        names = [wrap(k.label("service", x), 11) for x in columns]
        ax.set_xticks(range(len(columns)), names, fontsize=9.5)
        ax.set_yticks(range(len(rows)), [wrap(k.label("service", x), 14) for x in rows])
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.set_xlim(-0.5, len(columns) - 0.5)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        for side in ax.spines.values():
            side.set_visible(False)
        left_out_note(k, fig, len(kept), len(codes) - len(kept))
    shown = [
        (f"{k.label('service', a)} – {k.label('service', b)}", cell)
        for (a, b), cell in sorted(pairs.items())
        if a in kept and b in kept
    ]
    fig.alt = _alt.intervals(k, "co_use", k.word("co_use_title"), shown)
    return fig


def _square(k: Kit, ax: Axes, x: int, y: int, cell: Cell, top: float) -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle

    depth = PALEST + (DARKEST - PALEST) * value_of(cell) / top if cell.is_shown else 0.0
    square = Rectangle(
        (x - 0.47, y - 0.46), 0.94, 0.92, facecolor=to_rgba(INK, depth), edgecolor=QUIET
    )
    traced(ax.add_patch(square), cell)
    words = k.format(cell.value, cell) if cell.value is not None else k.word("not_shown_short")
    label = ax.text(x, y, words, ha="center", va="center", fontweight="bold")
    if not cell.is_shown:
        label.set_color(QUIET)
        traced(label, cell)


def continuity(k: Kit) -> HouseFigure:
    """A line by quarter with its interval, on the whole range of the index: small moves stay small."""
    found = {c.period: c for c in k.released.of("continuity_coc") if not c.by_1 and "Q" in c.period}
    quarters = [q for q in k.manifest["quarters"] if q in found]
    if not any(found[q].is_shown for q in quarters):
        return empty(k)
    with panel(2.3) as (fig, ax):
        _line(k, ax, [found[q] for q in quarters])
        ticks = [x for x in range(len(quarters)) if x % 2 == 0 or len(quarters) < 6]
        ax.set_xticks(ticks, [short_quarter(quarters[x], k.lang, "\n") for x in ticks])
        ax.set_xlim(-0.5, max(len(quarters), 4) - 0.5)
        ax.set_ylim(0, 1)
        ax.set_yticks([0, 1], ["0", "1"])
    pairs = [(k.quarter(q), found[q]) for q in quarters]
    fig.alt = _alt.intervals(k, "continuity", k.label("indicator", "continuity_coc"), pairs)
    return fig


def _line(k: Kit, ax: Axes, cells: list[Cell]) -> None:
    shown = [(x, c) for x, c in enumerate(cells) if c.is_shown]
    for x, cell in shown:
        if cell.ci_low is not None and cell.ci_high is not None:
            ax.plot([x, x], [cell.ci_low, cell.ci_high], color=SOFT, linewidth=3)
    line = [float("nan") if c.value is None else c.value for c in cells]
    ax.plot(range(len(cells)), line, color=INK)
    for x, cell in shown:
        traced(ax.plot([x], [value_of(cell)], color=INK, marker="o", markersize=4)[0], cell)
    for x, cell in {shown[0][0]: shown[0][1], shown[-1][0]: shown[-1][1]}.items():
        high = cell.ci_high if cell.ci_high is not None else value_of(cell)
        ax.text(x, high + 0.04, k.format(value_of(cell), cell), ha="center", fontweight="bold")
    for x, cell in enumerate(cells):
        if cell.is_hidden:
            ax.text(x, 0.03, k.word("not_shown_short"), ha="center", color=QUIET, fontsize=9.5)


#: What ``k.figure(name, ...)`` knows of these.
FIGURES: dict[str, Callable[..., HouseFigure]] = {
    "attending": attending,
    "co_use": co_use,
    "continuity": continuity,
}
