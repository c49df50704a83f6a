"""From a released number back to the tables it was made from, read off the assets themselves.

An asset's parameters are the tables it is made from; where it gathers many results, the call that
gives this one names those it needs. Nothing is declared a second time, and neither Dagster nor
pandas is loaded: the code is read, not run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOMS = ("intake", "sorting", "core", "measures", "impact", "release")
ASSETS = Path(__file__).resolve().parents[1] / "assets"
#: Who is who: made from every delivery, it says whose a row is and adds none to a number.
IDENTITY = (
    "_core_linked",
    "core_links",
    "core_participants",
    "core_households",
    "core_household_members",
)
#: What every estimate takes only to name the version of the data.
VERSION = "intake_deliveries"
RESOURCE = "folder"
SORTED = ("accepted", "quarantined")


@dataclass(frozen=True)
class Made:
    """One asset: the tables it is made from, and the calls that give its rows."""

    name: str
    room: str
    inputs: tuple[str, ...]
    function: ast.FunctionDef


@cache
def assets() -> dict[str, Made]:
    """Return the assets of all rooms by name."""
    found = {}
    for room in ROOMS:
        path = ASSETS / room / "assets.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and _is_asset(node):
                inputs = tuple(each.arg for each in node.args.args)
                found[node.name] = Made(node.name, room, inputs, node)
    return found


def _is_asset(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(each).startswith("dg.asset(") for each in node.decorator_list)


def inputs_of(name: str, indicator: str = "") -> tuple[str, ...]:
    """Return the tables an asset is made from; with an indicator, only those its rows need."""
    made = assets().get(name)
    if made is None:
        return ()
    narrow = _needed(made, indicator) if indicator else set()
    # A version is told of every estimate; only what counts deliveries is made from their list.
    wanted = narrow - {RESOURCE} or set(made.inputs) - {RESOURCE, VERSION}
    return tuple(x for x in made.inputs if x in wanted)


def _needed(made: Made, indicator: str) -> set[str]:
    """Return the tables of the calls that give an indicator's rows; none where no call can be told."""
    alias = {
        target.id: _words(node.value)
        for node in ast.walk(made.function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    needed: set[str] = set()
    for call in _calls(made, indicator):
        for name in {name for each in call.args for name in _words(each)}:
            needed |= {name} | alias.get(name, set())
    gathered = {x for x in made.inputs if x in assets() and _calls(assets()[x], indicator)}
    return (needed or gathered) & set(made.inputs)


def _words(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _calls(made: Made, indicator: str) -> list[ast.Call]:
    """Return the calls ``module.function(...)`` of an asset that give an indicator's rows."""
    return [
        call
        for call in ast.walk(made.function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and indicator in _told(made.room, call.func.value.id, call.func.attr)
    ]


@cache
def _told(room: str, module: str, function: str) -> frozenset[str]:
    """Return the words a function says, its module's own helpers and constants included."""
    path = ASSETS / room / f"{module}.py"
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named: dict[str, ast.AST] = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named |= {t.id: node.value for t in targets if isinstance(t, ast.Name)}
    words: set[str] = set()
    seen, waiting = set(), [function]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in named:
            continue
        seen.add(name)
        for each in ast.walk(named[name]):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                words.add(each.value)
            elif isinstance(each, ast.Name):
                waiting.append(each.id)
    return frozenset(words)


def upstream(start: str, indicator: str) -> list[str]:
    """Return the tables behind a table, nearest first, without those that only say who is who."""
    order: dict[str, None] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        if name in order or name in IDENTITY:
            continue
        order[name] = None
        waiting += inputs_of(name, indicator)
    return list(order)


def uses_identity(tables: Iterable[str], indicator: str) -> bool:
    """Say whether any of these tables asks who is who."""
    return any(set(inputs_of(name, indicator)) & set(IDENTITY) for name in tables)


def datasets(tables: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the datasets whose sorted rows stand among these tables; all where files are counted."""
    names = list(tables)
    if any(name.startswith(("sorting_counts", "intake_")) for name in names):
        return list(known)
    return [x for x in known if any(f"sorting_{x}__{end}" in names for end in SORTED)]


def start_of(question: str, indicator: str) -> str:
    """Return the asset that makes an indicator: its question's own, else the one whose calls give it."""
    own = f"impact_{question}"
    measured = assets()["measures_estimates"]
    if own in assets() and not _needed(measured, indicator):
        return own
    asked = (made for made in assets().values() if made.room == "impact")
    found = measured if _needed(measured, indicator) else None
    found = found or next((made for made in asked if _calls(made, indicator)), measured)
    return found.name
