"""What changed over all waves, with whoever answered any of them? Mixed model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MIXED = "mixed_model_change"
REFERENCE = "Laird & Ware 1982, Biometrics 38:963-974 (random intercept, REML)"


@dataclass(frozen=True)
class RandomIntercept:
    """A fitted model: fixed effects with their errors, and the two variances.

    ``person_variance`` and ``residual_variance`` in squared points; ``log_likelihood`` as fitted
    (REML or ML).
    """

    fixed: pd.DataFrame
    person_variance: float
    residual_variance: float
    log_likelihood: float
    is_converged: bool


def random_intercept(
    outcome: np.ndarray | pd.Series,
    terms: pd.DataFrame,
    groups: np.ndarray | pd.Series,
    *,
    reml: bool = True,
    level: float = 0.95,
) -> RandomIntercept:
    """Fit y = a + X b + u(group) + e, u and e normal.

    Parameters
    ----------
    outcome, terms, groups
        One row an answer: score, numeric terms (a constant is added), whose it is.

    Returns
    -------
    RandomIntercept
        ``fixed``: index ``intercept`` and terms; ``estimate``, ``se``, ``p_value``, ``ci_low``,
        ``ci_high`` (Wald, normal).

    Notes
    -----
    Matches ``lme4::lmer(y ~ x + (1 | group))``: errors of generalised least squares at the estimated
    variances. statsmodels' ``MixedLM`` takes them from the second derivatives over coefficients and
    variances together, which makes them larger where people answered unequally often.
    """
    import numpy as np
    import pandas as pd
    from scipy.optimize import minimize_scalar
    from scipy.stats import norm

    design = np.column_stack([np.ones(len(terms)), terms.to_numpy(dtype=float)])
    sums = _Sums(np.asarray(outcome, dtype=float), design, np.asarray(groups), reml)
    found = minimize_scalar(
        lambda share: -sums.at(share).likelihood,
        bounds=(0.0, 1.0),
        method="bounded",
        options={"xatol": 1e-10, "maxiter": 500},
    )
    best = max(sums.at(float(found.x)), sums.at(0.0), key=lambda each: each.likelihood)
    se = np.sqrt(best.residual * np.diag(best.inverse))
    half = norm.ppf(0.5 + level / 2) * se
    fixed = pd.DataFrame(
        {
            "estimate": best.beta,
            "se": se,
            "p_value": 2 * norm.sf(np.abs(best.beta / se)),
            "ci_low": best.beta - half,
            "ci_high": best.beta + half,
        },
        index=["intercept", *map(str, terms.columns)],
    )
    return RandomIntercept(
        fixed=fixed,
        person_variance=best.residual * best.ratio,
        residual_variance=best.residual,
        log_likelihood=best.likelihood,
        is_converged=bool(found.success) and best.residual > 1e-12 and best.ratio < 1e7,
    )


@dataclass(frozen=True)
class _At:
    """The fit at one ratio of the persons' variance to the residual one."""

    ratio: float
    beta: np.ndarray
    inverse: np.ndarray
    residual: float
    likelihood: float


