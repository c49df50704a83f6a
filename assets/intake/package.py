"""What an xlsx holds that the reader of cells does not show: failed formulas, and texts outside cells.

Calamine hands over a cell in error (``#N/A``) and a formula that was never calculated as blank, which
would turn a mistake into a missing value without a word. Comments, text boxes, headers and footers,
document properties and the copies that pivot tables and links keep are looked at by the gate only.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from assets.intake.grid import position_of

#: What stands in the place of a formula that was never calculated; Excel's own name for it.
NOT_CALCULATED = "#CALC!"
_FAILED = "#N/A"
_MOST_BYTES = 1_000_000_000

#: Parts of a package that hold text a person wrote or data copied from elsewhere.
_TEXT_PARTS = re.compile(
    r"(?:comments|threadedcomments|drawings|charts|docprops|customxml|externallinks|pivotcache|word)"
    r"[^/]*(?:/|\.xml\Z)",
    re.IGNORECASE,
)
_SHEET_TEXTS = re.compile(
    rb"<(?:\w+:)?(headerFooter|dataValidations)\b.*?</(?:\w+:)?\1>", re.DOTALL
)
_BOOK_TEXTS = re.compile(rb"<(?:\w+:)?(definedNames)\b.*?</(?:\w+:)?\1>", re.DOTALL)
_NODE = re.compile(rb">([^<>]+)<")
_PIVOT_ITEM = re.compile(rb"\bv=\"([^\"]+)\"")
#: Marks of place in a footer: ``&C`` the middle, ``&L`` the left.
_FOOTER_MARK = re.compile(r"&[A-Z]")
_TAG = "{*}"

Cell = tuple[int, int]


@dataclass(frozen=True)
class Package:
    """What stands beside the cells.

    Attributes
    ----------
    failed
        Sheet -> (row, column), both from 0 -> error text, where a cell shows no value of its own.
    texts
        Texts outside cells.
    properties
        Texts of the document's properties: who saved it last, in which office.
    """

    failed: dict[str, dict[Cell, str]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


def is_xlsx(data: bytes) -> bool:
    """Say whether the bytes are an Office Open XML workbook (not xls, xlsb or ods)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _book_part(package) is not None
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def read_package(data: bytes) -> Package:
    """Read what an Office file holds beside its cells.

    Raises
    ------
    ValueError
        Larger than can be looked through. Damaged packages raise as ``zipfile`` and
        ``ElementTree`` do.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if sum(each.file_size for each in package.infolist()) > _MOST_BYTES:
            raise ValueError("too large")
        failed = {name: _failed(package.read(part)) for name, part in _sheet_parts(package)}
        texts: list[str] = []
        properties: list[str] = []
        for part in sorted(package.namelist()):
            found = properties if part.lower().startswith("docprops/") else texts
            found.extend(_texts(part, package.read(part)))
    filled = {name: cells for name, cells in failed.items() if cells}
    return Package(filled, tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(properties)))


def _book_part(package: zipfile.ZipFile) -> str | None:
    found = [part for part in package.namelist() if part.lower().endswith("xl/workbook.xml")]
    return found[0] if found else None


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield name and part of each sheet."""
    book = _book_part(package)
    if book is None:
        return
    folder, name = posixpath.split(book)
    links = ElementTree.fromstring(package.read(f"{folder}/_rels/{name}.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    known = set(package.namelist())
    for sheet in ElementTree.fromstring(package.read(book)).findall(f".//{_TAG}sheet"):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        target = targets.get(link, "")
        part = posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
        if part in known and "worksheet" in part:
            yield str(sheet.get("name")), part


def _failed(sheet: bytes) -> dict[Cell, str]:
    """Return the cells in error and the formulas without a result."""
    if b't="e"' not in sheet and b"t='e'" not in sheet and not re.search(rb"<(?:\w+:)?f\b", sheet):
        return {}
    found = {}
    row = column = -1
    for event, node in ElementTree.iterparse(io.BytesIO(sheet), events=("start", "end")):
        tag = node.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row = int(node.get("r") or row + 2) - 1
            column = -1
        elif event == "start" and tag == "c":
            letters = (node.get("r") or "").rstrip("0123456789")
            column = position_of(letters) if letters else column + 1
        elif event == "end" and tag == "c":
            text = _failure(node)
            if text:
                found[(row, column)] = text
        elif event == "end" and tag == "row":
            node.clear()
    return found


def _failure(cell: ElementTree.Element) -> str | None:
    value = cell.find(f"{_TAG}v")
    shown = (value.text or "").strip() if value is not None else ""
    if cell.get("t") == "e":
        return shown if shown.startswith("#") else _FAILED
    is_formula = cell.find(f"{_TAG}f") is not None
    # A formula may well give an empty text; then the cell says that it is text.
    return NOT_CALCULATED if is_formula and not shown and cell.get("t") != "str" else None


def _texts(part: str, content: bytes) -> Iterator[str]:
    pieces = []
    if _TEXT_PARTS.search(part):
        pieces = [content]
    elif part.lower().endswith("xl/workbook.xml"):
        pieces = [found[0] for found in _BOOK_TEXTS.finditer(content)]
    elif "worksheets/" in part.lower():
        pieces = [found[0] for found in _SHEET_TEXTS.finditer(content)]
    for piece in pieces:
        found = _NODE.findall(piece)
        if "pivotcache" in part.lower():
            found += _PIVOT_ITEM.findall(piece)
        for each in found:
            text = html.unescape(each.decode("utf-8", errors="replace"))
            text = _FOOTER_MARK.sub(" ", text).strip()
            if text:
                yield text
