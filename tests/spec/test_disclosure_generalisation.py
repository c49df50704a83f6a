"""Which coarser columns would be enough: small tables by hand, and every combination checked."""

from __future__ import annotations

import pandas as pd
import pytest

from assets.release.generalise import coarser, lattice
from assets.release.risk import k_anonymity
from schemas.anonymity import (
    AGE_GROUPS,
    KNOWN_TOGETHER,
    LADDERS,
    NOT_COVERED,
    QUASI_IDENTIFIERS,
    SENSITIVE,
)
from schemas.fields import AGE_BANDS, FIELDS


def people(rows: list[tuple]) -> pd.DataFrame:
    """Rows of gender, age, tenure, neighbourhood, citizenship, area role."""
    names = ["gender_code", "age_years", "tenure_code", "neighbourhood_code", "citizenship_code"]
    made = pd.DataFrame(rows, columns=[*names, "area_role"])
    return made.astype({"age_years": "Int64"})


def test_one_column_by_hand():
    # Ages 31 and 35 share a band (30-44); 50 and 60 share one (45-64); 18 to 64 is one group.
    ages = (31, 35, 50, 60)
    found = lattice(people([("f", age, "other", "lunetta", "eu", "pilot") for age in ages]), 2)
    assert found["steps"].tolist() == [
        "",
        *(f"age_years: {x}" for x in ("age_band", "age_group", "any")),
    ]
    assert found["k"].tolist() == [1, 2, 4, 4]
    assert found["uniques"].tolist() == [4, 0, 0, 0]
    assert found["precision"].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert found["is_minimal"].tolist() == [False, True, False, False]
    assert found["is_suggested"].tolist() == [False, True, False, False]


def test_two_minimal_ways_and_the_one_that_keeps_more():
    # Two women and two men, ages 31 and 50 in each gender. For k = 2 either leave gender out
    # (31 x 2, 50 x 2; precision 1 - 1/2) or ages as one group (f x 2, m x 2; 1 - (2/3)/2).
    rows = [(g, age, "other", "lunetta", "eu", "pilot") for g in "fm" for age in (31, 50)]
    found = lattice(people(rows), 2)
    minimal = found[found["is_minimal"]].set_index("steps")["precision"].to_dict()
    assert minimal == {"age_years: age_group": pytest.approx(2 / 3), "gender_code: any": 0.5}
    assert found.loc[found["is_suggested"], "steps"].tolist() == ["age_years: age_group"]


def test_leaving_one_out_may_be_better_than_blurring_all():
    # nineteen alike and one alone: 5 % left out changes nothing for the others
    rows = [("f", 31, "other", "lunetta", "italian", "pilot")] * 19
    found = lattice(people([*rows, ("m", 80, "private", "te", "non_eu", "other")]), 5, 0.05)
    assert found.loc[found["is_suggested_with_loss"], "steps"].tolist() == [""]
    assert found.loc[found["is_suggested_with_loss"], "records_under"].tolist() == [1]
    assert not found.loc[found["steps"] == "", "is_minimal"].item()
    stricter = lattice(people([*rows, ("m", 80, "private", "te", "non_eu", "other")]), 5, 0.04)
    assert stricter.loc[stricter["is_suggested_with_loss"], "k"].tolist() == [20]


def test_nobody_and_nothing_to_tell_apart():
    assert lattice(people([]), 5).empty
    assert lattice(people([("f", 31, "other", "lunetta", "eu", "pilot")] * 3), 5).empty


def test_every_combination_agrees_with_counting_it_directly():
    places = ("lunetta", "frassino", None)
    rows = [
        (
            "fm"[i % 2],
            None if i % 11 == 0 else 15 + (i * i) % 67,
            ("sap_aler", "sap_municipal", "private", "other", None)[(i * 3) % 5],
            places[i % 3],
            ("italian", "eu", "non_eu")[(i * i) % 7 % 3],
            "pilot" if i % 3 == 0 else "other",
        )
        for i in range(90)
    ]
    table = people(rows)
    found = lattice(table, 5)
    assert len(found) == 2 * 4 * 3 * 3 * 3
    for line in found.iloc[::17].itertuples():
        taken = dict(each.split(": ") for each in line.steps.split(", ") if each)
        made = table.copy()
        for column, code in taken.items():
            steps = {step.code: step for step in LADDERS[column]}
            made[column] = "*" if code == "any" else coarser(table, column, steps[code])
        direct = k_anonymity(made, QUASI_IDENTIFIERS, 5)
        assert (line.k, line.uniques, line.records_under) == (
            direct.k,
            direct.uniques,
            direct.records_under,
        ), line.steps
    # nothing finer than a minimal one is enough: all that reach 5 lie above a minimal one
    enough = found[found["k"] >= 5]
    assert enough["height"].min() == found.loc[found["is_minimal"], "height"].min()


def test_steps_are_declared_over_declared_columns():
    assert set(LADDERS) == set(QUASI_IDENTIFIERS)
    roles = {name: FIELDS[name].role for name in QUASI_IDENTIFIERS}
    assert {name for name, role in roles.items() if role != "quasi_identifier"} == {
        "citizenship_code"
    }
    assert set(SENSITIVE) | set(NOT_COVERED) == {
        name for name, each in FIELDS.items() if each.role == "sensitive"
    }
    assert {name for columns in KNOWN_TOGETHER for name in columns} <= {
        *QUASI_IDENTIFIERS,
        "age_band",
    }
    for name, steps in LADDERS.items():
        for step in steps:
            if step.groups:
                assert set(step.groups) == set(FIELDS[name].codes)
    for low, high in AGE_BANDS.values():  # a band lies in one group: steps only join
        assert sum(a <= low and high <= b for a, b in AGE_GROUPS.values()) == 1


def test_whose_band_alone_is_known_is_told_apart_and_joins_their_band():
    told = people(
        [("f", age, "other", "lunetta", "eu", "pilot") for age in (31, 31, None, None, None)]
    )
    told["age_band"] = pd.array(["30-44", "30-44", "30-44", "65+", None], dtype="string")
    found = lattice(told, 3, columns=["age_years"]).set_index("steps")
    # As recorded 31, 31, 30-44, 65+, unknown: three people alone. By band 30-44 is three of them.
    assert found.loc["", "uniques"] == 3
    assert found.loc["age_years: age_band", ["k", "uniques"]].tolist() == [1, 2]
    assert found.loc["age_years: age_group", "uniques"] == 2
