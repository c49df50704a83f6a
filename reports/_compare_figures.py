"""Forest plots: each programme's own number, and below them what they say together.

Squares are programmes, filled where they are in the mean, hollow where they stand apart; the diamond is
the mean with its interval, the bar below it where another programme may lie. What is not shown has its
mark, never a point at zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from reports import _compare
from reports._numbers import number, percent
from reports._origin import plain
from reports._released import Cell
from reports._results import with_interval
from reports._style import (
    ACCENT,
    INK,
    QUIET,
    HouseFigure,
    empty,
    stack,
    traced,
    wrap,
)

if TYPE_CHECKING:
    from reports.kit import Kit

_NAME_WIDTH, _TITLE_WIDTH = 22, 26


def forest(k: Kit, indicator: str = "score_change") -> HouseFigure:
    """One panel a question: the programmes from top to bottom, then their mean and the prediction."""
    questions = _compare.of(k, [indicator])
    if not questions:
        return empty(k)
    rows = [_rows(k, each) for each in questions]
    heights = [len(each) + 2.0 for each in rows]
    with stack(0.6 + 0.42 * sum(heights), heights) as (fig, axes):
        for ax, question, mine in zip(axes, questions, rows, strict=True):
            _panel(k, ax, question, mine)
    told = []
    for question, mine in zip(questions, rows, strict=True):
        said = "; ".join(f"{name}: {_said(k, cell, kind)}" for name, cell, kind in mine)
        told.append(_compare.word(k, "forest_alt", what=_compare.asked(k, question), list=said))
    fig.alt = " ".join(told)
    return fig


def _said(k: Kit, cell: Cell, kind: str) -> str:
    return _compare.prediction(k, cell) if kind == "expected" else with_interval(k, cell)


def _rows(k: Kit, question: _compare.Row) -> list[tuple[str, Cell, str]]:
    """Return name, cell and kind (``in``, ``apart``, ``pooled``, ``expected``) of each line."""
    key = (question["subject"], question["level"])
    found: list[tuple[str, Cell, str]] = []
    for each in _compare.about(k)["programmes"]:
        code = each["programme"]
        cell = _compare.own(k, question["indicator"], code, *key)
        if cell is None:
            continue
        is_in = code in question["agree"] and question["is_pooled"]
        name = _compare.name_of(k, code)
        shown = (
            name
            if is_in or not question["is_pooled"]
            else _compare.word(k, "apart", programme=name)
        )
        found.append((shown, cell, "in" if is_in else "apart"))
    pooled = _compare.together(k, question)
    if pooled is not None:
        n = k.mark(k.count(pooled.n or 0), pooled, part="n")
        found.append((_compare.word(k, "mean_of", n=n), pooled, "pooled"))
    ahead = _compare.together(k, question, "expected")
    if ahead is not None:
        found.append((_compare.word(k, "expected"), ahead, "expected"))
    return found


def _panel(k: Kit, ax: Axes, question: _compare.Row, rows: list[tuple[str, Cell, str]]) -> None:
    is_share = question["scale"] == "logit"
    if not is_share:
        ax.axvline(0, color=QUIET, linewidth=1)
    start = next((c.value for _, c, _ in rows if c.value is not None), 0.0) if is_share else 0.0
    for y, (_, cell, kind) in enumerate(rows):
        if cell.value is None:
            mark = k.word("not_shown_short") if cell.is_hidden else "–"
            text = ax.annotate(
                mark,
                (start or 0.0, y),
                (5, 0),
                textcoords="offset points",
                va="center",
                color=QUIET,
            )
            traced(text, cell)
        elif kind == "expected":
            _expected(ax, y, cell)
        elif kind == "pooled":
            _diamond(k, ax, y, cell)
        else:
            _square(k, ax, y, cell, is_in=kind == "in")
    ax.set_yticks(range(len(rows)), [wrap(name, _NAME_WIDTH) for name, *_ in rows])
    ax.set_ylim(len(rows) - 0.4, -0.8)
    ax.margins(x=0.08)
    title = _compare.about_what(k, question) or _compare.asked(k, question)
    ax.set_title(plain(wrap(title, _TITLE_WIDTH), "label"))
    _axis(k, ax, question, is_share=is_share)


def _axis(k: Kit, ax: Axes, question: _compare.Row, *, is_share: bool) -> None:
    low, high = ax.get_xlim()
    if is_share:
        told = wrap(_compare.word(k, "forest_axis_share"), _TITLE_WIDTH)
        ax.set_xlabel(plain(told, "scale"), fontsize=9.5)
        ax.xaxis.set_major_formatter(lambda v, _: percent(v, 0, k.lang))
        return
    unit = k.text_of(k.scale(question["subject"]).get("unit"))
    told = wrap(_compare.word(k, "forest_axis_points", unit=unit), _TITLE_WIDTH)
    ax.set_xlabel(plain(told, "scale"), fontsize=9.5)
    decimals = 0 if high - low > 4 else 1 if high - low > 0.4 else 2
    ax.xaxis.set_major_formatter(lambda v, _: number(v, decimals, k.lang, signed=True))


def _square(k: Kit, ax: Axes, y: int, cell: Cell, *, is_in: bool) -> None:
    colour = INK if is_in else QUIET
    if cell.ci_low is not None and cell.ci_high is not None:
        ax.plot([cell.ci_low, cell.ci_high], [y, y], color=colour, linewidth=2)
    fill = INK if is_in else "none"
    [mark] = ax.plot(
        [cell.value or 0.0], [y], "s", color=colour, markerfacecolor=fill, markersize=6
    )
    traced(mark, cell)
    _number(k, ax, y, cell)


def _diamond(k: Kit, ax: Axes, y: int, cell: Cell) -> None:
    value, low, high = cell.value or 0.0, cell.ci_low or 0.0, cell.ci_high or 0.0
    shape = Polygon([(low, y), (value, y - 0.22), (high, y), (value, y + 0.22)], color=ACCENT)
    ax.add_patch(shape)
    ax.plot([low, high], [y, y], color=ACCENT, linewidth=0.5)  # so that the axis reaches its ends
    traced(shape, cell)
    _number(k, ax, y, cell, above=10)


def _expected(ax: Axes, y: int, cell: Cell) -> None:
    [bar] = ax.plot(
        [cell.ci_low or 0.0, cell.ci_high or 0.0],
        [y, y],
        color=ACCENT,
        linewidth=3.5,
        solid_capstyle="butt",
    )
    traced(bar, cell)


def _number(k: Kit, ax: Axes, y: int, cell: Cell, above: int = 6) -> None:
    ax.annotate(
        k.format(cell.value or 0.0, cell), (cell.value or 0.0, y), (0, above),
        textcoords="offset points", ha="center", fontsize=9.5,
    )  # fmt: skip


#: What ``k.figure(name, ...)`` knows of comparisons.
FIGURES: dict[str, Callable[..., HouseFigure]] = {"forest": forest}
