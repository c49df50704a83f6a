"""Who did not come back, and would they change the answer? Comparison and weighting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse
from assets.impact.balance import level_difference, standardised_difference
from assets.impact.change import clustered_mean
from schemas.estimates import UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DIFFERENCE, PREDICTABLE = "attrition_difference", "attrition_auc"
WEIGHTED = "mean_change_weighted"
PREDICTABLE_REFERENCE = "Hanley & McNeil 1982, Radiology 143:29-36; likelihood ratio test"
WEIGHTED_REFERENCE = (
    "Robins, Rotnitzky & Zhao 1995, JASA 90:106-121; Cole & Hernán 2008, doi 10.1093/aje/kwn164"
)
#: Shares of the weights beyond which they are cut (Cole & Hernan 2008, table 2).
TRUNCATED_AT = (0.01, 0.99)
#: Fewest people of the rarer kind for each parameter of the model of staying.
MIN_EVENTS = 3
_REACHED = 1e-8


@dataclass(frozen=True)
class Staying:
    """A logistic model of staying: ``fixed`` (estimate, se by term), and each person's chance."""

    fixed: pd.DataFrame
    chance: np.ndarray
    likelihood_ratio_p: float | None


def difference_of_lost(values: pd.Series, stayed: pd.Series) -> Statistic:
    """Compare those who stayed with those who were lost on one characteristic.

    Numbers and codes as in :mod:`assets.impact.balance`; stayed minus lost; not known is a code of
    its own, and a number that is not known is left out.

    Parameters
    ----------
    values
        One a person; numbers, or codes.
    stayed
        Same index, whether the person is in the pairs.

    Returns
    -------
    Statistic
        Unit ``sd``; 0.1 and less is usually called small. ``n``: people compared.

    Notes
    -----
    Matches ``tableone::CreateTableOne(..., smd = TRUE)``.
    """
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values):
        found = standardised_difference(values[stayed], values[~stayed])
    else:
        codes = values.astype("string").fillna(UNKNOWN)
        found = level_difference(codes[stayed], codes[~stayed])
    return replace(found, method_code=DIFFERENCE)


def stay_model(
    stayed: np.ndarray, terms: pd.DataFrame, *, min_events: int = MIN_EVENTS
) -> Staying | str:
    """Fit log odds of staying = a + X b by maximum likelihood.

    Parameters
    ----------
    stayed
        True or false a person.
    terms
        Numbers, same order; a constant is added.
    min_events
        Fewest people of the rarer kind for each parameter.

    Returns
    -------
    Staying or str
        Or why there is none: ``too_few_persons`` (fewer than ``min_events`` for each parameter), ``separation`` (a term tells the two kinds apart without error),
        ``not_converged``.

    Notes
    -----
    Matches ``glm(stayed ~ x, family = binomial)``.
    """
    import warnings

    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    y = np.asarray(stayed, dtype=float)
    design = np.column_stack([np.ones(len(terms)), terms.to_numpy(dtype=float)])
    if min(y.sum(), len(y) - y.sum()) < min_events * design.shape[1]:
        return "too_few_persons"
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # separation and convergence are judged below
        try:
            fitted = sm.Logit(y, design).fit(disp=0, maxiter=100)
        except (np.linalg.LinAlgError, ValueError):
            return "separation"
    chance = np.asarray(fitted.predict())
    if chance.min() < _REACHED or chance.max() > 1 - _REACHED or np.abs(fitted.params).max() > 1e3:
        return "separation"
    if not fitted.mle_retvals["converged"]:
        return "not_converged"
    fixed = pd.DataFrame(
        {"estimate": fitted.params, "se": fitted.bse}, index=["intercept", *map(str, terms.columns)]
    )
    ratio = finite(float(fitted.llr_pvalue)) if design.shape[1] > 1 else None
    return Staying(fixed=fixed, chance=chance, likelihood_ratio_p=ratio)


def predictability(stayed: np.ndarray, model: Staying | str) -> Statistic:
    """Say how well what is known at the start tells who stays: area under the ROC curve.

    0.5: not at all; 1: without error. SE by Hanley & McNeil; p by the likelihood ratio test of the
    whole model. The same people make and judge the model, so that it flatters a little.
    """
    n, staying = len(stayed), int(stayed.sum())
    common: dict[str, Any] = {"n": n, "unit": "ratio", "reference": PREDICTABLE_REFERENCE}
    if isinstance(model, str):
        return refuse(PREDICTABLE, model, **common)
    from scipy.stats import norm, rankdata

    lost = n - staying
    ranks = rankdata(model.chance)
    area = (float(ranks[stayed].sum()) - staying * (staying + 1) / 2) / (staying * lost)
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (staying - 1) * (q1 - area**2) + (lost - 1) * (q2 - area**2)
    se = sqrt(max(variance, 0.0) / (staying * lost))
    half = float(norm.ppf(0.975)) * se
    return Statistic(
        method_code=PREDICTABLE,
        estimate=area,
        se=se,
        ci_low=max(0.0, area - half),
        ci_high=min(1.0, area + half),
        p_value=model.likelihood_ratio_p,
        assumptions={"enough_lost": _enough(stayed, model)},
        **common,
    )


def weighted_change(
    pairs: pd.DataFrame, model: Staying | str, households: pd.Series | None = None
) -> Statistic:
    """Estimate the mean change with each person standing for those like them who were lost.

    Weight = share who stayed / chance of staying (stabilised), cut at the 1st and 99th percentile
    of the weights; mean and cluster-robust SE as :func:`assets.impact.change.clustered_mean`.

    Parameters
    ----------
    pairs
        Index person, everybody eligible: ``pre``, and ``post``, null for those lost (points).
    model
        :func:`stay_model` of the same people in the same order.
    households
        Label a person.

    Returns
    -------
    Statistic
        Points; ``details``: ``largest_weight`` (before the cut), ``cut_n``, ``effective_n``
        (Kish: sum(w)^2 / sum(w^2)).

    Notes
    -----
    Assumes that whoever stays is like those lost who share their characteristics. The weights
    count as known, which makes the interval rather too wide.
    """
    import numpy as np

    stayed = pairs["post"].notna().to_numpy()
    lost = int((~stayed).sum())
    if isinstance(model, str):
        return refuse(
            WEIGHTED,
            model,
            n=int(stayed.sum()),
            unit="points",
            reference=WEIGHTED_REFERENCE,
            n_missing=lost,
        )
    weights = stayed.mean() / model.chance[stayed]
    low, high = np.quantile(weights, TRUNCATED_AT)
    cut = np.clip(weights, low, high)
    clusters = None if households is None else households.reindex(pairs.index).to_numpy()[stayed]
    change = (pairs["post"] - pairs["pre"]).to_numpy()[stayed]
    found = clustered_mean(
        change,
        clusters,
        weights=cut,
        method=WEIGHTED,
        reference=WEIGHTED_REFERENCE,
        n_missing=lost,
    )
    return replace(
        found,
        details={
            "largest_weight": float(weights.max()),
            "cut_n": int((cut != weights).sum()),
            "effective_n": float(cut.sum() ** 2 / (cut**2).sum()),
        },
        assumptions={
            "anyone_may_stay": "held" if model.chance.min() >= 0.05 else "doubtful",
            "enough_lost": _enough(stayed, model),
        },
    )


def _enough(stayed: np.ndarray, model: Staying) -> str:
    """Ten people of the rarer kind for each parameter is the usual rule (Peduzzi 1996)."""
    rarer = min(int(stayed.sum()), len(stayed) - int(stayed.sum()))
    return "held" if rarer >= 10 * len(model.fixed) else "doubtful"
