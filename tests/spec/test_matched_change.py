"""Worked examples: matched pre/post change.

Source of the main vector: FACTS.md section 5 of the project (computed there, independently of this
code, and confirmed by the arithmetic below):

    pre  40 52 36 60 48 44 56 32        post 52 56 48 60 64 40 68 44
    D    12  4 12  0 16 -4 12 12        sum 64, n 8, mean 8
    sum of squared deviations of D: 16+16+16+64+64+144+16+16 = 352; 352/7 = 50.2857; SD 7.0912
    t = 8 / (7.0912 / sqrt 8) = 3.1909 with 7 degrees of freedom
    d_z = 8 / 7.0912 = 1.1282; both waves have SD 9.7980, so d_av = 8 / 9.7980 = .8165
    J(7) = .8882; g_z = 1.0020; g_av = .7252
"""

from __future__ import annotations

from math import pi, sqrt

import pandas as pd
import pytest

from assets.impact.change import match_waves, paired_change
from assets.impact.effect_size import hedges_j
from tests.spec.change_data import VECTOR_POST as POST
from tests.spec.change_data import VECTOR_PRE as PRE


def test_mean_change_and_its_interval():
    found = paired_change(PRE, POST)["mean_change_paired_t"]
    assert found.n == 8
    assert found.details["sd_change"] == pytest.approx(7.0912, abs=5e-5)
    assert found.details["correlation"] == pytest.approx(0.7381, abs=5e-5)
    # t(7) at 97.5 % is 2.3646 (printed tables): 8 -+ 2.3646 x 2.5071
    assert found.ci_low == pytest.approx(2.0716, abs=5e-4)
    assert found.ci_high == pytest.approx(13.9284, abs=5e-4)


def test_hedges_correction_is_the_exact_gamma_formula():
    # FACTS.md section 5: n = 8 gives .8882, the usual approximation .8889.
    assert hedges_j(7) == pytest.approx(0.8882, abs=5e-5)
    # By hand: Gamma(1) = 1, Gamma(1/2) = sqrt(pi), so J(2) = 1 / sqrt(pi).
    assert hedges_j(2) == pytest.approx(1 / sqrt(pi), rel=1e-12)


def test_interval_of_d_z_puts_t_at_the_two_tails_of_the_noncentral_t():
    # The defining property (Steiger and Fouladi 1997), checked with scipy's distribution.
    from scipy.stats import nct

    found = paired_change(PRE, POST)
    t, size = found["mean_change_paired_t"].details["t"], found["cohen_d_z"]
    assert nct.cdf(t, 7, size.ci_low * sqrt(8)) == pytest.approx(0.975, abs=1e-6)
    assert nct.cdf(t, 7, size.ci_high * sqrt(8)) == pytest.approx(0.025, abs=1e-6)


def test_interval_of_g_z_is_scaled_by_the_same_constant():
    found = paired_change(PRE, POST)
    d, g = found["cohen_d_z"], found["hedges_g_z"]
    assert g.ci_low == pytest.approx(0.8882 * d.ci_low, rel=1e-4)
    assert g.ci_high == pytest.approx(0.8882 * d.ci_high, rel=1e-4)


def test_two_pairs_have_no_correction():
    # J(1) is 0: Gamma(0) is infinite. D = 1, 3: mean 2, SD sqrt 2.
    found = paired_change([1, 2], [2, 5])
    assert found["cohen_d_z"].estimate == pytest.approx(2 / sqrt(2))
    assert found["hedges_g_z"].reason == "too_few_pairs"


def test_interval_at_no_change_is_the_normal_one():
    # By hand: with t = 0, P(T <= 0 | ncp) = Phi(-ncp), so the limits are +-1.959964 / sqrt(n).
    found = paired_change([1, 2, 3, 4], [2, 1, 4, 3])["cohen_d_z"]
    assert found.estimate == 0
    assert found.ci_low == pytest.approx(-1.959964 / 2, abs=1e-6)
    assert found.ci_high == pytest.approx(1.959964 / 2, abs=1e-6)


def test_no_variance_in_the_change_has_no_effect_size():
    found = paired_change([0.1] * 6, [0.3] * 6)
    assert found["mean_change_paired_t"].estimate == pytest.approx(0.2)
    assert found["cohen_d_z"].reason == "no_variance"


def test_one_pair_has_a_mean_and_nothing_else():
    found = paired_change([3], [5])
    only = found["mean_change_paired_t"]
    assert (only.estimate, only.se, only.ci_low, only.p_value) == (2.0, None, None, None)
    assert {found[m].status for m in ("cohen_d_z", "hedges_g_z", "cohen_d_av")} == {"too_few"}


def test_nobody_linked_gives_no_number():
    found = paired_change([], [], n_missing=9)
    assert {each.estimate for each in found.values()} == {None}
    assert {each.n_missing for each in found.values()} == {9}


def test_a_missing_score_must_be_left_out_before():
    with pytest.raises(ValueError, match="missing"):
        paired_change([1.0, float("nan")], [1.0, 2.0])


def _scores(rows):
    return pd.DataFrame(rows, columns=["person_code", "wave_code", "score"])


def test_linkage_counts_eligible_linked_and_analysed():
    scores = _scores(
        [
            ("a", "pre", 10.0),
            ("a", "post", 12.0),
            ("b", "pre", 10.0),  # never came back
            ("c", "pre", 20.0),
            ("c", "post", None),  # came back, too many items empty
            ("d", "pre", None),  # no score to begin with
            ("d", "post", 5.0),
            ("e", "post", 5.0),  # new at the end
            ("a", "mid", 99.0),
        ]
    )
    found = match_waves(scores, "pre", "post")
    assert (found.eligible_n, found.linked_n, found.analysed_n) == (3, 2, 1)
    assert found.pairs.loc["a"].tolist() == [10.0, 12.0]


def test_a_person_twice_in_a_wave_stops():
    with pytest.raises(ValueError, match="one row per person"):
        match_waves(_scores([("a", "pre", 1.0), ("a", "pre", 2.0)]), "pre", "post")
