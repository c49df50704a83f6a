"""Were the groups alike before? Standardised differences and variance ratios (Austin 2009)."""

from __future__ import annotations

from math import log, sqrt
from typing import TYPE_CHECKING, Literal

from assets.estimates import Statistic, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SMD, SMD_LEVELS, VARIANCE_RATIO = "smd", "smd_levels", "variance_ratio"
REFERENCE = "Austin 2009, doi 10.1002/sim.3697"
LEVELS_REFERENCE = f"{REFERENCE}; Yang & Dalton 2012, SAS Global Forum 335 (several levels)"
#: Beyond this the groups differ more than a regression can be trusted to put right (Rubin 2001;
#: Stuart 2010, doi 10.1214/09-STS313).
LARGE_SMD = 0.25
#: Rubin's (2001) bounds for the ratio of variances.
VARIANCE_BOUNDS = (0.5, 2.0)


def standardised_difference(
    treated: pd.Series, control: pd.Series, *, by: Literal["pooled", "treated"] = "pooled"
) -> Statistic:
    """Compare the means of a number, or of a yes/no, in units of its spread.

    Formula: (mean1 - mean0) / s; s = sqrt((var1 + var0) / 2) (``pooled``, Austin), or the standard
    deviation of the treated (MatchIt's for effects on the treated). Yes/no: var = p (1 - p).
    Missing values are left out and counted. Sizes do not enter: it is no test.

    Returns
    -------
    Statistic
        Unit: sd. ``comparable_groups`` is ``doubtful`` above ``LARGE_SMD``. ``not_estimable``
        (``no_variation``) where the groups differ and nobody within them does.

    Notes
    -----
    Published calls: ``tableone::ExtractSmd``; ``MatchIt::summary.matchit`` with ``treated``.
    """
    one, zero, missing = _known(treated, control)
    n = len(one) + len(zero)
    if min(len(one), len(zero)) < 2:
        return refuse(
            SMD, "too_few_persons", n=n, unit="sd", reference=REFERENCE, n_missing=missing
        )
    gap = float(one.mean() - zero.mean())
    first, second = _variance(one, zero), _variance(zero, one)
    spread = sqrt(first if by == "treated" else (first + second) / 2)
    if spread <= 1e-12 * max(1.0, abs(float(one.mean())), abs(float(zero.mean()))):
        if gap:
            return refuse(
                SMD, "no_variation", n=n, unit="sd", reference=REFERENCE, n_missing=missing
            )
        spread = 1.0
    details = {"treated_mean": float(one.mean()), "control_mean": float(zero.mean())}
    return _difference(SMD, gap / spread, len(one), len(zero), missing, REFERENCE, details)


def level_difference(treated: pd.Series, control: pd.Series) -> Statistic:
    """Compare the shares of all levels of a characteristic at once; always 0 or more.

    Formula: sqrt((p1 - p0)' S^-1 (p1 - p0)), p without the first level, S the mean of the two
    multinomial covariances. For two levels: the absolute value of ``standardised_difference``.
    """
    import numpy as np

    one, zero = treated.dropna().astype("string"), control.dropna().astype("string")
    missing, n = len(treated) + len(control) - len(one) - len(zero), len(one) + len(zero)
    if min(len(one), len(zero)) < 2:
        return refuse(
            SMD_LEVELS,
            "too_few_persons",
            n=n,
            unit="sd",
            reference=LEVELS_REFERENCE,
            n_missing=missing,
        )
    levels = sorted(set(one) | set(zero))[1:]
    p1 = np.array([float((one == each).mean()) for each in levels])
    p0 = np.array([float((zero == each).mean()) for each in levels])
    spread = (np.diag(p1) - np.outer(p1, p1) + np.diag(p0) - np.outer(p0, p0)) / 2
    gap = p1 - p0
    if not np.allclose(spread @ (np.linalg.pinv(spread) @ gap), gap, atol=1e-9):
        return refuse(
            SMD_LEVELS,
            "no_variation",
            n=n,
            unit="sd",
            reference=LEVELS_REFERENCE,
            n_missing=missing,
        )
    value = sqrt(max(0.0, float(gap @ np.linalg.pinv(spread) @ gap)))
    return _difference(SMD_LEVELS, value, len(one), len(zero), missing, LEVELS_REFERENCE, {})


def variance_ratio(treated: pd.Series, control: pd.Series) -> Statistic:
    """Compare the spreads: variance of the treated over variance of the others (n - 1)."""
    one, zero, missing = _known(treated, control)
    n = len(one) + len(zero)
    if min(len(one), len(zero)) < 2 or min(one.var(ddof=1), zero.var(ddof=1)) <= 0:
        reason = "too_few_persons" if min(len(one), len(zero)) < 2 else "no_variation"
        return refuse(
            VARIANCE_RATIO, reason, n=n, unit="ratio", reference=REFERENCE, n_missing=missing
        )
    ratio = float(one.var(ddof=1) / zero.var(ddof=1))
    far = abs(log(ratio)) > log(VARIANCE_BOUNDS[1])
    return Statistic(
        VARIANCE_RATIO,
        ratio,
        n,
        "ratio",
        REFERENCE,
        n_missing=missing,
        details={"treated_n": len(one), "control_n": len(zero)},
        assumptions={"comparable_groups": "doubtful" if far else "held"},
    )


def comparable(differences: list[Statistic]) -> str:
    """Say whether groups are alike enough: ``doubtful`` where one difference is too large."""
    outcomes = {each.assumptions.get("comparable_groups", "not_checked") for each in differences}
    if any(each.reason == "no_variation" for each in differences):
        return "doubtful"
    for outcome in ("doubtful", "held"):
        if outcome in outcomes:
            return outcome
    return "not_checked"


def _difference(
    method: str,
    value: float,
    treated_n: int,
    control_n: int,
    missing: int,
    reference: str,
    details: dict[str, float],
) -> Statistic:
    return Statistic(
        method,
        value,
        treated_n + control_n,
        "sd",
        reference,
        n_missing=missing,
        details={**details, "treated_n": treated_n, "control_n": control_n},
        assumptions={"comparable_groups": "doubtful" if abs(value) > LARGE_SMD else "held"},
    )


def _known(treated: pd.Series, control: pd.Series) -> tuple[np.ndarray, np.ndarray, int]:
    one, zero = treated.dropna(), control.dropna()
    missing = len(treated) + len(control) - len(one) - len(zero)
    return one.to_numpy(float), zero.to_numpy(float), missing


def _variance(values: np.ndarray, others: np.ndarray) -> float:
    """Return p (1 - p) for a yes or no, else the sample variance."""
    if set(values.tolist()) | set(others.tolist()) <= {0.0, 1.0}:
        share = float(values.mean())
        return share * (1 - share)
    return float(values.var(ddof=1))
