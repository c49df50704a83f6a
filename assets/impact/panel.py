"""Did the treated change more, over all waves? Two-way fixed effects, where that is the right tool.

Where groups join at different times two-way fixed effects compare late joiners with early ones
(Goodman-Bacon 2021): here they are refused, and ``decomposition`` shows how much of the number
would rest on such comparisons; ``staggered`` answers instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.estimates import Statistic, refuse
from assets.impact.clustered import (
    CLUSTER_REFERENCE,
    ClusteredFit,
    clustered_ols,
    wild_cluster_p,
)
from assets.impact.did import MIN_PER_GROUP, from_fit

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TWO_WAY = "two_way_fixed_effects"
REFERENCE = f"Goodman-Bacon 2021, doi 10.1016/j.jeconom.2021.03.014; {CLUSTER_REFERENCE}"
#: Fewer areas than this, or one alone on a side, cannot speak for areas in general.
MANY_AREAS = 10
#: ``first`` of a unit that never joins.
NEVER = -1


@dataclass(frozen=True)
class Comparison:
    """One two-by-two inside a two-way estimate: who against whom, its weight and its effect."""

    kind: str
    treated: int
    control: int
    weight: float
    estimate: float


def two_way(rows: pd.DataFrame, *, n_missing: int = 0) -> Statistic:
    """Estimate the effect of being treated, with an effect of each person and of each wave.

    Formula: score_it = a_i + b_t + effect x treated_it + e_it, least squares. Standard error CRV3
    by ``cluster``; CRV1 as R's fixest counts it (person effects nested in clusters do not count)
    and the wild cluster bootstrap p, by ``cluster`` and (``details``) by ``area``.

    Parameters
    ----------
    rows
        One row a person and wave with a score: ``person``, ``cluster``, ``period`` (0, 1, ...),
        ``first`` (period of joining; ``NEVER``), ``score``; optionally ``area``, where the
        programme was placed: with few areas the areas are what one should count.

    Returns
    -------
    Statistic
        Unit: points. Refused as ``staggered_adoption`` where groups join in different waves,
        ``always_treated`` where somebody is treated from the first wave on, and
        ``too_few_persons`` with fewer than two people in a group. Assumption ``many_areas``: ``doubtful`` with
        fewer than two treated or two untreated areas, where no inference over areas exists.

    Notes
    -----
    Published call: ``feols(y ~ d | unit + time, cluster = ~ unit)``; the estimate is also that of
    ``plm(model = "within", effect = "twoways")``.
    """
    seen = rows[rows.groupby("person")["period"].transform("nunique") > 1]
    joining = sorted(set(seen["first"]) - {NEVER})
    n = int(seen["person"].nunique())
    n_missing += int(rows["person"].nunique()) - n

    def no(reason: str) -> Statistic:
        return refuse(TWO_WAY, reason, n=n, unit="points", reference=REFERENCE, n_missing=n_missing)

    if not joining or not (seen["first"] == NEVER).any():
        return no("too_few_persons")
    if len(joining) > 1:
        return no("staggered_adoption")
    sides = seen.groupby(seen["first"] != NEVER)["person"].nunique()
    if sides.min() < MIN_PER_GROUP:
        return no("too_few_persons")
    if joining[0] <= seen["period"].min():
        return no("always_treated")
    ordered = seen.sort_values(["cluster", "person", "period"])
    y, design, used = _within(ordered)
    clusters, treated = ordered["cluster"].to_numpy(), (ordered["first"] != NEVER).to_numpy()
    fit = clustered_ols(y, design, clusters, treated, at=0, parameters_n=used)
    if fit is None:
        return no("too_few_persons")
    people = ordered.drop_duplicates("person")["first"] != NEVER
    details: dict[str, float | int | None] = {
        "treated_n": int(people.sum()),
        "control_n": int((~people).sum()),
        "wild_p": wild_cluster_p(y, design, clusters, at=0),
    }
    result = from_fit(TWO_WAY, fit, n=n, n_missing=n_missing, details=details, reference=REFERENCE)
    return _with_areas(result, ordered, y, design, used)


def _with_areas(
    result: Statistic, ordered: pd.DataFrame, y: np.ndarray, design: np.ndarray, used: int
) -> Statistic:
    from dataclasses import replace

    if "area" not in ordered:
        return result
    areas, treated = ordered["area"].to_numpy(), (ordered["first"] != NEVER).to_numpy()
    fit = clustered_ols(y, design, areas, treated, at=0, parameters_n=used)
    assert fit is not None
    details = {
        **result.details,
        "areas_n": fit.clusters_n,
        "treated_areas_n": fit.treated_clusters_n,
        "area_se_crv3": fit.se_crv3,
        "area_wild_p": wild_cluster_p(y, design, areas, at=0) if fit.se_crv3 else None,
    }
    outcome = many_areas(fit.treated_clusters_n, fit.clusters_n)
    return replace(
        result, details=details, assumptions={**result.assumptions, "many_areas": outcome}
    )


def many_areas(treated_n: int, areas_n: int) -> str:
    """Say whether areas are many enough to tell the programme from an event in one of them."""
    is_enough = min(treated_n, areas_n - treated_n) >= 2 and areas_n >= MANY_AREAS
    return "held" if is_enough else "doubtful"


def _within(ordered: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, int]:
    """Take each person's mean out of score, treatment and wave effects (exact, Frisch-Waugh)."""
    import numpy as np

    period, first = ordered["period"].to_numpy(), ordered["first"].to_numpy()
    waves = np.unique(period)[1:]
    raw = np.column_stack(
        [
            ordered["score"].to_numpy(float),
            (first != NEVER) & (period >= first),
            *[period == each for each in waves],
        ]
    ).astype(float)
    codes = np.unique(ordered["person"].to_numpy(), return_inverse=True)[1]
    sums = np.zeros((codes.max() + 1, raw.shape[1]))
    np.add.at(sums, codes, raw)
    left = raw - (sums / np.bincount(codes)[:, None])[codes]
    return left[:, 0], left[:, 1:], 2 + len(waves)


