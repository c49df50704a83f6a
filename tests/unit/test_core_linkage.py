"""Who is one person across partners: expected links are worked out by hand beside each example."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.coding.codes import code
from assets.coding.keys import Key
from assets.core import linkage
from assets.core.evidence import candidates, disagreements
from assets.core.linkage import Declared, declared, links, with_participants
from schemas.linkage import KEYED, KEYED_KINDS, Linkage, LinkDecision
from schemas.source import PartnerSources
from tests.linkage_cases import DECLARED, DELIVERIES, OTHER, STRONG, WEAK, known, records, said


def linked(*given: dict, decisions: tuple[LinkDecision, ...] = ()) -> pd.DataFrame:
    return links(known(*given), decisions).set_index(["partner_code", "person_code"])


def decided(answer: str, first: str, second: str | None = None) -> LinkDecision:
    return LinkDecision(
        first=first, second=second, decision=answer, partners=[], by="ufficio", on=date(2022, 6, 1)
    )


def test_one_code_with_two_partners_is_one_participant():
    found = linked(said("p1", "d1"), said("p1", "d1"), said("p1", "d2", "2022-04-01"))
    assert found.index.tolist() == [("agape", "p1"), ("solco", "p1")]
    assert found["participant_code"].tolist() == ["p1", "p1"]
    assert found["link_certainty"].tolist() == ["certain", "certain"]
    assert found["link_rule"].tolist() == ["shared_code", "shared_code"]
    assert found["records_n"].tolist() == [2, 1]
    assert found["first_date"].tolist() == list(pd.to_datetime(["2022-03-01", "2022-04-01"]))


def test_a_code_that_only_its_partner_knows_links_nowhere_else():
    found = linked(said("p1", "d1"), said("p1", "d3"))
    assert found["participant_code"].to_dict() == {("agape", "p1"): "p1", ("aler", "p1"): "aler:p1"}
    assert found.loc[("aler", "p1"), ["link_certainty", "link_rule"]].tolist() == [
        "local",
        "local_code",
    ]


def test_a_code_made_at_the_source_says_itself_how_sure_it_is():
    found = linked(said(STRONG, "d3"), said(STRONG, "d1"), said(WEAK, "d1"), said(WEAK, "d2"))
    assert found["link_certainty"].to_dict() == {
        ("agape", STRONG): "certain",
        (
            "aler",
            STRONG,
        ): "certain",  # its other codes are its own; this one it cannot have invented
        ("agape", WEAK): "probable",
        ("solco", WEAK): "probable",
    }
    assert found["participant_code"].nunique() == 2


def test_prefixes_are_those_of_coding_at_the_source():
    shared = Path(linkage.__file__).parents[1] / "coding" / "shared.json"
    prefixes = json.loads(shared.read_text("utf-8"))["code"]["prefixes"]
    assert KEYED_KINDS[prefixes["tax_code"]] == "strong"
    assert KEYED_KINDS[prefixes["name_birth_date"]] == "weak"
    assert KEYED_KINDS[prefixes["tax_code_unchecked"]] == "weak"
    assert prefixes["register"] not in KEYED_KINDS


@pytest.mark.parametrize("kind", ["tax_code", "tax_code_unchecked", "name_birth_date", "register"])
def test_codes_made_at_the_source_are_known_by_their_form(kind):
    made = code(Key(b"k" * 32), "demo", kind, "QQQZZZ70H15E897Q")
    found = re.findall(KEYED, made)
    assert found == ([] if kind == "register" else [made[0]])


@pytest.mark.parametrize(
    ("first", "second", "conflicts"),
    [
        ({"gender_code": "female"}, {"gender_code": "male"}, "gender_code"),
        ({"gender_code": "female"}, {}, ""),
        ({"birth_year": 1980}, {"birth_year": 1982}, "birth_year"),
        ({"birth_year": 1980}, {"birth_year": 1981}, ""),
        # Aged 40 in 2022: born in 1981 or 1982. 1979 is more than one year off, 1980 is not.
        ({"age_years": 40}, {"birth_year": 1979}, "birth_year"),
        ({"age_years": 40}, {"birth_year": 1980}, ""),
        ({"gender_code": "female", "birth_year": 1980}, {"gender_code": "male", "birth_year": 1990},
         "gender_code, birth_year"),
    ],
)  # fmt: skip
def test_what_cannot_be_one_person_is_ambiguous_and_still_counted_once(first, second, conflicts):
    found = linked(said("p1", "d1", **first), said("p1", "d2", **second))
    assert set(found["conflicts"]) == {conflicts}
    assert set(found["link_certainty"]) == {"ambiguous" if conflicts else "certain"}
    assert found["participant_code"].nunique() == 1


@pytest.mark.parametrize("column", ["household_code", "neighbourhood_code"])
def test_two_places_on_one_day_are_told_and_decide_only_about_a_weak_code(column):
    def pair(code: str, second_day: str) -> pd.DataFrame:
        rows = said(code, "d1", **{column: "x1"}), said(code, "d2", second_day, **{column: "x2"})
        return linked(*rows)

    assert set(pair("p1", "2022-03-01")["conflicts"]) == {column}
    assert set(pair("p1", "2022-03-01")["link_certainty"]) == {"certain"}
    assert set(pair(WEAK, "2022-03-01")["link_certainty"]) == {"ambiguous"}
    moved = pair(WEAK, "2022-03-02")  # people move
    assert (set(moved["conflicts"]), set(moved["link_certainty"])) == ({""}, {"probable"})


def twin(code: str, delivery: str = "d1") -> dict:
    return said(code, delivery, household_code="h1", gender_code="female", birth_year=1980)


def test_a_weak_code_like_one_strong_code_is_asked_about_and_stays_apart():
    rows = twin(STRONG), twin(WEAK, "d2")
    given = known(*rows)
    kind = pd.Series({STRONG: "strong", WEAK: "weak"})
    assert candidates(given, kind) == [(WEAK, STRONG)]
    found = linked(*rows)
    assert found["participant_code"].nunique() == 2
    assert found.loc[("solco", WEAK), "link_certainty"] == "probable"


@pytest.mark.parametrize(
    ("told", "is_asked"),
    [
        ({"age_years": 41}, True),  # on 1 March 2022: born in 1980 or 1981
        ({"age_years": 40}, False),  # born in 1981 or 1982
        ({"birth_year": 1981}, False),
        ({}, False),  # anybody
        ({"birth_year": 1980, "gender_code": "male"}, False),
        ({"birth_year": 1980, "household_code": "h2"}, False),
        ({"birth_year": 1980, "household_code": None}, False),
    ],
)
def test_two_codes_are_asked_about_where_all_that_is_told_agrees(told, is_asked):
    about = {"household_code": "h1", "gender_code": "female", **told}
    given = known(twin(STRONG), said(WEAK, "d2", **about))
    found = candidates(given, pd.Series({STRONG: "strong", WEAK: "weak"}))
    assert found == ([(WEAK, STRONG)] if is_asked else [])


def test_a_weak_code_like_two_strong_ones_is_ambiguous_and_joined_with_neither():
    found = linked(twin(STRONG), twin(OTHER), twin(WEAK, "d2"))
    assert found["participant_code"].nunique() == 3
    assert found.loc[("solco", WEAK), ["link_certainty", "conflicts"]].tolist() == [
        "ambiguous",
        "several_codes",
    ]
    assert found.loc[("agape", STRONG), "link_certainty"] == "certain"


def test_two_strong_codes_are_two_people_however_alike():
    given = known(twin(STRONG), twin(OTHER, "d2"))
    assert candidates(given, pd.Series({STRONG: "strong", OTHER: "strong"})) == []


def test_what_a_person_decided_joins_or_keeps_apart():
    rows = twin(STRONG), twin(OTHER), twin(WEAK, "d2")
    same = linked(*rows, decisions=(decided("same", WEAK, STRONG),))
    assert same["participant_code"].to_dict() == {
        ("agape", STRONG): STRONG, ("agape", OTHER): OTHER, ("solco", WEAK): STRONG,
    }  # fmt: skip
    assert same.loc[("solco", WEAK), ["link_certainty", "link_rule"]].tolist() == [
        "probable",
        "reviewed",
    ]
    both = decided("different", WEAK, STRONG), decided("different", WEAK, OTHER)
    apart = linked(*rows, decisions=both)
    assert apart["participant_code"].nunique() == 3
    assert apart.loc[("solco", WEAK), "link_certainty"] == "probable"  # nothing more to ask


def test_decisions_that_contradict_each_other_join_nobody():
    told = (
        decided("same", WEAK, STRONG),
        decided("same", WEAK, OTHER),
        decided("different", STRONG, OTHER),
    )
    found = linked(twin(STRONG), twin(OTHER), twin(WEAK, "d2"), decisions=told)
    assert found["participant_code"].nunique() == 3
    assert set(found["link_certainty"]) == {"ambiguous"}
    assert set(found["conflicts"]) == {"contradiction"}


def test_a_code_found_to_be_one_person_is_ambiguous_no_more():
    rows = said("p1", "d1", gender_code="female"), said("p1", "d2", gender_code="male")
    found = linked(*rows, decisions=(decided("same", "p1"),))
    assert set(found["link_certainty"]) == {"certain"}
    assert set(found["link_rule"]) == {"reviewed"}
    assert set(found["conflicts"]) == {"gender_code"}
    still = linked(*rows, decisions=(decided("different", "p1"),))
    assert set(still["link_certainty"]) == {"ambiguous"}


def test_an_ambiguous_code_is_joined_with_nothing_even_where_a_person_said_so():
    rows = twin(STRONG), said(STRONG, "d2", gender_code="male"), twin(WEAK, "d2")
    found = linked(*rows, decisions=(decided("same", WEAK, STRONG),))
    assert found["participant_code"].nunique() == 2


def test_a_code_whose_partners_say_different_things_of_it_is_as_sure_as_the_weakest():
    said_so = Declared(Linkage(), {("solco", "lavoro"): "weak"}, {})
    given = linkage.records_of(records(said("p1", "d1"), said("p1", "d2")), DELIVERIES, said_so)
    assert set(links(given)["link_certainty"]) == {"probable"}
    assert links(given)["participant_code"].nunique() == 1


def test_rows_keep_their_number_and_place():
    rows = records(
        said("p1", "d3", household_code="h1"),
        said(None, "d2", household_code="h1"),
        said("p1", "d1", household_code="h1"),
    )
    given = linkage.records_of(rows, DELIVERIES, DECLARED)
    found = with_participants(rows, DELIVERIES, DECLARED, links(given))
    assert found["person_code"].fillna("").tolist() == ["aler:p1", "", "p1"]
    assert found["link_certainty"].fillna("").tolist() == ["local", "", "certain"]
    assert found["household_code"].tolist() == ["h1", "h1", "h1"]  # shared, as declared
    with pytest.raises(ValueError, match="every person"):
        with_participants(rows, DELIVERIES, DECLARED, links(given)[:1])
    with pytest.raises(ValueError, match="twice"):
        with_participants(rows, pd.concat([DELIVERIES] * 2), DECLARED, links(given))


def test_a_source_says_what_the_programme_does_not():
    one = {"source": "casa", "dataset": "attendance", "label": {"it": "x", "en": "x"},
           "files": ["*"], "columns": {name: {"from": name} for name in
           ("person_code", "activity_code", "session_date", "is_present")}}  # fmt: skip
    sources = {
        "aler": PartnerSources.model_validate(
            {"partner": "aler", "sources": [{**one, "person_codes": "weak"}]}
        )
    }
    found = declared(Linkage(person_codes="local", household_codes="local"), sources)
    assert found.person("aler", "casa") == "weak"
    assert found.household("aler", "casa") == "local"
    assert found.person("solco", "lavoro") == "local"
    assert declared(Linkage(), {}).person("solco", "lavoro") == "shared"


def test_nothing_delivered_links_nobody():
    assert links(known()).empty
    assert disagreements(known().assign(case=known()["node"])).empty
