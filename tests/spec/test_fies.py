"""Worked examples: food insecurity by fixed severities.

The table of person parameters and probabilities is arithmetic on the published severities with the
formulas of ``RM.weights::prob.assign`` (theta, se, P), done apart from this code.
"""

from __future__ import annotations

import pandas as pd
import pytest

from assets.measures.fies import person_parameters, prevalence, prevalence_rows
from schemas.instruments import shipped
from schemas.method_checks import checks

RASCH = shipped()["fies"].rasch
SEVERITIES = pd.Series(RASCH.severities)
COMPUTED = {
    "fies_standard_mean": lambda: SEVERITIES.mean(),
    "fies_standard_sd": lambda: SEVERITIES.std(ddof=0),
}
TABLE = {
    "theta": [-2.2748, -1.3364, -0.6475, -0.0265, 0.6032, 1.3203, 2.3115, 3.1516],
    "se": [1.1085, 0.8735, 0.7995, 0.7839, 0.8105, 0.8959, 1.1380, 1.5142],
    "moderate_or_severe": [0.0383, 0.1204, 0.3373, 0.6421, 0.8705, 0.9658, 0.9894, 0.9889],
    "severe": [0.0001, 0.0001, 0.0008, 0.0076, 0.0582, 0.2677, 0.6492, 0.8003],
}
#: Raw score 0 to 8 -> people.
COUNTS = [30, 8, 6, 5, 4, 3, 2, 1, 1]


def _raw() -> pd.Series:
    return pd.Series([score for score, n in enumerate(COUNTS) for _ in range(n)], dtype="float64")


@pytest.mark.parametrize("check", checks("fies"), ids=lambda each: each.id)
def test_published(check):
    assert COMPUTED[check.id]() == pytest.approx(check.expected, abs=check.tolerance)


@pytest.mark.parametrize("column", TABLE)
def test_what_each_raw_score_says(column):
    found = person_parameters(RASCH)[column]
    assert found.loc[1:].tolist() == pytest.approx(TABLE[column], abs=6e-5)


def test_nobody_without_a_yes_is_food_insecure():
    assert person_parameters(RASCH).loc[0, ["moderate_or_severe", "severe"]].tolist() == [0, 0]


def test_prevalence_is_the_mean_of_probabilities():
    found = prevalence(_raw(), RASCH)
    assert found["moderate_or_severe"].estimate == pytest.approx(0.1967, abs=5e-5)
    assert found["severe"].estimate == pytest.approx(0.0366, abs=5e-5)
    assert found["severe"].details["extreme_n"] == 1  # 11 of 60 beyond raw 4 would be 18.33 %


def test_weights_count_like_people():
    apart = prevalence(_raw(), RASCH)["severe"].estimate
    scores = pd.Series(range(9), dtype="float64")
    weighted = prevalence(scores, RASCH, weights=pd.Series(COUNTS))
    assert weighted["severe"].estimate == pytest.approx(apart, abs=1e-12)


def test_few_people():
    assert {each.status for each in prevalence(_raw().head(0), RASCH).values()} == {"too_few"}
    assert prevalence(_raw().tail(1), RASCH)["severe"].ci_low is None
    nobody = prevalence(_raw().head(30), RASCH)["severe"]
    assert (nobody.estimate, nobody.ci_low, nobody.ci_high) == (0, 0, 0)


def test_rows_are_asked_of_scales_with_severities_only():
    scores = pd.DataFrame(
        {
            "person_code": ["a", "b", "c", "a"],
            "wave_code": "pre",
            "scale_code": ["fies", "fies", "fies", "who5"],
            "score": [0.0, 8.0, None, 50.0],
        }
    )
    rows = {row["estimate_id"]: row for row in prevalence_rows(scores, shipped(), ["who5", "fies"])}
    name = "food_insecurity_share/fies/pre/food_insecurity=severe"
    assert len(rows) == 2
    assert rows[name]["estimate"] == pytest.approx(0.8003 / 2, abs=5e-5)
    assert (rows[name]["n"], rows[name]["n_missing"]) == (2, 1)
