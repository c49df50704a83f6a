"""Reading a finished page: which numbers are objects, which stand in a person's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [*sorted((ROOT / "reports").glob("*.qmd")), *sorted((ROOT / "thesis").glob("*.qmd"))]
#: Whole regions without results: titles and contents, the watermark, formulas, the bibliography,
#: numbers of sections, captions' numbers and cross-references, the drawing itself (checked by ids).
APART = ("title", "nav", "header", "footer", "script", "style", "math", "svg")
APART_CLASSES = ("csl-entry", "citation", "header-section-number", "equation-number", "caption-label", "crossref",
                 "list-of-figures", "list-of-tables", "watermark", "references", "todo")  # fmt: skip
OBJECTS = ("num", "fixed")
VOID = ("meta", "link", "br", "hr", "img", "input", "col", "path", "rect", "circle", "use", "image")


class _Reader(HTMLParser):
    """Collects the names of numbers, and pieces of text with digits outside any object."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.names: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        classes = (about.get("class") or "").split()
        if "num" in classes:
            self.names += [x.partition(".")[0] for x in (about.get("data-n") or "?").split("+")]
        drawn = re.search(r"(?:^|_)n-([A-Z2-7]{9})-\d+$", about.get("id") or "")
        if drawn:
            self.names.append(drawn.group(1))
        is_apart = tag in APART or bool(set(classes) & {*APART_CLASSES, *OBJECTS})
        if tag not in VOID:
            self.open.append((tag, is_apart))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if re.search(r"\d", data) and not any(apart for _, apart in self.open):
            self.texts.append(" ".join(data.split()))


def stray_numbers(page: str, sources: Sequence[Path]) -> list[str]:
    """Return what is wrong: text with a digit that is no object and in no document, names unknown."""
    reader = _Reader()
    reader.feed(page)
    told = re.search(r'id="numbers">(.*?)</script>', page, re.DOTALL)
    known = json.loads(told.group(1))["numbers"] if told else {}
    assert reader.names, "the page shows no number at all"
    wrong = [f"no origin: {name}" for name in reader.names if name not in known]
    written = _words(" ".join(path.read_text(encoding="utf-8") for path in sources))
    return wrong + [text for text in reader.texts if not _words(text) <= written]


def _words(text: str) -> set[str]:
    """Return the words that hold a digit, without the marks around them."""
    return {word.strip(".,;:()[]\"'«»`#|{}") for word in re.findall(r"\S*\d\S*", _plain(text))}


def _plain(text: str) -> str:
    for mark, plain in (
        ("\u2019", "'"),
        ("\u201c", '"'),
        ("\u201d", '"'),
        ("\u00a0", " "),
        ("\u2013", "-"),
        ("--", "-"),
    ):
        text = text.replace(mark, plain)
    return " ".join(text.replace("*", "").split())
