"""Which means and changes leave without their spread: it and the mean give the answers of a few back.

Scores are whole steps: mean 6.0, standard error 0.7071 and five people can only be 4, 5, 6, 7 and 8.
Sums of squares are subtracted like sums, so who stands in no part with a spread is judged, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from assets.release.additivity import dimension_of, is_partition
from assets.release.checks import TELL_SPREAD, VALUE
from assets.release.lines import Line, Variable, lines
from assets.release.primary import PRIMARY
from assets.release.thresholds import Thresholds

#: Kinds of number whose spread is their people's (``spread_base`` in ``disclosure.yml``).
KINDS = ("mean", "change")
#: What tells the spread.
SPREAD = ("se", "ci_low", "ci_high", "p_value")


def without_spread(
    cells: pd.DataFrame,
    limits: Thresholds,
    shown: tuple[str, ...],
    earlier: Sequence[pd.DataFrame] = (),
    areas: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Blank the spread of shown means and changes that rest on too few people.

    Parameters
    ----------
    cells
        Judged cells, everything hidden that is going to be.
    shown
        Statuses of what is shown.
    earlier
        Every release that a reader may already have: whoever came since has a spread, too.
    areas
        Neighbourhood -> role of its area, whose people are those of its neighbourhoods.

    Returns
    -------
    pandas.DataFrame
        The same cells; value, ``n`` and status stay as they are, but of effect sizes and p values
        (``TELL_SPREAD``), which are nothing but spread: those are hidden where it is taken.
    """
    is_asked = cells["kind"].isin(KINDS)
    is_spread = is_asked & cells["indicator_code"].isin(TELL_SPREAD)
    people = cells["variable"].mask(is_spread, cells["variable"].map(_whose))
    base = cells[["n", "contributors_n"]].min(axis=1).where(cells["n"].notna(), 0).fillna(0)
    # Hidden groups count too: they are part of the rest of their total.
    sizes: dict[Variable, int] = {}
    for variable, size in zip(people[is_asked], base[is_asked], strict=True):
        sizes[variable] = max(int(size), sizes.get(variable, 0))
    tells = is_spread | cells[list(SPREAD)].notna().any(axis=1)
    has = is_asked & cells["status"].isin(shown) & tells
    late = cells["estimate_id"].isin(_of_few_newcomers(cells[has], earlier, limits.spread_base))
    every = [*lines(sizes), *_by_role(sizes, areas or {})]
    kept = _kept(set(people[has]) - set(people[late]), sizes, limits.spread_base, every)
    taken = has & ~people.isin(kept)
    found = cells.copy()
    found.loc[taken, list(SPREAD)] = None
    hidden = {"status": PRIMARY, "scope": VALUE, "rule_code": "spread_base"}
    found.loc[taken & is_spread, list(hidden)] = list(hidden.values())
    return found


def _whose(variable: Variable) -> Variable:
    """Return the change of which a number is the effect size or p."""
    (table, _, *who), place = variable
    return (table, "score_change", *who), place


def _by_role(known: Collection[Variable], areas: Mapping[str, str]) -> list[Line]:
    """Return each role of an area as the total of its neighbourhoods."""
    levels: dict[Variable, list[Variable]] = defaultdict(list)
    for block, place in known:
        for name, level in place:
            if name == "neighbourhood_code" and level in areas:
                rest = [pair for pair in place if pair[0] != name]
                role = block, tuple(sorted([*rest, ("area_role", areas[level])]))
                if role in known:
                    levels[role].append((block, place))
    return [Line(role, tuple(sorted(levels[role]))) for role in sorted(levels)]


def _of_few_newcomers(cells: pd.DataFrame, earlier: Sequence[pd.DataFrame], least: int) -> set[str]:
    """Return the rows whose people differ by too few from an earlier one with a spread."""
    found: set[str] = set()
    for release in earlier:
        tells = release["indicator_code"].isin(TELL_SPREAD) & release["value"].notna()
        tells |= release[list(SPREAD)].notna().any(axis=1)
        told = release.loc[tells, ["estimate_id", "n"]]
        both = cells[["estimate_id", "n"]].merge(told, on="estimate_id", suffixes=("", "_was"))
        moved = (both["n"].astype("float64") - both["n_was"].astype("float64")).abs()
        found |= set(both.loc[(moved > 0) & (moved < least), "estimate_id"])
    return found


def _kept(
    shown: set[Variable], sizes: dict[Variable, int], least: int, known: Sequence[Line]
) -> set[Variable]:
    """Return whose spread may stay; the smallest parts of a line go first."""
    kept = {each for each in shown if sizes[each] >= least}
    while True:
        more = {part for line in known if (part := _to_take(line, kept, sizes, least)) is not None}
        if not more:
            return kept
        kept -= more


def _to_take(
    line: Line, kept: set[Variable], sizes: dict[Variable, int], least: int
) -> Variable | None:
    if line.total not in kept:
        return None
    parts = sorted((each for each in line.levels if each in kept), key=lambda each: sizes[each])
    if not parts:
        return None
    whole = sizes[line.total]
    together = whole - sum(sizes[each] for each in parts)
    if is_partition(dimension_of(line)) and 0 < together < least:
        return parts[0]
    # Where people may be in several parts, each part alone leaves a rest.
    return next((each for each in parts if 0 < whole - sizes[each] < least), None)
