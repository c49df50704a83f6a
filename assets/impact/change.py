"""What changed between two waves in the same people? Matched pre/post change and its size."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING

from assets.estimates import Statistic, finite, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MEAN_CHANGE = "mean_change_paired_t"
D_Z, G_Z, D_AV, G_AV = "cohen_d_z", "hedges_g_z", "cohen_d_av", "hedges_g_av"
T_REFERENCE = "Student 1908, Biometrika 6:1-25 (paired t)"
D_REFERENCE = (
    "Cohen 1988; Lakens 2013, doi 10.3389/fpsyg.2013.00863; interval: Steiger & Fouladi 1997"
)
D_AV_REFERENCE = "Cohen 1988; Lakens 2013, doi 10.3389/fpsyg.2013.00863; no interval"
G_REFERENCE = "Hedges 1981, Journal of Educational Statistics 6:107-128"
MIN_PAIRS = 2
#: Beyond this t the search for the non-central interval does not end; such a t comes from a
#: handful of nearly equal changes, where an interval for d_z means nothing.
LARGEST_T = 1000.0


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


def hedges_j(df: int) -> float:
    """Return the exact small-sample correction: Gamma(v/2) / (sqrt(v/2) Gamma((v-1)/2)).

    Hedges 1981, equation 6e. v = n - 1 for paired data; defined from v = 2.

    Raises
    ------
    ValueError
        For fewer than 2 degrees of freedom.
    """
    if df < 2:
        raise ValueError("Hedges' correction needs at least 2 degrees of freedom")
    from scipy.special import gammaln

    return exp(float(gammaln(df / 2) - gammaln((df - 1) / 2))) / sqrt(df / 2)


def paired_change(
    pre: np.ndarray | pd.Series,
    post: np.ndarray | pd.Series,
    *,
    n_missing: int = 0,
    level: float = 0.95,
) -> dict[str, Statistic]:
    """Estimate the mean change of matched pairs and its standardised sizes.

    With D = post - pre: mean(D) +- t(n-1) SD(D)/sqrt(n), p from the paired t test (two-sided);
    d_z = mean(D) / SD(D), interval from the non-central t (ncp = d_z sqrt(n));
    d_av = mean(D) / ((SD(pre) + SD(post)) / 2); g = J(n-1) d for both.

    Parameters
    ----------
    pre, post
        Scores of the same people in the same order (points of the instrument), none missing.
    n_missing
        People who should be pairs and are not (eligible, without both scores); only carried along.
    level
        Confidence level.

    Returns
    -------
    dict of str to Statistic
        Keys ``mean_change_paired_t``, ``cohen_d_z``, ``hedges_g_z``, ``cohen_d_av``,
        ``hedges_g_av``. With one pair only the mean is given, without an interval; with no
        variance in the change d_z is ``not_estimable``.

    Raises
    ------
    ValueError
        When lengths differ or a score is missing.

    Notes
    -----
    Assumes independent people (members of one household are not quite) and a roughly normal
    mean change. d_av has no interval. Says nothing about cause. Matches ``t.test(post, pre, paired = TRUE)`` and
    ``effectsize::repeated_measures_d(method = "z" | "av")`` in R. d_z and d_av answer different
    questions and must not be compared with each other.
    """
    import numpy as np

    before, after = np.asarray(pre, dtype=float), np.asarray(post, dtype=float)
    if before.shape != after.shape or before.ndim != 1:
        raise ValueError("pre and post must be equally long")
    if np.isnan(before).any() or np.isnan(after).any():
        raise ValueError("pairs with a missing score must be left out first")
    mean = _mean_change(before, after, n_missing, level)
    d_z, g_z = _d_z(before, after, n_missing, level)
    d_av, g_av = _d_av(before, after, n_missing)
    return {each.method_code: each for each in (mean, d_z, g_z, d_av, g_av)}


def _mean_change(before: np.ndarray, after: np.ndarray, n_missing: int, level: float) -> Statistic:
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
    )


def _spread(before: np.ndarray, after: np.ndarray) -> dict[str, float | None]:
    import numpy as np

    sd_pre, sd_post = float(before.std(ddof=1)), float(after.std(ddof=1))
    r = float(np.corrcoef(before, after)[0, 1]) if sd_pre > 0 and sd_post > 0 else None
    return {"sd_pre": sd_pre, "sd_post": sd_post, "correlation": r}


def _d_z(
    before: np.ndarray, after: np.ndarray, n_missing: int, level: float
) -> tuple[Statistic, Statistic]:
    change = after - before
    n = len(change)
    sd = float(change.std(ddof=1)) if n >= MIN_PAIRS else 0.0
    # A constant change leaves rounding dust in the SD; dividing by it would give an absurd d.
    if sd <= 1e-12 * max(1.0, float(abs(change).max(initial=0.0))):
        reason = "no_pairs" if n < MIN_PAIRS else "no_variance"
        return _refuse_pair(D_Z, G_Z, reason, n, n_missing)
    d = float(change.mean()) / sd
    low, high = _noncentral_interval(d * sqrt(n), n - 1, level)
    return _with_correction(
        D_Z,
        G_Z,
        d,
        n,
        n_missing,
        None if low is None else low / sqrt(n),
        None if high is None else high / sqrt(n),
    )


def _d_av(before: np.ndarray, after: np.ndarray, n_missing: int) -> tuple[Statistic, Statistic]:
    n = len(before)
    average = (float(before.std(ddof=1)) + float(after.std(ddof=1))) / 2 if n >= MIN_PAIRS else 0.0
    if average <= 0:
        reason = "no_pairs" if n < MIN_PAIRS else "no_variance"
        return _refuse_pair(D_AV, G_AV, reason, n, n_missing)
    return _with_correction(D_AV, G_AV, float((after - before).mean()) / average, n, n_missing)


def _with_correction(
    plain: str,
    corrected: str,
    d: float,
    n: int,
    n_missing: int,
    low: float | None = None,
    high: float | None = None,
) -> tuple[Statistic, Statistic]:
    """Return d and its Hedges-corrected twin; J is a constant, so it scales the interval too."""
    first = Statistic(
        method_code=plain,
        estimate=d,
        n=n,
        unit="sd",
        reference=D_AV_REFERENCE if plain == D_AV else D_REFERENCE,
        ci_low=low,
        ci_high=high,
        n_missing=n_missing,
    )
    if n < 3:
        return first, refuse(
            corrected, "too_few_pairs", n=n, unit="sd", reference=G_REFERENCE, n_missing=n_missing
        )
    j = hedges_j(n - 1)
    second = Statistic(
        method_code=corrected,
        estimate=j * d,
        n=n,
        unit="sd",
        reference=G_REFERENCE,
        ci_low=None if low is None else j * low,
        ci_high=None if high is None else j * high,
        n_missing=n_missing,
        details={"hedges_j": j},
    )
    return first, second


def _refuse_pair(
    plain: str, corrected: str, reason: str, n: int, n_missing: int
) -> tuple[Statistic, Statistic]:
    return (
        refuse(
            plain,
            reason,
            n=n,
            unit="sd",
            reference=D_AV_REFERENCE if plain == D_AV else D_REFERENCE,
            n_missing=n_missing,
        ),
        refuse(corrected, reason, n=n, unit="sd", reference=G_REFERENCE, n_missing=n_missing),
    )


def _noncentral_interval(
    t_value: float, df: int, level: float
) -> tuple[float | None, float | None]:
    """Find the non-centrality parameters that put t at the two tails of the non-central t."""
    if abs(t_value) > LARGEST_T:
        return None, None
    from scipy.special import nctdtrinc

    tail = (1 - level) / 2
    near = float(nctdtrinc(df, 1 - tail, abs(t_value)))
    far = float(nctdtrinc(df, tail, abs(t_value)))
    return (near, far) if t_value >= 0 else (-far, -near)
