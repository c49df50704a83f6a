"""The audit by itself: intervals of hidden cells against bounds worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from assets.errors import ConfigurationError
from assets.release.audit import audit
from tests.intervals import bounds
from tests.release_cases import RULES, candidate_table, estimate, levels, released


def _audit(table, candidates):
    return audit(table, candidates, RULES.tables, RULES.limits)


def test_two_by_two_has_the_frechet_bounds():
    # Frechet (1940): max(0, row + column - total) <= cell <= min(row, column).
    # Rows 10 and 7, columns 12 and 5, total 17: [5,10], [0,5], [2,7], [0,5].
    matrix = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]], dtype=float)
    low, high = bounds(matrix, np.array([10.0, 7, 12, 5]), np.zeros(4), np.full(4, np.inf))
    assert low.tolist() == pytest.approx([5, 0, 2, 0])
    assert high.tolist() == pytest.approx([10, 5, 7, 5])


def test_one_sum_by_interval_arithmetic():
    # a + b = 6, a in [1, 4], b at least 5: a = 1 and b = 5
    low, high = bounds(
        np.array([[1.0, 1.0]]), np.array([6.0]), np.array([1.0, 5]), np.array([4.0, np.inf])
    )
    assert (low.tolist(), high.tolist()) == ([1, 5], [1, 5])


def test_a_hidden_total_has_no_upper_end():
    low, high = bounds(np.array([[1.0, -1.0]]), np.array([-8.0]), np.zeros(2), np.full(2, np.inf))
    assert low.tolist() == [0, 8]
    assert np.isinf(high).all()


def test_a_single_hidden_cell_is_found():
    candidates = candidate_table(levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2}))
    table = released(levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})).reset_index(
        drop=True
    )
    assert _audit(table, candidates).holds
    careless = table.copy()
    careless.loc[careless["level_1"] == "m", ["value", "status"]] = [31, "released"]
    outcome = _audit(careless, candidates)
    assert {finding.estimate_id for finding in outcome.findings} == {
        "reached_n//all/gender_code/x//"
    }
    with pytest.raises(ConfigurationError, match=r"reach \(1\)") as caught:
        outcome.insist()
    assert "31" not in str(caught.value)


def test_an_interval_narrower_than_the_minimum_is_found():
    # hidden 3 and 1 of total 34: each lies in [0, 4], four wide; five is asked
    rows = levels("reached_n", "gender_code", {"f": 30, "m": 3, "x": 1})
    table = candidate_table(rows).assign(status="released").rename(columns={"estimate": "value"})
    table.loc[table["level_1"].isin(["m", "x"]), ["value", "status"]] = [None, "suppressed_primary"]
    assert not _audit(table, candidate_table(rows)).holds


def test_a_table_that_does_not_add_up_does_not_leave():
    rows = levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})
    rows[-1] = estimate("reached_n", 90, 90, by_1="gender_code", level_1="_total")
    with pytest.raises(ConfigurationError, match="do not add up"):
        released(rows)
