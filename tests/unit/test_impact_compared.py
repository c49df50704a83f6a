"""Differences between groups: identities with other software, refusals, and the empty cases."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from assets.impact import (
    balance,
    clustered,
    did,
    matching,
    panel,
    sensitivity,
    staggered,
    weighting,
)
from assets.impact.asked.compared import Asked, compared_rows
from assets.impact.event_study import event_study, parallel_trends
from schemas.programme import Programme
from tests.unit.programmes import PROGRAMME

CASTLE = Path(__file__).parents[1] / "spec" / "reference" / "castle.csv"
ASKED = Asked(
    roles=("extension", "pilot"),
    control=("comparison",),
    adjust_for=("age_years",),
    waves=("pre", "mid", "post"),
    before=0,
    after=2,
    first={"north": 1, "east": 2, "south": panel.NEVER},
)


def castle() -> pd.DataFrame:
    data = pd.read_csv(CASTLE)
    start = data[data["post"] == 1].groupby("sid")["year"].min() - 1
    first = data["sid"].map(start).fillna(panel.NEVER).astype(int)
    return pd.DataFrame(
        {
            "person": data["sid"],
            "cluster": data["sid"],
            "period": data["year"],
            "first": first,
            "score": data["l_homicide"],
        }
    )


def scores(sizes: dict[str, int], *, effect: float = 0.0, seed: int = 1) -> tuple:
    """Make ``measures_scores`` and ``core_participants`` of three areas and three waves."""
    draw = np.random.default_rng(seed)
    roles = {"north": "pilot", "east": "extension", "south": "comparison"}
    people, rows = [], []
    for area, size in sizes.items():
        for number in range(size):
            code = f"{area}{number:03d}"
            people.append(
                {
                    "person_code": code,
                    "household_code": None,
                    "neighbourhood_code": area,
                    "area_role": roles[area],
                    "link_certainty": "certain",
                    "age_years": int(draw.integers(20, 70)),
                    "gender_code": "female" if number % 2 else "male",
                    "tenure_code": "private" if number % 3 else "sap_aler",
                    "citizenship_code": "italian" if number % 4 else "non_eu",
                }
            )
            base = draw.normal(50, 10)
            for period, wave in enumerate(ASKED.waves):
                joined = ASKED.first[area] not in (panel.NEVER,) and period >= ASKED.first[area]
                score = base + draw.normal(0, 5) + period + effect * joined
                rows.append(
                    {"person_code": code, "wave_code": wave, "scale_code": "who5", "score": score}
                )
    columns = ["person_code", "wave_code", "scale_code", "score"]
    found = pd.DataFrame(people).astype({"household_code": "string"}) if people else None
    return pd.DataFrame(rows, columns=columns), found


def change_table(treated: list[float], control: list[float]) -> pd.DataFrame:
    rows = []
    for is_treated, changes in ((True, treated), (False, control)):
        for number, change in enumerate(changes):
            for after in (False, True):
                rows.append(
                    {
                        "person": f"{is_treated}{number}",
                        "cluster": f"{is_treated}{number}",
                        "treated": is_treated,
                        "after": after,
                        "score": 10.0 + number + change * after,
                    }
                )
    return pd.DataFrame(rows)


def test_two_by_two_of_pairs_is_welchs_test_of_their_changes():
    from scipy import stats

    treated, control = [3.0, 5.0, 1.0, 8.0, 2.0], [0.0, 1.0, -2.0]
    found = did.two_by_two(change_table(treated, control))
    welch = stats.ttest_ind(treated, control, equal_var=False)
    ends = welch.confidence_interval()
    assert found.estimate == pytest.approx(3.8 + 1 / 3)
    assert found.p_value == pytest.approx(welch.pvalue)
    assert (found.ci_low, found.ci_high) == pytest.approx((ends.low, ends.high))


def test_staggered_with_one_date_and_two_waves_is_the_two_by_two():
    rows = change_table([3.0, 5.0, 1.0, 8.0], [0.0, 1.0, -2.0])
    two = did.two_by_two(rows)
    spread = rows.assign(period=rows["after"] * 1, first=np.where(rows["treated"], 1, -1))
    found = staggered.effect(staggered.panel(spread), staggered.SIMPLE, staggered.simple)
    assert found.estimate == pytest.approx(two.estimate)
    assert (found.ci_low, found.p_value) == pytest.approx((two.ci_low, two.p_value))


def test_clustered_error_is_that_of_pyfixest():
    # pyfixest 0.60.0: feols("l_homicide ~ D | sid + year", vcov={"CRV1": "sid"}).
    found = panel.two_way_fit(castle())
    assert found.estimate == pytest.approx(0.08181162218, abs=1e-9)
    assert found.se_crv1 == pytest.approx(0.05887421794, abs=1e-9)


def test_wild_bootstrap_of_thousands_of_clusters_fits_in_memory():
    """A large programme has as many households: a matrix of rows by clusters would take gigabytes."""
    rng = np.random.default_rng(5)
    codes = np.concatenate([np.arange(2000), rng.integers(0, 2000, 1000)])
    treated = codes % 2 == 0
    design = np.column_stack([treated.astype(float), np.ones(3000)])
    y = rng.normal(size=3000) + 2 * treated
    tracemalloc.start()
    p = clustered.wild_cluster_p(y, design, codes, at=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert p == 0, "an effect of two deviations among thousands is never met by chance"
    assert peak < 3000 * 2000 * 8, "one matrix of rows by clusters, in bytes"


def test_wild_bootstrap_is_that_of_wildboottest_with_all_signs():
    # wildboottest 0.3.2, type 11, full enumeration of 2^8 signs: p = 244 / 256, counting only
    # larger t. Here the two assignments that give back the data count too: p is never 0.
    rows = castle()
    rows = rows[rows["person"].isin([1, 2, 3, 10, 4, 5, 6, 7])].sort_values(["person", "period"])
    y, design, _ = panel._within(rows)
    assert clustered.wild_cluster_p(y, design, rows["cluster"].to_numpy(), at=0) == 246 / 256


def test_webbs_points_are_used_below_six_clusters():
    draw = np.random.default_rng(3)
    codes = np.repeat(np.arange(4), 6)
    design = np.column_stack([np.ones(24), codes < 2]).astype(float)
    p = clustered.wild_cluster_p(draw.normal(size=24), design, codes, at=1)
    assert p is not None
    assert (p * 6**4) == pytest.approx(round(p * 6**4))  # 6^4 assignments, not 2^4
    assert (
        clustered.wild_cluster_p(np.ones(4), np.ones((4, 1)), np.array([0, 0, 1, 1]), at=0) is None
    )


def test_two_way_refuses_staggered_adoption_and_says_so():
    found = panel.two_way(castle())
    assert (found.estimate, found.status, found.reason) == (
        None,
        "not_estimable",
        "staggered_adoption",
    )
    assert sum(each.weight for each in panel.decomposition(castle())) == pytest.approx(1)


@pytest.mark.parametrize(
    ("first", "reason"),
    [((0, 0), "too_few_persons"), ((-1, -1), "too_few_persons"), ((0, -1), "always_treated")],
)
def test_two_way_refuses_what_it_cannot_answer(first, reason):
    rows = pd.DataFrame(
        [
            {
                "person": unit,
                "cluster": unit,
                "period": period,
                "first": first[unit % 2],
                "score": 1.0,
            }
            for unit in range(6)
            for period in (0, 1)
        ]
    )
    assert panel.two_way(rows).reason == reason


def test_one_treated_area_leaves_no_inference_over_areas():
    rows, people = scores({"north": 12, "south": 12})
    wave = {"pre": 0, "mid": 1, "post": 2}
    rows = rows.merge(people, on="person_code").assign(
        person=lambda each: each["person_code"],
        cluster=lambda each: each["person_code"],
        area=lambda each: each["neighbourhood_code"],
        period=lambda each: each["wave_code"].map(wave),
        first=lambda each: each["neighbourhood_code"].map(ASKED.first),
    )
    found = panel.two_way(rows)
    assert found.assumptions["many_areas"] == "doubtful"
    assert found.details["area_se_crv3"] is None
    assert found.details["area_wild_p"] is None


def test_placebo_tells_groups_that_were_already_moving_apart():
    rows = [
        {
            "person": f"{group}{number}",
            "cluster": f"{group}{number}",
            "period": period,
            "first": 2 if group else -1,
            "score": period * 5.0 * group + np.sin(7.0 * number + period),
        }
        for group in (0, 1)
        for number in range(20)
        for period in range(4)
    ]
    found = event_study(staggered.panel(pd.DataFrame(rows)))
    assert sorted(found) == [-2, 0, 1]
    assert found[-2].estimate == pytest.approx(-5, abs=0.5)
    assert parallel_trends(found) == "doubtful"


def test_balance_edges():
    ones, empty = pd.Series([1.0, 1.0, 1.0]), pd.Series([], dtype=float)
    same = balance.standardised_difference(ones, ones)
    assert (same.estimate, same.assumptions["comparable_groups"]) == (0.0, "held")
    apart = balance.standardised_difference(ones, ones * 0)
    assert (apart.estimate, apart.reason) == (None, "no_variation")
    assert balance.comparable([same, apart]) == "doubtful"
    assert balance.standardised_difference(ones, empty).status == "too_few"
    assert balance.variance_ratio(ones, ones).reason == "no_variation"
    missing = balance.standardised_difference(
        pd.Series([1.0, None, 3.0]), pd.Series([2.0, 4.0, 6.0])
    )
    assert (missing.n, missing.n_missing) == (5, 1)


def test_levels_of_a_yes_no_are_its_standardised_difference():
    one, zero = pd.Series(["a"] * 6 + ["b"] * 4), pd.Series(["a"] * 3 + ["b"] * 9)
    plain = balance.standardised_difference((one == "b") * 1.0, (zero == "b") * 1.0)
    assert balance.level_difference(one, zero).estimate == pytest.approx(abs(plain.estimate))
    assert balance.level_difference(pd.Series(["a", "a"]), pd.Series(["b", "b"])).estimate is None


def test_weighting_refuses_groups_that_do_not_overlap_or_are_too_few():
    age = pd.DataFrame({"age": np.arange(40.0)})
    apart = pd.Series(np.arange(40) >= 20)
    outcome = pd.Series(np.arange(40.0))
    assert weighting.doubly_robust(outcome, age, apart).reason == "no_overlap"
    assert matching.matched_difference(outcome, age, apart).reason == "no_overlap"
    few = pd.Series(np.arange(40) < 3)
    assert weighting.doubly_robust(outcome, age, few).reason == "too_few_per_covariate"
    nobody = pd.Series(np.zeros(40, bool))
    assert weighting.doubly_robust(outcome, age, nobody).status == "too_few"
    assert matching.matched_difference(outcome, age, nobody).status == "too_few"


def test_e_value_edges():
    assert sensitivity.e_value(1.0) == 1.0
    assert sensitivity.e_value(0.5) == sensitivity.e_value(2.0)
    assert sensitivity.e_value_of_limit(0.8, 0.6, 1.1) == 1.0
    with pytest.raises(ValueError, match="above 0"):
        sensitivity.e_value(0.0)
    assert sensitivity.robustness_value(0.0, 20) == 0.0
    assert sensitivity.robustness_value(1.0, 20, alpha=0.05) == 0.0


def test_row_order_does_not_matter():
    rows, people = scores({"north": 20, "east": 12, "south": 15})
    mixed = rows.sample(frac=1, random_state=4), people.sample(frac=1, random_state=5)
    first = list(compared_rows(rows, people, ["who5"], ASKED))
    assert list(compared_rows(*mixed, ["who5"], ASKED)) == first


def test_contributors_are_the_smaller_group_and_a_planted_effect_is_found():
    rows, people = scores({"north": 60, "east": 30, "south": 25}, effect=8.0)
    found = {
        (each["indicator_code"], each["subject_code"], each["level_1"]): each
        for each in compared_rows(rows, people, ["who5"], ASKED)
    }
    plain = found[("did_effect", "who5", "pilot")]
    assert (plain["design"], plain["n"], plain["contributors_n"]) == ("compared", 85, 25)
    assert found[("balance_smd", "age_years", "extension")]["contributors_n"] == 25
    for key in (
        ("did_effect", "who5", "pilot"),
        ("did_twfe", "who5", "pilot"),
        ("did_adjusted", "who5", "pilot"),
        ("did_staggered", "who5", ""),
        ("did_event", "who5", "1"),
    ):
        assert found[key]["ci_low"] < 8.0 < found[key]["ci_high"], key
        assert found[key]["ci_low"] > 0, key
    assert abs(found[("did_placebo", "who5", "-2")]["estimate"]) < 5


@pytest.mark.parametrize("sizes", [{"north": 6}, {"north": 1, "south": 1}, {"south": 5}])
def test_without_a_group_nothing_is_claimed(sizes):
    rows, people = scores(sizes)
    found = list(compared_rows(rows, people, ["who5"], ASKED))
    assert all(each["estimate"] is None for each in found)
    assert {each["status"] for each in found} <= {"too_few", "not_estimable"}


def test_who_was_in_before_the_first_wave_is_no_comparison():
    rows, people = scores({"north": 20, "south": 20}, effect=8.0)
    before = replace(ASKED, first={**ASKED.first, "north": 0})
    found = [
        each
        for each in compared_rows(rows, people, ["who5"], before)
        if each["indicator_code"] in ("did_effect", "did_twfe", "did_staggered")
    ]
    assert {each["estimate"] for each in found} == {None}


def programme(role_from: str, compared: str) -> Programme:
    from ruamel.yaml import YAML

    text = (
        PROGRAMME
        + f"""
