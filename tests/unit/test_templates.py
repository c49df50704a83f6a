"""Empty forms: what is locked, listed and checked; that filled they come back; that tools accept them."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest

from assets.layout import REPOSITORY, Layout
from assets.outputs.templates.columns import asked_of, left_out
from assets.outputs.templates.paper import questionnaire_pdf, register_pdf
from assets.outputs.templates.standard import standard_source
from assets.outputs.templates.workbook import how, template_workbook
from assets.outputs.templates.xlsform import SOURCE_FIELD, survey_form
from pipelines.templates import _filled_out, expected_name, find_source, write_templates
from schemas.datasets import DATASETS
from schemas.fields import FIELDS
from schemas.instruments import shipped

LAYOUT = Layout(REPOSITORY, "demo")
SOURCES = {
    source.source: source
    for partner in LAYOUT.readable_sources.values()
    for source in partner.sources
}
NAMES = [*SOURCES, *DATASETS]


def source_named(name):
    return find_source(LAYOUT, name)


def made(name):
    source = source_named(name)
    asked = asked_of(source, LAYOUT.definition, LAYOUT.instruments)
    data = template_workbook(source, asked, expected_name(source))
    return source, asked, openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("name", NAMES)
def test_headings_stand_where_the_source_reads_them_and_are_locked(name):
    source, asked, book = made(name)
    sheet = book[source.reader.sheet or "Dati"]
    row = source.reader.header_row or 1
    cells = [cell for cell in sheet[row] if cell.value is not None]
    assert [cell.value for cell in cells] == [each.heading for each in asked]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert all(cell.protection.locked for cell in cells)
    for cell in cells:
        assert not sheet.column_dimensions[cell.column_letter].protection.locked
    mapped = [column for column in source.columns.values() if column.value is None]
    assert len(asked) >= len(mapped)


@pytest.mark.parametrize("name", NAMES)
def test_each_closed_column_has_its_list_and_each_number_and_date_its_check(name):
    source, asked, book = made(name)
    sheet = book[source.reader.sheet or "Dati"]
    row = (source.reader.header_row or 1) + 1
    checks = {}
    for check in sheet.data_validations.dataValidation:
        for area in str(check.sqref).split():
            checks[area.split(":")[0]] = check
    for position, each in enumerate(asked, start=1):
        check = checks[f"{openpyxl.utils.get_column_letter(position)}{row}"]
        if each.choices:
            assert check.type == "list"
            place, area = check.formula1.split("!")
            words = [cell.value for (cell,) in book[place][area.replace("$", "")]]
            assert words == list(each.choices)
            assert check.showErrorMessage
        else:
            kinds = {"date": "date", "integer": "whole", "number": "decimal"}
            assert check.type == kinds.get(each.kind, "textLength")
    assert book["Elenchi"].sheet_state == "hidden" if "Elenchi" in book else True


def test_a_template_is_the_same_bytes_each_time():
    source = SOURCES["registro_laboratori"]
    asked = asked_of(source, LAYOUT.definition, LAYOUT.instruments)
    first, second = (template_workbook(source, asked, "x.xlsx") for _ in range(2))
    assert first == second


def test_the_guide_explains_every_column_in_both_languages():
    _, asked, book = made("registro_laboratori")
    text = "\n".join(
        str(cell.value) for row in book["Guida"].iter_rows() for cell in row if cell.value
    )
    for each in asked:
        assert each.heading in text
        assert each.meaning.it in text
        assert each.meaning.en in text
        assert how(each, "it") in text


def test_a_pattern_is_explained_without_regular_expressions():
    source = SOURCES["registro_laboratori"]
    asked = asked_of(source, LAYOUT.definition, LAYOUT.instruments)
    person = next(each for each in asked if each.name == "person_code")
    assert how(person, "it") == "Un codice della forma AAA-0000"


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_standard_form_asks_all_that_is_required(dataset):
    source = standard_source(dataset, LAYOUT.definition, LAYOUT.instruments)
    by_itself = {"item_code", "contact_n"}
    assert set(DATASETS[dataset].required) - by_itself <= set(source.columns)


def test_a_question_whose_options_are_known_to_the_tool_alone_is_told():
    assert left_out(SOURCES["questionario_limesurvey"]) == ["found_here"]


@pytest.mark.parametrize("name", ["questionario_google", "questionario_limesurvey", "survey"])
def test_the_survey_form_is_accepted_and_keeps_the_order_of_the_instrument(name, tmp_path):
    pyxform = pytest.importorskip("pyxform.xls2xform")
    source = source_named(name)
    asked = asked_of(source, LAYOUT.definition, LAYOUT.instruments)
    data = survey_form(source, asked, LAYOUT.definition, LAYOUT.instruments)
    path = tmp_path / "form.xlsx"
    path.write_bytes(data)
    accepted = pyxform.convert(xlsform=path, validate=False)
    assert not [each for each in accepted.warnings if "language" in each.lower()]
    assert f"demo/{source.source}" in accepted.xform
    rows = list(openpyxl.load_workbook(path)["survey"].iter_rows(min_row=2, values_only=True))
    names = [row[1] for row in rows]
    assert names[0] == SOURCE_FIELD
    for instrument in ("who5", "bscs"):
        order = [each for each in names if str(each).startswith(f"{instrument}_")]
        assert order == shipped()[instrument].item_codes
        assert names[names.index(order[0]) - 1] == instrument


def test_answers_of_the_survey_form_are_the_codes_of_the_scale():
    source = SOURCES["questionario_google"]
    asked = asked_of(source, LAYOUT.definition, LAYOUT.instruments)
    data = survey_form(source, asked, LAYOUT.definition, LAYOUT.instruments)
    rows = openpyxl.load_workbook(io.BytesIO(data))["choices"].iter_rows(
        min_row=2, values_only=True
    )
    choices = [(row[0], row[1], row[2]) for row in rows]
    # Topp et al. 2015: all of the time = 5 ... at no time = 0
    assert [code for name, code, _ in choices if name == "who5_list"] == list("543210")
    assert ("who5_list", "5", "sempre") in choices


def text_of(pdf, tmp_path):
    import shutil
    import subprocess

    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf)
    found = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return found.stdout.decode()


@pytest.mark.parametrize("lang", ["it", "en"])
def test_paper_asks_for_codes_and_never_for_names(lang, tmp_path):
    source = SOURCES["presenze"]
    asked = asked_of(source, LAYOUT.definition, LAYOUT.instruments)
    pdf = register_pdf(source, asked, LAYOUT.definition, lang)
    assert pdf == register_pdf(source, asked, LAYOUT.definition, lang)
    text = text_of(pdf, tmp_path)
    person = next(each for each in asked if each.name == "person_code")
    assert (person.heading if lang == "it" else FIELDS["person_code"].label.en) in text
    for word in ("Cognome", "Surname", "Telefono", "Firma\n"):
        assert word not in text


def test_the_questionnaire_shows_every_item_and_its_licence(tmp_path):
    source = SOURCES["questionario_google"]
    asked = asked_of(source, LAYOUT.definition, LAYOUT.instruments)
    pdf = questionnaire_pdf(source, asked, LAYOUT.definition, LAYOUT.instruments, "it")
    words = set(text_of(pdf, tmp_path).split())
    for each in asked:
        if each.instrument:
            assert set(each.meaning.it.split()) <= words, each.name
    assert "10.1159/000376585" in " ".join(words)


def filled_in(name, tmp_path):
    """Fill one row of a template the way a partner would; the values are the first allowed."""
    source, asked, book = made(name)
    sheet = book[source.reader.sheet or "Dati"]
    row = (source.reader.header_row or 1) + 1
    for position, each in enumerate(asked, start=1):
        sheet.cell(row, position).value = _a_value(each)
    folder = tmp_path / "filled"
    folder.mkdir()
    path = folder / expected_name(source).replace("PERIODO", "2022Q1")
    book.save(path)
    return source, asked, path


def _a_value(each):
    if each.choices:
        return next(iter(each.choices))
    if each.kind == "date":
        return datetime(2022, 2, 3)
    if each.kind in ("integer", "number"):
        return {"birth_year": 1980, "age_years": 40}.get(each.name, 2)
    return {
        "person_code": "ABC-0001",
        "household_code": "NUC-001",
        "municipality_code": "020030",
    }.get(each.name, "R-1")


@pytest.mark.parametrize(
    "name", [each for each in NAMES if source_named(each).reader.format != "csv"]
)
def test_a_filled_template_is_read_as_its_source_says(name, tmp_path):
    from assets.intake.headings import resolve, wanted_of
    from assets.intake.readers import read_contents
    from assets.intake.table import find_table

    source, asked, path = filled_in(name, tmp_path)
    contents = read_contents(path.read_bytes(), path.name, source.reader)
    table = find_table(contents.sheet, source.reader, wanted_of(source))
    assert len(table.row_numbers) == 1
    mapping = resolve(table.headings, table.filled, source, table.header_rows)
    assert {place.name for place in mapping.places()} == {each.name for each in asked}


def test_files_are_written_under_names_the_source_expects(tmp_path):
    written = write_templates(LAYOUT, "registro_laboratori", tmp_path)
    assert [kind for kind, _ in written.files] == ["workbook", "register", "register"]
    assert all(path.is_file() for _, path in written.files)
    assert written.files[0][1].name == "registro_laboratori_PERIODO.xlsx"


def test_a_source_of_our_own_form_is_asked_all_that_the_form_asks():
    source = standard_source("survey", LAYOUT.definition, LAYOUT.instruments)
    bare = source.model_copy(update={"source": "modulo", "questions": [], "columns": {}})
    full = _filled_out(bare, LAYOUT)
    assert full.source == "modulo"
    assert full.questions == source.questions
    assert full.columns == source.columns
