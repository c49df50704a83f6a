"""What a column as a whole gives away, where one cell alone says nothing.

Ten digits are an id or a telephone, a date is any day or a birth: only the column and its heading
tell. A sample of the cells decides for most kinds; a column that is stopped is counted in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.intake.announced import is_goods, is_id, is_nothing, is_role, is_site, is_thing
from assets.intake.grid import Cells, distinct, plain
from assets.intake.numbers import document_shapes, is_card, is_vat
from assets.intake.people import are_named, are_people
from assets.intake.phones import is_bare_phone, is_typed
from assets.intake.prose import is_road

_SAMPLE = 2_000
#: Texts up to which Python is quicker than Arrow.
_SHORT = 300
#: From this share of a column's distinct cells on, numbers that could be telephones are.
_PHONE_SHARE = 0.5
_PHONE_LEAST = 3
_PHONE_SHAPE = r"\A(?:[(03][0-9\s./()-]{7,14}|3\.[0-9]{6,9}[Ee]\+?0?9)\z"
_DATE_SHAPE = r"\A[0-9]{1,2}([./-])[0-9]{1,2}[./-][0-9]{2,4}\z"
#: A share of right check digits that no list of codes reaches by chance (one in ten is right).
_CHECKED_SHARE = 0.8
_LEAST = 3
_FULL_DATE = re.compile(
    r"(?:[0-3]?[0-9][./-][01]?[0-9][./-]((?:19|20)[0-9]{2})|((?:19|20)[0-9]{2})(?:[./-][01][0-9][./-]|0[1-9]|1[0-2])[0-3][0-9])"
    r"(?:[ T]00:00(?::00)?(?:\.0+)?)?"
)
_BIRTH_SPREAD, _BIRTH_MEDIAN, _BIRTH_LEAST = 25, 2000, 4
_PROSE_WORDS = 6
_PROSE_LEAST, _PROSE_SHARE, _PROSE_OWN = 5, 0.3, 0.3
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{4,}")


def sample(cells: Cells) -> list[str]:
    """Return some distinct cells, trimmed, from all over a column."""
    step = max(1, len(cells) // (4 * _SAMPLE))
    some = cells if step == 1 else cells.take(pa.array(np.arange(0, len(cells), step)))
    texts = (" ".join(each.split()) for each in distinct(some).to_pylist())
    return list(dict.fromkeys(each for each in texts if each))[:_SAMPLE]


def kinds_of_whole(cells: Cells, heading: str) -> dict[str, int]:
    """Return kind -> number of cells of a column that consists of one kind of identifier."""
    found = {"phone": _phones(cells, heading)}
    some = sample(cells)
    if _consists(some, is_vat, _LEAST):
        found["vat_number"] = _count(cells, is_vat)
    if _consists(some, is_card, 1):
        found["card"] = _count(cells, is_card)
    if not is_id(heading) and not is_goods(heading):
        shapes = [kind for each in some[:50] for kind in document_shapes(each)]
        for kind in dict.fromkeys(shapes):
            test = _has_shape(kind)
            if _consists(some, test, _LEAST):
                found[kind] = _count(cells, test)
                break
    is_named = is_role(heading) and are_named(some)
    if is_named or (not is_thing(heading) and are_people(some)):
        found["name"] = _filled(cells)
    if not is_site(heading) and _consists(some, is_road, _LEAST):
        found["address"] = _count(cells, is_road)
    if are_births(some):
        found["birth_date"] = _count(cells, lambda each: _FULL_DATE.fullmatch(each) is not None)
    return {kind: cells_n for kind, cells_n in found.items() if cells_n}


def _has_shape(kind: str) -> Callable[[str], bool]:
    return lambda each: kind in document_shapes(each)


def _consists(some: list[str], test: Callable[[str], bool], least: int) -> bool:
    """Say whether nearly all cells pass; the first ones tell for most columns."""
    if not some or not (any(map(test, some[:20]))):
        return False
    passed_n = sum(map(test, some))
    return passed_n >= max(least, _CHECKED_SHARE * len(some))


def _count(cells: Cells, test: Callable[[str], bool]) -> int:
    counted = pc.value_counts(plain(cells)).to_pylist()
    return sum(
        each["counts"]
        for each in counted
        if each["values"] and test(" ".join(each["values"].split()))
    )


def _filled(cells: Cells) -> int:
    trimmed = pc.utf8_trim_whitespace(plain(cells))
    return int(pc.sum(pc.fill_null(pc.not_equal(trimmed, ""), False)).as_py() or 0)


def are_births(some: list[str]) -> bool:
    """Say whether a column of days may be days of birth: spread over decades, most of them long ago."""
    years = [int(each[1] or each[2]) for each in map(_FULL_DATE.fullmatch, some) if each]
    if len(years) < max(_BIRTH_LEAST, _CHECKED_SHARE * len(some)):
        return False
    return max(years) - min(years) >= _BIRTH_SPREAD and float(np.median(years)) <= _BIRTH_MEDIAN


def is_prose(cells: Cells) -> int:
    """Return how many cells of a column are sentences of somebody's own; 0 where few or repeated."""
    some = cells.slice(0, 4 * _SAMPLE)
    texts = [each for each in plain(some).to_pylist() if each and each.strip()]
    prose = [each for each in texts if len(each.split()) >= _PROSE_WORDS]
    own = set(prose)
    is_free = (
        len(own) >= _PROSE_LEAST
        and len(own) >= _PROSE_SHARE * len(set(texts))
        and len(own) >= _PROSE_OWN * len(prose)
    )
    return len(prose) if is_free else 0


