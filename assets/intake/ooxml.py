"""What the parts of an xlsx say of its sheets and calamine does not: failed formulas, what is hidden.

Calamine hands over a cell in error (``#N/A``) and a formula that was never calculated as blank, which
would turn a mistake into a missing value without a word; and it lays a sheet out in memory up to its
last cell, however far out that is.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from assets.intake.grid import position_of
from assets.intake.values import NOT_CALCULATED, Cell, Marks, is_sparse, refuse_sparse

_FAILED = "#N/A"
KNOWN_ERRORS = frozenset({"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})
_TAG = "{*}"
# Patterns begin with letters, not with '<': that is what makes them quick.
_ROW_NUMBER = re.compile(rb"row\b[^>]*?\br=[\"'](\d+)")
_HIDDEN_ROW = re.compile(rb"row\b(?=[^>]*\bhidden=[\"'](?:1|true))[^>]*?\br=[\"'](\d+)")
_HIDDEN_COLUMN = re.compile(rb"col\b[^>]*\bhidden=[\"'](?:1|true)[^>]*>")
_WIDE_REFERENCE = re.compile(rb"r=[\"']([A-Z]{2,})[0-9]")
_FAR_ROW = re.compile(rb"r=[\"'][A-Z]+([0-9]{6,})")
#: Signs that an attribute may not be written as Excel and all others write it: ``r="A1"``.
_ODD_SPACING = (b"r =", b"r\n=", b"r\t=", b"r\r", b'= "', b"= '", b"=\n")
_FORMULA_TAGS = (b"<f>", b"<f ", b":f>", b":f ")
_CELL = rb"<(?:\w+:)?c\b([^>]*)>"
_FORMULA = rb"(?:\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))"
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\bt=[\"']e[\"'])([^>]*)>" + _FORMULA + rb"?\s*(?:<(?:\w+:)?v>([^<]*))?"
)
_NO_RESULT = re.compile(
    _CELL + _FORMULA + rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
#: Numbers that no calendar of 1900 has: before its first day, and its 29 February.
_NO_DAY = re.compile(rb"v>(-[0-9.]+|60(?:\.[0-9]*)?)<")
_CELL_TAG = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
#: A cell's tag and formula before its value are seldom longer.
_BEFORE = 2000
_KIND = re.compile(rb"\bt=[\"'](\w+)")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]+)([0-9]+)[\"']")
#: A whole column may be hidden up to the last one; that says nothing of the data.
LAST_COLUMN = 16_383


def sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield name and part of each worksheet."""
    book = next(
        (part for part in package.namelist() if part.lower().endswith("xl/workbook.xml")), ""
    )
    if not book:
        return
    targets = {name: part for name, kind, part in links(package, book) if kind == "worksheet"}
    for sheet in ElementTree.fromstring(package.read(book)).findall(f".//{_TAG}sheet"):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        if link in targets:
            yield str(sheet.get("name")), targets[link]


