"""Worked examples: scale scores by each instrument's published rule.

WHO-5 (Topp et al. 2015): sum of five items 0-5, times four, none missing. BSCS (Peterson, Speer,
McMillan 2008): mean of eight items 1-5; parts 1-2, 3-4, 5-6, 7-8; house rule 80 % answered (7 of
8), parts need both. GSE (author's FAQ): up to 3 of 10 missing, mean of the rest times ten. UCLA
(Hughes et al. 2004): sum of three. Deprivation (Eurostat): enforced lacks of 13. De Jong Gierveld 6
(VU Amsterdam manual): emotional items count "yes" and "more or less", social ones "no" and "more or
less"; one item may be missing from the total, none from a part.
"""

from __future__ import annotations

import pandas as pd
import pytest

from assets.errors import ConfigurationError
from assets.measures.score_shares import share_rows
from assets.measures.scores import (
    answers_wide,
    item_table,
    mean_interval,
    reversed_items,
    score_mean_rows,
    score_scale,
    score_table,
)
from schemas.instruments import Instrument, shipped

WHO5, BSCS = shipped()["who5"], shipped()["bscs"]


def _answers(instrument, *rows):
    index = pd.MultiIndex.from_tuples(
        [(f"p{i}", "pre") for i in range(len(rows))], names=["person_code", "wave_code"]
    )
    return pd.DataFrame(list(rows), index=index, columns=instrument.item_codes, dtype="float64")


def _instrument(**changes) -> Instrument:
    plain = {
        "code": "made_up",
        "label": {"it": "x", "en": "x"},
        "items": [{"code": f"i{k}"} for k in range(1, 5)],
        "low": 1,
        "high": 4,
        "scoring": {"method": "sum", "min_answered": 3},
        "score_low": 4,
        "score_high": 16,
        "better": "higher",
        "unit": {"it": "punti", "en": "points"},
        "licence": "none",
        "citation": "none",
    }
    return Instrument.model_validate(plain | changes)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((0, 0, 0, 0, 0), 0),
        ((5, 5, 5, 5, 5), 100),
        ((3, 2, 4, 1, 2), 48),  # 12 x 4: raw 12, below 13, is low wellbeing
        ((3, 2, 4, 2, 2), 52),  # 13 x 4: 50 itself cannot occur
    ],
)
def test_who5_is_the_sum_times_four(answers, expected):
    found = score_scale(_answers(WHO5, answers), WHO5)
    assert found["score"].tolist() == [expected]
    assert found["items_n"].tolist() == [5]


def test_who5_allows_no_missing_item():
    found = score_scale(_answers(WHO5, (3, 2, 4, 1, None)), WHO5)
    assert found["score"].isna().all()
    assert found["items_n"].tolist() == [4]


@pytest.mark.parametrize("bad", [6, -1, 2.5])
def test_an_invalid_answer_is_never_used(bad):
    found = score_scale(_answers(WHO5, (3, 2, 4, 1, bad)), WHO5)
    assert found["score"].isna().all()
    assert (found["items_n"].tolist(), found["invalid_n"].tolist()) == ([4], [1])


def test_an_invalid_answer_is_not_taken_for_a_missing_one():
    # BSCS forgives one empty item, not one that was filled in wrongly.
    rows = _answers(BSCS, (4, 4, 4, 4, 4, 4, 4, None), (4, 4, 4, 4, 4, 4, 4, 7))
    whole = score_scale(rows, BSCS).query("scale_code == 'bscs'")["score"]
    assert whole.iloc[0] == 4
    assert pd.isna(whole.iloc[1])


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((1, 2, 3, 4, 5, 4, 3, 2), 3.0),  # 24 / 8
        ((1, 2, 3, 4, 5, 4, 3, None), 22 / 7),  # seven of eight: mean of the seven
        ((1, 2, 3, 4, 5, 4, None, None), None),  # six of eight: below 80 %
    ],
)
def test_bscs_is_the_mean_of_at_least_seven(answers, expected):
    found = score_scale(_answers(BSCS, answers), BSCS).query("scale_code == 'bscs'")["score"]
    if expected is None:
        assert found.isna().all()
    else:
        assert found.tolist() == [pytest.approx(expected)]


