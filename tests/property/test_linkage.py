"""Whatever partners write, linking multiplies nobody and does not depend on the order of rows."""

from __future__ import annotations

from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.core.linkage import links, records_of, with_participants
from assets.core.members import members
from assets.core.review import review, standing
from schemas.linkage import LinkDecision
from tests.linkage_cases import DECLARED, DELIVERIES, OTHER, STRONG, WEAK, records, said

CODES = (STRONG, OTHER, WEAK, "p1", "p2", "p3")
ROWS = st.lists(
    st.builds(
        said,
        st.sampled_from((*CODES, None)),
        st.sampled_from(("d1", "d2", "d3")),
        st.sampled_from(("2022-03-01", "2022-03-02", "2022-05-01")),
        household_code=st.sampled_from(("h1", "h2", None)),
        gender_code=st.sampled_from(("female", "male", None)),
        birth_year=st.sampled_from((1980, 1981, 1990, None)),
        age_years=st.sampled_from((31, 41, None)),
        neighbourhood_code=st.sampled_from(("n1", "n2", None)),
    ),
    max_size=14,
)
NODES = (*CODES, "aler:p1", "aler:p2")
DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(NODES),
        st.one_of(st.none(), st.sampled_from(NODES)),
        st.sampled_from(("same", "different")),
    ).filter(lambda each: each[0] != each[1]),
    max_size=4,
    unique_by=lambda each: tuple(sorted(code for code in each[:2] if code)),
)


def decided(given_: list[tuple]) -> list[LinkDecision]:
    return [
        LinkDecision(first=a, second=b, decision=c, partners=[], by="x", on=date(2022, 6, 1))
        for a, b, c in given_
    ]


@settings(max_examples=25, deadline=None)
@given(ROWS, DECISIONS)
def test_nobody_is_multiplied(rows, choices):
    frame = records(*rows)
    known = records_of(frame, DELIVERIES, DECLARED)
    found = links(known, decided(choices))
    made = with_participants(frame, DELIVERIES, DECLARED, found)
    assert len(made) == len(frame)
    assert made["person_code"].notna().sum() == frame["person_code"].notna().sum()
    assert made["person_code"].nunique() <= known["node"].nunique()
    assert found["records_n"].sum() == len(known)
    assert not found.duplicated(["partner_code", "person_code", "code_kind"]).any()
    people = found.groupby("participant_code")
    assert (people["link_certainty"].nunique() == 1).all()
    # Without a decision two codes are two participants; an ambiguous code is joined with none.
    alone = people["person_code"].nunique() == 1
    assert choices or alone.all()
    is_ambiguous = people["link_certainty"].first() == "ambiguous"
    assert alone[is_ambiguous].all()


@settings(max_examples=12, deadline=None)
@given(ROWS, DECISIONS, st.randoms(use_true_random=False))
def test_order_of_rows_and_decisions_changes_nothing(rows, choices, random):
    shuffled, other = list(rows), list(choices)
    random.shuffle(shuffled)
    random.shuffle(other)
    one, two = (records_of(records(*each), DELIVERIES, DECLARED) for each in (rows, shuffled))
    pd.testing.assert_frame_equal(links(one, decided(choices)), links(two, decided(other)))
    pd.testing.assert_frame_equal(review(one, decided(choices)), review(two, decided(other)))


@settings(max_examples=12, deadline=None)
@given(ROWS)
def test_answering_every_question_leaves_none_open(rows):
    known = records_of(records(*rows), DELIVERIES, DECLARED)
    asked = review(known, [])
    answers = [
        LinkDecision(
            first=each["first_code"],
            second=None if pd.isna(each["second_code"]) else each["second_code"],
            decision="different",
            partners=each["partners"].split(", "),
            disagree=[name for name in each["disagree"].split(", ") if name],
            by="x",
            on=date(2022, 6, 1),
        )
        for each in asked.to_dict("records")
    ]
    assert len(standing(known, answers)) == len(answers)
    assert set(review(known, answers)["state"]) <= {"different"}


@settings(max_examples=12, deadline=None)
@given(ROWS)
def test_a_person_is_in_one_household_a_day_or_it_is_said_that_nobody_knows(rows):
    frame = records(*rows)
    found = links(records_of(frame, DELIVERIES, DECLARED))
    homes = members(with_participants(frame, DELIVERIES, DECLARED, found))
    named = frame.dropna(subset=["person_code", "household_code"])
    assert homes["records_n"].sum() == len(named)
    sure = homes[homes["link_certainty"] != "ambiguous"]
    for _, mine in sure.groupby("person_code"):
        ends = mine["valid_to"].fillna(pd.Timestamp("2100-01-01"))
        assert (ends >= mine["valid_from"]).all()
        assert (mine["valid_from"].iloc[1:].to_numpy() > ends.iloc[:-1].to_numpy()).all()