def links(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, kind and target part of the links that a part has to other parts of the package."""
    known = {each.lower(): each for each in package.namelist()}
    folder, name = posixpath.split(part)
    place = known.get(f"{folder}/_rels/{name}.rels".lower())
    if place is None:
        return
    for link in ElementTree.fromstring(package.read(place)):
        target = posixpath.normpath(posixpath.join(folder, link.get("Target", "")))
        found = known.get(target.lstrip("/").lower())
        if found is not None:
            yield link.get("Id", ""), link.get("Type", "").rpartition("/")[2], found


def marks(package: zipfile.ZipFile, name: str, part: str) -> Marks:
    """Return what a worksheet's part says beside its values."""
    sheet = package.read(part)
    if is_sparse(*_extent(sheet)):
        refuse_sparse(name, *_extent_one_by_one(sheet, filled=True))
    is_hiding = b"hidden=" in sheet
    return Marks(
        _failed(sheet),
        hidden_rows=[int(number) for number in _HIDDEN_ROW.findall(sheet)] if is_hiding else [],
        hidden_columns=_hidden_columns(sheet) if is_hiding else [],
        total_rows=sorted(_total_rows(package, part)),
    )


def with_known_errors(data: bytes) -> bytes:
    """Return a workbook whose errors are all of the kinds that Excel had before 2019.

    Calamine does not open one that shows '#SPILL!' or '#ERROR!' (Google). ``Marks.failed`` keeps
    what they really were.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(stream, "w") as made:
        parts = {part for _, part in sheet_parts(package)}
        for name in package.namelist():
            content = package.read(name)
            if name in parts:
                content = _ERROR.sub(_known_error, content)
            made.writestr(name, content)
    return stream.getvalue()


def _known_error(cell: re.Match[bytes]) -> bytes:
    if cell[2] is None or cell[2].decode() in KNOWN_ERRORS:
        return cell[0]
    return cell[0][: cell.start(2) - cell.start()] + _FAILED.encode()


def _extent(sheet: bytes) -> tuple[int, int]:
    """Return the last row and column that the cells of a sheet name, formatted ones counted."""
    if any(odd in sheet for odd in _ODD_SPACING):
        return _extent_one_by_one(sheet)
    rows = max(map(int, [*_ROW_NUMBER.findall(sheet), *_FAR_ROW.findall(sheet)]), default=0)
    letters = set(_WIDE_REFERENCE.findall(sheet))
    return rows, 1 + max((position_of(each.decode()) for each in letters), default=25)


def _extent_one_by_one(sheet: bytes, *, filled: bool = False) -> tuple[int, int]:
    """Return the last row and column of the cells, or of those that hold a value or a formula."""
    rows = columns = 0
    for _, node in ElementTree.iterparse(io.BytesIO(sheet)):
        tag = node.tag.rpartition("}")[2]
        place = re.fullmatch(r"([A-Z]*)([0-9]+)", node.get("r", ""))
        if tag in ("row", "c") and place and (not filled or any(map(_says_something, node))):
            rows = max(rows, int(place[2]))
            columns = max(columns, position_of(place[1]) + 1)
        if tag == "row":
            node.clear()
    return rows, columns


def _says_something(part: ElementTree.Element) -> bool:
    return part.tag.rpartition("}")[2] in ("f", "is") or bool(part.text)


def _hidden_columns(sheet: bytes) -> list[int]:
    found: list[int] = []
    for column in _HIDDEN_COLUMN.findall(sheet):
        ends = dict(re.findall(rb"\b(min|max)=[\"'](\d+)", column))
        first, last = int(ends.get(b"min", 1)) - 1, int(ends.get(b"max", 1)) - 1
        if last < LAST_COLUMN:
            found += range(first, last + 1)
    return found


def _total_rows(package: zipfile.ZipFile, part: str) -> Iterator[int]:
    """Yield the rows that Excel tables keep for their totals."""
    for _, kind, target in links(package, part):
        if kind != "table":
            continue
        table = ElementTree.fromstring(package.read(target))
        last = re.search(r"(\d+)\Z", table.get("ref", ""))
        if last and int(table.get("totalsRowCount", "0")):
            yield int(last[1])


def _failed(sheet: bytes) -> dict[Cell, str | float]:
    """Return the cells in error, the formulas without a result and the dates of no calendar.

    Patterns find them ten times as fast as a parser that stops at every cell; where a sheet writes
    no references, or hides text from patterns, all cells are gone through.
    """
    if b"<![CDATA[" in sheet or b"<!--" in sheet:
        return _failed_one_by_one(sheet)
    found: dict[Cell, str | float] = {}
    for tag, shown, is_without_result in _suspects(sheet):
        kind = _KIND.search(tag)
        value = _failure(kind[1].decode() if kind else "n", shown, is_without_result)
        if value is None:
            continue
        place = _REFERENCE.search(tag)
        if place is None:
            return _failed_one_by_one(sheet)
        found[(int(place[2]) - 1, position_of(place[1].decode()))] = value
    return found


def _suspects(sheet: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Yield attributes and value of the cells that may have failed, and if a result is missing."""
    if b't="e"' in sheet or b"t='e'" in sheet:
        for hit in _ERROR.finditer(sheet):
            yield hit[1], hit[2] or b"", False
    if any(tag in sheet for tag in _FORMULA_TAGS):
        for hit in _NO_RESULT.finditer(sheet):
            yield hit[1], b"", True
    for hit in _NO_DAY.finditer(sheet):
        before = _CELL_TAG.findall(sheet, max(0, hit.start() - _BEFORE), hit.start())
        if before:
            yield before[-1], hit[1], False


def _failed_one_by_one(sheet: bytes) -> dict[Cell, str | float]:
    found: dict[Cell, str | float] = {}
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
            value = node.find(f"{_TAG}v")
            shown = (value.text or "").strip() if value is not None else ""
            is_formula = node.find(f"{_TAG}f") is not None
            failure = _failure(node.get("t", "n"), shown.encode(), is_formula and not shown)
            if failure is not None:
                found[(row, column)] = failure
        elif event == "end" and tag == "row":
            node.clear()
    return found


def _failure(kind: str, value: bytes, is_without_result: bool) -> str | float | None:
    """Return the text of a cell in error, or the number of one that may be a date of no calendar."""
    if kind == "e":
        return value.decode() if value.startswith(b"#") else _FAILED
    if is_without_result:
        # A formula may well give an empty text; then the cell says that it is text.
        return NOT_CALCULATED if kind != "str" else None
    is_no_day = kind == "n" and re.fullmatch(rb"-[0-9.]+|60(?:\.[0-9]*)?", value)
    return float(value) if is_no_day else None
