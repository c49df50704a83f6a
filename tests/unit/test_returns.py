"""What goes back to partners: every broken rule with its cell as written, to its own partner only."""

from __future__ import annotations

import stat
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from assets.layout import Layout
from pipelines.returned import write_returns
from schemas.dataset import Dataset, rule_text
from schemas.datasets import DATASETS, MAIN_DATE
from schemas.expected import Setting, expected, expected_text, rule_question, shape
from schemas.source_rules import RULE_KINDS
from tests.intake_sample import HEADING, REGISTER, deliver, programme, row
from tests.returns_sample import LINES, process, shown

ON = date(2023, 6, 1)
GOOD = row("AAA-0001", "Cucito", "01/06/2021", "sì", "1,5", "30")


def returned(layout: Layout, partner: str = "alfa") -> Path:
    process(layout)
    found = {each.partner: each for each in write_returns(layout, None, None, ON)}
    path = found[partner].path
    assert path is not None
    return path


def pages(path: Path) -> str:
    """Everything a workbook holds, as one text."""
    with zipfile.ZipFile(path) as package:
        return "\n".join(package.read(name).decode("utf-8") for name in package.namelist())


def lines_page(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path)[LINES]


def test_a_line_says_where_what_is_wrong_and_what_is_expected(tmp_path: Path) -> None:
    layout = programme(tmp_path)
    deliver(
        layout,
        "alfa/2021Q2/registro.csv",
        HEADING + GOOD + row("BBB-0002", "Cucitto", "31/06/2021", "forse", "13", "30"),
    )
    lines = shown(returned(layout))
    assert [(each["row"], each["letter"], each["heading"], each["value"]) for each in lines] == [
        (3, "B", "Laboratorio", "Cucitto"),
        (3, "C", "Data", "31/06/2021"),
        (3, "D", "Presente", "forse"),
        (3, "E", "Ore", "13"),
    ]
    assert {each["file"] for each in lines} == {"registro.csv"}
    said = [str(each["expected"]) for each in lines]
    assert "Di quale laboratorio si tratta? Una di queste voci: Cucito." in said[0]
    assert "Which workshop is it?" in said[0]
    assert "dal 01/06/2021 al 30/06/2021" in said[1]  # the quarter, cut by the programme's start
    assert "Una di queste voci: sì, no." in said[2]
    assert "maggiore di 0 e al massimo 12" in said[3]
    assert all(each["new"] is None and each["remove"] is None for each in lines)


def test_what_went_well_is_counted_and_adds_up(tmp_path: Path) -> None:
    layout = programme(tmp_path)
    bad = row("BBB-0002", "Cucito", "", "sì", "1", "30")
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + GOOD + bad)
    deliver(layout, "alfa/2021Q3/altro.csv", HEADING + GOOD)  # no source expects this name
    path = returned(layout)
    book = openpyxl.load_workbook(path)
    well = [[cell.value for cell in each] for each in book["Che cosa è andato bene"].iter_rows()]
    assert well[1][:1] + well[1][2:] == ["registro.csv", "2021Q2", 2, 1, 1, 0, 0]
    assert well[2][3:] == [2, 1, 1, 0, 0]
    refused = [[cell.value for cell in each] for each in book["File da rimandare"].iter_rows()]
    assert refused[1][:2] == ["altro.csv", "2021Q3"]
    assert "source.yml" in refused[1][2]


def test_nothing_to_mend_makes_no_workbook(tmp_path: Path) -> None:
    layout = programme(tmp_path)
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + GOOD)
    process(layout)
    (found,) = write_returns(layout, None, None, ON)
    assert (found.partner, found.lines_n, found.path) == ("alfa", 0, None)


def test_tolerated_rules_are_not_returned(tmp_path: Path) -> None:
    tolerating = REGISTER + (
        "    tolerate:\n      - {rule: hours.range, reason: prova, by: ufficio, on: 2021-06-01}\n"
    )
    layout = programme(tmp_path, {"alfa": tolerating})
    cells = ("BBB-0002", "Cucito", "01/06/2021", "sì", "13")
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + row(*cells, "130"))
    assert [each["letter"] for each in shown(returned(layout))] == ["F"]


