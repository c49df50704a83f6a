"""The split: which rule costs what, in which place, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assets.errors import ConfigurationError
from assets.intake.room import read_programme
from assets.sorting.sort import sort_programme
from tests.intake_sample import HEADING, REGISTER, deliver, programme, row

GOOD = ("AAA-0001", "Cucito", "01/07/2021", "sì", "1,5", "30")


def sort(
    tmp_path: Path, content: str, source: str = REGISTER, place: str = "alfa/2021Q3/registro.csv"
):
    layout = programme(tmp_path, {"alfa": source})
    deliver(layout, place, content)
    frames = sort_programme(layout, read_programme(layout))
    counts = frames["sorting_counts"]
    assert (counts["read_n"] == counts["accepted_n"] + counts["quarantined_n"]).all()
    return frames


def broken(frames: dict) -> list[tuple]:
    reasons = frames["sorting_reasons"]
    return list(
        reasons[["row_number", "column_letter", "rule", "cost"]].itertuples(index=False, name=None)
    )


def change(**cells: str) -> str:
    names = ("code", "activity", "date", "present", "hours", "age")
    return row(*[cells.get(name, given) for name, given in zip(names, GOOD, strict=True)])


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"code": ""}, ("A", "person_code.required", "row")),
        ({"code": "333 1234567"}, ("A", "person_code.pattern", "row")),
        ({"activity": "Cucina"}, ("B", "activity_code.code", "row")),
        ({"date": "31/06/2021"}, ("C", "session_date.parse", "row")),
        ({"date": "30/06/2021"}, ("C", "session_date.period", "row")),
        ({"date": "01/07/2031"}, ("C", "session_date.window", "row")),
        ({"present": "forse"}, ("D", "is_present.parse", "row")),
        ({"present": ""}, ("D", "is_present.required", "row")),
        ({"hours": "0"}, ("E", "hours.range", "cell")),  # the lower bound is open
        ({"hours": "12,01"}, ("E", "hours.range", "cell")),
        ({"hours": "due"}, ("E", "hours.parse", "cell")),
        ({"age": "121"}, ("F", "age_years.range", "cell")),
    ],
)
def test_each_rule_names_its_cell_and_its_cost(tmp_path: Path, cells: dict, reason: tuple) -> None:
    frames = sort(
        tmp_path,
        HEADING
        + change()
        + change(code="BBB-0002")
        + change(code="CCC-0003")
        + change(**{"code": "DDD-0004", **cells}),
    )
    assert broken(frames) == [(5, *reason)]
    accepted = frames["sorting_attendance__accepted"]
    if reason[2] == "row":
        assert len(accepted) == 3
        quarantined = frames["sorting_attendance__quarantined"]
        assert quarantined["rules"].tolist() == [reason[1]]
        assert quarantined["row_number"].tolist() == [5]
    else:
        assert len(accepted) == 4
        assert accepted[reason[1].split(".")[0]].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    "cells",
    [{"hours": "12"}, {"hours": "0,01"}, {"age": "0"}, {"age": "120"}, {"date": "30/09/2021"}],
)
def test_the_bounds_themselves_are_right(tmp_path: Path, cells: dict) -> None:
    assert broken(sort(tmp_path, HEADING + change(**cells))) == []


def test_missing_is_null_and_never_zero(tmp_path: Path) -> None:
    accepted = sort(tmp_path, HEADING + change(hours="", age=""))["sorting_attendance__accepted"]
    assert accepted[["hours", "age_years"]].isna().all(axis=None)


def test_all_reasons_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    frames = sort(tmp_path, HEADING + change(code="", present="forse", hours="99"))
    rules = "person_code.required, is_present.parse, hours.range"
    assert frames["sorting_attendance__quarantined"]["rules"].tolist() == [rules]
    assert frames["sorting_attendance__quarantined"]["hours"].tolist() == ["99"]  # text, as it came


def test_of_copies_the_first_good_one_stays(tmp_path: Path) -> None:
    frames = sort(
        tmp_path, HEADING + change(present="forse") + change(hours="2") + change(hours="3")
    )
    assert frames["sorting_attendance__accepted"]["row_number"].tolist() == [3]
    assert broken(frames)[1:] == [(4, "A", "person_code.unique", "row")]


def test_copies_are_found_across_deliveries_in_delivery_order(tmp_path: Path) -> None:
    layout = programme(tmp_path)
    deliver(layout, "alfa/2021Q4/registro.csv", HEADING + change(hours="9"))
    deliver(layout, "alfa/2021/registro.csv", HEADING + change() + change(code="BBB-0001"))
    frames = sort_programme(layout, read_programme(layout))
    # The year's file starts earlier; the quarter's row lies outside its folder anyway.
    assert frames["sorting_attendance__accepted"]["period"].tolist() == ["2021", "2021"]
    deliver(layout, "alfa/2021Q3/registro.csv", HEADING + change(hours="9"))
    frames = sort_programme(layout, read_programme(layout))
    assert frames["sorting_attendance__accepted"]["hours"].tolist() == [1.5, 1.5]
    assert "person_code.unique" in frames["sorting_reasons"]["rule"].tolist()


def test_a_tolerated_rule_is_counted_and_costs_nothing(tmp_path: Path) -> None:
    source = (
        REGISTER
        + "    tolerate: [{rule: hours.range, reason: doppi turni, by: A. Bi, on: 2022-01-01}]\n"
    )
    frames = sort(tmp_path, HEADING + change(hours="14"), source)
    assert broken(frames) == [(2, "E", "hours.range", "tolerated")]
    assert frames["sorting_attendance__accepted"]["hours"].tolist() == [14]
    assert frames["sorting_counts"]["tolerated_n"].tolist() == [1]
    frames = sort(tmp_path, HEADING + change(hours="14", present="forse"), source)
    assert frames["sorting_attendance__quarantined"]["rules"].tolist() == ["is_present.parse"]


def test_an_impossible_pattern_is_a_setting_mistake_and_no_row_is_quoted(tmp_path: Path) -> None:
    source = REGISTER.replace("[A-Z]{3}-[0-9]{4}", "(?P<a>x)(?P=a)|[A-Z]{3}-[0-9]{4}")
    try:
        frames = sort(tmp_path, HEADING + change(), source)
    except ConfigurationError as error:
        assert "AAA-0001" not in str(error)
    else:
        assert len(frames["sorting_attendance__accepted"]) == 1


SURVEY = """
partner: alfa
sources:
  - source: questionario
    dataset: survey
    label: {it: Questionario, en: Survey}
    files: ["q*.csv"]
    reader: {format: csv}
    columns:
      person_code: {from: Codice}
      response_date: {from: Data, optional: true}
      age_years: {from: Età}
    questions:
      - instrument: who5
        items: {who5_1: Uno, who5_2: Due}
      - items: {scelta: Scelta}
        answers: {Rosso: red, Blu: blue}
