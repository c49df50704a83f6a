"""The demo's PDFs: two pages for the funder's file, one for the neighbourhood, tagged as PDF/UA-1 asks.

The renderer writes them with Typst's own check of PDF/UA-1, which stops at a picture without words or
a gap in the headings. Here another program reads what was written. veraPDF, the usual checker, is no
package of the registries this project uses: these are the clauses of ISO 14289-1 that a reader of
the file's own objects can judge, in the words of the Matterhorn protocol's points for machines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
)

from tests.conftest import Ran

ROLES = ("H1", "H2", "H3", "H4", "H5", "H6")
OF_FILE, OF_SHEET = 2, 1
#: The standard structure types of ISO 32000-1, 14.8.4, that need no entry in the role map.
STANDARD = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct",
    "Private", "H", *ROLES, "P", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody",
    "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Figure", "Formula",
    "Form",
}  # fmt: skip
#: What may hold an element of these types.
HELD_BY = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
    "LI": {"L"},
    "LBody": {"LI"},
    "TOCI": {"TOC"},
}
#: Operators that put something on a page, and those that begin and end what is tagged or an artifact.
PAINTS = {
    b"Tj",
    b"TJ",
    b"'",
    b'"',
    b"f",
    b"F",
    b"f*",
    b"S",
    b"s",
    b"B",
    b"B*",
    b"b",
    b"b*",
    b"Do",
    b"sh",
}
BEGINS, ENDS = {b"BDC", b"BMC"}, {b"EMC"}


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


def is_set(about: DictionaryObject, name: str) -> bool:
    """Say whether something is there and true: an object that says false is an object all the same."""
    return about.get(name) == BooleanObject(True)


def wrong_in_catalogue(reader: PdfReader, name: str) -> list[str]:
    """Return what ISO 14289-1 asks of the document as a whole and is not there."""
    root = reader.trailer["/Root"]
    told = root["/Metadata"].get_data().decode("utf-8")
    asked = {
        "marked as tagged (6.2)": is_set(root.get("/MarkInfo", {}), "/Marked"),
        "says that it is PDF/UA (5)": "pdfuaid" in told and "<pdfuaid:part>1<" in told,
        "has a title (7.1)": bool((reader.metadata.title or "").strip()) and "dc:title" in told,
        "shows its title (7.1)": is_set(root["/ViewerPreferences"], "/DisplayDocTitle"),
        "says its language (7.2)": str(root.get("/Lang", ""))[:2] == language_of(name),
        "has a structure (7.1)": "/StructTreeRoot" in root,
        "is not encrypted against readers (7.16)": not reader.is_encrypted,
        "is sure of its tags (7.1, 02-001)": not is_set(root.get("/MarkInfo", {}), "/Suspects"),
        "has no form of another kind (7.15)": "/XFA" not in root.get("/AcroForm", {}),
        "hides no layer without a name (7.10)": "/OCProperties" not in root,
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
        wrong += wrong_in_element(reader, name, role, each)
    missing = [each for each in ("Figure", "H1", "P")[is_paper(name) :] if each not in roles]
    return [*wrong, *(f"{name}: has no {each}" for each in missing)]


def wrong_in_element(
    reader: PdfReader, name: str, role: str, element: DictionaryObject
) -> list[str]:
    """Return a type nobody knows, an element in the wrong place, a head that heads nothing."""
    wrong = []
    mapped = reader.trailer["/Root"]["/StructTreeRoot"].get("/RoleMap", {})
    if role not in STANDARD and str(mapped.get(f"/{role}", "")).lstrip("/") not in STANDARD:
        wrong.append(f"{name}: the type {role} stands for no standard one (02-001)")
    holder = str(element["/P"].get_object().get("/S", "")).lstrip("/")
    if role in HELD_BY and holder not in HELD_BY[role]:
        wrong.append(f"{name}: {role} inside {holder} (7.2, 09-004 to 09-006)")
    about = element.get("/A", {})
    about = about.get_object() if isinstance(about, IndirectObject) else about
    scopes = [x.get("/Scope") for x in (about if isinstance(about, ArrayObject) else [about])]
    if role == "TH" and not any(scopes):
        wrong.append(f"{name}: a head of a table that does not say what it heads (7.5, 15-003)")
    if role == "Note" and not element.get("/ID"):
        wrong.append(f"{name}: a note without a name of its own (7.9, 19-003)")
    return wrong


def loose_on(page: PageObject, reader: PdfReader) -> int:
    """Return how many times a page paints what is neither tagged nor an artifact."""
    depth = loose = 0
    for _, operator in ContentStream(page.get_contents(), reader).operations:
        depth += (operator in BEGINS) - (operator in ENDS)
        loose += operator in PAINTS and depth == 0
    return loose


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
            if "/ToUnicode" not in font:
                wrong.append(f"{name}: letters of a font have no meaning (7.21.7), page {number}")
        for link in (each.get_object() for each in page.get("/Annots", [])):
            if link["/Subtype"] == "/Link" and not str(link.get("/Contents", "")).strip():
                wrong.append(f"{name}: a link without words (7.18.5, 28-012), page {number}")
            if "/StructParent" not in link:
                wrong.append(f"{name}: a link outside the structure (7.18.1), page {number}")
        if "/StructParents" not in page and number != 1:
            wrong.append(f"{name}: a page outside the structure (7.1), page {number}")
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


def test_whatever_is_painted_is_tagged_or_an_artifact(demo: Ran):
    loose = {}
    for name, path in pdfs(demo).items():
        reader = PdfReader(path)
        pages = reader.pages[:6] if name.startswith("tesi") else reader.pages  # all are made alike
        found = [n for n, page in enumerate(pages, 1) if loose_on(page, reader)]
        loose |= {name: found} if found else {}
    assert loose == {}


def test_the_reading_can_fail(demo: Ran):
    path = pdfs(demo)["sheet_it.pdf"]

    def spoilt(change) -> list[str]:
        reader = PdfReader(path)
        change(reader)
        found = wrong_in_catalogue(reader, path.name) + wrong_on_pages(reader, path.name)
        has_tree = "/StructTreeRoot" in reader.trailer["/Root"]
        return found + (wrong_in_structure(reader, path.name) if has_tree else [])

    def root(reader):
        return reader.trailer["/Root"]

    def first(reader, role):
        return next(each for each in elements(reader) if each["/S"] == role)

    no, rename = BooleanObject(False), NameObject("/Paragraph")
    assert spoilt(lambda reader: None) == []
    for change, said in (
        (lambda r: root(r).pop("/Lang"), "language"),
        (lambda r: root(r).pop("/StructTreeRoot"), "structure"),
        (lambda r: root(r)["/MarkInfo"].update({NameObject("/Marked"): no}), "marked as tagged"),
        (lambda r: first(r, "/Figure").pop("/Alt"), "without description"),
        (lambda r: first(r, "/P").update({NameObject("/S"): rename}), "stands for no standard"),
        (lambda r: first(r, "/P").update({NameObject("/S"): NameObject("/TD")}), "TD inside"),
        (lambda r: first(r, "/P").update({NameObject("/S"): NameObject("/TH")}), "what it heads"),
        (lambda r: first(r, "/H1").update({NameObject("/S"): NameObject("/H3")}), "after level 0"),
    ):
        assert any(said in each for each in spoilt(change)), said