def degrees_of(cells: Cells) -> tuple[float, float] | None:
    """Return the lowest and highest of a column of numbers with four decimals and more, if it is one."""
    some = sample(cells)
    fine = [float(each.replace(",", ".")) for each in some if _DEGREES.fullmatch(each)]
    if len(fine) < max(_LEAST, _CHECKED_SHARE * len(some)):
        return None
    return min(fine), max(fine)


def are_places(first: tuple[float, float], second: tuple[float, float]) -> bool:
    """Say whether two columns of numbers are latitude and longitude of places in or near Italy."""
    either = ((first, second), (second, first))
    return any(35 <= a[0] <= a[1] <= 48 and 6 <= b[0] <= b[1] <= 19 for a, b in either)


def _phones(cells: Cells, heading: str) -> int:
    """Count bare numbers that could be telephones, if they are what the column consists of."""
    is_coded = pa.types.is_dictionary(cells.type)
    trimmed = pc.utf8_trim_whitespace(distinct(cells) if is_coded else plain(cells))
    could = trimmed.filter(pa.array(matches(trimmed, _PHONE_SHAPE)))
    could = pc.unique(could.filter(pa.array(~matches(could, _DATE_SHAPE))))
    if len(could) < _PHONE_LEAST:
        return 0
    least = max(_PHONE_LEAST, pc.count_distinct(trimmed).as_py() * _PHONE_SHARE)
    phones = [each for each in could.to_pylist() if is_bare_phone(each)]
    if len(phones) < least or _are_ids(phones, len(could), heading):
        return 0
    text = pc.utf8_trim_whitespace(plain(cells))
    return int(np.asarray(pc.is_in(text, pa.array(phones, pa.string()))).sum())


def _are_ids(phones: list[str], could_n: int, heading: str) -> bool:
    """Say whether numbers that could be telephones are ids: by their heading, and as a series.

    Numbers given out one after the other rise or fall, or lie close together. Under a heading for ids
    only numbers of many prefixes in no order are telephones; under one that says nothing, a series
    is ids; under any other they are telephones.
    """
    typed = [f"{float(each):.0f}" if is_typed(each) else each for each in phones]
    if any(not each.isdigit() for each in typed):
        return False
    phones = typed
    prefixes_n = len({each[:3] for each in phones})
    numbers = [int(each) for each in phones]
    steps = [after > before for before, after in pairwise(numbers)]
    is_ordered = len(steps) >= 9 and not 0.02 <= sum(steps) / len(steps) <= 0.98
    is_close = max(numbers) - min(numbers) <= 1_000 * len(numbers)
    if is_id(heading):
        is_mixed = prefixes_n >= 4 and len(phones) >= 0.9 * could_n
        return is_ordered or is_close or not is_mixed
    return is_nothing(heading) and (is_close or (is_ordered and prefixes_n <= 3))


def matches(words: pa.Array, pattern: str) -> np.ndarray:
    """Say which texts hold a pattern; for short columns Arrow would take longer to read the pattern."""
    if len(words) <= _SHORT:
        search = _compiled(pattern).search
        texts = words.to_pylist()
        return np.fromiter((bool(each and search(each)) for each in texts), bool, len(texts))
    return np.asarray(pc.fill_null(pc.match_substring_regex(words, pattern), False), dtype=bool)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(r"\z", r"\Z"), re.ASCII)
