"""How large is a change between two waves, in standard deviations? d_z, d_av, d_rm, and Hedges' g."""

from __future__ import annotations

from math import exp, sqrt
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse
from assets.impact.resampling import bca_interval, independence

if TYPE_CHECKING:
    import numpy as np

D_Z, G_Z = "cohen_d_z", "hedges_g_z"
D_AV, G_AV = "cohen_d_av", "hedges_g_av"
D_RM, G_RM = "cohen_d_rm", "hedges_g_rm"
D_REFERENCE = "Cohen 1988; Lakens 2013, doi 10.3389/fpsyg.2013.00863"
G_REFERENCE = "Hedges 1981, Journal of Educational Statistics 6:107-128"
MIN_PAIRS = 2
#: Beyond this t the search for the non-central interval does not end; such a t comes from a
#: handful of nearly equal changes, where an interval for d_z means nothing.
LARGEST_T = 1000.0
#: A constant leaves rounding dust in its SD; dividing by it would give an absurd size.
_DUST = 1e-12
#: Size -> its Hedges-corrected twin.
CORRECTED = {D_Z: G_Z, D_AV: G_AV, D_RM: G_RM}


def hedges_j(df: int) -> float:
    """Return the exact small-sample correction: Gamma(v/2) / (sqrt(v/2) Gamma((v-1)/2)).

    Hedges 1981, equation 6e. v = n - 1 for paired data; defined from v = 2.

    Raises
    ------
    ValueError
        For fewer than 2 degrees of freedom.
    """
    if df < 2:
        raise ValueError("Hedges' correction needs at least 2 degrees of freedom")
    from scipy.special import gammaln

    return exp(float(gammaln(df / 2) - gammaln((df - 1) / 2))) / sqrt(df / 2)


def d_from_summary(
    method: str, mean_change: Any, sd_pre: Any, sd_post: Any, correlation: Any
) -> Any:
    """Return a standardised change from means, spreads and correlation.

    With SD(D)^2 = SD(pre)^2 + SD(post)^2 - 2 r SD(pre) SD(post):

    - ``cohen_d_z``: mean(D) / SD(D);
    - ``cohen_d_av``: mean(D) / ((SD(pre) + SD(post)) / 2);
    - ``cohen_d_rm``: mean(D) / SD(D) x sqrt(2 (1 - r)).

    Parameters
    ----------
    method
        ``cohen_d_z``, ``cohen_d_av`` or ``cohen_d_rm``.
    mean_change, sd_pre, sd_post, correlation
        Numbers, or arrays of one shape; points of the scale, except the correlation.

    Notes
    -----
    Lakens 2013, equations 6, 9 and 10. Matches ``MOTE::d.dep.t.avg`` and ``d.dep.t.rm``;
    ``effectsize::repeated_measures_d(method = "av")`` divides by the root mean square of the two
    SDs and agrees with d_av only where they are equal. The three answer different questions and
    must not be compared with each other.
    """
    import numpy as np

    if method == D_AV:
        return mean_change / ((sd_pre + sd_post) / 2)
    sd_change = np.sqrt(np.maximum(sd_pre**2 + sd_post**2 - 2 * correlation * sd_pre * sd_post, 0))
    if method == D_Z:
        return mean_change / sd_change
    return mean_change / sd_change * np.sqrt(2 * (1 - correlation))


def standardised_sizes(
    before: np.ndarray,
    after: np.ndarray,
    *,
    households: np.ndarray | None = None,
    resamples: int = 0,
    n_missing: int = 0,
    level: float = 0.95,
) -> dict[str, Statistic]:
    """Estimate d_z, d_av and d_rm of matched pairs, and g = J(n - 1) d of each.

    Parameters
    ----------
    before, after
        Scores of the same people in the same order, none missing.
    households
        A label a person; members of one household are drawn together. ``None``: each alone.
    resamples
        Bootstrap draws for the BCa intervals; 0 leaves d_av and d_rm without an interval.
    n_missing
        People who should be pairs and are not; only carried along.

    Returns
    -------
    dict of str to Statistic
        Six sizes by method code, unit ``sd``. The interval of d_z is analytic (non-central t,
        ncp = d_z sqrt(n)); those of d_av and d_rm are BCa. Where both exist, ``details`` of d_z
        hold ``bca_low`` and ``bca_high``. ``not_estimable`` without variance.
    """
    found: dict[str, Statistic] = {}
    for plain, corrected in CORRECTED.items():
        size = _size(plain, before, after)
        if isinstance(size, str):
            common: dict[str, Any] = {"n": len(before), "unit": "sd", "n_missing": n_missing}
            found[plain] = refuse(plain, size, reference=D_REFERENCE, **common)
            found[corrected] = refuse(corrected, size, reference=G_REFERENCE, **common)
            continue
        low, high = (None, None)
        if resamples:
            low, high = bca_size(plain, before, after, households, resamples, level)
        details: dict[str, float | int | None] = {}
        if plain == D_Z:
            details = {"bca_low": low, "bca_high": high} if resamples else {}
            low, high = _noncentral_interval(size, len(before), level)
        found[plain] = Statistic(
            method_code=plain,
            estimate=size,
            n=len(before),
            unit="sd",
            reference=D_REFERENCE,
            ci_low=low,
            ci_high=high,
            n_missing=n_missing,
            details=details,
            assumptions={"independent_people": _independence(plain, households)},
        )
        found[corrected] = _corrected(corrected, found[plain])
    return found


