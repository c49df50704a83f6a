"""Worked examples: reliability of scales, their items, agreement and drift.

Published numbers and their sources: ``schemas/checks`` (reliability, items, agreement, omega,
drift). What stands here besides is arithmetic by hand.
"""

from __future__ import annotations

from functools import cache
from math import atanh, sqrt, tanh

import numpy as np
import pandas as pd
import pytest

from assets.impact.agreement import ICC_FORMS, intraclass_correlations
from assets.impact.drift import alpha_change, dependent_alphas_test, item_drift
from assets.impact.items import item_rest_correlations, reliability_without
from assets.impact.omega import omega_of, omega_total, one_factor
from assets.impact.reliability import (
    NegativeReliability,
    cronbach_alpha,
    cronbach_alpha_pairwise,
    feldt_interval,
    negative_result,
    scale_reliability,
    spearman_brown,
    step_up,
)
from schemas.method_checks import checks
from tests.spec.reference import scales as data

MODULES = ("reliability", "items", "agreement", "omega", "drift")


def _reliability() -> dict[str, float | None]:
    complete = cronbach_alpha(data.twelve_people(), is_binary=True)
    pairs = cronbach_alpha_pairwise(data.twelve_people())
    low, high = feldt_interval(0.790, 41, 26, 0.9)
    return {
        "alpha_complete_people": complete.estimate,
        "alpha_complete_people_low": complete.ci_low,
        "alpha_complete_people_high": complete.ci_high,
        "alpha_pairs": pairs.estimate,
        "alpha_pairs_low": pairs.ci_low,
        "alpha_pairs_high": pairs.ci_high,
        "alpha_denis": cronbach_alpha(data.ten_people()).estimate,
        "alpha_congeneric": cronbach_alpha(_congeneric()).estimate,
        "alpha_attitude": cronbach_alpha(data.attitude()).estimate,
        "feldt_low": low,
        "feldt_high": high,
        "kr20_lsat": cronbach_alpha(data.lsat6(), is_binary=True).estimate,
        **{f"spearman_brown_{r}": step_up(r / 100) for r in (30, 50, 70)},
    }


def _items() -> dict[str, float | None]:
    sets = {"denis": data.ten_people(), "lsat": data.lsat6(), "congeneric": _congeneric()}
    found = {}
    for name, items in sets.items():
        rest = item_rest_correlations(items)
        without = reliability_without(items, is_binary=name == "lsat")
        for at, item in enumerate(map(str, items), 1):
            found[f"rest_{name}_{at}"] = rest[item].estimate
            found[f"without_{name}_{at}"] = without[item].estimate
    marks = data.attitude()
    found["rest_attitude_critical"] = item_rest_correlations(marks)["critical"].estimate
    found["without_attitude_critical"] = reliability_without(marks)["critical"].estimate
    return found


def _agreement() -> dict[str, float | None]:
    found = {}
    for name, ratings in (
        ("judges", data.shrout_fleiss()),
        ("wine", data.wine()),
        ("anxiety", data.anxiety()),
    ):
        for form, result in intraclass_correlations(ratings).items():
            found[f"{form}_{name}"] = result.estimate
            found[f"{form}_{name}_low"] = result.ci_low
            found[f"{form}_{name}_high"] = result.ci_high
    return found


def _omega() -> dict[str, float | None]:
    fit = one_factor(data.ability_correlations(), 112)
    names = ["general", "picture", "blocks", "maze", "reading", "vocab"]
    return {
        **{f"own_{name}": float(fit.uniquenesses[at]) for at, name in enumerate(names)},
        **{f"loading_{name}": float(fit.loadings[at]) for at, name in enumerate(names)},
        "one_factor_chi_square": fit.chi_square,
        "omega_ability": omega_of(fit.loadings, fit.uniquenesses),
        "omega_congeneric": omega_total(_congeneric()).estimate,
    }


def _congeneric() -> pd.DataFrame:
    return data.with_correlations(data.congeneric(), 200)


@cache
def _computed(module: str) -> dict[str, float | None]:
    return {
        "reliability": _reliability,
        "items": _items,
        "agreement": _agreement,
        "omega": _omega,
        "drift": lambda: {"dependent_alphas_t": dependent_alphas_test(0.82, 0.89, 27, 0.74)[0]},
    }[module]()


@pytest.mark.parametrize(
    "check", [each for module in MODULES for each in checks(module)], ids=lambda each: each.id
)
def test_published(check):
    found = _computed(check.module)[check.id]
    assert found == pytest.approx(check.expected, abs=check.tolerance)


