"""How much of a scale's variance is one common factor's? McDonald's omega, one factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.estimates import Statistic, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OMEGA = "omega_total_listwise"
REFERENCE = (
    "McDonald 1999, Test theory; interval: Raykov 2002, doi 10.1207/S15327906MBR3701_04, "
    "logistic as in Kelley & Pornprasertmanit 2016, doi 10.1037/a0040086"
)
MIN_ITEMS = 3

#: Lowest uniqueness looked for; a solution that lies on it is improper (Heywood case).
_LOWEST = 0.005


@dataclass(frozen=True)
class OneFactor:
    """A one-factor solution by maximum likelihood, of standardised items.

    ``chi_square`` with ``df`` tests that one factor is enough (Bartlett's correction); null with
    three items, which one factor always fits.
    """

    loadings: np.ndarray
    uniquenesses: np.ndarray
    has_converged: bool
    chi_square: float
    df: int

    @property
    def is_improper(self) -> bool:
        """Whether an item is left without variance of its own."""
        return bool((self.uniquenesses <= _LOWEST * 1.001).any())


def one_factor(correlations: np.ndarray, n: int) -> OneFactor:
    """Fit one factor to a correlation matrix by maximum likelihood.

    Minimises over the uniquenesses (Jöreskog 1967, doi 10.1007/BF02289658); the loadings follow
    from the first eigenvector. Matches ``factanal(factors = 1)`` in R.

    Parameters
    ----------
    correlations
        k x k, positive definite.
    n
        Persons behind it.
    """
    import numpy as np
    from scipy.optimize import minimize

    k = len(correlations)

    def solution(psi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scale = np.sqrt(psi)
        values, vectors = np.linalg.eigh(correlations / np.outer(scale, scale))
        return values, scale * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0))

    def misfit(psi: np.ndarray) -> float:
        rest = solution(psi)[0][:-1]
        return float(np.sum(rest - np.log(rest)) - len(rest))

    def slope(psi: np.ndarray) -> np.ndarray:
        loadings = solution(psi)[1]
        return np.diag(np.outer(loadings, loadings) - correlations) / psi**2 + 1 / psi

    start = (1 - 0.5 / k) / np.diag(np.linalg.inv(correlations))
    found = minimize(
        misfit,
        np.clip(start, _LOWEST, 1),
        jac=slope,
        bounds=[(_LOWEST, 1)] * k,
        method="L-BFGS-B",
        options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9},
    )
    loadings = solution(found.x)[1]
    loadings = loadings if loadings.sum() >= 0 else -loadings
    chi_square = (n - 1 - (2 * k + 5) / 6 - 2 / 3) * float(found.fun)
    # At the limit of precision the line search may give up where the slope is already flat.
    inside = (found.x > _LOWEST) & (found.x < 1)
    is_flat = bool((np.abs(slope(found.x)[inside]) < 1e-5).all())
    return OneFactor(
        loadings, found.x, bool(found.success) or is_flat, chi_square, k * (k - 3) // 2
    )


def omega_total(items: pd.DataFrame, *, level: float = 0.95) -> Statistic:
    """Estimate omega total: (sum of loadings)^2 / ((sum of loadings)^2 + sum of uniquenesses).

    Loadings and uniquenesses are those of the items in their own unit (a standardised loading
    times the item's standard deviation). Interval: delta method on the logit, with the information
    matrix of the normal one-factor model.

    Parameters
    ----------
    items
        One row a person, one column an item (points), reversed items already turned round.
    level
        Confidence level.

    Returns
    -------
    Statistic
        Unit ``coefficient``; complete persons only. Assumptions judged: ``one_factor`` is doubtful
        where the likelihood-ratio test rejects it at 5 %, ``items_same_direction`` where a loading
        is negative. Refusals: ``too_few_persons`` (no more persons than items), ``no_variance`` (an
        item everybody answers alike), ``items_repeat_each_other``, ``negative_reliability`` (as for
        alpha), ``not_converged``, ``improper_solution``.

    Raises
    ------
    ValueError
        With fewer than 3 items.

    Notes
    -----
    Unlike alpha it lets items differ in how well they measure; it equals alpha where they do not.
    Matches ``MBESS::ci.reliability(type = "omega", interval.type = "mll")``.
    """
    import numpy as np
    from scipy.special import expit, logit
    from scipy.stats import chi2, norm

    if items.shape[1] < MIN_ITEMS:
        raise ValueError("omega needs at least 3 items")
    started = items.dropna(how="all").astype("float64")
    complete = started.dropna(how="any")
    n, lost_n = len(complete), len(started) - len(complete)
    covariances = np.cov(complete.to_numpy(), rowvar=False) if n > 1 else None
    reason = _unfit(covariances, n)
    fit = None
    if covariances is not None and not reason:
        spread = np.sqrt(np.diag(covariances))
        fit = one_factor(covariances / np.outer(spread, spread), n)
        if not fit.has_converged:
            reason = "not_converged"
        elif fit.is_improper or not omega_of(fit.loadings * spread, fit.uniquenesses) > 1e-9:
            reason = "improper_solution"
    if fit is None or reason:
        return refuse(OMEGA, reason, n=n, unit="coefficient", reference=REFERENCE, n_missing=lost_n)
    loadings, own = fit.loadings * spread, fit.uniquenesses * spread**2
    omega = omega_of(loadings, own)
    se = _error(loadings, own, n)
    half = float(norm.ppf(0.5 + level / 2)) * se / (omega * (1 - omega))
    is_one = fit.df == 0 or chi2.sf(fit.chi_square, fit.df) >= 0.05
    return Statistic(
        method_code=OMEGA,
        estimate=omega,
        n=n,
        unit="coefficient",
        reference=REFERENCE,
        se=se,
        ci_low=float(expit(logit(omega) - half)),
        ci_high=float(expit(logit(omega) + half)),
        n_missing=lost_n,
        details={"items_n": len(own), "chi_square": fit.chi_square, "df": fit.df},
        assumptions={
            "one_factor": ("held" if is_one else "doubtful") if fit.df else "not_checked",
            "items_same_direction": "doubtful" if (loadings < 0).any() else "held",
        },
    )


def omega_of(loadings: np.ndarray, uniquenesses: np.ndarray) -> float:
    """Return omega total of a one-factor solution."""
    common = float(loadings.sum()) ** 2
    return common / (common + float(uniquenesses.sum()))


def _unfit(covariances: np.ndarray | None, n: int) -> str:
    """Say why no factor can be looked for, or nothing."""
    import numpy as np

    if covariances is None or n <= len(covariances):
        return "too_few_persons"
    spread = np.diag(covariances)
    if (spread <= 0).any():
        return "no_variance"
    scale = np.sqrt(spread)
    if np.linalg.eigvalsh(covariances / np.outer(scale, scale))[0] < 1e-8:
        return "items_repeat_each_other"
    # Items that contradict each other in sum: alpha is not above zero, and the sum measures nothing.
    return "negative_reliability" if covariances.sum() <= spread.sum() else ""


def _error(loadings: np.ndarray, own: np.ndarray, n: int) -> float:
    """Return the standard error of omega: its gradient through the inverse information matrix.

    I_ij = (n - 1)/2 tr(S^-1 dS/di S^-1 dS/dj), S = loadings loadings' + diag(own).
    """
    import numpy as np

    k = len(own)
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(own))
    turned = []
    for at in range(k):
        slope = np.zeros((k, k))
        slope[at] += loadings
        slope[:, at] += loadings
        turned.append(inverse @ slope)
    for at in range(k):
        slope = np.zeros((k, k))
        slope[at, at] = 1
        turned.append(inverse @ slope)
    flat = np.array([each.ravel() for each in turned])
    across = np.array([each.T.ravel() for each in turned])
    information = (n - 1) / 2 * flat @ across.T
    total, noise = float(loadings.sum()), float(own.sum())
    below = (total**2 + noise) ** 2
    gradient = np.r_[np.full(k, 2 * total * noise / below), np.full(k, -(total**2) / below)]
    return float(np.sqrt(gradient @ np.linalg.solve(information, gradient)))
