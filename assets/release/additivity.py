"""Which sums hold, as declared in ``tables.yml`` and ``dimensions.yml``; what is declared must be so."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from assets.errors import ConfigurationError
from assets.release.lines import Line, lines
from schemas.released import ReleasedTable
from schemas.tables import dimensions

_TOLERANCE = 1e-6


def dimension_of(line: Line) -> str:
    """Return the dimension along which a line's levels lie; ``period`` where it is time."""
    (found,) = {name for name, _ in line.levels[0][1]} - {name for name, _ in line.total[1]}
    return found


def is_partition(dimension: str) -> bool:
    """Say whether everybody is in exactly one level of a dimension."""
    found = dimensions().get(dimension)
    return found is not None and found.people == "one"


def insist_on_sums(cells: pd.DataFrame, tables: Mapping[str, ReleasedTable]) -> None:
    """Refuse tables whose levels do not add up to their totals as declared.

    Parameters
    ----------
    cells
        Candidates with ``variable``.

    Raises
    ------
    ConfigurationError
        Naming table and dimension: a sum that control counts on and that does not hold would leave
        hidden cells unprotected.
    """
    values = _by_variable(cells, "estimate", empty=0.0)
    bases = _by_variable(cells, "n")
    people = _by_variable(cells, "contributors_n")
    for line in lines(set(cells["variable"])):
        table, name = tables[line.total[0][0]], dimension_of(line)
        if table.adds == "nothing" or (name == "period" and not table.adds_over_periods):
            continue
        asked = [values] if table.adds == "value" else []
        asked += [bases] if name != "period" else []
        asked += [people] if is_partition(name) else []
        for numbers in asked:
            total = numbers[line.total]
            if not pd.isna(total) and _misses(total, [numbers[level] for level in line.levels]):
                _refuse(table, name)


def _by_variable(cells: pd.DataFrame, name: str, empty: float | None = None) -> dict:
    found = cells[name].astype("Float64")
    if empty is not None:
        found = found.fillna(empty)
    return found.groupby(cells["variable"]).max().to_dict()


def _misses(total: float, parts: list[float]) -> bool:
    known = [part for part in parts if not pd.isna(part)]
    return len(known) == len(parts) and bool(
        abs(sum(known) - total) > _TOLERANCE * max(1.0, abs(total))
    )


def _refuse(table: ReleasedTable, dimension: str) -> None:
    raise ConfigurationError(
        f"La tabella «{table.code}» è dichiarata additiva (adds: {table.adds}) ma i livelli di "
        f"«{dimension}» non danno il totale: non si può controllare, quindi non esce.",
        f"Table '{table.code}' is declared additive (adds: {table.adds}) but the levels of "
        f"'{dimension}' do not add up to its total: it cannot be checked, so it does not leave.",
    )