def test_alpha_counts_complete_people():
    found = cronbach_alpha(data.twelve_people())
    assert (found.n, found.n_missing) == (9, 3)
    pairs = cronbach_alpha_pairwise(data.twelve_people())
    assert (pairs.n, pairs.n_missing, pairs.details["fewest_pairs_n"]) == (12, 3, 10)


def test_pairs_of_complete_answers_are_the_listwise_ones():
    complete = data.ten_people()
    assert cronbach_alpha_pairwise(complete).estimate == cronbach_alpha(complete).estimate


def test_alpha_by_hand():
    # Items (1,2,3), (2,4,6), (1,3,2): variances 1, 4, 1. Sums 4, 9, 11: mean 8, squared
    # deviations 16 + 1 + 9 = 26, variance 13. alpha = 3/2 x (1 - 6/13) = 21/26.
    found = cronbach_alpha(pd.DataFrame({"a": [1, 2, 3], "b": [2, 4, 6], "c": [1, 3, 2]}))
    assert found.estimate == pytest.approx(21 / 26, abs=1e-12)


def test_yes_no_items_are_named_kr20():
    assert cronbach_alpha(data.lsat6(), is_binary=True).method_code == "kr20_listwise"
    assert cronbach_alpha(data.ten_people()).method_code == "cronbach_alpha_listwise"


def test_an_item_that_runs_against_its_scale_is_told():
    found = item_rest_correlations(data.ten_people())
    doubtful = [n for n, r in found.items() if r.assumptions["items_same_direction"] == "doubtful"]
    assert doubtful == ["Item_5"]
    whole = cronbach_alpha(data.ten_people())
    assert whole.assumptions["items_same_direction"] == "doubtful"
    without = cronbach_alpha(data.ten_people().drop(columns="Item_5"))
    assert without.assumptions["items_same_direction"] == "held"


def test_negative_alpha_stops_and_leaves_no_number():
    contradiction = pd.DataFrame({"a": [1, 2, 3, 4], "b": [4, 3, 2, 1], "c": [2, 1, 2, 1]})
    for estimate in (scale_reliability, cronbach_alpha_pairwise):
        with pytest.raises(NegativeReliability, match="reversed"):
            estimate(contradiction)
    refused = negative_result(contradiction)
    assert (refused.estimate, refused.status, refused.n) == (None, "not_estimable", 4)


def test_two_items_are_no_case_for_alpha():
    for estimate in (cronbach_alpha, cronbach_alpha_pairwise, omega_total, item_rest_correlations):
        with pytest.raises(ValueError, match="3 items"):
            estimate(pd.DataFrame({"a": [1, 2], "b": [1, 2]}))


def test_spearman_brown_by_hand():
    # a = 1,2,3,4,5; b = 2,1,4,3,5: r = 1 - 6 x (1+1+1+1+0) / (5 x 24) = .8 (no ties).
    found = scale_reliability(pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5]}))
    assert found.method_code == "spearman_brown_listwise"
    assert found.estimate == pytest.approx(1.6 / 1.8, abs=1e-12)
    # Fisher: z = atanh(.8), se = 1/sqrt(5 - 3); limits carried through 2r/(1 + r).
    low = tanh(atanh(0.8) - 1.959964 / sqrt(2))
    assert found.ci_low == pytest.approx(step_up(low), abs=1e-6)


def test_half_answered_pairs_are_counted_and_left_out():
    found = spearman_brown(pd.DataFrame({"a": [1, 2, 3, 4, None], "b": [1, 3, 2, None, None]}))
    assert (found.n, found.n_missing) == (3, 1)  # who answered nothing is not a started scale


ALIKE = pd.DataFrame({"a": [3.0] * 6, "b": [2.0] * 6, "c": [1.0] * 6})


def test_everybody_alike_has_no_reliability():
    for estimate in (scale_reliability, cronbach_alpha_pairwise, omega_total):
        found = estimate(ALIKE)
        assert (found.estimate, found.reason) == (None, "no_variance")
    assert {r.reason for r in item_rest_correlations(ALIKE).values()} == {"no_variance"}
    assert {r.reason for r in intraclass_correlations(ALIKE[["a", "a"]]).values()} == {
        "no_variance"
    }


@pytest.mark.parametrize("n", [0, 1])
def test_nobody_and_one_person_are_too_few(n):
    few = data.ten_people().head(n)
    for estimate in (cronbach_alpha, cronbach_alpha_pairwise, omega_total):
        assert estimate(few).status == "too_few"
    results = [*item_rest_correlations(few).values(), *reliability_without(few).values()]
    results += [*intraclass_correlations(few).values(), alpha_change(few, few)]
    results += item_drift(few, few).values()
    assert {each.status for each in results} == {"too_few"}


