"""The book's lists of figures and tables: references to them in their order, which every renderer numbers.

Quarto has no such lists for pages and Word; these are made of the chapters themselves, the log of
cycles and the pictures that a person placed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from reports import _person
from reports._book import NARRATIVE, file_of
from reports._cycles import captions
from reports._origin import worded
from reports._released import unknown
from reports._tables import Markdown

if TYPE_CHECKING:
    from reports.kit import Kit

KINDS = ("fig", "tbl")
SETTINGS = "_quarto.yml"
CELL = re.compile(r"^```\{python\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SLOT = re.compile(r'k\.text\("slot", place="(\w+)"\)')
CYCLES = 'k.text("cycles")'
PICTURE = re.compile(r"^!\[(.*)\]\([^()\n]*\)\{#(fig-[\w-]+)", re.MULTILINE)
HEADING = re.compile(r"^##[ \t]+(.*?)[ \t]*$", re.MULTILINE)


def listed(k: Kit, kind: str = "", folder: Path | None = None) -> Markdown:
    """One item a figure (``fig``) or table (``tbl``) of the book that is rendered in a folder: here.

    Raises
    ------
    KitError
        No such kind of list, or no file of the person's to read.
    """
    if kind not in KINDS:
        raise unknown("kind of list", kind, KINDS)
    here = folder or Path()
    found = [each for path in _chapters(here) for each in _shown(path.read_text("utf-8"))]
    mine = [f"- @{label}: {caption}" for label, caption in found if label.startswith(f"{kind}-")]
    return Markdown("\n".join(mine))


def _chapters(folder: Path) -> list[Path]:
    book = yaml.safe_load((folder / SETTINGS).read_text(encoding="utf-8"))["book"]
    return [folder / name for name in (*book["chapters"], *book.get("appendices", ()))]


def _shown(text: str) -> Iterator[tuple[str, str]]:
    """Yield label and caption of whatever the cells of a chapter show, in order."""
    for body in CELL.findall(text):
        rows = [row[2:].strip() for row in body.splitlines() if row.startswith("#|")]
        options = yaml.safe_load("\n".join(rows)) or {}
        label = str(options.get("label", ""))
        caption = options.get(f"{label.partition('-')[0]}-cap")
        if caption:
            yield label, worded(str(caption))
        if CYCLES in body:
            yield from captions()
        slot = SLOT.search(body)
        if slot:
            yield from _placed(slot[1])


def _placed(place: str) -> Iterator[tuple[str, str]]:
    text = _person.written(file_of(NARRATIVE).read_text(encoding="utf-8-sig"), HEADING)
    for caption, label in PICTURE.findall(text.get(place, "")):
        # A note stands below its picture; called from the list too, it would stand there twice.
        yield label, _person.own_words(_person.NOTE.sub("", caption))