neighbourhoods:
  a: {{label: {{it: A, en: A}}, role: pilot{role_from}}}
  b: {{label: {{it: B, en: B}}, role: comparison}}
waves:
  pre: {{label: {{it: P, en: P}}, from: 2022-01-01, to: 2022-01-31}}
  post: {{label: {{it: D, en: D}}, from: 2022-05-01, to: 2022-05-31}}
evaluation: {{change: {{from: pre, to: post}}, compared: {compared}}}
"""
    )
    return Programme.model_validate(YAML(typ="safe").load(text))


@pytest.mark.parametrize(
    ("role_from", "compared", "said"),
    [
        ("", "{treated: [pilot], control: [comparison]}", "'from' is missing"),
        (", from: 2022-01-15", "{treated: [pilot], control: [comparison]}", "neither before nor"),
        (", from: 2022-02-01", "{treated: [pilot], control: [pilot]}", "both treated and control"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_refused_in_the_settings(role_from, compared, said):
    with pytest.raises(ValidationError, match=said):
        programme(role_from, compared)


def test_a_place_that_joins_after_the_last_wave_counts_as_not_yet_treated():
    from assets.impact.asked.compared import asked_of

    words = "{treated: [pilot], control: [comparison]}"
    assert asked_of(programme(", from: 2022-02-01", words)).first == {"a": 1, "b": -1}
    assert asked_of(programme(", from: 2022-06-15", words)).first == {"a": 2, "b": -1}


def test_the_p_of_several_scales_is_holms():
    """By hand: of two p the smaller is doubled; the larger stays, or follows the smaller."""
    rows, people = scores({"north": 30, "east": 20, "south": 25}, effect=4.0)
    other = scores({"north": 30, "east": 20, "south": 25}, seed=2)[0].assign(scale_code="bscs")
    both = pd.concat([rows, other], ignore_index=True)
    found = {
        (each["indicator_code"], each["subject_code"]): each
        for each in compared_rows(both, people, ["who5", "bscs"], ASKED)
        if not each["by_1"]
    }
    plain = {scale: found["did_staggered", scale]["p_value"] for scale in ("who5", "bscs")}
    low, high = sorted(plain, key=lambda scale: plain[scale])
    corrected = {scale: found["did_p_holm", scale]["estimate"] for scale in plain}
    assert corrected[low] == pytest.approx(min(1.0, 2 * plain[low]))
    assert corrected[high] == pytest.approx(max(plain[high], corrected[low]))
    contributors = {code: row["contributors_n"] for code, row in found.items()}
    assert contributors["did_p_holm", "who5"] == contributors["did_staggered", "who5"]
