"""Published numbers of Kaplan-Meier, log-rank, Cox and the test of proportional hazards.

The numbers and their sources stand in ``schemas/checks/survival.yml``; the data in ``reference``.
"""

from __future__ import annotations

from functools import cache
from math import log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.impact.groups_survival import log_rank
from assets.impact.hazards import cox
from assets.impact.proportional import proportional_hazards_test
from assets.impact.survival import kaplan_meier_median, kaplan_meier_survival
from schemas.method_checks import MethodCheck, checks

REFERENCE = Path(__file__).parent / "reference"

# A plus sign marks those still in remission.
SIX_MP = "6, 6, 6, 6+, 7, 9+, 10, 10+, 11+, 13, 16, 17+, 19+, 20+, 22, 23, 25+, 32+, 32+, 34+, 35+"
WEEKS = pd.Series([float(each.rstrip("+")) for each in SIX_MP.split(", ")])
ENDED = pd.Series([not each.endswith("+") for each in SIX_MP.split(", ")])


@cache
def _data(name: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / f"{name}.csv")


@cache
def _lung_by_sex():
    lung = _data("lung")
    return cox(lung["time"], lung["status"] == lung["status"].max(), lung[["sex"]])["sex"]


@cache
def _rossi():
    men = _data("rossi")
    return cox(men["week"], men["arrest"] == 1, men.drop(columns=["week", "arrest"]))


@cache
def _ovarian():
    women = _data("ovarian")
    ended, terms = women["fustat"] == 1, women[["age", "ecog_ps"]]
    found = cox(women["futime"], ended, terms)
    logs = np.log([found["age"].estimate, found["ecog_ps"].estimate])
    return proportional_hazards_test(women["futime"].to_numpy(), ended.to_numpy(), terms, logs)


def _placebo_median():
    rows = _data("gehan").query("treat == 'control'")
    return kaplan_meier_median(rows["time"].astype(float), rows["cens"] == 1).estimate


def _lung_median():
    lung = _data("lung")
    ended = lung["status"] == lung["status"].max()
    return kaplan_meier_median(lung["time"].astype(float), ended).estimate


def _log_rank(name: str, status: str, group: str):
    rows = _data(name)
    return log_rank(rows["time"], rows[status] == rows[status].max(), rows[group]).estimate


@cache
def _lung_by_three():
    lung = _data("lung")
    terms = lung[["age", "sex", "ph_ecog"]]
    return cox(lung["time"], lung["status"] == lung["status"].max(), terms)


def _lung_median_of(sex: int):
    lung = _data("lung").query(f"sex == {sex}")
    return kaplan_meier_median(lung["time"].astype(float), lung["status"] == 1).estimate


@cache
def _transplants(*groups: str):
    import statsmodels

    tests = Path(statsmodels.__file__).parent / "duration" / "tests" / "results"
    rows = pd.read_csv(tests / "bmt.csv")
    rows = rows[rows["Group"].isin(groups)]
    return rows["T"].astype(float), rows["Status"] == 1, rows["Group"]


COMPUTED = {
    "six_mp_median": lambda: kaplan_meier_median(WEEKS, ENDED).estimate,
    "placebo_median": _placebo_median,
    "lung_median_sex_1": lambda: _lung_median_of(1),
    "lung_median_sex_2": lambda: _lung_median_of(2),
    "transplant_log_rank": lambda: (
        log_rank(*_transplants("AML-Low Risk", "AML-High Risk")).estimate
    ),
    "lung_median": _lung_median,
    "leukaemia_log_rank": lambda: _log_rank("gehan", "cens", "treat"),
    "lung_log_rank": lambda: _log_rank("lung", "status", "sex"),
    "lung_cox_sex_hazard_ratio": lambda: _lung_by_sex().estimate,
    "lung_cox_sex_se": lambda: _lung_by_sex().se,
    "lung_cox_sex_low": lambda: _lung_by_sex().ci_low,
    "lung_cox_sex_high": lambda: _lung_by_sex().ci_high,
    "ovarian_proportional_age": lambda: _ovarian().chi_square_by_term[0],
    "ovarian_proportional_p_age": lambda: _ovarian().p_by_term[0],
    "ovarian_proportional_ecog_ps": lambda: _ovarian().chi_square_by_term[1],
    "ovarian_proportional_p_ecog_ps": lambda: _ovarian().p_by_term[1],
    "ovarian_proportional_all": lambda: _ovarian().chi_square_all,
    "ovarian_proportional_p_all": lambda: _ovarian().p_all,
}


def computed(check: MethodCheck) -> float:
    """Compute one check; families of ids name the week or the term at their end."""
    head, _, tail = check.id.rpartition("_")
    if head.startswith("six_mp_") and tail.isdigit():
        found = kaplan_meier_survival(WEEKS, ENDED, float(tail))
        of = {"survival": "estimate", "se": "se", "low": "ci_low", "high": "ci_high"}
        return getattr(found, of[head.removeprefix("six_mp_")])
    if head in ("transplant_survival", "transplant_se"):
        found = kaplan_meier_survival(*_transplants("ALL")[:2], float(tail))
        return found.estimate if head == "transplant_survival" else found.se
    if check.id.startswith("lung_three_log_hazard_"):
        return log(_lung_by_three()[check.id.removeprefix("lung_three_log_hazard_")].estimate)
    if check.id.startswith("lung_three_se_"):
        return _lung_by_three()[check.id.removeprefix("lung_three_se_")].se
    if head == "rossi_log_hazard":
        return log(_rossi()[tail].estimate)
    if head == "rossi_se":
        return _rossi()[tail].se
    return COMPUTED[check.id]()


@pytest.mark.parametrize("check", checks("survival"), ids=lambda check: check.id)
def test_published(check):
    assert computed(check) == pytest.approx(check.expected, abs=check.tolerance)
