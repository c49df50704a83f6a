"""Waiting, log-rank, Cox and its test give what R's survival gives (``reference/r/survival.R``)."""

from __future__ import annotations

from functools import cache
from math import log

import numpy as np
import pandas as pd
import pytest

from assets.impact.groups_survival import log_rank
from assets.impact.hazards import cox
from assets.impact.proportional import proportional_hazards_test
from assets.impact.survival import (
    kaplan_meier_median,
    kaplan_meier_survival,
    mean_closed_days,
    median_closed_days,
)
from tests.spec.r_values import FOLDER, differing, groups, table

TOLD = groups("survival")
#: Both sides iterate Cox's likelihood, whose top is flat.
ITERATED = 1e-6


@cache
def rows(name: str) -> pd.DataFrame:
    if name == "ill":
        given = table("pbc")
        female = (given["sex"] == "f").astype(float)
        return given.assign(dead=given["status"] == 2, female=female)
    if name == "all":
        return pd.DataFrame({"time": [2, 3, 3, 5], "dead": True})
    files = {"lung": ("lung", "time", "status"), "weeks": ("lung", "time", "status"),
             "ovary": ("ovarian", "futime", "fustat")}  # fmt: skip
    file, time, status = files.get(name, ("gehan", "time", "cens"))
    given = pd.read_csv(FOLDER.parent / f"{file}.csv")
    given = given.assign(time=given[time], dead=given[status] == given[status].max())
    if name == "drug":
        return given[given["treat"] == "6-MP"]
    if name == "weeks":
        return given.assign(time=np.ceil(given["time"] / 100))
    return given.assign(drug=(given["treat"] == "6-MP") * 1.0) if file == "gehan" else given


def waited(name: str) -> tuple[pd.Series, pd.Series]:
    return rows(name)["time"].astype(float), rows(name)["dead"]


def median(name: str) -> dict:
    found = kaplan_meier_median(*waited(name))
    return {"median": found.estimate, "low": found.ci_low, "high": found.ci_high}


def surviving(of: str) -> dict:
    name, _, at = of.partition(".")
    found = kaplan_meier_survival(*waited(name), float(at))
    ends = {"low": found.ci_low, "high": found.ci_high}
    return {"estimate": found.estimate, "se": found.se, **ends}


def ranked(of: str) -> dict:
    column = {"treat": "treat", "ecog": "ph_ecog", "ecog_one": "ph_ecog"}.get(of, of)
    name = {"treat": "gehan"}.get(of, "lung" if of.startswith("ecog") else "ill")
    given = rows(name)
    given = given[given["ph_ecog"] < 3] if of == "ecog" else given
    found = log_rank(given["time"], given["dead"], given[column])
    return {"chi_square": found.estimate, "df": found.details["df"], "p": found.p_value}


@cache
def hazards(name: str) -> dict:
    return cox(*waited(name), rows(name)[list(TOLD[f"cox.{name}"])])


@cache
def proportional(name: str):
    names = list(TOLD[f"cox.{name}"])
    known = rows(name)[["time", "dead", *names]].dropna()
    logs = np.log([hazards(name)[x].estimate for x in names])
    return proportional_hazards_test(
        known["time"].to_numpy(float), known["dead"].to_numpy(bool), known[names], logs
    )


def score_test(name: str, part: str) -> dict:
    found = proportional(name)
    single = found.chi_square_by_term if part == "chi_square" else found.p_by_term
    together = found.chi_square_all if part == "chi_square" else found.p_all
    return dict(zip(TOLD[f"cox.{name}"], single, strict=True)) | {"GLOBAL": together}


def closed() -> dict:
    mean, middle = mean_closed_days(*waited("ill")), median_closed_days(*waited("ill"))
    return {"mean": mean.estimate, "median": middle.estimate, "n": mean.n}


def narrower() -> dict:
    found = kaplan_meier_survival(*waited("lung"), 365, level=0.9)
    return {"low": found.ci_low, "high": found.ci_high}


COMPUTED = {
    "median": median,
    "survival": surviving,
    "survival90": lambda of: narrower(),
    "log_rank": ranked,
    "cox": lambda of: {x: log(found.estimate) for x, found in hazards(of).items()},
    "cox_se": lambda of: {x: found.se for x, found in hazards(of).items()},
    "cox_p": lambda of: {x: found.p_value for x, found in hazards(of).items()},
    "cox_n": lambda of: {x: next(iter(hazards(x).values())).n for x in TOLD["cox_n"]},
    "zph": lambda of: score_test(of, "chi_square"),
    "zph_p": lambda of: score_test(of, "p"),
    "closed": lambda of: closed(),
}


@pytest.mark.parametrize("name", [each for each in TOLD if each != "half"])
def test_as_r(name):
    kind, _, of = name.partition(".")
    close = ITERATED if kind.startswith(("cox", "zph")) else 1e-9
    assert not differing(COMPUTED[kind](of), TOLD[name], close)


def test_a_curve_flat_at_one_half_is_read_at_its_beginning():
    """R gives the middle of the flat stretch, 2.5; half had ended after 2 days."""
    found = kaplan_meier_median(pd.Series([1.0, 2, 3, 4]), pd.Series([True, True, True, False]))
    assert TOLD["half"]["median"] == 2.5
    assert found.estimate == 2
