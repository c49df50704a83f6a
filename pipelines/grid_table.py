"""The completeness grid as tables for the terminal: months and quarters in columns, one year a line."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from pipelines.grid import Cell, State
from pipelines.messages import say
from pipelines.settings import Language

_COLUMNS = {
    "month": [f"{month:02d}" for month in range(1, 13)],
    "quarter": [f"Q{quarter}" for quarter in range(1, 5)],
}
_STYLES: dict[State, str] = {
    "arrived": "green",
    "superseded": "green",
    "late": "yellow",
    "not_due": "dim",
    "missing": "red",
    "refused": "red",
    "unexpected": "magenta",
}


def grid_tables(cells: Iterable[Cell], lang: Language) -> list[Table | Text]:
    """Return one table for sources of each rhythm, and the key to the marks."""
    cells = list(cells)
    shown: list[Table | Text] = []
    for kind in _COLUMNS:
        mine = [each for each in cells if each.kind == kind]
        if mine:
            shown.append(_calendar(mine, kind, lang))
    rest = [each for each in cells if each.kind not in _COLUMNS]
    if rest:
        shown.append(_listed(rest, lang))
    marks = [f"{say(f'grid.mark.{each}', lang, days='n')} {_word(each, lang)}" for each in _STYLES]
    return [*shown, Text(say("grid.key", lang, marks="; ".join(marks)))] if shown else []


def _calendar(cells: list[Cell], kind: str, lang: Language) -> Table:
    table = _table(say(f"grid.{kind}", lang), lang)
    table.add_column(say("grid.year", lang))
    for name in _COLUMNS[kind]:
        table.add_column(name, justify="center", no_wrap=True)
    lines: dict[tuple[str, str, str], dict[str, Text]] = {}
    for each in cells:
        line = lines.setdefault((each.partner, each.source or "?", each.period[:4]), {})
        line[each.period[4:].lstrip("-")] = _mark(each, lang)
    for (partner, source, year), line in lines.items():
        table.add_row(partner, source, year, *(line.get(name, Text("")) for name in _COLUMNS[kind]))
    return table


def _listed(cells: list[Cell], lang: Language) -> Table:
    table = _table(say("grid.other", lang), lang)
    table.add_column(say("grid.period", lang), overflow="fold")
    table.add_column(say("grid.state", lang), overflow="fold")
    for each in cells:
        word = Text(_word(each.state, lang), style=_STYLES[each.state])
        if each.days:
            word.append(f" ({say('grid.days', lang, days=each.days)})")
        table.add_row(each.partner, each.source or "?", each.period or "-", word)
    return table


def _table(title: str, lang: Language) -> Table:
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False
    )
    table.add_column(say("status.partner", lang), overflow="fold")
    table.add_column(say("status.source", lang), overflow="fold")
    return table


def _mark(cell: Cell, lang: Language) -> Text:
    return Text(say(f"grid.mark.{cell.state}", lang, days=cell.days or ""), _STYLES[cell.state])


def _word(state: State, lang: Language) -> str:
    return say(f"grid.{state}", lang)
