"""How long until something ends? Kaplan-Meier, with those not ended yet counted as censored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MEAN_CLOSED = "mean_closed"
MEDIAN_CLOSED = "median_closed"
MEDIAN = "kaplan_meier_median"
SURVIVAL = "kaplan_meier_survival"
REFERENCE = (
    "Kaplan & Meier 1958, JASA 53:457-481; interval: Greenwood on the log(-log) scale,"
    " Kalbfleisch & Prentice 1980"
)


def waiting_days(
    opened: pd.Series, closed: pd.Series, censored_on: pd.Timestamp
) -> tuple[pd.Series, pd.Series]:
    """Turn opening and closing dates into days waited and whether the end was seen.

    Parameters
    ----------
    opened, closed
        Dates; a missing ``closed``, or one after ``censored_on``, is still open at that date.
    censored_on
        Last date the file can know of: usually the last date in it.

    Returns
    -------
    days : Series of float
        Days from opening to closing or to ``censored_on``. Same day: 0. NaN where ``opened`` is
        missing, lies after ``censored_on``, or after the closing date (an impossible wait).
    is_closed : Series of bool
        Whether the closing was seen.
    """
    is_closed = closed.notna() & (closed <= censored_on)
    days = (closed.where(is_closed, censored_on) - opened).dt.days.astype("float64")
    return days.where(days >= 0), is_closed


def mean_closed_days(days: pd.Series, is_closed: pd.Series) -> Statistic:
    """Return the mean wait of the closed ones only: low wherever many are still open."""
    return _closed_only(MEAN_CLOSED, days, is_closed, float(days[is_closed].mean()))


def median_closed_days(days: pd.Series, is_closed: pd.Series) -> Statistic:
    """Return the median wait of the closed ones only: low wherever many are still open."""
    return _closed_only(MEDIAN_CLOSED, days, is_closed, float(days[is_closed].median()))


def _closed_only(method: str, days: pd.Series, is_closed: pd.Series, value: float) -> Statistic:
    n = int(days[is_closed].notna().sum())
    if n == 0:
        return refuse(method, "no_units", n=0, unit="days", reference="", n_missing=len(days))
    return Statistic(
        method_code=method,
        estimate=value,
        n=n,
        unit="days",
        reference="",
        n_missing=len(days) - n,
    )


def kaplan_meier_median(days: pd.Series, is_closed: pd.Series, *, level: float = 0.95) -> Statistic:
    """Estimate the median waiting time.

    Definition: the shortest time t with S(t) <= 0.5; the interval holds the times at which the
    log(-log) band of S covers 0.5.

    Parameters
    ----------
    days, is_closed
        As :func:`waiting_days` returns them; rows with missing days are left out and counted.
    level
        Confidence level.

    Returns
    -------
    Statistic
        Unit ``days``; ``not_estimable`` when fewer than half have ended (``median_not_reached``)
        or nobody is left; ``ci_high`` is ``None`` when the band never falls below a half.

    Notes
    -----
    Assumes that being still open says nothing about how long it will take (non-informative
    censoring). Matches ``survival::survfit(Surv(days, closed) ~ 1, conf.type = "log-log")``
    except where S is exactly 0.5, where R reports the middle of the flat stretch.
    """
    curve, n, n_missing = _curve(days, is_closed)
    if curve is None:
        return refuse(
            MEDIAN, "no_units", n=n, unit="days", reference=REFERENCE, n_missing=n_missing
        )
    closed_n = int(curve.n_events.sum())
    median = _first_time(curve.surv_times, curve.surv_prob)
    if median is None:
        return refuse(
            MEDIAN,
            "median_not_reached",
            n=n,
            unit="days",
            reference=REFERENCE,
            n_missing=n_missing,
        )
    low, high = _band(curve, level)
    return Statistic(
        method_code=MEDIAN,
        estimate=median,
        n=n,
        unit="days",
        reference=REFERENCE,
        ci_low=_first_time(curve.surv_times, low),
        ci_high=_first_time(curve.surv_times, high),
        n_missing=n_missing,
        details={"closed_n": closed_n, "censored_n": n - closed_n},
    )


def kaplan_meier_survival(
    days: pd.Series, is_closed: pd.Series, at_days: float, *, level: float = 0.95
) -> Statistic:
    """Estimate the share still waiting after a number of days, S(t) = product of (1 - d/n).

    Parameters
    ----------
    days, is_closed
        As :func:`waiting_days` returns them.
    at_days
        The time asked about; an event on that very day counts as happened.
    level
        Confidence level.

    Returns
    -------
    Statistic
        Unit ``share``; ``se`` is Greenwood's; ``not_estimable`` beyond the longest
        observation if somebody was then still waiting: the curve says nothing there.
    """
    import numpy as np

    curve, n, n_missing = _curve(days, is_closed)
    longest = float(days.max()) if n else 0.0
    if curve is None or (at_days > longest and (curve.surv_prob[-1:] > 0).all()):
        reason = "no_units" if curve is None else "beyond_follow_up"
        return refuse(SURVIVAL, reason, n=n, unit="share", reference=REFERENCE, n_missing=n_missing)
    closed_n = int(curve.n_events.sum())
    step = int(np.searchsorted(curve.surv_times, at_days, side="right")) - 1
    if step < 0:  # before the first event everybody waits, and nothing says how sure that is
        estimate, se, low, high = 1.0, None, None, None
    else:
        band_low, band_high = _band(curve, level)
        estimate, se = float(curve.surv_prob[step]), finite(float(curve.surv_prob_se[step]))
        low, high = finite(float(band_low[step])), finite(float(band_high[step]))
    return Statistic(
        method_code=SURVIVAL,
        estimate=estimate,
        n=n,
        unit="share",
        reference=REFERENCE,
        se=se,
        ci_low=low,
        ci_high=high,
        n_missing=n_missing,
        details={
            "at_days": at_days,
            "closed_n": closed_n,
            "censored_n": n - closed_n,
            "followed_beyond_n": int((days > at_days).sum()),
            "known_n": int(((days >= at_days) | (is_closed & days.notna())).sum()),
        },
    )


def _curve(days: pd.Series, is_closed: pd.Series) -> tuple[Any, int, int]:
    """Return statsmodels' curve (or ``None`` without any unit), units used and left out."""
    from statsmodels.duration.survfunc import SurvfuncRight

    known = days.notna()
    n = int(known.sum())
    if n == 0:
        return None, 0, int((~known).sum())
    curve = SurvfuncRight(days[known].to_numpy(dtype=float), is_closed[known].to_numpy(dtype=float))
    return curve, n, int((~known).sum())


def _first_time(times: np.ndarray, survival: np.ndarray, share: float = 0.5) -> float | None:
    """Return the first time at which a curve is at or below a share (rounding dust allowed)."""
    import numpy as np

    reached = np.flatnonzero(survival <= share + 1e-12)
    return float(times[reached[0]]) if len(reached) else None


def _band(curve: Any, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the pointwise log(-log) band; it stays within 0 and 1 (NaN where S is 0 or 1)."""
    import numpy as np
    from scipy.stats import norm

    s, se = curve.surv_prob, curve.surv_prob_se
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = float(norm.ppf(0.5 + level / 2)) * se / (s * np.abs(np.log(s)))
        low, high = s ** np.exp(reach), s ** np.exp(-reach)
    # At S = 0 the band is undefined: the curve itself is 0 there and the upper limit unknown.
    return np.where(s > 0, low, 0.0), np.where(s > 0, high, np.nan)
