"""Every number is an object: its mark, its name, and the door no unmarked number passes.

While a document is rendered (``LUNATTIVA_NUMBERS`` is set) what the kit says is marked: a number
by the names of the released cells it rests on, a date, a threshold, a name with a digit in it by
why it is no measure. The marks are three characters nobody types, so that sentences and tables are
made of marked text as of any other; where Markdown is made they become pandoc's spans,
``[12,3 %]{.num data-n=NK7QX2P4A}`` and ``[2022]{.fixed data-why=date}``, and a digit outside them
is refused. Elsewhere (a notebook, a test) nothing is marked.
"""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from reports._released import Cell, KitError

MODE = "LUNATTIVA_NUMBERS"
OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
MARKS = re.compile("[\ue000\ue001\ue002]")
MARKED = re.compile("\ue000([^\ue000\ue001\ue002]*)\ue001([^\ue000\ue001\ue002]*)\ue002")
#: Kinds of number: a released cell, a figure about anonymity, a count of the release itself.
CELL, ANONYMITY, COUNT = "N", "A", "M"
PARTS = ("n", "p", "low", "high", "missing")
WHY = (
    "code", "date", "definition", "label", "period", "scale", "source", "target", "threshold",
    "version", "word",
)  # fmt: skip
ID = re.compile(r"[NAM][A-Z2-7]{8}")
DIGIT = re.compile(r"\d")
TOKEN = re.compile(r"[^\s{}]*\d[^\s{}]*(?:[ \u00a0]%)?")
PLACE = re.compile(r"(\{\w*\})")
SPAN = re.compile(r"\[(?:[^\[\]\\]|\\.)*\]\{\.(?:num|fixed)\b[^{}]*\}")
ATTRIBUTES = re.compile(r"\{[^{}]*\}|\]\([^)]*\)")
#: A citation or reference that a person wrote: with its places (``[@lewin1946, p. 34]``) or bare.
CITED = re.compile(r"\[[^\[\]]*(?<![\w\\])@[A-Za-z][^\[\]]*\]|(?<![\w\\])@[A-Za-z][\w:-]*")


@dataclass(frozen=True)
class Fact:
    """A number that is no released cell: a figure about anonymity, a count of the release.

    Attributes
    ----------
    kind
        ``ANONYMITY`` or ``COUNT``.
    coordinates
        What it is about, from the general to the particular.
    """

    kind: str
    coordinates: tuple[str, ...]


#: Whatever a document has shown so far, by its name.
shown: dict[str, Cell | Fact] = {}


def is_marking() -> bool:
    """Say whether what the kit says is marked: only where a renderer asked for it."""
    return bool(os.environ.get(MODE))


@cache
def _named(kind: str, coordinates: tuple[str, ...]) -> str:
    digest = hashlib.sha256("/".join(coordinates).encode()).digest()
    return kind + base64.b32encode(digest).decode()[:8]


def number_id(thing: Cell | Fact) -> str:
    """Return the name of a number: a letter for its kind and eight more, without 0, 1, 8 and 9.

    It is made of what the number is about, so the same cell has the same name in every language,
    document and release.
    """
    if isinstance(thing, Cell):
        return _named(CELL, thing.coordinates)
    return _named(thing.kind, thing.coordinates)


def spelled(name: str) -> str:
    """Return a name as it is read aloud: N-K7QX-2P4A."""
    return f"{name[0]}-{name[1:5]}-{name[5:]}"


def mark(text: str, *things: Cell | Fact | None, part: str = "") -> str:
    """Return the text of a number marked with the cells it rests on.

    Parameters
    ----------
    things
        One cell; several where it was computed from several. None is left out.
    part
        One of ``PARTS`` where it is the base, p, an end of the interval or the missing of a cell.
    """
    known = [thing for thing in things if thing is not None]
    if not is_marking() or not known:
        return text
    names = []
    for thing in known:
        name = number_id(thing)
        shown[name] = thing
        names.append(f"{name}.{part}" if part else name)
    return f"{OPEN}{'+'.join(dict.fromkeys(names))}{BETWEEN}{text}{CLOSE}"


def plain(text: str, why: str) -> str:
    """Return a text whose digits measure nothing, marked with why: one of ``WHY``.

    Raises
    ------
    KitError
        No such reason.
    """
    if why not in WHY:
        raise KitError(f"a number is no measure for one of these reasons: {', '.join(WHY)}")
    if not is_marking() or OPEN in text or not DIGIT.search(text):
        return text
    return f"{OPEN}={why}{BETWEEN}{text}{CLOSE}"


