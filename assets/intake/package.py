"""What an Office file holds outside the cells: comments, text boxes, footers, who made the document.

They, and the copies of data that pivot tables and links keep, are looked at by the gate only.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from assets.intake import ooxml, xlsb
from assets.intake.identifiers import EVERYWHERE, plain_text
from assets.intake.values import Marks

_MOST_BYTES = 1_000_000_000
#: ``count="4294967295"``: a part that is said to hold more than would fit into it.
_IMPOSSIBLE_COUNT = re.compile(rb"ount=[\"'][0-9]{8,}")

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
#: Text in the parts of a binary workbook.
_BINARY_TEXT = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){4,}")
_NODE = re.compile(rb">([^<>]+)<")
_PIVOT_ITEM = re.compile(rb"\bv=\"([^\"]+)\"")
#: Where a person's words stand in attributes: names and hints, filters, formats, links.
_ATTRIBUTE = re.compile(
    rb"\b(?:prompt|promptTitle|error|errorTitle|name|displayName|formatCode|codeName|val|tooltip|display"
    rb"|Target)=(?:\"([^\"]{8,})\"|'([^']{8,})')"
)
_FORMULA_TEXT = re.compile(rb"<(?:\w+:)?f(?:ormula[12]?)?\b[^>]*>([^<]{8,})<")
_CELLS = re.compile(rb"<(?:\w+:)?sheetData\b.*</(?:\w+:)?sheetData>", re.DOTALL)
#: Parts without such words, some of them large.
_NO_WORDS = re.compile(r"sharedstrings|theme|media/|\.bin\Z", re.IGNORECASE)
#: Marks of place in a footer: ``&C`` the middle, ``&L`` the left.
_FOOTER_MARK = re.compile(r"&[A-Z]")


@dataclass(frozen=True)
class Package:
    """What stands beside the values.

    Attributes
    ----------
    marks
        Of each sheet, by name.
    texts
        Texts outside cells.
    properties
        Texts of the document's properties: who saved it last, in which office.
    """

    marks: dict[str, Marks] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()

    @property
    def has_new_errors(self) -> bool:
        """Whether a cell shows an error that calamine does not know."""
        shown = (text for marks in self.marks.values() for text in marks.failed.values())
        return any(isinstance(text, str) and text not in ooxml.KNOWN_ERRORS for text in shown)


def read_package(data: bytes) -> Package:
    """Read what an Office file holds beside its values.

    Every part is unpacked here once, so that one whose size is a lie never reaches calamine.

    Raises
    ------
    ValueError
        Larger than can be looked through. Damaged packages raise as ``zipfile`` and
        ``ElementTree`` do.
    DeliveryRefused
        A sheet with a cell so far out that it cannot be laid out.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if sum(each.file_size for each in package.infolist()) > _MOST_BYTES:
            raise ValueError("too large")
        texts: list[str] = []
        properties: list[str] = []
        for part in sorted(package.namelist()):
            content = package.read(part)
            if _IMPOSSIBLE_COUNT.search(content) or xlsb.has_impossible_count(part, content):
                raise ValueError("calamine would take memory for so many")
            found = properties if part.lower().startswith("docprops/") else texts
            found.extend(_texts(part, content))
            texts.extend(_in_attributes(part, content))
        kind = xlsb if xlsb.BOOK in package.namelist() else ooxml
        marks = {name: kind.marks(package, name, part) for name, part in kind.sheet_parts(package)}
    return Package(marks, tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(properties)))


def _in_attributes(part: str, content: bytes) -> Iterator[str]:
    """Yield the words in attributes and formulas that are an identifier beyond doubt.

    Most are names of styles and ranges, so that a person's name in them is not looked for.
    """
    if _NO_WORDS.search(part):
        return
    found = set(_FORMULA_TEXT.findall(content)) if b"<f" in content else set()
    around = _CELLS.sub(b"", content)
    found.update(one or other for one, other in _ATTRIBUTE.findall(around))
    for each in sorted(found):
        text = html.unescape(each.decode("utf-8", errors="replace"))
        if any(test(plain_text(text)) for test in EVERYWHERE.values()):
            yield text


def _texts(part: str, content: bytes) -> Iterator[str]:
    pieces = []
    if part.lower().endswith(".bin"):
        if "comment" in part.lower():
            yield from (text.decode("utf-16-le") for text in _BINARY_TEXT.findall(content))
    elif _TEXT_PARTS.search(part):
        pieces = [content]
    elif part.lower().endswith("xl/workbook.xml"):
        pieces = [found[0] for found in _BOOK_TEXTS.finditer(content)]
    elif b"headerFooter" in content or b"dataValidations" in content:
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