"""
SURVEY_HEADING = "Codice;Data;Età;Uno;Due;Scelta\n"


def test_what_is_neither_a_tick_nor_none_costs_its_cell_and_no_row(tmp_path: Path) -> None:
    source = SURVEY.replace("items: {scelta: Scelta}", 'several: {usa: "Usa [*]"}').replace(
        "        answers: {Rosso: red, Blu: blue}\n", ""
    )
    heading = "Codice;Data;Età;Uno;Due;Usa [pane];Usa [latte]\n"
    lines = "P1;01/06/2021;30;0;5;Sì;\nP2;01/06/2021;30;1;5;forse;Sì\n"
    frames = sort(tmp_path, heading + lines, source, "alfa/pre/q.csv")
    assert broken(frames) == [(3, "F", "answer_code.code", "cell")]
    accepted = frames["sorting_survey__accepted"]
    ticks = accepted[accepted["item_code"].str.startswith("usa")]
    assert ticks["answer_code"].fillna("-").tolist() == ["1", "0", "-", "1"]


def test_answers_are_judged_by_their_scale_or_list_and_cost_the_cell(tmp_path: Path) -> None:
    lines = "P1;01/06/2021;30;0;5;Rosso\nP2;01/06/2021;30;6;boh;Verde\nP3;;30;2,5;;\n"
    frames = sort(tmp_path, SURVEY_HEADING + lines, SURVEY, "alfa/pre/q.csv")
    assert broken(frames) == [
        (3, "D", "answer_value.range", "cell"),
        (3, "E", "answer_code.code", "cell"),
        (3, "F", "answer_code.code", "cell"),
        (4, "D", "answer_value.range", "cell"),
    ]
    accepted = frames["sorting_survey__accepted"]
    assert len(accepted) == 9
    known = accepted[accepted["answer_code"].notna()]
    assert known["person_code"].unique().tolist() == ["P1"]
    # An answer and its value are one cell: both are set aside.
    assert (
        accepted.loc[accepted["person_code"] != "P1", ["answer_code", "answer_value"]]
        .isna()
        .all(axis=None)
    )


def test_a_response_outside_its_wave_is_told_once_per_cell(tmp_path: Path) -> None:
    lines = "P1;01/02/2022;130;1;1;Rosso\nP2;01/05/2021;30;1;1;Rosso\n"
    frames = sort(tmp_path, SURVEY_HEADING + lines, SURVEY, "alfa/pre/q.csv")
    # The wave comes from the folder, so it has no column; P2 answers on its first day, a month
    # before the programme begins.
    assert broken(frames) == [
        (2, "", "wave_code.dates", "row"),
        (2, "C", "age_years.range", "cell"),
    ]
    assert len(frames["sorting_survey__quarantined"]) == 3
    assert len(frames["sorting_survey__accepted"]) == 3


def test_a_response_far_outside_is_a_slip_and_costs_its_cell(tmp_path: Path) -> None:
    lines = "P1;01/06/2031;30;1;1;Rosso\n"
    frames = sort(tmp_path, SURVEY_HEADING + lines, SURVEY, "alfa/pre/q.csv")
    assert broken(frames) == [(2, "B", "response_date.window", "cell")]
    assert frames["sorting_survey__accepted"]["response_date"].isna().all()
    assert frames["sorting_counts"]["cells_set_aside_n"].tolist() == [1]  # one cell, three records


CONTACTS = """
partner: alfa
sources:
  - source: contatti
    dataset: service_access
    label: {it: Contatti, en: Contacts}
    files: ["c*.csv"]
    reader: {format: csv}
    columns:
      record_id: {from: Numero}
      person_code: {from: Codice}
      service_code: {value: emporio}
      contact_date: {from: Data}
      closed_date: {from: Chiusa}
