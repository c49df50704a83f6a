"""Worked example: 366 codes known to two services, of which 8 stand for more than one person.

By hand: 358 codes stand for one person in each service (358 pairs). Of the others, four stand for
two people in both services and four for one in the first and two in the second. Merging the two
lists on the code makes 4 * (2 * 2) + 4 * (1 * 2) = 24 pairs out of those 8, so 358 + 24 = 382 "people
known to both": sixteen more than there are codes. Issue 4: "358 certain and 8 ambiguous is not 382".
"""

from __future__ import annotations

import pandas as pd
import pytest

from assets.core.linkage import links, records_of, with_participants
from assets.core.people import participants
from assets.core.review import review
from tests.linkage_cases import DECLARED, DELIVERIES, records, said

CERTAIN = [f"c{number:03d}" for number in range(358)]
#: Code -> how many people it stands for in the first and in the second service.
AMBIGUOUS = {**{f"a{n}": (2, 2) for n in range(4)}, **{f"a{n}": (1, 2) for n in range(4, 8)}}


@pytest.fixture(scope="module")
def listed() -> pd.DataFrame:
    """One row per person and service."""
    rows = [said(code, delivery, birth_year=1980) for code in CERTAIN for delivery in ("d1", "d2")]
    for code, numbers in AMBIGUOUS.items():
        for delivery, number in zip(("d1", "d2"), numbers, strict=True):
            rows += [said(code, delivery, birth_year=year) for year in (1950, 1980)[:number]]
    return records(*rows)


@pytest.fixture(scope="module")
def found(listed: pd.DataFrame) -> pd.DataFrame:
    return links(records_of(listed, DELIVERIES, DECLARED))


def test_merging_by_code_would_make_382(listed):
    first, second = (listed[listed["delivery_id"] == name] for name in ("d1", "d2"))
    assert len(first.merge(second, on="person_code")) == 382


def test_358_are_certain_and_8_ambiguous(found):
    people = found.drop_duplicates("participant_code")["link_certainty"]
    assert people.value_counts().to_dict() == {"certain": 358, "ambiguous": 8}
    assert len(found) == 2 * 366  # each code once with each partner


def test_every_ambiguous_code_is_one_participant_and_no_row_is_multiplied(listed, found):
    rows = with_participants(listed, DELIVERIES, DECLARED, found)
    assert len(rows) == 358 * 2 + 4 * (2 + 2) + 4 * (1 + 2)
    whole = rows.assign(tenure_code=None, citizenship_code=None, age_band=None)
    people = participants(whole, {})
    assert len(people) == 366
    joined = rows.merge(people, on="person_code", how="left", validate="many_to_one")
    assert len(joined) == len(rows)


def test_the_8_are_asked_about_and_no_other(listed):
    asked = review(records_of(listed, DELIVERIES, DECLARED), [])
    assert asked["first_code"].tolist() == sorted(AMBIGUOUS)
    assert set(asked["disagree"]) == {"birth_year"}
    assert set(asked["partners"]) == {"agape, solco"}
