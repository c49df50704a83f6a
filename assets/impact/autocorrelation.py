"""Do residuals remember? Durbin-Watson, Ljung-Box and Breusch-Godfrey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DURBIN_WATSON = "durbin_watson"
LJUNG_BOX = "ljung_box"
BREUSCH_GODFREY = "breusch_godfrey"
SIGNIFICANT = 0.05


def lags_for(n: int) -> int:
    """Return how many lags to test: a fifth of the series, ten at most (Hyndman 2014)."""
    return max(1, min(10, n // 5))


def newey_west_lag(n: int) -> int:
    """Return the lag up to which Newey-West looks: floor(4 (n/100)^(2/9)).

    Reference: Newey & West 1994, Review of Economic Studies 61:631-653, for the Bartlett kernel.
    """
    return int(4 * (n / 100) ** (2 / 9))


def durbin_watson(residuals: pd.Series) -> float | None:
    """Return sum (e_t - e_{t-1})^2 / sum e_t^2: 2 where neighbours do not resemble each other.

    A missing residual breaks the chain: differences across it are left out of the sum.
    """
    values = residuals.to_numpy(dtype=float)
    squares = _sum(values**2)
    return finite(_sum((values[1:] - values[:-1]) ** 2) / squares) if squares > 0 else None


def ljung_box(residuals: pd.Series, lags: int | None = None) -> Statistic:
    """Test whether the first autocorrelations of a series of residuals are all zero.

    Q = n (n + 2) sum_k r_k^2 / (n - k), chi-square with ``lags`` degrees of freedom; r_k is the
    sum of the products of residuals k apart over the sum of squares of the centred residuals.

    Parameters
    ----------
    residuals
        One a period, in order; a missing one is a period not observed: products across it are
        left out and time goes on.
    lags
        Default :func:`lags_for`.

    Returns
    -------
    Statistic
        The first autocorrelation (unit ``ratio``), ``p_value`` of Q; details ``q``, ``lags``,
        ``durbin_watson``. Refused without spread or with fewer than three residuals.

    References
    ----------
    Ljung & Box 1978, Biometrika 65:297-303. Matches ``Box.test(x, lag, type = "Ljung-Box")``.
    """
    from scipy.stats import chi2

    reference = "Ljung & Box 1978, Biometrika 65:297-303"
    values = residuals.to_numpy(dtype=float)
    known = values[values == values]
    n = len(known)
    lags = lags or lags_for(n)
    centred = values - (known.mean() if n else 0.0)
    squares = _sum(centred**2)
    if n < 3 or squares <= 1e-20:
        reason = "series_too_short" if n < 3 else "no_spread"
        return refuse(LJUNG_BOX, reason, n=n, unit="ratio", reference=reference)
    shares = [_sum(centred[k:] * centred[:-k]) / squares for k in range(1, lags + 1)]
    q = n * (n + 2) * sum(r**2 / (n - k) for k, r in enumerate(shares, start=1))
    return Statistic(
        method_code=LJUNG_BOX,
        estimate=shares[0],
        n=n,
        unit="ratio",
        reference=reference,
        p_value=float(chi2.sf(q, lags)),
        n_missing=len(values) - n,
        details={"q": q, "lags": lags, "durbin_watson": durbin_watson(residuals)},
    )


def breusch_godfrey(residuals: pd.Series, design: pd.DataFrame, lags: int) -> Statistic:
    """Test a linear model's residuals for memory, allowing for the model's own terms.

    LM = n R^2 of the residuals on the design and their own ``lags`` predecessors (zero before the
    first), chi-square with ``lags`` degrees of freedom.

    Returns
    -------
    Statistic
        LM as ``estimate`` (unit ``chi_square``), ``p_value``; refused where the series has too few
        rows for the terms, or no spread.

    References
    ----------
    Breusch 1978; Godfrey 1978, Econometrica 46:1293-1301. Matches ``lmtest::bgtest(type="Chisq")``.
    """
    import numpy as np
    from scipy.stats import chi2

    reference = "Godfrey 1978, Econometrica 46:1293-1301"
    values = residuals.to_numpy(dtype=float)
    n, squares = len(values), float(np.sum(values**2))
    if n <= design.shape[1] + lags:
        return refuse(
            BREUSCH_GODFREY, "series_too_short", n=n, unit="chi_square", reference=reference
        )
    if squares <= 1e-20:
        return refuse(BREUSCH_GODFREY, "no_spread", n=n, unit="chi_square", reference=reference)
    before = [np.concatenate([np.zeros(k), values[:-k]]) for k in range(1, lags + 1)]
    terms = np.column_stack([design.to_numpy(dtype=float), *before])
    fitted = terms @ np.linalg.lstsq(terms, values, rcond=None)[0]
    lm = n * float(np.sum(fitted**2)) / squares
    return Statistic(
        method_code=BREUSCH_GODFREY,
        estimate=lm,
        n=n,
        unit="chi_square",
        reference=reference,
        p_value=float(chi2.sf(lm, lags)),
        details={"lags": lags, "durbin_watson": durbin_watson(residuals)},
    )


def memory(test: Statistic) -> str:
    """Say what a test of memory means for the assumption that there is none."""
    if test.p_value is None:
        return "not_checked"
    return "doubtful" if test.p_value < SIGNIFICANT else "held"


def _sum(values: np.ndarray) -> float:
    import numpy as np

    return float(np.nansum(values))
