"""What would everybody who began have shown? Multiple imputation of second scores, Rubin's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse
from assets.impact.change import clustered_mean
from assets.impact.covariates import independent_columns
from assets.impact.resampling import SEED, cluster_codes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

IMPUTED, FMI = "mean_change_imputed", "fraction_missing_information"
REFERENCE = (
    "Rubin 1987, Multiple Imputation for Nonresponse in Surveys; "
    "Barnard & Rubin 1999, Biometrika 86:948-955"
)
#: One for each per cent of people lost, up to this many (White, Royston & Wood 2011).
IMPUTATIONS = 60


@dataclass(frozen=True)
class Pooled:
    """One estimate from m completed data sets.

    ``within``, ``between``, ``total``: variances; ``riv``: relative increase in variance;
    ``lambda_``: share of the variance that is due to what is missing; ``fmi``: the same, for the
    finite number of imputations; ``df``: Barnard & Rubin.
    """

    estimate: float
    se: float
    within: float
    between: float
    total: float
    riv: float
    lambda_: float
    fmi: float
    df: float


def rubin(
    estimates: Sequence[float], standard_errors: Sequence[float], complete_df: float = float("inf")
) -> Pooled:
    """Pool estimates of completed data sets.

    T = W + (1 + 1/m) B; lambda = (1 + 1/m) B / T; df_old = (m - 1) / lambda^2;
    df_obs = (v + 1) / (v + 3) v (1 - lambda); df = df_old df_obs / (df_old + df_obs);
    fmi = (riv + 2 / (df + 3)) / (1 + riv).

    Parameters
    ----------
    estimates, standard_errors
        One a completed data set, two or more.
    complete_df
        v, degrees of freedom were nothing missing.

    Raises
    ------
    ValueError
        For fewer than two estimates.

    Notes
    -----
    Matches ``mice::pool.scalar(Q, U, n, k)``.
    """
    import numpy as np

    q, u = np.asarray(estimates, dtype=float), np.asarray(standard_errors, dtype=float) ** 2
    m = len(q)
    if m < 2 or len(u) != m:
        raise ValueError("Rubin's rules need two imputations or more, each with its error")
    within, between = float(u.mean()), float(q.var(ddof=1))
    extra = (1 + 1 / m) * between
    total = within + extra
    share = extra / total if total > 0 else 0.0
    old = (m - 1) / share**2 if share > 0 else float("inf")
    observed = (
        float("inf")
        if np.isinf(complete_df)
        else (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    )
    df = 1 / (1 / old + 1 / observed) if observed > 0 else 0.0
    riv = extra / within if within > 0 else float("inf")
    fmi = (riv + 2 / (df + 3)) / (1 + riv) if np.isfinite(riv) else 1.0
    return Pooled(
        estimate=float(q.mean()),
        se=float(np.sqrt(total)),
        within=within,
        between=between,
        total=total,
        riv=riv,
        lambda_=share,
        fmi=fmi,
        df=df,
    )


def imputed_change(
    pairs: pd.DataFrame,
    covariates: pd.DataFrame,
    households: pd.Series | None = None,
    *,
    imputations: int = IMPUTATIONS,
    min_residual_df: int = 10,
    seed: int = SEED,
    level: float = 0.95,
) -> dict[str, Statistic]:
    """Estimate the mean change of everybody eligible, second scores imputed where lost.

    Each time: residual variance and coefficients of post on pre and covariates are drawn from
    their posterior (flat prior), lost scores from the normal about the line; not rounded or cut to
    the scale, which would pull means towards its middle. Only second scores are missing, so one
    regression is the whole imputation model. Mean and cluster-robust error each time, then
    :func:`rubin`.

    Parameters
    ----------
    pairs
        Index person, everybody eligible: ``pre``, and ``post``, null for those lost (points).
    covariates
        Same index, numbers.
    households
        Label a person.
    imputations, seed
        m and the seed of the generator.

    Returns
    -------
    dict of str to Statistic
        ``mean_change_imputed`` (points; ``n``: everybody eligible, ``n_missing``: imputed) and
        ``fraction_missing_information`` (ratio). Refused as ``too_few_clusters`` with one household
        only and ``no_variance`` where all changed alike.

    Notes
    -----
    Assumes that, given first score and covariates, losing somebody does not depend on their second
    score. Matches ``mice(method = "norm")`` in the model, not in the draws.
    """
    import numpy as np
    from scipy.stats import t

    people = pairs.sort_index()
    stayed = people["post"].notna().to_numpy()
    n, lost = len(people), int((~stayed).sum())
    common: dict[str, Any] = {"n": n, "n_missing": lost, "reference": REFERENCE}
    if not stayed.any():
        return _refused("no_pairs", common)
    terms = covariates.reindex(people.index).assign(_pre=people["pre"])
    terms = terms[independent_columns(terms[stayed])]
    design = np.column_stack([np.ones(n), terms.to_numpy(dtype=float)])
    if int(stayed.sum()) - design.shape[1] < min_residual_df:
        return _refused("too_few_degrees_of_freedom", common)
    clusters = None if households is None else households.reindex(people.index).to_numpy()
    groups = cluster_codes(clusters, n)
    if groups.max() < 1:  # one household: nothing says how much others would differ
        return _refused("too_few_clusters", common)
    pre, post = people["pre"].to_numpy(dtype=float), people["post"].to_numpy(dtype=float)
    done = [
        clustered_mean(completed - pre, groups)
        for completed in _completed(design, post, stayed, imputations, seed)
    ]
    pooled = rubin(
        [each.estimate or 0.0 for each in done],
        [each.se or 0.0 for each in done],
        float(groups.max()),
    )
    if pooled.se <= 1e-12 * max(1.0, float(np.abs(pre).max())):
        return _refused("no_variance", common)
    half = float(t.ppf(0.5 + level / 2, pooled.df)) * pooled.se
    tail = float(t.sf(abs(pooled.estimate) / pooled.se, pooled.df))
    details = {
        "imputations": imputations,
        "fmi": pooled.fmi,
        "lambda": pooled.lambda_,
        "df": finite(pooled.df),
    }
    mean = Statistic(
        method_code=IMPUTED,
        estimate=pooled.estimate,
        unit="points",
        se=pooled.se,
        ci_low=finite(pooled.estimate - half),
        ci_high=finite(pooled.estimate + half),
        p_value=finite(2 * tail),
        details=details,
        assumptions={"enough_imputations": "held" if imputations >= 100 * lost / n else "doubtful"},
        **common,
    )
    share = Statistic(method_code=FMI, estimate=pooled.fmi, unit="ratio", **common)
    return {IMPUTED: mean, FMI: share}


def _completed(
    design: np.ndarray, post: np.ndarray, stayed: np.ndarray, imputations: int, seed: int
) -> list[np.ndarray]:
    """Return completed second scores, one array an imputation (Rubin 1987, example 5.1)."""
    import numpy as np

    rng = np.random.default_rng(seed)
    x, y = design[stayed], post[stayed]
    gram = np.linalg.inv(x.T @ x)
    beta = gram @ x.T @ y
    df = len(y) - x.shape[1]
    residual = float(((y - x @ beta) ** 2).sum())
    root = np.linalg.cholesky((gram + gram.T) / 2)
    found = []
    for _ in range(imputations):
        sigma = np.sqrt(residual / rng.chisquare(df))
        drawn = beta + sigma * (root @ rng.standard_normal(len(beta)))
        noise = sigma * rng.standard_normal(int((~stayed).sum()))
        completed = post.copy()
        completed[~stayed] = design[~stayed] @ drawn + noise
        found.append(completed)
    return found


def _refused(reason: str, common: dict[str, Any]) -> dict[str, Statistic]:
    return {
        IMPUTED: refuse(IMPUTED, reason, unit="points", **common),
        FMI: refuse(FMI, reason, unit="ratio", **common),
    }
