"""The demo's PDFs: two pages for the funder's file, one for the neighbourhood, tagged as PDF/UA-1 asks.

The renderer writes them with Typst's own check of PDF/UA-1, which stops at a picture without words or
a gap in the headings. Here another program reads what was written. veraPDF, the usual checker, is no
package of the registries this project uses: these are the clauses of ISO 14289-1 that a reader of
the file's own objects can judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from tests.conftest import Ran

ROLES = ("H1", "H2", "H3", "H4", "H5", "H6")
OF_FILE, OF_SHEET = 2, 1


def pdfs(demo: Ran) -> dict[str, Path]:
    """Return the run's PDFs by name."""
    paths = [demo.layout.root / page for page in demo.told["pages"] if page.endswith(".pdf")]
    return {path.name: path for path in paths}


def elements(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Give the elements of the structure tree in the order they are read."""
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        each = waiting.pop()
        each = each.get_object() if isinstance(each, IndirectObject) else each
        if not isinstance(each, DictionaryObject):
            continue
        if "/S" in each:
            yield each
        kids = each.get("/K", [])
        kids = kids.get_object() if isinstance(kids, IndirectObject) else kids
        waiting += reversed(kids if isinstance(kids, ArrayObject) else [kids])


def language_of(name: str) -> str:
    """Return the language a file's name says; the thesis is Italian."""
    ending = Path(name).stem.rpartition("_")[2]
    return ending if len(ending) == 2 else "it"


def wrong_in_catalogue(reader: PdfReader, name: str) -> list[str]:
    """Return what ISO 14289-1 asks of the document as a whole and is not there."""
    root = reader.trailer["/Root"]
    told = root["/Metadata"].get_data().decode("utf-8")
    asked = {
        "marked as tagged (6.2)": bool(root.get("/MarkInfo", {}).get("/Marked")),
        "says that it is PDF/UA (5)": "pdfuaid" in told and "<pdfuaid:part>1<" in told,
        "has a title (7.1)": bool((reader.metadata.title or "").strip()) and "dc:title" in told,
        "shows its title (7.1)": bool(root["/ViewerPreferences"].get("/DisplayDocTitle")),
        "says its language (7.2)": str(root.get("/Lang", ""))[:2] == language_of(name),
        "has a structure (7.1)": "/StructTreeRoot" in root,
        "is not encrypted against readers (7.16)": not reader.is_encrypted,
    }
    return [f"{name}: not {what}" for what, holds in asked.items() if not holds]


def wrong_in_structure(reader: PdfReader, name: str) -> list[str]:
    """Return pictures without words, headings out of order, tables without heads."""
    wrong, level, roles = [], 0, set()
    for each in elements(reader):
        role = str(each["/S"]).lstrip("/")
        if role == "Figure" and len(str(each.get("/Alt", ""))) < 20:
            wrong.append(f"{name}: a picture without description (7.3)")
        if role in ROLES:
            depth = ROLES.index(role) + 1
            if depth > level + 1:
                wrong.append(f"{name}: a heading {role} after level {level} (7.4.2)")
            level = depth
        if role == "Table" and not any(str(x["/S"]) == "/TH" for x in below(each)):
            wrong.append(f"{name}: a table without heads (7.5)")
        roles.add(role)
    missing = [each for each in ("Figure", "H1", "P")[is_paper(name) :] if each not in roles]
    return [*wrong, *(f"{name}: has no {each}" for each in missing)]


def is_paper(name: str) -> bool:
    """Say whether it is one of the evaluator's papers, which hold tables and words alone."""
    return name.startswith(("nota", "monitoraggio"))


def below(element: DictionaryObject) -> Iterator[DictionaryObject]:
    """Give the elements inside one."""
    kids = element.get("/K", [])
    for each in kids if isinstance(kids, ArrayObject) else [kids]:
        found = each.get_object() if isinstance(each, IndirectObject) else each
        if isinstance(found, DictionaryObject) and "/S" in found:
            yield found
            yield from below(found)


def wrong_on_pages(reader: PdfReader, name: str) -> list[str]:
    """Return fonts that are not inside the file, and links whose order nobody said."""
    wrong = []
    for number, page in enumerate(reader.pages, 1):
        fonts = (page["/Resources"].get("/Font") or {}).values()
        for font in (each.get_object() for each in fonts):
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            described = inner.get("/FontDescriptor", {})
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
                wrong.append(f"{name}: a font is not inside (7.21.4), page {number}")
        if "/Annots" in page and page.get("/Tabs") != "/S":
            wrong.append(f"{name}: no order of links (7.18.3), page {number}")
    return wrong


def test_the_paper_for_the_file_is_two_pages_and_the_sheet_one(demo: Ran):
    made = pdfs(demo)
    counted = {name: len(PdfReader(path).pages) for name, path in made.items()}
    for_file = {name: n for name, n in counted.items() if name.startswith("dashboard_")}
    sheets = {name: n for name, n in counted.items() if name.startswith("sheet_")}
    assert len(for_file) >= 2 and set(for_file.values()) == {OF_FILE}, for_file
    assert len(sheets) == 4 and set(sheets.values()) == {OF_SHEET}, sheets


def test_every_pdf_of_the_demo_is_tagged_for_readers_who_listen(demo: Ran):
    wrong = []
    for name, path in pdfs(demo).items():
        reader = PdfReader(path)
        wrong += wrong_in_catalogue(reader, name) + wrong_on_pages(reader, name)
        wrong += wrong_in_structure(reader, name)
    assert wrong == []


@pytest.mark.parametrize(
    ("spoilt", "said"), [("/Lang", "language"), ("/StructTreeRoot", "structure")]
)
def test_the_reading_can_fail(demo: Ran, spoilt, said):
    reader = PdfReader(pdfs(demo)["sheet_it.pdf"])
    root = reader.trailer["/Root"]
    del root[spoilt]
    assert any(said in each for each in wrong_in_catalogue(reader, "sheet_it.pdf"))
