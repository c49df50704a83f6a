"""Which characteristics go with staying? Logistic regression, with care for small samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LOGIT = "logit_odds_ratio"
REFERENCE = (
    "Hosmer, Lemeshow & Sturdivant 2013, Applied Logistic Regression; "
    "Peduzzi et al. 1996, Journal of Clinical Epidemiology 49:1373-1379 (events per variable)"
)
#: Fewest people of the rarer outcome for each coefficient; below, odds ratios run away from 1.
EVENTS_PER_VARIABLE = 10
#: Beyond such a coefficient or standard error an outcome is told exactly: maximum likelihood does
#: not exist (an odds ratio of 400 million is not a finding).
SEPARATED = 20.0


def logit_odds_ratios(
    outcome: pd.Series,
    characteristics: pd.DataFrame,
    clusters: pd.Series | None = None,
    *,
    events_per_variable: float = EVENTS_PER_VARIABLE,
    n_missing: int = 0,
    level: float = 0.95,
) -> dict[str, Statistic]:
    """Estimate the odds ratio of each characteristic, the others being equal.

    Formula: log(p / (1 - p)) = a + b'x by maximum likelihood; odds ratio exp(b); Wald interval
    exp(b +- z se) and p; with ``clusters`` (households) standard errors robust to them, times
    G / (G - 1).

    Parameters
    ----------
    outcome
        Booleans or 0/1, none missing.
    characteristics
        Numbers, none missing, a column each: 0/1 for belonging to a level against a reference.

    Returns
    -------
    dict of str to Statistic
        By column, unit ``ratio``; ``details["b"]`` and ``["b_se"]`` on the log scale (``se`` is null:
        the interval is not symmetric). Reasons: ``no_units``; ``one_outcome`` (all or nobody);
        ``too_few_events`` (fewer than so many of the rarer outcome for a coefficient);
        ``no_variance`` (columns that follow from each other); ``too_few_clusters`` (one only); ``separation`` (a characteristic tells
        the outcome exactly).

    Notes
    -----
    Says which groups stay more often, not why. Matches ``glm(y ~ x, family = binomial)`` with
    ``exp(confint.default())`` in R; with ``clusters`` ``sandwich::vcovCL(type = "HC0")`` and Stata's
    ``logit, or vce(cluster)``.
    """
    import numpy as np

    y = np.asarray(outcome, dtype=float)
    x = characteristics.to_numpy(dtype=float)
    reason = _unfit(y, x, events_per_variable)
    fitted = reason or _fit(y, x, clusters)
    names = [str(name) for name in characteristics.columns]
    if isinstance(fitted, str):
        return {
            name: refuse(
                LOGIT, fitted, n=len(y), unit="ratio", reference=REFERENCE, n_missing=n_missing
            )
            for name in names
        }
    b, se = fitted
    return {
        name: _odds_ratio(float(b[place]), float(se[place]), y, n_missing, level, x.shape[1])
        for place, name in enumerate(names)
    }


def _unfit(y: np.ndarray, x: np.ndarray, events_per_variable: float) -> str:
    import numpy as np

    if not len(y):
        return "no_units"
    rarer = min(y.sum(), len(y) - y.sum())
    if rarer == 0:
        return "one_outcome"
    if rarer < events_per_variable * x.shape[1]:
        return "too_few_events"
    design = np.column_stack([np.ones(len(y)), x])
    return "no_variance" if np.linalg.matrix_rank(design) < design.shape[1] else ""


def _fit(
    y: np.ndarray, x: np.ndarray, clusters: pd.Series | None
) -> tuple[np.ndarray, np.ndarray] | str:
    """Return coefficients and standard errors without the constant, or why there are none."""
    import warnings

    import numpy as np
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    spread = x.std(axis=0)
    model = sm.Logit(y, np.column_stack([np.ones(len(y)), (x - x.mean(axis=0)) / spread]))
    options, factor = {}, 1.0
    if clusters is not None:
        codes = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)[1]
        if codes.max() < 1:
            return "too_few_clusters"
        # statsmodels would add (n - 1) / (n - k), which belongs to least squares alone.
        options = {"cov_type": "cluster", "cov_kwds": {"groups": codes, "use_correction": False}}
        factor = float(((codes.max() + 1) / codes.max()) ** 0.5)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = model.fit(disp=0, maxiter=100, **options)
    except (PerfectSeparationError, np.linalg.LinAlgError):
        return "separation"
    is_wild = not np.isfinite(found.bse).all() or (np.abs(found.params) > SEPARATED).any()
    if is_wild or not found.mle_retvals["converged"]:
        return "separation"
    b, se = found.params[1:] / spread, factor * found.bse[1:] / spread
    # A ratio beyond what a number can hold is none, whatever the unit of the column.
    return "separation" if (np.abs(b) + 3 * se > 500).any() else (b, se)


def _odds_ratio(
    b: float, se: float, y: np.ndarray, n_missing: int, level: float, columns_n: int
) -> Statistic:
    from math import exp

    from scipy.stats import norm

    z = float(norm.ppf(0.5 + level / 2))
    rarer = float(min(y.sum(), len(y) - y.sum()))
    return Statistic(
        method_code=LOGIT,
        estimate=exp(b),
        n=len(y),
        unit="ratio",
        reference=REFERENCE,
        ci_low=exp(b - z * se),
        ci_high=exp(b + z * se),
        p_value=finite(2 * float(norm.sf(abs(b) / se))),
        n_missing=n_missing,
        details={"b": b, "b_se": se, "events": rarer},
        assumptions={
            "enough_events": "held" if rarer >= EVENTS_PER_VARIABLE * columns_n else "doubtful"
        },
    )
