"""What do several programmes say together? Random-effects meta-analysis, for few programmes.

The model: y_i = mu + u_i + e_i, with e_i ~ N(0, se_i^2) known and u_i ~ N(0, tau^2). ``mu`` is the
mean over programmes like these; no single programme need have it. Two estimates of tau^2 are
offered, restricted maximum likelihood and DerSimonian and Laird's; intervals are those of Hartung,
Knapp, Sidik and Jonkman, which allow for tau^2 being estimated from a handful of programmes.

statsmodels' ``combine_effects`` has neither REML, nor a prediction interval, nor an interval of
tau^2; what both have is compared in ``tests/spec/test_meta_analysis.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assets.estimates import Statistic, refuse

if TYPE_CHECKING:
    import numpy as np

POOLED, POOLED_LOGIT, POOLED_DL = "pooled_reml", "pooled_logit", "pooled_dl"
REFERENCE = "Viechtbauer 2005, Journal of Educational and Behavioral Statistics 30:261-293"
LEVEL = 0.95
#: A prediction needs the spread of the programmes, which two cannot tell.
LEAST_TO_POOL, LEAST_TO_PREDICT = 2, 3
Interval = Literal["knapp_hartung", "normal"]
Estimator = Literal["reml", "dl"]


@dataclass(frozen=True)
class Heterogeneity:
    """How much programmes differ beyond chance.

    Attributes
    ----------
    q, q_p
        Cochran's Q, chi-square with k - 1 degrees of freedom where all programmes have one effect.
    tau2, tau2_se, tau2_low, tau2_high
        Variance between programmes (squared units of the effect), and its 95 % Q-profile interval.
    i2, i2_low, i2_high
        Share (0-1) of the total variance that is between programmes, at the typical error.
    """

    q: float
    q_p: float
    tau2: float
    tau2_se: float
    tau2_low: float
    tau2_high: float
    i2: float
    i2_low: float
    i2_high: float


def pool(
    effects: Sequence[float],
    errors: Sequence[float],
    *,
    unit: str,
    estimator: Estimator = "reml",
    interval: Interval = "knapp_hartung",
    method_code: str | None = None,
) -> Statistic:
    """Return the mean effect over programmes, with how far a new one may lie from it.

    mu = sum w_i y_i / sum w_i, w_i = 1 / (se_i^2 + tau^2). Its error by Knapp and Hartung is
    sqrt(q / sum w_i), q = sum w_i (y_i - mu)^2 / (k - 1), never less than sqrt(1 / sum w_i) (the
    'ad hoc' floor: few alike programmes do not make an interval narrower than chance allows), with
    t of k - 1 degrees of freedom. The 95 % prediction interval is mu +- t sqrt(tau^2 + error^2).

    Parameters
    ----------
    effects, errors
        One a programme: effect and standard error, in one unit; a pair with a missing part is left
        out and counted in ``n_missing``.
    unit
        Of the effects.
    estimator
        Of tau^2: ``reml``, or ``dl`` (DerSimonian and Laird).
    interval
        ``normal`` takes tau^2 for known, as in most older meta-analyses; too narrow with few.

    Returns
    -------
    Statistic
        ``n`` is the number of programmes; details are those of ``Heterogeneity`` and
        ``prediction_low``, ``prediction_high`` (``None`` with fewer than three programmes).
        Refused with fewer than two, or where an error is not above zero.

    References
    ----------
    Viechtbauer 2005 (REML); DerSimonian & Laird 1986, Controlled Clinical Trials 7:177-188; Knapp &
    Hartung 2003, Statistics in Medicine 22:2693-2710; Roever, Knapp & Friede 2015, BMC Medical
    Research Methodology 15:99 (the floor); IntHout, Ioannidis, Rovers & Goeman 2016, BMJ Open
    6:e010247 (prediction). Matches ``metafor::rma(yi, sei = se, test = "adhoc")`` and
    ``predict()``; with ``normal``, ``metafor::rma(yi, sei = se)``.
    """
    import numpy as np
    from scipy.stats import norm, t

    code = method_code or (POOLED if estimator == "reml" else POOLED_DL)
    y, se = np.asarray(effects, dtype=float), np.asarray(errors, dtype=float)
    known = np.isfinite(y) & np.isfinite(se)
    missing, y, se = int((~known).sum()), y[known], se[known]
    k = len(y)
    if k < LEAST_TO_POOL or (se <= 0).any():
        reason = "no_spread" if k >= LEAST_TO_POOL else "too_few_programmes"
        return refuse(code, reason, n=k, unit=unit, reference=REFERENCE, n_missing=missing)
    found = heterogeneity(y, se**2, estimator)
    mean, weights = _mean(y, se**2 + found.tau2)
    error = float(np.sqrt(1 / weights.sum()))
    reach = float(norm.ppf((1 + LEVEL) / 2))
    p = float(2 * norm.sf(abs(mean / error)))
    if interval == "knapp_hartung":
        scale = float((weights * (y - mean) ** 2).sum() / (k - 1))
        error *= max(1.0, scale) ** 0.5
        reach = float(t.ppf((1 + LEVEL) / 2, k - 1))
        p = float(2 * t.sf(abs(mean / error), k - 1))
    ahead = reach * (found.tau2 + error**2) ** 0.5 if k >= LEAST_TO_PREDICT else None
    return Statistic(
        method_code=code,
        estimate=mean,
        n=k,
        unit=unit,
        reference=REFERENCE,
        se=error,
        ci_low=mean - reach * error,
        ci_high=mean + reach * error,
        p_value=p,
        n_missing=missing,
        details={
            **vars(found),
            "prediction_low": None if ahead is None else mean - ahead,
            "prediction_high": None if ahead is None else mean + ahead,
        },
    )


def heterogeneity(
    effects: np.ndarray, variances: np.ndarray, estimator: Estimator = "reml"
) -> Heterogeneity:
    """Return how much programmes differ beyond what their own errors explain.

    Q = sum (y_i - m)^2 / v_i about the inverse-variance mean m. I^2 = tau^2 / (tau^2 + s^2), with
    s^2 = (k - 1) sum w / ((sum w)^2 - sum w^2), w = 1 / v, the typical variance. The interval of
    tau^2 holds the values at which Q, with weights 1 / (v + tau^2), is neither too large nor too
    small for chi-square with k - 1 degrees of freedom; that of I^2 follows from it.

    Parameters
    ----------
    effects, variances
        Arrays of the same length k, at least 2; variances above zero.

    References
    ----------
    Cochran 1954, Biometrics 10:101-129; Higgins & Thompson 2002, Statistics in Medicine
    21:1539-1558; Viechtbauer 2007, Statistics in Medicine 26:37-52 (Q-profile). Matches
    ``metafor::rma`` and ``confint``.
    """
    from scipy.stats import chi2

    k, w = len(effects), 1 / variances
    tau2 = (tau2_reml if estimator == "reml" else tau2_dl)(effects, variances)
    typical = float((k - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum()))

    def q_at(between: float) -> float:
        mean, weights = _mean(effects, variances + between)
        return float((weights * (effects - mean) ** 2).sum())

    def share(between: float) -> float:
        return between / (between + typical)

    alpha = 1 - LEVEL
    low = _root(lambda x: q_at(x) - float(chi2.isf(alpha / 2, k - 1)))
    high = _root(lambda x: q_at(x) - float(chi2.isf(1 - alpha / 2, k - 1)))
    q = q_at(0.0)
    return Heterogeneity(
        q=q,
        q_p=float(chi2.sf(q, k - 1)),
        tau2=tau2,
        tau2_se=_tau2_se(variances, tau2, estimator),
        tau2_low=low,
        tau2_high=high,
        i2=share(tau2),
        i2_low=share(low),
        i2_high=share(high),
    )


def tau2_dl(effects: np.ndarray, variances: np.ndarray) -> float:
    """Return DerSimonian and Laird's variance between programmes, never below zero.

    (Q - (k - 1)) / (sum w - sum w^2 / sum w), w = 1 / v. Matches ``metafor::rma(method = "DL")``.
    """
    mean, w = _mean(effects, variances)
    q = float((w * (effects - mean) ** 2).sum())
    return max(0.0, (q - (len(effects) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def _tau2_se(variances: np.ndarray, tau2: float, estimator: Estimator) -> float:
    """Return the standard error of tau^2, as ``metafor::rma`` gives it.

    REML: sqrt(2 / tr(PP)), weights 1 / (v + tau^2). DerSimonian and Laird, by the variance of Q:
    sqrt(2 (k - 1) + 4 tau^2 c + 2 tau^4 tr(PP)) / c, c = sum w - sum w^2 / sum w, w = 1 / v.
    """
    if estimator == "reml":
        return (2 / _trace_pp(1 / (variances + tau2))) ** 0.5
    w = 1 / variances
    c = float(w.sum() - (w**2).sum() / w.sum())
    return (2 * (len(w) - 1) + 4 * tau2 * c + 2 * tau2**2 * _trace_pp(w)) ** 0.5 / c


def tau2_reml(effects: np.ndarray, variances: np.ndarray) -> float:
    """Return the restricted maximum likelihood variance between programmes.

    Where its score, sum w^2 (y - mu)^2 - sum w + sum w^2 / sum w with w = 1 / (v + tau^2), comes down
    through zero, or 0 where it falls from the start; of several such tops (errors very unlike each
    other) the highest. Matches ``metafor::rma(method = "REML")``.
    """
    import numpy as np
    from scipy.optimize import brentq

    def score(between: float) -> float:
        mean, w = _mean(effects, variances + between)
        squares = float((w**2 * (effects - mean) ** 2).sum())
        return squares - float(w.sum() - (w**2).sum() / w.sum())

    def likelihood(between: float) -> float:
        mean, w = _mean(effects, variances + between)
        return float(np.log(w).sum() - np.log(w.sum()) - (w * (effects - mean) ** 2).sum())

    # From half the square of the effects' range on the score is never above zero.
    widest = max(float(np.ptp(effects)) ** 2, 1e-12)
    steps = [0.0, *np.geomspace(widest * 1e-9, widest, 100)]
    slopes = [score(each) for each in steps]
    tops = [0.0] if slopes[0] <= 0 else []
    for low, high, before, after in zip(steps, steps[1:], slopes, slopes[1:], strict=False):
        if before > 0 >= after:
            tops.append(float(brentq(score, low, high, xtol=1e-14, rtol=1e-13)))
    return max(tops, key=likelihood)


def logit_of_share(
    share: float, n: float, ci_low: float | None = None, ci_high: float | None = None
) -> tuple[float, float]:
    """Return the logit of a share and its standard error.

    se = 1 / sqrt(n p (1 - p)). Where Wilson's 95 % interval is known, n is the one it was made
    with (people who live together count for less): on the logit scale it is symmetric with half
    width 2 asinh(z / (2 sqrt(n p q))), which is solved for n p q. A share of 0 or 1 takes half a
    unit on each side.

    Parameters
    ----------
    share
        0 to 1.
    n
        Its base.

    Returns
    -------
    tuple of float
        Matches ``metafor::escalc(measure = "PLO", xi, ni)``.

    References
    ----------
    Newcombe 2001, The American Statistician 55:200-202.
    """
    from math import log, sinh, sqrt

    from scipy.stats import norm

    if share <= 0 or share >= 1:
        share, n = (share * n + 0.5) / (n + 1), n + 1
        ci_low = None
    logit = log(share / (1 - share))
    information = n * share * (1 - share)
    if ci_low is not None and ci_high is not None and 0 < ci_low < ci_high < 1:
        half = (log(ci_high / (1 - ci_high)) - log(ci_low / (1 - ci_low))) / 2
        z = float(norm.ppf((1 + LEVEL) / 2))
        information = (z / (2 * sinh(half / 2))) ** 2
    return logit, 1 / sqrt(information)


def logit_by_delta(share: float, error: float) -> tuple[float, float]:
    """Return the logit of a share whose error is known: se / (p (1 - p)), by the delta method."""
    from math import log

    return log(share / (1 - share)), error / (share * (1 - share))


def back_to_share(pooled: Statistic) -> Statistic:
    """Return what was pooled as logits as shares; error and p stay behind, the intervals come along.

    The p of a logit is against 0, a share of one half: nobody asked whether half the people stay.
    Matches ``predict(res, transf = transf.ilogit)``. tau^2 and its error stay on the logit scale.
    """
    from dataclasses import replace

    if pooled.estimate is None:
        return pooled
    ends = {x: _share(pooled.details[x]) for x in ("prediction_low", "prediction_high")}
    details: Mapping[str, float | int | None] = {**pooled.details, **ends}
    return replace(
        pooled,
        estimate=_share(pooled.estimate),
        se=None,
        p_value=None,
        ci_low=_share(pooled.ci_low),
        ci_high=_share(pooled.ci_high),
        details=details,
    )


def _share(logit: float | None) -> float | None:
    from scipy.special import expit

    return None if logit is None else float(expit(logit))


def _mean(effects: np.ndarray, variances: np.ndarray) -> tuple[float, np.ndarray]:
    weights = 1 / variances
    return float((weights * effects).sum() / weights.sum()), weights


def _trace_pp(w: np.ndarray) -> float:
    """Return tr(PP), P = W - W11'W / sum w: the information about tau^2, twice."""
    whole, squares = float(w.sum()), float((w**2).sum())
    return squares - 2 * float((w**3).sum()) / whole + (squares / whole) ** 2


def _root(falling: Callable[[float], float]) -> float:
    """Return where a function that falls crosses zero; 0 where it is not above zero at 0."""
    from scipy.optimize import brentq

    if falling(0.0) <= 0:
        return 0.0
    high = 1e-6
    while falling(high) > 0:
        high *= 4
    return float(brentq(falling, 0.0, high, xtol=1e-12, rtol=1e-12))
