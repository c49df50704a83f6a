"""Reliability, one factor, intraclass correlation and drift give what psych, factanal and lavaan give."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from assets.impact.agreement import intraclass_correlations
from assets.impact.drift import alpha_change, item_drift
from assets.impact.items import item_rest_correlations, reliability_without
from assets.impact.omega import omega_total, one_factor
from assets.impact.reliability import cronbach_alpha, cronbach_alpha_pairwise, spearman_brown
from tests.spec.r_values import CLOSE, differing, groups, table

TOLD = groups("reliability")
#: factanal stops at 1e-6 of the uniquenesses, lavaan at about as much of the parameters.
SEARCHED = {"factor": 2e-5, "unique": 5e-5, "chi_square": 1e-6, "omega": 1e-5}


def items(name: str) -> pd.DataFrame:
    answers = table("bfi")
    return answers[[x for x in answers if x.startswith("A" if name == "kind" else "C")]]


def scale(name: str) -> pd.DataFrame:
    if name == "yes":
        return (items("careful").dropna() > 4).astype(float)
    return items("careful").dropna().head(6) if name == "few" else items(name)


@cache
def factor(name: str):
    complete = items(name).dropna()
    return one_factor(np.corrcoef(complete.to_numpy(), rowvar=False), len(complete))


@cache
def two_waves() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A second wave by rule: every so many people answer one more, every seventh one less."""
    before = items("kind").dropna().head(60).reset_index(drop=True)
    place, after = np.arange(1, 61), before.copy()
    for i, item in enumerate(before, start=1):
        moved = before[item] + (place * (i + 1) % 5 == 0) - ((place + i) % 7 == 0)
        after[item] = moved.clip(1, 6)
    return before, after


@cache
def agreement(name: str):
    ratings = {
        "kind": lambda: items("kind"),
        "few": lambda: scale("few").iloc[:, :3],
        "apart": lambda: pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [4, 5, 1, 2, 4], "c": [3, 1, 4, 5, 2]}),
    }[name]()  # fmt: skip
    return intraclass_correlations(ratings)


def ends(found) -> dict:
    return {"low": found.ci_low, "high": found.ci_high}


def whole(found) -> dict:
    return {"estimate": found.estimate, **ends(found)}


def computed(name: str, told: dict) -> dict:
    kind, _, of = name.partition(".")
    if kind == "icc":
        data, form = of.split(".")
        return whole(agreement(data)[f"icc_{form.removeprefix('ICC')}"])
    if kind in ("factor", "unique", "chi_square"):
        fit = factor(of)
        if kind == "chi_square":
            return {"value": fit.chi_square, "df": fit.df}
        values = fit.loadings if kind == "factor" else fit.uniquenesses
        return dict(zip(items(of), values, strict=True))
    if kind == "omega":
        found = omega_total(items(of))
        return {**whole(found), "se": found.se}
    if kind == "drift":
        field = {"estimate": "estimate", "low": "ci_low", "p": "p_value"}[of]
        return {item: getattr(found, field) for item, found in item_drift(*two_waves()).items()}
    return SIMPLE[kind](of, told)


SIMPLE = {
    "alpha": lambda of, told: {each: cronbach_alpha(scale(each)).estimate for each in told},
    "alpha_ends": lambda of, told: ends(cronbach_alpha(scale(of))),
    "pairwise": lambda of, told: {
        each: cronbach_alpha_pairwise(scale(each)).estimate for each in told
    },
    "complete_n": lambda of, told: {"kind": cronbach_alpha(items("kind")).n},
    "rest": lambda of, told: {
        item: found.estimate for item, found in item_rest_correlations(items("kind")).items()
    },
    "without": lambda of, told: {
        item: found.estimate for item, found in reliability_without(items("kind")).items()
    },
    "rest_ends": lambda of, told: ends(item_rest_correlations(items("kind"))[of]),
    "two_items": lambda of, told: whole(spearman_brown(items("kind").dropna()[["A2", "A3"]])),
    "alpha_change": lambda of, told: {
        "estimate": alpha_change(*two_waves()).estimate,
        "p": alpha_change(*two_waves()).p_value,
    },
}
#: psych steps a limit of the mean of k up past where the formula has a pole and prints 6.56 for a lower end.
BEYOND_THE_POLE = "icc.apart.ICC2k"


@pytest.mark.parametrize("name", [each for each in TOLD if each != BEYOND_THE_POLE])
def test_as_r(name):
    close = SEARCHED.get(name.partition(".")[0], CLOSE)
    assert not differing(computed(name, TOLD[name]), TOLD[name], close)


def test_a_limit_beyond_the_pole_is_none():
    found, told = agreement("apart")["icc_2k"], TOLD[BEYOND_THE_POLE]
    assert told["low"] > told["high"]
    assert found.ci_low is None
    assert found.ci_high == pytest.approx(told["high"])
    assert found.estimate == pytest.approx(told["estimate"])
