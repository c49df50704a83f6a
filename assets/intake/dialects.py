"""How a delimited text separates and quotes its cells: decided from the text, or refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.grid import Spelling
from assets.intake.oddities import (
    refuse_decimal_commas,
    refuse_drawn,
    refuse_fixed_width,
    refuse_foreign_escapes,
    shown,
)
from assets.intake.readings import (
    RARE,
    Reading,
    best_reading,
    is_spaced,
    perfect_readings,
    widened,
)
from assets.intake.records import text_stream
from assets.intake.sniffers import other_opinion
from schemas.reader import Reader

_SAMPLE = 1 << 16
_USUAL = (";", ",", "\t", "|")
#: A separator cannot be told from what text holds in this share of rows or more.
_STEADY = 0.6
_OFTEN = 0.8
_SELDOM = 0.3
_BLOCK = 3
#: What stands for "one cell a row" where csv must be given some separator.
NONE = ""
_SEP = re.compile(r'"?sep=([^"\r\n])"?(\r\n|\r|\n|\Z)', re.IGNORECASE)
_NUMBER_WITH_COMMA = re.compile(r"(?<![\d,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d+)(?![\d,])")
_LONGEST_NUMBER = 40
_NUMBER = re.compile(r"[+-]?[\d.,:/-]*\d[\d.,:/%-]*")


def decide_spelling(text: pa.Buffer, encoding: str, reader: Reader) -> tuple[Spelling, int]:
    """Return how the text is spelt, and how many of its bytes are Excel's line ``sep=;``.

    Raises
    ------
    DeliveryRefused
        ``file.dialect`` where two spellings give a table, ``file.decimal_comma``,
        ``file.fixed_width``, ``file.escape``: with the key of source.yml that settles it.
    """
    sample, whole = _sample(text)
    skip, said = _excel_line(sample, reader)
    sample = sample[skip:]
    names = {"quote": "quotechar", "escape": "escapechar"}
    keys = ("encoding", "delimiter", "quote", "escape")
    decided = {names.get(key, key) for key in keys if getattr(reader, key) is None} | {"newline"}
    start = Spelling(encoding, said or NONE, newline=_newline(sample), decided=frozenset(decided))
    if said is not None:
        chosen = best_reading(sample, start, reader, whole)
    else:
        chosen = _decided(sample, start, reader, whole)
    refuse_foreign_escapes(text, chosen.spelling)
    return chosen.spelling, len(_prefix(text, skip))


def _prefix(text: pa.Buffer, characters: int) -> bytes:
    return text_stream(text).read(characters).encode() if characters else b""


def _sample(text: pa.Buffer) -> tuple[str, bool]:
    """Return the first lines, and whether they are all."""
    raw = bytes(text.slice(0, min(_SAMPLE, text.size)))
    sample = raw.decode("utf-8", errors="ignore")
    if text.size <= _SAMPLE:
        return sample, True
    cut = max(sample.rfind("\n"), sample.rfind("\r"))
    return sample[: cut + 1] or sample, False


def _excel_line(sample: str, reader: Reader) -> tuple[int, str | None]:
    """Return the length of Excel's own first line and the separator that is said."""
    found = _SEP.match(sample)
    if found is None:
        return 0, reader.delimiter
    said = found.group(1)
    if reader.delimiter not in (None, said):
        raise DeliveryRefused(
            "file.dialect", first=shown(reader.delimiter or ""), second=shown(said)
        )
    return found.end(), said


def _newline(sample: str) -> str:
    ends = Counter(re.findall(r"\r\n|\r|\n", sample))
    return ends.most_common(1)[0][0] if ends else "\n"


def _decided(sample: str, start: Spelling, reader: Reader, whole: bool) -> Reading:
    """Return the one reading of the sample that is plausible."""
    if not sample.strip(" \r\n" + "".join(_USUAL)):
        raise DeliveryRefused("file.empty")
    refuse_drawn(sample)
    usual = [
        widened(sample, best_reading(sample, replace(start, delimiter=each), reader, whole), whole)
        for each in _USUAL
        if each in sample
    ]
    strong = [each for each in usual if _is_even(each)]
    strong = strong or [each for each in usual if _has_block(each, sample)]
    strong = _without_weaker(strong, sample)
    if [each.delimiter for each in strong] == [","] and _only_decimals(sample):
        if _begins_wide(strong[0]):
            _refuse_two(",", NONE)
        return best_reading(sample, start, reader, whole)
    if not strong:
        strong = [each for each in usual if _begins_wide(each) and each.often >= _OFTEN]
    if not strong:
        return _unusual(sample, start, reader, usual, whole)
    if len(strong) > 1:
        _refuse_two(strong[0].delimiter, strong[1].delimiter)
    chosen = strong[0]
    if not (chosen.is_whole and chosen.clean):
        other = _perfect_other(sample, start, reader, whole, chosen)
        if other is not None:
            return other
        second = other_opinion(sample, chosen.delimiter, list(_USUAL))
        if second and second not in chosen.delimiter:
            _refuse_two(chosen.delimiter, second)
    refuse_decimal_commas(chosen)
    return chosen


