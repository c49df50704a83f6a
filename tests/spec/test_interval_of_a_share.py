"""Worked examples: the Wilson interval.

Source of the plain interval: Newcombe RG (1998), Statistics in Medicine 17:857-872, table I, method 3 (score, no
continuity correction).
"""

from __future__ import annotations

import pandas as pd
import pytest

from assets.measures.proportions import clustered_wilson_interval, wilson_interval
from schemas.method_checks import checks


@pytest.mark.parametrize("check", checks("measures"), ids=lambda check: check.id)
def test_published(check):
    _, people, _, n, end = check.id.split("_")
    found = wilson_interval(int(people), int(n))
    assert found.estimate == int(people) / int(n)
    limit = {"low": found.ci_low, "high": found.ci_high}[end]
    assert limit == pytest.approx(check.expected, abs=check.tolerance)


def test_nobody_is_no_share():
    found = wilson_interval(0, 0, n_missing=4)
    assert (found.estimate, found.ci_low, found.status) == (None, None, "too_few")
    assert found.n_missing == 4


@pytest.mark.parametrize(("numerator_n", "n"), [(3, 2), (-1, 2), (0, -1)])
def test_impossible_counts_stop(numerator_n, n):
    with pytest.raises(ValueError, match="numerator"):
        wilson_interval(numerator_n, n)


def test_people_with_several_records_by_hand():
    """Three people: A absent twice of 2, B never of 3, C once of 2; p = 3/7.

    Sums of y - p: A 2 - 6/7 = 8/7, B 0 - 9/7 = -9/7, C 1 - 6/7 = 1/7; squares 64, 81, 1 over 49.
    v = 3/2 * 146/49 / 49 = 219/2401; p(1-p) = 12/49; n* = 12/49 * 2401/219 = 588/219 = 2.684932.
    Wilson with z = 1.959964, z^2 = 3.841459: centre (3/7 + 3.841459/5.369863) / (1 + 1.430747)
    = 1.143945/2.430747 = 0.470614; half 1.959964 * sqrt(12/49/2.684932 + 3.841459/28.835440)
    / 2.430747 = 1.959964 * 0.473743 / 2.430747 = 0.381989.
    """
    absent = pd.Series([True, True, False, False, False, True, False])
    person = pd.Series(["A", "A", "B", "B", "B", "C", "C"])
    found = clustered_wilson_interval(absent, person)
    assert found.estimate == 3 / 7
    assert found.n == 7
    assert found.details["effective_n"] == pytest.approx(588 / 219)
    assert found.ci_low == pytest.approx(0.470614 - 0.381989, abs=2e-6)
    assert found.ci_high == pytest.approx(0.470614 + 0.381989, abs=2e-6)


def test_one_record_each_is_nearly_the_plain_interval():
    absent = pd.Series([True] * 81 + [False] * 182)
    found = clustered_wilson_interval(absent, pd.Series(range(263)).astype(str))
    assert found.details["effective_n"] == pytest.approx(262)
    assert found.ci_low == pytest.approx(0.2553, abs=2e-4)
    assert found.ci_high == pytest.approx(0.3662, abs=2e-4)


def test_nobody_absent_counts_people_not_records():
    """0 of 60 records of 20 people is as sure as Newcombe's 0 of 20: 0.0000 to 0.1611."""
    person = pd.Series([str(i % 20) for i in range(60)])
    found = clustered_wilson_interval(pd.Series([False] * 60), person)
    assert (found.estimate, found.n) == (0.0, 60)
    assert found.ci_high == pytest.approx(0.1611, abs=5e-5)


def test_no_records_are_no_share():
    found = clustered_wilson_interval(pd.Series([], dtype=bool), pd.Series([], dtype=str))
    assert (found.estimate, found.status) == (None, "too_few")
