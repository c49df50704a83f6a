"""What the cells of one column give away: each distinct text is looked at once, most only by Arrow."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.intake.grid import Cells, coded, distinct, is_blank, plain
from assets.intake.identifiers import (
    EVERYWHERE,
    has_prefixed_phone,
    has_written_phone,
    is_bare_phone,
    plain_text,
)
from schemas.fields import FIELDS

#: What a cell must hold to be worth a closer look; almost none does. Letters beyond ASCII may be
#: look-alikes and always earn the look.
_WORTH_A_LOOK = "|".join(
    (
        r"[A-Za-z](?:[\s\-_./]{0,3}[A-Za-z]){5}(?:[\s\-_./]{0,3}[0-9A-Za-z]){10}",  # tax code
        "@",
        r"[A-Za-z]{2}[ -]?[0-9]{2}(?:[ -]?[0-9A-Za-z]){8}",  # IBAN
        r"(?i:stp|eni)[\s-]?[0-9]|80380",  # health codes
        # Telephones: with a prefix, grouped, or beside a word that announces one.
        r"(?:\A|[^0-9A-Za-z])(?:\+|00)[\s(]?[1-9](?:[\s./()-]{0,2}[0-9]){7}",
        r"[0-9][\s/-]{1,3}[0-9]{3}",
        r"(?i:tel|cell|mobile|phone|whatsapp|chiamar|recapito|\bwa\b)",
        r"[^\x00-\x7f]",
    )
)
#: From this share of a column's distinct cells on, numbers that could be telephones are.
_PHONE_SHARE = 0.5
_PHONE_LEAST = 3
_PHONE_SHAPE = r"\A[03][0-9\s./-]{7,14}\z"
_DATE_SHAPE = r"\A[0-9]{1,2}([./-])[0-9]{1,2}[./-][0-9]{2,4}\z"


def kinds_in_column(
    column: Cells, below: Cells, announced: str | None, name: str | None
) -> dict[str, int]:
    """Return kind of identifier -> number of cells.

    Parameters
    ----------
    below
        The cells under the heading.
    announced
        The kind that the heading gives away: every filled cell is one.
    name
        Our column, where the source maps it: it tells telephone numbers from codes.
    """
    found: dict[str, int] = {}
    tests = dict(EVERYWHERE)
    # Numbers and dates have a shape of their own that sorting checks.
    kind_of_column = "text" if name is None else FIELDS[name].kind
    is_free = kind_of_column == "text"
    if is_free or kind_of_column == "code":
        is_code = not is_free or (name is not None and FIELDS[name].role == "pseudonym")
        tests["phone"] = has_prefixed_phone if is_code else has_written_phone
    for text, times in _worth_a_look(column).items():
        for kind, test in tests.items():
            if test(text):
                found[kind] = found.get(kind, 0) + times
    if is_free:  # lists of codes may well be numbers of ten digits
        found["phone"] = max(found.get("phone", 0), _phone_column(below))
    if announced:
        found[announced] = max(found.get(announced, 0), int((~is_blank(below)).sum()))
    return {kind: count for kind, count in found.items() if count}


def _worth_a_look(column: Cells) -> Counter[str]:
    """Return the texts that may hold an identifier, made plain, and how many cells hold them."""
    found: Counter[str] = Counter()
    if pa.types.is_dictionary(column.type):
        codes, words = coded(column)
        at = np.flatnonzero(_matches(words, _WORTH_A_LOOK))
        if len(at):
            times = np.bincount(codes[codes >= 0], minlength=len(words))
            for text, n in zip(words.take(pa.array(at)).to_pylist(), times[at], strict=True):
                found[plain_text(text)] += int(n)
        return found
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        worth = chunk.filter(pa.array(_matches(chunk, _WORTH_A_LOOK)))
        for each in pc.value_counts(worth).to_pylist():
            found[plain_text(each["values"])] += each["counts"]
    return found


def _phone_column(cells: Cells) -> int:
    """Count bare numbers that could be telephones, if they are what the column consists of."""
    is_coded = pa.types.is_dictionary(cells.type)
    trimmed = pc.utf8_trim_whitespace(distinct(cells) if is_coded else plain(cells))
    could = trimmed.filter(pa.array(_matches(trimmed, _PHONE_SHAPE)))
    could = pc.unique(could.filter(pa.array(~_matches(could, _DATE_SHAPE))))
    if len(could) < _PHONE_LEAST:
        return 0
    least = max(_PHONE_LEAST, pc.count_distinct(trimmed).as_py() * _PHONE_SHARE)
    phones = [each for each in could.to_pylist() if is_bare_phone(each)]
    if len(phones) < least:
        return 0
    text = pc.utf8_trim_whitespace(plain(cells))
    return int(np.asarray(pc.is_in(text, pa.array(phones, pa.string()))).sum())


def _matches(words: pa.Array, pattern: str) -> np.ndarray:
    return np.asarray(pc.fill_null(pc.match_substring_regex(words, pattern), False), dtype=bool)
