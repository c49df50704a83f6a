"""The spread of a few, scores of two values, and what "not applicable" tells beside hidden numbers."""

from __future__ import annotations

from itertools import combinations_with_replacement
from statistics import mean, stdev

import pytest

from assets.release import control, primary
from assets.release.prepare import prepared
from assets.release.thresholds import thresholds
from assets.release.two_values import two_valued
from schemas.indicators import released_tables
from schemas.instruments import Item, Part, shipped
from tests.release_cases import candidate_table, estimate, released

LIMITS = thresholds()


def means(sizes: dict[str, int], by: str = "gender_code", **given) -> list[dict]:
    """Return a mean of everybody and of each level, all with their spread."""
    spread = {"subject_code": "bscs", "se": 0.5, "ci_low": 2.0, "ci_high": 4.0, "p_value": 0.1}
    rows = [estimate("score_mean", 3.0, sum(sizes.values()), **spread, **given)]
    return rows + [
        estimate("score_mean", 3.0, size, by_1=by, level_1=level, **spread, **given)
        for level, size in sizes.items()
    ]


def with_spread(rows: list[dict]) -> set[str]:
    found = released(rows)
    assert (found["status"] == "released").all()
    assert found["value"].notna().all() and found["n"].notna().all()
    spread = found[["se", "ci_low", "ci_high", "p_value"]].notna()
    assert (spread.all(axis=1) == spread.any(axis=1)).all()
    return set(found.loc[spread.all(axis=1), "level_1"])


def judged(rows: list[dict]) -> dict[str, tuple[str, str]]:
    cells = prepared(candidate_table(rows), released_tables(), LIMITS)
    found = primary.primary(cells, LIMITS)
    return {
        row.estimate_id: (row.status, row.rule_code)
        for row in found[["estimate_id", "status", "rule_code"]].itertuples()
    }


def test_mean_error_and_base_give_five_answers_back():
    # why the rule is: of the scores 0-10, only one set of five has this mean and standard error
    fits = [
        each
        for each in combinations_with_replacement(range(11), 5)
        if mean(each) == 6 and abs(stdev(each) / 5**0.5 - 0.7071) < 0.0001
    ]
    assert len(fits) < 5 and (4, 5, 6, 7, 8) in fits


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ({"f": 30, "m": 14}, {""}),  # total minus f is m: f goes as well
        ({"f": 30, "m": 15}, {"", "f", "m"}),
        ({"f": 30, "m": 20, "x": 6}, {"", "f"}),  # x and the smallest beside it: 26 people
        ({"f": 7, "m": 7}, set()),
    ],
)
def test_who_is_left_of_a_total_is_nobody_or_enough(sizes, kept):
    assert with_spread(means(sizes)) == kept


def test_without_the_rule_every_spread_leaves(monkeypatch):
    monkeypatch.setattr(control, "without_spread", lambda cells, *_, **__: cells)
    assert with_spread(means({"f": 30, "m": 7})) == {"", "f", "m"}


def test_a_mean_of_two_values_is_a_share():
    # 0.2 of five is one person, and the base of a share is ten
    trust = {"subject_code": "trust", "se": 0.1}
    rows = [
        estimate("score_mean", 0.2, 5, by_1="gender_code", level_1="a", **trust),
        estimate("score_mean", 0.1, 20, by_1="gender_code", level_1="b", **trust),
        estimate("score_mean", 0.9, 20, by_1="gender_code", level_1="c", **trust),
        estimate("score_mean", 0.5, 20, by_1="gender_code", level_1="d", **trust),
        estimate("score_change", 0.95, 20, subject_code="trust"),
        estimate("score_change", 0.05, 20, subject_code="trust", by_1="gender_code", level_1="b"),
        estimate("score_mean", 0.2, 5, by_1="gender_code", level_1="a", subject_code="bscs"),
    ]
    found = judged(rows)
    assert [found[row["estimate_id"]][1] for row in rows] == [
        "rate_base",
        "rate_numerator",
        "rate_remainder",
        "",
        "rate_remainder",
        "",
        "",
    ]


def test_without_the_two_values_one_of_five_leaves(monkeypatch):
    monkeypatch.setattr(primary, "_of_two_values", lambda *_: [])
    row = estimate("score_mean", 0.2, 5, subject_code="trust", se=0.2)
    assert judged([row])[row["estimate_id"]] == ("released", "")


OWN = shipped()["trust"].model_copy(
    update={"code": "lends_tools", "low": 1, "high": 2, "score_low": 1, "score_high": 2}
)


@pytest.mark.parametrize(
    ("scales", "rule"), [({"lends_tools": OWN}, "rate_numerator"), (None, "")], ids=["own", "house"]
)
def test_a_programmes_own_scale_of_two_options_is_a_share_too(scales, rule):
    # of 20 who answer 1 (no) or 2 (yes), a mean of 1.1 is two who said yes
    row = estimate("score_mean", 1.1, 20, subject_code="lends_tools", se=0.1)
    cells = prepared(candidate_table([row]), released_tables(), LIMITS, instruments=scales)
    (found,) = primary.primary(cells, LIMITS)["rule_code"]
    assert found == rule


