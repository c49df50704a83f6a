"""Records that stand twice or nearly: which pairs are found, which are not, and that none is quoted."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.sorting.codes import neighbours, plain_code
from assets.sorting.copies import COPY_COLUMNS, empty_copies, find_copies, pair_copies
from assets.sorting.outcome import empty_accepted
from assets.sorting.records import records_of
from assets.sorting.superseded import broken_superseded
from schemas.datasets import DATASETS

#: delivery -> partner, source, period.
DELIVERIES = pd.DataFrame(
    [
        ("a1", "alfa", "registro", "2021Q3"),
        ("a2", "alfa", "registro", "2021Q3"),
        ("a3", "alfa", "registro", "2021Q4"),
        ("b1", "beta", "presenze", "2021Q3"),
    ],
    columns=["delivery_id", "partner_code", "source_code", "period"],
)


def attendance(*rows: tuple) -> pd.DataFrame:
    """One row for each (delivery, person, day, hours[, record number])."""
    empty = empty_accepted(DATASETS["attendance"])
    made = pd.DataFrame(
        {
            "delivery_id": [each[0] for each in rows],
            "sheet": "",
            "row_number": range(2, len(rows) + 2),
            "record_id": [each[4] if len(each) > 4 else None for each in rows],
            "person_code": [each[1] for each in rows],
            "activity_code": "cucito",
            "session_date": pd.to_datetime([each[2] for each in rows]),
            "is_present": True,
            "hours": [each[3] for each in rows],
        }
    )
    return made.reindex(columns=empty.columns).astype(empty.dtypes.to_dict())


def found(*rows: tuple) -> list[tuple]:
    made = find_copies(attendance(*rows), DATASETS["attendance"], DELIVERIES)
    names = ["kind", "scope", "row_number", "other_row_number", "columns"]
    return list(made[names].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # The record number alone does not make another record.
        (
            [("a1", "AAA-1", "2021-07-05", 2.0, "1"), ("a1", "AAA-1", "2021-07-05", 2.0, "2")],
            [("exact", "delivery", 3, 2, "")],
        ),
        (
            [("a1", "AAA-1", "2021-07-05", 2.0), ("b1", "AAA-1", "2021-07-05", 2.0)],
            [("exact", "partners", 3, 2, "")],
        ),
        (
            [("a1", "AAA-1", "2021-07-05", 2.0), ("a2", "AAA-1", "2021-07-05", None)],
            [("near", "source", 3, 2, "hours")],
        ),
        # 8 July is 7 August with day and month swapped.
        (
            [("a1", "AAA-1", "2021-07-08", 2.0), ("b1", "AAA-1", "2021-08-07", 2.0)],
            [("date_swapped", "partners", 3, 2, "session_date")],
        ),
        (
            [("a1", "AAA-1", "2021-07-31", 2.0), ("b1", "AAA-1", "2021-08-01", 2.0)],
            [("date_one_day", "partners", 3, 2, "session_date")],
        ),
        (
            [("a1", "AAA-010", "2021-07-05", 2.0), ("a3", "aaa O1O", "2021-11-05", 1.0)],
            [("person_spelling", "source", 3, 2, "person_code")],
        ),
        (
            [("a1", "AAA-0012", "2021-07-05", 2.0), ("b1", "AAA-0021", "2021-07-05", 2.0)],
            [("person_transposed", "partners", 3, 2, "person_code")],
        ),
    ],
)
def test_each_kind_is_found_and_says_what_differs(rows: list, expected: list) -> None:
    assert found(*rows) == expected


@pytest.mark.parametrize(
    "rows",
    [
        # Two people at one session, and one person week after week, are nothing odd.
        [("a1", "AAA-1", "2021-07-05", 2.0), ("a1", "AAA-2", "2021-07-05", 2.0)],
        [("a1", "AAA-1", "2021-07-05", 2.0), ("a1", "AAA-1", "2021-07-06", 2.0)],
        [("a1", "AAA-1", "2021-07-10", 2.0), ("a3", "AAA-1", "2021-10-07", 2.0)],
        [("a1", "AAA-1", "2021-09-30", 2.0), ("a3", "AAA-1", "2021-10-01", 2.0)],
        # Codes handed out in order are different people.
        [("a1", "AAA-0012", "2021-07-05", 2.0), ("a1", "AAA-0021", "2021-07-05", 2.0)],
        [("a1", "AAA-0012", "2021-07-05", 2.0), ("b1", "AAA-0021", "2021-07-06", 2.0)],
        # Another day and other hours: nothing says that it is one record.
        [("a1", "AAA-1", "2021-07-08", 2.0), ("b1", "AAA-1", "2021-08-07", 1.0)],
        [],
    ],
)
def test_what_is_usual_is_not_reported(rows: list) -> None:
    assert found(*rows) == []


def test_of_equal_records_each_is_paired_with_the_first() -> None:
    made = found(*[("a1", "AAA-1", "2021-07-05", 2.0)] * 3, ("b1", "AAA-1", "2021-07-05", 2.0))
    assert [each[2:4] for each in made] == [(3, 2), (4, 2), (5, 2)]


def test_a_form_is_compared_as_a_whole() -> None:
    empty = empty_accepted(DATASETS["survey"])
    forms = {("a1", 2): "1234", ("a2", 2): "1234", ("b1", 2): "1235", ("b1", 3): "4321"}
    made = pd.DataFrame(
        [
            (delivery, "", row, "P1", "pre", item, answer)
            for (delivery, row), answers in forms.items()
            for item, answer in zip("abcd", answers, strict=True)
        ],
        columns=["delivery_id", "sheet", "row_number", "person_code", "wave_code", "item_code",
                 "answer_code"],
    )  # fmt: skip
    made["response_date"] = pd.Timestamp("2021-06-01")
    rows = made.reindex(columns=empty.columns).astype(empty.dtypes.to_dict())
    copies = find_copies(rows, DATASETS["survey"], DELIVERIES)
    assert copies[["kind", "other_delivery_id", "columns"]].values.tolist() == [
        ["exact", "a1", ""],
        ["near", "a1", "answer d"],
    ]


def test_contacts_that_name_nobody_are_compared_across_deliveries_only() -> None:
    empty = empty_accepted(DATASETS["service_access"])
    made = pd.DataFrame(
        {
            "delivery_id": ["a1", "a1", "b1"],
            "sheet": "",
            "row_number": [2, 3, 2],
            "service_code": "emporio",
            "contact_date": pd.Timestamp("2021-07-01"),
            "contact_n": 4,
        }
    )
    rows = made.reindex(columns=empty.columns).astype(empty.dtypes.to_dict())
    copies = find_copies(rows, DATASETS["service_access"], DELIVERIES)
    assert copies[["delivery_id", "other_delivery_id"]].values.tolist() == [["b1", "a1"]]


def test_nothing_of_a_person_stands_in_the_report() -> None:
    rows = [("a1", "AAA-0012", "2021-07-05", 2.25), ("b1", "aaa0012", "2021-07-05", 2.25)]
    made = find_copies(attendance(*rows), DATASETS["attendance"], DELIVERIES)
    assert list(made.columns) == list(COPY_COLUMNS) == list(empty_copies().columns)
    assert made.dtypes.to_dict() == empty_copies().dtypes.to_dict()
    told = made.to_csv()
    assert len(made) == 1
    for cell in ("0012", "2.25", "2021-07", "cucito"):
        assert cell not in told


@pytest.mark.parametrize(
    ("code", "other"),
    [("AAA-0012", "aaa 0O12"), ("Il/10", "1110"), ("x_1", "X1"), ("9E-5", "9e5")],
)
def test_codes_that_an_eye_takes_for_one_another(code: str, other: str) -> None:
    assert plain_code(code) == plain_code(other)


def test_neighbours_are_one_swap_away() -> None:
    assert neighbours("1223") == ["2123", "1232"]


def test_a_hundred_thousand_rows_take_seconds() -> None:
    count = 100_000
    made = np.random.default_rng(1)
    empty = empty_accepted(DATASETS["attendance"])
    rows = pd.DataFrame(
        {
            "delivery_id": np.repeat(["a1", "a2", "a3", "b1"], count // 4),
            "sheet": "",
            "row_number": np.arange(count) % (count // 4) + 2,
            "person_code": [f"AAA-{n:04d}" for n in made.integers(0, 2000, count)],
            "activity_code": "cucito",
            "session_date": pd.Timestamp("2021-07-01")
            + pd.to_timedelta(made.integers(0, 90, count), unit="D"),
            "is_present": True,
        }
    )
    rows = rows.reindex(columns=empty.columns).astype(empty.dtypes.to_dict())
    before = time.perf_counter()
    copies = find_copies(rows, DATASETS["attendance"], DELIVERIES)
    assert time.perf_counter() - before < 20  # about 2 s; all pairs would take hours
    repeated = rows.drop(columns=["delivery_id", "row_number"]).duplicated().sum()
    assert (copies["kind"] == "exact").sum() == repeated


def test_the_public_appointments_hold_618_copies() -> None:
    """Rows equal in everything but the appointment id: 618 (shared/real/README.md)."""
    folder = Path(os.environ.get("LUNATTIVA_REAL", Path(__file__).parents[3] / "shared" / "real"))
    path = folder / "attendance" / "KaggleV2-May-2016.csv.zip"
    if not path.is_file():
        pytest.skip("the public files are not here (set LUNATTIVA_REAL)")
    names = {"AppointmentID": "record_id", "PatientId": "person_code"}
    rows = pd.read_csv(path, dtype=str).rename(columns=names)
    rows = rows.assign(delivery_id="a1", sheet="", row_number=range(2, len(rows) + 2))
    rows["session_date"] = pd.to_datetime(rows.pop("AppointmentDay")).dt.tz_localize(None)
    rows["activity_code"] = "appointment"
    about = DELIVERIES.set_index("delivery_id")
    pairs = pair_copies(records_of(rows, DATASETS["attendance"], about))
    assert (pairs["kind"] == "exact").sum() == 618
    assert set(pairs["kind"]) <= {"exact", "person_spelling"}  # one file: nothing else is odd


def superseded(rank: list, judged: list | None = None, persons: list | None = None) -> list[int]:
    typed = pd.DataFrame({"person_code": persons or ["A"] * len(rank), "item": "x"})
    every = pd.Series(True, index=typed.index)
    good = every if judged is None else pd.Series(judged)
    keys = [("person_code", ("person_code", "item"), every)]
    made = broken_superseded(typed, good, pd.Series(rank), keys)
    assert set(made["rule"]) <= {"person_code.superseded"}
    return made["position"].tolist()


def test_the_newest_record_counts_and_the_others_are_named() -> None:
    assert superseded([1, 3, 2]) == [0, 2]
    assert superseded([1, 2], persons=["A", "B"]) == []
    assert superseded([2, 2]) == []  # nothing says which is newer: .unique judges them
    assert superseded([1, 2, 2]) == [0]
    assert superseded([1, 2], persons=[None, None]) == [0]


def test_a_newer_record_with_a_mistake_does_not_push_out_a_good_one() -> None:
    assert superseded([1, 2], judged=[True, False]) == []


def test_each_row_is_held_to_the_first_key_that_applies() -> None:
    typed = pd.DataFrame({"record_id": ["1", None, "1", None], "day": [1, 1, 2, 1]})
    every = pd.Series(True, index=typed.index)
    keys = [
        ("record_id", ("record_id",), typed["record_id"].notna()),
        ("day", ("day",), every),
    ]
    made = broken_superseded(typed, every, pd.Series([1, 1, 2, 2]), keys)
    assert list(made.itertuples(index=False, name=None)) == [
        (0, "record_id", "record_id.superseded"),
        (1, "day", "day.superseded"),
    ]
