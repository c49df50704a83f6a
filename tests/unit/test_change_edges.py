"""What the modules of change do with nobody, one, all equal, ties, separation, and households."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assets.impact import ranks
from assets.impact.adjusted import adjusted_change
from assets.impact.asked.change import alphas_of, change_rows
from assets.impact.attrition import (
    difference_of_lost,
    predictability,
    stay_model,
    weighted_change,
)
from assets.impact.change import clustered_mean, paired_change
from assets.impact.covariates import collapse_sparse, design_columns
from assets.impact.imputation import imputed_change, rubin
from assets.impact.multiplicity import HOLM, corrected_p
from assets.impact.ranks import signed_rank_cdf, signed_rank_change
from assets.impact.reliable_change import (
    IMPROVED,
    UNCHANGED,
    WORSENED,
    important_change,
    reliable_change,
    reliable_limit,
)
from assets.impact.resampling import cluster_codes
from assets.impact.waves import mixed_change, random_intercept
from schemas.instruments import shipped


@pytest.fixture
def lost():
    """Return 120 who began, a third lost, more of them among those who began low; true change 5."""
    rng = np.random.default_rng(7)
    pre = pd.Series(rng.normal(50, 15, 120), index=[f"p{k:03}" for k in range(120)])
    post = 20 + 0.7 * pre + rng.normal(0, 8, 120)
    chance = 1 / (1 + np.exp(-(pre - 42) / 12))
    pairs = pre.to_frame("pre").assign(post=post.where(rng.random(120) < chance))
    return pairs, pd.DataFrame(index=pre.index)


def test_households_of_one_give_the_usual_error():
    values = np.array([3.0, 5, 8, 1, 9, 4])
    usual = values.std(ddof=1) / 6**0.5
    assert clustered_mean(values, None).se == pytest.approx(usual, rel=1e-12)


def test_a_household_that_answers_alike_counts_once():
    # By hand: means of three equal households 0, 3, 6: SE of three values, 3 / sqrt 3.
    values = np.repeat([0.0, 3.0, 6.0], 4)
    found = clustered_mean(values, np.repeat(["a", "b", "c"], 4))
    assert found.se == pytest.approx(3 / 3**0.5)
    assert found.details["clusters_n"] == 3


def test_unknown_households_are_each_their_own():
    codes = cluster_codes(np.array(["x", None, "x", None], dtype=object), 4)
    assert codes[0] == codes[2]
    assert len(set(codes)) == 3


def test_bca_draws_households():
    rng = np.random.default_rng(3)
    shared = np.repeat(rng.normal(0, 6, 20), 4)  # members of one household change alike
    pre = rng.normal(50, 10, 80)
    post = pre + 4 + shared + rng.normal(0, 1, 80)
    alone = paired_change(pre, post, resamples=999)["cohen_d_av"]
    together = paired_change(pre, post, households=np.repeat(np.arange(20), 4), resamples=999)[
        "cohen_d_av"
    ]
    assert together.ci_high - together.ci_low > 1.5 * (alone.ci_high - alone.ci_low)
    assert together.assumptions["independent_people"] == "held"


def test_the_same_pairs_in_another_order_give_the_same_interval():
    rng = np.random.default_rng(5)
    pre, post, house = rng.integers(0, 25, 40), rng.integers(0, 25, 40), rng.integers(0, 15, 40)
    order = rng.permutation(40)
    one = paired_change(pre, post, households=house, resamples=999)["cohen_d_rm"]
    two = paired_change(pre[order], post[order], households=house[order], resamples=999)
    assert two["cohen_d_rm"].ci_low == pytest.approx(one.ci_low, rel=1e-9)


def test_ranks_of_nobody_one_and_nothing():
    assert signed_rank_change([], []).reason == "no_pairs"
    one = signed_rank_change([1], [3])
    assert (one.estimate, one.ci_low, one.p_value) == (2.0, None, 1.0)
    still = signed_rank_change([4, 4, 4], [4, 4, 4])
    assert (still.estimate, still.p_value) == (0.0, None)
    assert signed_rank_change([4], [4], unchanged="dropped").reason == "no_variance"


def test_people_who_stay_as_they_were_pull_the_typical_change_down():
    pre, post = [0] * 10, [0] * 7 + [4, 5, 6]
    assert signed_rank_change(pre, post).estimate == 0
    assert signed_rank_change(pre, post, unchanged="dropped").estimate == 5


def test_exact_distribution_of_three_ranks():
    # By hand: sums of subsets of {1, 2, 3}: 0 1 2 3 3 4 5 6.
    assert (signed_rank_cdf(3) * 8).tolist() == [1, 2, 3, 5, 6, 7, 8]


def test_reliable_change_follows_the_better_end():
    pre, post = [10, 10, 10, 10], [30, 9, 10, 0]
    up = reliable_change(pre, post, 8.0, "higher")
    down = reliable_change(pre, post, 8.0, "lower")
    assert [up[code][1] for code in (IMPROVED, WORSENED, UNCHANGED)] == [1, 1, 2]
    assert down[IMPROVED][1] == 1
    assert reliable_change([0], [8], 8.0, "higher")[UNCHANGED][1] == 1  # at the limit is not beyond


def test_reliable_change_needs_a_reliability():
    for alpha in (None, -0.2, 0.0, 1.0):
        assert reliable_limit(10, alpha, n=20).reason == "no_reliability"
    assert reliable_limit(0, 0.8, n=20).reason == "no_variance"
    assert reliable_change([1], [2], None, "higher")[IMPROVED][0].reason == "no_reliability"


def test_important_change_is_reached_at_the_minimum():
    share, people = important_change([40, 40, 40], [50, 49, 60], 10, "higher")
    assert (people, share.estimate) == (2, pytest.approx(2 / 3))
    assert important_change([1], [2], None, "higher")[0].reason == "no_minimal_change"
    assert important_change([], [], 10, "higher")[0].reason == "no_pairs"


def test_sparse_levels_are_joined_openly():
    values = pd.Series(["a"] * 8 + ["b"] * 2 + ["c"] * 3 + [None])
    assert collapse_sparse(values, 5).value_counts().to_dict() == {"a": 8, "_other": 6}
    assert set(collapse_sparse(values, 7)) == {"a"}  # six others are too few: joined to the largest
    columns = design_columns(pd.DataFrame({"x": values, "y": values}), 5)
    assert list(columns) == ["x=_other"]  # the same again adds nothing


def test_a_level_of_which_nearly_all_were_lost_is_joined():
    values = pd.Series(["a"] * 20 + ["b"] * 12 + ["c"] * 12)
    stayed = pd.Series([True] * 10 + [False] * 10 + [True] * 2 + [False] * 10 + [True, False] * 6)
    assert set(collapse_sparse(values, 10, stayed)) == {"a", "c"}
    assert set(collapse_sparse(values, 10)) == {"a", "b", "c"}


def test_models_of_nobody():
    empty = pd.DataFrame({"pre": [], "post": []}, dtype="float64")
    none = pd.DataFrame(index=empty.index)
    assert adjusted_change(empty, none).reason == "no_pairs"
    assert {each.reason for each in imputed_change(empty, none).values()} == {"no_pairs"}
    few = pd.DataFrame({"pre": [1.0, 2, 3], "post": [2.0, 3, np.nan]}, index=list("abc"))
    none = pd.DataFrame(index=few.index)
    assert adjusted_change(few, none).reason == "too_few_degrees_of_freedom"
    assert adjusted_change(few, none).status == "too_few"


def test_with_nobody_lost_every_model_gives_the_mean_change(lost):
    pairs, none = lost
    whole = pairs.dropna()
    mean = float((whole["post"] - whole["pre"]).mean())
    none = none.reindex(whole.index)
    assert adjusted_change(whole, none).estimate == pytest.approx(mean)
    imputed = imputed_change(whole, none)
    assert imputed["mean_change_imputed"].estimate == pytest.approx(mean)
    assert imputed["mean_change_imputed"].se == pytest.approx(
        clustered_mean((whole["post"] - whole["pre"]).to_numpy(), None).se
    )


def test_models_answer_for_those_who_were_lost(lost):
    # Who began low rises more (slope .7) and is lost more often: complete pairs understate.
    pairs, none = lost
    whole = pairs.dropna()
    complete = float((whole["post"] - whole["pre"]).mean())
    truth = 20 - 0.3 * float(pairs["pre"].mean())
    model = stay_model(pairs["post"].notna().to_numpy(), pairs[["pre"]])
    found = [
        adjusted_change(pairs, none),
        imputed_change(pairs, none)["mean_change_imputed"],
        weighted_change(pairs, model),
    ]
    for each in found:
        assert abs(each.estimate - truth) < abs(complete - truth)
        assert each.ci_low < truth < each.ci_high
    assert difference_of_lost(pairs["pre"], pairs["post"].notna()).estimate > 0.3


def test_imputation_repeats_itself_whatever_the_order(lost):
    pairs, none = lost
    one, two = imputed_change(pairs, none), imputed_change(pairs[::-1], none[::-1])
    assert one["mean_change_imputed"].estimate == two["mean_change_imputed"].estimate


def test_rubin_with_nothing_missing_adds_nothing():
    found = rubin([2.0, 2.0, 2.0], [0.5, 0.5, 0.5], 20)
    assert (found.se, found.lambda_) == (0.5, 0.0)
    with pytest.raises(ValueError, match="two imputations"):
        rubin([1.0], [1.0])


def test_staying_told_apart_without_error_is_no_model():
    stayed = np.array([True] * 15 + [False] * 15)
    terms = pd.DataFrame({"x": np.arange(30.0)[::-1]})
    model = stay_model(stayed, terms)
    assert model == "separation"
    assert predictability(stayed, model).reason == "separation"
    assert stay_model(stayed[:18], terms[:18]) == "too_few_persons"


def test_equal_chances_give_equal_weights(lost):
    pairs, none = lost
    model = stay_model(pairs["post"].notna().to_numpy(), none)
    whole = pairs.dropna()
    plain = clustered_mean((whole["post"] - whole["pre"]).to_numpy(), None)
    found = weighted_change(pairs, model)
    assert (found.estimate, found.se) == pytest.approx((plain.estimate, plain.se))
    assert found.details["effective_n"] == pytest.approx(len(whole))


def _waves(rows):
    return pd.DataFrame(rows, columns=["person_code", "wave_code", "score"])


def test_mixed_model_of_two_full_waves_is_the_paired_t():
    from tests.spec.change_data import SLEEP_1, SLEEP_2

    rows = [(f"p{k}", "a", x) for k, x in enumerate(SLEEP_1)]
    rows += [(f"p{k}", "b", x) for k, x in enumerate(SLEEP_2)]
    found = mixed_change(_waves(rows), ["a", "b"])["b"]
    paired = paired_change(SLEEP_1, SLEEP_2)["mean_change_paired_t"]
    assert found.estimate == pytest.approx(paired.estimate, abs=1e-6)
    assert found.se == pytest.approx(paired.se, rel=1e-3)


def test_mixed_model_refuses_what_it_cannot_tell():
    once = _waves([("p1", "a", 1.0), ("p2", "b", 2.0)])
    assert mixed_change(once, ["a", "b"])["b"].reason == "no_pairs"
    flat = _waves([(p, w, 3.0) for p in "pqr" for w in "ab"])
    assert mixed_change(flat, ["a", "b"])["b"].reason == "no_variance"
    assert mixed_change(once[:0], ["a", "b", "c"]).keys() == {"b", "c"}


def test_a_scale_without_a_test_is_no_test():
    found = corrected_p({"x": 0.02, "y": None, "z": 0.5}, {"x": 9, "y": 1, "z": 9})
    assert found["x"][HOLM].estimate == pytest.approx(0.04)  # two tests, not three
    assert (found["y"][HOLM].estimate, found["y"][HOLM].reason) == (None, "no_test")
    assert corrected_p({}) == {}


def test_rows_of_a_whole_scale():
    rng = np.random.default_rng(1)
    people = [f"p{k:02}" for k in range(60)]
    pre = rng.integers(5, 20, 60) * 4.0
    scores = pd.DataFrame(
        {
            "person_code": people + people[:40],
            "wave_code": ["pre"] * 60 + ["post"] * 40,
            "scale_code": "who5",
            "score": [*pre, *(pre[:40] + rng.integers(-2, 5, 40) * 4.0)],
        }
    )
    participants = pd.DataFrame(
        {
            "person_code": people,
            "gender_code": ["female", "male"] * 30,
            "area_role": "pilot",
            "link_certainty": "certain",
            "household_code": [f"h{k // 2}" for k in range(60)],
        }
    )
    rows = list(
        change_rows(
            scores,
            participants,
            "pre",
            "post",
            instruments=shipped(),
            scales=["who5"],
            alphas={"who5": 0.8},
        )
    )
    found = {row["estimate_id"]: row for row in rows}
    assert len(found) == len(rows)
    assert found["reliably_improved_share/who5/all"]["numerator_n"] is not None
    assert found["score_change_imputed/who5/all"]["n_missing"] == 20
    assert found["score_change_imputed/who5/all"]["contributors_n"] == 40
    assert found["attrition_auc/who5/all"]["contributors_n"] == 20
    assert found["score_change_dav/who5/all"]["ci_low"] is not None
    assert "score_change_dz/who5/all/gender_code=male" not in found
    assert {row["design"] for row in rows} == {"pre_post"}


def test_alphas_are_those_of_the_wave_and_of_everybody():
    estimates = pd.DataFrame(
        {
            "indicator_code": ["reliability_alpha"] * 3 + ["other"],
            "period": ["pre", "post", "pre", "pre"],
            "by_1": ["", "", "language", ""],
            "subject_code": "who5",
            "estimate": [0.8, 0.7, 0.5, 0.1],
        }
    )
    assert alphas_of(estimates, "pre") == {"who5": 0.8}


def test_a_wave_that_nobody_answered_gives_rows_without_numbers():
    scores = pd.DataFrame(
        {"person_code": ["a", "b"], "wave_code": "mid", "scale_code": "who5", "score": [4.0, 8.0]}
    )
    participants = pd.DataFrame(
        {
            "person_code": ["a", "b"],
            "gender_code": "female",
            "area_role": "pilot",
            "link_certainty": "certain",
        }
    )
    rows = change_rows(scores, participants, "pre", "post", instruments=shipped(), scales=["who5"])
    numbers = {row["estimate_id"]: row["estimate"] for row in rows}
    assert numbers.pop("eligible_n/who5/all") == 0
    told = {name for name, value in numbers.items() if value is not None}
    assert all(name.startswith(("eligible_n", "linked_n")) for name in told)


def test_one_person_alone_on_a_term_joins_the_others():
    rng = np.random.default_rng(2)
    pairs = pd.DataFrame({"pre": rng.normal(size=30), "post": rng.normal(size=30)})
    only = pd.DataFrame({"x": [1.0] + [0.0] * 29})
    found = adjusted_change(pairs, only)
    assert found.details["terms_n"] == 1
    assert found.se == pytest.approx(adjusted_change(pairs, only[[]]).se)


@pytest.mark.parametrize("reml", [True, False])
def test_a_random_intercept_is_generalised_least_squares_at_its_best_variances(reml):
    """By the whole matrix of the answers, unbalanced; what is fitted is its maximum."""
    rng = np.random.default_rng(1)
    person = np.repeat(np.arange(12), rng.integers(1, 5, 12))
    x = rng.normal(size=len(person))
    y = 3 + 2 * x + rng.normal(0, 2, 12)[person] + rng.normal(size=len(person))
    design, same = np.column_stack([np.ones(len(x)), x]), person[:, None] == person

    def fit(between: float, within: float) -> tuple[float, np.ndarray, np.ndarray]:
        inverse = np.linalg.inv(within * np.eye(len(x)) + between * same)
        known = design.T @ inverse @ design
        beta = np.linalg.solve(known, design.T @ inverse @ y)
        rest, free = y - design @ beta, len(x) - 2 * reml
        double = free * np.log(2 * np.pi) - np.linalg.slogdet(inverse)[1] + rest @ inverse @ rest
        double += np.linalg.slogdet(known)[1] if reml else 0
        return -double / 2, beta, np.sqrt(np.diag(np.linalg.inv(known)))

    made = random_intercept(y, pd.DataFrame({"x": x}), person, reml=reml)
    likelihood, beta, se = fit(made.person_variance, made.residual_variance)
    assert made.log_likelihood == pytest.approx(likelihood, abs=1e-9)
    assert made.fixed["estimate"].to_numpy() == pytest.approx(beta)
    assert made.fixed["se"].to_numpy() == pytest.approx(se)
    for between, within in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)):
        other = fit(made.person_variance * between, made.residual_variance * within)[0]
        assert other < likelihood


def test_the_pairs_of_many_people_need_no_room_for_each_pair():
    """200 million pairs of twenty thousand changes; of few, the same as by making every pair."""
    few = np.array([-8.0, -4.0, -4.0, 0.0, 4.0, 4.0, 12.0, 16.0])
    every = np.sort([(a + b) / 2 for i, a in enumerate(few) for b in few[i:]])
    made = ranks.walsh_averages(few)
    assert [made.at(place) for place in range(len(made))] == every.tolist()
    assert made.median == np.median(every)
    many = ranks.walsh_averages(np.repeat(few, 2500))
    assert len(many) == 20_000 * 20_001 // 2 and len(many.averages) == 21
    assert many.at(0) == -8 and many.at(len(many) - 1) == 16
