"""Workbooks of LibreOffice and Google (.ods), read from their XML.

Calamine loses what matters here: cells in error and formulas never calculated come out blank, texts
without a declared type vanish, line breaks and tabs inside a paragraph are dropped.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, iterparse

from assets.errors import DeliveryRefused
from assets.intake.grid import Area
from assets.intake.values import NOT_CALCULATED, RawBook, RawSheet, refuse_sparse

_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|(?:Err|Errore):[0-9]+")
_WITHOUT_NAME = "#VALUE!"
_LENGTH = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_SHOWN_BOOLEANS = {"TRUE": True, "VERO": True, "FALSE": False, "FALSO": False}
_SPACES = {"tab": "\t", "line-break": "\n"}
_UNSAID = frozenset({"annotation", "ruby-text", "note"})


def read_ods(data: bytes) -> RawBook:
    """Read all sheets, and what stands beside their cells.

    Raises
    ------
    DeliveryRefused
        Protected by a password, or cells so far apart that the sheet cannot be laid out. A damaged
        file raises as ``zipfile`` and ``ElementTree`` do.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = set(package.namelist())
        manifest = "META-INF/manifest.xml"
        if manifest in parts and b"encryption-data" in package.read(manifest):
            raise DeliveryRefused("file.password")
        reading = _Reading()
        reading.read(package.read("content.xml"))
        texts = list(reading.texts)
        if "styles.xml" in parts:
            texts += _paragraphs_in(package.read("styles.xml"))
        properties = _all_text(package.read("meta.xml")) if "meta.xml" in parts else []
    return RawBook(reading.sheets, tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(properties)))


@dataclass
class _Reading:
    """The state of reading ``content.xml`` from beginning to end."""

    sheets: list[RawSheet] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    _hidden_styles: set[str] = field(default_factory=set)
    _depth: int = 0
    _blank_rows: int = 0
    _columns: int = 0

    def read(self, content: bytes) -> None:
        for event, node in iterparse(io.BytesIO(content), events=("start", "end")):
            tag = _local(node.tag)
            if tag == "table":
                self._depth += 1 if event == "start" else -1
                if event == "start" and self._depth == 1:
                    self._begin(node)
            elif event == "end":
                self._end(tag, node)

    def _begin(self, table: Element) -> None:
        is_hidden = _get(table, "style-name") in self._hidden_styles
        name = _get(table, "name") or f"{len(self.sheets) + 1}"
        self.sheets.append(RawSheet(name, [], "hidden" if is_hidden else "visible"))
        self._blank_rows = self._columns = 0

    def _end(self, tag: str, node: Element) -> None:
        if tag == "table-properties" and _get(node, "display") == "false":
            self._hidden_styles.add("")  # named when its style ends
        elif tag == "style":
            if "" in self._hidden_styles:
                self._hidden_styles.discard("")
                self._hidden_styles.add(_get(node, "name"))
        elif tag == "shapes":
            self.texts += [_said(each) for each in node.iter() if _local(each.tag) == "p"]
        elif self._depth == 1 and tag == "table-column":
            self._column(node)
        elif self._depth == 1 and tag == "table-row":
            self._row(node)
            node.clear()

    def _column(self, node: Element) -> None:
        repeated = _times(node, "number-columns-repeated")
        if _get(node, "visibility") in ("collapse", "filter") and repeated < 1000:
            self.sheets[-1].marks.hidden_columns += range(self._columns, self._columns + repeated)
        self._columns += repeated

    def _row(self, node: Element) -> None:
        sheet = self.sheets[-1]
        repeated = _times(node, "number-rows-repeated")
        first = len(sheet.rows) + self._blank_rows + 1
        row, merged = self._cells(node, first)
        sheet.marks.merged += tuple(merged)
        if not row:
            self._blank_rows += repeated
            return
        refuse_sparse(sheet.name, first + repeated - 1, len(row))
        sheet.rows += [[] for _ in range(self._blank_rows)]
        self._blank_rows = 0
        sheet.rows += [list(row) for _ in range(repeated)]
        if _get(node, "visibility") in ("collapse", "filter"):
            sheet.marks.hidden_rows += range(first, first + repeated)

    def _cells(self, node: Element, row: int) -> tuple[list[Any], list[Area]]:
        """Return the values of a row up to the last filled one, and the merges that begin in it."""
        cells: list[Any] = []
        merged = []
        blanks = 0
        for cell in node:
            if _local(cell.tag) not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _times(cell, "number-columns-repeated")
            at = len(cells) + blanks
            down, across = (
                _times(cell, "number-rows-spanned"),
                _times(cell, "number-columns-spanned"),
            )
            if down > 1 or across > 1:
                merged.append(Area(row, row + down - 1, at, at + across - 1))
            if len(cell):
                self.texts += _beside(cell)
            value = _value(cell)
            if value == "" and isinstance(value, str):
                blanks += repeated
                continue
            refuse_sparse(self.sheets[-1].name, row, at + repeated)
            cells += [""] * blanks + [value] * repeated
            blanks = 0
        return cells, merged


