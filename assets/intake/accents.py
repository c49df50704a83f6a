"""Single-byte text: which encoding makes words of Western European languages out of its bytes."""

from __future__ import annotations

import re

_CANDIDATES = ("cp1252", "mac-roman", "cp850")
_GRAVE = frozenset("àèéìòùÀÈÉÌÒÙ")
_ALONE = frozenset("èÈàÀ")
_COMMON = frozenset("çñäöüßâêîôûëïáíóúåøæœãõÇÑÄÖÜÂÊÎÔÛËÏÁÍÓÚÅØÆŒÃÕ")
#: Points for a mark that stands where such marks stand, by what is before and after it.
_PLACES = (
    ("’", r"\w’\w", 3.0),
    ("’", r"\w’", 1.0),
    ("‘", r"(?<!\w)‘\w", 1.0),
    ("“«„", r"(?<!\w)[“«„][\w ]", 2.0),
    ("”»", r"[\w.,;!? …][”»](?!\w)", 2.0),
    ("–—", r"[\s\d;,\t|][–—][\s\d;,\t|]?", 1.0),
    ("…", r"[\w ]…(?!\w)", 1.0),
    ("€", r"(?:[\d\s(;,\t|\"]|^)€", 2.0),
    ("°ºª", r"[\dnNC][°ºª]", 2.0),
    ("²³", r"m[²³]", 1.0),
    ("•·", r"(?<!\w)[•·]", 0.5),
    ("£§©®™½¼¾±×µ¿¡\xa0", r"(?<![^\W\d])[£§©®™½¼¾±×µ¿¡\xa0]", 0.5),
)
_PATTERNS = {
    mark: [(re.compile(place), points) for marks, place, points in _PLACES if mark in marks]
    for mark in "".join(marks for marks, _, _ in _PLACES)
}
_FOREIGN_RUN = re.compile(r"[^\W\d_\x00-\x7fàèéìòùÀÈÉÌÒÙáíóúç]{3,}")
_MARGIN = 1.0


def judged(sample: bytes) -> str | None:
    """Return cp1252, mac-roman or cp850: the one that makes words of the bytes; None where unclear.

    Parameters
    ----------
    sample
        Lines that hold bytes above 127.

    Notes
    -----
    cp1252, in which Windows writes, is taken unless another is clearly better; bytes from 0x80 to
    0x9f, where the three differ most, must make sense in it. latin-1 is part of cp1252: its own
    0x80-0x9f are control characters, which no table holds.
    """
    marks = {name: _points_of(sample, name) for name in _CANDIDATES}
    ranked = sorted(_CANDIDATES, key=lambda name: -marks[name])
    best, second = marks[ranked[0]], marks[ranked[1]]
    usual = marks["cp1252"]
    low = any(0x80 <= byte <= 0x9F for byte in sample)
    if usual >= (0 if low else -1) and usual > best - _MARGIN:
        others = max(marks[name] for name in _CANDIDATES if name != "cp1252")
        return "cp1252" if not low or usual >= others else None
    if usual < 0 and best >= _MARGIN and best - second >= _MARGIN:
        return ranked[0]
    return None


def _points_of(sample: bytes, encoding: str) -> float:
    """Return the mean points of the characters above ASCII; very low where some cannot be."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return -9.0
    if _FOREIGN_RUN.search(text):
        return -5.0
    points = [_points(text, at) for at, character in enumerate(text) if not character.isascii()]
    return sum(points) / len(points)


def _points(text: str, at: int) -> float:
    character = text[at]
    if character in _PATTERNS:
        for pattern, points in _PATTERNS[character]:
            if pattern.search(text[max(0, at - 1) : at + 2]):
                return points
        return -3.0
    if not character.isalpha():
        return -4.0
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    return _letter_points(character, before, after)


def _letter_points(character: str, before: str, after: str) -> float:
    """Return points for a letter, by the letters around it."""
    if character.isupper() and before.isalpha() and before.islower():
        return -3.0
    if not before.isalpha() and not after.isalpha():
        return 2.0 if character in _ALONE else -1.0
    if character in _GRAVE:
        return 3.0 if not after.isalpha() else 0.5
    return 1.0 if character in _COMMON else -1.0
