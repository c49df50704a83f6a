"""What changed, without trusting the mean? Wilcoxon signed rank and the Hodges-Lehmann median."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt
from typing import TYPE_CHECKING, Literal

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

HODGES_LEHMANN = "hodges_lehmann_change"
REFERENCE = "Wilcoxon 1945, Biometrics Bulletin 1:80-83; Hollander & Wolfe 1973, chapter 3"
#: R's limit for the exact distribution; above, the normal approximation.
EXACT_BELOW = 50


def signed_rank_change(
    pre: np.ndarray | pd.Series,
    post: np.ndarray | pd.Series,
    *,
    unchanged: Literal["kept", "dropped"] = "kept",
    n_missing: int = 0,
    level: float = 0.95,
) -> Statistic:
    """Estimate the pseudo-median of the change and test it by signed ranks.

    Estimate: median of the Walsh averages (D_i + D_j) / 2, i <= j, D = post - pre (Hodges-Lehmann).
    Interval: the k-th smallest and k-th largest Walsh average; k from the exact distribution of
    the signed rank statistic below 50 pairs without ties or zeros, else from its normal
    approximation. p: Wilcoxon signed rank, two-sided, exact under the same conditions, else normal
    with continuity and tie correction.

    Parameters
    ----------
    pre, post
        Scores of the same people in the same order, none missing (points).
    unchanged
        What becomes of people with D = 0 in estimate and interval. R drops them, which overstates
        the change of a group in which many stayed as they were; the test always drops them.
    n_missing
        People who should be pairs and are not; only carried along.

    Returns
    -------
    Statistic
        Unit points; ``details``: ``v`` (sum of the ranks of the people who rose), ``zeros_n``,
        ``is_exact``, ``rank_biserial``. No p where nobody changed.

    Notes
    -----
    Assumes independent people and changes symmetric about their middle. With ``dropped`` it
    matches ``wilcox.test(post, pre, paired = TRUE, conf.int = TRUE, digits.rank = 9)``: changes that
    differ by rounding alone are ties, which R before 4.3 takes for different. With ties R searches for
    the ends to 1e-4; here they are averages of two changes, as in the exact case.
    """
    import numpy as np

    change = np.asarray(post, dtype=float) - np.asarray(pre, dtype=float)
    if np.isnan(change).any():
        raise ValueError("pairs with a missing score must be left out first")
    moved = change[~np.isclose(change, 0, atol=1e-9)]
    used = moved if unchanged == "dropped" else change
    if len(used) == 0:
        reason = "no_variance" if len(change) else "no_pairs"
        return refuse(
            HODGES_LEHMANN,
            reason,
            n=len(change),
            unit="points",
            reference=REFERENCE,
            n_missing=n_missing,
        )
    is_exact = _is_exact(used) and len(moved) == len(change)
    walsh = walsh_averages(used)
    low, high = _interval(walsh, len(used), level, is_exact=is_exact)
    v, p_value, effect = _test(moved, is_exact=is_exact)
    return Statistic(
        method_code=HODGES_LEHMANN,
        estimate=walsh.median,
        n=len(change),
        unit="points",
        reference=REFERENCE,
        ci_low=low,
        ci_high=high,
        p_value=p_value,
        n_missing=n_missing,
        details={
            "v": v,
            "zeros_n": len(change) - len(moved),
            "is_exact": int(is_exact),
            "rank_biserial": effect,
        },
        assumptions={"symmetric_change": _symmetry(change)},
    )


@dataclass(frozen=True)
class Walsh:
    """All means of two values, each with itself included, rising: of different values, and how many up to each.

    Scores take few values, so that the pairs of ten thousand people need no room for each pair.
    """

    averages: np.ndarray
    up_to: np.ndarray

    def __len__(self) -> int:
        """How many pairs there are."""
        return int(self.up_to[-1])

    def at(self, place: int) -> float:
        """Return the average at a place in their order, from 0."""
        return float(self.averages[self.up_to.searchsorted(place, side="right")])

    @property
    def median(self) -> float:
        """The middle one, or the mean of the two in the middle."""
        half, is_odd = divmod(len(self), 2)
        return self.at(half) if is_odd else (self.at(half - 1) + self.at(half)) / 2


def walsh_averages(values: np.ndarray) -> Walsh:
    """Return all means of two values, each with itself included."""
    import numpy as np

    different, times = np.unique(values, return_counts=True)
    first, second = np.triu_indices(len(different))
    number = np.where(
        first == second, times[first] * (times[first] + 1) // 2, times[first] * times[second]
    )
    averages = (different[first] + different[second]) / 2
    order = np.argsort(averages, kind="stable")
    return Walsh(averages[order], np.cumsum(number[order]))


def signed_rank_cdf(n: int) -> np.ndarray:
    """Return P(V <= v), v = 0 ... n (n + 1) / 2, of the exact signed rank statistic."""
    import numpy as np

    ways = np.zeros(n * (n + 1) // 2 + 1)
    ways[0] = 1
    for rank in range(1, n + 1):
        ways[rank:] = ways[rank:] + ways[:-rank]
    cumulated: np.ndarray = np.cumsum(ways) / 2.0**n
    return cumulated


def _interval(
    walsh: Walsh, n: int, level: float, *, is_exact: bool
) -> tuple[float | None, float | None]:
    import numpy as np
    from scipy.stats import norm

    tail = (1 - level) / 2
    if is_exact:
        # R's qsignrank: the smallest v with P(V <= v) at or above the tail.
        k = int(np.searchsorted(signed_rank_cdf(n), tail - 1e-12))
        if signed_rank_cdf(n)[max(k - 1, 0)] > tail:
            return None, None  # so few pairs that no two of them bound 95 %
    else:
        spread = sqrt(n * (n + 1) * (2 * n + 1) / 24)
        k = floor(n * (n + 1) / 4 - float(norm.ppf(1 - tail)) * spread + 0.5)
    if k < 1:
        return None, None
    return walsh.at(k - 1), walsh.at(len(walsh) - k)


def _test(moved: np.ndarray, *, is_exact: bool) -> tuple[float | None, float | None, float | None]:
    """Return V, the two-sided p and the matched-pairs rank-biserial correlation."""
    from scipy.stats import rankdata, wilcoxon

    if len(moved) == 0:
        return None, None, None
    ranks = rankdata(abs(moved).round(9))
    v, total = float(ranks[moved > 0].sum()), float(ranks.sum())
    found = wilcoxon(
        moved.round(9),
        zero_method="wilcox",
        correction=not is_exact,
        method="exact" if is_exact else "approx",
    )
    return v, finite(float(found.pvalue)), 2 * v / total - 1


def _is_exact(values: np.ndarray) -> bool:
    sizes = abs(values).round(9)
    return len(values) < EXACT_BELOW and len(set(sizes)) == len(values)


def _symmetry(change: np.ndarray) -> str:
    """Judge symmetry by the test of Miao, Gel & Gastwirth (2006) on mean minus median."""
    import numpy as np

    n = len(change)
    if n < 10:
        return "not_checked"
    from scipy.stats import norm

    middle = float(np.median(change))
    scale = sqrt(np.pi / 2) * float(np.abs(change - middle).mean())
    if scale == 0:
        return "held"
    # Under symmetry sqrt(n) (mean - median) / scale is about normal with variance 0.5708.
    z = sqrt(n) * (float(change.mean()) - middle) / scale / sqrt(0.5708)
    return "doubtful" if 2 * norm.sf(abs(z)) < 0.05 else "held"
