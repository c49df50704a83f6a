"""Did the treated change more than the others? Difference-in-differences of two groups, two waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse
from assets.impact.clustered import CLUSTER_REFERENCE, ClusteredFit, clustered_ols

if TYPE_CHECKING:
    import pandas as pd

TWO_BY_TWO = "did_two_by_two"
REFERENCE = f"Card & Krueger 1994, AER 84:772-793; {CLUSTER_REFERENCE}"
#: Fewer in a group leave no spread to speak of.
MIN_PER_GROUP = 2


def two_by_two(rows: pd.DataFrame, *, n_missing: int = 0) -> Statistic:
    """Estimate (after - before among the treated) - (after - before among the others).

    Formula: the coefficient of treated x after in score ~ treated + after + treated x after, by
    least squares; the same four means whether or not each person is seen twice. Standard error:
    CRV3 by cluster with Welch's degrees of freedom (``clustered``); CRV1 in ``details``.

    Assumes parallel trends: without the programme both groups would have changed alike. Two waves
    cannot show it (``not_checked``); ``event_study`` looks where there is an earlier wave.

    Parameters
    ----------
    rows
        One row a person and wave: ``person``, ``cluster`` (household, else person), ``treated``
        and ``after`` (bool), ``score``. Rows without a score must have been dropped.
    n_missing
        People who should have been here and lack a wave.

    Returns
    -------
    Statistic
        Unit: points. ``n`` people; ``details`` with the four means and people per group. Refused
        as ``too_few_persons`` with fewer than two people in a group.

    Notes
    -----
    Published call: ``feols(y ~ treated * after, cluster = ~ id)``. Where everybody is seen twice, each a
    cluster of their own, this is Welch's ``t.test(change ~ treated)``.
    """
    people = rows.groupby("treated")["person"].nunique()
    treated_n, control_n = int(people.get(True, 0)), int(people.get(False, 0))
    n = treated_n + control_n
    fit = _fit(rows) if min(treated_n, control_n) >= MIN_PER_GROUP else None
    if fit is None:
        return refuse(
            TWO_BY_TWO,
            "too_few_persons",
            n=n,
            unit="points",
            reference=REFERENCE,
            n_missing=n_missing,
        )
    means = rows.groupby(["treated", "after"])["score"].mean()
    details: dict[str, float | int | None] = {
        "treated_n": treated_n,
        "control_n": control_n,
        "treated_before": float(means[(True, False)]),
        "treated_after": float(means[(True, True)]),
        "control_before": float(means[(False, False)]),
        "control_after": float(means[(False, True)]),
    }
    return from_fit(TWO_BY_TWO, fit, n=n, n_missing=n_missing, details=details, reference=REFERENCE)


def from_fit(
    method: str,
    fit: ClusteredFit,
    *,
    n: int,
    n_missing: int,
    details: dict[str, float | int | None],
    reference: str,
) -> Statistic:
    """Place a clustered fit: t interval of the jackknife standard error."""
    from scipy import stats

    low = high = p = None
    if fit.se_crv3 is not None and fit.df is not None:
        half = float(stats.t.ppf(0.975, fit.df)) * fit.se_crv3
        low, high = fit.estimate - half, fit.estimate + half
        p = finite(2 * float(stats.t.sf(abs(fit.estimate) / fit.se_crv3, fit.df)))
    return Statistic(
        method_code=method,
        estimate=fit.estimate,
        n=n,
        unit="points",
        reference=reference,
        se=fit.se_crv3,
        ci_low=low,
        ci_high=high,
        p_value=p,
        n_missing=n_missing,
        details={
            **details,
            "se_crv1": fit.se_crv1,
            "df": fit.df,
            "clusters_n": fit.clusters_n,
            "treated_clusters_n": fit.treated_clusters_n,
        },
        assumptions={"parallel_trends": "not_checked", "no_spillover": "not_checked"},
    )


def _fit(rows: pd.DataFrame) -> ClusteredFit | None:
    import numpy as np

    ordered = rows.sort_values(["cluster", "person", "after"])
    treated = ordered["treated"].to_numpy(bool)
    after = ordered["after"].to_numpy(bool)
    design = np.column_stack([np.ones(len(ordered)), treated, after, treated & after]).astype(float)
    return clustered_ols(
        ordered["score"].to_numpy(float), design, ordered["cluster"].to_numpy(), treated, at=3
    )
