"""What the cells of a column speak for: codes of a list, codes of people and records. Evidence only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from assets.intake.propose_text import plain
from assets.intake.propose_values import Fit, Values, share_of
from schemas.field import Field

_CODE_LIKE = 90  # of 100: from here on two words are taken for the same, to be confirmed


def fit_codes(values: Values, words: Mapping[str, Sequence[str]]) -> Fit:
    """Match cells to the words of a code list (code -> its labels and synonyms)."""
    found = {text: _best_code(text, words) for text in values.texts[:200]}
    known = {text: hit for text, hit in found.items() if hit is not None}
    share = share_of(values, [text in known for text in values.texts])
    return Fit(
        share,
        f"{share:.0%} celle simili a una voce dell'elenco",
        f"{share:.0%} cells like an entry of the list",
        doubt=any(alike < 100 for _, alike in known.values()),
        is_telling=share >= 0.8 and len(known) > 1 and all(len(text) > 2 for text in known),
        codes=known,
    )


def _best_code(text: str, words: Mapping[str, Sequence[str]]) -> tuple[str, int] | None:
    asked = plain(text)
    scored = []
    for code, names in words.items():
        alike = max((_alike(asked, plain(name)) for name in names), default=0)
        scored.append((alike, code))
    if not scored:
        return None
    best, code = max(scored, key=lambda each: each[0])
    others = [alike for alike, other in scored if other != code]
    is_clear = best > max(others, default=0)
    return (code, best) if best >= _CODE_LIKE and is_clear else None


@lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> int:
    """Return how alike two words are, 0 to 100; 100 only where they are equal."""
    if one == other:
        return 100
    if min(len(one), len(other)) < 4:
        return 0  # short codes are equal or they are not
    spelt = max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))
    # One name inside the other: "Italiano donne", "Italiano per donne".
    inside = 0.93 * fuzz.token_set_ratio(one, other)
    return min(99, int(max(spelt, inside)))


def fit_text(values: Values, declared: Field) -> Fit:
    """Judge codes for people and records by their shape, and words of a service by how few they are."""
    if declared.pattern is None:
        few = len(values.texts) <= 30 and values.filled_n >= 3 * len(values.texts) > 0
        share = 0.8 if few else 0.3
        return Fit(
            share, f"{len(values.texts)} voci diverse", f"{len(values.texts)} different entries"
        )
    share = share_of(values, [bool(re.match(declared.pattern, text)) for text in values.texts])
    shapes: dict[str, int] = {}
    for text, count in zip(values.texts, values.counts, strict=True):
        shapes[_shape(text)] = shapes.get(_shape(text), 0) + count
    top = max(shapes, key=lambda each: (shapes[each], each), default="")
    is_one = bool(top) and shapes[top] >= 0.9 * values.filled_n and any(e in top for e in "AZ09")
    repeated = values.filled_n / max(len(values.texts), 1)
    return Fit(
        share,
        f"{share:.0%} codici, {repeated:.1f} righe per codice",
        f"{share:.0%} codes, {repeated:.1f} rows a code",
        pattern=rf"\A{top}\Z" if is_one else "",
    )


def _shape(text: str) -> str:
    """Return the form of a code: ``LUN-0123`` -> ``[A-Z]{3}-[0-9]{4}``; nothing of the code itself."""
    pieces = re.findall(r"[A-Z]+|[a-z]+|[0-9]+|[^A-Za-z0-9]", text)
    if len(pieces) > 7 or any(piece.isalpha() and not piece.isascii() for piece in pieces):
        return ""
    names = {"A": "[A-Z]", "a": "[a-z]", "0": "[0-9]"}
    made = []
    for piece in pieces:
        kind = (
            "A"
            if piece[0].isupper()
            else "a"
            if piece[0].islower()
            else "0"
            if piece[0].isdigit()
            else ""
        )
        made.append(
            f"{names[kind]}{{{len(piece)}}}" if kind else re.escape(piece).replace("\\-", "-")
        )
    return "".join(made)
