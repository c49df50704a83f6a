"""Dose, trend and staying give what lm, glm, sandwich and kSamples give (``reference/r/participation.R``)."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from assets.impact.dose import dose_slope, trend
from assets.impact.who_stays import logit_odds_ratios
from tests.spec.r_values import CLOSE, differing, groups, table

TOLD = groups("participation")
GROUPS = {
    "small": [[1.1, 2.3, 0.4], [2.2, 3.1], [2.9, 4.4, 5.0]],
    "falling": [[5.1, 6.2], [3.3, 4.4], [1.5, 2.6, 0.7]],
    "tied": [[1, 2, 2, 3], [2, 3, 3, 3], [3, 4, 2, 5]],
}


@cache
def dose(*, by_place: bool):
    rows = table("immer")
    given = pd.Series(np.arange(1, 31) * 7 % 11, index=rows.index)
    return dose_slope(rows["Y1"], rows["Y2"], given, rows["Loc"] if by_place else None)


@cache
def odds(*, by_set: bool = False) -> dict:
    rows = table("infert")
    sets = rows["stratum"] if by_set else None
    return logit_odds_ratios(rows["case"] == 1, rows[["spontaneous", "induced", "age"]], sets)


def rising(name: str) -> dict:
    if name in GROUPS:
        values = pd.Series([each for group in GROUPS[name] for each in group])
        bands = pd.Series([place for place, group in enumerate(GROUPS[name]) for _ in group])
    elif name == "teeth":
        values, bands = table("toothgrowth")["len"], table("toothgrowth")["dose"]
    else:
        rows = table("anorexia")
        # Rounded: R 4.2 and we rank what is there, dust included, and both shall see the same ties.
        values = rows["Postwt"] - rows["Prewt"]
        bands = rows["Treat"].map({"Cont": 0, "CBT": 1, "FT": 2})
    found = trend(values, bands)
    told = found.details
    # kSamples gives the upper tail; ours is two-sided, twice the smaller one.
    upper = found.p_value / 2 if told["J"] >= told["expected"] else 1 - found.p_value / 2
    if not told["exact"]:
        assert upper == pytest.approx(norm.sf(told["z"]))
    elif name == "falling":
        upper = 1.0  # exact: nothing lies below the least J, so the upper tail is everything
        assert found.p_value == pytest.approx(2 * 2 * 2 * 6 / 5040)
    return {"j": told["J"], "mean": told["expected"], "variance": told["variance"], "p_above": upper}  # fmt: skip


def detail(name: str, **more) -> dict:
    return {x: found.details[name] for x, found in odds(**more).items()}


def dosed(name: str) -> dict:
    found = dose(by_place=name == "dose_places")
    if name == "dose_places":
        return {"se": found.se, "p": found.p_value}
    ends = {"low": found.ci_low, "high": found.ci_high}
    return {"estimate": found.estimate, "se": found.se, "p": found.p_value, **ends}


COMPUTED = {
    "logit": lambda: detail("b"),
    "logit_se": lambda: detail("b_se"),
    "logit_p": lambda: {x: found.p_value for x, found in odds().items()},
    "odds_low": lambda: {x: found.ci_low for x, found in odds().items()},
    "odds_high": lambda: {x: found.ci_high for x, found in odds().items()},
    "logit_sets": lambda: detail("b_se", by_set=True),
}


@pytest.mark.parametrize("name", TOLD)
def test_as_r(name):
    kind, _, of = name.partition(".")
    if kind == "trend":
        found = rising(of)
    else:
        found = dosed(kind) if kind.startswith("dose") else COMPUTED[kind]()
    assert not differing(found, TOLD[name], CLOSE)