def test_a_part_of_one_question_is_a_share_too():
    both = {
        "items": [Item(code=code) for code in "ab"],
        "parts": [Part(code="p", label=OWN.label, items=["a"], min_answered=1)],
    }
    assert two_valued({"own": OWN.model_copy(update=both)}) == {"p": (1, 2)}


def _nobody_beside_two() -> list[dict]:
    where = {"by_1": "gender_code", "level_1": "other"}
    return [
        estimate("score_mean", 3.0, 2, subject_code="bscs_needs", **where),
        estimate("score_mean", None, 0, subject_code="bscs_influence", **where),
        estimate("score_mean", None, 0, subject_code="who5", period="other", **where)
        | {"estimate_id": "elsewhere", "period": "2023"},
    ]


def test_nobody_beside_a_few_is_hidden_like_them():
    rows = _nobody_beside_two()
    found = judged(rows)
    assert found[rows[1]["estimate_id"]] == ("suppressed_primary", "minimum_count")
    assert found["elsewhere"] == ("not_applicable", "")


def test_without_looking_beside_nobody_is_told(monkeypatch):
    monkeypatch.setattr(primary, "_of_a_few", lambda _, given: given)
    rows = _nobody_beside_two()
    assert judged(rows)[rows[1]["estimate_id"]] == ("not_applicable", "")


@pytest.mark.parametrize(("now", "is_kept"), [(40, True), (48, False), (56, True)])
def test_eight_newcomers_have_a_spread_too(now, is_kept):
    """Sums of squares of 40 and of 48 people are, subtracted, those of the eight."""
    first = released(means({"f": 40, "m": 60})).reset_index(drop=True)
    rows = means({"f": now, "m": 60})
    rules = control.Rules(released_tables(), LIMITS)
    found = control.decided(candidate_table(rows), rules, earlier=[first])
    of_women = found.loc[found["level_1"] == "f"].iloc[0]
    assert of_women["status"] == "released" and (of_women["se"] == 0.5) == is_kept


def changes(sizes: dict[str, int], by: str, **given) -> list[dict]:
    """Return a change of everybody and of each level with its spread, and its effect size."""
    rows = means(sizes, by, design="pre_post", **given)
    moved = [row | {"indicator_code": "score_change"} for row in rows]
    sized = [row | {"indicator_code": "score_change_dz", "unit": "sd"} for row in rows]
    nothing = {"se": None, "ci_low": None, "ci_high": None, "p_value": None, "estimate": 0.4}
    return [
        row | {"estimate_id": f"{row['indicator_code']}/{row['estimate_id']}"}
        for row in [*moved, *(row | nothing for row in sized)]
    ]


def sizes_shown(rows: list[dict], areas: dict[str, str] | None = None, earlier=()) -> set[str]:
    """Return the levels that keep their effect size; the spread of their change goes the same way."""
    rules = control.Rules(released_tables(), LIMITS, areas=areas or {})
    found = control.decided(candidate_table(rows), rules, earlier=earlier)
    sized = found[found["indicator_code"] == "score_change_dz"]
    moved = found[found["indicator_code"] == "score_change"]
    assert (moved["status"] == "released").all()
    assert set(sized.loc[sized["status"] != "released", "rule_code"]) <= {
        "spread_base",
        "never_alone",
    }
    kept = set(sized.loc[sized["value"].notna(), "level_1"])
    assert kept == set(moved.loc[moved["se"].notna(), "level_1"])
    return kept


def test_an_effect_size_goes_with_the_spread_beside_it():
    # mean and effect size give the spread: total 44 and women 30 leave that of 14 men
    assert sizes_shown(changes({"f": 30, "m": 14}, "gender_code")) == {""}
    assert sizes_shown(changes({"f": 30, "m": 15}, "gender_code")) == {"", "f", "m"}


@pytest.mark.parametrize(("now", "kept"), [(40, {"", "f"}), (48, set()), (56, {"", "f"})])
def test_eight_newcomers_have_an_effect_size_too(now, kept):
    first = released(changes({"f": 40}, "gender_code")).reset_index(drop=True)
    assert sizes_shown(changes({"f": now}, "gender_code"), earlier=[first]) == kept


def test_a_role_without_one_neighbourhood_is_the_other():
    # treated 30 = north 20 + south 10, control 40 = east 30 + west 10; of everybody's 70 those
    # without a spread are 20, of the treated ten
    areas = {"north": "treated", "south": "treated", "east": "control", "west": "control"}
    rows = changes({"north": 20, "south": 10, "east": 30, "west": 10}, "neighbourhood_code")
    rows += [row for row in changes({"treated": 30, "control": 40}, "area_role") if row["level_1"]]
    everybody = {"", "treated", "control"}
    assert sizes_shown(rows) == everybody | {"north", "east"}
    assert sizes_shown(rows, areas) == everybody
