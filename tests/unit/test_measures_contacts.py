"""Service contacts: months, windows and who stands behind a count."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from assets.measures.answers import answer_rows
from assets.measures.contacts import contact_rows, contributors, monthly_contacts
from assets.measures.quality import delivery_rows, row_count_rows


@pytest.fixture
def contacts():
    rows = [
        ("emporio", "2021-06", "a", "h1", 1, False),
        ("emporio", "2021-06", "a", "h1", 1, False),
        ("emporio", "2021-06", None, "h2", 1, False),
        ("emporio", "2021-06", None, None, 1, False),  # a record about nobody known
        ("emporio", "2021-09", "b", "h1", 1, False),
        ("library", "2021-07", None, None, 40, True),  # a monthly total
        ("library", "2021-09", None, None, 0, True),
    ]
    columns = [
        "service_code",
        "month",
        "person_code",
        "household_code",
        "contact_n",
        "is_aggregate",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"is_aggregate": "boolean"})


def _grid(frame):
    return frame.set_index(["service_code", "month"])


def test_months_without_contacts_inside_the_window_are_true_zeros(contacts):
    grid = _grid(monthly_contacts(contacts))
    assert grid.loc["emporio", "contacts_n"].to_dict() == {
        "2021-06": 4,
        "2021-07": 0,
        "2021-08": 0,
        "2021-09": 1,
    }
    assert grid.loc["library", "contacts_n"].to_dict() == {
        "2021-07": 40,
        "2021-08": 0,
        "2021-09": 0,
    }
    assert grid.loc[("emporio", "2021-07"), "persons_n"] == 0


def test_totals_have_no_known_persons(contacts):
    grid = _grid(monthly_contacts(contacts))
    assert pd.isna(grid.loc[("library", "2021-07"), "persons_n"])
    assert grid.loc[("library", "2021-07"), "contributors_n"] == 40
    assert grid.loc[("emporio", "2021-06"), "persons_n"] == 1
    assert grid.loc[("emporio", "2021-06"), "contributors_n"] == 3  # a, household h2, one record


def test_the_declared_window_sets_the_zeros(contacts):
    windows = {"emporio": (date(2021, 5, 15), date(2021, 8, 1)), "library": (None, None)}
    months = monthly_contacts(contacts, windows).groupby("service_code")["month"].agg(list)
    # opened in May: a true zero; September lies outside but somebody came: kept, as delivered
    assert months["emporio"] == ["2021-05", "2021-06", "2021-07", "2021-08", "2021-09"]
    later = {"emporio": (date(2020, 1, 1), date(2030, 1, 1))}
    assert monthly_contacts(contacts, later)["month"].max() == "2021-09"  # nothing is made up


def test_estimates_of_contacts_add_up(contacts):
    rows = {row["estimate_id"]: row for row in contact_rows(contacts, monthly_contacts(contacts))}
    assert rows["contacts_n/2021-06/service_code=_total"]["estimate"] == 4
    assert rows["contacts_n/all/service_code=_total"]["estimate"] == 45
    assert rows["contacts_n/all/service_code=emporio"]["contributors_n"] == 4
    assert rows["contacts_n/2021-08/service_code=library"]["status"] == "true_zero"
    assert contributors(contacts) == 44


def test_no_contacts_no_rows(contacts):
    none = contacts.iloc[:0]
    assert monthly_contacts(none).empty
    assert list(contact_rows(none, monthly_contacts(none))) == []


def test_answers_are_counted_by_person_with_the_unanswered_beside():
    responses = pd.DataFrame(
        [
            ("a", "y1", "edu", "none"),
            ("b", "y1", "edu", "degree"),
            ("c", "y1", "edu", None),
            ("d", "y2", "edu", "degree"),
            ("d", "y2", "other", "x"),
        ],
        columns=["person_code", "wave_code", "item_code", "answer_code"],
    )
    rows = {row["estimate_id"]: row for row in answer_rows(responses, ["edu"])}
    assert rows["answer_n/edu/y1/answer=none"]["estimate"] == 1
    assert rows["answer_n/edu/y2/answer=none"]["status"] == "true_zero"
    total = rows["answer_n/edu/y1/answer=_total"]
    assert (total["estimate"], total["n_missing"]) == (2, 1)
    assert not any("other" in name for name in rows)


def test_each_option_of_a_multiple_choice_is_a_question_of_its_own():
    responses = pd.DataFrame(
        [
            ("a", "y1", "tool[Python]", "1"),
            ("a", "y1", "tool[R [base]]", "0"),
            ("b", "y1", "tool[Python]", "1"),
            ("b", "y1", "tool[R [base]]", "1"),
            ("c", "y1", "tool[Python]", None),
            ("c", "y1", "tool[R [base]]", None),
            ("c", "y1", "toolbox", "1"),
        ],
        columns=["person_code", "wave_code", "item_code", "answer_code"],
    )
    rows = {row["estimate_id"]: row for row in answer_rows(responses, ["tool"])}
    assert rows["answer_n/tool[Python]/y1/answer=1"]["estimate"] == 2
    assert rows["answer_n/tool[R [base]]/y1/answer=0"]["estimate"] == 1
    total = rows["answer_n/tool[R [base]]/y1/answer=_total"]
    assert (total["estimate"], total["n_missing"]) == (2, 1)
    assert not any("toolbox" in name for name in rows)


def test_what_arrived_is_counted_by_partner():
    deliveries = pd.DataFrame(
        {"partner_code": ["agape", "agape", "csv"], "state": ["in_use", "in_use", "refused"]}
    )
    found = {row["estimate_id"]: row["estimate"] for row in delivery_rows(deliveries)}
    assert found == {
        "deliveries_n/all/partner_code=agape/state=in_use": 2,
        "deliveries_n/all/partner_code=csv/state=refused": 1,
    }
    counts = pd.DataFrame(
        {
            "partner_code": ["agape", "agape"],
            "dataset": ["survey", "survey"],
            "read_n": [10, 5],
            "accepted_n": [9, 5],
            "quarantined_n": [1, 0],
        }
    )
    rows = {row["estimate_id"]: row for row in row_count_rows(counts)}
    assert rows["rows_read_n/all/partner_code=agape/dataset=survey"]["estimate"] == 15
    assert rows["rows_quarantined_n/all/partner_code=agape/dataset=survey"]["estimate"] == 1