def test_no_partner_sees_another_ones_rows(tmp_path: Path) -> None:
    beta = REGISTER.replace("partner: alfa", "partner: beta")
    layout = programme(tmp_path, {"alfa": REGISTER, "beta": beta})
    for partner, code in (("alfa", "ALF"), ("beta", "BET")):
        cells = (f"{code}-0002", f"{code}canarino", "01/06/2021", "sì", "1", "30")
        deliver(layout, f"{partner}/2021Q2/registro.csv", HEADING + row(*cells))
    texts = {partner: pages(returned(layout, partner)) for partner in ("alfa", "beta")}
    assert "ALFcanarino" in texts["alfa"] and "BET" not in texts["alfa"]
    assert "BETcanarino" in texts["beta"] and "ALF" not in texts["beta"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_only_this_account_may_read_it(tmp_path: Path) -> None:
    layout = programme(tmp_path)
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + GOOD.replace("Cucito", "?"))
    assert stat.S_IMODE(returned(layout).stat().st_mode) == 0o600


def test_a_cell_is_never_a_formula(tmp_path: Path) -> None:
    risky = ["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "#N/A"]
    rows = [
        row(f"BBB-000{at}", "Cucito", "01/06/2021", cell, "1", "30")
        for at, cell in enumerate(risky)
    ]
    layout = programme(tmp_path)
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + "".join(rows))
    path = returned(layout)
    cells = [cell for each in lines_page(path).iter_rows(min_row=2) for cell in each]
    found = {each.value: each.data_type for each in cells if each.value in risky}
    assert found == dict.fromkeys(risky, "s")
    assert "<f>" not in pages(path)


def test_a_value_that_could_be_an_identifier_is_not_repeated() -> None:
    """The gate lets a lone number in a column of codes pass; a return does not show it again."""
    from assets.intake.single import identifier_kinds

    assert identifier_kinds("RSSMRA80A01E897G", "person_code") == ["tax_code"]
    assert identifier_kinds("+39 333 1234567", "person_code") == ["phone"]
    assert identifier_kinds("3331234567", "category_code", is_typed=True) == ["phone"]
    assert identifier_kinds("01/06/2021", "session_date", is_typed=True) == []
    assert identifier_kinds("020030", "municipality_code", is_typed=True) == []


def test_a_number_like_a_telephone_is_masked_and_a_copy_is_mended_by_its_day(
    tmp_path: Path,
) -> None:
    layout = programme(tmp_path)
    phone = row("3331234567", "Cucito", "01/06/2021", "sì", "1", "30")
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + GOOD + GOOD + phone)
    path = returned(layout)
    copy, masked = shown(path)
    assert (copy["letter"], copy["value"]) == ("C", "01/06/2021")
    assert "«Codice persona» + «Laboratorio» + «Data dell'incontro»" in str(copy["expected"])
    assert str(masked["value"]).startswith("***") and "3331234567" not in pages(path)


def test_cells_are_locked_but_for_the_answers(tmp_path: Path) -> None:
    layout = programme(tmp_path)
    cells = ("BBB-0002", "Cucito", "", "sì", "13", "30")
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + row(*cells))
    path = returned(layout)
    page = lines_page(path)
    assert page.protection.sheet and not page.protection.password
    open_cells = {
        cell.coordinate for each in page.iter_rows() for cell in each if not cell.protection.locked
    }
    # The date is missing, so it cannot be left as it is; the hours can.
    assert open_cells == {"J2", "K2", "J3", "K3", "L3"}
    book = openpyxl.load_workbook(path)
    assert {each.title: each.sheet_state for each in book.worksheets if each.title[0] == "_"} == {
        "_elenchi": "hidden",
        "_lunattiva": "hidden",
    }
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:L3")


def test_lists_and_checks_stand_in_the_cells_to_fill(tmp_path: Path) -> None:
    layout = programme(tmp_path)
    cells = ("BBB-0002", "Cucitto", "31/06/2021", "forse", "13", "130")
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + row(*cells))
    page = lines_page(returned(layout))
    checks = {str(each.sqref): each for each in page.data_validations.dataValidation}
    assert (checks["J2"].type, checks["J2"].formula1) == ("list", "_elenchi!$A$1:$A$1")
    assert (checks["J3"].type, checks["J3"].formula1) == ("date", "DATE(2021,6,1)")
    assert checks["J3"].formula2 == "DATE(2021,6,30)"
    assert checks["J4"].formula1 == "_elenchi!$B$1:$B$2"
    assert checks["J5"].formula1 == "AND(ISNUMBER(J5),J5>0,J5<=12)"  # the lower bound is open
    assert (checks["J6"].type, checks["J6"].formula1, checks["J6"].formula2) == (
        "whole",
        "0",
        "120",
    )
    assert page["J2"].number_format == "@" and page["J3"].number_format == "dd/mm/yyyy"