def worded(text: str, why: str = "word") -> str:
    """Return a declared text, its own digits marked; ``{placeholders}`` stay as they are."""
    return _worded(text, why) if is_marking() and OPEN not in text else text


@cache
def _worded(text: str, why: str) -> str:
    parts = PLACE.split(text)
    mine = f"{OPEN}={why}{BETWEEN}\\g<0>{CLOSE}"
    return "".join(p if PLACE.fullmatch(p) else TOKEN.sub(mine, p) for p in parts)


def bare(text: str) -> str:
    """Return a marked text without its marks: for drawing, widths, descriptions."""
    text = f"{text}"
    while OPEN in text:
        text, found = MARKED.subn(r"\2", text)
        if not found:
            return MARKS.sub("", text)
    return text


def names_in(text: str) -> list[str]:
    """Return the names of the numbers in a marked text, in order."""
    found = re.findall(f"{OPEN}([^=\ue000\ue001\ue002][^\ue000\ue001\ue002]*){BETWEEN}", text)
    return [name.partition(".")[0] for each in found for name in each.split("+")]


def unmarked(text: str) -> str:
    """Return the first piece of a marked text that holds a digit outside any mark; else nothing."""
    while OPEN in text:
        text, found = MARKED.subn("", text)
        if not found:
            break
    return _digits(text)


def finished(text: str) -> str:
    """Return marked Markdown with pandoc's spans for the marks.

    Raises
    ------
    KitError
        A digit stands outside every mark: a number nobody can trace.
    """
    text = f"{text}"
    if not is_marking():
        return text
    while OPEN in text:
        text, found = MARKED.subn(_span, text)
        if not found:
            raise KitError("a mark of a number was cut in two")
    left = text
    while True:
        left, found = SPAN.subn("", left)
        if not found:
            break
    stray = _digits(CITED.sub("", ATTRIBUTES.sub("", left)))
    if stray:
        raise KitError(
            f"the number in '{stray}' says nothing of where it comes from: make it with k.number, "
            "k.mark(text, cell) or, if it measures nothing, k.plain(text, why)"
        )
    return text


def _span(found: re.Match[str]) -> str:
    name, text = found.groups()
    if name.startswith("="):
        return f"[{text}]{{.fixed data-why={name[1:]}}}"
    return f"[{text}]{{.num data-n={name}}}"


def as_html(text: str) -> str:
    """Return a marked text as HTML, for a page that no Markdown is made of.

    Raises
    ------
    KitError
        While pages are made: a digit stands outside every mark.
    """
    stray = unmarked(text) if is_marking() else ""
    if stray:
        raise KitError(f"the number in '{stray}' says nothing of where it comes from")
    return MARKED.sub(_element, html.escape(f"{text}"))


def _element(found: re.Match[str]) -> str:
    name, text = found.groups()
    if name.startswith("="):
        return f'<span class="fixed" data-why="{name[1:]}">{text}</span>'
    return f'<span class="num" data-n="{name}">{text}</span>'


def _digits(text: str) -> str:
    found = re.search(r"\S*\d\S*", text)
    return found.group()[:40] if found else ""


class Said(str):
    """A marked text as a document gets it: printed or shown inline, it is Markdown."""

    __slots__ = ()

    def __str__(self) -> str:
        return finished(escape(self))

    def __format__(self, spec: str) -> str:
        # Inside a longer text it stays marked; str's own way would ask for __str__.
        return format(str.__str__(self), spec)

    def _repr_markdown_(self) -> str:
        return finished(escape(self))


def said(text: str) -> str:
    """Return a text for a document: marked while a document is rendered, as it is elsewhere."""
    return Said(f"{text}") if is_marking() else text


def escape(text: str) -> str:
    """Return text whose marks Markdown would read as formatting made plain."""
    for mark_ in ("\\", "|", "*", "_", "<", ">", "[", "]", "`", "$", "@"):
        text = text.replace(mark_, "\\" + mark_)
    return text


def known(names: Sequence[str]) -> dict[str, Cell | Fact]:
    """Return what a document has shown, of these names."""
    return {name: shown[name] for name in names if name in shown}
