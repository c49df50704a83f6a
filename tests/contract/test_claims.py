"""What may be said: every question, design and method has its words, and no sentence claims a cause."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from assets.estimates import Statistic, estimate_row, judged
from schemas.claims import Claims, claims
from schemas.indicators import indicators
from schemas.method_checks import checks, modules
from schemas.methods import methods

CHECKS = [each for name in modules() for each in checks(name)]


def changed(**more: object) -> dict:
    return {**claims().model_dump(), **more}


def test_the_claims_are_whole():
    assert claims().claims


@pytest.mark.parametrize("what", ["designs", "questions"])
def test_a_design_or_question_without_words_is_refused(what):
    told = claims().model_dump()[what]
    told.pop(next(iter(told)))
    with pytest.raises(ValidationError, match="without words"):
        Claims(**changed(**{what: told}))


def test_a_sentence_that_claims_a_cause_is_refused():
    told = claims().model_dump()["claims"]
    told["change"]["designs"]["pre_post"]["up"]["it"] += " Il programma ha causato {value}."
    with pytest.raises(ValidationError, match="was caused"):
        Claims(**changed(claims=told))


def test_a_claim_without_one_of_its_outcomes_is_refused():
    told = claims().model_dump()["claims"]
    del told["step"]["designs"]["quasi_experimental"]["none"]
    with pytest.raises(ValidationError, match="'up', 'down' and 'none'"):
        Claims(**changed(claims=told))


@pytest.mark.parametrize("method", methods().values(), ids=methods())
def test_a_method_says_what_it_assumes_in_both_languages(method):
    for words in (method.label, method.missing, *method.assumes.values()):
        assert words.it.strip() and words.en.strip()
    assert re.fullmatch(r"[a-z][a-z0-9_]+", method.code)


@pytest.mark.parametrize("check", CHECKS, ids=lambda each: each.id)
def test_a_published_number_is_of_a_method_we_have(check):
    assert check.method in methods()


def test_no_published_number_stands_twice():
    assert len({each.id for each in CHECKS}) == len(CHECKS)


def test_an_estimate_carries_question_software_and_every_assumption():
    made = Statistic("wilson", 0.5, 10, "share", "", assumptions={"independent_people": "doubtful"})
    told = estimate_row(
        "retention_rate",
        made,
        period="all",
        population_code="participants",
        n_unit="persons",
        contributors_n=10,
    )
    assert told["question_code"] == "counts"
    assert told["assumptions"] == "independent_people=doubtful"
    assert re.fullmatch(r"statsmodels \d+\.\d+.*", told["software"])
    assert judged(Statistic("wilson", 0.5, 10, "share", "")) == {
        "independent_people": "not_checked"
    }


@pytest.mark.parametrize("said", [{"made_up": "held"}, {"independent_people": "perhaps"}])
def test_an_assumption_nobody_declared_is_refused(said):
    with pytest.raises(ValueError, match="undeclared"):
        judged(Statistic("wilson", 0.5, 10, "share", "", assumptions=said))


def test_every_claim_is_about_an_indicator():
    assert {each.indicator for each in claims().claims.values()} <= set(indicators())
