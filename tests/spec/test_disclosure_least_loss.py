"""In a release as few cells go as can, under the same rules and the same audit as before."""

from __future__ import annotations

import dataclasses

from assets.release import optimal_cells
from assets.release.audit import TOGETHER
from assets.release.before import marked, sums_before
from assets.release.control import blanked, decided, examine
from assets.release.optimal_cells import chosen
from assets.release.prepare import prepared
from assets.release.primary import primary
from tests.release_cases import RULES, candidate_table, estimate, levels, rate, released

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


def test_what_earlier_releases_tell_needs_complements_where_the_rules_ask_for_none():
    # x 3 and y 4 are hidden, seven people: enough. But the release before hid x and z, and told
    # 88 - 40 - 30 - 6 = 12 of them: with z = 9 shown x is 3.
    def kinds(**given):
        return levels("reached_n", "tenure_code", {"a": 40, "b": 30, "x": 3} | given)

    first = released(kinds(y=6, z=9)).reset_index(drop=True)
    for level in "xz":
        place = first["level_1"] == level
        first.loc[place, "status"] = "suppressed_secondary"
        first.loc[place, ["value", "n"]] = None
    for level, value in {"a": 40, "b": 30, "y": 6}.items():
        place = first["level_1"] == level
        first.loc[place, ["value", "n"]] = value
        first.loc[place, "status"] = "released"
    now = kinds(y=4, z=9)
    cells = marked(judged(now), [first])

    def holds(found) -> bool:
        outcome = examine(blanked(found.cells), candidate_table(now), RULES, [first])
        return not [each for each in outcome.findings if each.attack == TOGETHER]

    careless = chosen(cells, RULES.limits)
    assert careless.hidden_n == careless.by_rule_n == 2
    assert not holds(careless)
    found = chosen(cells, RULES.limits, sums_before(cells, [first]))
    assert found.is_least
    assert found.hidden_n > 2
    assert holds(found)


def test_what_the_audit_hides_besides_is_not_said_to_be_proved(monkeypatch):
    rows = list(two_way())
    assert decided(candidate_table(rows), RULES)["is_proved"].all()

    def hides_more(cells, *given):
        return cells.assign(status=cells["status"].replace("released", "suppressed_secondary"))

    monkeypatch.setattr("assets.release.control._proved", hides_more)
    assert not decided(candidate_table(rows), RULES)["is_proved"].any()


def test_a_release_made_twice_hides_the_same():
    rows = list(two_way())
    assert (released(rows)["status"] == released(rows[::-1])["status"]).all()
