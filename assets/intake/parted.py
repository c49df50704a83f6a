"""Identifiers whose parts stand in neighbouring columns: ``0376`` and ``123456``, a tax code in four cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assets.intake.grid import Cells, plain
from assets.intake.identifiers import has_tax_code, plain_text
from assets.intake.phones import is_bare_phone

_SAMPLE = 60
_LEAST, _SHARE = 2, 0.5
_TAX_CODE = 16
_PREFIX = re.compile(r"(?:\+|00)?39|0[1-9][0-9]{0,2}|3[0-9]{2}")
_REST = re.compile(r"[0-9]{5,7}|3[0-9]{8,9}|0[0-9]{6,9}")
_PHONES_LEAST, _PHONES_SHARE = 3, 0.8
_TRIMMED = re.compile(r"[^0-9A-Za-z]")


def split_identifiers(columns: Sequence[Cells | None]) -> Iterator[tuple[int, int, str, int]]:
    """Yield first and last position, kind and number of rows of what is parted over columns.

    ``None`` stands for a column that is known to hold something else. Some first rows decide.
    """
    if len(columns) < 2:
        return
    some = [[] if each is None else _first_cells(each) for each in columns]
    widths = [_width(each) for each in some]
    for first in range(len(columns)):
        for last in range(first + 1, len(columns)):
            total = sum(widths[first : last + 1])
            if not all(widths[first : last + 1]) or total > _TAX_CODE:
                break  # a column apart, or of cells of many lengths
            if total == _TAX_CODE:
                rows = _joined(some[first : last + 1])
                found_n = sum(map(has_tax_code, rows))
                if found_n >= max(_LEAST, _SHARE * len(rows)):
                    yield first, last, "tax_code", _filled(columns[first])
    for at, (prefix, rest) in enumerate(pairwise(some)):
        if _are_phones(prefix, rest):
            yield at, at + 1, "phone", _filled(columns[at + 1])


def _first_cells(column: Cells) -> list[str]:
    cells = plain(column.slice(0, _SAMPLE)).to_pylist()
    return [_TRIMMED.sub("", plain_text(each)) if each else "" for each in cells]


def _width(cells: list[str]) -> int:
    """Return how many marks the cells of a column have, if all have as many; else 0."""
    lengths = {len(each) for each in cells if each}
    return lengths.pop() if len(lengths) == 1 else 0


def _joined(parts: list[list[str]]) -> list[str]:
    return ["".join(row) for row in zip(*parts, strict=True) if all(row)]


def _are_phones(prefixes: list[str], rests: list[str]) -> bool:
    if not prefixes or not rests:
        return False
    pairs = [pair for pair in zip(prefixes, rests, strict=True) if any(pair)]
    found = {
        a + b
        for a, b in pairs
        if _PREFIX.fullmatch(a) and _REST.fullmatch(b) and is_bare_phone(_national(a) + b)
    }
    return len(found) >= max(_PHONES_LEAST, _PHONES_SHARE * len(set(pairs)))


def _national(prefix: str) -> str:
    return "" if prefix in ("39", "0039") else prefix


def _filled(column: Cells | None) -> int:
    return 0 if column is None else len(column.drop_null())