def bca_size(
    method: str,
    before: np.ndarray,
    after: np.ndarray,
    households: np.ndarray | None,
    resamples: int,
    level: float = 0.95,
) -> tuple[float | None, float | None]:
    """Return the BCa interval of one size, drawing households; see :mod:`assets.impact.resampling`."""
    import numpy as np

    # One common shift changes no size and keeps sums of squares from swallowing small spreads.
    centre = float(np.concatenate([before, after]).mean())
    x, y = before - centre, after - centre
    columns = np.column_stack([np.ones_like(x), x, y, x * x, y * y, x * y])

    def statistic(sums: np.ndarray) -> np.ndarray:
        n, sx, sy, sxx, syy, sxy = sums
        var_x = np.maximum(sxx - sx * sx / n, 0) / (n - 1)
        var_y = np.maximum(syy - sy * sy / n, 0) / (n - 1)
        sd_x, sd_y = np.sqrt(var_x), np.sqrt(var_y)
        correlation = (sxy - sx * sy / n) / (n - 1) / (sd_x * sd_y)
        return np.asarray(d_from_summary(method, (sy - sx) / n, sd_x, sd_y, correlation))

    return bca_interval(columns, statistic, households, resamples=resamples, level=level)


def _size(method: str, before: np.ndarray, after: np.ndarray) -> float | str:
    """Return the size, or why there is none."""
    import numpy as np

    if len(before) < MIN_PAIRS:
        return "no_pairs"
    change = after - before
    sd_pre, sd_post, sd = (float(each.std(ddof=1)) for each in (before, after, change))
    dust = _DUST * max(1.0, float(np.abs(np.concatenate([before, after])).max()))
    varies = sd_pre > dust and sd_post > dust
    mean = float(change.mean())
    if method == D_AV:
        return mean / ((sd_pre + sd_post) / 2) if sd_pre + sd_post > dust else "no_variance"
    if sd <= dust or (method == D_RM and not varies):
        return "no_variance"
    if method == D_Z:
        return mean / sd
    r = float(np.corrcoef(before, after)[0, 1])
    return mean / sd * sqrt(2 * max(0.0, 1 - r))


def _corrected(code: str, plain: Statistic) -> Statistic:
    """Return the Hedges-corrected twin; J is a constant, so it scales the interval too."""
    if plain.n < 3:
        return refuse(
            code,
            "too_few_pairs",
            n=plain.n,
            unit="sd",
            reference=G_REFERENCE,
            n_missing=plain.n_missing,
        )
    j = hedges_j(plain.n - 1)
    scaled = [None if each is None else j * each for each in (plain.ci_low, plain.ci_high)]
    return Statistic(
        method_code=code,
        estimate=j * plain.estimate if plain.estimate is not None else None,
        n=plain.n,
        unit="sd",
        reference=G_REFERENCE,
        ci_low=scaled[0],
        ci_high=scaled[1],
        n_missing=plain.n_missing,
        details={"hedges_j": j},
        assumptions=plain.assumptions,
    )


def _independence(method: str, households: np.ndarray | None) -> str:
    """Say whether the interval's unit is independent: BCa draws households, the t people."""
    outcome = independence(households)
    return "held" if method != D_Z and outcome == "doubtful" else outcome


def _noncentral_interval(d: float, n: int, level: float) -> tuple[float | None, float | None]:
    """Find the non-centrality parameters that put t at the two tails of the non-central t."""
    t_value, df = d * sqrt(n), n - 1
    if abs(t_value) > LARGEST_T:
        return None, None
    from scipy.special import nctdtrinc

    tail = (1 - level) / 2
    near = finite(float(nctdtrinc(df, 1 - tail, abs(t_value))))
    far = finite(float(nctdtrinc(df, tail, abs(t_value))))
    if near is None or far is None:
        return None, None
    ends = (near, far) if t_value >= 0 else (-far, -near)
    return ends[0] / sqrt(n), ends[1] / sqrt(n)
