"""Disclosure control on tables nobody chose: what must hold whatever the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assets.release.audit import audit
from tests.intervals import bounds
from tests.release_cases import RULES, candidate_table, estimate, levels, released

MINIMUM = 5
QUICK = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COUNT = st.one_of(st.integers(0, 9), st.integers(0, 60))


@st.composite
def two_way_tables(draw):
    """Counts of people by neighbourhood and gender with all margins, and the 1-way tables too."""
    places = [f"n{number}" for number in range(draw(st.integers(2, 4)))]
    genders = ["f", "m", "x"][: draw(st.integers(2, 3))]
    inner = {(place, gender): draw(COUNT) for place in places for gender in genders}
    rows = []
    for place in [*places, "_total"]:
        for gender in [*genders, "_total"]:
            count = sum(
                n
                for (p, g), n in inner.items()
                if place in (p, "_total") and gender in (g, "_total")
            )
            cell = {
                "by_1": "neighbourhood_code",
                "level_1": place,
                "by_2": "gender_code",
                "level_2": gender,
            }
            rows.append(estimate("reached_n", count, count, **cell))
    for name, codes, axis in (("neighbourhood_code", places, 0), ("gender_code", genders, 1)):
        counts = {code: sum(n for key, n in inner.items() if key[axis] == code) for code in codes}
        rows += levels("reached_n", name, counts)
    return rows


@given(two_way_tables())
@QUICK
def test_no_hidden_cell_lies_in_an_interval_narrower_than_the_minimum(rows):
    table = released(rows)
    assert audit(
        table.reset_index(drop=True), candidate_table(rows), RULES.tables, RULES.limits
    ).holds
    cells = _cells(table)
    for lines in _lines(cells):
        hidden = [cell for cell in lines if cells[cell] is None]
        assert len(hidden) != 1  # else it is a published difference


@given(two_way_tables())
@QUICK
def test_nobody_small_is_shown(rows):
    truth = {row["estimate_id"]: row["contributors_n"] for row in rows}
    for cell in released(rows).itertuples():
        if not pd.isna(cell.value):
            assert truth[cell.estimate_id] == 0 or truth[cell.estimate_id] >= MINIMUM
            assert cell.value == truth[cell.estimate_id]


@given(two_way_tables(), st.randoms(use_true_random=False))
@QUICK
def test_the_order_of_rows_changes_nothing(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(released(rows), released(shuffled))


@given(st.lists(COUNT, min_size=2, max_size=6), st.lists(COUNT, min_size=2, max_size=6))
@example(one=[1, 1], other=[1, 1])  # all hidden, and the reason for hiding told each cell
@QUICK
def test_months_do_not_give_a_hidden_month_away(one, other):
    months = [f"2022-{number + 1:02d}" for number in range(min(len(one), len(other)))]
    rows = []
    for month, first, second in [
        *zip(months, one, other, strict=False),
        ("all", sum(one[: len(months)]), sum(other[: len(months)])),
    ]:
        rows += levels("contacts_n", "service_code", {"a": first, "b": second}, period=month)
    found = released(rows)
    for level in ("a", "b", "_total"):
        status = found[found["level_1"] == level]["status"]
        assert status.str.startswith("suppressed").sum() != 1


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4), st.sets(st.integers(0, 3), min_size=1))
@QUICK
def test_bounds_are_those_of_trying_every_table(counts, hidden):
    # 2 x 2 with its margins known: every table with whole numbers is tried
    a, b, c, d = counts
    matrix = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]], dtype=float)
    right = matrix @ np.array(counts, dtype=float)
    known = np.array([number not in hidden for number in range(4)])
    low = np.where(known, counts, 0).astype(float)
    high = np.where(known, counts, np.inf).astype(float)
    lows, highs = bounds(matrix, right, low, high)
    possible = [
        table
        for first in range(a + b + 1)
        for table in [(first, a + b - first, a + c - first, c + d - (a + c - first))]
        if min(table) >= 0 and all(table[i] == counts[i] for i in range(4) if known[i])
    ]
    for cell in range(4):
        assert round(lows[cell], 6) == min(table[cell] for table in possible)
        assert round(highs[cell], 6) == max(table[cell] for table in possible)


def _cells(table):
    found = {}
    for row in table.itertuples():
        pairs = [(row.by_1, row.level_1), (row.by_2, row.level_2)]
        place = frozenset(pair for pair in pairs if pair[0] and pair[1] != "_total")
        found[place] = None if row.status.startswith("suppressed") else row.value
    return found


def _lines(cells):
    for place in cells:
        for dimension in {dim for other in cells for dim, _ in other} - {dim for dim, _ in place}:
            members = [
                other
                for other in cells
                if place < other and len(other) == len(place) + 1 and dimension in dict(other)
            ]
            if members:
                yield [place, *members]