def test_bscs_parts_need_both_items():
    found = score_scale(_answers(BSCS, (1, 2, 3, 5, 5, 4, 3, None)), BSCS)
    parts = found.set_index("scale_code")["score"]
    assert parts["bscs_needs"] == 1.5
    assert parts["bscs_membership"] == 4
    assert parts["bscs_influence"] == 4.5
    assert pd.isna(parts["bscs_connection"])


def test_a_reversed_item_is_turned_round():
    # 1-4 scale: an answer of 1 to the reversed item counts 4. 2 + 3 + 4 + (1 + 4 - 1) = 13.
    items = [{"code": "i1"}, {"code": "i2"}, {"code": "i3"}, {"code": "i4", "reversed": True}]
    instrument = _instrument(items=items)
    assert score_scale(_answers(instrument, (2, 3, 4, 1)), instrument)["score"].tolist() == [13]


def test_a_sum_is_prorated_only_where_the_rule_allows_missing_items():
    instrument = _instrument()
    found = score_scale(_answers(instrument, (2, 3, 4, None), (2, 3, None, None)), instrument)
    assert found["score"].iloc[0] == 12  # mean 3 of three items, times four
    assert pd.isna(found["score"].iloc[1])


GSE, UCLA3, DEPRIVATION, DJG6 = (shipped()[c] for c in ("gse", "ucla3", "deprivation", "djg6"))


def _whole(instrument, *answers) -> list[float | None]:
    found = score_scale(_answers(instrument, *answers), instrument)
    mine = found[found["scale_code"] == instrument.code]["score"]
    return [None if pd.isna(score) else float(score) for score in mine]


def test_gse_forgives_three_missing_items():
    seven = (2, 3, 4, 2, 3, 4, 3, None, None, None)  # mean 3, times ten
    assert _whole(GSE, (4,) * 10, seven, (*seven[:6], *(None,) * 4)) == [40, 30, None]


def test_ucla_is_the_sum_of_all_three():
    assert _whole(UCLA3, (1, 2, 3), (3, 3, 3), (3, 3, None)) == [6, 9, None]


def test_deprivation_counts_what_people_cannot_afford():
    # 2 = cannot afford counts; 3 = no for other reasons does not. Thirteen answers or no count.
    lacks = (2, 2, 2, 2, 2, 3, 1, 1, 1, 1, 1, 1, 3)
    assert _whole(DEPRIVATION, lacks, (1,) * 13, (2,) * 13, (*lacks[:12], None)) == [5, 0, 13, None]
    parts = score_scale(_answers(DEPRIVATION, lacks), DEPRIVATION).set_index("scale_code")["score"]
    assert (parts["dep_household"], parts["dep_personal"]) == (5, 0)


def test_de_jong_gierveld_counts_each_part_its_own_way():
    # yes, more or less, no to both: emotional 1 + 1 + 0, social 0 + 1 + 1.
    both = (1, 2, 3, 1, 2, 3)
    assert _whole(DJG6, both, (1, 1, 1, 3, 3, 3), (3, 3, 3, 1, 1, 1)) == [4, 6, 0]
    # One item missing: the count of the rest, never made up; its part has no score.
    one = score_scale(_answers(DJG6, (*both[:5], None)), DJG6).set_index("scale_code")["score"]
    assert (one["djg6"], one["djg6_emotional"]) == (3, 2)
    assert pd.isna(one["djg6_social"])
    assert _whole(DJG6, (*both[:4], None, None)) == [None]


def test_items_of_a_count_reach_reliability_as_nothing_or_one():
    assert reversed_items(_answers(DJG6, (1, 2, 3, 1, 2, None)), DJG6).iloc[0].tolist()[:5] == [
        1,
        1,
        0,
        0,
        1,
    ]


def _scored(scale, *scores):
    frame = {"person_code": [f"p{i}" for i in range(len(scores))], "wave_code": "pre"}
    return pd.DataFrame({**frame, "scale_code": scale, "score": list(scores)})


def test_shares_at_the_ends_and_below_the_cut_off():
    scores = _scored("who5", 0.0, 48.0, 52.0, 100.0, None)
    rows = {row["estimate_id"]: row for row in share_rows(scores, shipped(), ["who5"])}
    low = rows["score_band_share/who5/pre/band=low_wellbeing"]
    assert (low["estimate"], low["numerator_n"], low["n"], low["n_missing"]) == (0.5, 2, 4, 1)
    assert rows["score_floor_share/who5/pre"]["estimate"] == 0.25
    assert rows["score_ceiling_share/who5/pre"]["estimate"] == 0.25


