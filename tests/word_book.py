"""What must hold in a book for Word so that its numbers and references can be updated there."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(path: Path) -> dict[str, bytes]:
    """Return the parts of a document by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(path: Path) -> str:
    """Return the words of a document as Word shows them: without the instructions of its fields."""
    body = parts(path)["word/document.xml"].decode("utf-8").replace("</w:p>", " ")
    return re.sub(r"<[^>]+>", "", re.sub(r"<w:instrText[^>]*>[^<]*</w:instrText>", "", body))


def instructions(path: Path) -> list[str]:
    """Return the instructions of all fields, in order."""
    tree = ElementTree.fromstring(parts(path)["word/document.xml"])
    return [" ".join(each.text.split()) for each in tree.iter(f"{W}instrText") if each.text]


def problems(path: Path) -> list[str]:
    """Return what is wrong: unbalanced fields, references to nothing, unknown styles or lists."""
    found = parts(path)
    tree = ElementTree.fromstring(found["word/document.xml"])
    styles = {
        each.get(f"{W}styleId")
        for each in ElementTree.fromstring(found["word/styles.xml"]).iter(f"{W}style")
    }
    numbering = ElementTree.fromstring(found["word/numbering.xml"])
    lists = {each.get(f"{W}numId") for each in numbering.iter(f"{W}num")} | {"0"}
    return [
        *_unbalanced(tree),
        *_unplaced(tree),
        *(
            f"no style {name}"
            for name in {x.get(f"{W}val") for x in tree.iter(f"{W}pStyle")} - styles
        ),
        *(f"no list {name}" for name in {x.get(f"{W}val") for x in tree.iter(f"{W}numId")} - lists),
    ]


def _unbalanced(tree: ElementTree.Element) -> list[str]:
    state: list[str] = []
    wrong: list[str] = []
    for each in tree.iter(f"{W}fldChar"):
        kind = each.get(f"{W}fldCharType")
        if kind == "begin":
            state.append("begin")
        elif not state or (kind == "separate" and state[-1] != "begin"):
            wrong.append(f"field: {kind} where none was begun")
        elif kind == "separate":
            state[-1] = "separate"
        else:
            state.pop()
    return wrong + (["field: one is never ended"] if state else [])


def _unplaced(tree: ElementTree.Element) -> list[str]:
    marks = [each.get(f"{W}name") or "" for each in tree.iter(f"{W}bookmarkStart")]
    ids = [each.get(f"{W}id") for each in tree.iter(f"{W}bookmarkStart")]
    ends = [each.get(f"{W}id") for each in tree.iter(f"{W}bookmarkEnd")]
    wrong = [f"bookmark {name} twice" for name, n in Counter(marks).items() if n > 1]
    wrong += ["bookmarks that do not end"] if Counter(ids) != Counter(ends) else []
    for each in tree.iter(f"{W}instrText"):
        words = (each.text or "").split()
        if words and words[0] in ("PAGEREF", "REF") and words[1] not in marks:
            wrong.append(f"{words[0]} to nothing: {words[1]}")
        if words and words[0] in ("PAGEREF", "REF") and len(words[1]) > 40:
            wrong.append(f"a name longer than Word takes: {words[1]}")
    for each in tree.iter(f"{W}hyperlink"):
        anchor = each.get(f"{W}anchor")
        if anchor and anchor not in marks:
            wrong.append(f"a link to nothing: {anchor}")
    return wrong
