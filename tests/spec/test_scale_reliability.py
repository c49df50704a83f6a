"""Worked examples: reliability of scales.

Data and numbers of the alpha examples: documentation of pingouin.cronbach_alpha (version 0.5),
dataset "cronbach_wide_missing", which names the R call it equals: psych::alpha, use =
"complete.obs". Spearman-Brown: Eisinga et al. 2013 (FACTS.md section 5).
"""

from __future__ import annotations

from io import StringIO
from math import atanh, sqrt, tanh

import pandas as pd
import pytest

from assets.impact.reliability import (
    NegativeReliability,
    cronbach_alpha,
    negative_result,
    scale_reliability,
    spearman_brown,
    step_up,
)

TWELVE_PEOPLE = """\
1,1,1,1,1,1,1,1,1,1,1
1,1,1,1,1,1,1,1,0,1,0
,0,1,1,,1,1,1,1,0,0
1,1,1,0,1,1,0,1,1,0,0
1,1,1,1,1,0,0,0,1,0,0
0,1,,0,1,1,1,1,0,0,0
1,1,1,1,0,0,1,0,0,0,0
1,1,1,1,1,0,0,0,0,0,0
0,1,0,1,1,0,0,0,0,1,0
1,0,0,1,0,1,0,0,,0,0
1,1,1,0,0,0,0,0,0,0,0
1,0,0,1,0,0,0,0,0,0,0
"""


@pytest.fixture
def people():
    return pd.read_csv(StringIO(TWELVE_PEOPLE), header=None)


def test_alpha_of_complete_persons(people):
    found = cronbach_alpha(people)
    assert found.estimate == pytest.approx(0.8016949152542373, abs=1e-12)
    assert (found.n, found.n_missing) == (9, 3)


def test_alpha_and_feldt_interval_without_missing(people):
    found = cronbach_alpha(people.fillna(people.median()))
    assert found.estimate == pytest.approx(0.7380191693290734, abs=1e-12)
    assert found.ci_low == pytest.approx(0.447, abs=5e-4)
    assert found.ci_high == pytest.approx(0.911, abs=5e-4)
    assert found.n == 12


def test_alpha_by_hand():
    # Items (1,2,3), (2,4,6), (1,3,2): variances 1, 4, 1. Sums 4, 9, 11: mean 8, squared
    # deviations 16 + 1 + 9 = 26, variance 13. alpha = 3/2 x (1 - 6/13) = 21/26.
    found = cronbach_alpha(pd.DataFrame({"a": [1, 2, 3], "b": [2, 4, 6], "c": [1, 3, 2]}))
    assert found.estimate == pytest.approx(21 / 26, abs=1e-12)


def test_negative_alpha_stops_and_leaves_no_number():
    contradiction = pd.DataFrame({"a": [1, 2, 3, 4], "b": [4, 3, 2, 1], "c": [2, 1, 2, 1]})
    with pytest.raises(NegativeReliability, match="reversed"):
        scale_reliability(contradiction)
    refused = negative_result(contradiction)
    assert (refused.estimate, refused.status, refused.n) == (None, "not_estimable", 4)


def test_two_items_are_no_case_for_alpha():
    with pytest.raises(ValueError, match="3 items"):
        cronbach_alpha(pd.DataFrame({"a": [1, 2], "b": [1, 2]}))


@pytest.mark.parametrize(("r", "expected"), [(0.30, 0.4615), (0.50, 0.6667), (0.70, 0.8235)])
def test_spearman_brown_of_known_correlations(r, expected):
    assert step_up(r) == pytest.approx(expected, abs=5e-5)


def test_spearman_brown_by_hand():
    # a = 1,2,3,4,5; b = 2,1,4,3,5: r = 1 - 6 x (1+1+1+1+0) / (5 x 24) = .8 (no ties).
    found = scale_reliability(pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5]}))
    assert found.method_code == "spearman_brown_listwise"
    assert found.estimate == pytest.approx(1.6 / 1.8, abs=1e-12)
    # Fisher: z = atanh(.8), se = 1/sqrt(5 - 3); limits carried through 2r/(1 + r).
    low = tanh(atanh(0.8) - 1.959964 / sqrt(2))
    assert found.ci_low == pytest.approx(step_up(low), abs=1e-6)


def test_half_answered_pairs_are_counted_and_left_out():
    found = spearman_brown(pd.DataFrame({"a": [1, 2, 3, 4, None], "b": [1, 3, 2, None, None]}))
    assert (found.n, found.n_missing) == (3, 1)  # who answered nothing is not a started scale


def test_everybody_alike_has_no_reliability():
    found = scale_reliability(pd.DataFrame({"a": [3, 3, 3], "b": [2, 2, 2], "c": [1, 1, 1]}))
    assert (found.estimate, found.reason) == (None, "no_variance")
