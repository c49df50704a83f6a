"""What the rules look at: beside each candidate its group, total, rest and largest contributors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from assets.release.additivity import dimension_of, insist_on_sums, is_partition
from assets.release.candidates import is_sensitive, rows
from assets.release.checks import Cell
from assets.release.dominance import concentration
from assets.release.lines import EVERYTHING, Variable, lines, place_of, variables
from assets.release.thresholds import Thresholds
from assets.release.two_values import implied_share, two_valued
from schemas.fields import FIELDS
from schemas.instruments import Instrument, shipped
from schemas.released import ReleasedTable


def prepared(
    candidates: pd.DataFrame,
    tables: dict[str, ReleasedTable],
    limits: Thresholds,
    *,
    contributions: pd.DataFrame | None = None,
    sensitive_services: Collection[str] = (),
    first_wave: str = "",
    instruments: Mapping[str, Instrument] | None = None,
) -> pd.DataFrame:
    """Put beside each candidate what the rules look at.

    Parameters
    ----------
    instruments
        Every scale that is scored; by default those of the house.

    Returns
    -------
    pandas.DataFrame
        Candidates with ``variable`` (see ``lines``), ``base_period`` (when the people were counted:
        who is eligible for a change has a score in ``first_wave``; of a group reached in one
        quarter only, that quarter and ``all`` are the same people), ``statistic``, ``kind`` and
        ``quantile`` (as declared), ``is_additive`` (values of levels add up to the total),
        ``is_sensitive``, ``minimum`` (count to reach), ``implied_share`` (see ``two_values``),
        ``complement_n`` (fewest people the rest of a total may consist of; null where there is no
        total), ``group_share`` (largest share of a total split by what is sensitive; null where it
        is not), ``top_share``, ``largest_within`` and ``amounts_n`` (sums only; null if unknown).

    Raises
    ------
    ConfigurationError
        When levels do not add up to their total though the table is declared so.
    """
    found = rows(candidates)
    strict = [is_sensitive(cell, tables[cell.table_code], sensitive_services) for cell in found]
    ends = two_valued(shipped() if instruments is None else instruments)
    cells = candidates.assign(
        variable=variables(candidates, tables),
        base_period=_base_periods(found, first_wave),
        statistic=[tables[cell.table_code].statistic for cell in found],
        kind=[tables[cell.table_code].kind_of(cell.indicator_code) for cell in found],
        quantile=pd.array(
            [tables[cell.table_code].quantiles.get(cell.indicator_code) for cell in found],
            dtype="Float64",
        ),
        is_additive=[tables[cell.table_code].additive for cell in found],
        is_sensitive=strict,
        implied_share=pd.array([implied_share(cell, ends) for cell in found], dtype="Float64"),
        minimum=[limits.minimum(is_sensitive=each) for each in strict],
    )
    insist_on_sums(cells, tables)
    return _with_concentration(_with_rest(cells, tables), contributions, limits)


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


def _with_rest(cells: pd.DataFrame, tables: Mapping[str, ReleasedTable]) -> pd.DataFrame:
    """Bound from below how many people are in a total but not in a level; and the level's share.

    Where everybody is in one level (``dimensions.yml``), total minus level. Where people may be in
    several, at least that or those of the largest other level, whichever is more. The tightest of
    all lines a cell lies on counts.
    """
    count = cells.set_index("variable")["contributors_n"].groupby(level=0).max()
    rest: dict[Variable, int] = {}
    share: dict[Variable, float] = {}
    for line in lines(set(cells["variable"])):
        total = count[line.total]
        sizes = [count[level] for level in line.levels]
        if pd.isna(total) or any(pd.isna(size) for size in sizes):
            continue  # files, not people
        name = dimension_of(line)
        table = tables[line.total[0][0]]
        is_told = table.sensitive or (name in FIELDS and FIELDS[name].role == "sensitive")
        for position, level in enumerate(line.levels):
            bound = int(total) - int(sizes[position])
            if not is_partition(name):
                others = sizes[:position] + sizes[position + 1 :]
                bound = max([bound, *map(int, others)])
            rest[level] = min(bound, rest.get(level, bound))
            if is_told and total:
                share[level] = max(share.get(level, 0.0), float(sizes[position]) / float(total))
    found = cells["variable"]
    return cells.assign(
        complement_n=pd.array([rest.get(each) for each in found], dtype="Int64"),
        group_share=pd.array([share.get(each) for each in found], dtype="Float64"),
    )


def _with_concentration(
    cells: pd.DataFrame, contributions: pd.DataFrame | None, limits: Thresholds
) -> pd.DataFrame:
    known = {}
    if contributions is not None and len(contributions):
        found = concentration(contributions, limits.dominance_n, limits.prior_percent)
        known = {(row.period, row.level): row for row in rows(found)}
    of_cell = []
    for cell in rows(cells):
        place = place_of(cell)
        level = place[0][1] if place else ""
        of_cell.append(known.get((cell.period, level)) if cell.statistic == "sum" else None)
    shares, within, counts = (
        [getattr(row, name, None) for row in of_cell]
        for name in ("top_share", "largest_within", "amounts_n")
    )
    return cells.assign(
        top_share=pd.array(shares, dtype="Float64"),
        largest_within=pd.array(within, dtype="Float64"),
        amounts_n=pd.array(counts, dtype="Int64"),
    )
