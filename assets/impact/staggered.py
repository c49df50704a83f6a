"""What did joining do, where groups join at different times? Group-time effects.

Callaway & Sant'Anna 2021 without covariates: each group that joined together is compared, wave by
wave, with people who had not joined, and only then averaged; no group already in the programme
ever serves as a comparison, as it does in two-way fixed effects (``panel``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from assets.estimates import Statistic, finite, refuse
from assets.impact.clustered import jackknife_spread

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SIMPLE, DYNAMIC, PLACEBO = "group_time_simple", "group_time_dynamic", "group_time_placebo"
REFERENCE = "Callaway & Sant'Anna 2021, doi 10.1016/j.jeconom.2020.12.001"
NEVER = -1
Control = Literal["never", "not_yet"]
Base = Literal["varying", "universal"]
Cells = dict[tuple[int, int], float]


class Sized(Protocol):
    """Anything that knows how many people joined when: group -> people."""

    @property
    def sizes(self) -> Mapping[int, int]:
        """Return them."""


@dataclass(frozen=True)
class Sizes:
    """The sizes of groups without their people."""

    sizes: Mapping[int, int]


@dataclass(frozen=True)
class Panel:
    """Scores of people over periods, in one fixed order.

    Attributes
    ----------
    scores
        Shape (people, periods); NaN where a person has no score.
    first
        Shape (people,): the place among the periods in which they join; ``NEVER``.
    clusters
        Shape (people,): household, else person.
    """

    scores: np.ndarray
    first: np.ndarray
    clusters: np.ndarray

    @property
    def sizes(self) -> Mapping[int, int]:
        """How many people joined when."""
        return Counter(self.first.tolist())


def panel(rows: pd.DataFrame) -> Panel:
    """Spread rows (``person``, ``cluster``, ``period``, ``first``, ``score``) into a panel.

    Periods are put in their order; who was treated from the first period on has no "before" and is
    left out, as in R's ``did``.
    """
    import numpy as np

    periods = sorted(set(rows["period"]))
    place = {period: number for number, period in enumerate(periods)}
    kept = rows[(rows["first"] == NEVER) | (rows["first"] > periods[0])] if periods else rows
    wide = kept.pivot(index="person", columns="period", values="score")
    wide = wide.sort_index().reindex(columns=periods)
    who = kept.drop_duplicates("person").set_index("person").reindex(wide.index)
    later = {g: min((p for p in periods if p >= g), default=NEVER) for g in set(who["first"])}
    first = [NEVER if g == NEVER else place.get(later[g], NEVER) for g in who["first"]]
    return Panel(wide.to_numpy(float), np.array(first, int), who["cluster"].to_numpy())


def group_time(data: Panel, *, control: Control = "never", base: Base = "varying") -> Cells:
    """Estimate ATT(g, t): the group joining in g, in period t, against people not treated.

    Formula: mean(Y_t - Y_b | first = g) - mean(Y_t - Y_b | not treated); b = g - 1 for t >= g, and
    before that t - 1 (``varying``, one step at a time) or g - 1 (``universal``). People lacking
    one of the two periods are left out of that cell.

    Returns
    -------
    dict
        (g, t) -> effect; a cell without people on either side is absent.
    """
    found = {}
    for g, t, before in asked_cells(data, base):
        change = data.scores[:, t] - data.scores[:, before]
        seen = change == change  # not NaN
        mine = seen & (data.first == g)
        other = seen & controls(data, g, t, before, control)
        if mine.any() and other.any():
            found[(g, t)] = float(change[mine].mean() - change[other].mean())
    return found


def asked_cells(data: Panel, base: Base) -> list[tuple[int, int, int]]:
    """List (g, t, base period) in order."""
    found = []
    for g in sorted(set(data.first.tolist()) - {NEVER}):
        for t in range(data.scores.shape[1]):
            before = g - 1 if t >= g or base == "universal" else t - 1
            if before >= 0 and before != t:
                found.append((g, t, before))
    return found


def controls(data: Panel, g: int, t: int, before: int, control: Control) -> np.ndarray:
    """Mark who serves as comparison: never treated, or not yet treated in either period."""
    never = data.first == NEVER
    if control == "never":
        return never
    return never | ((data.first > max(t, before)) & (data.first != g))


def simple(cells: Mapping[tuple[int, int], float], data: Sized) -> float | None:
    """Average over all cells after joining, each weighted by its group's size."""
    return _weighted([cell for cell in cells if cell[1] >= cell[0]], cells, data)


def at_event(cells: Mapping[tuple[int, int], float], data: Sized, event: int) -> float | None:
    """Average over groups ``event`` periods after joining (negative: before), by group size."""
    return _weighted([cell for cell in cells if cell[1] - cell[0] == event], cells, data)


def by_group(cells: Mapping[tuple[int, int], float]) -> dict[int, float]:
    """Average each group's effects over the periods after it joined."""
    found: dict[int, list[float]] = {}
    for (g, t), effect in cells.items():
        if t >= g:
            found.setdefault(g, []).append(effect)
    return {g: sum(effects) / len(effects) for g, effects in sorted(found.items())}