def test_one_question_has_no_ends_to_warn_of():
    rows = [*share_rows(_scored("trust", 1.0, 0.0, 1.0), shipped(), ["trust"])]
    assert [row["indicator_code"] for row in rows] == ["score_band_share"]
    assert rows[0]["estimate"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("columns", [["i1", "i2", "i3"], ["i1", "i2", "i3", "i4", "i5"]])
def test_other_items_than_the_instruments_stop_by_name(columns):
    frame = pd.DataFrame(1.0, index=[0], columns=columns)
    with pytest.raises(ConfigurationError, match=r"i4|i5"):
        score_scale(frame, _instrument())


def _responses(rows):
    columns = ["person_code", "wave_code", "item_code", "answer_value"]
    return pd.DataFrame(rows, columns=columns).astype({"answer_value": "float64"})


def test_answers_are_placed_by_item_code_not_by_position():
    shuffled = [("a", "pre", code, float(k)) for k, code in enumerate(WHO5.item_codes)][::-1]
    other = [("a", "pre", "something_else", 9.0)]
    wide = answers_wide(_responses(shuffled + other), WHO5)
    assert wide.loc[("a", "pre")].tolist() == [0, 1, 2, 3, 4]


def test_one_item_answered_twice_stops():
    with pytest.raises(ValueError, match="duplicate"):
        answers_wide(_responses([("a", "pre", "who5_1", 1.0), ("a", "pre", "who5_1", 2.0)]), WHO5)


def test_score_table_names_unknown_scales():
    for table in (score_table, item_table):
        with pytest.raises(ConfigurationError, match="who5"):
            table(_responses([]), shipped(), ["who_5"])


def test_score_and_item_tables_of_a_programme():
    rows = [("a", "pre", code, 3.0) for code in WHO5.item_codes]
    rows += [("b", "pre", code, None) for code in WHO5.item_codes]
    scores = score_table(_responses(rows), shipped(), ["who5", "bscs"])
    assert scores["scale_code"].unique().tolist() == ["who5"]  # nobody was asked the other
    assert scores["score"].iloc[0] == 60
    assert pd.isna(scores["score"].iloc[1])
    items = item_table(_responses(rows), shipped(), ["who5", "bscs"])
    assert len(items) == 10
    assert items["value"].notna().sum() == 5


def test_no_scale_asked_for_gives_empty_tables():
    assert score_table(_responses([]), shipped(), []).empty
    assert item_table(_responses([]), shipped(), []).empty


def test_mean_interval_by_hand():
    # 2, 4, 6: mean 4, SD 2, se 2/sqrt 3 = 1.1547; t(2) at 97.5 % is 4.3027 (printed tables)
    found = mean_interval(pd.Series([2.0, 4.0, 6.0]), n_missing=1)
    assert (found.estimate, found.n, found.n_missing) == (4, 3, 1)
    assert found.ci_low == pytest.approx(4 - 4.3027 * 1.1547, abs=1e-3)
    assert found.ci_high == pytest.approx(4 + 4.3027 * 1.1547, abs=1e-3)
    assert mean_interval(pd.Series([7.0])).ci_low is None
    assert mean_interval(pd.Series(dtype=float)).status == "too_few"


def test_mean_scores_by_wave_and_group():
    scores = pd.DataFrame(
        {
            "person_code": ["a", "b", "c"],
            "wave_code": "pre",
            "scale_code": "who5",
            "score": [40.0, 60.0, None],
        }
    )
    people = pd.DataFrame(
        {
            "person_code": ["a", "b", "c"],
            "neighbourhood_code": ["n", "n", None],
            "tenure_code": ["private"] * 3,
            "age_band": ["18-29"] * 3,
            "gender_code": ["female", "male", "male"],
        }
    )
    rows = {row["estimate_id"]: row for row in score_mean_rows(scores, people)}
    everybody = rows["score_mean/who5/pre"]
    assert (everybody["estimate"], everybody["n"], everybody["n_missing"]) == (50, 2, 1)
    assert rows["score_mean/who5/pre/gender_code=male"]["estimate"] == 60
    nobody = rows["score_mean/who5/pre/neighbourhood_code=_unknown"]
    assert (nobody["estimate"], nobody["status"], nobody["n_missing"]) == (None, "too_few", 1)
