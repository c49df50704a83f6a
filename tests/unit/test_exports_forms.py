"""XLSForms behind an export, and exports of our own forms."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from assets.errors import DeliveryRefused
from assets.intake.exports import own_source, read_xlsform, recognise, with_form
from assets.intake.grid import Contents, make_sheet
from schemas.source import Source

SURVEY = [
    ["type", "name", "label::Italiano (it)", "label::English (en)"],
    ["text", "codice", "Codice", "Code"],
    ["begin_group", "who5", "", ""],
    ["select_one freq", "who5_1", "Allegro", "Cheerful"],
    ["select_one freq", "who5_2", "Calmo", "Calm"],
    ["end_group", "", "", ""],
    ["begin group", "items", "", ""],
    ["select_multiple cibo", "trovato", "Che cosa?", "What?"],
    ["integer", "figli", "Figli", "Children"],
    ["text", "note", "Note", "Notes"],
    ["end group", "", "", ""],
]
CHOICES = [
    ["list_name", "name", "label::Italiano (it)", "label::English (en)"],
    ["freq", "5", "Sempre", "Always"],
    ["freq", "0", "Mai", "Never"],
    ["cibo", "pane", "Pane", "Bread"],
    ["cibo", "latte", "Latte fresco", "Fresh milk"],
]
SETTINGS = [["form_id", "version"], ["modulo", "2023"]]


def form():
    sheets = [
        make_sheet(n, r)
        for n, r in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS))
    ]
    return read_xlsform(Contents(sheets[0], tuple(sheets[1:])))


def source(**more: object) -> Source:
    given = {
        "source": "modulo",
        "dataset": "survey",
        "label": {"it": "Modulo", "en": "Form"},
        "files": ["*"],
        "columns": {"person_code": {"from": "codice"}},
        "form": "modulo.xlsx",
        **more,
    }
    return Source.model_validate(given)


def test_a_form_gives_questions_groups_and_code_lists_in_two_languages() -> None:
    found = form()
    assert (found.name, found.version) == ("modulo", "2023")
    question = found.question("who5/who5_1")
    assert question is not None
    assert (question.kind, question.choices, question.groups) == ("select one", "freq", ("who5",))
    assert found.choices["freq"]["5"] == {"it": "Sempre", "en": "Always"}
    assert found.codes(question)["Always"] == "5"
    assert found.question("who5-who5_2") == found.question("Calmo")


def test_a_workbook_that_is_no_form_is_refused() -> None:
    with pytest.raises(DeliveryRefused) as stopped:
        read_xlsform(Contents(make_sheet("Foglio1", [["a"], ["b"]])), "modulo.xlsx")
    assert stopped.value.code == "form.unreadable"


def test_a_written_workbook_reads_as_a_form(tmp_path) -> None:
    from assets.intake.exports import read_form

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([each or None for each in row])
    data = io.BytesIO()
    book.save(data)
    path = tmp_path / "modulo.xlsx"
    path.write_bytes(data.getvalue())
    assert read_form(path) == form()


def test_the_form_gives_the_answers_of_declared_items_and_declared_scores_stay() -> None:
    made = with_form(
        source(
            questions=[
                {"instrument": "who5", "items": {"who5_1": "who5/who5_1"}, "answers": {"Mai": 1}}
            ]
        ),
        form(),
    )
    (block,) = made.questions
    assert block.answers == {"Sempre": "5", "Always": "5", "5": "5", "Mai": 1, "Never": 1, "0": 1}
    assert block.instrument == "who5"


def test_without_questions_every_choice_and_number_of_the_form_is_one() -> None:
    made = with_form(
        source(), form(), ["codice", "who5/who5_1", "items/trovato", "items/trovato/pane"]
    )
    assert [list(b.items) or list(b.choices) for b in made.questions] == [
        ["who5_1"],
        ["who5_2"],
        ["trovato"],
        ["figli"],
    ]
    assert made.questions[2].choices["trovato"].codes["Fresh milk"] == "latte"
    assert "items/trovato/*" in made.ignore
    split = with_form(source(), form(), ["items/trovato/pane", "items/trovato/latte"])
    assert list(split.questions[2].several) == ["trovato"]


def test_a_question_that_the_form_does_not_have_is_named_with_the_nearest() -> None:
    with pytest.raises(DeliveryRefused) as stopped:
        with_form(source(questions=[{"items": {"x": "who5/who5_9"}}]), form())
    assert stopped.value.code == "form.question"
    assert stopped.value.values["nearest"].startswith("who5")


# --- our own forms -----------------------------------------------------------------------------

OWN = [
    "about/person_code|about/wave_code|about/response_date|who5/who5_1|who5/who5_2|items/trovato"
    "|items/trovato/pane|items/trovato/latte|items/figli|lunattiva_source|lunattiva_form"
    "|_id|_uuid|_submission_time|__version__|_index",
    "ABC-0001|pre|2023-01-01|5|0|pane|1|0|2|prova/benessere|2|1|u-1|2023|v|1",
    "ABC-0002|pre|2023-01-01|3||||||prova/benessere|2|2|u-2|2023|v|2",
]


def own(rows: list[str] = OWN, mark: str = "/") -> Contents:
    heads = rows[0].replace("/who5", f"{mark}who5").replace("about/", f"about{mark}")
    return recognise(Contents(make_sheet("modulo", [r.split("|") for r in [heads, *rows[1:]]])))


@pytest.mark.parametrize("mark", ["/", "-"])
def test_our_own_export_needs_no_hand_written_source(mark: str) -> None:
    found = own_source(own(mark=mark), "prova")
    assert found is not None
    assert found.source == "benessere"
    assert set(found.columns) == {"person_code", "wave_code", "response_date", "form_version"}
    assert found.questions[0].instrument == "who5"
    assert list(found.questions[0].items) == ["who5_1", "who5_2"]
    assert [list(b.several) or list(b.items) for b in found.questions[1:]] == [
        ["trovato"],
        ["figli"],
    ]


def test_options_of_our_own_form_may_come_without_their_question() -> None:
    rows = [each.replace("|items/trovato|", "|").replace("|0|pane|", "|0|") for each in OWN]
    rows = [rows[0], rows[1], rows[2].replace("|3||||||", "|3|||||")]
    found = own_source(own(rows), "prova")
    assert found is not None
    assert found.questions[1].several == {"trovato": "items/trovato/*"}


def test_our_own_export_is_read_to_rows() -> None:
    from assets.intake.headings import resolve, wanted_of
    from assets.intake.questions import question_rows
    from assets.intake.table import find_table

    contents = own()
    found = own_source(contents, "prova")
    assert found is not None
    table = find_table(contents.sheet, found.reader, wanted_of(found), contents.survey)
    mapping = resolve(table.headings, table.filled, found, table.header_rows)
    plain = pd.DataFrame({"row_number": pd.array(table.row_numbers, dtype="Int64")})
    made = question_rows(table, mapping.questions, found, plain)
    answers = made.pivot(index="row_number", columns="item_code", values="answer_code")
    assert answers.loc[2].to_dict() == {
        "who5_1": "5",
        "who5_2": "0",
        "trovato[pane]": "1",
        "trovato[latte]": "0",
        "figli": "2",
    }
    assert answers.loc[3].notna().to_dict() == {
        "who5_1": True,
        "who5_2": False,
        "trovato[pane]": False,
        "trovato[latte]": False,
        "figli": False,
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("prova/benessere", "altro/benessere"),
        ("lunattiva_source", "fonte"),
        ("person_code", "codice"),
    ],
)
def test_an_export_that_does_not_follow_the_conventions_is_not_ours(old: str, new: str) -> None:
    assert own_source(own([each.replace(old, new) for each in OWN]), "prova") is None
