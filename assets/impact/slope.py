"""Least squares with a few covariates, for people in households: the slope of the first column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WITHIN = "within_slope"
WITHIN_REFERENCE = (
    "Arellano 1987, Oxford Bulletin of Economics and Statistics 49:431-434 (within, clustered); "
    "Cameron & Miller 2015, Journal of Human Resources 50:317-372"
)
#: With fewer clusters their variance is guesswork.
FEW_CLUSTERS = 20


@dataclass(frozen=True)
class Slope:
    """A slope with its standard error, interval and p; ``clusters_n`` is null without clusters."""

    slope: float
    se: float
    low: float | None
    high: float | None
    p_value: float | None
    df: int
    clusters_n: int | None

    def scaled(self, by: float) -> Slope:
        """Return the same slope per ``by`` units of its variable."""
        return replace(
            self,
            slope=self.slope * by,
            se=self.se * by,
            low=None if self.low is None else self.low * by,
            high=None if self.high is None else self.high * by,
        )


def least_squares(
    y: np.ndarray,
    x: np.ndarray,
    clusters: pd.Series | None = None,
    *,
    absorbed: int = 0,
    level: float = 0.95,
) -> Slope | str:
    """Fit y on a constant and the columns of x; return the slope of the first, or why there is none.

    Parameters
    ----------
    y, x
        Units, and units x columns.
    clusters
        One code a unit: CR1 standard errors, G/(G-1) (n-1)/(n-k), and t(G - 1).
    absorbed
        Means already taken out of y and x beyond the constant; they cost degrees of freedom where
        there are no clusters.

    Returns
    -------
    Slope or str
        ``no_units``, ``too_few_degrees_of_freedom``, ``too_few_clusters`` (one only) or
        ``no_variance`` (the first column follows from the others).
    """
    import numpy as np
    from statsmodels.regression.linear_model import OLS  # all of statsmodels takes long to read

    design = np.column_stack([x, np.ones(len(y))])
    df = len(y) - design.shape[1] - absorbed
    if not len(y):
        return "no_units"
    if df < 1:
        return "too_few_degrees_of_freedom"
    spread = x.std(axis=0)
    if (
        spread[0] <= 1e-12
        or np.linalg.matrix_rank(design) < np.linalg.matrix_rank(design[:, 1:]) + 1
    ):
        return "no_variance"
    model = OLS(y, design)
    if clusters is None:
        found, clusters_n = model.fit(), None
        se = float(found.bse[0]) * float(np.sqrt(found.df_resid / df))
    else:
        codes = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)[1]
        clusters_n = int(codes.max()) + 1
        if clusters_n < 2:
            return "too_few_clusters"
        found = model.fit(cov_type="cluster", cov_kwds={"groups": codes})
        se, df = float(found.bse[0]), clusters_n - 1
    return _with_interval(float(found.params[0]), se, df, clusters_n, level)


def _with_interval(slope: float, se: float, df: int, clusters_n: int | None, level: float) -> Slope:
    from scipy.stats import t

    if not se > 1e-12 * max(1.0, abs(slope)):  # all points on one line: nothing to be unsure about
        return Slope(slope, 0.0, None, None, None, df, clusters_n)
    half = float(t.ppf(0.5 + level / 2, df)) * se
    p_value = finite(2 * float(t.sf(abs(slope) / se, df)))
    return Slope(slope, se, slope - half, slope + half, p_value, df, clusters_n)


def within_slope(
    y: pd.Series,
    x: pd.DataFrame,
    units: pd.Series,
    *,
    unit: str,
    per: float = 1.0,
    n_missing: int = 0,
) -> Statistic:
    """Estimate the slope of the first column of x inside units seen more than once.

    Formula: y and x minus the unit's means (fixed effects), least squares, standard errors
    clustered by unit (CR1), t(G - 1). Who comes late or leaves early does not bend the line.

    Parameters
    ----------
    y, x, units
        One row a unit and occasion, the same index. Units seen once say nothing and are left out.
    unit
        Of the slope.
    per
        The slope is given per so many units of x.

    Returns
    -------
    Statistic
        ``n`` counts the units (not the rows) that were seen at least twice; ``details["rows"]`` the
        rows. ``enough_clusters`` is ``doubtful`` under 20 units.

    Notes
    -----
    Matches Stata's ``xtreg, fe vce(cluster)``; ``plm(model = "within")`` with ``vcovHC(type = "sss")``
    does not count the constant: its errors are sqrt((n - 2) / (n - 1)) of these, for one column.
    """
    often = units.groupby(units).transform("size") > 1
    y, x, units = y[often].astype("float64"), x[often].astype("float64"), units[often]
    n = int(units.nunique())
    inside_y = (y - y.groupby(units).transform("mean")).to_numpy()
    inside_x = (x - x.groupby(units).transform("mean")).to_numpy()
    fitted = least_squares(inside_y, inside_x, units) if n else "no_units"
    if isinstance(fitted, str):
        return refuse(
            WITHIN, fitted, n=n, unit=unit, reference=WITHIN_REFERENCE, n_missing=n_missing
        )
    found = fitted.scaled(per)
    return Statistic(
        method_code=WITHIN,
        estimate=found.slope,
        n=n,
        unit=unit,
        reference=WITHIN_REFERENCE,
        se=found.se,
        ci_low=found.low,
        ci_high=found.high,
        p_value=found.p_value,
        n_missing=n_missing,
        details={"rows": len(y), "df": found.df},
        assumptions={"enough_clusters": "held" if n >= FEW_CLUSTERS else "doubtful"},
    )
