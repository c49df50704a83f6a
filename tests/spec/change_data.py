"""Published data of the worked examples about change; each with its origin."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

# FACTS.md section 5 of the project: invented, and worked by hand in test_matched_change.py.
VECTOR_PRE = [40, 52, 36, 60, 48, 44, 56, 32]
VECTOR_POST = [52, 56, 48, 60, 64, 40, 68, 44]

# Student 1908, Biometrika 6:20 (Cushny & Peebles 1905); datasets::sleep in R.
SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

# Lakens 2013, doi 10.3389/fpsyg.2013.00863, table 1 (CC BY).
FILM_1 = [9, 7, 8, 9, 8, 9, 9, 10, 9, 9]
FILM_2 = [9, 6, 7, 8, 7, 9, 8, 8, 8, 7]

# Hollander & Wolfe 1973, p. 29; the first example of ?wilcox.test in R.
VISIT_1 = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
VISIT_2 = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]

# Darwin 1876; Fisher 1935, The Design of Experiments, section 17 (HistData::ZeaMays): inches.
CROSSED = [
    23.5, 12, 21, 22, 19.125, 21.5, 22.125, 20.375, 18.25, 21.625, 23.25, 21, 22.125, 23, 12,
]  # fmt: skip
SELFED = [
    17.375, 20.375, 20, 20, 18.375, 18.625, 18.625, 15.25, 16.5, 18, 16.25, 18, 12.75, 15.5, 18,
]  # fmt: skip

# Hanley & McNeil 1982, table I: patients rated 1 to 5, normal and abnormal.
RATED_NORMAL, RATED_ABNORMAL = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]

# scipy/stats/tests/test_resampling.py, test_bootstrap_against_R.
SIXTEEN = [10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213]

# Benjamini & Hochberg 1995, section 4.2 (Neuhaus et al. 1992).
THROMBOLYSIS = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip

# statsmodels/stats/tests/test_multi.py, pval0.
TEN_P = [
    0.838541367553, 0.642193923795, 0.680845947633, 0.967833824309, 0.71626938238,
    0.177096952723, 5.23656777208e-005, 0.0202732688798, 0.00028140506198, 0.0149877310796,
]  # fmt: skip

# Snedecor & Cochran 1967, p. 422: bacilli before and after, ten patients a drug (F: inert).
_LEPROSY = {
    "A": "11 6 8 0 5 2 14 8 19 11 6 4 10 13 6 1 11 8 3 0",
    "D": "6 0 6 2 7 3 8 1 18 18 8 4 19 14 8 9 5 1 15 9",
    "F": "16 13 13 10 11 18 9 5 21 23 16 12 12 5 12 16 7 1 12 20",
}


def leprosy() -> tuple[pd.Series, pd.DataFrame]:
    """Return the scores after, and the terms: drugs A and D against F, score before."""
    rows = []
    for drug, text in _LEPROSY.items():
        numbers = [int(each) for each in text.split()]
        rows += [
            {"A": float(drug == "A"), "D": float(drug == "D"), "pre": before, "post": after}
            for before, after in zip(numbers[::2], numbers[1::2], strict=True)
        ]
    table = pd.DataFrame(rows)
    return table.pop("post"), table


def grunfeld() -> pd.DataFrame:
    """Return the ten firms of Stata's copy (statsmodels adds an eleventh)."""
    import statsmodels.api as sm

    table = sm.datasets.grunfeld.load_pandas().data
    return table[table["firm"] != "American Steel"]


def dietox() -> pd.DataFrame:
    """Return geepack's dietox as statsmodels ships it for its own tests."""
    import statsmodels

    tests = Path(statsmodels.__file__).parent / "regression" / "tests"
    return pd.read_csv(tests / "results" / "dietox.csv")
