"""Published numbers of dose, trend and staying (schemas/checks/participation.yml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import statsmodels
import statsmodels.api as sm

from assets.impact.dose import dose_slope, trend
from assets.impact.who_stays import logit_odds_ratios
from schemas.method_checks import checks

#: Hollander & Wolfe 1999, example 6.2, and Duller p. 222, as the R documentation prints them.
MOTIVATION = [[40, 35, 38, 43, 44, 41], [38, 40, 47, 44, 40, 42], [48, 40, 45, 43, 46, 44]]
COFFEE = [[447, 396, 383, 410], [438, 521, 468, 391, 504, 472], [513, 543, 506, 489, 407]]
#: Jonckheere 1954.
FOURS = [[19, 20, 60, 130], [21, 61, 80, 129], [40, 99, 100, 149], [49, 110, 151, 160]]
#: datasets::trees: girth (in), height (ft), volume (cubic ft) of 31 black cherry trees.
GIRTH = (
    "8.3 8.6 8.8 10.5 10.7 10.8 11 11 11.1 11.2 11.3 11.4 11.4 11.7 12 12.9 12.9 13.3 13.7 13.8 14 "
    "14.2 14.5 16 16.3 17.3 17.5 17.9 18 18 20.6"
)
HEIGHT = (
    "70 65 63 72 81 83 66 75 80 75 79 76 76 69 75 74 85 86 71 64 78 80 74 72 77 81 82 80 80 80 87"
)
VOLUME = (
    "10.3 10.3 10.2 16.4 18.8 19.7 15.6 18.2 22.6 19.9 24.2 21 21.4 21.3 19.1 22.2 33.8 27.4 25.7 "
    "24.9 34.5 31.7 36.3 38.3 42.6 55.4 55.7 58.3 51.5 51 77"
)


@cache
def jonckheere(name: str):
    groups = {"motivation": MOTIVATION, "coffee": COFFEE, "fours": FOURS}[name]
    values = pd.Series([value for group in groups for value in group])
    bands = pd.Series([band for band, group in enumerate(groups) for _ in group])
    return trend(values, bands)


@cache
def grunfeld():
    firms = sm.datasets.grunfeld.load_pandas().data
    firms = firms[firms["firm"] != "American Steel"]
    return dose_slope(firms["capital"], firms["invest"], firms["value"], firms["firm"])


@cache
def trees():
    girth, height, volume = (
        pd.Series([float(each) for each in text.split()]) for text in (GIRTH, HEIGHT, VOLUME)
    )
    return dose_slope(girth, volume, height)


@cache
def spector():
    students = sm.datasets.spector.load_pandas().data
    return logit_odds_ratios(
        students["GRADE"], students[["GPA", "TUCE", "PSI"]], events_per_variable=3
    )


@cache
def births():
    tests = Path(statsmodels.__file__).parent / "genmod" / "tests" / "results"
    mothers = pd.read_csv(tests / "stata_lbw_glm.csv")
    terms = mothers[["age", "lwt", "smoke", "ptl", "ht", "ui"]].astype("float64")
    race2, race3 = ((mothers["race"] == name).astype("float64") for name in ("black", "other"))
    return logit_odds_ratios(
        mothers["low"] == 1, terms.assign(race2=race2, race3=race3), events_per_variable=5
    )


COMPUTED = {
    "jonckheere_1954_j": lambda: jonckheere("fours").details["J"],
    "jonckheere_1954_variance": lambda: jonckheere("fours").details["variance"],
    "jonckheere_1954_z": lambda: jonckheere("fours").details["z"],
    "jonckheere_1954_p": lambda: jonckheere("fours").p_value,
    "logistic_birth_race2": lambda: births()["race2"].estimate,
    "logistic_birth_smoke": lambda: births()["smoke"].estimate,
    "logistic_birth_ht": lambda: births()["ht"].estimate,
    "logistic_birth_lwt": lambda: births()["lwt"].estimate,
    "logistic_birth_smoke_low": lambda: births()["smoke"].ci_low,
    "logistic_birth_smoke_high": lambda: births()["smoke"].ci_high,
    "jonckheere_motivation_j": lambda: jonckheere("motivation").details["J"],
    "jonckheere_motivation_variance": lambda: jonckheere("motivation").details["variance"],
    "jonckheere_motivation_p": lambda: jonckheere("motivation").p_value / 2,
    "jonckheere_coffee_j": lambda: jonckheere("coffee").details["J"],
    "jonckheere_coffee_p": lambda: jonckheere("coffee").p_value,
    "dose_grunfeld": lambda: grunfeld().estimate,
    "dose_grunfeld_se": lambda: grunfeld().se,
    "dose_grunfeld_p": lambda: grunfeld().p_value,
    "dose_trees": lambda: trees().estimate,
    "dose_trees_se": lambda: trees().se,
    "logit_spector_gpa": lambda: spector()["GPA"].details["b"],
    "logit_spector_psi": lambda: spector()["PSI"].details["b"],
    "logit_spector_tuce": lambda: spector()["TUCE"].details["b"],
    "logit_spector_gpa_se": lambda: spector()["GPA"].details["b_se"],
    "logit_spector_psi_se": lambda: spector()["PSI"].details["b_se"],
}


@pytest.mark.parametrize("check", checks("participation"), ids=lambda check: check.id)
def test_published(check):
    assert COMPUTED[check.id]() == pytest.approx(check.expected, abs=check.tolerance)
