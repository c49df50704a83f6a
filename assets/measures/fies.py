"""How many people are food insecure? The FIES with the fixed severities of a published standard.

No Rasch model is fitted here: our samples are too small for one. Raw scores become person
parameters by the severities the instrument declares, and these become probabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import exp, sqrt
from typing import TYPE_CHECKING, Any

from assets.estimates import Group, Statistic, estimate_row, refuse

if TYPE_CHECKING:
    import pandas as pd

    from schemas.instruments import Instrument, Rasch

METHOD = "fies_prevalence"
REFERENCE = (
    "FAO 2016, Methods for estimating comparable rates of food insecurity experienced by adults "
    "throughout the world; Cafiero, Viviani & Nord 2018, doi 10.1016/j.measurement.2017.10.065"
)
#: Name of the dimension whose levels are the thresholds.
LEVEL = "food_insecurity"


def person_parameters(rasch: Rasch) -> pd.DataFrame:
    """Return what each raw score says: parameter, its error, probability beyond each threshold.

    theta solves sum 1/(1 + exp(b_i - theta)) = raw; se = 1/sqrt(sum p_i (1 - p_i));
    P = 1 - Phi((threshold - theta)/se). The highest raw score has no finite theta: ``extreme_raw``
    stands in for it. Raw 0 has probability 0.

    Returns
    -------
    DataFrame
        Index ``raw`` 0 to k; ``theta``, ``se`` (logits, null for raw 0) and one column a threshold.

    Notes
    -----
    Matches ``RM.weights::prob.assign`` with fixed item parameters; theta and se are those of
    ``glm(yes ~ 1, binomial, offset = -severity)``. P is not monotone in the raw
    score: the error of the highest score is so large that its P may be below the next lower one.
    """
    import pandas as pd
    from scipy.stats import norm

    severities = list(rasch.severities.values())
    k = len(severities)
    rows: list[dict[str, float | None]] = [
        {"theta": None, "se": None, **dict.fromkeys(rasch.thresholds, 0.0)}
    ]
    for raw in range(1, k + 1):
        theta, se = _person(float(raw) if raw < k else rasch.extreme_raw, severities)
        beyond = {
            code: float(norm.sf((rasch.severities[item] - theta) / se))
            for code, item in rasch.thresholds.items()
        }
        rows.append({"theta": theta, "se": se, **beyond})
    return pd.DataFrame(rows, index=pd.RangeIndex(k + 1, name="raw"), dtype="float64")


def _person(raw: float, severities: list[float]) -> tuple[float, float]:
    from scipy.optimize import brentq

    def chances(theta: float) -> list[float]:
        return [1 / (1 + exp(b - theta)) for b in severities]

    theta = float(brentq(lambda at: sum(chances(at)) - raw, -30, 30, xtol=1e-12))
    return theta, 1 / sqrt(sum(p * (1 - p) for p in chances(theta)))


def prevalence(
    raw: pd.Series,
    rasch: Rasch,
    *,
    weights: pd.Series | None = None,
    n_missing: int = 0,
    level: float = 0.95,
) -> dict[str, Statistic]:
    """Estimate the share of people beyond each threshold: the weighted mean of their P.

    Parameters
    ----------
    raw
        Raw scores 0 to k, none missing (every item must be answered).
    weights
        Sampling weights in the same order; all equal where there are none.

    Returns
    -------
    dict
        Threshold -> Statistic, unit ``share``. ``details["extreme_n"]`` is how many people gave
        only yes answers, whose parameter is assumed.

    Notes
    -----
    Interval: t(n-1) on the weighted mean of P, kept within 0 and 1: the sampling error of
    independent people; the severities are taken as known. Counting raw scores beyond a cut-off
    would give another number. Not equated to SDG indicator 2.1.2.
    """
    n = len(raw)
    if n == 0:
        nothing = refuse(
            METHOD, "no_units", n=0, unit="share", reference=REFERENCE, n_missing=n_missing
        )
        return dict.fromkeys(rasch.thresholds, nothing)
    import numpy as np
    from scipy.stats import t

    table = person_parameters(rasch)
    scores = raw.to_numpy(dtype=int)
    w = np.ones(n) if weights is None else weights.to_numpy(dtype=float)
    w = w / w.sum()
    found = {}
    for code in rasch.thresholds:
        chance = table[code].to_numpy()[scores]
        share = float(w @ chance)
        se = float(np.sqrt(n / (n - 1) * (w**2 @ (chance - share) ** 2))) if n > 1 else None
        half = None if se is None else float(t.ppf(0.5 + level / 2, n - 1)) * se
        found[code] = Statistic(
            method_code=METHOD,
            estimate=share,
            n=n,
            unit="share",
            reference=REFERENCE,
            se=se,
            ci_low=None if half is None else max(0.0, share - half),
            ci_high=None if half is None else min(1.0, share + half),
            n_missing=n_missing,
            details={"extreme_n": int((scores == len(rasch.severities)).sum())},
        )
    return found


def prevalence_rows(
    scores: pd.DataFrame, instruments: Mapping[str, Instrument], scales: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """Estimate prevalence per wave for everybody, of every scale with fixed severities.

    Parameters
    ----------
    scores
        ``measures_scores``: the score of such a scale is its raw score.
    """
    for code in sorted(set(scales)):
        rasch = instruments[code].rasch
        if rasch is None:
            continue
        for wave, part in scores[scores["scale_code"] == code].groupby("wave_code", sort=True):
            known = part["score"].dropna()
            found = prevalence(known, rasch, n_missing=len(part) - len(known))
            for threshold, result in found.items():
                yield estimate_row(
                    "food_insecurity_share",
                    result,
                    period=str(wave),
                    population_code="respondents",
                    n_unit="persons",
                    contributors_n=result.n,
                    subject_code=code,
                    group=Group(LEVEL, threshold),
                )
