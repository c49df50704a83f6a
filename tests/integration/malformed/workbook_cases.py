"""Odd workbooks, each with every cell it must be read to, or why and where it is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlwt
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table

from tests.integration.malformed import workbook_files as make

Rows = list[list[str]]


@dataclass(frozen=True)
class Case:
    """A file and what it must come to: ``cells`` of the whole sheet, or ``refused`` (code, values)."""

    name: str
    file: str
    data: Callable[[], bytes]
    cells: Rows | None = None
    refused: tuple[str, dict[str, str]] | None = None
    format: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    noted: tuple[str, ...] = ()
    long_numbers: dict[int, tuple[int, ...]] = field(default_factory=dict)


def cell(place: str, value: Any, kind: str = "", style: int = 0) -> str:
    said = f' t="{kind}"' if kind else ""
    return f'<c r="{place}" s="{style}"{said}><v>{value}</v></c>'


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def row(number: int, *cells: str, more: str = "") -> str:
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


def one(content: str, **options: Any) -> Callable[[], bytes]:
    return lambda: make.xlsx(row(1, content), **options)


def rows(*content: str, **options: Any) -> Callable[[], bytes]:
    return lambda: make.xlsx("".join(content), **options)


def dates_1900(style: int, *serials: str) -> Callable[[], bytes]:
    cells = (cell(f"{chr(65 + at)}1", each, style=style) for at, each in enumerate(serials))
    return rows(row(1, *cells))


def table_with_totals(book: openpyxl.Workbook) -> None:
    sheet = book.active
    for each in (["Mese", "Ore"], ["gen", 2], ["feb", 3], ["Totale", 5]):
        sheet.append(each)
    table = Table(displayName="Ore", ref="A1:B4")
    table.totalsRowCount = 1
    sheet.add_table(table)


def hidden_parts(book: openpyxl.Workbook) -> None:
    sheet = book.active
    for each in (["A", "B", "C"], [1, 2, 3], [4, 5, 6]):
        sheet.append(each)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True


def hidden_sheets(book: openpyxl.Workbook) -> None:
    book.active.append(["A"])
    for name, state in (("Nascosto", "hidden"), ("Segreto", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet.append(["x"])
        sheet.sheet_state = state


def only_hidden(book: openpyxl.Workbook) -> None:
    sheet = book.create_sheet("Dati")
    sheet.append(["A"])
    sheet.sheet_state = "hidden"


def chart_first(book: openpyxl.Workbook) -> None:
    book.create_chartsheet("Grafico", 0)
    book.active = 1
    book["Foglio1"].append(["A", "B"])


def merged_headings(book: openpyxl.Workbook) -> None:
    sheet = book.active
    for each in (["Anno 2022", None, "Note"], ["M", "F", None], [1, 2, "x"]):
        sheet.append(each)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:C2")


def formatted_to_the_end(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.append(["A", "B"])
    sheet.append([1, 2])
    for number in (500, 1_048_576):
        sheet.cell(number, 30).number_format = "0.00"


def linked_and_noted(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.append(["A", "B"])
    sheet["A1"].comment = Comment("vedi anche il 2021", "segreteria")
    sheet["B1"].hyperlink = "https://example.org"
    sheet.oddFooter.center.text = "pagina"


def typed(book: openpyxl.Workbook) -> None:
    book.active.append(
        ["007", "020030", 46100, 46100.0, 0.5, -3, 1e-7, True, False, None, dt.date(2022, 3, 1)]
    )


def many_values_xls(book: xlwt.Workbook, sheet: Any) -> None:
    date, moment, clock, length = (
        xlwt.easyxf(num_format_str=each)
        for each in ("DD/MM/YYYY", "DD/MM/YYYY HH:MM", "HH:MM", "[h]:mm")
    )
    cells = [("007",), (46100,), (1.5,), (True,), (dt.date(2021, 6, 1), date)]
    cells += [(dt.datetime(2021, 6, 1, 14, 30), moment), (dt.time(9, 30), clock)]
    cells += [(26 / 24, length), (60, date), (-1, date), ("a\nb",), (44348,)]
    for at, each in enumerate(cells):
        sheet.write(1, at + 1, *each)


def failed_xls(book: xlwt.Workbook, sheet: Any) -> None:
    codes = (0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A)
    for at, code in enumerate(codes):
        sheet.row(0).set_cell_error(at, code)
    sheet.write(1, 0, "x")


def merged_xls(book: xlwt.Workbook, sheet: Any) -> None:
    sheet.write_merge(0, 0, 0, 1, "Anno")
    sheet.write(1, 0, 1)
    sheet.write(1, 1, "x")
    sheet.row(2).hidden = True
    sheet.write(2, 0, 2)
    book.add_sheet("Nascosto").visibility = 1


def formulas_xls(book: xlwt.Workbook, sheet: Any) -> None:
    sheet.write(0, 0, "Somma")
    sheet.write(0, 1, xlwt.Formula("1+1"))


def encrypted_ole() -> bytes:
    return (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(600)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(600)
    )


def encrypted_zip() -> bytes:
    data = bytearray(make.zipped({"dati.csv": "A;B\n1;2\n"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def without_part(name: str) -> Callable[[], bytes]:
    def made() -> bytes:
        parts = make.unzipped(make.made_by_openpyxl(typed))
        return make.zipped({key: value for key, value in parts.items() if key != name})

    return made


def lying_size() -> bytes:
    """Return an xlsx whose directory says that a part of a megabyte has ten bytes."""
    data = bytearray(make.xlsx(row(1, text("A1", "x" * 1_000_000))))
    at = data.rindex(
        b"PK\x01\x02", 0, data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02"))
    )
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


def csv_text(delimiter: str = ";") -> bytes:
    return f"Età{delimiter}Ore\n030{delimiter}1\n".encode()


P = "<text:p>{}</text:p>".format
XLSX = [
    Case("typed values as text", "a.xlsx", lambda: make.made_by_openpyxl(typed), [
        ["007", "020030", "46100", "46100", "0.5", "-3", "0.0000001", "TRUE", "FALSE", "", "2022-03-01"]]),
    Case("leading blank rows and columns", "a.xlsx", rows(row(4, cell("C4", 7))), [
        ["", "", ""], ["", "", ""], ["", "", ""], ["", "", "7"]]),
    Case("cells without references", "a.xlsx", lambda: make.xlsx(
        "<row><c><v>1</v></c><c/><c t='e'><v>#N/A</v></c></row><row><c/><c><f>1+1</f></c></row>"),
        [["1", "", "#N/A"], ["", "#CALC!", ""]]),
    Case("cells and rows out of order", "a.xlsx", rows(row(3, cell("B3", 1), cell("A3", 2)), row(1, cell("B1", 3))), [
        ["", "3"], ["", ""], ["2", "1"]]),
    Case("strict OOXML", "a.xlsx", one(cell("A1", 44621, style=1), main=make.STRICT_MAIN, links=make.STRICT_LINKS), [["2022-03-01"]]),
    Case("strict dates", "a.xlsx", rows(row(1, cell("A1", "2021-06-01", "d"), cell("B1", "2021-06-01T10:00:00", "d"))), [
        ["2021-06-01", "2021-06-01 10:00:00"]]),
    Case("prefixed names", "a.xlsx", lambda: make.xlsx("", sheet=(
        f'<x:worksheet xmlns:x="{make.MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>3</x:v></x:c>'
        '<x:c r="B1" t="e"><x:v>#REF!</x:v></x:c><x:c r="C1"><x:f>1+1</x:f></x:c></x:row>'
        "</x:sheetData></x:worksheet>")), [["3", "#REF!", "#CALC!"]]),
    Case("absolute target", "a.xlsx", one(cell("A1", "#N/A", "e"), target="/xl/worksheets/sheet1.xml"), [["#N/A"]]),
    Case("part elsewhere", "a.xlsx", one(cell("A1", "#N/A", "e"), part="xl/fogli/uno.xml", target="fogli/uno.xml"), [["#N/A"]]),
    Case("all errors", "a.xlsx", rows(row(1, *(cell(f"{chr(65 + at)}1", each, "e") for at, each in enumerate(
        ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#ERROR!"))))), [
        ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#ERROR!"]]),
    Case("an error that older Excels do not know", "a.xlsx", one(cell("A1", 1) + cell("B1", "#CALC!", "e")), [["1", "#CALC!"]]),
    Case("errors in the last, else blank row and column", "a.xlsx", rows(row(1, cell("A1", 1)), row(3, cell("C3", "#N/A", "e"))), [
        ["1", "", ""], ["", "", ""], ["", "", "#N/A"]]),
    Case("formulas: result, error, none, empty text", "a.xlsx", rows(row(1,
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C1"><f>1+1</f></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1" t="str"><f>"a"</f><v>a</v></c><c r="F1"><f t="shared" si="0"/></c>'
        '<c r="G1" t="b"><f>TRUE()</f><v>1</v></c><c r="H1"><f>1+1</f><v></v></c>')), [
        ["2", "#DIV/0!", "#CALC!", "", "a", "#CALC!", "TRUE", "#CALC!"]]),
    Case("formula with a comment in the XML", "a.xlsx", rows("<!-- x -->", row(1, '<c r="A1"><f>1+1</f></c>')), [["#CALC!"]]),
    Case("dates of 1900", "a.xlsx", dates_1900(1, "1", "59", "60", "61", "44621", "44621.5", "0.5", "-1", "2958465"), [
        ["1900-01-01", "1900-02-28", "60", "1900-03-01", "2022-03-01", "2022-03-01 12:00:00", "12:00:00", "-1", "9999-12-31"]]),
    Case("the 28 and 29 February 1900 behind a formula", "a.xlsx", rows(row(1,
        '<c r="A1" s="1"><f>59</f><v>59</v></c><c r="B1" s="1"><f>59+1</f><v>60</v></c><c r="C1"><v>60</v></c>')), [
        ["1900-02-28", "60", "60"]]),
    Case("dates of 1904", "a.xlsx", one(cell("A1", 42886, style=1) + cell("B1", 44621), book='<workbookPr date1904="1"/>'), [["2021-06-01", "44621"]]),
    Case("Excel serials stay numbers", "a.xlsx", rows(row(1, cell("A1", 44621), cell("B1", "44621.25"))), [["44621", "44621.25"]]),
    Case("times and durations", "a.xlsx", rows(row(1, cell("A1", "0.395833333333333", style=4), cell("B1", "1.08333333333333", style=3),
        cell("C1", 0, style=4), cell("D1", "-0.25", style=3), cell("E1", "44348.6041666667", style=2))), [
        ["09:30:00", "26:00:00", "00:00:00", "-06:00:00", "2021-06-01 14:30:00"]]),
    Case("percentages keep the stored value", "a.xlsx", one(cell("A1", "0.25", style=5)), [["0.25"]]),
    Case("long numbers are marked", "a.xlsx", rows(row(1, cell("A1", "999999999999999"), cell("B1", "1234567890123450"), cell("C1", "1E+15"))), [
        ["999999999999999", "1234567890123450", "1000000000000000"]], noted=("numbers.long", "numbers.long"), long_numbers={1: (1,), 2: (1,)}),
    Case("numbers of no size", "a.xlsx", rows(row(1, cell("A1", "1e400"), cell("B1", "1E-7"), cell("C1", "1E+40"))), [
        ["#NUM!", "0.0000001", "1e+40"]], noted=("numbers.long", "numbers.long"), long_numbers={0: (1,), 2: (1,)}),
    Case("numbers written as text", "a.xlsx", one(text("A1", "007") + text("B1", "1,5") + text("C1", "1E5") + cell("D1", "020030", "str", 6)), [
        ["007", "1,5", "1E5", "020030"]]),
    Case("words that are no blanks", "a.xlsx", one("".join(text(f"{chr(65 + at)}1", each) for at, each in enumerate(("NA", "None", "null", "nan", "-", "#N/D")))), [
        ["NA", "None", "null", "nan", "-", "#N/D"]]),
    Case("rich text without its reading aid", "a.xlsx", one(cell("A1", 0, "s") + cell("B1", 1, "s"), shared=(
        '<si><r><t>ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">cco </t></r></si><si><t>kanji</t><rPh sb="0" eb="1"><t>kana</t></rPh></si>')), [
        ["ricco ", "kanji"]]),
    Case("line breaks, spaces and escapes", "a.xlsx", one(text("A1", "a\nb") + text("B1", "  x ") + text("C1", "a &amp; &lt;b&gt;") + cell("D1", 0, "s"), shared=(
        '<si><t xml:space="preserve">a_x000D_\nb</t></si>')), [["a\nb", "  x ", "a & <b>", "a\r\nb"]]),
    Case("a cell of blanks at the end is no row", "a.xlsx", rows(row(1, cell("A1", 0)), row(2, text("A2", "  "))), [["0"]]),
    Case("formatted but empty up to the last row", "a.xlsx", lambda: make.made_by_openpyxl(formatted_to_the_end), [["A", "B"], ["1", "2"]]),
    Case("a stray cell far away", "a.xlsx", rows(row(1, cell("A1", 1)), row(1048576, cell("XFD1048576", 1))),
        refused=("sheet.too_large", {"sheet": "Foglio1", "cell": "XFD1048576"})),
    Case("a stray cell far away, oddly spelt", "a.xlsx", rows(row(1, cell("A1", 1)), "<row r='1048576'><c r = 'XFD1048576' ><v>1</v></c></row>"),
        refused=("sheet.too_large", {"sheet": "Foglio1", "cell": "XFD1048576"})),
    Case("a column that no sheet has", "a.xlsx", rows('<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>'), refused=("sheet.too_large", {"sheet": "Foglio1"})),
    Case("more shared texts announced than there are", "a.xlsx", lambda: make.zipped({**make.unzipped(make.xlsx(row(1, cell("A1", 0, "s")), shared="<si><t>x</t></si>")),
        "xl/sharedStrings.xml": f'<sst xmlns="{make.MAIN}" uniqueCount="4294967295"><si><t>x</t></si></sst>'}), refused=("file.unreadable", {"format": "xlsx"})),
    Case("hidden rows and columns are read and told", "a.xlsx", lambda: make.made_by_openpyxl(hidden_parts), [
        ["A", "B", "C"], ["1", "2", "3"], ["4", "5", "6"]], noted=("rows.hidden", "columns.hidden")),
    Case("hidden sheets are kept aside", "a.xlsx", lambda: make.made_by_openpyxl(hidden_sheets), [["A"]],
        others=(("Nascosto", "hidden"), ("Segreto", "very_hidden"))),
    Case("only hidden sheets", "a.xlsx", lambda: make.made_by_openpyxl(only_hidden), refused=("sheet.all_hidden", {})),
    Case("a chart sheet before the data", "a.xlsx", lambda: make.made_by_openpyxl(chart_first), [["A", "B"]]),
    Case("merged headings", "a.xlsx", lambda: make.made_by_openpyxl(merged_headings), [
        ["Anno 2022", "", "Note"], ["M", "F", ""], ["1", "2", "x"]], merged=((1, 1, 0, 1), (1, 2, 2, 2))),
    Case("an Excel table's totals", "a.xlsx", lambda: make.made_by_openpyxl(table_with_totals), [
        ["Mese", "Ore"], ["gen", "2"], ["feb", "3"], ["Totale", "5"]], noted=("rows.totals",)),
    Case("comments, links and footers", "a.xlsx", lambda: make.made_by_openpyxl(linked_and_noted), [["A", "B"]]),
    Case("a text of no shared string", "a.xlsx", one(cell("A1", 7, "s"), shared="<si><t>x</t></si>"), refused=("file.unreadable", {"format": "xlsx"})),
    Case("no data", "a.xlsx", rows(""), refused=("file.empty", {})),
    Case("no sheets", "a.xlsx", lambda: make.zipped({**make.unzipped(make.xlsx("")), "xl/workbook.xml": f'<workbook xmlns="{make.MAIN}"><sheets/></workbook>'}),
        refused=("file.no_sheets", {})),
    Case("broken XML", "a.xlsx", lambda: make.xlsx("", sheet="<worksheet><sheetData><row"), refused=("file.unreadable", {"format": "xlsx"})),
    Case("parts named in other cases", "a.xlsx", one(cell("A1", "#N/A", "e"), part="xl/Worksheets/Sheet1.xml"), [["#N/A"]]),
    Case("no workbook part", "a.xlsx", without_part("xl/workbook.xml"), refused=("file.unreadable", {"format": "xlsx"})),
    Case("no sheet part", "a.xlsx", without_part("xl/worksheets/sheet1.xml"), refused=("file.unreadable", {"format": "xlsx"})),
    Case("a size that is a lie", "a.xlsx", lying_size, refused=("file.unreadable", {"format": "xlsx"})),
    Case("a password", "a.xlsx", encrypted_ole, refused=("file.password", {})),
    Case("macros are not run", "a.xlsm", lambda: make.zipped({**make.unzipped(make.xlsx(row(1, cell("A1", 1)))),
        "[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
        "xl/vbaProject.bin": b"Attribute VB_Name"}), [["1"]], format="xlsm"),
]  # fmt: skip

XLS = [
    Case("xls: values", "a.xls", lambda: make.xls(many_values_xls), [
        [""] * 13,
        ["", "007", "46100", "1.5", "TRUE", "2021-06-01", "2021-06-01 14:30:00", "09:30:00", "26:00:00", "60", "-1", "a\nb", "44348"]]),
    Case("xls: dates of 1904", "a.xls", lambda: make.xls(
        lambda _, sheet: sheet.write(0, 0, 42886, xlwt.easyxf(num_format_str="DD/MM/YYYY")), dates_1904=True), [["2021-06-01"]]),
    Case("xls: errors", "a.xls", lambda: make.xls(failed_xls), [
        ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"], ["x", "", "", "", "", "", ""]]),
    Case("xls: merged, hidden", "a.xls", lambda: make.xls(merged_xls), [["Anno", ""], ["1", "x"], ["2", ""]],
        merged=((1, 1, 0, 1),), others=(("Nascosto", "hidden"),), noted=("rows.hidden",)),
    Case("xls: formulas never calculated", "a.xls", lambda: make.xls(formulas_xls), [["Somma", "#CALC!"]]),
    Case("xls: a password", "a.xls", lambda: make.xls(many_values_xls).replace(b"\x42\x00\x02\x00\xb0\x04", b"\x2f\x00\x02\x00\xb0\x04"),
        refused=("file.password", {})),
    Case("xls: cut in two", "a.xls", lambda: make.xls(many_values_xls)[:2000], refused=("file.unreadable", {"format": "xls"})),
    Case("xls: only its first bytes", "a.xls", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500), refused=("file.unreadable", {"format": "xls"})),
    Case("xls that is an xlsx", "a.xls", one(cell("A1", 5)), [["5"]], format="xlsx", noted=("file.other_suffix",)),
    Case("xls that is a csv", "a.xls", csv_text, [["Età", "Ore"], ["030", "1"]], format="csv", noted=("file.other_suffix",)),
    Case("xls that is a page", "a.xls", lambda: b"\xef\xbb\xbf<html><body><table><tr><td>1</td></tr></table></body></html>",
        refused=("file.other_format", {"found": "an HTML page, whatever its name"})),
    Case("xls that is Excel 2003 XML", "a.xls", lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
        refused=("file.other_format", {"found": "an Excel 2003 XML spreadsheet"})),
]  # fmt: skip

ODS = [
    Case("ods: values", "a.ods", lambda: make.ods(make.ods_row(
        make.ods_cell("string", P("007")), make.ods_cell("float", P("46.100"), value="46100"), make.ods_cell("percentage", value="0.25"),
        make.ods_cell("currency", value="12.5"), make.ods_cell("date", date_value="2021-06-01"), make.ods_cell("date", date_value="2021-06-01T14:30:00"),
        make.ods_cell("time", time_value="PT26H00M00S"), make.ods_cell("boolean", P("VERO"), boolean_value="true"), make.ods_cell("float", P("FALSO"), value="0"))), [
        ["007", "46100", "0.25", "12.5", "2021-06-01", "2021-06-01 14:30:00", "26:00:00", "TRUE", "FALSE"]]),
    Case("ods: errors", "a.ods", lambda: make.ods(make.ods_row(
        make.ods_cell("string", P("#N/A"), string_value="", calcext__value_type="error"), make.ods_cell("string", P("Err:502"), string_value="", calcext__value_type="error"),
        make.ods_cell("float", P("#DIV/0!"), value="0", table__formula="of:=1/0"), make.ods_cell("", "", table__formula="of:=1+1"),
        make.ods_cell("", P(""), table__formula="of:=&quot;&quot;"), make.ods_cell("string", P("#1")))), [["#N/A", "#VALUE!", "#DIV/0!", "#CALC!", "", "#1"]]),
    Case("ods: repeated cells and rows", "a.ods", lambda: make.ods(
        make.ods_row(make.ods_cell(table__number_columns_repeated="1024"), number_rows_repeated="2")
        + make.ods_row(make.ods_cell(), make.ods_cell("float", value="1", table__number_columns_repeated="2"), make.ods_cell(table__number_columns_repeated="900"), number_rows_repeated="2")
        + make.ods_row(make.ods_cell(table__number_columns_repeated="1024"), number_rows_repeated="1048572")), [
        ["", "", ""], ["", "", ""], ["", "1", "1"], ["", "1", "1"]]),
    Case("ods: breaks, tabs, links, notes", "a.ods", lambda: make.ods(make.ods_row(make.ods_cell("string",
        "<office:annotation><text:p>nota</text:p></office:annotation>" + P('a<text:span>b</text:span><text:line-break/>c<text:tab/>d<text:s text:c="2"/>e') + P("f")),
        make.ods_cell("", P("senza tipo")))), [["ab\nc\td  e\nf", "senza tipo"]]),
    Case("ods: merged and hidden", "a.ods", lambda: make.ods(
        make.ods_row(make.ods_cell("string", P("Anno"), table__number_columns_spanned="2", table__number_rows_spanned="1"), "<table:covered-table-cell/>", make.ods_cell("float", value="1"))
        + make.ods_row(make.ods_cell("float", value="2"), visibility="collapse")), [["Anno", "", "1"], ["2", "", ""]],
        merged=((1, 1, 0, 1),), noted=("rows.hidden",)),
    Case("ods: hidden sheet", "a.ods", lambda: make.ods(make.ods_row(make.ods_cell("float", value="1")),
        styles='<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>', table='table:name="Foglio1" table:style-name="ta1"'),
        refused=("sheet.all_hidden", {})),
    Case("ods: a value in every cell of a column", "a.ods", lambda: make.ods(make.ods_row(make.ods_cell("float", value="1", table__number_columns_repeated="1024"), number_rows_repeated="1048576")),
        refused=("sheet.too_large", {"sheet": "Foglio1", "cell": "AMJ1048576"})),
    Case("ods: a password", "a.ods", lambda: make.ods("", manifest="<manifest:encryption-data/>"), refused=("file.password", {})),
    Case("ods: formulas of a library that does not calculate", "a.ods", lambda: make.ods(make.ods_row(
        make.ods_cell("float", table__formula="of:=1+1"), make.ods_cell("date", table__formula="of:=1"), make.ods_cell("float", value="0", table__formula="of:=0"))), [["#CALC!", "#CALC!", "0"]]),
    Case("ods: broken", "a.ods", lambda: make.ods("<table:table-row>"), refused=("file.unreadable", {"format": "ods"})),
    Case("ods: a day of no calendar", "a.ods", lambda: make.ods(make.ods_row(make.ods_cell("date", P("x"), date_value="2021-02-30"))), [["2021-02-30"]]),
]  # fmt: skip

XLSB = [
    Case("xlsb: values and errors", "a.xlsb", lambda: make.xlsb({1: [(0, 0, "007"), (1, 0, 46100), (2, 0, True), (3, 1, 44348), (4, 0, ("error", 0x2A)),
        (5, 0, None), (6, 0, 1.5)], 3: [(7, 0, ("error", 0x07))]}), [
        [""] * 8, ["007", "46100", "TRUE", "2021-06-01", "#N/A", "", "1.5", ""], [""] * 8, [""] * 7 + ["#DIV/0!"]]),
    Case("xlsb: dates of 1904", "a.xlsb", lambda: make.xlsb({0: [(0, 1, 42886)]}, date1904=True), [["2021-06-01"]]),
    Case("xlsb: merged and hidden", "a.xlsb", lambda: make.xlsb({0: [(0, 0, "A")], 1: [(1, 0, "B")]}, hidden_rows=(1,), merged=(0, 0, 0, 1)), [["A", ""], ["", "B"]],
        merged=((1, 1, 0, 1),), noted=("rows.hidden",)),
    Case("xlsb: hidden sheet", "a.xlsb", lambda: make.xlsb({0: [(0, 0, "A")]}, state=1), refused=("sheet.all_hidden", {})),
    Case("xlsb: a stray cell far away", "a.xlsb", lambda: make.xlsb({0: [(0, 0, 1)], 1048575: [(16383, 0, 1)]}),
        refused=("sheet.too_large", {"sheet": "Foglio1", "cell": "XFD1048576"})),
]  # fmt: skip


def zip_of(members: dict[str, str | bytes]) -> Callable[[], bytes]:
    return lambda: make.zipped(members)


ARCHIVES = [
    Case("zip: in folders, with litter", "a.zip", lambda: make.zipped({"invio/2022/dati.csv": csv_text(), "__MACOSX/invio/._dati.csv": b"x",
        "invio/.DS_Store": b"x", "invio/Thumbs.db": b"x"}), [["Età", "Ore"], ["030", "1"]], format="csv"),
    Case("zip: of a workbook", "a.zip", lambda: make.zipped({"dati.xlsx": make.xlsx(row(1, cell("A1", "#N/A", "e")))}), [["#N/A"]], format="xlsx"),
    Case("zip: under another name", "a.csv", zip_of({"dati.csv": csv_text()}), [["Età", "Ore"], ["030", "1"]], format="csv"),
    Case("zip: a csv that is an xlsx", "a.zip", lambda: make.zipped({"dati.csv": make.xlsx(row(1, cell("A1", 5)))}), [["5"]], format="xlsx", noted=("file.other_suffix",)),
    Case("zip: several", "a.zip", zip_of({"a.csv": "x", "b/c.csv": "y", "d.xlsx": "z"}), refused=("file.archive", {"count": "3"})),
    Case("zip: none", "a.zip", zip_of({}), refused=("file.archive", {"count": "0"})),
    Case("zip: an empty file", "a.zip", zip_of({"a.csv": ""}), refused=("file.empty", {})),
    Case("zip: a password", "a.zip", encrypted_zip, refused=("file.password", {})),
    Case("zip: in a zip", "a.zip", lambda: make.zipped({"b.zip": make.zipped({"c.csv": "x"})}), refused=("file.archive_in_archive", {})),
    Case("zip: cut in two", "a.zip", lambda: make.zipped({"a.csv": csv_text()})[:60], refused=("file.unreadable", {})),
]  # fmt: skip

OTHERS = [
    Case("a csv that is an xlsx", "a.csv", one(cell("A1", 5)), [["5"]], format="xlsx", noted=("file.other_suffix",)),
    Case("an xlsx that is an ods", "a.xlsx", lambda: make.ods(make.ods_row(make.ods_cell("float", value="1"))), [["1"]], format="ods", noted=("file.other_suffix",)),
    Case("a PDF", "a.xlsx", lambda: b"%PDF-1.7\n", refused=("file.other_format", {"found": "a PDF"})),
    Case("a gz", "a.csv.gz", lambda: b"\x1f\x8b\x08\x00abc", refused=("file.other_format", {"found": "a gz archive"})),
    Case("a letter", "a.xlsx", zip_of({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), refused=("file.other_format", {"found": "a Word document"})),
    Case("an old letter", "a.xls", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "WordDocument".encode("utf-16-le"),
        refused=("file.other_format", {"found": "a Word document"})),
    Case("Apple Numbers", "a.numbers", zip_of({"Index/Document.iwa": "x", "preview.jpg": "y"}), refused=("file.other_format", {"found": "a file of Numbers or Pages"})),
    Case("a LibreOffice letter", "a.ods", zip_of({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
        refused=("file.other_format", {"found": "a LibreOffice document"})),
    Case("JSON", "a.csv", lambda: b'[{"a": 1}]', refused=("file.other_format", {"found": "a JSON file"})),
    Case("a photograph", "a.xlsx", lambda: b"\xff\xd8\xff\xe0JFIF", refused=("file.other_format", {"found": "a photograph"})),
    Case("nothing", "a.xlsx", lambda: b"", refused=("file.empty", {})),
]  # fmt: skip

CASES = [*XLSX, *XLS, *ODS, *XLSB, *ARCHIVES, *OTHERS]
