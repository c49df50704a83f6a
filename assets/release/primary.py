"""Which cells may not leave by themselves? One list of rules for each kind of statistic."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pandas as pd

from assets.release.candidates import is_sensitive, rows
from assets.release.dominance import concentration
from assets.release.lines import EVERYTHING, lines, place_of, variables
from assets.release.thresholds import Thresholds
from schemas.released import ReleasedTable

RELEASED, TRUE_ZERO, NOT_APPLICABLE = "released", "true_zero", "not_applicable"
PRIMARY, SECONDARY = "suppressed_primary", "suppressed_secondary"

#: The whole group is too small: everything about it is hidden, whatever the statistic.
GROUP = "group"
#: Only this number gives somebody away (two absent of fifty): the group's other numbers may stay.
VALUE = "value"

#: Level, trend, step, slope and two pairs of seasonal waves. Each shock of a programme adds one: the
#: model itself, which knows its terms, refuses too few residual degrees of freedom (``impact``).
MODEL_PARAMETERS = 8

#: A cell with what the rules look at: the columns of ``prepared``.
Cell = Any
Rule = Callable[[Cell, Thresholds], bool]


def primary(cells: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Judge each prepared cell by itself.

    Parameters
    ----------
    cells
        What ``prepared`` returns.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``status`` (a ``ReleaseStatus``) and ``scope`` (``group``, ``value``, or
        ``''`` where shown). A real zero leaves as ``true_zero`` unless the cell is sensitive:
        "nobody in arrears" says something about everybody in the group.
    """
    judged = [_judge(cell, limits) for cell in rows(cells)]
    return cells.assign(
        status=pd.array([status for status, _ in judged], dtype="string"),
        scope=pd.array([scope for _, scope in judged], dtype="string"),
    )


def prepared(
    candidates: pd.DataFrame,
    tables: dict[str, ReleasedTable],
    limits: Thresholds,
    *,
    contributions: pd.DataFrame | None = None,
    sensitive_services: Collection[str] = (),
    first_wave: str = "",
) -> pd.DataFrame:
    """Put beside each candidate what the rules look at.

    Returns
    -------
    pandas.DataFrame
        Candidates with ``variable`` (see ``lines``), ``base_period`` (when the people were counted:
        who is eligible for a change has a score in ``first_wave``; of a group reached in one
        quarter only, that quarter and ``all`` are the same people), ``statistic``, ``is_sensitive``, ``minimum``
        (count to reach), ``complement_n`` (fewest people the rest of a total may consist of; null
        where there is no total), ``top_share`` and ``amounts_n`` (sums only; null if unknown).
    """
    found = rows(candidates)
    strict = [is_sensitive(cell, tables[cell.table_code], sensitive_services) for cell in found]
    cells = candidates.assign(
        variable=variables(candidates, tables),
        base_period=_base_periods(found, first_wave),
        statistic=[tables[cell.table_code].statistic for cell in found],
        is_sensitive=strict,
        minimum=[limits.minimum(is_sensitive=each) for each in strict],
    )
    return _with_concentration(_with_complement(cells), contributions, limits)


def _base_periods(cells: list[Cell], first_wave: str) -> list[str]:
    present: dict[Any, set[str]] = {}
    for cell in cells:
        if cell.indicator_code == "reached_n" and cell.period != EVERYTHING and cell.estimate > 0:
            present.setdefault(place_of(cell), set()).add(cell.period)
    whole = {(place, *periods) for place, periods in present.items() if len(periods) == 1}
    return [
        first_wave or cell.period
        if cell.indicator_code == "eligible_n"
        else (EVERYTHING if (place_of(cell), cell.period) in whole else cell.period)
        for cell in cells
    ]


def _with_complement(cells: pd.DataFrame) -> pd.DataFrame:
    """Bound from below how many people are in a total but not in a level.

    At least total minus level; where people may be in several levels, at least those of the
    largest other level. The tightest of all lines a cell lies on counts.
    """
    count = cells.set_index("variable")["contributors_n"].groupby(level=0).max()
    rest: dict[object, int] = {}
    for line in lines(set(cells["variable"])):
        total = count[line.total]
        sizes = [count[level] for level in line.levels]
        if pd.isna(total) or any(pd.isna(size) for size in sizes):
            continue  # files, not people
        for position, level in enumerate(line.levels):
            others = sizes[:position] + sizes[position + 1 :]
            bound = max([int(total) - int(sizes[position]), *map(int, others)])
            rest[level] = min(bound, rest.get(level, bound))
    found = [rest.get(variable) for variable in cells["variable"]]
    return cells.assign(complement_n=pd.array(found, dtype="Int64"))


