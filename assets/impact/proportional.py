"""Does a hazard ratio stay the same over time? The test of Grambsch and Therneau."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

REFERENCE = "Grambsch & Therneau 1994, Biometrika 81:515-526"


@dataclass(frozen=True)
class ProportionalTest:
    """Chi-squares and p values of the test, by term in their order and of all together."""

    chi_square_by_term: tuple[float, ...]
    p_by_term: tuple[float, ...]
    chi_square_all: float
    p_all: float


def proportional_hazards_test(
    time: np.ndarray, seen: np.ndarray, covariates: pd.DataFrame, coefficients: np.ndarray
) -> ProportionalTest:
    """Test whether terms act alike early and late.

    The score test of adding g(t) x to a fitted Cox model (ties by Efron), g(t) being one minus the
    Kaplan-Meier curve just before t: one degree of freedom a term, as many as terms together.

    Parameters
    ----------
    time, seen
        One a person: time to the ending or end of observation, and whether it was seen.
    covariates, coefficients
        The model's terms, complete, and its fitted coefficients.

    Returns
    -------
    ProportionalTest

    References
    ----------
    Grambsch & Therneau 1994. Matches ``survival::cox.zph`` (version 3.0 and later, which computes
    the score test itself; earlier versions gave an approximation).
    """
    import numpy as np
    from scipy.stats import chi2

    x = covariates.to_numpy(dtype=float)
    x = x - x.mean(axis=0)
    risk = np.exp(x @ coefficients)
    score, plain, mixed, squared = _sums(time, seen, x, risk)
    terms = x.shape[1]
    information = np.block([[plain, mixed], [mixed, squared]])

    def statistic(kept: list[int]) -> float:
        """Score test of the kept time-dependent terms, the model's own profiled out."""
        at = [terms + place for place in kept]
        base = list(range(terms))
        lower = information[np.ix_(at, base)]
        inner = information[np.ix_(at, at)] - lower @ np.linalg.solve(plain, lower.T)
        return float(score[kept] @ np.linalg.solve(inner, score[kept]))

    single = tuple(statistic([place]) for place in range(terms))
    together = statistic(list(range(terms)))
    return ProportionalTest(
        chi_square_by_term=single,
        p_by_term=tuple(float(chi2.sf(each, 1)) for each in single),
        chi_square_all=together,
        p_all=float(chi2.sf(together, terms)),
    )


def _sums(
    time: np.ndarray, seen: np.ndarray, x: np.ndarray, risk: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Add up over endings: g (x - mean), V, g V and g^2 V, V the covariance among those at risk."""
    import numpy as np

    moments = np.unique(time[seen])
    transformed = _transformed(time, seen, moments)
    weight = np.array([int((seen & (time == moment)).sum()) for moment in moments])
    # Centred as cox.zph does; the test does not depend on it, its numbers stay small.
    transformed = transformed - np.average(transformed, weights=weight)
    terms = x.shape[1]
    score, plain = np.zeros(terms), np.zeros((terms, terms))
    mixed, squared = np.zeros((terms, terms)), np.zeros((terms, terms))
    for moment, g in zip(moments, transformed, strict=True):
        at_risk, dying = time >= moment, seen & (time == moment)
        deaths = int(dying.sum())
        score += g * x[dying].sum(axis=0)
        for turn in range(deaths):  # Efron: those ending together leave the risk set bit by bit
            weights = np.where(dying, risk * (1 - turn / deaths), risk) * at_risk
            weights = weights / weights.sum()
            mean = weights @ x
            spread = (x - mean).T @ ((x - mean) * weights[:, None])
            score -= g * mean
            plain += spread
            mixed += g * spread
            squared += g * g * spread
    return score, plain, mixed, squared


def _transformed(time: np.ndarray, seen: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Return one minus the Kaplan-Meier curve just before each moment."""
    import numpy as np

    left = [
        1 - int((seen & (time == moment)).sum()) / int((time >= moment).sum()) for moment in moments
    ]
    return 1 - np.concatenate([[1.0], np.cumprod(left)[:-1]])
