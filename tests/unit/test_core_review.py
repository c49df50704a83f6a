"""Questions about links, and what becomes of the answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.core.decisions import decisions_path, load_decisions, write_decisions
from assets.core.members import members
from assets.core.review import review, standing
from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.linkage import LinkDecision
from tests.linkage_cases import OTHER, STRONG, WEAK, known, records, said


def decided(answer: str, *codes: str, partners: str, disagree: str = "") -> LinkDecision:
    return LinkDecision(
        first=codes[0],
        second=codes[1] if len(codes) > 1 else None,
        decision=answer,
        partners=partners.split(),
        disagree=disagree.split(),
        by="ufficio",
        on=date(2022, 6, 1),
    )


CONFLICT = said("p1", "d1", gender_code="female"), said("p1", "d2", gender_code="male")


def test_a_doubtful_code_is_asked_about_by_code_partner_and_column():
    (asked,) = review(known(*CONFLICT, said("p2")), []).to_dict("records")
    asked.pop("case_id")
    assert pd.isna(asked.pop("second_code"))
    assert asked == {
        "question": "one_code",
        "first_code": "p1",
        "partners": "agape, solco",
        "disagree": "gender_code",
        "link_certainty": "ambiguous",
        "state": "open",
    }


def test_no_value_of_anybody_stands_in_a_question():
    marks = {"gender_code": "GGG", "neighbourhood_code": "NNN", "household_code": "HHH"}
    rows = [said("p1", "d1", birth_year=1950, **marks)]
    rows += [
        said("p1", "d2", birth_year=1960, **{name: f"{mark}2" for name, mark in marks.items()})
    ]
    told = review(known(*rows), []).to_csv()
    assert "p1" in told
    assert not [each for each in ("GGG", "NNN", "HHH", "1950", "1960") if each in told]


def test_two_codes_that_may_be_one_person_are_asked_about_the_weaker_first():
    alike = {"household_code": "h1", "gender_code": "female", "birth_year": 1980}
    rows = said(STRONG, "d1", **alike), said(OTHER, "d1", **alike), said(WEAK, "d2", **alike)
    asked = review(known(*rows), [])
    assert asked["question"].tolist() == ["two_codes", "two_codes"]
    assert asked["first_code"].tolist() == [WEAK, WEAK]
    assert asked["second_code"].tolist() == [STRONG, OTHER]
    assert asked["link_certainty"].tolist() == ["ambiguous", "ambiguous"]


def test_an_answer_holds_while_the_evidence_is_what_was_seen():
    answer = decided("same", "p1", partners="solco agape", disagree="gender_code")
    assert standing(known(*CONFLICT), [answer]) == [answer]
    assert review(known(*CONFLICT), [answer])["state"].tolist() == ["same"]
    for more in ({"birth_year": 1950}, {"birth_year": 1960}):
        assert standing(known(*CONFLICT, said("p1", **more)), [answer]) == [answer]
    changed = known(*CONFLICT, said("p1", birth_year=1950), said("p1", birth_year=1960))
    assert standing(changed, [answer]) == []
    asked = review(changed, [answer])
    assert asked[["state", "disagree", "link_certainty"]].to_numpy().tolist() == [
        ["outdated", "gender_code, birth_year", "ambiguous"]
    ]


def test_an_answer_about_a_code_that_is_gone_asks_nothing():
    answer = decided("same", "gone", partners="agape")
    assert review(known(said("p1")), [answer]).empty
    assert standing(known(said("p1")), [answer]) == []


def test_a_question_keeps_its_number_whatever_else_is_asked():
    alone = review(known(*CONFLICT), [])["case_id"].tolist()
    others = said("a1", "d1", gender_code="male"), said("a1", "d2", gender_code="female")
    both = review(known(*CONFLICT, *others), []).set_index("first_code")
    assert both.loc["p1", "case_id"] == alone[0]


def test_answers_are_kept_as_they_were_given(tmp_path: Path):
    layout = Layout(tmp_path, "demo")
    layout.raw.mkdir(parents=True)
    assert load_decisions(layout) == []
    given = [
        decided("same", "007", partners="agape solco", disagree="gender_code"),
        decided("different", "1e5", "no", partners="agape"),
    ]
    path = write_decisions(layout, given[::-1])
    assert load_decisions(layout) == given
    before = path.read_bytes()
    assert write_decisions(layout, given).read_bytes() == before


def test_a_damaged_file_of_answers_is_told_by_line_and_without_its_content(tmp_path: Path):
    layout = Layout(tmp_path, "demo")
    layout.raw.mkdir(parents=True)
    decisions_path(layout).write_text("decisions:\n- {first: SECRET-1, decision: perhaps}\n")
    with pytest.raises(ConfigurationError) as error:
        load_decisions(layout)
    assert "_links.yml" in error.value.say("it")
    assert "SECRET" not in error.value.say("it") + error.value.say("en")


def homes(*given: dict) -> list[list]:
    rows = records(*given).assign(link_certainty="certain")
    found = members(rows)
    for name in ("valid_from", "valid_to"):
        found[name] = found[name].dt.strftime("%Y-%m-%d")
    names = ["household_code", "valid_from", "valid_to", "link_certainty"]
    return found[names].astype(object).where(found[names].notna(), None).to_numpy().tolist()


def test_a_household_holds_from_its_first_day_to_the_eve_of_the_next():
    found = homes(
        said("p1", day="2022-05-10", household_code="h2"),
        said("p1", day="2021-09-01", household_code="h1"),
        said("p1", day="2022-01-20", household_code="h1"),
    )
    assert found == [
        ["h1", "2021-09-01", "2022-05-09", "certain"],
        ["h2", "2022-05-10", None, "certain"],
    ]


@pytest.mark.parametrize("day", ["2021-09-01", "2021-10-01"])
def test_two_households_at_once_are_both_doubtful(day):
    found = homes(
        said("p1", day="2021-09-01", household_code="h1"),
        said("p1", day=day, household_code="h2"),
        said("p1", day="2021-11-01", household_code="h1"),
    )
    assert found == [
        ["h1", "2021-09-01", "2021-11-01", "ambiguous"],
        ["h2", day, day, "ambiguous"],
    ]
