"""A published meta-analysis, number for number: thirteen trials of the BCG vaccine.

The numbers and their sources stand in ``schemas/checks/meta_analysis.yml``; the data are those of
Colditz et al. 1994, as printed in the README of R's metafor (trial by trial: cases and others among
the vaccinated, cases and others among those who were not).
"""

from __future__ import annotations

from functools import cache
from math import exp, log

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import proportion_confint

from assets.across.meta_analysis import (
    back_to_share,
    logit_by_delta,
    logit_of_share,
    pool,
    tau2_reml,
)
from schemas.method_checks import checks

TRIALS = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]  # fmt: skip


def log_ratios() -> tuple[list[float], list[float]]:
    """Log risk ratio and its variance, 1/a - 1/(a+b) + 1/c - 1/(c+d)."""
    ratios = [log(a / (a + b) / (c / (c + d))) for a, b, c, d in TRIALS]
    return ratios, [1 / a - 1 / (a + b) + 1 / c - 1 / (c + d) for a, b, c, d in TRIALS]


@cache
def bcg(estimator: str = "reml", interval: str = "knapp_hartung"):
    effects, variances = log_ratios()
    return pool(effects, np.sqrt(variances), unit="ratio", estimator=estimator, interval=interval)


def detail(name: str, *how: str):
    return lambda: bcg(*how).details[name]


COMPUTED = {
    "bcg_tau2": detail("tau2"),
    "bcg_tau2_se": detail("tau2_se"),
    "bcg_i2": detail("i2"),
    "bcg_q": detail("q"),
    "bcg_mean": lambda: bcg().estimate,
    "bcg_se_normal": lambda: bcg("reml", "normal").se,
    "bcg_low_normal": lambda: bcg("reml", "normal").ci_low,
    "bcg_high_normal": lambda: bcg("reml", "normal").ci_high,
    "bcg_se": lambda: bcg().se,
    "bcg_p": lambda: bcg().p_value,
    "bcg_low": lambda: bcg().ci_low,
    "bcg_high": lambda: bcg().ci_high,
    "bcg_prediction_low": lambda: exp(bcg().details["prediction_low"]),
    "bcg_prediction_high": lambda: exp(bcg().details["prediction_high"]),
    "bcg_tau2_low": detail("tau2_low"),
    "bcg_tau2_high": detail("tau2_high"),
    "bcg_i2_low": detail("i2_low"),
    "bcg_i2_high": detail("i2_high"),
    "bcg_tau2_dl": detail("tau2", "dl"),
    "bcg_i2_dl": detail("i2", "dl"),
    "bcg_mean_dl": lambda: exp(bcg("dl").estimate),
    "bcg_low_dl": lambda: exp(bcg("dl", "normal").ci_low),
    "bcg_high_dl": lambda: exp(bcg("dl", "normal").ci_high),
}


@pytest.mark.parametrize(
    "check",
    [each for each in checks("meta_analysis") if not each.id.startswith("r_")],
    ids=lambda check: check.id,
)
def test_published(check):
    assert COMPUTED[check.id]() == pytest.approx(check.expected, abs=check.tolerance)


def test_another_library_says_the_same():
    """statsmodels has DerSimonian-Laird with Hartung-Knapp intervals (its 'wls' row)."""
    effects, variances = log_ratios()
    other = combine_effects(np.array(effects), np.array(variances), method_re="dl")
    mine = bcg("dl")
    assert mine.details["tau2"] == pytest.approx(other.tau2, rel=1e-10)
    assert mine.estimate == pytest.approx(other.mean_effect_re, rel=1e-10)
    assert mine.se**2 == pytest.approx(other.var_hksj_re, rel=1e-10)
    assert mine.details["q"] == pytest.approx(other.q, rel=1e-10)


def test_the_restricted_likelihood_is_highest_at_its_estimate():
    effects, variances = map(np.array, log_ratios())
    at = tau2_reml(effects, variances)

    def likelihood(between: float) -> float:  # Viechtbauer 2005, equation of the REML likelihood
        w = 1 / (variances + between)
        mean = (w * effects).sum() / w.sum()
        return float((np.log(w).sum() - np.log(w.sum()) - (w * (effects - mean) ** 2).sum()) / 2)

    assert all(likelihood(at) > likelihood(at + step) for step in (-0.05, -0.001, 0.001, 0.05))


def test_programmes_that_agree_have_no_variance_between_and_no_narrower_interval():
    """Three equal effects: tau² 0, and the floor keeps the error at sqrt(1 / sum w) = 1 / sqrt(3)."""
    made = pool([2.0, 2.0, 2.0], [1.0, 1.0, 1.0], unit="points")
    assert made.details["tau2"] == made.details["i2"] == 0
    assert made.se == pytest.approx(3**-0.5)
    assert made.ci_high == pytest.approx(2 + 4.302653 * 3**-0.5, abs=1e-5)  # t(2) of tables: 4.303
    assert made.details["prediction_high"] == pytest.approx(made.ci_high)


def test_two_programmes_have_a_mean_and_no_prediction():
    made = pool([1.0, 3.0], [0.5, 0.5], unit="points")
    assert made.estimate == pytest.approx(2.0)
    assert made.details["prediction_low"] is None
    assert made.ci_high - 2 == pytest.approx(
        12.7062, abs=1e-3
    )  # t(1) 12.706, error |3 - 1| / 2 = 1


@pytest.mark.parametrize(
    ("effects", "errors", "reason"),
    [
        ([1.0], [0.5], "too_few_programmes"),
        ([1.0, float("nan")], [0.5, 0.5], "too_few_programmes"),
        ([1.0, 2.0], [0.5, 0.0], "no_spread"),
    ],
)
def test_what_cannot_be_pooled_says_why(effects, errors, reason):
    made = pool(effects, errors, unit="points")
    assert made.estimate is None
    assert made.reason == reason


def test_a_share_and_its_base_give_the_logit():
    """15 of 50: log(15 / 35), variance 1/15 + 1/35 (escalc's PLO)."""
    logit, error = logit_of_share(0.3, 50)
    assert logit == pytest.approx(log(15 / 35))
    assert error**2 == pytest.approx(1 / 15 + 1 / 35)


def test_wilsons_interval_gives_the_base_it_was_made_with():
    low, high = proportion_confint(15, 50, method="wilson")
    assert logit_of_share(0.3, 80, low, high)[1] == pytest.approx(logit_of_share(0.3, 50)[1])


def test_a_share_of_nobody_takes_half_a_person_on_each_side():
    """0 of 20 becomes 0.5 of 21: variance 1/0.5 + 1/20.5."""
    logit, error = logit_of_share(0.0, 20)
    assert logit == pytest.approx(log(0.5 / 20.5))
    assert error**2 == pytest.approx(1 / 0.5 + 1 / 20.5)


def test_what_was_pooled_as_logits_is_shown_as_shares():
    """Two shares of a half: a half, and an interval that is symmetric about it."""
    logits = [logit_by_delta(0.5, 0.05), logit_by_delta(0.5, 0.1)]
    made = back_to_share(pool(*zip(*logits, strict=True), unit="share"))
    assert made.estimate == pytest.approx(0.5)
    assert made.ci_low + made.ci_high == pytest.approx(1)
    assert made.se is None
