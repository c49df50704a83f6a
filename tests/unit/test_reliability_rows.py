"""Of which scales, items and waves reliability is asked, and how the answers are placed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assets.estimates import estimates_frame
from assets.impact.asked.reliability import reliability_rows, stability_rows
from assets.measures.scores import item_table, score_table
from schemas.instruments import shipped


def _responses(code: str, people: int = 30, waves: tuple[str, ...] = ("pre", "post")):
    """Answers that hang together: a person's level and an item's noise, within the scale."""
    scale = shipped()[code]
    generator = np.random.default_rng(3)
    level = generator.uniform(scale.low, scale.high, people)
    rows = []
    for wave in waves:
        for person in range(people if wave == waves[0] else people - 6):
            for item in scale.item_codes:
                answer = round(
                    float(np.clip(level[person] + generator.normal(0, 0.4), scale.low, scale.high))
                )
                rows.append((f"p{person:02}", wave, item, float(answer)))
    return pd.DataFrame(rows, columns=["person_code", "wave_code", "item_code", "answer_value"])


def _rows(responses: pd.DataFrame, *codes: str) -> dict[str, dict]:
    items, scores = (table(responses, shipped(), codes) for table in (item_table, score_table))
    found = [
        *reliability_rows(items, shipped(), codes),
        *stability_rows(items, scores, shipped(), codes, "pre", "post"),
    ]
    assert len(estimates_frame(found, "v")) == len(found)  # one name a row, known methods
    return {row["estimate_id"]: row for row in found}


@pytest.fixture(scope="module")
def bscs():
    return _rows(_responses("bscs"), "bscs")


def test_whole_scales_parts_and_items(bscs):
    methods = {name: row["method_code"] for name, row in bscs.items()}
    assert methods["reliability_alpha/bscs/pre"] == "cronbach_alpha_listwise"
    assert methods["reliability_alpha/bscs_membership/pre"] == "spearman_brown_listwise"
    assert methods["reliability_alpha_pairwise/bscs/post"] == "cronbach_alpha_pairwise"
    assert methods["reliability_omega/bscs/post"] == "omega_total_listwise"
    assert all(row["status"] == "ok" for row in bscs.values())


def test_items_are_asked_of_the_fullest_wave_only(bscs):
    items = [name for name in bscs if name.startswith("item_rest_correlation")]
    assert len(items) == 8
    assert all("/pre/item=" in name for name in items)


def test_two_waves_are_compared_in_the_people_of_both(bscs):
    assert bscs["score_stability/bscs/all"]["n"] == 24
    assert bscs["score_stability/bscs/all"]["n_missing"] == 6
    assert bscs["score_stability/bscs/all"]["method_code"] == "icc_2"
    assert bscs["reliability_change/bscs/all"]["n"] == 24
    assert sum(name.startswith("item_drift/") for name in bscs) == 8


def test_the_order_of_rows_changes_no_number(bscs):
    shuffled = _responses("bscs").sample(frac=1, random_state=1)
    again = _rows(shuffled, "bscs")
    assert {k: r["estimate"] for k, r in again.items()} == {
        k: r["estimate"] for k, r in bscs.items()
    }


def test_yes_no_scales_get_kr20():
    rows = _rows(_responses("fies"), "fies")
    assert rows["reliability_alpha/fies/pre"]["method_code"] == "kr20_listwise"


def test_one_question_has_no_reliability_but_may_be_stable():
    rows = _rows(_responses("life_satisfaction"), "life_satisfaction")
    assert list(rows) == ["score_stability/life_satisfaction/all"]


def test_a_key_that_was_not_reversed_is_told_and_a_contradiction_is_no_number():
    turned = _responses("bscs")
    one = turned["item_code"] == "bscs_3"
    turned.loc[one, "answer_value"] = 6 - turned.loc[one, "answer_value"]
    rows = _rows(turned, "bscs")
    assert "items_same_direction=doubtful" in rows["reliability_alpha/bscs/pre"]["assumptions"]
    assert rows["item_rest_correlation/bscs/pre/item=bscs_3"]["estimate"] < 0
    part = rows["reliability_alpha/bscs_membership/pre"]
    assert (part["estimate"], part["status"]) == (None, "not_estimable")


def test_half_the_items_the_wrong_way_round_leave_no_coefficient():
    turned = _responses("who5", waves=("pre",))
    odd = turned["item_code"].isin(["who5_1", "who5_2"])
    turned.loc[odd, "answer_value"] = 5 - turned.loc[odd, "answer_value"]
    rows = _rows(turned, "who5")
    for indicator in ("reliability_alpha", "reliability_alpha_pairwise", "reliability_omega"):
        row = rows[f"{indicator}/who5/pre"]
        assert (row["estimate"], row["status"]) == (None, "not_estimable")


def test_a_scale_nobody_was_asked_gives_no_rows():
    assert (
        _rows(_responses("bscs"), "bscs", "gse").keys() == _rows(_responses("bscs"), "bscs").keys()
    )


def test_one_wave_is_compared_with_nothing():
    rows = _rows(_responses("bscs", waves=("pre",)), "bscs")
    assert not any(name.startswith(("score_stability", "item_drift")) for name in rows)


def test_few_people_are_refused_not_guessed():
    rows = _rows(_responses("bscs", people=8), "bscs")
    assert rows["reliability_omega/bscs/pre"]["status"] == "too_few"
    assert rows["reliability_change/bscs/all"]["status"] == "too_few"
    assert rows["score_stability/bscs/all"]["status"] == "too_few"  # two people in both waves