"""


def test_contacts_are_told_apart_by_number_then_by_person_service_and_day(tmp_path: Path) -> None:
    lines = [
        "1;P1;01/07/2021;",
        "2;P1;01/07/2021;",  # another number: another contact
        "1;P2;02/07/2021;",  # the number again
        ";P3;01/07/2021;",
        ";P3;01/07/2021;",  # no number: same person, service, day
        ";;01/07/2021;",
        ";;01/07/2021;",  # nobody's code: two people may have come
        "9;P4;05/07/2021;01/07/2021",  # closed before it was opened
    ]
    content = "Numero;Codice;Data;Chiusa\n" + "\n".join(lines) + "\n"
    frames = sort(tmp_path, content, CONTACTS, "alfa/2021Q3/c.csv")
    assert broken(frames) == [
        (4, "A", "record_id.unique", "row"),
        (6, "B", "person_code.unique", "row"),
        (9, "D", "closed_date.order", "cell"),
    ]
    accepted = frames["sorting_service_access__accepted"]
    assert accepted["contact_n"].tolist() == [1] * 6
    assert pd.isna(accepted["closed_date"].iloc[-1])


def test_of_monthly_counts_the_first_stays(tmp_path: Path) -> None:
    source = (
        CONTACTS.replace("record_id: {from: Numero}", "")
        .replace("person_code: {from: Codice}", "contact_n: {from: Numero}")
        .replace("closed_date: {from: Chiusa}", "")
    )
    content = "Numero;Data\n10;01/07/2021\n0;01/08/2021\n11;01/07/2021\n;01/09/2021\n"
    frames = sort(tmp_path, content, source, "alfa/2021Q3/c.csv")
    assert frames["sorting_service_access__accepted"]["contact_n"].tolist() == [10, 0]
    assert [each[2] for each in broken(frames)] == ["contact_date.unique", "contact_n.required"]


def test_every_rule_that_can_break_has_its_words() -> None:
    from schemas.dataset import rule_text
    from schemas.datasets import DATASETS
    from schemas.source_rules import RULE_KINDS

    for dataset in DATASETS.values():
        for name in dataset.columns:
            for kind in set(RULE_KINDS) - {"order", "dates"}:
                assert rule_text(f"{name}.{kind}", "it") != rule_text(f"{name}.{kind}", "en")
        for rule in dataset.row_rules:
            assert rule_text(rule.rule_id, "it")
    assert rule_text("wave_code.dates", "it")
