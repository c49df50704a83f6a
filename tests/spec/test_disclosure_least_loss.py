"""In a release as few cells go as can, under the same rules and the same audit as before."""

from __future__ import annotations

import dataclasses

from assets.release import optimal_cells
from assets.release.control import examine
from assets.release.optimal_cells import chosen
from assets.release.primary import prepared, primary
from tests.release_cases import RULES, candidate_table, estimate, rate, released

HIDDEN = ["suppressed_primary", "suppressed_secondary"]
# Two people of n0/x and two of n1/m, in different rows and columns. Each of the rows n0 and n1
# needs a second hidden cell: four at the least, and the rectangle n0, n1 x m, x is four. It leaves
# 38 + 2 and 2 + 16 people in its rows and columns, at least 5.
INNER = {
    "n0": {"f": 30, "m": 38, "x": 2},
    "n1": {"f": 12, "m": 2, "x": 16},
    "n2": {"f": 34, "m": 30, "x": 18},
}
LEAST = {("n0", "m"), ("n0", "x"), ("n1", "m"), ("n1", "x")}


def two_way(**given):
    places, genders = [*INNER, "_total"], [*"fmx", "_total"]
    for place in places:
        for gender in genders:
            count = sum(
                INNER[p][g]
                for p in INNER
                for g in "fmx"
                if place in (p, "_total") and gender in (g, "_total")
            )
            cell = {"by_1": "neighbourhood_code", "level_1": place}
            cell |= {"by_2": "gender_code", "level_2": gender}
            yield estimate("reached_n", count, count, **cell, **given)


def judged(rows):
    return primary(prepared(candidate_table(rows), RULES.tables, RULES.limits), RULES.limits)


def test_no_more_cells_are_hidden_than_must():
    rows = list(two_way())
    table = released(rows)
    hidden = table[table["status"].isin(HIDDEN)]
    assert set(zip(hidden["level_1"], hidden["level_2"], strict=True)) == LEAST
    assert examine(table.reset_index(drop=True), candidate_table(rows), RULES).holds


def test_what_was_found_is_told_with_what_the_rule_of_thumb_would_have_hidden():
    found = chosen(judged(list(two_way())), RULES.limits)
    assert found.is_least
    assert found.pattern.is_proved
    assert found.hidden_n == len(LEAST) < found.by_rule_n


def test_without_a_safe_pattern_the_rule_of_thumb_decides(monkeypatch):
    real = optimal_cells.suppress

    def unsafe(*given, **more):
        return dataclasses.replace(real(*given, **more), is_safe=False)

    monkeypatch.setattr(optimal_cells, "suppress", unsafe)
    found = chosen(judged(list(two_way())), RULES.limits)
    assert not found.is_least
    assert found.hidden_n == found.by_rule_n > len(LEAST)


def test_a_complement_beside_a_small_group_takes_what_is_said_about_its_group_with_it():
    # n0/m is hidden so that n0/x does not follow: its base, 38, must not stand beside its rate
    group = {"by_1": "neighbourhood_code", "level_1": "n0"}
    group |= {"by_2": "gender_code", "level_2": "m", "period": "2022Q1"}
    table = released([*two_way(period="2022Q1"), rate(19, 38, **group)])
    assert table.loc[table["indicator_code"] == "retention_rate", "status"].isin(HIDDEN).all()


def test_a_release_made_twice_hides_the_same():
    rows = list(two_way())
    assert (released(rows)["status"] == released(rows[::-1])["status"]).all()
