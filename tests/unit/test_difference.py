"""What a corrected file changed: rows added, removed and changed by column, and never a cell."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.intake.difference import MOST_ROWS, difference, empty_differences
from assets.intake.grid import TEXT

COLUMNS = ["person_code", "session_date", "hours"]
KEY = ["person_code", "session_date"]
HEADINGS = pd.DataFrame(
    [
        ("person_code", "Codice", "A"),
        ("session_date", "Data", "B"),
        ("hours", "Ore", "C"),
        ("answer_code", "", ""),
        ("item_code", "Domanda uno", "D"),
        ("item_code", "Domanda due", "E"),
    ],
    columns=["column", "heading", "letter"],
)


def rows(*cells: tuple, first: int = 2) -> pd.DataFrame:
    made = pd.DataFrame(cells, columns=COLUMNS, dtype=object).astype(TEXT)
    made["row_number"] = pd.array(range(first, first + len(made)), dtype="Int64")
    made["cell_letter"] = pd.Series("", index=made.index, dtype=TEXT)
    return made


def told(old: pd.DataFrame, new: pd.DataFrame, key: list[str] | None = None, **more) -> dict:
    made = difference(old, new, COLUMNS, KEY if key is None else key, HEADINGS, **more)
    expected = empty_differences().dtypes.drop(["delivery_id", "supersedes_id"]).to_dict()
    assert made.dtypes.to_dict() == expected
    return {
        (each.what, each.heading if each.what == "changed" else ""): (each.rows_n, each.row_numbers)
        for each in made.itertuples()
    }


def test_rows_are_matched_by_their_key() -> None:
    old = rows(("A", "1/7", "2"), ("B", "1/7", "2"), ("C", "1/7", None), ("D", "1/7", "3"))
    new = rows(("D", "1/7", "3"), ("A", "1/7", "2,5"), ("C", "1/7", "1"), ("E", "1/7", "2"))
    assert told(old, new) == {
        ("added", ""): (1, "5"),
        ("removed", ""): (1, "3"),  # of the old file
        ("changed", "Ore"): (2, "3, 4"),
        ("same", ""): (1, "2"),
    }


def test_without_a_key_a_changed_row_is_one_gone_and_one_come() -> None:
    old = rows(("A", "1/7", "2"), ("A", "1/7", "2"), ("B", "1/7", "2"))
    new = rows(("A", "1/7", "2"), ("B", "1/7", "3"))
    assert told(old, new, key=[]) == {
        ("added", ""): (1, "3"),
        ("removed", ""): (2, "3, 4"),
        ("same", ""): (1, "2"),
    }


def test_a_row_without_a_whole_key_is_taken_as_it_stands() -> None:
    old = rows((None, "1/7", "2"), (None, "2/7", "2"))
    new = rows((None, "1/7", "2"), (None, "2/7", "3"))
    assert told(old, new) == {
        ("added", ""): (1, "3"),
        ("removed", ""): (1, "3"),
        ("same", ""): (1, "2"),
    }


def test_a_key_that_stands_twice_is_matched_in_order() -> None:
    old = rows(("A", "1/7", "1"), ("A", "1/7", "2"))
    new = rows(("A", "1/7", "1"), ("A", "1/7", "9"), ("A", "1/7", "4"))
    assert told(old, new) == {
        ("added", ""): (1, "4"),
        ("changed", "Ore"): (1, "3"),
        ("same", ""): (1, "2"),
    }


def test_a_blank_is_no_zero() -> None:
    assert told(rows(("A", "1/7", None)), rows(("A", "1/7", "0"))) == {("changed", "Ore"): (1, "2")}


def test_by_record_what_the_new_file_lacks_stays() -> None:
    old = rows(("A", "1/7", "1"), ("B", "1/7", "2"))
    assert told(old, rows(("A", "1/7", "3")), by_record=True) == {
        ("kept", ""): (1, "3"),
        ("changed", "Ore"): (1, "2"),
    }


@pytest.mark.parametrize("which", ["old", "new", "both"])
def test_files_without_rows(which: str) -> None:
    full, none = rows(("A", "1/7", "1")), rows()
    old, new = (none if which in (side, "both") else full for side in ("old", "new"))
    expected = {"old": {("added", ""): (1, "2")}, "new": {("removed", ""): (1, "2")}, "both": {}}
    assert told(old, new) == expected[which]


def test_row_numbers_are_capped_and_say_so() -> None:
    many = [(f"P{n}", "1/7", "1") for n in range(MOST_ROWS + 5)]
    count, listed = told(rows(), rows(*many))["added", ""]
    assert count == MOST_ROWS + 5
    assert listed.endswith(", 51 …") and len(listed.split(", ")) == MOST_ROWS


def forms(answers: dict[str, dict[str, str]]) -> pd.DataFrame:
    """Return the records of a questionnaire: person -> letter of the question -> answer."""
    made = pd.DataFrame(
        [
            (person, f"q{letter}", answer, number, letter)
            for number, (person, given) in enumerate(answers.items(), start=2)
            for letter, answer in given.items()
        ],
        columns=["person_code", "item_code", "answer_code", "row_number", "cell_letter"],
    )
    kinds = dict.fromkeys(["person_code", "item_code", "answer_code", "cell_letter"], TEXT)
    return made.astype({**kinds, "row_number": "Int64"})


def test_a_form_counts_once_and_its_questions_are_named() -> None:
    old = forms({"A": {"D": "1", "E": "2"}, "B": {"D": "1", "E": "2"}})
    new = forms({"A": {"D": "1", "E": "3"}, "B": {"D": "1", "E": "2"}, "C": {"D": "4", "E": "4"}})
    columns, key = ["person_code", "item_code", "answer_code"], ["person_code", "item_code"]
    made = difference(old, new, columns, key, HEADINGS)
    assert made[["what", "heading", "rows_n"]].values.tolist() == [
        ["added", "", 1],
        ["changed", "Domanda due", 1],
        ["same", "", 1],
    ]


def test_staged_rows_come_as_categories_without_their_empty_columns() -> None:
    old, new = rows(("A", "1/7", None)), rows(("A", "1/7", "2"), ("B", "1/7", "2"))
    plain = told(old, new)
    staged = [each.astype(dict.fromkeys(COLUMNS, "category")) for each in (old, new)]
    staged = [each.drop(columns=["cell_letter"]) for each in staged]
    assert told(staged[0].drop(columns=["hours"]), staged[1]) == plain
    assert plain["changed", "Ore"] == (1, "2")


def test_a_new_question_is_no_new_row() -> None:
    old, new = forms({"A": {"D": "1"}}), forms({"A": {"D": "1", "E": "2"}})
    columns, key = ["person_code", "item_code", "answer_code"], ["person_code", "item_code"]
    made = difference(old, new, columns, key, HEADINGS)
    assert made[["what", "heading", "rows_n"]].values.tolist() == [["added", "Domanda due", 1]]


CELL = st.sampled_from(["a", "b", "c", None])
FILE = st.lists(st.tuples(CELL, CELL, CELL), max_size=8)


@settings(max_examples=30, deadline=None)
@given(FILE, FILE, st.sampled_from([[], KEY]))
def test_old_and_new_rows_add_up(old: list, new: list, key: list[str]) -> None:
    """Every row of the new file is added, changed or the same; of the old one, gone or matched."""
    made = difference(rows(*old), rows(*new), COLUMNS, key, HEADINGS)
    lines = dict(tuple(made.groupby("what")))

    def numbers(what: str) -> set[str]:
        listed = lines.get(what, made.iloc[:0])["row_numbers"]
        return {each for row in listed for each in row.split(", ")}

    parts = numbers("added"), numbers("changed"), numbers("same")
    assert set().union(*parts) == {str(n) for n in range(2, len(new) + 2)}
    assert sum(map(len, parts)) == len(new)
    matched = len(numbers("changed")) + len(numbers("same"))
    assert len(numbers("removed")) == len(old) - matched
    again = difference(rows(*new), rows(*new), COLUMNS, key, HEADINGS)
    assert set(again["what"]) <= {"same"}
