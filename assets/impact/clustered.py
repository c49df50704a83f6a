"""How sure is a regression when people come in clusters, and the clusters are few?

Ordinary least squares with standard errors clustered by household, person or area: CRV1 (Liang &
Zeger 1986), the jackknife CRV3 for few or uneven clusters (MacKinnon, Nielsen & Webb 2023), and
the wild cluster bootstrap (Cameron, Gelbach & Miller 2008; Webb's six points below six clusters).
What does not belong here: which difference is asked for (``did``, ``panel``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

CLUSTER_REFERENCE = (
    "Cameron, Gelbach & Miller 2008, doi 10.1162/rest.90.3.414; "
    "MacKinnon, Nielsen & Webb 2023, doi 10.1002/jae.2969 (CRV3)"
)
#: Up to here every assignment of signs is tried: the p-value is exact, no draw is random.
ENUMERATED_CLUSTERS = 12
#: Below this 2^G signs give too few different p-values: Webb's six points are used.
WEBB_BELOW = 6
DRAWS, SEED = 9999, 20211001
#: Signs held at a time, whatever the number of clusters.
SIGNS_AT_ONCE = 500_000


@dataclass(frozen=True)
class ClusteredFit:
    """One coefficient and its uncertainty.

    Attributes
    ----------
    estimate, se_crv1, se_crv3
        Standard errors are ``None`` where a cluster's removal takes the effect away (one treated
        cluster), or where the fit is exact.
    df
        For t: clusters - 1, or Satterthwaite's over the treated and the untreated clusters.
    clusters_n, treated_clusters_n, n
        Clusters, clusters with somebody treated, rows.
    """

    estimate: float
    se_crv1: float | None
    se_crv3: float | None
    df: float | None
    clusters_n: int
    treated_clusters_n: int
    n: int


def clustered_ols(
    y: np.ndarray,
    design: np.ndarray,
    clusters: np.ndarray,
    treated: np.ndarray,
    *,
    at: int,
    parameters_n: int | None = None,
) -> ClusteredFit | None:
    """Fit by least squares and return the coefficient of one column.

    Parameters
    ----------
    y, design
        Shapes (n,) and (n, k), no missing values; fixed effects nested in clusters already taken
        out of both (then ``parameters_n`` says how many parameters count, as in R's fixest).
    clusters, treated
        Cluster of each row; whether its unit is in a treated group (for the degrees of freedom).
    at
        Column of ``design`` that is asked for.

    Returns
    -------
    ClusteredFit or None
        ``None`` where the column cannot be told from the others.
    """
    import numpy as np

    inverse = _inverse(design)
    if inverse is None:
        return None
    codes = np.unique(clusters, return_inverse=True)[1]
    groups_n, n = int(codes.max()) + 1, len(y)
    used = design.shape[1] if parameters_n is None else parameters_n
    beta = inverse @ (design.T @ y)
    scores = _sums(design * (y - design @ beta)[:, None], codes, groups_n) @ inverse[at]
    in_treated = np.bincount(codes, weights=treated, minlength=groups_n) > 0
    crv1 = None
    if groups_n > 1 and n > used:
        correction = groups_n / (groups_n - 1) * (n - 1) / (n - used)
        crv1 = sqrt(correction * float((scores**2).sum()))
    left_out = _left_out(y, design, codes, groups_n, at)
    crv3, df = jackknife_spread(left_out, float(beta[at]), in_treated)
    return ClusteredFit(
        estimate=float(beta[at]),
        se_crv1=crv1,
        se_crv3=crv3,
        df=df,
        clusters_n=groups_n,
        treated_clusters_n=int(in_treated.sum()),
        n=n,
    )


def jackknife_spread(
    left_out: np.ndarray | None, estimate: float, in_treated: np.ndarray
) -> tuple[float | None, float | None]:
    """Return the jackknife standard error and Satterthwaite's degrees of freedom.

    ``left_out`` holds the estimate without each cluster. Each side is scaled by its own number of
    clusters, (G_s - 1) / G_s, so that for two plain means the result is Welch's test (1947) with
    its degrees of freedom, whatever the sizes of the two sides. (R's summclust scales by all
    clusters at once, which errs where one side is small.) Fewer than two clusters on a side give
    nothing.
    """
    import numpy as np

    if left_out is None or not np.isfinite(left_out).all():
        return None, None
    parts, weights = [], []
    for side in (in_treated, ~in_treated):
        size = int(side.sum())
        if size < 2:
            return None, None
        part = (size - 1) / size * float(((left_out[side] - estimate) ** 2).sum())
        parts.append(part)
        weights.append(part**2 / (size - 1))
    total = sum(parts)
    if total <= 1e-20:
        return None, None
    return sqrt(total), total**2 / sum(weights)


def wild_cluster_p(
    y: np.ndarray,
    design: np.ndarray,
    clusters: np.ndarray,
    *,
    at: int,
    weights: Literal["auto", "rademacher", "webb"] = "auto",
) -> float | None:
    """Return the two-sided p of "no effect" by the restricted wild cluster bootstrap.

    The null is imposed (WCR); t uses CRV1. Up to ``ENUMERATED_CLUSTERS`` clusters all assignments
    are tried; beyond it ``DRAWS`` seeded ones.

    Returns
    -------
    float or None
        ``None`` with fewer than three clusters, or where the column cannot be estimated.
    """
    import numpy as np

    inverse = _inverse(design)
    codes = np.unique(clusters, return_inverse=True)[1]
    groups_n = int(codes.max()) + 1 if len(codes) else 0
    if inverse is None or groups_n < 3:
        return None
    others = np.delete(design, at, axis=1)
    restricted = y - others @ np.linalg.lstsq(others, y, rcond=None)[0] if others.size else y
    row = design @ inverse[at]  # y -> coefficient
    # What one cluster's residuals move, and how its own change spreads over the others: of rank k, so
    # that no matrix of clusters by clusters is ever made.
    moved = np.bincount(codes, weights=row * restricted, minlength=groups_n)
    taken = inverse @ _sums(design * restricted[:, None], codes, groups_n).T
    back = _sums(row[:, None] * design, codes, groups_n)

    def squared(signs: np.ndarray) -> np.ndarray:
        spread = signs * moved - (signs @ taken.T) @ back.T
        return (signs @ moved) ** 2 / np.maximum((spread**2).sum(axis=1), 1e-300)

    seen = float(squared(np.ones((1, groups_n)))[0])
    least, above, tried = seen * (1 - 1e-10), 0, 0
    for signs in _assignments(groups_n, weights):
        above += int((squared(signs) >= least).sum())
        tried += len(signs)
    return above / tried


def _assignments(groups_n: int, kind: str) -> Iterator[np.ndarray]:
    """Yield signs, a row for each time, in parts that fit in memory whatever the number of clusters."""
    from itertools import product

    import numpy as np

    is_webb = kind == "webb" or (kind == "auto" and groups_n < WEBB_BELOW)
    webb = [-sqrt(1.5), -1.0, -sqrt(0.5), sqrt(0.5), 1.0, sqrt(1.5)]
    points = webb if is_webb else [-1.0, 1.0]
    if groups_n <= (WEBB_BELOW if is_webb else ENUMERATED_CLUSTERS):
        yield np.array(list(product(points, repeat=groups_n)))
        return
    drawn, rng = 0, np.random.default_rng(SEED)
    most = max(1, SIGNS_AT_ONCE // groups_n)
    while drawn < DRAWS:
        part = min(most, DRAWS - drawn)
        yield rng.choice(points, size=(part, groups_n))
        drawn += part


def _inverse(design: np.ndarray) -> np.ndarray | None:
    """Return (X'X)^-1, or nothing where a column is a combination of the others."""
    import numpy as np

    gram = design.T @ design
    if not gram.size or np.linalg.matrix_rank(gram) < len(gram):
        return None
    return np.linalg.inv(gram)


def _left_out(
    y: np.ndarray, design: np.ndarray, codes: np.ndarray, groups_n: int, at: int
) -> np.ndarray | None:
    import numpy as np

    gram, moment = design.T @ design, design.T @ y
    found = []
    for each in range(groups_n):
        mine, target = design[codes == each], y[codes == each]
        rest = gram - mine.T @ mine
        if np.linalg.matrix_rank(rest) < len(rest):
            return None
        found.append(np.linalg.solve(rest, moment - mine.T @ target)[at])
    return np.array(found)


def _sums(rows: np.ndarray, codes: np.ndarray, groups_n: int) -> np.ndarray:
    import numpy as np

    parts = [np.bincount(codes, weights=each, minlength=groups_n) for each in rows.T]
    return np.stack(parts, axis=1) if parts else np.zeros((groups_n, 0))
