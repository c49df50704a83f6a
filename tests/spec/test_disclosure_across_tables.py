"""What one table hides, another must not tell: attacks that need two tables or two periods."""

from __future__ import annotations

from dataclasses import replace

from assets.release.audit import Known, audit
from assets.release.control import examine, release
from tests.release_cases import RULES, candidate_table, estimate, levels, rate

SHOWN = ("released", "true_zero")


def _released(rows, **rules):
    candidates = candidate_table(rows)
    table = release(candidates, replace(RULES, **rules))
    return candidates, table.set_index("estimate_id")


def _status(table, indicator, level, period="all"):
    chosen = table[
        (table["indicator_code"] == indicator)
        & (table["level_1"] == level)
        & (table["period"] == period)
    ]
    return chosen["status"].item()


def _groups(indicator, period, counts, value=None, **given):
    made = {"period": period, "subject_code": "who5", "population_code": "respondents"} | given
    total = sum(counts.values())
    rows = [estimate(indicator, value or total, total, **made)]
    for level, people in counts.items():
        number = people if value is None else (value if people else None)
        rows.append(estimate(indicator, number, people, by_1="gender_code", level_1=level, **made))
    return rows


def test_who_is_eligible_is_hidden_exactly_where_the_first_wave_hides_its_base():
    # Two people of unknown gender at the first wave, none of them at the second: the base of the
    # first wave hides two levels, and the change, about 64 and 33 others, gives nobody away.
    before, both = {"f": 104, "m": 49, "u": 2}, {"f": 64, "m": 33, "u": 0}
    rows = [
        *_groups("score_mean", "pre", before, 55.0, se=1.0),
        *_groups("eligible_n", "all", before, design="pre_post"),
        *_groups("linked_n", "all", both, design="pre_post"),
        *_groups("score_change", "all", both, 5.0, se=1.0, design="pre_post"),
    ]
    _, table = _released(rows, first_wave="pre")
    for level in before:
        eligible, base = (
            _status(table, *which, period)
            for which, period in ((("eligible_n", level), "all"), (("score_mean", level), "pre"))
        )
        assert (eligible in SHOWN) == (base in SHOWN), level
    assert _status(table, "eligible_n", "f") == "released"
    assert _status(table, "score_change", "f") == "released"
    assert _status(table, "score_change", "m") == "released"


def test_the_audit_finds_a_count_that_another_table_shows():
    rows = [
        *_groups("score_mean", "pre", {"f": 30, "m": 20}, 55.0, se=1.0),
        *_groups("eligible_n", "all", {"f": 30, "m": 20}, design="pre_post"),
    ]
    candidates, table = _released(rows, first_wave="pre")
    careless = table.reset_index()
    of = (careless["indicator_code"] == "eligible_n") & (careless["level_1"] != "")
    careless.loc[of, "status"] = "suppressed_secondary"
    careless.loc[of, ["value", "n"]] = None
    rules = (RULES.tables, RULES.limits)
    found = audit(careless, candidates, *rules, Known(first_wave="pre")).findings
    assert sorted(each.attack for each in found) == ["another name", "another name"]


def test_a_hidden_rate_cannot_be_worked_out_from_bases_that_reach_shows():
    # 9 of 11, 9 of 11 and 28 of 36 came back, 46 of 58 in all. The first two are hidden, as two of
    # each did not. By subtraction they are 18 of 22, and with no numerator above 11 each lies in
    # [7, 11]: four wide, where five is asked. So a third must go.
    people, back = {"a": 11, "b": 11, "c": 36}, {"a": 9, "b": 9, "c": 28}
    rows = levels("reached_n", "neighbourhood_code", people, period="2022Q1")
    rows += [rate(46, 58, period="2022Q1")] + [
        rate(back[each], people[each], period="2022Q1", by_1="neighbourhood_code", level_1=each)
        for each in people
    ]
    candidates, table = _released(rows)
    rates = table[table["indicator_code"] == "retention_rate"]
    counts = table[table["indicator_code"] == "reached_n"]
    assert (counts["status"] == "released").all()  # the people themselves may be counted
    hidden = set(rates.loc[~rates["status"].isin(SHOWN), "level_1"])
    assert {"a", "b"} < hidden
    assert examine(table.reset_index(), candidates, RULES).holds


def test_the_only_quarter_of_a_group_is_its_whole_period():
    # In 'all' the two of x hide the next smallest, m; its one quarter would show it.
    rows = levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})
    rows += levels("reached_n", "gender_code", {"f": 40, "m": 31, "x": 0}, period="2022Q1")
    rows += levels("reached_n", "gender_code", {"f": 20, "m": 0, "x": 2}, period="2022Q2")
    candidates, table = _released(rows)
    assert _status(table, "reached_n", "m") == "suppressed_secondary"
    assert _status(table, "reached_n", "m", "2022Q1") == "suppressed_secondary"
    assert examine(table.reset_index(), candidates, RULES).holds
    careless = table.reset_index()
    shown = (careless["period"] == "2022Q1") & (careless["level_1"] == "m")
    careless.loc[shown, "status"] = "released"
    careless.loc[shown, ["value", "n"]] = 31
    found = examine(careless, candidates, RULES).findings
    assert {each.attack for each in found} >= {"another name"}


def test_missing_people_are_told_for_everybody_only():
    rows = _groups("score_mean", "pre", {"f": 30, "m": 20}, 55.0, se=1.0, n_missing=6)
    _, table = _released(rows)
    assert table.loc[table["by_1"] == "", "n_missing"].tolist() == [6]
    assert table.loc[table["by_1"] != "", "n_missing"].isna().all()
