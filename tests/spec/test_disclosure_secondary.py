"""What would give a hidden cell away is hidden too. Examples: FACTS 6.4 and arithmetic beside them."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.release_cases import (
    RULES,
    by_level,
    estimate,
    levels,
    rate,
    released,
)

HIDDEN = {"suppressed_primary", "suppressed_secondary"}


def test_margin_minus_shown_cells():
    # FACTS 6.4: 42, 31, hidden, total 75: hidden is 2. The next smallest, 31, is hidden too.
    found = by_level(released(levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})))
    assert found == {
        "f": "released",
        "m": "suppressed_secondary",
        "x": "suppressed_primary",
        "_total": "released",
    }


def test_two_hidden_cells_that_together_are_three_people_need_a_third():
    # 80 - 42 - 20 - 15 = 3 people, so it is known who is meant; hiding 15 makes it 18
    counts = {"a": 42, "b": 20, "c": 15, "d": 2, "e": 1}
    found = by_level(released(levels("reached_n", "tenure_code", counts)))
    assert [found[level] for level in "abcde"] == [
        "released",
        "released",
        "suppressed_secondary",
        "suppressed_primary",
        "suppressed_primary",
    ]


def test_a_real_zero_is_no_complement():
    found = by_level(
        released(levels("reached_n", "tenure_code", {"a": 30, "b": 9, "c": 0, "d": 2}))
    )
    assert found["c"] == "true_zero"
    assert found["b"] == "suppressed_secondary"


def test_nothing_is_hidden_where_nothing_is_small():
    found = by_level(released(levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 5})))
    assert set(found.values()) == {"released"}


def test_with_one_level_left_its_total_goes():
    found = by_level(released(levels("reached_n", "gender_code", {"f": 42, "x": 2})))
    assert found["f"] == "suppressed_secondary"
    assert found["_total"] == "released"  # 44 people: neither 42 nor 2 follows


def test_tables_that_share_a_total_are_protected_together():
    rows = [
        *levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2}),
        *levels("reached_n", "tenure_code", {"a": 40, "b": 35}),
    ]
    found = released(rows)
    tenure = found[found["by_1"] == "tenure_code"]
    assert set(tenure["status"]) == {"released"}


def _two_way(inner: dict[tuple[str, str], int]) -> list[dict]:
    places = sorted({place for place, _ in inner})
    genders = sorted({gender for _, gender in inner})
    rows = []
    for place in [*places, "_total"]:
        for gender in [*genders, "_total"]:
            count = sum(
                number
                for (p, g), number in inner.items()
                if place in (p, "_total") and gender in (g, "_total")
            )
            cell = {
                "by_1": "neighbourhood_code",
                "level_1": place,
                "by_2": "gender_code",
                "level_2": gender,
            }
            rows.append(estimate("reached_n", count, count, **cell))
    return rows


def test_every_line_of_a_two_way_table_hides_none_or_two():
    inner = {
        ("n1", "f"): 20,
        ("n1", "m"): 3,
        ("n2", "f"): 15,
        ("n2", "m"): 12,
        ("n3", "f"): 30,
        ("n3", "m"): 25,
    }
    found = released(_two_way(inner))
    cells = {(row.level_1, row.level_2): row.status in HIDDEN for row in found.itertuples()}
    assert cells["n1", "m"]
    for line in ("n1", "n2", "n3", "_total"):
        assert sum(cells[line, gender] for gender in ("f", "m", "_total")) != 1
    for gender in ("f", "m", "_total"):
        assert sum(cells[place, gender] for place in ("n1", "n2", "n3", "_total")) != 1


def test_a_margin_is_the_same_number_as_the_one_way_cell():
    inner = {
        ("n1", "f"): 20,
        ("n1", "m"): 13,
        ("n2", "f"): 15,
        ("n2", "m"): 12,
        ("n3", "f"): 1,
        ("n3", "m"): 1,
    }
    rows = [
        *_two_way(inner),
        *levels("reached_n", "neighbourhood_code", {"n1": 33, "n2": 27, "n3": 2}),
    ]
    found = released(rows)
    margin = found[(found["by_2"] == "gender_code") & (found["level_2"] == "_total")].set_index(
        "level_1"
    )
    one_way = found[found["by_2"] == ""].set_index("level_1")
    assert (margin["status"] == one_way["status"].reindex(margin.index)).all()


def test_a_hidden_month_does_not_follow_from_the_whole():
    # 'all' minus the months shown would be the small month: a second month of the service goes
    months = {"2022-01": 20, "2022-02": 3, "2022-03": 18, "2022-04": 40}
    rows = [
        estimate("contacts_n", count, count, period=month, by_1="service_code", level_1=level)
        for month, count in [*months.items(), ("all", 81)]
        for level in ("emporio", "_total")
    ]
    found = released(rows)
    status = found[found["level_1"] == "emporio"].set_index("period")["status"]
    assert status["2022-02"] == "suppressed_primary"
    assert status["2022-03"] == "suppressed_secondary"
    assert status["2022-01"] == status["2022-04"] == status["all"] == "released"


def test_a_hidden_level_of_a_mean_does_not_follow_from_the_others():
    # 60 x mean of all - 40 x mean of f - 18 x mean of m is twice the mean of the two others
    rows = [estimate("score_mean", 50, 60, subject_code="who5")]
    for level, people in (("f", 40), ("m", 18), ("x", 2)):
        rows.append(
            estimate(
                "score_mean", 50, people, subject_code="who5", by_1="gender_code", level_1=level
            )
        )
    assert by_level(released(rows)) == {
        "": "released",
        "f": "released",
        "m": "suppressed_secondary",
        "x": "suppressed_primary",
    }


def test_everything_about_a_hidden_group_is_hidden():
    group = {"by_1": "gender_code", "level_1": "x", "period": "2022Q1"}
    rows = [
        estimate("reached_n", 4, 4, **group),
        rate(30, 60, **group),  # a base of 60 that cannot be: even so it follows the group
    ]
    assert set(released(rows)["status"]) == {"suppressed_primary", "suppressed_secondary"}


def test_nobody_reached_where_all_who_booked_are_too_few_is_hidden():
    # two people booked, none came: a zero beside two bookings would say that both stayed away
    group = {"by_1": "neighbourhood_code", "level_1": "n1"}
    booked = {"population_code": "records", "n_unit": "records", "numerator_n": 2}
    rows = [
        estimate("reached_n", 0, 0, **group),
        estimate("absence_rate", 1.0, 2, numerator_contributors_n=2, **booked, **group),
    ]
    assert set(released(rows)["status"]) <= HIDDEN


def test_effect_sizes_and_linkage_share_the_fate_of_the_change():
    group = {"subject_code": "who5", "by_1": "gender_code", "level_1": "x"}
    rows = [
        estimate("score_change", 8, 4, design="pre_post", population_code="linked", **group),
        estimate("score_change_dz", 1.1, 9, design="pre_post", population_code="linked", **group),
        estimate("eligible_n", 12, 12, population_code="respondents", **group),
    ]
    assert set(released(rows)["status"]) <= HIDDEN


def test_a_rate_hidden_for_its_numerator_leaves_the_count_of_the_group_alone():
    group = {"by_1": "gender_code", "level_1": "f", "period": "2022Q1"}
    found = released([estimate("reached_n", 50, 50, **group), rate(48, 50, **group)])
    assert dict(zip(found["indicator_code"], found["status"], strict=True)) == {
        "reached_n": "released",
        "retention_rate": "suppressed_primary",
    }


def test_services_declared_sensitive_are_held_to_the_strict_threshold():
    from dataclasses import replace

    rows = [
        estimate("contacts_n", 30, 8, by_1="service_code", level_1=code)
        for code in ("debt", "food")
    ]
    found = by_level(released(rows, replace(RULES, sensitive_services={"debt"})))
    assert found == {"debt": "suppressed_primary", "food": "released"}


def test_among_nothing_but_zeros_everything_goes():
    # four people came, so all about them goes; a hidden zero beside a zero total would be plain
    quarter = {"period": "2022Q1"}
    rows = [
        estimate("reached_n", 4, 4, by_1="gender_code", level_1="_total", **quarter),
        estimate("hours_sum", 0, 0, by_1="activity_code", level_1="_total", **quarter),
        estimate("hours_sum", 0, 0, by_1="activity_code", level_1="choir", **quarter),
    ]
    assert set(released(rows)["status"]) <= HIDDEN


def test_few_recorded_hours_do_not_hide_who_came():
    quarter = {"period": "2022Q1", "level_1": "_total"}
    rows = [
        estimate("reached_n", 50, 50, by_1="gender_code", **quarter),
        estimate("hours_sum", 6, 3, by_1="activity_code", **quarter),
    ]
    assert released(rows).set_index("indicator_code")["status"].to_dict() == {
        "reached_n": "released",
        "hours_sum": "suppressed_primary",
    }


@pytest.mark.parametrize("missing", [1, 4, 5, 0])
def test_a_small_number_of_missing_people_is_left_out(missing):
    found = released([estimate("score_mean", 50, 60, n_missing=missing)]).iloc[0]
    assert found["status"] == "released"
    assert pd.isna(found["n_missing"]) == (missing in (1, 4))
