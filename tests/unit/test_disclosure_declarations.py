"""What disclosure.yml, tables.yml and dimensions.yml may say, and how a mistake in them is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.errors import ConfigurationError
from assets.release.publish import publish
from assets.release.thresholds import thresholds
from reports._released import Released
from reports._rounding import rounded_count
from schemas import disclosure, tables
from schemas.config import ConfigProblem
from schemas.disclosure import RULES, rules
from schemas.words import read_yaml
from tests.release_cases import candidate_table, estimate, levels, released

REPORTS = Path(__file__).resolve().parents[2] / "reports"


def house(**changed):
    return {**read_yaml("disclosure.yml"), **changed}


def test_a_missing_rule_lets_nothing_out():
    fewer = {code: rule for code, rule in house().items() if code != "median_base"}
    with pytest.raises(ConfigProblem, match="median_base are missing") as caught:
        disclosure.checked(fewer)
    assert "mancano" in caught.value.words.it


@pytest.mark.parametrize(
    ("code", "changed", "said"),
    [
        ("median_base", {"applies_to": ["medain"]}, "unknown kind 'medain'. Nearest: median"),
        ("median_base", {"value": None, "unit": None, "stricter": None}, "a number is needed"),
        ("median_base", {"value": "ten"}, "valid number"),
        ("median_base", {"stricter": None}, "go together"),
        ("median_base", {"applies_to": []}, "applies_to is empty"),
        ("minimum_count", {"value": 2}, "2 is below the floor"),
        ("all_or_none", {"vlaue": 1}, "vlaue"),
    ],
)
def test_a_mistake_in_a_rule_names_file_line_and_key(code, changed, said):
    entry = {**house()[code], **changed}
    with pytest.raises(ConfigProblem, match=said) as caught:
        disclosure.checked(house(**{code: entry}))
    lines = (Path(disclosure.__file__).parent / "disclosure.yml").read_text("utf-8").splitlines()
    line = lines.index(f"{code}:") + 1
    assert str(caught.value).startswith(f"disclosure.yml:{line}, «{code}»")


def test_a_rule_nobody_carries_out_is_refused():
    with pytest.raises(ConfigProblem, match="unknown rule 'minimun_count'. Nearest: minimum_count"):
        disclosure.checked(house(minimun_count=house()["minimum_count"]))


def test_every_rule_says_what_and_why_in_both_languages():
    assert set(rules()) == set(RULES)
    for rule in rules().values():
        assert all((rule.rule.it, rule.rule.en, rule.why.it, rule.why.en))


def test_a_house_file_that_cannot_be_trusted_stops_the_release(monkeypatch):
    def broken():
        raise ConfigProblem("rotto", "broken")

    monkeypatch.setattr("assets.release.thresholds.rules", broken)
    with pytest.raises(ConfigurationError, match="broken"):
        thresholds()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "averge"}, "unknown kind 'averge'"),
        ({"dimensions": ["shoe_size"]}, "unknown dimension 'shoe_size'"),
        ({"crossed": [["gender_code", "age_band"]]}, "unknown dimension 'gender_code'"),
        ({"periods": ["week"]}, "unknown period 'week'"),
        ({"indicators": ["euros_n"]}, "unknown indicator 'euros_n'"),
        ({"kind": "quantile"}, "which quantile"),
        ({"adds": "everything"}, "adds"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_mistake_in_a_table_names_file_line_and_key(changed, said):
    entries = read_yaml("tables.yml")
    entry = {**entries["closing"], "kinds": {}, **changed}
    with pytest.raises(ConfigProblem, match=said) as caught:
        tables.checked({**entries, "closing": entry}, read_yaml("indicators.yml"))
    assert str(caught.value).startswith("tables.yml:")


def test_an_indicator_belongs_to_one_table():
    entries = read_yaml("tables.yml")
    twice = {**entries["closing"], "indicators": ["reached_n"], "kinds": {}}
    with pytest.raises(ConfigProblem, match="'reached_n' already stands in 'reach'"):
        tables.checked({**entries, "closing": twice}, read_yaml("indicators.yml"))


def test_every_indicator_stands_in_a_table_and_every_dimension_is_part_of_a_known_one():
    homes = {name for table in tables.released_tables().values() for name in table.indicators}
    assert homes == set(read_yaml("indicators.yml"))
    known = tables.dimensions()
    assert known["neighbourhood_code"].part_of == "municipality_code"
    assert known["activity_code"].part_of == "area_code"
    assert [known[each].part_of for each in ("month", "quarter", "year")] == [
        "quarter",
        "year",
        "all",
    ]


def test_a_table_that_does_not_add_up_as_declared_is_refused():
    rows = levels("reached_n", "gender_code", {"f": 42, "m": 31})
    rows[0]["estimate"] = 40
    with pytest.raises(ConfigurationError, match="'reach' is declared additive.*'gender_code'"):
        released(rows)


def test_bases_that_do_not_add_up_as_declared_are_refused():
    people = [("", "", 50), ("gender_code", "f", 30), ("gender_code", "m", 10)]
    rows = [estimate("score_mean", 5, n, by_1=by, level_1=level) for by, level, n in people]
    with pytest.raises(ConfigurationError, match="'scores' is declared additive .adds: base."):
        released(rows)


@pytest.mark.parametrize(
    ("count", "shown"), [(0, 0), (5, 5), (7, 5), (7.5, 10), (8, 10), (12, 10), (1, 5)]
)
def test_counts_are_rounded_to_five(count, shown):
    assert rounded_count(count, 5) == shown


def test_a_public_page_rounds_counts_and_bases_and_no_mean(tmp_path):
    table = released(
        [
            *levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2}),
            estimate("score_mean", 51.3, 33),
            estimate("sessions_n", 13, 13, unit="sessions", n_unit="sessions"),
        ]
    )
    about = {"thresholds": {"public_round_to": 5}, "indicators": {}, "labels": {}}
    publish(table.reset_index(drop=True), about, tmp_path / "released")
    exact, public = (
        Released(tmp_path / "released", is_public=each).cells for each in (False, True)
    )
    assert [c.is_hidden for c in public.values()] == [c.is_hidden for c in exact.values()]
    shown = {(c.indicator, c.level_1): (c.value, c.n) for c in public.values()}
    assert shown["reached_n", "_total"] == (75, 75)
    assert shown["score_mean", ""] == (51.3, 35)
    assert shown["sessions_n", ""] == (13, 13), "sessions are nobody's"
    assert {c.value for c in exact.values()} >= {51.3, 13.0}


def test_a_programme_may_round_more_and_not_less():
    assert thresholds({"public_round_to": 10}).public_round_to == 10
    with pytest.raises(ConfigurationError, match="public_round_to.*laxer"):
        thresholds({"public_round_to": 1})


def test_pages_and_figures_open_released_tables_and_nothing_else():
    """Whatever a figure shows was judged: one module reads, and it reads the released folder."""
    readers = {
        path.name
        for path in [*REPORTS.glob("*.py"), *REPORTS.glob("*.qmd")]
        if any(
            word in path.read_text("utf-8")
            for word in ("read_parquet", "duckdb", "warehouse.", "read_csv", "from assets", "vault")
        )
    }
    # rows of people, for notebooks: refused while a document renders (test_notebook)
    assert readers == {"_rows.py"}


def test_a_scale_about_health_by_neighbourhood_needs_ten():
    where = {"by_1": "neighbourhood_code", "level_1": "lunetta"}
    for scale, status in (("who5", "suppressed_primary"), ("bscs", "released")):
        found = released([estimate("score_mean", 50, 8, subject_code=scale, **where)])
        assert found["status"].tolist() == [status]
    assert len(candidate_table([estimate("score_mean", 50, 8, subject_code="who5")])) == 1
