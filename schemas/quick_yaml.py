"""YAML as people write it, read twenty times as quickly; what is not plain is left to the exact reader.

Nearly every configuration is plain: blocks, lists, texts, whole numbers, decimals, days, ``true`` and
``null``. Whatever the two readers might take differently (a key given twice, ``0o17``, ``12:30``, tabs,
tags, anchors, a mistake) raises ``NotPlainError``: the exact reader decides, and tells lines.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import yaml

#: Deeper than anybody writes by hand.
DEEPEST = 40
_NULLS = {"", "~", "null", "Null", "NULL"}
_TRUTHS = {word: word.lower() == "true" for x in ("true", "false") for word in (x, x.title(), x.upper())}  # fmt: skip
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,40}\Z")
#: 270.000: two hundred and seventy, or so many thousands?
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,17}\.[0-9]{3}\Z")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
#: Ranges and months: no number in any version.
_RANGE = re.compile(r"[0-9]+-[0-9]+\Z")
#: What some reader of YAML might take for a number or a time, in any of its ways of writing them.
_LIKE_A_NUMBER = re.compile(
    r"[-+.]*[0-9_.][-+0-9_.:a-fA-FxXoOtTzZ \t]*\Z|[-+]?\.(?:inf|nan)\Z", re.I
)
#: Line ends of one version of YAML that are none of the other; a mark at the start of a file; tabs; a
#: comment stuck to the mark of a block of text, or that block begun by an empty line.
_DIFFERENT = re.compile(
    r"[\t\x85\u2028\u2029\ufeff]"
    r"|[|>][-+0-9]*(?:#|[ ]*(?:#[^\r\n]*)?(?:\r\n?|\n)[ ]*[\r\n])"
)
#: A colon stuck to what follows: after a text in quotes it divides in one version and not in the other.
_STUCK = re.compile(r"\s*:\S")


class TwoWays(float):
    """A decimal that may be read as thousands: one that means money asks how it was written."""

    written: str

    def __new__(cls, written: str) -> TwoWays:
        """Make one of its text."""
        made = super().__new__(cls, written)
        made.written = written
        return made


def two_ways(written: str) -> TwoWays | None:
    """Return the decimal where it has exactly three digits after the point, and ``None`` elsewhere."""
    return TwoWays(written) if _THOUSANDS.match(written) else None


class NotPlainError(ValueError):
    """A text that the exact reader must read."""


def read(text: str) -> Any:
    """Return the tree of a plain YAML text: dicts, lists and scalars; ``None`` where it is empty.

    Raises
    ------
    NotPlainError
        The text is not plain, or no YAML.
    """
    if _DIFFERENT.search(text):
        raise NotPlainError
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(text).built(yaml.parse(text, loader))
    except (yaml.YAMLError, RecursionError):
        raise NotPlainError from None


class _Builder:
    """Puts a tree together from what the parser meets, one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Any = None
        self.documents_n = 0
        #: The open blocks, the innermost last, and of each mapping the key that waits for its value.
        self.open: list[tuple[Any, list[Any]]] = []
        #: Open blocks from the outermost one in brackets on: within it all are.
        self.in_brackets_n = 0

    def built(self, events: Any) -> Any:
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._put(self._scalar(event))
            elif isinstance(event, yaml.CollectionStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
                self.in_brackets_n -= self.in_brackets_n > 0
            elif isinstance(event, yaml.DocumentStartEvent):
                self.documents_n += 1
                if self.documents_n > 1 or event.version or event.tags:
                    raise NotPlainError
            elif isinstance(event, yaml.AliasEvent) or _is_ended_by_hand(event):
                raise NotPlainError
        return self.root

    def _scalar(self, event: Any) -> Any:
        is_in_brackets = self.in_brackets_n > 0
        if event.style in ("|", ">"):
            is_plain = bool(self.open)
        else:
            is_stuck = event.style and _STUCK.match(self.text, event.end_mark.index)
            is_plain = not (is_in_brackets and is_stuck)
        if not is_plain:
            raise NotPlainError
        return _scalar(event, is_in_brackets=is_in_brackets)

    def _begin(self, event: Any) -> None:
        if event.anchor or event.tag or len(self.open) >= DEEPEST:
            raise NotPlainError
        made: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._put(made)
        self.open.append((made, []))
        self.in_brackets_n += bool(event.flow_style) or self.in_brackets_n > 0

    def _put(self, value: Any) -> None:
        if not self.open:
            self.root = value
            return
        block, waiting = self.open[-1]
        if isinstance(block, list):
            block.append(value)
        elif waiting:
            block[waiting.pop()] = value
        elif value is None or isinstance(value, (dict, list, float)) or value in block:
            raise NotPlainError
        else:
            waiting.append(value)


def _is_ended_by_hand(event: Any) -> bool:
    return isinstance(event, yaml.DocumentEndEvent) and event.explicit


def _scalar(event: Any, *, is_in_brackets: bool) -> Any:
    if event.anchor or event.tag:
        raise NotPlainError
    value: str = event.value
    if event.style:  # in quotes, or a block of text
        return value
    if value in _NULLS:
        return None
    if value in _TRUTHS:
        return _TRUTHS[value]
    if _WHOLE.match(value):
        return int(value)
    if _DECIMAL.match(value):
        return two_ways(value) or float(value)
    day = _DAY.match(value)
    if day:
        return _day(*map(int, day.groups()))
    if _RANGE.match(value):
        return value
    # Within brackets a colon or question mark divides in one version of YAML and not in the other.
    is_divided = is_in_brackets and (":" in value or "?" in value)
    if value in ("=", "<<") or is_divided or _LIKE_A_NUMBER.match(value) or value[0] in "?:-":
        raise NotPlainError
    return value


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotPlainError from None