def _with_concentration(
    cells: pd.DataFrame, contributions: pd.DataFrame | None, limits: Thresholds
) -> pd.DataFrame:
    known = {}
    if contributions is not None and len(contributions):
        found = concentration(contributions, limits.dominance_n)
        known = {(row.period, row.level): row for row in rows(found)}
    shares, counts = [], []
    for cell in rows(cells):
        place = place_of(cell)
        level = place[0][1] if place else ""
        row = known.get((cell.period, level)) if cell.statistic == "sum" else None
        shares.append(row.top_share if row else None)
        counts.append(row.amounts_n if row else None)
    return cells.assign(
        top_share=pd.array(shares, dtype="Float64"), amounts_n=pd.array(counts, dtype="Int64")
    )


def _judge(cell: Cell, limits: Thresholds) -> tuple[str, str]:
    has_value = not pd.isna(cell.estimate)
    if cell.statistic == "process":
        return (RELEASED if has_value else NOT_APPLICABLE), ""
    if cell.contributors_n == 0:
        return _nobody(cell, has_value=has_value)
    if cell.contributors_n < cell.minimum:
        # Few with recorded hours is not a small group: the rest came and nobody wrote for how long.
        return PRIMARY, VALUE if cell.statistic == "sum" else GROUP
    if not has_value:
        return NOT_APPLICABLE, ""
    for rule, scope in RULES[cell.statistic]:
        if rule(cell, limits):
            return PRIMARY, scope
    return RELEASED, ""


def _nobody(cell: Cell, *, has_value: bool) -> tuple[str, str]:
    if not has_value:
        return NOT_APPLICABLE, ""  # a mean of nobody says nothing about anybody
    is_zero = cell.estimate == 0 and cell.statistic in ("count", "sum")
    if is_zero and not cell.is_sensitive:
        return TRUE_ZERO, ""
    return PRIMARY, VALUE if is_zero else GROUP


def _is_small(number: Any, minimum: int) -> bool:
    """Say whether a count gives somebody away; what is not known is small."""
    return bool(pd.isna(number)) or 0 < number < minimum


def small_complement(cell: Cell, _: Thresholds) -> bool:
    """The rest of the total is too few: total minus group would be about them."""
    return not pd.isna(cell.complement_n) and _is_small(cell.complement_n, cell.minimum)


def small_numerator(cell: Cell, _: Thresholds) -> bool:
    """Too few people, or records, have what the rate counts (5.9 % of 17 is one person)."""
    people = cell.numerator_contributors_n
    if pd.isna(people) and cell.n_unit in ("persons", "households"):
        people = cell.numerator_n
    return _is_small(people, cell.minimum) or _is_small(cell.numerator_n, cell.minimum)


def small_remainder(cell: Cell, _: Thresholds) -> bool:
    """Too few do not have what the rate counts."""
    return bool(pd.isna(cell.n)) or _is_small(cell.n - cell.numerator_n, cell.minimum)


def small_share(cell: Cell, _: Thresholds) -> bool:
    """A share whose numerator is not a count: the one that share and base imply is judged."""
    if cell.unit not in ("share", "proportion"):
        return False
    if pd.isna(cell.n):
        return True
    implied = round(cell.estimate * cell.n)
    return _is_small(implied, cell.minimum) or _is_small(cell.n - implied, cell.minimum)


def everyone_or_no_one(cell: Cell, _: Thresholds) -> bool:
    """0 % and 100 % say something about each of them: hidden where it is sensitive."""
    return cell.is_sensitive and cell.estimate in (0.0, 1.0)


def same_for_all(cell: Cell, _: Thresholds) -> bool:
    """No spread: the mean is everybody's value."""
    return cell.is_sensitive and not pd.isna(cell.se) and cell.se == 0


def few_beside_median(cell: Cell, _: Thresholds) -> bool:
    """A median is one person's value: enough people must lie on either side."""
    return cell.indicator_code.endswith("_median") and cell.contributors_n < 2 * cell.minimum


def dominated(cell: Cell, limits: Thresholds) -> bool:
    """The largest contributors make up too much of the amount, or amounts are not known."""
    if pd.isna(cell.top_share) or cell.amounts_n < cell.minimum:
        return True
    return cell.top_share > limits.dominance_share


def few_residual_df(cell: Cell, limits: Thresholds) -> bool:
    """The model has nearly as many parameters as observations."""
    return bool(pd.isna(cell.n)) or cell.n - MODEL_PARAMETERS < limits.residual_df


#: Kind of statistic -> rules beyond the minimum count, each with what it hides.
RULES: dict[str, tuple[tuple[Rule, str], ...]] = {
    "count": (),
    "sum": ((dominated, VALUE),),
    "mean": (
        (small_complement, GROUP),
        (same_for_all, VALUE),
        (few_beside_median, VALUE),
    ),
    "rate": (
        (small_complement, GROUP),
        (small_numerator, VALUE),
        (small_remainder, VALUE),
        (everyone_or_no_one, VALUE),
    ),
    "change": ((small_complement, GROUP), (same_for_all, VALUE)),
    "survival": (
        (small_complement, GROUP),
        (small_share, VALUE),
        (everyone_or_no_one, VALUE),
        (few_beside_median, VALUE),
    ),
    "reliability": (),
    "model": ((few_residual_df, VALUE),),
}
