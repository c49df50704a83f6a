"""How sure is a statistic without a formula for its error? Bootstrap of households, BCa interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assets.estimates import finite

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: A constant of the house: the same data give the same interval, on any day and machine.
SEED = 19_790_101
RESAMPLES = 2999
#: Cells of draws by clusters, and of clusters by clusters, that are held at a time.
CELLS_AT_ONCE = 2_000_000
#: Below so few independent units a bootstrap only repeats them.
MIN_UNITS = 5


def cluster_codes(clusters: np.ndarray | None, n: int) -> np.ndarray:
    """Return a number from 0 for each unit's cluster; units of unknown cluster stand alone.

    Parameters
    ----------
    clusters
        A label a unit, null where not known; ``None`` when no unit has one.
    """
    import numpy as np
    import pandas as pd

    if clusters is None:
        return np.arange(n)
    labels = pd.Series(clusters, dtype="object")
    codes, known = pd.factorize(labels, sort=True)
    alone = codes < 0
    return np.where(alone, len(known) + np.cumsum(alone) - 1, codes)


def independence(clusters: np.ndarray | pd.Series | None) -> str:
    """Say whether units are independent: ``doubtful`` where any two are known to share a cluster.

    ``not_checked`` where no unit's cluster is known.
    """
    import numpy as np
    import pandas as pd

    if clusters is None or bool(pd.isna(np.asarray(clusters, dtype=object)).all()):
        return "not_checked"
    codes = cluster_codes(np.asarray(clusters, dtype=object), len(clusters))
    return "held" if len(set(codes)) == len(codes) else "doubtful"


def by_cluster(columns: np.ndarray, clusters: np.ndarray | None) -> np.ndarray:
    """Return the sums of columns within each cluster; shape (clusters, columns)."""
    import numpy as np

    codes = cluster_codes(clusters, len(columns))
    sums = np.zeros((int(codes.max(initial=-1)) + 1, columns.shape[1]))
    np.add.at(sums, codes, columns)
    return sums


def bca_interval(
    columns: np.ndarray,
    statistic: Callable[[Any], Any],
    clusters: np.ndarray | None = None,
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = SEED,
) -> tuple[float | None, float | None]:
    """Return the bias-corrected and accelerated bootstrap interval of a function of sums.

    Whole clusters are drawn with replacement; acceleration by leaving out one cluster at a time.

    Parameters
    ----------
    columns
        One row a unit, one column a term whose sums the statistic needs (1, x, x squared, ...).
    statistic
        From the sums, an array of shape (columns, draws), to the statistic, shape (draws,).
    clusters
        A label a unit; see :func:`cluster_codes`.
    resamples, level, seed
        Draws, confidence level, seed of the generator.

    Returns
    -------
    tuple
        Both ends, or ``(None, None)`` with fewer than five clusters or where a draw has no
        statistic (all equal).

    Notes
    -----
    Efron 1987, JASA 82:171-185; drawing clusters: Davison & Hinkley 1997, section 3.8. Matches
    ``boot::boot.ci(type = "bca")`` up to the draws.
    """
    import warnings

    import numpy as np
    from scipy.stats import bootstrap

    sums = by_cluster(columns, clusters)
    if len(sums) < MIN_UNITS:
        return None, None

    def of_draw(*terms: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(statistic(np.stack([each.sum(axis=axis) for each in terms])))

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a draw without spread shows in the result: no interval
        found = bootstrap(
            tuple(sums.T),
            of_draw,
            paired=True,
            vectorized=True,
            n_resamples=resamples,
            batch=max(1, CELLS_AT_ONCE // len(sums)),  # the draws are the same, whatever it is
            confidence_level=level,
            method="BCa",
            rng=np.random.default_rng(seed),
        ).confidence_interval
    low, high = finite(float(found.low)), finite(float(found.high))
    return (None, None) if low is None or high is None else (low, high)
