"""Numbers that left are hidden as they left, however many releases a reader has by now."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from assets.release.control import release
from assets.release.findings import Outcome
from schemas.released import RELEASED_COLUMNS, SUPPRESSED, SUPPRESSED_KINDS
from tests.release_cases import RULES, candidate_table, levels

COUNTS = {"female": 40, "male": 37, "other": 3}
NUMBERS = ["value", "se", "ci_low", "ci_high", "p_value", "n", "n_missing"]


def hidden(table: pd.DataFrame) -> set[str]:
    return set(table[table["value"].isna()]["level_1"])


def as_published(table: pd.DataFrame) -> pd.DataFrame:
    status = table["status"].replace(dict.fromkeys(SUPPRESSED_KINDS, SUPPRESSED))
    return table[list(RELEASED_COLUMNS)].assign(status=status)


@pytest.fixture
def candidates() -> pd.DataFrame:
    return candidate_table(levels("reached_n", "gender_code", COUNTS))


@pytest.fixture
def left(candidates) -> pd.DataFrame:
    """Return a release that hid one level more than today's choice would."""
    cheapest = release(candidates, RULES)
    assert hidden(cheapest) == {"male", "other"}
    made = as_published(cheapest).set_index("level_1", drop=False)
    made.loc["female", NUMBERS] = pd.NA
    made.loc["female", ["status", "assumptions"]] = [SUPPRESSED, ""]
    return made.reset_index(drop=True)


def test_the_same_numbers_leave_as_they_left(candidates, left):
    again = release(candidates, RULES, earlier=[left])
    pd.testing.assert_frame_equal(as_published(again), left)


def test_where_the_data_come_from_is_no_number(candidates, left):
    later = candidates.assign(data_version="v2")
    assert hidden(release(later, RULES, earlier=[left])) == {"female", "male", "other"}


def test_other_numbers_are_decided_anew(left):
    more = candidate_table(levels("reached_n", "gender_code", COUNTS | {"female": 41}))
    found = release(more, RULES, earlier=[left])
    assert float(found.loc[found["level_1"] == "_total", "value"].iloc[0]) == 81


def test_what_a_rule_of_today_hides_is_not_shown_because_it_was(candidates):
    was = as_published(release(candidates, RULES))
    limits = dataclasses.replace(RULES.limits, minimum_count=41)
    now = release(candidates, dataclasses.replace(RULES, limits=limits), earlier=[was])
    assert "female" not in hidden(was) and "female" in hidden(now)


def test_what_the_audit_refuses_today_is_no_model(candidates, left, monkeypatch):
    refused = Outcome(findings=[object()])  # type: ignore[list-item]
    monkeypatch.setattr("assets.release.control.examine", lambda *_: refused)
    assert hidden(release(candidates, RULES, earlier=[left])) == {"male", "other"}
