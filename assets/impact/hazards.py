"""What makes an ending come sooner? Cox's proportional hazards, with the assumption tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse
from assets.impact.proportional import proportional_hazards_test

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COX = "cox_hazard_ratio"
REFERENCE = "Cox 1972, JRSS B 34:187-220; ties: Efron 1977, JASA 72:557-565"
MIN_EVENTS = 5  # endings per term: Vittinghoff & McCulloch 2007, AJE 165:710-718
SIGNIFICANT = 0.05
STEPS = 50
FLAT = 10.0  # |log hazard ratio| beyond which the likelihood has no maximum worth the name


def cox(
    days: pd.Series, ended: pd.Series, covariates: pd.DataFrame, *, level: float = 0.95
) -> dict[str, Statistic]:
    """Estimate hazard ratios: by what factor a term hastens the ending.

    Model: h(t) = h0(t) exp(x b), h0 left free; partial likelihood, ties by Efron. The ratio is
    exp(b) for one unit more of the term, the others alike; its interval exp(b -+ z se).

    Parameters
    ----------
    days, ended
        Time to the ending or to the end of observation, and whether it was seen.
    covariates
        Numbers, one column a term; rows with anything missing are left out and counted.
    level
        Confidence level.

    Returns
    -------
    dict of str to Statistic
        Term -> ``cox_hazard_ratio``, unit ``ratio``, ``se`` on the log scale. Details: endings,
        the p of the term's test of proportional hazards and of all terms together. Refused with
        fewer than 5 endings per term, terms that cannot be told apart, or a term that separates
        those who ended from those who did not (its ratio would be infinite).

    Notes
    -----
    Assumption ``proportional_hazards``: ``doubtful`` where the test of Grambsch and Therneau
    (:func:`proportional_hazards_test`, time on the Kaplan-Meier scale) has p < 0.05 for the term
    or for all together, else ``held``; a ratio that is doubtful is an average over time and no
    law. Assumption ``non_informative_censoring`` cannot be checked on the data. Matches
    ``survival::coxph(Surv(days, ended) ~ x)`` and ``cox.zph``.
    """
    import numpy as np

    known = covariates.notna().all(axis=1) & days.notna()
    x = covariates[known].astype("float64")
    time, seen = days[known].to_numpy(dtype=float), ended[known].to_numpy(dtype=bool)
    n, n_missing, events_n = len(x), int((~known).sum()), int(seen.sum())
    reason = None
    if events_n < MIN_EVENTS * x.shape[1]:
        reason = "too_few_events"
    elif int(np.linalg.matrix_rank((x - x.mean()).to_numpy())) < x.shape[1]:
        reason = "terms_not_separable"
    fitted = None if reason else _fit(time, seen, x)
    if not reason and fitted is None:
        reason = "perfect_separation"
    if fitted is None:
        return {
            str(term): refuse(
                COX,
                str(reason),
                n=n,
                unit="ratio",
                reference=REFERENCE,
                n_missing=n_missing,
            )
            for term in x.columns
        }
    test = proportional_hazards_test(time, seen, x, fitted.params)
    details = {"events_n": events_n, "proportional_p_all": test.p_all}
    return {
        str(term): _ratio(fitted, place, test.p_by_term[place], level, n, n_missing, details)
        for place, term in enumerate(x.columns)
    }


@dataclass(frozen=True)
class _Fitted:
    """Log hazard ratios and their standard errors, by term."""

    params: np.ndarray
    bse: np.ndarray


def _fit(time: np.ndarray, seen: np.ndarray, x: pd.DataFrame) -> _Fitted | None:
    """Fit, or return ``None`` where the likelihood rises without end."""
    import warnings

    import numpy as np
    from statsmodels.duration.hazard_regression import PHReg

    terms = x.to_numpy()
    spread = terms.std(axis=0)
    scaled = (terms - terms.mean(axis=0)) / spread
    model = PHReg(time, scaled, status=seen.astype(float), ties="efron")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what they say is judged below, on the estimate itself
        try:
            b = _highest(model, np.zeros(scaled.shape[1]))
            errors = np.sqrt(np.diag(np.linalg.inv(-model.hessian(b))))
        except np.linalg.LinAlgError:
            return None
    is_sound = bool(np.isfinite(errors).all()) and max(np.abs(b).max(), errors.max()) < FLAT
    # A ratio beyond what a number can hold is none, whatever the unit of the term.
    if not is_sound or ((np.abs(b) + 3 * errors) / spread).max() >= 500:
        return None
    return _Fitted(b / spread, errors / spread)


def _highest(model: Any, b: np.ndarray) -> np.ndarray:
    """Climb the likelihood by Newton's steps, each halved until it does not lead down.

    Whole steps, which statsmodels takes, lead out of all numbers where a term is skewed.
    """
    import numpy as np

    height = model.loglike(b)
    for _ in range(STEPS):
        step = -np.linalg.solve(model.hessian(b), model.score(b))
        reached = model.loglike(b + step)
        while not reached >= height and np.abs(step).max() > 1e-12:
            step = step / 2
            reached = model.loglike(b + step)
        if not reached >= height:
            break
        b, gained, height = b + step, reached - height, reached
        if gained < 1e-12 * abs(height):
            break
    return b


def _ratio(
    fitted: _Fitted,
    place: int,
    p_proportional: float,
    level: float,
    n: int,
    n_missing: int,
    details: Mapping[str, float | int | None],
) -> Statistic:
    from scipy.stats import norm

    b, se = float(fitted.params[place]), float(fitted.bse[place])
    reach = float(norm.ppf(0.5 + level / 2)) * se
    together = details["proportional_p_all"]
    is_doubtful = p_proportional < SIGNIFICANT or (together is not None and together < SIGNIFICANT)
    return Statistic(
        method_code=COX,
        estimate=exp(b),
        n=n,
        unit="ratio",
        reference=REFERENCE,
        se=se,
        ci_low=exp(b - reach),
        ci_high=exp(b + reach),
        p_value=finite(float(2 * norm.sf(abs(b) / se))),
        n_missing=n_missing,
        details={**details, "proportional_p": p_proportional},
        assumptions={"proportional_hazards": "doubtful" if is_doubtful else "held"},
    )
