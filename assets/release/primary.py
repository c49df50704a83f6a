"""Which cells may not leave by themselves? The rules of ``disclosure.yml``, kind of number by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from assets.release.candidates import rows
from assets.release.checks import CHECKS, PEOPLE, Cell
from assets.release.checks import GROUP as GROUP
from assets.release.checks import VALUE as VALUE
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
    judged = [_judge(cell, limits, of_kind) for cell in rows(cells)]
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
    for code in of_kind[cell.kind]:
        if code not in PEOPLE and not has_value:
            return NOT_APPLICABLE, "", ""
        check = CHECKS[code]
        if check.is_unsafe(cell, limits):
            # Few with recorded hours is not a small group: the rest came and nobody wrote for how long.
            scope = VALUE if cell.statistic == "sum" else check.scope
            return PRIMARY, scope, code
    return (RELEASED if has_value else NOT_APPLICABLE), "", ""


def _nobody(cell: Cell, *, has_value: bool) -> Judgement:
    if not has_value:
        return NOT_APPLICABLE, "", ""  # a mean of nobody says nothing about anybody
    is_zero = cell.estimate == 0 and cell.statistic in ("count", "sum")
    if is_zero and not cell.is_sensitive:
        return TRUE_ZERO, "", ""
    code = "sensitive_minimum_count" if cell.is_sensitive else "minimum_count"
    return PRIMARY, (VALUE if is_zero else GROUP), code


def _by_kind() -> dict[str, list[str]]:
    """Return kind -> the rules that judge its numbers, those about how many people first."""
    house = rules()
    return {
        kind: [code for code in CHECKS if code in house and kind in house[code].applies_to]
        for kind in KINDS
    }