class _Sums:
    """All that the likelihood needs: cross products, and those of the persons' sums by their number of answers.

    With V = I + ratio J within a person, V^-1 = I - ratio / (1 + n ratio) J and |V| = 1 + n ratio: only
    sums over persons who gave equally many answers are needed, however many persons there are.
    """

    def __init__(self, y: np.ndarray, design: np.ndarray, groups: np.ndarray, reml: bool) -> None:
        import numpy as np

        codes = np.unique(groups, return_inverse=True)[1]
        both = np.column_stack([design, y])
        parts = [np.bincount(codes, weights=column) for column in both.T]
        own = np.stack(parts, axis=1)
        answers = np.bincount(codes)
        self._n, self._k, self._reml = len(y), design.shape[1], reml
        self._whole = both.T @ both
        self._by = [
            (int(n), int((answers == n).sum()), own[answers == n].T @ own[answers == n])
            for n in np.unique(answers)
        ]

    def at(self, share: float) -> _At:
        """Return the fit where the persons' part of the variance is ``share``; profiled otherwise."""
        import numpy as np

        ratio = share / max(1.0 - share, 1e-12)
        whole, logs = self._whole.copy(), 0.0
        for n, persons, products in self._by:
            whole -= ratio / (1 + n * ratio) * products
            logs += persons * np.log1p(n * ratio)
        k = self._k
        inverse = np.linalg.inv(whole[:k, :k])
        beta = inverse @ whole[:k, k]
        df = self._n - k if self._reml else self._n
        residual = max(float(whole[k, k] - beta @ whole[:k, k]), 1e-300) / df
        likelihood = df * (np.log(2 * np.pi * residual) + 1) + logs
        if self._reml:
            likelihood += float(np.linalg.slogdet(whole[:k, :k])[1])
        return _At(ratio, beta, inverse, residual, -float(likelihood) / 2)


def mixed_change(scores: pd.DataFrame, waves: Sequence[str]) -> dict[str, Statistic]:
    """Estimate the change from the first wave to each later one, with everybody's answers.

    Score = wave + a level of each person's own + error; people with one answer only help to place
    the means, which keeps those lost in the picture as far as their answers tell.

    Parameters
    ----------
    scores
        One scale: ``person_code``, ``wave_code``, ``score``; nulls are left out.
    waves
        In order of time; the first is compared with each other one.

    Returns
    -------
    dict of str to Statistic
        Later wave -> change (points; n: people with an answer in any wave; ``n_missing``: answers
        that all of them in all waves would have given and did not). ``details``:
        ``person_variance``, ``residual_variance``, ``icc``. ``not_estimable`` where nobody
        answered twice, a wave is empty, or the fit does not converge.
    """
    import numpy as np
    import pandas as pd

    known = scores[scores["wave_code"].isin(list(waves))].dropna(subset=["score"])
    known = known.sort_values(["person_code", "wave_code"], ignore_index=True)
    people = int(known["person_code"].nunique())
    common: dict[str, Any] = {
        "n": people,
        "unit": "points",
        "reference": REFERENCE,
        "n_missing": people * len(waves) - len(known),
    }
    later = list(waves[1:])
    present = set(known["wave_code"])
    reason = None
    if len(known) - people < 2 or not set(waves) <= present:
        reason = "no_pairs"
    elif float(known["score"].astype("float64").std()) < 1e-12:
        reason = "no_variance"
    if reason:
        return {wave: refuse(MIXED, reason, **common) for wave in later}
    terms = pd.DataFrame({w: (known["wave_code"] == w).astype("float64") for w in later})
    try:
        fitted = random_intercept(
            known["score"].astype("float64"), terms, pd.factorize(known["person_code"])[0]
        )
    except (np.linalg.LinAlgError, ValueError):
        fitted = None
    if fitted is None or not fitted.is_converged or not (fitted.fixed["se"] > 0).all():
        return {wave: refuse(MIXED, "not_converged", **common) for wave in later}
    return {wave: _statistic(fitted, wave, common) for wave in later}


def _statistic(fitted: RandomIntercept, wave: str, common: dict[str, Any]) -> Statistic:
    row = {str(name): float(fitted.fixed[name][wave]) for name in fitted.fixed}
    total = fitted.person_variance + fitted.residual_variance
    return Statistic(
        method_code=MIXED,
        estimate=row["estimate"],
        se=finite(row["se"]),
        ci_low=finite(row["ci_low"]),
        ci_high=finite(row["ci_high"]),
        p_value=finite(row["p_value"]),
        details={
            "person_variance": fitted.person_variance,
            "residual_variance": fitted.residual_variance,
            "icc": fitted.person_variance / total if total > 0 else None,
        },
        # A variance at its edge, nought, means the fit is that of unrelated answers.
        assumptions={"people_differ": "held" if fitted.person_variance > 1e-6 else "doubtful"},
        **common,
    )
