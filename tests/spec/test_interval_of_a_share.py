"""Worked examples: the Wilson interval.

Source: Newcombe RG (1998), Statistics in Medicine 17:857-872, table I, method 3 (score, no
continuity correction).
"""

from __future__ import annotations

import pytest

from assets.measures.proportions import wilson_interval


@pytest.mark.parametrize(
    ("numerator_n", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_newcombe_1998_table_1_method_3(numerator_n, n, low, high):
    found = wilson_interval(numerator_n, n)
    assert found.estimate == numerator_n / n
    assert found.ci_low == pytest.approx(low, abs=5e-5)
    assert found.ci_high == pytest.approx(high, abs=5e-5)


def test_nobody_is_no_share():
    found = wilson_interval(0, 0, n_missing=4)
    assert (found.estimate, found.ci_low, found.status) == (None, None, "too_few")
    assert found.n_missing == 4


@pytest.mark.parametrize(("numerator_n", "n"), [(3, 2), (-1, 2), (0, -1)])
def test_impossible_counts_stop(numerator_n, n):
    with pytest.raises(ValueError, match="numerator"):
        wilson_interval(numerator_n, n)
