"""How alike are repeated scores of the same people? The six intraclass correlations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import pandas as pd

ICC_FORMS = ("icc_1", "icc_2", "icc_3", "icc_1k", "icc_2k", "icc_3k")
REFERENCE = (
    "Shrout & Fleiss 1979, doi 10.1037/0033-2909.86.2.420; McGraw & Wong 1996, "
    "doi 10.1037/1082-989X.1.1.30"
)


@dataclass(frozen=True)
class _Spread:
    """Mean squares of n people rated k times: between, within, of occasions, and the rest."""

    n: int
    k: int
    between: float
    within: float
    occasions: float
    rest: float


def intraclass_correlations(ratings: pd.DataFrame, *, level: float = 0.95) -> dict[str, Statistic]:
    """Estimate the intraclass correlation in its six forms.

    1: occasions differ from person to person; 2: the same occasions, drawn from many (absolute
    agreement: a shift of everybody lowers it); 3: just these occasions (consistency: a shift does
    not matter); k: of the mean of the k scores.

    Parameters
    ----------
    ratings
        One row a person, one column an occasion (wave, rater), in the unit of the score.
    level
        Confidence level.

    Returns
    -------
    dict
        Form (``ICC_FORMS``) -> Statistic, unit ``coefficient``. People lacking a score are left out
        whole and counted in ``n_missing``. Refused with fewer than 3 people, or no spread at all.

    Raises
    ------
    ValueError
        With fewer than 2 columns.

    Notes
    -----
    Intervals by F distributions; assumes normal effects and errors. A coefficient may be negative
    (people agree less than by chance). Matches ``psych::ICC(x, lmer = FALSE)``.
    """
    import numpy as np

    if ratings.shape[1] < 2:
        raise ValueError("an intraclass correlation needs at least 2 scores a person")
    complete = ratings.dropna(how="any").astype("float64")
    n, lost_n = len(complete), len(ratings) - len(complete)
    values = complete.to_numpy()
    # A shift of everybody by the same leaves no people to tell apart: nothing to be alike in.
    spread = float((values - values.mean(axis=0)).std()) if n else 0.0
    if n < 3 or spread <= 1e-12 * max(1.0, float(np.abs(values).max())):
        reason = "too_few_persons" if n < 3 else "no_variance"
        return {
            form: refuse(
                form, reason, n=n, unit="coefficient", reference=REFERENCE, n_missing=lost_n
            )
            for form in ICC_FORMS
        }
    found = _all_forms(_mean_squares(complete), level)
    return {
        form: Statistic(
            method_code=form,
            estimate=estimate,
            n=n,
            unit="coefficient",
            reference=REFERENCE,
            ci_low=finite(low),
            ci_high=finite(high),
            n_missing=lost_n,
            details={"occasions_n": ratings.shape[1]},
        )
        for form, (estimate, low, high) in found.items()
    }


def _mean_squares(ratings: pd.DataFrame) -> _Spread:
    values = ratings.to_numpy()
    n, k = values.shape
    grand = values.mean()
    people = k * float(((values.mean(axis=1) - grand) ** 2).sum())
    occasions = n * float(((values.mean(axis=0) - grand) ** 2).sum())
    total = float(((values - grand) ** 2).sum())
    rest = total - people - occasions
    return _Spread(
        n=n,
        k=k,
        between=people / (n - 1),
        within=(total - people) / (n * (k - 1)),
        occasions=occasions / (k - 1),
        # What rounding leaves of no error at all is none.
        rest=rest / ((n - 1) * (k - 1)) if rest > 1e-12 * total else 0.0,
    )


def _all_forms(s: _Spread, level: float) -> dict[str, tuple[float, float, float]]:
    """Return form -> (estimate, low, high)."""
    one = _ratio(s.between, s.within, s.k)
    three = _ratio(s.between, s.rest, s.k)
    low_1, high_1 = _f_limits(s, s.within, s.n * (s.k - 1), level)
    low_3, high_3 = _f_limits(s, s.rest, (s.n - 1) * (s.k - 1), level)
    shift = s.k * (s.occasions - s.rest) / s.n
    two = (s.between - s.rest) / (s.between + (s.k - 1) * s.rest + shift)
    low_2, high_2 = _agreement_limits(s, two, level)
    single = {
        "icc_1": (one, low_1, high_1),
        "icc_2": (two, low_2, high_2),
        "icc_3": (three, low_3, high_3),
    }
    return single | {f"{form}k": _stepped(found, s.k) for form, found in single.items()}


def _ratio(between: float, error: float, k: int) -> float:
    return (between - error) / (between + (k - 1) * error)


def _stepped(found: tuple[float, float, float], k: int) -> tuple[float, float, float]:
    """Carry a coefficient and its limits to the mean of k scores (Spearman-Brown; monotone)."""

    def step(r: float) -> float:
        below = 1 + (k - 1) * r
        return k * r / below if below > 0 else float("-inf")

    estimate, low, high = (step(each) for each in found)
    return estimate, low, high


def _f_limits(s: _Spread, error: float, df: int, level: float) -> tuple[float, float]:
    from scipy.stats import f

    if error == 0:
        return 1.0, 1.0
    tail, ratio = (1 + level) / 2, s.between / error
    low = ratio / float(f.ppf(tail, s.n - 1, df))
    high = ratio * float(f.ppf(tail, df, s.n - 1))
    return (low - 1) / (low + s.k - 1), (high - 1) / (high + s.k - 1)


def _agreement_limits(s: _Spread, icc: float, level: float) -> tuple[float, float]:
    """Limits of form 2, by Satterthwaite's degrees of freedom (Shrout & Fleiss 1979, p. 424)."""
    from scipy.stats import f

    n, k = s.n, s.k
    if s.rest == 0:
        # Only a shift parts the scores: no chance error is left to make an interval from.
        return (1.0, 1.0) if s.occasions == 0 else (float("nan"), float("nan"))
    ratio, tail = s.occasions / s.rest, (1 + level) / 2
    inner = n * (1 + (k - 1) * icc) - k * icc
    above = (k - 1) * (n - 1) * (k * icc * ratio + inner) ** 2
    df = above / ((n - 1) * k**2 * icc**2 * ratio**2 + inner**2)
    upper, lower = float(f.ppf(tail, n - 1, df)), float(f.ppf(tail, df, n - 1))
    rest = k * s.occasions + (k * n - k - n) * s.rest
    return (
        n * (s.between - upper * s.rest) / (upper * rest + n * s.between),
        n * (lower * s.between - s.rest) / (rest + n * lower * s.between),
    )