def test_the_same_return_is_the_same_bytes(tmp_path: Path) -> None:
    layout = programme(tmp_path)
    deliver(layout, "alfa/2021Q2/registro.csv", HEADING + GOOD.replace("Cucito", "?"))
    first = returned(layout)
    other = write_returns(layout, "alfa", tmp_path / "out", ON)[0].path
    assert other is not None and other.read_bytes() == first.read_bytes()
    again = write_returns(layout, "alfa", None, ON)[0].path
    assert again == first  # not a second file


def rule_ids(dataset: Dataset) -> set[str]:
    """Every rule that any source of a dataset could break."""
    found = {"record.removed", *(rule.rule_id for rule in dataset.row_rules)}
    for each in dataset.fields:
        found |= {
            f"{each.name}.{kind}"
            for kind in ("parse", "pattern", "required", "code_date", "exponent")
        }
        found |= {f"{each.name}.code"} if each.codes or each.codes_from else set()
        found |= {f"{each.name}.range"} if each.low is not None else set()
        found |= {f"{each.name}.format"} if each.pattern else set()
        found |= {f"{each.name}.unique", f"{each.name}.superseded"}  # any column may be a key
    found |= {f"{MAIN_DATE[dataset.name]}.{kind}" for kind in ("window", "period")}
    if dataset.name == "survey":
        found |= {"answer_value.range", "answer_code.code", "wave_code.dates"}
    return found


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_rule_has_a_question_and_an_expected_value_in_both_languages(dataset: str) -> None:
    layout = Layout(Path(__file__).resolve().parents[2], "demo")
    sources = [
        each
        for partner in layout.readable_sources.values()
        for each in partner.sources
        if each.dataset == dataset
    ]
    assert sources
    for rule in sorted(rule_ids(DATASETS[dataset])):
        for lang in ("it", "en"):
            assert rule_question(rule, lang).endswith("?"), rule
            assert rule_text(rule, lang), rule
        for source in sources:
            setting = Setting(source, layout.definition, layout.instruments)
            texts = {lang: expected_text(rule, lang, setting) for lang in ("it", "en")}
            assert texts["it"] != texts["en"], rule
            assert all(each.endswith(".") and "{" not in each for each in texts.values()), rule


def test_every_kind_of_rule_is_asked_about() -> None:
    asked = {rule.rpartition(".")[2] for each in DATASETS.values() for rule in rule_ids(each)}
    assert asked >= set(RULE_KINDS)


def test_answers_are_asked_for_in_the_words_of_the_form() -> None:
    layout = Layout(Path(__file__).resolve().parents[2], "demo")
    source = layout.readable_sources["comune"].sources[0]
    setting = Setting(source, layout.definition, layout.instruments, item="bscs_1")
    found = expected("answer_code.code", setting)
    assert found.kind == "list" and "D'accordo" in found.choices and len(found.choices) == 5


@pytest.mark.parametrize(
    ("pattern", "form"),
    [
        (r"\A[A-Z]{3}-[0-9]{4}\Z", "AAA-0000"),
        ("[A-Z]{3}-[0-9]{4}", "AAA-0000"),
        (r"\ANUC-[0-9]{3}\Z", "NUC-000"),
        (r"\A[0-9]{6}\Z", "000000"),
        (r"\A[A-Za-z0-9][A-Za-z0-9_./-]{0,39}\Z", None),
        (r"P\d{1,3}", None),
    ],
)
def test_a_plain_pattern_is_shown_as_a_form(pattern: str, form: str | None) -> None:
    assert shape(pattern) == form


def test_the_next_step_names_a_programme_that_is_not_the_usual_one() -> None:
    from pipelines.messages import say

    for lang, office in (("it", "UFFICIO"), ("en", "OFFICE")):
        said = say("returns.next", lang, option=" --programme prova")
        assert said.endswith(f"lunattiva correct FILE --by {office} --programme prova")
