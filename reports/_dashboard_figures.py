"""The funder's figures: targets, the neighbourhood beside those reached, places, cost by quarter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reports import _costs, _numbers, _population, _targets
from reports._dashboard_words import WHOLE, word
from reports._numbers import short_quarter
from reports._origin import bare
from reports._released import TOTAL, UNKNOWN, Cell
from reports._style import (
    INK,
    QUIET,
    SOFT,
    HouseFigure,
    empty,
    left_out_note,
    panel,
    stack,
    traced,
    value_of,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reports.kit import Kit

MAX_PLACES = 6
HEIGHT = 0.72  # of the highest bar in its row


def _list(pairs: list[tuple[str, str]]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in pairs)


def targets(k: Kit) -> HouseFigure:
    """One bar a target: the share reached over the whole programme; a line at the target."""
    found = {
        code: (cell, share)
        for code in k.manifest.get("targets") or {}
        if (share := _targets.of_target(k, code)) is not None
        and (cell := k.cell(code, period=WHOLE)) is not None
    }
    if not found:
        return empty(k)
    top = max(1.0, *(share for _, share in found.values()))
    pairs = []
    with panel(0.9 + 0.5 * len(found)) as (fig, ax):
        for y, (code, (cell, share)) in enumerate(found.items()):
            traced(
                ax.barh(y, share, height=0.56, color=SOFT, edgecolor=INK, linewidth=0.6)[0], cell
            )
            target = k.plain(k.count(k.manifest["targets"][code]), "target")
            said = f"{k.shown(cell)} / {target} ({k.mark(k.percent(share, 0), cell)})"
            ax.text(0.02, y, said, va="center", fontweight="bold")
            pairs.append((k.label("indicator", code), said))
        ax.plot([1, 1], [-0.5, len(found) - 0.5], color=INK, linewidth=1.8)
        ax.text(1, -0.56, k.word("target").lower(), ha="center", va="bottom", fontsize=9.5)
        passed = _targets.elapsed(k)
        if passed < 1:
            ends = [-0.4, len(found) - 0.5]
            ax.plot([passed] * 2, ends, color=QUIET, linewidth=1.2, linestyle=(0, (3, 2)))
            under = len(found) - 0.45
            ax.text(passed, under, word(k, "time_line"), ha="center", va="top", fontsize=9.5)
        ax.set_yticks(range(len(found)), [wrap(k.label("indicator", c), 14) for c in found])
        ax.set_ylim(len(found) - 0.1, -0.95)
        ax.set_xlim(0, top * 1.08)
        _bare(ax)
    fig.alt = word(k, "targets_alt", list=_list(pairs))
    return fig


def _bare(ax: Axes) -> None:
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)


def population(k: Kit) -> HouseFigure:
    """One panel a characteristic: the share of those reached above that of the residents."""
    declared = k.manifest.get("population") or []
    panels = [(each, _population.groups(k, each)) for each in declared]
    panels = [(each, found) for each, found in panels if any(g.reached is not None for g in found)]
    if not panels:
        return empty(k)
    heights = [len(found) + 0.6 for _, found in panels]
    alts = []
    with stack(0.4 + 0.72 * sum(heights), heights) as (fig, axes):
        for ax, (each, found) in zip(axes, panels, strict=True):
            _pairs(k, ax, found)
            by = k.label("dimension", each["by"])
            ax.set_title(k.plain(bare(by), "label"))
            pairs = [(g.label, _both(k, g)) for g in found]
            alts.append(word(k, "population_alt", by=by.lower(), list=_list(pairs)))
    fig.alt = " ".join(alts)
    return fig


def _both(k: Kit, group: _population.Group) -> str:
    reached = f"{_population.share_of_reached(k, group)} {word(k, 'of_reached')}"
    return f"{reached}, {_population.share_of_residents(k, group)} {word(k, 'of_residents')}"


def _pairs(k: Kit, ax: Axes, found: list[_population.Group]) -> None:
    top = max(max(g.residents, g.reached or 0) for g in found)
    for y, group in enumerate(found):
        text = f"{_population.share_of_reached(k, group)} {word(k, 'of_reached')}"
        if group.reached is not None:
            [bar] = ax.barh(y - 0.19, group.reached, height=0.36, color=INK)
            traced(bar, group.cells[0])
        ax.text((group.reached or 0) + top * 0.015, y - 0.19, text, va="center", fontweight="bold")
        ax.barh(y + 0.19, group.residents, height=0.36, color="white", edgecolor=INK, linewidth=0.9)
        text = f"{_population.share_of_residents(k, group)} {word(k, 'of_residents')}"
        ax.text(group.residents + top * 0.015, y + 0.19, text, va="center")
    ax.set_yticks(range(len(found)), [wrap(g.label, 16) for g in found])
    ax.set_ylim(len(found) - 0.45, -0.55)
    ax.set_xlim(0, top * 1.5)
    _bare(ax)


def territory(k: Kit) -> HouseFigure:
    """One row of bars a neighbourhood, all on one scale: people reached by quarter."""
    by_place: dict[str, dict[str, Cell]] = {}
    for cell in k.released.of("reached_n"):
        if cell.by_1 == "neighbourhood_code" and not cell.by_2 and "Q" in cell.period:
            by_place.setdefault(cell.level_1, {})[cell.period] = cell
    places = [
        code
        for code in k.released.levels("reached_n", "neighbourhood_code")
        if code not in (TOTAL, UNKNOWN)
        and any(c.is_shown and c.value for c in by_place.get(code, {}).values())
    ]
    if not places:
        return empty(k)
    ranked = sorted(places, key=lambda p: (-sum(value_of(c) for c in by_place[p].values()), p))
    kept = ranked[:MAX_PLACES]
    quarters = list(k.manifest["quarters"])
    top = max(value_of(c) for p in kept for c in by_place[p].values())
    pairs = []
    # one panel of rows: a panel each would take far longer to lay out
    with panel(0.7 + 0.72 * len(kept)) as (fig, ax):
        for row, place in enumerate(kept):
            _place_row(k, ax, len(kept) - 1 - row, by_place[place], quarters, top)
            told = [f"{k.quarter(q)} {k.shown(c)}" for q, c in sorted(by_place[place].items())]
            pairs.append((k.label("neighbourhood_code", place), ", ".join(told)))
        names = [wrap(k.label("neighbourhood_code", place), 12) for place in kept]
        ax.set_yticks([len(kept) - 1 - row + 0.3 for row in range(len(kept))], names)
        ax.tick_params(axis="y", length=0)
        ticks = [x for x in range(len(quarters)) if x % 2 == 0 or len(quarters) < 6]
        ax.set_xticks(ticks, [short_quarter(quarters[x], k.lang, "\n") for x in ticks])
        ax.set_xlim(-0.6, max(len(quarters), 6) - 0.4)
        ax.set_ylim(0, len(kept))
        ax.spines["left"].set_visible(False)
        left_out_note(k, fig, len(kept), len(ranked) - len(kept))
    fig.alt = word(k, "territory_alt", list=_list(pairs))
    return fig


def _place_row(
    k: Kit, ax: Axes, floor: int, cells: dict[str, Cell], quarters: list[str], top: float
) -> None:
    ax.axhline(floor, color=QUIET, linewidth=0.6)
    for x, quarter in enumerate(quarters):
        cell = cells.get(quarter)
        if cell is None or cell.value is None:
            hidden = cell is not None and cell.is_hidden
            mark = k.word("not_shown_short") if hidden else "–"
            text = ax.text(x, floor + 0.04, mark, ha="center", color=QUIET, fontsize=9.5)
            traced(text, cell)
            continue
        height = cell.value / top * HEIGHT
        colour = INK if k.period in (quarter, WHOLE) else SOFT
        [bar] = ax.bar(
            x, height, bottom=floor, width=0.72, color=colour, edgecolor=INK, linewidth=0.6
        )
        traced(bar, cell)
        words = k.format(cell.value, cell)
        ax.text(x, floor + height + 0.02, words, ha="center", fontsize=9.5)


def cost_quarters(k: Kit) -> HouseFigure:
    """Bars by quarter: declared euro per hour of participation; the page's own quarter is dark."""
    found = [
        (q, k.cell("hours_sum", period=q), _costs.unit_cost(k, "hours_sum", q))
        for q in k.manifest["quarters"]
    ]
    known = [value for _, _, value in found if value is not None]
    if not known:
        return empty(k)
    top, pairs = max(known), []
    with panel(2.2) as (fig, ax):
        for x, (quarter, cell, value) in enumerate(found):
            if value is None:
                hidden = cell is not None and cell.is_hidden
                mark = k.word("not_shown_short") if hidden else "–"
                traced(ax.text(x, top * 0.02, mark, ha="center", color=QUIET), cell)
                pairs.append((k.quarter(quarter), mark))
                continue
            colour = INK if k.period in (quarter, WHOLE) else SOFT
            [bar] = ax.bar(x, value, width=0.72, color=colour, edgecolor=INK, linewidth=0.6)
            traced(bar, cell)
            text = k.mark(_numbers.number(value, 0, k.lang), cell)
            ax.text(x, value + top * 0.02, text, ha="center", fontweight="bold")
            pairs.append((k.quarter(quarter), text))
        names = [short_quarter(q, k.lang, "\n") for q, *_ in found]
        ax.set_xticks(range(len(found)), names)
        ax.set_xlim(-0.6, max(len(found), 6) - 0.4)
        ax.set_ylim(0, top * 1.15)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
    fig.alt = word(k, "cost_alt", list=_list(pairs))
    return fig


FIGURES: dict[str, Callable[..., HouseFigure]] = {
    "targets": targets,
    "population": population,
    "territory": territory,
    "cost_quarters": cost_quarters,
}
