"""The short way to HiGHS: a textbook's optimum, and the same bits as ``scipy.optimize.linprog``."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from assets.release import linear
from assets.release.linear import BEST, ENDLESS, UNSOLVED, Answer, minimised

INF = np.inf


def asked(goal, rows, least, most, low, high) -> Answer:
    given = (np.asarray(each, dtype=float) for each in (goal, least, most, low, high))
    first, *others = given
    return minimised(first, csr_array(np.asarray(rows, dtype=float)), *others)


@pytest.fixture(params=["short", "by linprog"])
def way(request, monkeypatch):
    if request.param == "by linprog":
        monkeypatch.setattr(linear, "_core", lambda: None)


@pytest.mark.usefixtures("way")
def test_wyndor_glass():
    """Hillier and Lieberman, Introduction to Operations Research, section 3.1: 36 at (2, 6).

    Shadow prices 0, 3/2 and 1 (section 4.7); of a maximum turned over, so negative here.
    """
    found = asked([-3, -5], [[1, 0], [0, 2], [3, 2]], [-INF] * 3, [4, 12, 18], [0, 0], [INF, INF])
    assert found.status == BEST
    assert found.least == pytest.approx(-36)
    assert found.at == pytest.approx([2, 6])
    assert found.prices == pytest.approx([0, -1.5, -1])


@pytest.mark.usefixtures("way")
def test_what_has_no_end_and_what_cannot_be():
    assert asked([-1, 0], [[1, -1]], [0], [0], [0, 0], [INF, INF]).status in (ENDLESS, UNSOLVED)
    assert asked([1, 1], [[1, 1]], [5], [5], [0, 0], [1, 1]).status == UNSOLVED


def test_the_short_way_is_there():
    """Otherwise releases are as safe, but take twice as long: look where scipy keeps HiGHS now."""
    assert linear._core() is not None


@pytest.mark.parametrize("seed", range(12))
def test_the_same_bits_as_linprog(seed):
    rng = np.random.default_rng(seed)
    rows_n, columns_n = int(rng.integers(2, 12)), int(rng.integers(3, 30))
    rows = np.where(rng.random((rows_n, columns_n)) < 0.4, rng.integers(-1, 3, columns_n), 0.0)
    is_sum = np.arange(rows_n) >= rows_n // 2  # at most first, as ``linprog`` has them
    inside = rng.integers(0, 5, columns_n).astype(float)
    most = rows @ inside + np.where(is_sum, 0.0, 1.0)
    goal, low, high = rng.integers(-2, 3, columns_n) * 1.0, np.zeros(columns_n), inside + 3
    found = asked(goal, rows, np.where(is_sum, most, -INF), most, low, high)
    by_scipy = linprog(
        goal,
        A_ub=csr_array(rows[~is_sum]),
        b_ub=most[~is_sum],
        A_eq=csr_array(rows[is_sum]),
        b_eq=most[is_sum],
        bounds=np.column_stack([low, high]),
        method="highs",
    )
    assert by_scipy.status == 0
    assert found.least == by_scipy.fun
    assert np.array_equal(found.at, by_scipy.x)
    prices = np.concatenate([by_scipy.ineqlin.marginals, by_scipy.eqlin.marginals])
    assert np.array_equal(found.prices, prices)
    assert np.array_equal(found.at_low, by_scipy.lower.marginals)
