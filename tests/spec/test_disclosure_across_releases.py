"""What was told before is not untold: attacks that need an earlier release.

The numbers are those of FACTS 6.4 (17 people, then 19: the totals of the two newcomers follow) and
worked out by hand.
"""

from __future__ import annotations

import pandas as pd
import pytest

from assets.release.audit_releases import told_before, too_soon
from assets.release.control import examine, release
from tests.release_cases import RULES, candidate_table, estimate, levels, released

SHOWN = ("released", "true_zero")


def mean(people: int, value: float, **given):
    return estimate("score_mean", value, people, subject_code="who5", se=1.0, **given)


def then_now(before, now):
    """Release ``before``, then ``now`` to a reader who has the first."""
    first = released(before).reset_index(drop=True)
    candidates = candidate_table(now)
    second = release(candidates, RULES, earlier=[first])
    return first, candidates, second


def status(table: pd.DataFrame, level: str = "") -> str:
    return table.loc[table["level_1"] == level, "status"].item()


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (17, "released"),
        (19, "suppressed_secondary"),
        (21, "suppressed_secondary"),
        (22, "released"),
    ],
)
def test_a_mean_waits_until_enough_have_come(people, expected):
    """17 people with a mean of 50, then 19 with 52: the two newcomers have 69 each, on average."""
    now = [mean(people, 50.0 if people == 17 else 52.0)]
    assert (19 * 52 - 17 * 50) / 2 == 69
    assert status(then_now([mean(17, 50.0)], now)[2]) == expected


def test_people_who_leave_the_data_are_as_few_as_those_who_come():
    """Whoever asked to be forgotten must not be had by subtraction."""
    assert status(then_now([mean(20, 50.0)], [mean(19, 51.0)])[2]) == "suppressed_secondary"


def test_a_revised_figure_about_the_same_people_may_be_about_one():
    assert status(then_now([mean(20, 50.0)], [mean(20, 51.0)])[2]) == "suppressed_secondary"


def test_counts_of_people_may_grow_by_one_but_not_where_they_are_sensitive():
    before, now = {"f": 20, "m": 30}, {"f": 21, "m": 30}
    by_gender = then_now(
        levels("reached_n", "gender_code", before), levels("reached_n", "gender_code", now)
    )
    assert set(by_gender[2]["status"]) == {"released"}
    cases = [
        levels("reached_n", "citizenship_code", each)
        for each in ({"it": 40, "other": 30}, {"it": 41, "other": 30})
    ]
    second = then_now(*cases)[2]
    assert status(second, "it") == status(second, "_total") == "suppressed_secondary"


def test_the_audit_by_itself_finds_two_newcomers():
    first = released([mean(17, 50.0)]).reset_index(drop=True)
    candidates = candidate_table([mean(19, 52.0)])
    careless = release(candidates, RULES)
    found = too_soon(candidates, RULES.tables, RULES.limits, [first])
    assert found == candidates["estimate_id"].tolist()
    outcome = examine(careless, candidates, RULES, [first])
    assert [each.attack for each in outcome.findings] == ["an earlier release"]


def test_two_releases_that_hide_different_cells_of_one_line_give_one_away():
    """f 42, m 31, x 2 of 75. Hiding m and x, then f and x: 75 - 42 - 31 is left over."""
    rows = levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})
    candidates = candidate_table(rows)
    first = release(candidates, RULES)
    assert status(first, "m") == "suppressed_secondary"
    other = first.copy()
    for level, value, fate in (("m", 31, "released"), ("f", None, "suppressed_secondary")):
        other.loc[other["level_1"] == level, "status"] = fate
        other.loc[other["level_1"] == level, ["value", "n"]] = value
    assert examine(other, candidates, RULES).holds  # alone it would do
    assert "reached_n//all/gender_code/f//" in told_before(candidates, [first])
    assert not examine(other, candidates, RULES, [first]).holds


def test_the_same_cells_again_are_the_same_release():
    rows = levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})
    first, _, second = then_now(rows, rows)
    pd.testing.assert_frame_equal(first, second)


def test_a_hidden_cell_that_has_not_changed_stays_hidden_in_the_next_release():
    """A fourth group is counted: the pattern may change, what is hidden may not become known."""
    before = levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})
    now = levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2, "_unknown": 9})
    first, candidates, second = then_now(before, now)
    assert examine(second, candidates, RULES, [first]).holds
    assert status(second, "x") not in SHOWN


def test_the_whole_told_before_less_a_quarter_told_now_is_the_other_quarter():
    """90 in all after two quarters; 81 in the second: nine in the first, whatever is hidden later."""

    def hours(parts, fates):
        rows = []
        for activity in ("a", "_total"):
            for period, value in [*parts.items(), ("all", sum(parts.values()))]:
                where = {"by_1": "service_code", "level_1": activity, "period": period}
                rows.append(estimate("contacts_n", value, value, **where, unit="contacts"))
        candidates = candidate_table(rows)
        table = candidates.rename(columns={"estimate": "value"}).assign(status="released")
        hidden = table["period"].isin(fates)
        table.loc[hidden, "status"] = "suppressed_secondary"
        table.loc[hidden, ["value", "n"]] = None
        return table, candidates

    first, _ = hours({"2021Q2": 9, "2021Q3": 81}, ["2021Q2", "2021Q3"])
    second, candidates = hours({"2021Q2": 9, "2021Q3": 81, "2021Q4": 70}, ["2021Q2", "2021Q4"])
    assert examine(second, candidates, RULES).holds
    assert not examine(second, candidates, RULES, [first]).holds


def come(level: str, has: int, base: int):
    return estimate(
        "come_share", has / base, base, by_1="gender_code", level_1=level, unit="share",
        numerator_n=has, numerator_contributors_n=has,
    )  # fmt: skip


def test_who_is_in_no_list_then_and_is_hidden_now_is_not_what_is_left():
    """49 less 31 women are 18 men and unknown; 56 less 37 are those 18 and one newcomer.

    The newcomer's group was in no list of who came, though known: none of it had come.
    """
    before = levels("reached_n", "gender_code", {"female": 31, "male": 17, "unknown": 1})
    now = levels("reached_n", "gender_code", {"female": 37, "male": 17, "unknown": 1, "other": 1})
    known = [come("female", 31, 60), come("male", 17, 40), come("other", 0, 1)]
    since = [come("female", 37, 60), come("male", 17, 40), come("other", 1, 1)]
    first, candidates = _only_women_and_all(before + known), candidate_table(now + since)
    told = _only_women_and_all(now + since)
    assert examine(told, candidates, RULES).holds, "without the first release nothing is told"
    assert not examine(told, candidates, RULES, [first]).holds
    second = release(candidates, RULES, earlier=[first])
    assert examine(second, candidates, RULES, [first]).holds


def _only_women_and_all(rows):
    """Return a release of these numbers that shows how many came in all, and how many women."""
    found = released(rows).reset_index(drop=True)
    truth = candidate_table(rows).set_index("estimate_id")["estimate"]
    is_shown = found["level_1"].isin(["_total", "female"]) & (
        found["indicator_code"] == "reached_n"
    )
    number = found["estimate_id"].map(truth).where(is_shown)
    return found.assign(
        value=number,
        n=number.astype("Int64"),
        status=pd.Series("released", index=found.index).where(is_shown, "suppressed"),
    )
