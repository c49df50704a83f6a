"""Did the treated change more than people like them? Doubly robust weighting (AIPW)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse
from assets.impact.resampling import by_cluster, cluster_codes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

AIPW = "aipw"
REFERENCE = "Robins, Rotnitzky & Zhao 1994, doi 10.1080/01621459.1994.10476818 (AIPW)"
#: People needed in the smaller group for each covariate (Vittinghoff & McCulloch 2007,
#: doi 10.1093/aje/kwk052: five to nine are mostly enough).
PER_COVARIATE = 5
#: Propensities beyond these let a handful of people decide (Crump et al. 2009: 0.1 and 0.9).
OVERLAP = (0.1, 0.9)
#: This share of people beyond them makes the comparison doubtful.
LARGEST_SHARE_OUTSIDE = 0.1


@dataclass(frozen=True)
class Overlap:
    """How far the two groups share the same kinds of people.

    Attributes
    ----------
    outside_share
        People whose chance of being among the treated is below 0.1 or above 0.9.
    off_support_share
        Treated people beyond the range of the others' propensities.
    effective_control_n
        Kish's effective number of controls once weighted to look like the treated.
    """

    outside_share: float
    off_support_share: float
    effective_control_n: float

    @property
    def outcome(self) -> str:
        """Return ``held`` or ``doubtful``."""
        worst = max(self.outside_share, self.off_support_share)
        return "doubtful" if worst > LARGEST_SHARE_OUTSIDE else "held"


def propensity(covariates: np.ndarray, treated: np.ndarray) -> np.ndarray | None:
    """Return each person's chance of being among the treated, by logistic regression.

    Returns
    -------
    numpy.ndarray or None
        ``None`` where the covariates tell the groups apart completely, or repeat each other.
    """
    result = _logit(covariates, treated)
    return None if result is None else result.predict()


def overlap(chance: np.ndarray, treated: np.ndarray) -> Overlap:
    """Describe how the propensities of the two groups overlap."""
    mine, others = chance[treated], chance[~treated]
    weights = others / (1 - others)
    return Overlap(
        outside_share=float(((chance < OVERLAP[0]) | (chance > OVERLAP[1])).mean()),
        off_support_share=float(((mine < others.min()) | (mine > others.max())).mean()),
        effective_control_n=float(weights.sum() ** 2 / (weights**2).sum()),
    )


def doubly_robust(
    outcome: pd.Series,
    covariates: pd.DataFrame,
    treated: pd.Series,
    households: pd.Series | None = None,
    *,
    n_missing: int = 0,
) -> Statistic:
    """Estimate the mean difference in outcome had everybody, and had nobody, been treated.

    Formula: augmented inverse probability weighting: mean(m1 - m0 + T (Y - m1) / e - (1 - T)
    (Y - m0) / (1 - e)); e logistic, m1 and m0 linear in the covariates. Right where one of the two
    models is. Standard error: GMM sandwich, by household where people share one (times
    G / (G - 1)), times sqrt(n / (n - 2 (k + 1))); t with the households of the smaller group less
    its parameters.

    Parameters
    ----------
    outcome, covariates, treated
        One row a person, no missing values (complete cases; who is left out is ``n_missing``).
    households
        Label a person, null where not known; ``None``: each alone.

    Returns
    -------
    Statistic
        Unit: points. ``details`` shows the overlap; ``overlap`` is ``doubtful`` where more than a
        tenth of the people have a propensity beyond 0.1-0.9, or of the treated beyond the others'
        range. Refused: ``too_few_per_covariate`` (5 people of the smaller group a covariate),
        ``no_overlap`` (the covariates separate the groups).

    Notes
    -----
    Propensities are cut at 0.01 and 0.99, as statsmodels does. Published call: Stata ``teffects aipw
    (y x) (d x)``; ``statsmodels`` ``TreatmentEffect.aipw``.
    """
    n, k = len(outcome), covariates.shape[1]
    flags = treated.to_numpy(bool)
    smaller = int(min(flags.sum(), (~flags).sum()))

    def no(reason: str) -> Statistic:
        return refuse(AIPW, reason, n=n, unit="points", reference=REFERENCE, n_missing=n_missing)

    if smaller < 2:
        return no("too_few_persons")
    if smaller < PER_COVARIATE * k or smaller <= k + 2:
        return no("too_few_per_covariate")
    values = covariates.to_numpy(float)
    selection = _logit(values, flags)
    if selection is None:
        return no("no_overlap")
    codes = cluster_codes(None if households is None else households.to_numpy(dtype=object), n)
    apart = min(len(set(codes[flags])), len(set(codes[~flags])))
    if apart <= k + 2:
        return no("too_few_per_covariate")
    effect, se = aipw(outcome.to_numpy(float), values, flags, selection, codes)
    shared = overlap(selection.predict(), flags)
    return _placed(effect, se, n, k, (smaller, apart), shared, n_missing)


def aipw(
    outcome: np.ndarray,
    covariates: np.ndarray,
    treated: np.ndarray,
    selection: object,
    clusters: np.ndarray | None = None,
) -> tuple[float, float]:
    """Return effect and GMM standard error; ``selection`` is a fitted statsmodels binary model.

    ``clusters`` holds a number a person: moments are added up within each before they are squared.
    """
    import numpy as np
    from statsmodels.regression.linear_model import OLS
    from statsmodels.treatment.treatment_effects import TreatmentEffect

    design = np.column_stack([np.ones(len(outcome)), covariates])
    model = TreatmentEffect(OLS(outcome, design), treated.astype(int), results_select=selection)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.aipw(return_results=True)
    fit = found.results_gmm
    n, codes = len(outcome), np.arange(len(outcome)) if clusters is None else clusters
    # statsmodels' moments stand in another order than the people: first the others, then the treated.
    grouped = np.concatenate([codes[~treated], codes[treated]])
    sums = by_cluster(fit.model.momcond(fit.params), grouped)
    inverse = np.linalg.inv(fit.model.gradient_momcond(fit.params))
    spread = inverse @ (sums.T @ sums) @ inverse.T / n**2
    groups = len(sums)
    scale = groups / (groups - 1) if groups < n else 1.0
    return float(fit.params[0]), float(np.sqrt(scale * spread[0, 0]))


def _placed(
    effect: float,
    se: float,
    n: int,
    k: int,
    fewest: tuple[int, int],
    shared: Overlap,
    n_missing: int,
) -> Statistic:
    """Place the effect; ``fewest``: people, and households, of the smaller group."""
    from scipy import stats

    se *= (n / (n - 2 * (k + 1))) ** 0.5
    smaller, apart = fewest
    df = apart - k - 1
    half = float(stats.t.ppf(0.975, df)) * se
    return Statistic(
        method_code=AIPW,
        estimate=effect,
        n=n,
        unit="points",
        reference=REFERENCE,
        se=se,
        ci_low=finite(effect - half),
        ci_high=finite(effect + half),
        p_value=finite(2 * float(stats.t.sf(abs(effect) / se, df))) if se > 0 else None,
        n_missing=n_missing,
        details={
            "df": df,
            "smaller_group_n": smaller,
            "outside_share": shared.outside_share,
            "off_support_share": shared.off_support_share,
            "effective_control_n": shared.effective_control_n,
        },
        assumptions={"overlap": shared.outcome, "no_unmeasured_confounding": "not_checked"},
    )


def _logit(covariates: np.ndarray, treated: np.ndarray):  # type: ignore[no-untyped-def]
    import numpy as np
    from numpy.linalg import LinAlgError
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    design = np.column_stack([np.ones(len(treated)), covariates])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = Logit(treated.astype(int), design).fit(disp=0, maxiter=100)
        except (PerfectSeparationError, LinAlgError):
            return None
    chance = result.predict()
    separated = not result.mle_retvals["converged"] or min(chance.min(), 1 - chance.max()) < 1e-6
    return None if separated else result
