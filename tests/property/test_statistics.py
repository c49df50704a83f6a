"""What must hold for any data: invariances and bounds of the statistics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assets.impact.change import paired_change
from assets.impact.reliability import NegativeReliability, cronbach_alpha
from assets.impact.survival import kaplan_meier_survival
from assets.measures.participation import person_quarters
from assets.measures.proportions import wilson_interval

few = settings(max_examples=25, deadline=None)
scores = st.integers(min_value=0, max_value=100)
pairs = st.lists(st.tuples(scores, scores), min_size=3, max_size=30)


@few
@given(
    rows=st.lists(st.tuples(*[st.integers(1, 5)] * 4), min_size=4, max_size=20),
    shift=st.integers(-10, 10),
    stretch=st.integers(1, 7),
)
def test_alpha_does_not_depend_on_origin_or_unit(rows, shift, stretch):
    items = pd.DataFrame(rows)
    try:
        first = cronbach_alpha(items)
    except NegativeReliability:
        assume(False)
    second = cronbach_alpha(items * stretch + shift)
    if first.estimate is None:
        assert second.estimate is None
    else:
        assert second.estimate == pytest.approx(first.estimate, abs=1e-9)
        assert first.ci_low <= first.estimate <= first.ci_high <= 1


@few
@given(pairs=pairs)
def test_change_is_antisymmetric(pairs):
    pre, post = np.array(pairs, dtype=float).T
    forth, back = paired_change(pre, post), paired_change(post, pre)
    for method, one in forth.items():
        other = back[method]
        assert other.status == one.status
        if one.estimate is not None:
            assert other.estimate == pytest.approx(-one.estimate, abs=1e-9)
        if one.ci_low is not None:
            assert other.ci_low == pytest.approx(-one.ci_high, rel=1e-6, abs=1e-6)
            assert one.ci_low <= one.estimate <= one.ci_high


@few
@given(pairs=pairs)
def test_hedges_correction_shrinks(pairs):
    pre, post = np.array(pairs, dtype=float).T
    found = paired_change(pre, post)
    d, g = found["cohen_d_z"].estimate, found["hedges_g_z"].estimate
    if d is not None:
        assert abs(g) <= abs(d)


@few
@given(days=st.lists(st.integers(0, 60), min_size=1, max_size=40), at=st.integers(0, 70))
def test_without_censoring_kaplan_meier_is_the_empirical_share(days, at):
    waits = pd.Series(days, dtype=float)
    found = kaplan_meier_survival(waits, pd.Series([True] * len(days)), at)
    assert found.estimate == pytest.approx(float((waits > at).mean()), abs=1e-9)


@few
@given(waits=st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40))
def test_kaplan_meier_falls_and_stays_a_share(waits):
    days, closed = (pd.Series(column) for column in zip(*waits, strict=True))
    curve = [kaplan_meier_survival(days.astype(float), closed, at) for at in (0, 10, 30, 60)]
    known = [each.estimate for each in curve if each.estimate is not None]
    assert known == sorted(known, reverse=True)
    for each in curve:
        for number in (each.estimate, each.ci_low, each.ci_high):
            assert number is None or 0 <= number <= 1


@few
@given(data=st.data(), n=st.integers(1, 2000))
def test_wilson_stays_within_bounds_and_holds_the_share(data, n):
    numerator_n = data.draw(st.integers(0, n))
    found = wilson_interval(numerator_n, n)
    assert 0 <= found.ci_low <= found.estimate + 1e-12
    assert found.estimate - 1e-12 <= found.ci_high <= 1


@few
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 15), st.booleans()), max_size=30
    )
)
def test_retained_persons_are_there_in_the_next_quarter(rows):
    quarters = [f"{2021 + q // 4}Q{q % 4 + 1}" for q in range(17)]
    frame = pd.DataFrame(
        {
            "person_code": [person for person, _, _ in rows],
            "activity_code": "x",
            "session_date": pd.Timestamp("2021-01-01"),
            "quarter": [quarters[q] for _, q, _ in rows],
            "is_present": pd.array([present for _, _, present in rows], dtype="boolean"),
            "hours": 1.0,
        }
    )
    present = {(person, quarters[q]) for person, q, there in rows if there}
    table = person_quarters(frame)
    assert set(zip(table["person_code"], table["quarter"], strict=True)) == present
    for person, quarter, kept in zip(
        table["person_code"], table["quarter"], table["is_retained"], strict=True
    ):
        following = quarters[quarters.index(quarter) + 1]
        expected = None if quarter == frame["quarter"].max() else (person, following) in present
        assert (None if pd.isna(kept) else bool(kept)) == expected