def test_all_answers_missing_leave_nobody():
    empty = pd.DataFrame(np.nan, index=range(5), columns=list("abc"))
    for estimate in (cronbach_alpha, cronbach_alpha_pairwise, omega_total):
        found = estimate(empty)
        assert (found.status, found.n, found.n_missing) == ("too_few", 0, 0)


def test_omega_is_alpha_where_items_are_alike():
    # Equal correlations: every item measures equally well, and then omega equals alpha:
    # 4 x .5 / (1 + 3 x .5) = .8.
    equal = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    items = data.with_correlations(equal, 300)
    assert omega_total(items).estimate == pytest.approx(0.8, abs=1e-6)
    assert cronbach_alpha(items).estimate == pytest.approx(0.8, abs=1e-9)


def test_omega_judges_the_one_factor():
    found = omega_total(data.with_correlations(data.ability_correlations(), 112))
    assert found.assumptions["one_factor"] == "doubtful"  # R: p = 1.46e-12
    assert omega_total(_congeneric()).assumptions["one_factor"] == "held"


def test_omega_says_so_where_there_is_no_proper_solution():
    # loadings sqrt(.9 x .9 / .5) > 1: no such items exist.
    heywood = np.array([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]])
    found = omega_total(data.with_correlations(heywood, 60))
    assert (found.estimate, found.reason) == (None, "improper_solution")
    twice = data.ten_people()[["Item_1", "Item_2", "Item_3"]].assign(again=lambda x: x["Item_1"])
    assert omega_total(twice).reason == "items_repeat_each_other"


def test_omega_interval_covers_what_it_should():
    # 40 samples of 100 people with loadings .8 .7 .6 .5: the population's omega is 6.76 / 9.02.
    generator = np.random.default_rng(20261122)
    root = np.linalg.cholesky(data.congeneric())
    covered = 0
    for _ in range(40):
        found = omega_total(pd.DataFrame(generator.normal(size=(100, 4)) @ root.T))
        covered += found.ci_low <= 6.76 / 9.02 <= found.ci_high
    assert covered >= 34


def test_a_shift_lowers_agreement_and_not_consistency():
    before = pd.Series([1.0, 2, 3, 4, 5, 7])
    found = intraclass_correlations(pd.DataFrame({"pre": before, "post": before + 2}))
    assert found["icc_3"].estimate == 1
    assert found["icc_2"].estimate < 0.8
    assert found["icc_2"].ci_low is None  # a shift and no error: nothing to make an interval of
    same = intraclass_correlations(pd.DataFrame({"pre": before, "post": before}))
    assert {form: same[form].estimate for form in ICC_FORMS} == dict.fromkeys(ICC_FORMS, 1.0)


def _two_waves(n: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    generator = np.random.default_rng(7)
    person = generator.normal(size=(n, 1))
    before = pd.DataFrame(person + generator.normal(size=(n, 4)), columns=list("abcd"))
    after = pd.DataFrame(person + generator.normal(size=(n, 4)), columns=list("abcd"))
    return before, after


def test_the_item_that_moved_apart_is_found():
    before, after = _two_waves()
    drift = item_drift(before, after + [0, 0, 0, 3.0])
    assert drift["d"].ci_low < 3 < drift["d"].ci_high
    assert drift["d"].p_value < 0.001
    level = item_drift(before, after + 3)  # everything moved alike: no item drifts
    assert all(each.ci_low < 0 < each.ci_high for each in level.values())
    assert sum(each.estimate for each in level.values()) == pytest.approx(0, abs=1e-12)


def test_p_values_of_items_are_corrected_by_holm():
    before, after = _two_waves()
    drift = sorted(item_drift(before, after).values(), key=lambda each: each.details["p_alone"])
    assert drift[0].p_value == pytest.approx(min(1, 4 * drift[0].details["p_alone"]))


def test_alpha_of_two_waves_is_of_the_same_people():
    before, after = _two_waves()
    after.iloc[:5, 0] = np.nan
    found = alpha_change(before, after.iloc[::-1])  # order of rows does not matter
    kept = before.index[5:]
    apart = cronbach_alpha(after.loc[kept]).estimate - cronbach_alpha(before.loc[kept]).estimate
    assert found.estimate == pytest.approx(apart, abs=1e-12)
    assert (found.n, found.n_missing) == (35, 5)
    assert alpha_change(before, before).reason == "no_variance"  # r = 1: nothing to compare
