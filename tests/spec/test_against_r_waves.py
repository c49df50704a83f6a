"""The mixed model gives what lme4 and nlme give (``reference/r/waves.R``)."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from assets.impact.waves import MIXED, mixed_change, random_intercept
from tests.spec.r_values import differing, groups, table

#: lme4 looks for the ratio of the two standard deviations until 1e-7 or so; errors and variances share that.
ITERATED = 2e-6


def few() -> pd.DataFrame:
    """Eight people, every third answer lost; the first answered once."""
    sleep = table("sleepstudy")
    ids = sleep["Subject"].unique()[:8]
    kept = sleep[sleep["Subject"].isin(ids) & ((sleep.index + 1) % 3 != 0) & (sleep["Days"] < 4)]
    return kept[(kept["Subject"] != ids[0]) | (kept["Days"] == 0)]


def teeth() -> pd.DataFrame:
    given = table("orthodont")
    girl = (given["Sex"] == "Female").astype(float)
    return given.assign(girl=girl, both=girl * given["age"])


def model(name: str) -> tuple[pd.Series, pd.DataFrame, pd.Series]:
    if name in ("sleep", "few"):
        rows = table("sleepstudy") if name == "sleep" else few()
        return rows["Reaction"], rows[["Days"]], rows["Subject"]
    if name == "chick":
        rows = table("chickweight")
        return rows["weight"], rows[["Time"]], rows["Chick"]
    if name == "teeth":
        rows = teeth()
        return rows["distance"], rows[["age", "girl", "both"]], rows["Subject"]
    rows = table(name)
    return rows["Yield"], rows[[]], rows["Batch"]


@cache
def fitted(name: str) -> dict[str, dict[str, float]]:
    which, _, kind = name.rpartition("_")
    found = random_intercept(*model(which), reml=kind == "reml")
    fixed = found.fixed.rename(index={"intercept": "_Intercept_"})
    return {
        "estimate": fixed["estimate"].to_dict(),
        "se": fixed["se"].to_dict(),
        "variance": {"person": found.person_variance, "residual": found.residual_variance},
        "": {"log_likelihood": found.log_likelihood},
    }


@cache
def waves() -> dict:
    rows = table("orthodont")
    kept = rows[(rows.index + 1) % 5 != 0]
    scores = pd.DataFrame(
        {"person_code": kept["Subject"], "wave_code": "wave" + kept["age"].astype(str)}
    ).assign(score=kept["distance"])
    return mixed_change(scores, ["wave8", "wave10", "wave12", "wave14"])


def of_waves(name: str, told: dict) -> dict:
    kind = name.partition(".")[2]
    last = waves()["wave14"]
    if kind == "variance":
        return {each: last.details[f"{each}_variance"] for each in ("person", "residual")}
    if kind == "ci":
        return {"low": last.ci_low, "high": last.ci_high}
    if not kind:
        return {"icc": last.details["icc"]}
    field = "p_value" if kind == "p" else kind
    return {wave: getattr(found, field) for wave, found in waves().items()}


@pytest.mark.parametrize("name", groups("waves"))
def test_as_r(name):
    told = dict(groups("waves")[name])
    if name.startswith("waves"):
        # A constant is no change, and the likelihood of a change is nobody's question.
        for each in ("_Intercept_", "log_likelihood"):
            told.pop(each, None)
        assert not differing(of_waves(name, told), told, ITERATED)
    else:
        which, _, kind = name.partition(".")
        # The likelihood is flat about its top: there both agree to the last digits.
        assert not differing(fitted(which)[kind], told, ITERATED if kind else 1e-12)


def test_batches_alike_are_told_apart_by_nothing():
    yields = table("dyestuff2")
    found = random_intercept(yields["Yield"], yields[[]], yields["Batch"])
    assert found.person_variance == 0
    assert found.is_converged


def test_where_people_do_not_differ_the_change_is_that_of_unrelated_answers():
    made = table("dyestuff2")
    scores = pd.DataFrame(
        {"person_code": made["Batch"], "wave_code": [f"w{place % 5}" for place in range(30)]}
    ).assign(score=made["Yield"])
    found = mixed_change(scores, [f"w{place}" for place in range(5)])["w1"]
    assert found.method_code == MIXED
    by_wave = scores.groupby("wave_code")["score"]
    gap = by_wave.mean()["w1"] - by_wave.mean()["w0"]
    assert found.estimate == pytest.approx(gap, rel=1e-9)  # balanced: the means themselves
