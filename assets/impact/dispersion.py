"""Do counts vary more than Poisson's? Pearson's dispersion and the test of Cameron and Trivedi."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.estimates import Statistic, refuse

if TYPE_CHECKING:
    import numpy as np

OVERDISPERSION = "overdispersion_cameron_trivedi"
REFERENCE = "Cameron & Trivedi 1990, Journal of Econometrics 46:347-364"
SIGNIFICANT = 0.05


def overdispersion(counts: np.ndarray, means: np.ndarray, *, quadratic: bool = False) -> Statistic:
    """Test Poisson's variance = mean against a larger one.

    Linear alternative: variance = (1 + a) mean; with a_t = ((y - m)^2 - y) / m, a is the mean of
    a_t, z = sqrt(n) a / sd(a_t), and the dispersion 1 + a is returned. ``quadratic``: variance =
    mean + a mean^2 (negative binomial); a is the slope of a_t on m through the origin, z its t.

    Parameters
    ----------
    counts, means
        Observed, and fitted by a Poisson model; same length, means above zero.

    Returns
    -------
    Statistic
        Dispersion 1 + a, or a; unit ``ratio``, one-sided ``p_value``, details ``z``. Refused with
        fewer than three counts or where nothing varies about the fit.

    References
    ----------
    Cameron & Trivedi 1990. Matches ``AER::dispersiontest`` (``trafo = 2`` where quadratic).
    """
    import numpy as np
    from scipy.stats import norm

    y, m = np.asarray(counts, dtype=float), np.asarray(means, dtype=float)
    n = len(y)
    if n < 3:
        return refuse(OVERDISPERSION, "series_too_short", n=n, unit="ratio", reference=REFERENCE)
    excess = ((y - m) ** 2 - y) / m
    if quadratic:
        a = float(excess @ m / (m @ m))
        spread = float(np.sqrt(np.sum((excess - a * m) ** 2) / (n - 1) / (m @ m)))
    else:
        a = float(excess.mean())
        spread = float(excess.std(ddof=1) / np.sqrt(n))
    if spread <= 1e-12:
        return refuse(OVERDISPERSION, "no_spread", n=n, unit="ratio", reference=REFERENCE)
    return Statistic(
        method_code=OVERDISPERSION,
        estimate=a if quadratic else 1 + a,
        n=n,
        unit="ratio",
        reference=REFERENCE,
        p_value=float(norm.sf(a / spread)),
        details={"z": a / spread},
    )


def poisson_variance(test: Statistic) -> str:
    """Say what the test means for the assumption that the variance is the mean."""
    if test.p_value is None:
        return "not_checked"
    return "doubtful" if test.p_value < SIGNIFICANT else "held"