def _perfect_other(
    sample: str, start: Spelling, reader: Reader, whole: bool, chosen: Reading
) -> Reading | None:
    """Return a reading with a rarely used separator that fits every row, where the usual do not."""
    fits = [
        each
        for each in perfect_readings(sample, start, reader, whole)
        if len(each.rows) > 3 and each.width >= max(chosen.width, 3)
    ]
    if len(fits) > 1:
        _refuse_two(fits[0].delimiter, fits[1].delimiter)
    if fits and not _is_certain(fits[0], sample):
        _refuse_two(chosen.delimiter, fits[0].delimiter)
    return fits[0] if fits else None


def _is_even(reading: Reading) -> bool:
    """Say whether most rows are as wide as the one before, or as each other."""
    return max(reading.steady, len(reading.fits) / max(len(reading.rows), 1)) >= _STEADY


def _has_block(reading: Reading, sample: str) -> bool:
    """Say whether some rows are alike among many titles and notes."""
    if is_spaced(reading.delimiter, sample):
        return False
    block = max(reading.blocks, default=0)
    alone = len(reading.fits) == round(reading.often * len(reading.rows))
    return block >= _BLOCK or (block > 1 and alone)


def _only_decimals(sample: str) -> bool:
    """Say whether every comma stands inside a number."""
    return "," not in _NUMBER_WITH_COMMA.sub("", sample)


def _begins_wide(reading: Reading) -> bool:
    return bool(reading.rows) and len(reading.rows[0]) > 1


def _refuse_two(first: str, second: str) -> None:
    raise DeliveryRefused("file.dialect", first=shown(first), second=shown(second))


def _without_weaker(readings: list[Reading], sample: str) -> list[Reading]:
    """Leave out separators that another reading explains as part of the text of its cells."""
    kept = [
        each
        for each in readings
        if not any(_outdoes(other, each, sample) for other in readings if other is not each)
    ]
    if len(kept) < 2:
        return kept
    marks = [each.delimiter for each in kept]
    if "\t" in marks and other_opinion(sample, "\t", marks) is None:
        return [each for each in kept if each.delimiter == "\t"]
    return kept


def _outdoes(one: Reading, other: Reading, sample: str) -> bool:
    """Say whether ``other`` only splits what ``one`` shows to be text or decimals."""
    if one.clean and one.is_whole and not other.clean:
        return True
    if one.is_whole and not _begins_wide(other):
        return True
    later = bool(one.fits and other.fits) and min(one.fits) < min(other.fits)
    if len(one.rows) == len(other.rows) and later and other.fits < one.fits:
        return True
    mark = other.delimiter
    if mark == "," and all(_is_decimals(row) for row in one.rows if mark in "".join(row)):
        return True
    return is_spaced(mark, sample) and not is_spaced(one.delimiter, sample)


def _is_decimals(row: list[str]) -> bool:
    return not any("," in _NUMBER_WITH_COMMA.sub("", cell) for cell in row)


def _unusual(
    sample: str, start: Spelling, reader: Reader, usual: list[Reading], whole: bool
) -> Reading:
    """Return one column, or a table with a separator that is rarely used, where that is certain."""
    single = best_reading(sample, start, reader, whole)
    perfect = perfect_readings(sample, start, reader, whole)
    certain = [each for each in perfect if _is_certain(each, sample)]
    if len(certain) == 1:
        return certain[0]
    if certain:
        _refuse_two(certain[0].delimiter, certain[1].delimiter)
    for each in usual:
        if each.often >= _SELDOM:
            _refuse_two(each.delimiter, NONE)
    for each in perfect:
        if len(each.rows) > 2:
            _refuse_two(each.delimiter, NONE)
    refuse_fixed_width(sample)
    for mark in _USUAL:  # each line in quotation marks as a whole
        inside = {row[0].count(mark) for row in single.rows}
        if len(single.rows) > 1 and len(inside) == 1 and inside != {0}:
            _refuse_two(mark, NONE)
    return single


def _is_certain(reading: Reading, sample: str) -> bool:
    """Say whether a rarely used separator, fitting every row, can be nothing else."""
    if reading.delimiter in RARE:
        return reading.width > 2 or reading.delimiter not in "#*!"
    return _is_table(reading, sample)


def _is_table(reading: Reading, sample: str) -> bool:
    """Say whether spaces beyond doubt separate cells: cells in quotes, or headed columns of numbers."""
    if reading.delimiter != " ":
        return False
    quoted = re.findall(r'(?:^| )"([^"\n]*)"(?= |\r|$)', sample, re.MULTILINE)
    if any(" " in cell for cell in quoted):
        return True
    heading, *body = reading.rows
    if len(body) < 3 or reading.width < 3 or any(map(_is_number, heading)):
        return False
    numbers = sum(all(_is_number(row[at]) for row in body) for at in range(reading.width))
    return numbers >= 2


def _is_number(cell: str) -> bool:
    return len(cell) < _LONGEST_NUMBER and bool(_NUMBER.fullmatch(cell))
