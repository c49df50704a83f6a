"""Which cells may not leave by themselves? The rules of ``disclosure.yml``, kind of number by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from assets.release.candidates import rows
from assets.release.checks import CHECKS, OF_A_SHARE, OF_TWO_SHARES, PEOPLE, Cell
from assets.release.checks import GROUP as GROUP
from assets.release.checks import VALUE as VALUE
from assets.release.lines import place_of
from assets.release.thresholds import Thresholds
from schemas.disclosure import KINDS, rules

RELEASED, TRUE_ZERO, NOT_APPLICABLE = "released", "true_zero", "not_applicable"
PRIMARY, SECONDARY = "suppressed_primary", "suppressed_secondary"

#: Status, scope (``group``, ``value``; empty where shown) and the rule that hides.
Judgement = tuple[str, str, str]


def primary(cells: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Judge each prepared cell by itself.

    Parameters
    ----------
    cells
        What ``prepare.prepared`` returns.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``status`` (a ``ReleaseStatus``), ``scope`` (``group``, ``value``, or
        ``''`` where shown) and ``rule_code`` (the first rule that hides it). A real zero
        leaves as ``true_zero`` unless the cell is sensitive: "nobody in arrears" says something
        about everybody in the group.
    """
    of_kind = _by_kind()
    found_cells = rows(cells)
    judged = [_judge(cell, limits, of_kind) for cell in found_cells]
    judged = _of_a_few(found_cells, judged)
    found = zip(*judged, strict=True) if judged else ([], [], [])
    names = ("status", "scope", "rule_code")
    return cells.assign(
        **{
            name: pd.array(list(column), dtype="string")
            for name, column in zip(names, found, strict=True)
        }
    )


def _judge(cell: Cell, limits: Thresholds, of_kind: Mapping[str, Sequence[str]]) -> Judgement:
    has_value = not pd.isna(cell.estimate)
    if cell.statistic == "process":
        return (RELEASED if has_value else NOT_APPLICABLE), "", ""
    if cell.contributors_n == 0:
        return _nobody(cell, has_value=has_value)
    for code in (*of_kind[cell.kind], *_of_two_values(cell, of_kind)):
        if code not in PEOPLE and not has_value:
            return NOT_APPLICABLE, "", ""
        check = CHECKS[code]
        if check.is_unsafe(cell, limits):
            # Few with recorded hours is not a small group: the rest came and nobody wrote for how long.
            scope = VALUE if cell.statistic == "sum" else check.scope
            return PRIMARY, scope, code
    return (RELEASED if has_value else NOT_APPLICABLE), "", ""


def _of_two_values(cell: Cell, of_kind: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the rules about shares for what is one by another name."""
    if pd.isna(cell.implied_share):
        return []
    asked = OF_A_SHARE if cell.kind == "mean" else OF_TWO_SHARES
    return [code for code in of_kind["rate"] if code in asked]


def _nobody(cell: Cell, *, has_value: bool) -> Judgement:
    if not has_value:
        return NOT_APPLICABLE, "", ""  # a mean of nobody says nothing about anybody
    is_zero = cell.estimate == 0 and cell.statistic in ("count", "sum")
    if is_zero and not cell.is_sensitive:
        return TRUE_ZERO, "", ""
    code = "sensitive_minimum_count" if cell.is_sensitive else "minimum_count"
    return PRIMARY, (VALUE if is_zero else GROUP), code


def _of_a_few(cells: Sequence[Cell], judged: Sequence[Judgement]) -> list[Judgement]:
    """Hide that nobody has a value where a number beside it is hidden for being of a few.

    One score of a wave and level hidden and the other "not applicable" tells of each of the few
    that they have not the other.
    """
    few = {
        _beside(cell): given
        for cell, given in zip(cells, judged, strict=True)
        if given[0] == PRIMARY and given[1] == GROUP and place_of(cell)
    }
    return [
        few.get(_beside(cell), given)
        if given[0] == NOT_APPLICABLE and cell.contributors_n == 0
        else given
        for cell, given in zip(cells, judged, strict=True)
    ]


def _beside(cell: Cell) -> tuple[object, ...]:
    return cell.table_code, cell.population_code, cell.period, place_of(cell)


def _by_kind() -> dict[str, list[str]]:
    """Return kind -> the rules that judge its numbers, those about how many people first."""
    house = rules()
    return {
        kind: [code for code in CHECKS if code in house and kind in house[code].applies_to]
        for kind in KINDS
    }
