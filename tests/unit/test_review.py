"""The list of doubtful links: out to the intern, and the answers back."""

from __future__ import annotations

import io
import json
import stat
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from assets.core.decisions import load_decisions
from assets.core.review import review
from assets.errors import ConfigurationError, DeliveryRefused, LunattivaError
from assets.layout import Layout
from assets.outputs.link_review import MACHINE
from assets.store import Warehouse
from pipelines.cli import app
from pipelines.review import take_answers, write_review
from tests.linkage_cases import STRONG, WEAK, known, said

ON = date(2022, 6, 1)
ALIKE = {"household_code": "h1", "gender_code": "female", "birth_year": 1980}
ROWS = (
    said("p1", "d1", gender_code="female"),
    said("p1", "d2", gender_code="male"),
    said(STRONG, "d1", **ALIKE),
    said(WEAK, "d2", **ALIKE),
)
PROGRAMME = """
programme: demo
title: {it: "Prova", en: "Trial"}
from: 2021-06-01
to: 2023-05-31
partners:
  agape: {label: {it: A, en: A}}
  solco: {label: {it: S, en: S}}
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A programme whose last run left two questions."""
    made = Layout(tmp_path, "demo")
    made.raw.mkdir(parents=True)
    (made.raw / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    remember(made)
    return made


def remember(layout: Layout, *more: dict) -> None:
    """What a run does: ask again, with what was decided."""
    asked = review(known(*ROWS, *more), load_decisions(layout))
    Warehouse(layout.warehouse).write("core_link_review", asked)


def filled(layout: Layout, answers: dict[int, tuple[str, str]]) -> Path:
    """The list with answers written in: number -> answer and reason."""
    listed = write_review(layout, None, ON)
    assert listed.path is not None
    book = openpyxl.load_workbook(listed.path)
    for number, (answer, reason) in answers.items():
        book["Domande"].cell(number + 1, 7).value = answer
        book["Domande"].cell(number + 1, 8).value = reason or None
    path = layout.root / "risposte.xlsx"
    book.save(path)
    return path


def test_the_list_holds_codes_and_names_of_columns_and_no_value(layout):
    listed = write_review(layout, None, ON)
    assert (listed.open_n, listed.decided_n) == (2, 0)
    assert listed.path.is_relative_to(layout.store / "review")
    book = openpyxl.load_workbook(listed.path)
    cells = [str(c.value) for s in book for row in s.iter_rows() for c in row if c.value]
    text = "\n".join(cells)
    assert all(code in text for code in ("p1", STRONG, WEAK))
    assert "Genere" in text
    assert not [each for each in ("female", "male", "h1", "1980") if each in cells]
    assert book[MACHINE].sheet_state == "hidden"


def test_the_same_questions_and_day_make_the_same_bytes_and_nothing_is_overwritten(layout):
    first = write_review(layout, None, ON).path
    before = first.read_bytes()
    assert write_review(layout, None, ON).path == first
    assert first.read_bytes() == before
    first.write_bytes(b"filled in by somebody")
    second = write_review(layout, None, ON).path
    assert second != first
    assert first.read_bytes() == b"filled in by somebody"
    with pytest.raises(ConfigurationError):
        write_review(layout, first, ON)


def test_answers_are_recorded_once_and_no_longer_asked(layout):
    path = filled(
        layout, {1: ("persone diverse", ""), 2: ("Stessa persona", "lo dice lo sportello")}
    )
    taken = take_answers(layout, path, "ufficio", ON)
    assert (taken.same_n, taken.different_n, taken.open_n) == (1, 1, 0)
    one, two = load_decisions(layout)
    assert (two.first, two.decision, two.disagree) == ("p1", "different", ["gender_code"])
    assert (set(one.codes), one.decision, one.partners) == (
        {STRONG, WEAK}, "same", ["agape", "solco"],
    )  # fmt: skip
    assert (one.by, one.reason) == ("ufficio", "lo dice lo sportello")
    assert take_answers(layout, path, "ufficio", ON).known_n == 2
    remember(layout)
    assert write_review(layout, None, ON).path is None


def test_a_question_left_empty_stays_open(layout):
    taken = take_answers(layout, filled(layout, {}), "ufficio", ON)
    assert (taken.same_n, taken.different_n, taken.open_n) == (0, 0, 2)
    assert load_decisions(layout) == []


def test_an_answer_about_data_that_changed_since_is_not_recorded(layout):
    path = filled(layout, {1: ("stessa persona", "")})
    remember(layout, said("p1", "d3", birth_year=1980), said("p1", "d2", birth_year=1990),
             said("p1", "d1", birth_year=1980))  # fmt: skip
    taken = take_answers(layout, path, "ufficio", ON)
    assert (taken.same_n, taken.outdated_n) == (0, 1)
    assert load_decisions(layout) == []


@pytest.mark.parametrize("by", ["ufficio", "QQQZZZ70H15E897Q"])
def test_what_identifies_a_person_is_not_taken_in(layout, by):
    reason = "telefonato al 376 123 4567" if by == "ufficio" else ""
    path = filled(layout, {1: ("stessa persona", reason)})
    with pytest.raises(DeliveryRefused) as error:
        take_answers(layout, path, by, ON)
    assert "123" not in str(error.value)
    assert "QQQ" not in str(error.value)
    assert load_decisions(layout) == []


def damage(path: Path, how: str) -> None:
    book = openpyxl.load_workbook(path)
    if how == "answer":
        book["Domande"].cell(2, 7).value = "forse Maria"
    elif how == "moved":
        book["Domande"].cell(2, 3).value = "p2"
    elif how == "hidden":
        book[MACHINE].cell(5, 3).value = "p2"
    elif how == "gone":
        book["Domande"].delete_rows(2)
    else:
        del book[MACHINE]
    book.save(path)


@pytest.mark.parametrize("how", ["answer", "moved", "hidden", "gone", "other"])
def test_a_list_that_is_not_as_it_was_written_is_refused_without_its_cells(layout, how):
    path = filled(layout, {1: ("stessa persona", "")})
    damage(path, how)
    with pytest.raises(LunattivaError) as error:
        take_answers(layout, path, "ufficio", ON)
    assert not [each for each in ("Maria", "p1", "p2") if each in error.value.say("it")]
    assert load_decisions(layout) == []


def test_what_is_no_workbook_or_of_another_programme_is_refused(layout):
    path = filled(layout, {})
    other = Layout(layout.root, "altro")
    with pytest.raises(LunattivaError, match="not this programme"):
        take_answers(other, path, "ufficio", ON)
    path.write_bytes(b"no workbook")
    with pytest.raises(LunattivaError, match="not this programme"):
        take_answers(layout, path, "ufficio", ON)


def test_before_the_first_run_the_command_says_what_to_do(tmp_path):
    with pytest.raises(ConfigurationError, match="lunattiva run"):
        write_review(Layout(tmp_path, "demo"), None, ON)


def test_the_command_writes_and_takes_back(layout, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_ROOT", str(layout.root))
    asking = ["review", "--programme", "demo", "--lang", "en"]
    out = CliRunner().invoke(app, [*asking, "--out", str(layout.root / "list.xlsx")])
    assert out.exit_code == 0, out.output
    assert "list.xlsx (questions: 2)" in out.output
    back = CliRunner().invoke(app, [*asking, "--answers", str(filled(layout, {1: ("same person", "")})),
                                    "--by", "office"])  # fmt: skip
    assert back.exit_code == 0, back.output
    assert "1 same person, 0 different people. Without an answer: 1" in back.output
    nobody = CliRunner().invoke(app, [*asking, "--answers", str(layout.root / "list.xlsx")])
    assert nobody.exit_code == 2


def test_a_code_that_looks_like_a_formula_or_number_stays_text(layout):
    asked = review(
        known(said("007", "d1", gender_code="female"), said("007", gender_code="male")), []
    )
    Warehouse(layout.warehouse).write("core_link_review", asked)
    book = openpyxl.load_workbook(io.BytesIO(write_review(layout, None, ON).path.read_bytes()))
    assert book["Domande"].cell(2, 3).value == "007"
    assert pd.isna(asked["second_code"][0])


def test_status_counts_open_questions_and_says_where_the_list_is(layout, monkeypatch):
    from pipelines.status import status

    assert status(layout, ON).links == {"open": 2, "again": 0, "asked": 2}
    monkeypatch.setenv("LUNATTIVA_ROOT", str(layout.root))
    for lang, line in (("it", "da verificare: 2"), ("en", "to review: 2")):
        told = CliRunner().invoke(app, ["status", "--lang", lang]).output
        assert line in told and "lunattiva review" in told
        assert STRONG not in told and "p1" not in told


def test_who_is_alone_is_listed_by_code_for_this_account_only(layout, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_ROOT", str(layout.root))
    before = CliRunner().invoke(app, ["review", "--alone", "--lang", "en"])
    assert before.exit_code == 1 and "lunattiva run" in before.output
    uniques = {"quasi_identifiers": "gender_code", "person_code": "=1+1", "is_complete": True}
    way = {"steps": "age_years: any", "height": 3, "k": 1, "uniques": 1, "records_under": 1,
           "is_one_step": True, "is_suggested": False, "is_suggested_with_loss": False}  # fmt: skip
    Warehouse(layout.warehouse).write("release_risk__uniques", pd.DataFrame([uniques]))
    Warehouse(layout.warehouse).write("release_risk__steps", pd.DataFrame([way]))
    line = {"release": "r1", "data_version": "d1",
            "anonymity": {"gender_code": {"records_n": 9, "k": 1, "uniques": 2, "records_under": 4}}}  # fmt: skip
    (layout.store / "ledger.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["review", "--alone", "--lang", "en"])
    assert told.exit_code == 0, told.output
    assert "=1+1" not in told.output and "unique people: 1" in told.output
    (path,) = (layout.store / "review").glob("alone_*.xlsx")
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["codes"]["B"]] == ["person_code", "=1+1"]
    assert book["codes"]["B2"].data_type == "s", "a code is not a formula"
    assert book["coarser"]["A2"].value == "age_years: any"
    assert [cell.value for cell in book["releases"][2]][-4:] == [9, 1, 2, 4]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
