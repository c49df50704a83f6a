"""What would the mean change be, had those who came back started like all who began? ANCOVA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from assets.estimates import Statistic, finite, refuse
from assets.impact.covariates import MIN_TOLD, independent_columns
from assets.impact.resampling import cluster_codes, independence

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ADJUSTED = "ancova_adjusted_change"
REFERENCE = (
    "Vickers & Altman 2001, BMJ 323:1123-1124; HC3: MacKinnon & White 1985, J Econometrics 29:305"
)
INTERCEPT = "intercept"
#: Below so few clusters their variance says little: HC3 is used instead.
MIN_CLUSTERS = 10


def ancova(
    outcome: np.ndarray | pd.Series,
    terms: pd.DataFrame,
    *,
    errors: Literal["classical", "HC3", "cluster"] = "HC3",
    clusters: np.ndarray | None = None,
) -> pd.DataFrame:
    """Regress the second score on the first and covariates by least squares.

    Parameters
    ----------
    outcome
        Second score, or change, one a person.
    terms
        First score and covariates as numbers, same order; a constant is added.
    errors
        ``classical``; ``HC3`` (squared residuals over (1 - leverage)^2); ``cluster`` (sums within
        ``clusters``, times G / (G - 1) x (n - 1) / (n - k), t with G - 1 degrees of freedom).

    Returns
    -------
    DataFrame
        Index ``intercept`` and terms; ``estimate``, ``se``, ``p_value``, ``ci_low``, ``ci_high``.

    Notes
    -----
    Matches ``lm``, ``sandwich::vcovHC(type = "HC3")`` and Stata's ``regress, vce(cluster g)``.
    """
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    design = np.column_stack([np.ones(len(terms)), terms.to_numpy(dtype=float)])
    model = sm.OLS(np.asarray(outcome, dtype=float), design)
    with np.errstate(divide="ignore", invalid="ignore"):  # a person alone on a term: no HC3 error
        if errors == "cluster":
            groups = cluster_codes(clusters, len(design))
            fitted = model.fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
        else:
            kind = "nonrobust" if errors == "classical" else "HC3"
            fitted = model.fit(cov_type=kind, use_t=True)
    interval = np.asarray(fitted.conf_int())
    return pd.DataFrame(
        {
            "estimate": fitted.params,
            "se": fitted.bse,
            "p_value": fitted.pvalues,
            "ci_low": interval[:, 0],
            "ci_high": interval[:, 1],
        },
        index=[INTERCEPT, *map(str, terms.columns)],
    )


def adjusted_change(
    pairs: pd.DataFrame,
    covariates: pd.DataFrame,
    households: pd.Series | None = None,
    *,
    min_residual_df: int = 10,
) -> Statistic:
    """Estimate the mean change at the first scores and characteristics of all who began.

    Post = a + b (pre - P) + c (z - Z) among those who came back, P and Z the means of everybody
    eligible; the estimate is a - P. With nobody lost it is the plain mean change; else it answers
    for who was lost, as far as first score and covariates tell.

    Parameters
    ----------
    pairs
        Index person, everybody eligible: ``pre``, and ``post``, null for those lost (points).
    covariates
        Same index; 0 or 1 (:func:`assets.impact.covariates.design_columns`).
    households
        Label a person: cluster-robust errors where people share one and labels are
        ``MIN_CLUSTERS`` or more; else HC3, and where people do share one
        ``independent_people`` is ``doubtful``.
    min_residual_df
        Fewest observations beyond parameters; with fewer there is no estimate.

    Returns
    -------
    Statistic
        Points; ``details``: ``slope`` of the first score, ``terms_n``, ``is_clustered``.

    Notes
    -----
    Assumes a linear relation with no interaction. To the variance of a comes that of
    the means P and Z, which are those of a sample. Complete pairs only.
    """
    import numpy as np
    from scipy.stats import t

    stayed = pairs["post"].notna()
    n, lost = int(stayed.sum()), int((~stayed).sum())
    common: dict[str, Any] = {"n": n, "unit": "points", "reference": REFERENCE, "n_missing": lost}
    if n == 0:
        return refuse(ADJUSTED, "no_pairs", **common)
    # A person alone on a term is fitted without error and has no HC3: the term is left out.
    told = [name for name in covariates if min(covariates[name][stayed].value_counts()) >= MIN_TOLD]
    terms = covariates[told].assign(_pre=pairs["pre"])
    everybody = terms - terms.mean()
    terms = everybody[stayed]
    terms = terms[independent_columns(terms)]
    if n - terms.shape[1] - 1 < min_residual_df:
        return refuse(ADJUSTED, "too_few_degrees_of_freedom", **common)
    clusters = None if households is None else households.reindex(terms.index).to_numpy()
    codes = cluster_codes(clusters, n)
    is_clustered = MIN_CLUSTERS <= codes.max() + 1 < n
    change = (pairs["post"] - pairs["pre"])[stayed]
    table = ancova(change, terms, errors="cluster" if is_clustered else "HC3", clusters=codes)
    estimate, se = (float(table[name][INTERCEPT]) for name in ("estimate", "se"))
    # The means of all who began are themselves those of a sample.
    slopes = table["estimate"].drop(INTERCEPT).to_numpy()
    spread = everybody[terms.columns].to_numpy()
    se = float(np.sqrt(se**2 + np.var(spread @ slopes, ddof=1) / len(pairs)))
    if se <= 1e-12 * max(1.0, float(np.abs(pairs.to_numpy(dtype=float)[stayed]).max())):
        se = 0.0  # rounding dust of people who all changed alike
    df = codes.max() if is_clustered else n - terms.shape[1] - 1
    half = float(t.ppf(0.975, df)) * se
    return Statistic(
        method_code=ADJUSTED,
        estimate=estimate,
        se=se,
        ci_low=estimate - half,
        ci_high=estimate + half,
        p_value=finite(2 * float(t.sf(abs(estimate) / se, df))) if se > 0 else None,
        details={
            "slope": float(table["estimate"]["_pre"]) + 1 if "_pre" in table.index else None,
            "terms_n": terms.shape[1],
            "is_clustered": int(is_clustered),
        },
        assumptions={
            "linear_in_first_score": _linearity(change, terms),
            "independent_people": "held" if is_clustered else independence(clusters),
        },
        **common,
    )


def _linearity(change: pd.Series, terms: pd.DataFrame) -> str:
    """Judge by the square of the first score, with HC3 errors (Ramsey's idea, one term)."""
    if "_pre" not in terms:
        return "not_checked"
    wider = terms.assign(_square=(terms["_pre"] ** 2) - (terms["_pre"] ** 2).mean())
    if "_square" not in independent_columns(wider) or len(wider) - wider.shape[1] < 3:
        return "not_checked"
    p_value = float(ancova(change, wider)["p_value"]["_square"])
    if not p_value >= 0:
        return "not_checked"
    return "doubtful" if p_value < 0.05 else "held"
