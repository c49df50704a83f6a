"""What an xlsx holds beside its cells: failed formulas are no blanks, comments are no hiding place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from assets.errors import DeliveryRefused
from assets.intake.readers import read_contents
from assets.intake.room import read_programme
from assets.sorting.sort import sort_programme
from schemas.reader import Reader
from tests.intake_sample import REGISTER, deliver, programme, workbook

#: The worked example of the Agenzia delle Entrate, as in the tests of python-stdnum.
CANARY = "QQQZZZ70H15E897Q"
HEADINGS = ["Codice", "Laboratorio", "Data", "Presente", "Ore", "Età", "Note"]
GOOD = ["AAA-0001", "Cucito", "01/07/2021", "sì", 2, 30, None]


def register(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """Return a register of two rows, changed."""
    book = openpyxl.load_workbook(
        io.BytesIO(workbook({"Dati": [HEADINGS, GOOD, ["AAA-0002", *GOOD[1:]]]}))
    )
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fail(book: openpyxl.Workbook) -> None:
    sheet = book["Dati"]
    for place, text in (("E2", "#N/A"), ("C3", "#REF!")):
        sheet[place].value = text
        sheet[place].data_type = "e"
    sheet["F2"] = "=2022-1992"  # never calculated: openpyxl writes no result


def test_failed_and_uncalculated_formulas_are_shown_not_blank() -> None:
    sheet = read_contents(register(fail), "a.xlsx", Reader()).sheet
    assert sheet.row(2)[4:6] == ["#N/A", "#CALC!"]
    assert sheet.row(3)[2] == "#REF!"


def test_a_failed_formula_is_a_cell_that_cannot_be_read(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": REGISTER.replace("format: csv", "format: xlsx")})
    deliver(layout, "alfa/2021Q3/registro.xlsx", register(fail))
    found = sort_programme(layout, read_programme(layout))["sorting_reasons"]
    told = found[["row_number", "column_letter", "rule", "cost"]].to_dict("split")["data"]
    assert told == [
        [2, "E", "hours.parse", "cell"],
        [2, "F", "age_years.parse", "cell"],
        [3, "C", "session_date.parse", "row"],
    ]


def test_a_formula_that_gives_an_empty_text_is_blank() -> None:
    data = register(lambda book: book["Dati"].__setitem__("G2", '=""'))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    part = "xl/worksheets/sheet1.xml"
    assert b'<c r="G2"><f>' in parts[part]
    parts[part] = parts[part].replace(b'<c r="G2"><f>', b'<c r="G2" t="str"><f>')
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    assert read_contents(stream.getvalue(), "a.xlsx", Reader()).sheet.row(2)[6] == ""


def in_comment(book: openpyxl.Workbook) -> None:
    book["Dati"]["B2"].comment = Comment(f"vedi {CANARY}", "segreteria")


def in_properties(book: openpyxl.Workbook) -> None:
    book.properties.title = CANARY


def in_footer(book: openpyxl.Workbook) -> None:
    book["Dati"].oddFooter.center.text = "tel. 3331234567"


def in_sheet_name(book: openpyxl.Workbook) -> None:
    book.create_sheet(CANARY)


def in_range_name(book: openpyxl.Workbook) -> None:
    book.defined_names.add(DefinedName(f"n_{CANARY}", attr_text="Dati!$A$1"))


def in_hint(book: openpyxl.Workbook) -> None:
    rule = DataValidation(type="list", formula1='"a,b"', promptTitle="?", prompt=f"vedi {CANARY}")
    book["Dati"].add_data_validation(rule)
    rule.add("B2")


def in_filter(book: openpyxl.Workbook) -> None:
    book["Dati"].auto_filter.ref = "A1:B3"
    book["Dati"].auto_filter.add_filter_column(1, [CANARY])


def in_condition(book: openpyxl.Workbook) -> None:
    rule = CellIsRule(operator="equal", formula=[f'"{CANARY}"'])
    book["Dati"].conditional_formatting.add("B2:B3", rule)


def in_number_format(book: openpyxl.Workbook) -> None:
    book["Dati"]["B2"].number_format = f'"{CANARY}" 0'


def in_link(book: openpyxl.Workbook) -> None:
    book["Dati"]["B2"].hyperlink = "mailto:anna.verdi@example.org"


def in_formula(book: openpyxl.Workbook) -> None:
    book["Dati"]["G2"] = f'=LEN("{CANARY}")'


@pytest.mark.parametrize(
    "hide",
    [
        in_comment,
        in_properties,
        in_footer,
        in_sheet_name,
        in_range_name,
        in_hint,
        in_filter,
        in_condition,
        in_number_format,
        in_link,
        in_formula,
    ],
)
def test_identifiers_outside_cells_stop_the_file(
    tmp_path: Path, hide: Callable[[openpyxl.Workbook], None]
) -> None:
    layout = programme(tmp_path, {"alfa": REGISTER.replace("format: csv", "format: xlsx")})
    deliver(layout, "alfa/2021Q3/registro.xlsx", register(hide))
    made = read_programme(layout)["intake_deliveries"].iloc[0]
    assert made["refusal_code"] == "identifiers"
    assert CANARY not in made.to_string()
    assert not layout.vault.exists() or not list(layout.vault.iterdir())


def test_who_saved_the_file_may_sign_with_an_address_and_comments_may_speak(tmp_path: Path) -> None:
    def harmless(book: openpyxl.Workbook) -> None:
        book.properties.creator = "segreteria@example.org"
        book["Dati"]["B2"].comment = Comment("recuperato a settembre", "segreteria")

    layout = programme(tmp_path, {"alfa": REGISTER.replace("format: csv", "format: xlsx")})
    deliver(layout, "alfa/2021Q3/registro.xlsx", register(harmless))
    assert read_programme(layout)["intake_deliveries"]["state"].tolist() == ["in_use"]


def test_a_letter_with_a_tax_code_is_not_kept(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("word/document.xml", f"<w:t>Gentile {CANARY}</w:t>")
    layout = programme(tmp_path)
    deliver(layout, "alfa/2021Q3/lettera.docx", stream.getvalue())
    found = read_programme(layout)["intake_deliveries"]
    assert found["refusal_code"].tolist() == ["identifiers"]


def test_names_of_many_sheets_are_not_told() -> None:
    data = workbook({f"Persona {number}": [["A"], ["1"]] for number in range(9)})
    with pytest.raises(DeliveryRefused) as caught:
        read_contents(data, "a.xlsx", Reader(sheet="Dati"))
    assert caught.value.values["known"] == "9"
    assert "Persona" not in str(caught.value)


def test_formatted_but_empty_rows_below_are_no_rows_and_a_zero_is_one() -> None:
    data = workbook({"Dati": [["A", "B"], ["x", 1], [0, 0], [" ", None], [" ", None]]})
    assert read_contents(data, "a.xlsx", Reader()).sheet.rows_n == 3