def _value(cell: Element) -> Any:
    """Return the typed value of a cell, '' where it has none."""
    kind = _get(cell, "value-type", "urn:oasis")
    if not kind and not len(cell) and not _get(cell, "formula"):
        return ""
    shown = "\n".join(_said(each) for each in cell if _local(each.tag) == "p")
    is_formula = bool(_get(cell, "formula"))
    if _get(cell, "value-type", "urn:org") == "error" or (is_formula and _ERROR.fullmatch(shown)):
        return shown if shown.startswith("#") else _WITHOUT_NAME
    value = _typed_value(cell, kind, shown)
    is_written = kind == "string" or any(_local(each.tag) == "p" for each in cell)
    if is_formula and value == "" and not is_written:
        return NOT_CALCULATED
    return value


def _typed_value(cell: Element, kind: str, shown: str) -> Any:
    if kind in ("float", "percentage", "currency"):
        return _number(_get(cell, "value"), shown)
    if kind == "boolean":
        return _get(cell, "boolean-value") == "true"
    if kind == "date":
        return _date(_get(cell, "date-value"), shown)
    if kind == "time":
        return _length(_get(cell, "time-value"), shown)
    return _get(cell, "string-value") or shown


def _number(value: str, shown: str) -> Any:
    if value in ("0", "1") and shown in _SHOWN_BOOLEANS:
        return _SHOWN_BOOLEANS[shown]  # LibreOffice keeps a boolean as a number that shows a word
    try:
        return float(value)
    except ValueError:
        return shown


def _date(value: str, shown: str) -> Any:
    """Return a date, or what is shown where the calendar has no such day."""
    try:
        if "T" not in value:
            return date.fromisoformat(value)
        return datetime.fromisoformat(value[:26].rstrip("Z"))
    except ValueError:
        return value or shown


def _length(value: str, shown: str) -> Any:
    found = _LENGTH.fullmatch(value)
    if not found:
        return value or shown
    parts = {
        name: float(text) for name, text in found.groupdict().items() if name != "sign" and text
    }
    length = timedelta(**parts)
    return -length if found["sign"] else length


def _said(node: Element) -> str:
    """Return the text of a paragraph, its breaks, tabs and repeated spaces kept."""
    pieces = [node.text or ""]
    for child in node:
        tag = _local(child.tag)
        if tag == "s":
            pieces.append(" " * _times(child, "c"))
        elif tag not in _UNSAID:
            pieces.append(_SPACES.get(tag) or _said(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _beside(cell: Element) -> Iterator[str]:
    """Yield comments and drawn texts of a cell."""
    for child in cell:
        if _local(child.tag) != "p":
            yield from (text.strip() for text in child.itertext() if text.strip())


def _paragraphs_in(part: bytes) -> list[str]:
    found = (_said(node) for _, node in iterparse(io.BytesIO(part)) if _local(node.tag) == "p")
    return [text.strip() for text in found if text.strip()]


def _all_text(part: bytes) -> list[str]:
    found = (node.text or "" for _, node in iterparse(io.BytesIO(part)))
    return [text.strip() for text in found if text.strip()]


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _get(node: Element, name: str, namespace: str = "") -> str:
    """Return an attribute by its local name; two of the same name differ in their namespace."""
    for key, value in node.items():
        if key.endswith("}" + name) and key.startswith("{" + namespace):
            return value
    return ""


def _times(node: Element, name: str) -> int:
    value = _get(node, name)
    return max(int(value), 1) if value.isdecimal() else 1