def two_way_fit(rows: pd.DataFrame) -> ClusteredFit | None:
    """Fit two-way fixed effects whatever the timing: for ``decomposition`` and checks only."""
    ordered = rows.sort_values(["cluster", "person", "period"])
    y, design, used = _within(ordered)
    treated = (ordered["first"] != NEVER).to_numpy()
    return clustered_ols(y, design, ordered["cluster"].to_numpy(), treated, at=0, parameters_n=used)


def decomposition(rows: pd.DataFrame) -> list[Comparison]:
    """Split a two-way estimate of a balanced panel into its two-by-two comparisons.

    Goodman-Bacon 2021, theorem 1; matches R ``bacondecomp::bacon``. Kinds: ``never`` (joined
    against never joined), ``early_late`` (early against not yet joined) and ``late_early`` (late
    against already joined: the ones to beware of). Weights add up to 1 and the weighted sum is
    the two-way estimate.

    Parameters
    ----------
    rows
        As for ``two_way``; units treated from the first period on must be left out.

    Raises
    ------
    ValueError
        When a unit lacks a period: the theorem is about balanced panels.
    """
    wide = rows.pivot(index="person", columns="period", values="score")
    if wide.isna().to_numpy().any():
        raise ValueError("the decomposition needs every unit in every period")
    import numpy as np

    first = rows.drop_duplicates("person").set_index("person")["first"].reindex(wide.index)
    table, periods = wide.to_numpy(float), np.array(wide.columns)
    share = {int(g): float((first == g).mean()) for g in sorted(set(first))}
    after = {g: float((periods >= g).mean()) for g in share if g != NEVER}
    means = {g: table[(first == g).to_numpy()].mean(axis=0) for g in share}
    found = []
    for k in after:
        if NEVER in share:
            weight = (share[k] + share[NEVER]) ** 2 * _variance(share[k], share[NEVER], after[k])
            late = periods >= k
            effect = _gap(means[k], means[NEVER], late, ~late)
            found.append(Comparison("never", k, NEVER, weight, effect))
        for other in after:
            if other <= k:
                continue
            early, both = after[k], share[k] + share[other]
            gap = (early - after[other]) / (1 - after[other])
            weight = (both * (1 - after[other])) ** 2 * _variance(share[k], share[other], gap)
            middle = (periods >= k) & (periods < other)
            effect = _gap(means[k], means[other], middle, periods < k)
            found.append(Comparison("early_late", k, other, weight, effect))
            weight = (both * early) ** 2 * _variance(share[k], share[other], after[other] / early)
            effect = _gap(means[other], means[k], periods >= other, middle)
            found.append(Comparison("late_early", other, k, weight, effect))
    total = sum(each.weight for each in found)
    return [
        Comparison(each.kind, each.treated, each.control, each.weight / total, each.estimate)
        for each in found
    ]


def _variance(first: float, second: float, after: float) -> float:
    share = first / (first + second)
    return share * (1 - share) * after * (1 - after)


def _gap(treated: np.ndarray, control: np.ndarray, after: np.ndarray, before: np.ndarray) -> float:
    moved = treated[after].mean() - treated[before].mean()
    return float(moved - (control[after].mean() - control[before].mean()))