def overall_by_group(cells: Mapping[tuple[int, int], float], data: Sized) -> float:
    """Average the groups' averages by group size: the effect on somebody who joined."""
    groups = by_group(cells)
    size = {g: data.sizes[g] for g in groups}
    return sum(groups[g] * size[g] for g in groups) / sum(size.values())


def _weighted(
    chosen: list[tuple[int, int]],
    cells: Mapping[tuple[int, int], float],
    data: Sized,
) -> float | None:
    sizes = data.sizes
    weights = {cell: sizes[cell[0]] for cell in chosen}
    total = sum(weights.values())
    if not total:
        return None
    return sum(cells[cell] * weight for cell, weight in weights.items()) / total


def effect(
    data: Panel,
    method: str,
    formula: Callable[[Cells, Sized], float | None],
    *,
    control: Control = "never",
    base: Base = "varying",
    events: tuple[int, ...] | None = None,
    n_missing: int = 0,
) -> Statistic:
    """Average group-time effects, with a jackknife interval over clusters.

    Standard error: each household (person) left out in turn, group sizes included, Welch's degrees
    of freedom over the treated and the untreated: for one group and two waves exactly the
    two-by-two of ``did``.

    Parameters
    ----------
    data
        See ``panel``.
    method, formula
        Which average: e.g. ``SIMPLE`` with ``simple``.
    events
        Which periods since joining it rests on; ``None``: all from 0 on.

    Returns
    -------
    Statistic
        ``details`` has ``treated_n`` and ``control_n``, the people the number rests on; both must
        be two or more, else ``too_few_persons``.
    """
    mine, others = people_behind(data, control, base, events)
    treated, other = int(mine.sum()), int(others.sum())
    n = treated + other
    value = formula(group_time(data, control=control, base=base), data) if n else None
    if value is None or min(treated, other) < 2:
        return refuse(
            method, "too_few_persons", n=n, unit="points", reference=REFERENCE, n_missing=n_missing
        )
    se, df = _leave_one_out(data, value, formula, control, base, mine | others)
    low = high = p = None
    if se is not None and df is not None:
        from scipy import stats

        half = float(stats.t.ppf(0.975, df)) * se
        low, high = value - half, value + half
        p = finite(2 * float(stats.t.sf(abs(value) / se, df)))
    return Statistic(
        method_code=method,
        estimate=value,
        n=n,
        unit="points",
        reference=REFERENCE,
        se=se,
        ci_low=low,
        ci_high=high,
        p_value=p,
        n_missing=n_missing,
        details={"treated_n": treated, "control_n": other, "df": df},
        assumptions={
            "parallel_trends": "not_checked",
            "no_anticipation": "not_checked",
            "no_spillover": "not_checked",
        },
    )


def people_behind(
    data: Panel, control: Control, base: Base, events: tuple[int, ...] | None
) -> tuple[np.ndarray, np.ndarray]:
    """Mark the people on either side on whom an average rests."""
    import numpy as np

    treated = np.zeros(len(data.first), bool)
    other = np.zeros(len(data.first), bool)
    for g, t, before in asked_cells(data, base):
        if (t - g in events) if events is not None else t >= g:
            seen = ~np.isnan(data.scores[:, t] - data.scores[:, before])
            treated |= seen & (data.first == g)
            other |= seen & controls(data, g, t, before, control)
    return treated, other


def _leave_one_out(
    data: Panel,
    value: float,
    formula: Callable[[Cells, Sized], float | None],
    control: Control,
    base: Base,
    behind: np.ndarray,
) -> tuple[float | None, float | None]:
    """Leave out in turn each cluster on which the number rests, of which there may be thousands."""
    import numpy as np

    names, codes = np.unique(data.clusters, return_inverse=True)
    left = np.unique(codes[behind])
    cells = _cells_without(data, codes, len(names), control, base)
    sizes = {
        g: n - np.bincount(codes[data.first == g], minlength=len(names))
        for g, n in data.sizes.items()
    }
    sides = np.bincount(codes[data.first != NEVER], minlength=len(names)) > 0
    found = []
    for each in left.tolist():
        mine = {cell: float(x[each]) for cell, x in cells.items() if x[each] == x[each]}
        without = formula(mine, Sizes({g: int(n[each]) for g, n in sizes.items()}))
        found.append(np.nan if without is None else without)
    return jackknife_spread(np.array(found), value, sides[left])


def _cells_without(
    data: Panel, codes: np.ndarray, clusters_n: int, control: Control, base: Base
) -> dict[tuple[int, int], np.ndarray]:
    """Return each cell of ``group_time`` without each cluster in turn: a sum less theirs; NaN if empty."""
    import numpy as np

    def means(change: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        number = np.bincount(codes[chosen], minlength=clusters_n)
        total = np.bincount(codes[chosen], weights=change[chosen], minlength=clusters_n)
        left = chosen.sum() - number
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(left > 0, (change[chosen].sum() - total) / left, np.nan)

    found = {}
    for g, t, before in asked_cells(data, base):
        change = data.scores[:, t] - data.scores[:, before]
        seen = change == change  # not NaN
        mine, other = seen & (data.first == g), seen & controls(data, g, t, before, control)
        if mine.any() and other.any():
            found[(g, t)] = means(change, mine) - means(change, other)
    return found
