"""Does a score change more in those who took part more? Dose and response, as an association.

Whoever comes more often differs from others in more than attendance, and whoever feels better may
come more often: no number here says that coming changed the score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse
from assets.impact.slope import least_squares

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DOSE_SLOPE, TREND = "dose_slope_ancova", "jonckheere_terpstra"
SLOPE_REFERENCE = (
    "Vickers & Altman 2001, BMJ 323:1123-1124 (adjusting for the first score); "
    "Cameron & Miller 2015, Journal of Human Resources 50:317-372 (clusters)"
)
#: With fewer people in a band the normal approximation of J is rough.
FEW_IN_BAND = 8
#: Up to so many people without ties the distribution of J is counted out.
EXACT_N = 100
TREND_REFERENCE = "Jonckheere 1954, Biometrika 41:133-145; Hollander & Wolfe 1999, section 6.2"
#: Of the dose: sessions or hours.
PER = 10.0


def dose_slope(
    pre: pd.Series,
    post: pd.Series,
    dose: pd.Series,
    clusters: pd.Series | None = None,
    *,
    n_missing: int = 0,
    level: float = 0.95,
) -> Statistic:
    """Estimate how much higher the second score is per ten units of dose, at equal first score.

    Formula: post = a + b dose + c pre + e by least squares; the result is ``PER`` b. With
    ``clusters`` (households) CR1 standard errors and t(G - 1), else classical ones and t(n - 3).

    Parameters
    ----------
    pre, post
        Scores of the same people (points), none missing.
    dose
        Sessions or hours between the two; 0 is a value.
    clusters
        Household of each person.

    Returns
    -------
    Statistic
        Points per ``PER`` units of dose. ``too_few`` under four people, ``no_variance`` where all
        took part equally much or the first score says the dose exactly. ``linear`` is ``doubtful``
        where a squared dose, added, has p < 0.05.

    Notes
    -----
    Assumes a straight line, the same at every first score. Matches ``lm(post ~ dose + pre)`` in R,
    and Stata's ``regress ..., vce(cluster household)``.
    """
    import numpy as np

    y, x, first = (np.asarray(each, dtype=float) for each in (post, dose, pre))
    fitted = least_squares(y, np.column_stack([x, first]), clusters, level=level)
    if isinstance(fitted, str):
        return refuse(
            DOSE_SLOPE,
            fitted,
            n=len(y),
            unit="points",
            reference=SLOPE_REFERENCE,
            n_missing=n_missing,
        )
    b = fitted.scaled(PER)
    return Statistic(
        method_code=DOSE_SLOPE,
        estimate=b.slope,
        n=len(y),
        unit="points",
        reference=SLOPE_REFERENCE,
        se=b.se,
        ci_low=b.low,
        ci_high=b.high,
        p_value=b.p_value,
        n_missing=n_missing,
        details={"df": b.df, "clusters": b.clusters_n, "dose_mean": float(x.mean())},
        assumptions={"linear": _is_linear(y, x, first, clusters)},
    )


def _is_linear(y: np.ndarray, x: np.ndarray, first: np.ndarray, clusters: pd.Series | None) -> str:
    import numpy as np

    bent = least_squares(y, np.column_stack([(x - x.mean()) ** 2, x, first]), clusters)
    if isinstance(bent, str) or bent.p_value is None:
        return "not_checked"
    return "doubtful" if bent.p_value < 0.05 else "held"


def dose_bands(dose: pd.Series, bands_n: int = 3) -> pd.Series:
    """Return the band of each dose, 0 the lowest: thirds of the people; equal doses stay together."""
    import numpy as np

    edges = np.quantile(dose.to_numpy(dtype=float), [i / bands_n for i in range(1, bands_n)])
    found = np.searchsorted(np.unique(edges), dose.to_numpy(dtype=float), side="left")
    return dose.astype("float64") * 0 + found


def trend(values: pd.Series, bands: pd.Series, *, n_missing: int = 0) -> Statistic:
    """Test whether values rise (or fall) from band to band, whatever the shape of the rise.

    Formula: J = sum over bands a < b of #(x_a < x_b) + #(x_a = x_b) / 2; estimate J / (number of
    such pairs), the chance that somebody of a higher band has the higher value (0.5: no trend).
    p two-sided: without ties and up to ``EXACT_N`` people the exact distribution of J, twice the
    smaller tail; else the normal approximation with the variance for ties of Hollander & Wolfe
    (equation 6.19). No interval: the test's variance holds only where there is no trend.

    Parameters
    ----------
    values
        One a person, none missing.
    bands
        Band of each person; a higher number is a higher band.

    Returns
    -------
    Statistic
        ``details``: J, its expectation and variance without a trend, z, ``exact`` (1 or 0).
        ``no_units`` without anybody; ``one_band`` with one band only; ``no_variance`` where all
        values are equal.

    Notes
    -----
    Assumes independent people. Matches ``kSamples::jt.test``, whose p is one-sided.
    """
    import numpy as np
    from scipy.stats import norm

    x, g = np.asarray(values, dtype=float), np.asarray(bands, dtype=float)
    groups = [x[g == each] for each in np.unique(g)]
    reason = _untestable(x, groups)
    if reason:
        return refuse(
            TREND, reason, n=len(x), unit="ratio", reference=TREND_REFERENCE, n_missing=n_missing
        )
    j = sum(
        float((np.sign(high[:, None] - low[None, :]) + 1).sum()) / 2
        for place, low in enumerate(groups)
        for high in groups[place + 1 :]
    )
    sizes = np.array([len(each) for each in groups], dtype=float)
    pairs = (len(x) ** 2 - float((sizes**2).sum())) / 2
    variance = _null_variance(len(x), sizes, np.unique(x, return_counts=True)[1].astype(float))
    z = (j - pairs / 2) / variance**0.5
    is_exact = len(np.unique(x)) == len(x) <= EXACT_N
    p_value = _exact_p(int(j), sizes.astype(int)) if is_exact else 2 * float(norm.sf(abs(z)))
    is_large = is_exact or min(sizes) >= FEW_IN_BAND
    return Statistic(
        method_code=TREND,
        estimate=j / pairs,
        n=len(x),
        unit="ratio",
        reference=TREND_REFERENCE,
        p_value=finite(p_value),
        n_missing=n_missing,
        details={
            "J": j,
            "expected": pairs / 2,
            "variance": variance,
            "z": z,
            "exact": int(is_exact),
        },
        assumptions={"large_bands": "held" if is_large else "doubtful"},
    )


def _exact_p(j: int, sizes: np.ndarray) -> float:
    """Return twice the smaller tail of J, from the number of orders that give each value.

    Without ties the numbers are the coefficients of prod_{i<=n} (1 - q^i) / prod_k prod_{i<=n_k}
    (1 - q^i) (the multinomial in q): whole numbers, so nothing is rounded.
    """
    import numpy as np

    n = int(sizes.sum())
    top = (n * n - int((sizes**2).sum())) // 2
    ways = np.zeros(top + 1, dtype=object)
    ways[0] = 1
    others = np.concatenate([np.arange(1, size + 1) for size in sizes])
    for above, below in zip(range(1, n + 1), others, strict=True):
        if above <= top:  # times (1 - q^above)
            ways[above:] = ways[above:] - ways[:-above]
        for start in range(min(int(below), top + 1)):  # over (1 - q^below)
            ways[start::below] = np.cumsum(ways[start::below])
    every = sum(ways)
    return min(1.0, 2 * min(sum(ways[: j + 1]) / every, sum(ways[j:]) / every))


def _untestable(x: np.ndarray, groups: list[np.ndarray]) -> str:
    if not len(x):
        return "no_units"
    if len(groups) < 2:
        return "one_band"
    return "no_variance" if (x == x[0]).all() else ""


def _null_variance(n: int, sizes: np.ndarray, ties: np.ndarray) -> float:
    """Return the variance of J without a trend, ties included (Hollander & Wolfe 1999, 6.19)."""

    def first(k: np.ndarray) -> float:
        return float((k * (k - 1) * (2 * k + 5)).sum())

    def second(k: np.ndarray) -> float:
        return float((k * (k - 1) * (k - 2)).sum())

    def third(k: np.ndarray) -> float:
        return float((k * (k - 1)).sum())

    whole = n * (n - 1) * (2 * n + 5)
    found = (whole - first(sizes) - first(ties)) / 72
    if n > 2:
        found += second(sizes) * second(ties) / (36 * n * (n - 1) * (n - 2))
    return found + third(sizes) * third(ties) / (8 * n * (n - 1))
