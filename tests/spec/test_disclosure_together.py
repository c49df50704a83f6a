"""All tables at once: bounds worked out by hand for numbers that share people, bases and days."""

from __future__ import annotations

import pandas as pd

from assets.release.audit import Auditor
from assets.release.control import examine, release
from tests.release_cases import RULES, candidate_table, estimate, levels, rate


def share(indicator: str, numerator: int, base: int, **given):
    made = {
        "numerator_n": numerator,
        "numerator_contributors_n": numerator,
        "unit": "share",
        "subject_code": "who5",
        "population_code": "respondents",
    }
    return estimate(indicator, numerator / base, base, **(made | given))


def careless(rows, hidden=()):
    """Show everything but what is named by part of its ``estimate_id``."""
    candidates = candidate_table(rows)
    table = candidates.rename(columns={"estimate": "value"}).assign(status="released")
    is_hidden = pd.Series(False, index=table.index)
    for part in hidden:
        is_hidden |= table["estimate_id"].str.contains(part, regex=False)
    table.loc[is_hidden, "status"] = "suppressed_primary"
    table.loc[is_hidden, ["value", "n"]] = None
    return table, candidates


def found_out(table, candidates) -> set[str]:
    return Auditor(candidates, RULES.tables, RULES.limits).names_found_out(table)


def test_who_is_neither_better_nor_worse_is_a_group_too():
    """Of 40, 20 better and 17 worse: three are neither, though no row says so."""
    rows = [share("reliably_improved_share", 20, 40), share("reliably_worsened_share", 17, 40)]
    table, candidates = careless(rows)
    assert found_out(table, candidates) == {"reliably_improved_share rest"}
    assert not examine(table, candidates, RULES).holds
    made = release(candidates, RULES)
    assert examine(made, candidates, RULES).holds
    assert set(made["status"]) != {"released"}


def test_with_enough_left_over_both_shares_leave():
    rows = [share("reliably_improved_share", 20, 40), share("reliably_worsened_share", 12, 40)]
    assert set(release(candidate_table(rows), RULES)["status"]) == {"released"}


def test_floor_and_ceiling_tell_the_middle():
    rows = [share("score_floor_share", 10, 30), share("score_ceiling_share", 18, 30)]
    assert found_out(*careless(rows)) == {"score_floor_share rest"}


def test_two_days_of_a_curve_tell_who_stopped_in_between():
    """Of 50, 40 are there on day 30 and 38 on day 90: two stopped in those sixty days."""
    made = {"subject_code": "", "population_code": "participants", "by_1": "day"}
    rows = [
        share("attending_share", 40, 50, level_1="30", **made),
        share("attending_share", 38, 50, level_1="90", **made),
    ]
    assert found_out(*careless(rows)) == {"attending_share numerator fallen"}
    assert "suppressed_secondary" in set(release(candidate_table(rows), RULES)["status"])


def test_who_came_back_is_no_more_than_who_is_there_in_the_next_quarter():
    """Of 30 and 20 together 38 came back; 19 of the 30 are there in the next quarter at all.

    a is at most 19, b at most 20 and a + b = 38: a in [18, 19], b in [19, 20].
    """
    rows = levels("reached_n", "gender_code", {"a": 30, "b": 20}, period="2022Q1")
    rows += levels("reached_n", "gender_code", {"a": 19, "b": 25}, period="2022Q2")
    rows += [rate(38, 50, period="2022Q1")]
    rows += [
        rate(had, of, period="2022Q1", by_1="gender_code", level_1=level)
        for level, had, of in (("a", 19, 30), ("b", 19, 20))
    ]
    hidden = [f"retention_rate//2022Q1/gender_code/{level}" for level in "ab"]
    table, candidates = careless(rows, hidden)
    # b's one who did not come back is found out with b
    assert "retention_rate numerator" in found_out(table, candidates)
    outcome = examine(table, candidates, RULES)
    assert {code for each in outcome.findings for code in each.through} >= {"reach", "retention"}
    assert examine(release(candidates, RULES), candidates, RULES).holds


def test_who_came_is_one_number_in_two_tables():
    """Everybody who came is hidden in reach and shown as a share of those known: 35 of 122."""
    rows = [*levels("reached_n", "gender_code", {"f": 20, "m": 15})]
    rows += [share("come_share", 35, 122, subject_code="")]
    table, candidates = careless(rows, ["reached_n//all/gender_code/_total"])
    assert "another name" in {each.attack for each in examine(table, candidates, RULES).findings}


def test_who_was_known_and_never_came_is_worked_out_from_two_tables():
    """Of 40 known to any source 38 came: reach shows 38, so the base shows the two."""
    rows = levels("reached_n", "gender_code", {"f": 38, "m": 30})
    rows += [
        share("come_share", came, known, subject_code="", by_1="gender_code", level_1=level)
        for level, came, known in (("f", 38, 40), ("m", 30, 45))
    ]
    rows += [share("come_share", 68, 85, subject_code="")]
    table, candidates = careless(rows, ["come_share//all/gender_code/f"])
    assert found_out(table, candidates) == {"people others"}
    assert examine(release(candidates, RULES), candidates, RULES).holds
