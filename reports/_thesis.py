"""The book's own parts: what a person writes (one file that only a person changes), and where the rest is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reports import _cycles, _decisions, _limits, _lists, _person, _theory
from reports._book import NARRATIVE, file_of, word, words
from reports._origin import worded
from reports._released import unknown
from reports._tables import Markdown

if TYPE_CHECKING:
    from reports.kit import Kit


def slot(k: Kit, place: str = "") -> Markdown:
    """What a person wrote in one place of the book; a marked box where nothing is written yet.

    Raises
    ------
    KitError
        No such place, or no file to read.
    """
    places = words()["places"]
    if place not in places:
        raise unknown("place to write", place, places)
    path = file_of(NARRATIVE)
    text = _person.written(path.read_text(encoding="utf-8-sig"), _lists.HEADING).get(place, "")
    if text:
        return _person.shown(text, place)
    told = {"file": k.plain(path.name, "code"), "place": place, "ask": worded(places[place])}
    return _person.asked(word("to_write"), word("to_write_in", **told))


#: What ``k.table(name, ...)`` and ``k.text(name, ...)`` know of the book.
TABLES: dict[str, Callable[..., Markdown]] = {
    "theory": _theory.theory,
    "corrections": _decisions.corrections,
    "thresholds": _decisions.thresholds,
    "acts": _decisions.acts,
}
TEXTS: dict[str, Callable[..., Markdown]] = {
    "slot": slot,
    "cycles": _cycles.cycles,
    "limits": _limits.limits,
    "audit": _decisions.audit,
    "listed": _lists.listed,
}
