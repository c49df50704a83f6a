"""A text under a spelling that is tried: its rows, and how alike they are."""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace

from assets.intake.grid import Spelling
from assets.intake.records import whole_records
from schemas.reader import Reader

#: Separators nobody writes in text, or that text is full of: only where they fit every row.
RARE = ("^", "~", "¬", "§", "¦", "\x1f", "\x1e", "\x01", "#", "*", "!")
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Reading:
    """The sample under one spelling: its rows without blank ones, and how alike they are.

    Attributes
    ----------
    numbers
        The number of each of the rows, blank ones counted.
    steady
        Share of rows that are more than one cell wide and as wide as the row before.
    often
        Share of rows more than one cell wide.
    fits
        Which of the rows, from 0, are as wide as most.
    blocks
        Lengths of the runs of rows equally wide.
    clean
        Whether every quotation ends where it should.
    """

    spelling: Spelling
    rows: list[list[str]]
    numbers: list[int]
    clean: bool
    width: int
    steady: float
    often: float
    fits: frozenset[int]
    blocks: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every row is as wide as the others."""
        return len(self.fits) == len(self.rows)

    @property
    def delimiter(self) -> str:
        """Return the separator."""
        return self.spelling.delimiter


def best_reading(sample: str, spelling: Spelling, reader: Reader, whole: bool) -> Reading:
    """Read the sample with the quotation and escape that fit it best."""
    tried = [reading_of(sample, each, whole) for each in _quotations(sample, spelling, reader)]
    clean = [each for each in tried if each.clean]
    if not clean:
        loose = reading_of(sample, replace(tried[0].spelling, quotechar=""), whole)
        return replace(loose, spelling=tried[0].spelling, clean=False)
    protects = _protects_quotes(sample, spelling.delimiter)
    return max(clean, key=lambda each: (each.steady, bool(each.spelling.escapechar) == protects))


def _protects_quotes(sample: str, delimiter: str) -> bool:
    """Say whether backslashes stand before quotation marks, and only before what needs them."""
    after = set(re.findall(r"\\(.?)", sample, re.DOTALL))
    return '"' in after and after <= {'"', "\\", "\n", "\r", *delimiter}


def _quotations(sample: str, spelling: Spelling, reader: Reader) -> list[Spelling]:
    """Return the spellings to try, the likeliest first."""
    mark = re.escape(spelling.delimiter or "\n")
    if reader.quote is not None:
        quotes = [reader.quote]
    elif _in_single_quotes(sample, spelling.delimiter):
        double = re.search(rf'(?:^|{mark})"', sample, re.MULTILINE)
        quotes = ['"', "'"] if double else ["'", '"']  # a cell may be an apostrophe and no more
    else:
        quotes = ['"']
    made = []
    for quote in quotes:
        escaped = re.search(rf"\\(?:{quote or mark}|{mark})", sample)
        escapes = ["", "\\"] if escaped and len(spelling.delimiter) == 1 else [""]
        if reader.escape is not None:
            escapes = [reader.escape]
        made += [replace(spelling, quotechar=quote, escapechar=each) for each in escapes]
    return made


def _in_single_quotes(sample: str, delimiter: str) -> bool:
    """Say whether most cells that begin with an apostrophe end with one."""
    mark = re.escape(delimiter or "\n")
    begin = rf"(?:^|{mark})"
    begun = len(re.findall(rf"{begin}'", sample, re.MULTILINE))
    if begun < 2:
        return False
    lines = re.compile(rf"{begin}'(?:[^']|'')*+'(?={mark}|\r|$)", re.MULTILINE)
    return len(lines.findall(sample)) >= begun / 2


def reading_of(sample: str, spelling: Spelling, whole: bool) -> Reading:
    """Read the sample under one spelling."""
    lines = io.StringIO(sample, newline="")
    rows, clean = whole_records(lines, spelling, whole=whole)
    numbers = [at for at, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    rows = [rows[number - 1] for number in numbers]
    widths = [len(row) for row in rows]
    wide = Counter(width for width in widths if width > 1)
    width = max(wide, key=lambda each: (wide[each], each)) if wide else 1
    pairs = list(zip(widths, widths[1:], strict=False))
    alike = sum(a == b > 1 for a, b in pairs)
    steady = alike / len(pairs) if pairs else float(width > 1)
    often = sum(wide.values()) / len(rows) if rows else 0.0
    fits = frozenset(at for at, each in enumerate(widths) if each == width > 1)
    runs = [(each, len(list(run))) for each, run in itertools.groupby(widths)]
    blocks = tuple(length for each, length in runs if each > 1)
    return Reading(spelling, rows, numbers, clean, width, steady, often, fits, blocks)


def widened(sample: str, chosen: Reading, whole: bool) -> Reading:
    """Return the reading with a separator of several characters, where all of them are so."""
    mark = chosen.delimiter
    for wide in (f" {mark} ", f"{mark} ", mark * 2):
        if mark == "\t" or chosen.spelling.escapechar or (wide == mark * 2 and mark != "|"):
            continue
        if wide not in sample:
            continue
        made = reading_of(sample, replace(chosen.spelling, delimiter=wide), whole)
        share = len(wide.strip()) * sample.count(wide) / sample.count(mark)
        better = made.is_whole and not (chosen.is_whole and chosen.clean)
        if not (made.clean and made.width > 1 and (better or share >= _NEARLY_ALL)):
            continue
        split = any(mark in cell for row in made.rows for cell in row)
        as_even = made.steady >= chosen.steady and made.often >= chosen.often
        if as_even and (better or not split or '"' in sample):
            return made
    return chosen


def perfect_readings(sample: str, start: Spelling, reader: Reader, whole: bool) -> list[Reading]:
    """Return the readings with rarely used separators under which all rows are alike."""
    marks = [mark for mark in (*RARE, ":", " ") if mark in sample]
    readings = [
        best_reading(sample, replace(start, delimiter=mark), reader, whole) for mark in marks
    ]
    return [each for each in readings if each.is_whole and len(each.rows) > 1 and each.clean]


def is_spaced(delimiter: str, sample: str) -> bool:
    """Say whether the mark is always followed by a space, as in sentences."""
    return " " in delimiter or sample.count(delimiter) == sample.count(f"{delimiter} ")
