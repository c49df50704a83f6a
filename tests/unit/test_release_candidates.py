from __future__ import annotations

import pandas as pd
import pytest

from assets.errors import ConfigurationError
from assets.release.candidates import candidates
from assets.release.thresholds import thresholds, with_sensitive
from schemas.disclosure import KINDS, rules
from schemas.released import RELEASED_COLUMNS
from tests.release_cases import RULES, candidate_table, estimate, released


def test_each_estimate_gets_the_table_declared_for_its_indicator():
    found = candidate_table([estimate("reached_n", 9, 9), estimate("score_mean", 50, 9)])
    assert found.set_index("indicator_code")["table_code"].to_dict() == {
        "reached_n": "reach",
        "score_mean": "scores",
    }


def test_no_estimates_make_no_candidates_and_an_empty_release():
    assert candidates([]).empty
    assert list(released([]).columns) == list(RELEASED_COLUMNS)


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (estimate("reached_n", 9, 9) | {"indicator_code": "isee_mean"}, "isee_mean"),
        (estimate("reached_n", 9, 9, design="causal"), "causal"),
        (estimate("reached_n", 9, 9, status="fine"), "fine"),
        (estimate("reached_n", 9, None), "contributors_n"),
    ],
)
def test_what_nobody_declared_is_refused(row, named):
    with pytest.raises(ConfigurationError, match=named) as caught:
        candidate_table([estimate("reached_n", 9, 9, period="2022Q1"), row])
    assert caught.value.say("it") != caught.value.say("en")


def test_the_same_estimate_twice_is_refused():
    with pytest.raises(ConfigurationError, match="twice in reached_n"):
        candidate_table([estimate("reached_n", 9, 9), estimate("reached_n", 9, 9)])


def test_a_kind_without_rules_is_refused(monkeypatch):
    none = {code: rule for code, rule in rules().items() if "count" not in rule.applies_to}
    monkeypatch.setattr("assets.release.declared.rules", lambda: none)
    with pytest.raises(ConfigurationError, match="no rule for 'count'"):
        candidate_table([estimate("reached_n", 9, 9)])


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (estimate("reached_n", 9, 9, by_1="shoe_size", level_1="40"), "dimension 'shoe_size'"),
        (
            estimate(
                "reached_n", 9, 9, by_1="age_band", level_1="0-13", by_2="tenure_code", level_2="x"
            ),
            "crossing 'age_band x tenure_code'.*gender_code x neighbourhood_code",
        ),
        (estimate("reached_n", 9, 9, period="2022-03"), "period 'month'"),
        (estimate("reached_n", 9, 9, unit="euro"), "unit 'euro'"),
        (estimate("score_mean", 9, 9, n_unit="rows"), "base 'rows'.*persons"),
    ],
)
def test_what_a_table_does_not_declare_stops_the_run_and_names_the_line(row, named):
    with pytest.raises(ConfigurationError, match=rf"tables.yml:\d+, «\w+»: unknown {named}"):
        candidate_table([row])


def test_every_kind_of_number_has_its_rules_and_every_rule_its_kind():
    ruled = {kind for rule in rules().values() for kind in rule.applies_to}
    assert set(KINDS) - {"process"} == ruled - {"public_pages", "suggestions"}
    assert {
        table.kind_of(name) for table in RULES.tables.values() for name in table.indicators
    } <= ruled | {"process"}


def test_a_programme_may_be_stricter():
    found = thresholds({"minimum_count": 8, "dominance_share": 0.7})
    assert found.minimum(is_sensitive=False) == 8
    assert found.dominance_share == 0.7
    assert found.minimum(is_sensitive=True) == 10


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"minimum_count": 4}, "laxer"),
        ({"dominance_share": 0.9}, "laxer"),
        ({"floor": 1}, "laxer"),
        ({"group_share": float("nan")}, "laxer"),  # every comparison with it would be false
        ({"minimum_cuont": 8}, "minimum_count"),
    ],
)
def test_a_programme_may_not_be_laxer(asked, named):
    with pytest.raises(ConfigurationError, match=named):
        thresholds(asked)


def test_a_programme_may_call_a_table_sensitive():
    found = with_sensitive(RULES.tables, ["absence"])
    assert found["absence"].sensitive
    assert not RULES.tables["absence"].sensitive
    with pytest.raises(ConfigurationError, match="Nearest: absence"):
        with_sensitive(RULES.tables, ["absense"])


def test_the_sensitive_threshold_is_never_below_the_ordinary_one():
    assert thresholds({"minimum_count": 20}).minimum(is_sensitive=True) == 20


def test_what_cannot_be_computed_is_not_called_hidden():
    found = released([estimate("score_mean", None, 30)]).iloc[0]
    assert found["status"] == "not_applicable"
    assert pd.isna(found["n"])


def test_a_level_without_hours_adds_nothing_to_its_total():
    rows = [
        estimate("hours_sum", None, 0, by_1="activity_code", level_1="choir"),
        estimate("hours_sum", 90, 9, by_1="activity_code", level_1="garden"),
        estimate("hours_sum", 90, 9, by_1="activity_code", level_1="_total"),
    ]
    contributions = pd.DataFrame(
        {
            "person_code": [f"p{number}" for number in range(9)],
            "quarter": "2022Q1",
            "activity_code": "garden",
            "hours": 10.0,
        }
    )
    found = released(rows, contributions=contributions).set_index("level_1")["status"]
    assert found.to_dict() == {
        "choir": "not_applicable",
        "garden": "released",
        "_total": "released",
    }
