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
    Matches ``lme4::lmer(y ~ x + (1 | group))``.
    """
    import warnings

    import numpy as np
    import pandas as pd
    import statsmodels.api as sm
    from scipy.stats import norm

    design = np.column_stack([np.ones(len(terms)), terms.to_numpy(dtype=float)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said by is_converged and by the person variance
        model = sm.MixedLM(np.asarray(outcome, dtype=float), design, groups=np.asarray(groups))
        fitted = model.fit(reml=reml)
        likelihood = float(fitted.llf)
    count = design.shape[1]
    estimate = np.asarray(fitted.fe_params)
    se = np.asarray(fitted.bse_fe)[:count]
    half = norm.ppf(0.5 + level / 2) * se
    fixed = pd.DataFrame(
        {
            "estimate": estimate,
            "se": se,
            "p_value": 2 * norm.sf(np.abs(estimate / se)),
            "ci_low": estimate - half,
            "ci_high": estimate + half,
        },
        index=["intercept", *map(str, terms.columns)],
    )
    return RandomIntercept(
        fixed=fixed,
        person_variance=float(np.asarray(fitted.cov_re)[0, 0]),
        residual_variance=float(fitted.scale),
        log_likelihood=likelihood,
        is_converged=bool(fitted.converged),
    )


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
