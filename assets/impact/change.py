"""What changed between two waves in the same people? Matched pre/post change and its size."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from assets.estimates import Statistic, finite, refuse
from assets.impact.effect_size import MIN_PAIRS, standardised_sizes
from assets.impact.resampling import by_cluster, independence

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MEAN_CHANGE, CLUSTERED = "mean_change_paired_t", "mean_change_clustered"
T_REFERENCE = "Student 1908, Biometrika 6:1-25 (paired t)"
CLUSTERED_REFERENCE = (
    "Liang & Zeger 1986, Biometrika 73:13-22; Cameron & Miller 2015, doi 10.3368/jhr.50.2.317"
)
#: From so many pairs the mean of a bounded scale is normal enough for the t interval.
LARGE = 30


@dataclass(frozen=True)
class MatchedWaves:
    """Pre and post scores of the same people, and how many people stand behind them.

    Attributes
    ----------
    pairs
        Index: person; columns ``pre`` and ``post``; both known.
    eligible_n
        People with a score in the first wave.
    linked_n
        Of these, people who answered the second wave at all.
    analysed_n
        Of these, people with a score in the second wave too: the rows of ``pairs``.
    """

    pairs: pd.DataFrame
    eligible_n: int
    linked_n: int

    @property
    def analysed_n(self) -> int:
        """Return the number of pairs the change rests on."""
        return len(self.pairs)


def match_waves(scores: pd.DataFrame, pre_wave: str, post_wave: str) -> MatchedWaves:
    """Link two waves of one scale by person.

    Parameters
    ----------
    scores
        One row a person and wave of one scale: ``person_code``, ``wave_code``, ``score`` (null
        where the instrument's missing rule gave none).
    pre_wave, post_wave
        Wave codes; change is always post minus pre.

    Raises
    ------
    ValueError
        When a person has two rows in one wave: pairing would multiply people.
    """
    chosen = scores[scores["wave_code"].isin([pre_wave, post_wave])]
    if chosen.duplicated(["person_code", "wave_code"]).any():
        raise ValueError("scores must have one row per person and wave")
    by_person = chosen.assign(score=chosen["score"].astype("float64")).set_index("person_code")
    pre = by_person.loc[by_person["wave_code"] == pre_wave, "score"].dropna()
    post = by_person.loc[by_person["wave_code"] == post_wave, "score"]
    linked = pre.index.intersection(post.index).sort_values()
    pairs = pre.loc[linked].to_frame("pre").assign(post=post.loc[linked]).dropna()
    return MatchedWaves(pairs=pairs, eligible_n=len(pre), linked_n=len(linked))


def paired_change(
    pre: np.ndarray | pd.Series,
    post: np.ndarray | pd.Series,
    *,
    households: np.ndarray | pd.Series | None = None,
    resamples: int = 0,
    n_missing: int = 0,
    level: float = 0.95,
) -> dict[str, Statistic]:
    """Estimate the mean change of matched pairs and its standardised sizes.

    With D = post - pre: mean(D) +- t(n-1) SD(D)/sqrt(n), p from the paired t test (two-sided);
    the sizes are those of :func:`assets.impact.effect_size.standardised_sizes`.

    Parameters
    ----------
    pre, post
        Scores of the same people in the same order (points of the instrument), none missing.
    households
        A label a person, null where not known. With it the mean is also given with an interval
        robust to members of one household being alike (``mean_change_clustered``), and the
        bootstrap draws households.
    resamples
        Draws of the BCa intervals of d_av and d_rm; 0 leaves them without one.
    n_missing
        People who should be pairs and are not (eligible, without both scores); only carried along.
    level
        Confidence level.

    Returns
    -------
    dict of str to Statistic
        Keys ``mean_change_paired_t``, ``mean_change_clustered``, ``cohen_d_z``, ``hedges_g_z``,
        ``cohen_d_av``, ``hedges_g_av``, ``cohen_d_rm``, ``hedges_g_rm``. With one pair only the
        mean is given, without an interval; with no variance in the change d_z is
        ``not_estimable``.

    Raises
    ------
    ValueError
        When lengths differ or a score is missing.

    Notes
    -----
    The paired t assumes independent people (members of one household are not quite) and a roughly
    normal mean change. Says nothing about cause. Matches ``t.test(post, pre, paired = TRUE)``.
    """
    import numpy as np

    before, after = np.asarray(pre, dtype=float), np.asarray(post, dtype=float)
    if before.shape != after.shape or before.ndim != 1:
        raise ValueError("pre and post must be equally long")
    if np.isnan(before).any() or np.isnan(after).any():
        raise ValueError("pairs with a missing score must be left out first")
    units = None if households is None else np.asarray(households, dtype=object)
    found = {
        MEAN_CHANGE: _mean_change(before, after, units, n_missing, level),
        CLUSTERED: clustered_mean(after - before, units, n_missing=n_missing, level=level),
    }
    return found | standardised_sizes(
        before,
        after,
        households=units,
        resamples=resamples,
        n_missing=n_missing,
        level=level,
    )


def clustered_mean(
    values: np.ndarray,
    clusters: np.ndarray | None,
    *,
    weights: np.ndarray | None = None,
    method: str = CLUSTERED,
    reference: str = CLUSTERED_REFERENCE,
    n_missing: int = 0,
    level: float = 0.95,
) -> Statistic:
    """Estimate a (weighted) mean whose interval allows members of a cluster to be alike.

    m = sum(w x) / sum(w); with s_g the sum of w (x - m) in cluster g of G,
    SE = sqrt(G / (G - 1) sum(s_g^2)) / sum(w); interval by t(G - 1).

    Parameters
    ----------
    values
        One a person, none missing (points).
    clusters
        A label a person; ``None``: each alone, which makes it the usual SE of a mean.
    weights
        Positive; equal where ``None``.
    method, reference
        Code and source the result carries.

    Notes
    -----
    Assumes independent clusters; with fewer than about 30 the interval is somewhat too narrow.
    Matches ``survey::svymean`` on ``svydesign(id = ~cluster, weights = ~w)`` and Stata's
    ``regress x, vce(cluster g)``.
    """
    import numpy as np

    n = len(values)
    common: dict[str, Any] = {"n": n, "unit": "points", "n_missing": n_missing}
    if n == 0:
        return refuse(method, "no_pairs", reference=reference, **common)
    w = np.ones(n) if weights is None else weights
    mean = float(np.average(values, weights=w))
    parts = by_cluster((w * (values - mean))[:, None], clusters)[:, 0]
    se = low = high = p_value = None
    groups = len(parts)
    if groups >= MIN_PAIRS:
        from scipy.stats import t

        se = sqrt(groups / (groups - 1) * float((parts**2).sum())) / float(w.sum())
        half = float(t.ppf(0.5 + level / 2, groups - 1)) * se
        low, high = mean - half, mean + half
        if se > 1e-12 * max(1.0, abs(mean)):  # less is rounding dust of a constant
            p_value = finite(2 * float(t.sf(abs(mean) / se, groups - 1)))
    return Statistic(
        method_code=method,
        estimate=mean,
        reference=reference,
        se=se,
        ci_low=low,
        ci_high=high,
        p_value=p_value,
        details={"clusters_n": groups},
        assumptions={"many_clusters": "held" if groups >= 30 else "doubtful"},
        **common,
    )


def _mean_change(
    before: np.ndarray,
    after: np.ndarray,
    households: np.ndarray | None,
    n_missing: int,
    level: float,
) -> Statistic:
    change = after - before
    n = len(change)
    if n == 0:
        return refuse(
            MEAN_CHANGE, "no_pairs", n=0, unit="points", reference=T_REFERENCE, n_missing=n_missing
        )
    details: dict[str, float | int | None] = {
        "mean_pre": float(before.mean()),
        "mean_post": float(after.mean()),
    }
    se = low = high = p_value = None
    if n >= MIN_PAIRS:
        from scipy.stats import t

        sd = float(change.std(ddof=1))
        se = sd / sqrt(n)
        half = float(t.ppf(0.5 + level / 2, n - 1)) * se
        low, high = float(change.mean()) - half, float(change.mean()) + half
        details |= _spread(before, after) | {"sd_change": sd, "df": n - 1}
        if se > 0:
            ratio = float(change.mean()) / se
            details["t"] = ratio
            p_value = finite(2 * float(t.sf(abs(ratio), n - 1)))
    return Statistic(
        method_code=MEAN_CHANGE,
        estimate=float(change.mean()),
        n=n,
        unit="points",
        reference=T_REFERENCE,
        se=se,
        ci_low=low,
        ci_high=high,
        p_value=p_value,
        n_missing=n_missing,
        details=details,
        assumptions={
            "independent_people": independence(households),
            "normal_change": "held" if n >= LARGE else "not_checked",
        },
    )


def _spread(before: np.ndarray, after: np.ndarray) -> dict[str, float | None]:
    import numpy as np

    sd_pre, sd_post = float(before.std(ddof=1)), float(after.std(ddof=1))
    r = float(np.corrcoef(before, after)[0, 1]) if sd_pre > 0 and sd_post > 0 else None
    return {"sd_pre": sd_pre, "sd_post": sd_post, "correlation": r}
