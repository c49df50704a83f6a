"""What numbers are tells more than what they add up to: leaks that only these facts find.

Each case holds as long as a reader knows sums alone, and does not once the fact is known. Worked
out by hand.
"""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from assets.release import audit as audits
from assets.release.audit import Auditor, Known
from assets.release.control import examine
from schemas.instruments import shipped
from tests.release_cases import RULES, candidate_table, estimate, levels

ROLES = {"north": "treated", "south": "treated", "east": "control"}


def score(value: float, people: int, level: str = "", **given):
    made = {"subject_code": "who5", "population_code": "respondents", "period": "pre", "se": 1.0}
    where = {"by_1": "gender_code", "level_1": level} if level else {}
    return estimate("score_mean", value, people, **(made | where | {"unit": "points"} | given))


def changed(role: str, value: float, people: int):
    made = {"subject_code": "who5", "population_code": "respondents", "se": 1.0, "unit": "points"}
    return estimate(
        "score_change", value, people, by_1="area_role", level_1=role, design="pre_post", **made
    )


def table_of(rows, hidden):
    """Show everything but the rows whose ``estimate_id`` has one of those parts."""
    candidates = candidate_table(rows)
    table = candidates.rename(columns={"estimate": "value"}).assign(status="released")
    is_hidden = pd.Series(False, index=table.index)
    for part in hidden:
        is_hidden |= table["estimate_id"].str.contains(part, regex=False)
    table.loc[is_hidden, "status"] = "suppressed_secondary"
    table.loc[is_hidden, ["value", "n"]] = None
    return table, candidates


def found_out(table, candidates, **known) -> set[str]:
    auditor = Auditor(candidates, RULES.tables, RULES.limits, Known(**known))
    return auditor.names_found_out(table)


def service_rows(bands: dict[str, int]) -> list[dict]:
    services = {"population_code": "users", "n_unit": "households", "unit": "users"}
    users = sum(bands.values())
    uses = bands["1"] + 2 * bands["2"] + 3 * bands["3+"]
    rows = levels("users_n", "services_n", bands, **services)
    rows += [
        estimate("services_per_user", uses / users, users, **(services | {"unit": "services"}))
    ]
    contacts = {"unit": "contacts", "n_unit": "contacts"}
    return rows + levels("contacts_n", "service_code", {"a": 400, "b": 300, "c": 200}, **contacts)


def shared(both: int, first: str, second: str):
    made = {"population_code": "users", "n_unit": "households", "unit": "users"}
    return estimate(
        "co_use_n", both, both, subject_code=first, by_1="service_code", level_1=second, **made
    )


def test_a_mean_at_the_end_of_its_scale_is_everybodys_score():
    # WHO-5 ends at 100 (Topp et al. 2015): 12 people with 100 on average have 100 each
    asked = {"subject_code": "who5", "population_code": "respondents", "design": "pre_post"}
    asked_n = levels("eligible_n", "gender_code", {"f": 7, "m": 5}, **asked)
    hidden = ["score_mean/who5/pre/gender_code"]
    for value, expected in ((100, {"total score_mean"}), (80, set())):
        rows = [score(value, 12), score(value, 7, "f"), score(value, 5, "m"), *asked_n]
        assert found_out(*table_of(rows, hidden), first_wave="pre") == expected


def test_a_programmes_own_scale_has_ends_too():
    # ends at 100 like WHO-5, but only the programme says so
    own = {"mine": shipped()["who5"].model_copy(update={"code": "mine"})}
    of = {"subject_code": "mine"}
    asked = {"population_code": "respondents", "design": "pre_post"}
    rows = [score(100, 12, **of), score(100, 7, "f", **of), score(100, 5, "m", **of)]
    rows += levels("eligible_n", "gender_code", {"f": 7, "m": 5}, **asked, **of)
    for scales, expected in ((own, {"total score_mean"}), ({}, set())):
        table = table_of(rows, ["score_mean/mine/pre/gender_code"])
        assert found_out(*table, first_wave="pre", instruments=scales) == expected


def test_how_many_use_each_number_of_services_follows_from_the_mean():
    # three services, so '3+' is three: u1 + u2 + u3 = 60 and u1 + 2 u2 + 3 u3 = 62 leave u1 in
    # [58, 59], u2 in [0, 2], u3 in [0, 1]
    rows = service_rows({"1": 58, "2": 2, "3+": 0})
    hidden = [f"users_n//all/services_n/{each}/" for each in ("1", "2", "3+")]
    assert "users" in found_out(*table_of(rows, hidden))
    many = service_rows({"1": 30, "2": 20, "3+": 10})
    assert found_out(*table_of(many, hidden)) == set()


def test_a_pair_shares_no_more_users_than_use_several():
    # 2 + 2 use several services, so no pair shares more than four
    rows = [*service_rows({"1": 50, "2": 2, "3+": 2}), shared(3, "a", "b")]
    assert "co_use_n value" in found_out(*table_of(rows, ["co_use_n"]))
    rows = [*service_rows({"1": 50, "2": 20, "3+": 20}), shared(3, "a", "b")]
    assert found_out(*table_of(rows, ["co_use_n"])) == set()


def test_an_effect_and_one_change_give_the_other():
    # effect = treated - control, so control = 6 - 4 = 2
    effect = estimate(
        "did_effect", 4.0, 50, subject_code="who5", by_1="area_role", level_1="treated",
        design="compared", population_code="respondents", se=1.0, unit="points",
    )  # fmt: skip
    rows = [changed("treated", 6.0, 30), changed("control", 2.0, 20)]
    hidden = ["score_change/who5/all/area_role/control"]
    assert found_out(*table_of(rows, hidden)) == set()
    assert found_out(*table_of([*rows, effect], hidden)) == {"total score_change"}


def test_numbers_by_role_are_sums_over_neighbourhoods():
    # north and south are all that is treated: 30 - 27 = 3
    given = {"subject_code": "who5", "population_code": "respondents"}
    counts = {"north": 27, "south": 3, "east": 25}
    rows = [
        estimate("eligible_n", n, n, by_1="neighbourhood_code", level_1=level, **given)
        for level, n in counts.items()
    ] + [
        estimate("eligible_n", n, n, by_1="area_role", level_1=level, **given)
        for level, n in (("treated", 30), ("control", 25))
    ]
    hidden = ["neighbourhood_code/south"]
    made = table_of(rows, hidden)
    assert found_out(*made) == set()
    assert found_out(*made, areas=ROLES) == {"scored"}


def test_what_has_only_grown_is_no_less_than_it_was():
    # f and m hidden, 44 together; f was told as 40 before, so m is in [0, 4]: four wide, not five
    before = levels("reached_n", "gender_code", {"f": 40, "m": 10, "x": 30})
    first, _ = table_of(before, ["/m/", "/x/"])
    now = levels("reached_n", "gender_code", {"f": 41, "m": 3, "x": 30})
    table, candidates = table_of(now, ["/f/", "/m/"])
    assert examine(table, candidates, RULES).holds
    outcome = examine(table, candidates, RULES, [first])
    assert {each.estimate_id for each in outcome.findings} >= {"reached_n//all/gender_code/m//"}


@pytest.mark.parametrize("known", [None, Known(areas=ROLES)])
def test_without_rows_there_is_nothing_to_find(known):
    nothing = candidate_table([score(50, 40)])
    table = nothing.rename(columns={"estimate": "value"}).assign(status="released")
    assert audits.audit(table, nothing, RULES.tables, RULES.limits, known).holds


def test_rules_hold_the_areas():
    assert dataclasses.replace(RULES, areas=ROLES).areas == ROLES
