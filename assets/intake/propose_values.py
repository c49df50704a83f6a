"""What the cells of a column speak for: dates, numbers, yes and no, codes. Evidence, not decisions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets.spelling import MONTHS, TEXT, read_dates
from schemas.field import Field
from schemas.reader import Reader
from schemas.synonyms import NO, NOT_STATED, YES

#: Only this many distinct cells are looked at: enough to decide, and quick.
_MOST_DISTINCT = 3000
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y")
_NAMED = ("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %Y", "%b-%y", "%m/%Y")
DAY_PATTERNS = ("%Y-%m-%d", *_DAY_FIRST, "%Y/%m/%d", "%Y%m%d", *_NAMED, "%m/%d/%Y", "%m-%d-%Y")
_TIME = re.compile(r"[T ]+[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?.*\Z", re.DOTALL)
_PLAIN_NUMBER = re.compile(r"\A[+-]?[0-9]+\Z")


@dataclass(frozen=True)
class Values:
    """The distinct cells of a column, most frequent first; "not stated" is counted apart.

    Attributes
    ----------
    counts
        Rows in which each stands.
    persons
        Different people in whose rows it stands; equal to ``counts`` where people are unknown.
    missing
        Words for "not stated" that were found (words of our own list).
    """

    texts: tuple[str, ...]
    counts: tuple[int, ...]
    persons: tuple[int, ...]
    missing: tuple[str, ...] = ()

    @property
    def filled_n(self) -> int:
        """Cells with a value."""
        return sum(self.counts)


@dataclass(frozen=True)
class Fit:
    """How well cells fit a kind of column.

    Attributes
    ----------
    share
        Part of the filled cells that fit, 0 to 1.
    why_it, why_en
        The evidence in words: numbers of cells and patterns, never a cell.
    doubt
        Whether two readings are equally possible.
    is_telling
        Whether the cells speak for this column even under a strange heading.
    codes
        Cell -> our code and how alike the words are (0 to 100).
    """

    share: float
    why_it: str = ""
    why_en: str = ""
    doubt: bool = False
    is_telling: bool = False
    dates: tuple[str, ...] = ()
    has_time: bool = False
    is_month: bool = False
    decimal: str = ""
    thousands: str = ""
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    codes: dict[str, tuple[str, int]] = field(default_factory=dict)
    pattern: str = ""


def look(column: pa.Array | pa.ChunkedArray, people: np.ndarray | None = None) -> Values:
    """Gather the distinct cells of a column.

    Parameters
    ----------
    column
        Text, plain or dictionary-coded.
    people
        One number for each row, the same for the same person, where that is known.
    """
    cells = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    trimmed = pc.utf8_trim_whitespace(cells)
    texts = np.asarray(trimmed.to_pandas(), dtype=object)
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        if isinstance(text, str) and text:
            rows.setdefault(text, []).append(row)
    unstated = {plain_missing(each) for each in NOT_STATED}
    missing = [text for text in rows if plain_missing(text) in unstated]
    kept = sorted(
        (text for text in rows if plain_missing(text) not in unstated),
        key=lambda text: (-len(rows[text]), text),
    )[:_MOST_DISTINCT]
    persons = [
        len(rows[text]) if people is None else len(np.unique(people[rows[text]])) for text in kept
    ]
    said = [word for word in NOT_STATED if any(plain_missing(m) == word for m in missing)]
    return Values(tuple(kept), tuple(len(rows[text]) for text in kept), tuple(persons), tuple(said))


def plain_missing(text: str) -> str:
    """Return a cell as words for "not stated" are compared."""
    return " ".join(text.split()).casefold()


def share_of(values: Values, fits: Sequence[bool]) -> float:
    """Return the part of the filled cells that fit, 0 to 1."""
    whole = values.filled_n
    good = sum(count for count, is_fit in zip(values.counts, fits, strict=True) if is_fit)
    return good / whole if whole else 0.0


def fit_dates(values: Values) -> Fit:
    """Try patterns of dates; the fewest that read all cells are proposed."""
    days = [_TIME.sub("", text) for text in values.texts]
    has_time = any(day != text for day, text in zip(days, values.texts, strict=True))
    if values.texts and all(text.casefold().rstrip(".") in MONTHS for text in values.texts):
        return Fit(1.0, "100% nomi di mesi", "100% names of months", is_month=True)
    open_days = list(range(len(days)))
    chosen: list[str] = []
    read_by: dict[str, list[int]] = {}
    known = {pattern: _read_by(days, pattern) for pattern in DAY_PATTERNS} if days else {}
    while open_days:
        hits = {p: [at for at in open_days if known[p][at]] for p in DAY_PATTERNS}
        best = max(DAY_PATTERNS, key=lambda p: (len(hits[p]), -DAY_PATTERNS.index(p)))
        if not hits[best]:
            break
        chosen.append(best)
        read_by[best] = hits[best]
        open_days = sorted(set(open_days) - set(hits[best]))
    is_read = [at not in set(open_days) for at in range(len(days))]
    share = share_of(values, is_read)
    doubt = _is_day_doubtful(days, chosen, read_by)
    shown = ", ".join(chosen) or "-"
    tail_it = "; giorno e mese non si distinguono dai valori" if doubt else ""
    tail_en = "; day and month cannot be told apart" if doubt else ""
    return Fit(
        share,
        f"{share:.0%} date {shown}{tail_it}",
        f"{share:.0%} dates {shown}{tail_en}",
        doubt=doubt,
        dates=tuple(chosen),
        has_time=has_time,
    )


def _read_by(days: list[str], pattern: str) -> list[bool]:
    """Say which cells a pattern reads, as sorting would; a year of four digits has four."""
    read = read_dates(pd.Series(days, dtype=TEXT), Reader(dates=[pattern])).notna()
    year = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])|\A[0-9]{8}\Z")
    is_long = "%Y" in pattern
    return [
        bool(is_date and (not is_long or year.search(day)))
        for day, is_date in zip(days, read, strict=True)
    ]


def _is_day_doubtful(days: list[str], chosen: list[str], read_by: dict[str, list[int]]) -> bool:
    """Say whether month first would read the same cells: then nothing shows which it is."""
    swapped = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}
    return any(
        pattern in chosen
        and len(read_by[pattern]) > 1
        and all(_read_by([days[at] for at in read_by[pattern]], other))
        for pattern, other in swapped.items()
    )


def fit_numbers(values: Values, declared: Field) -> Fit:
    """Find the decimal mark and the thousands mark, and how many numbers lie in the column's range."""
    texts = [text.replace("€", "").strip() for text in values.texts]
    marks = [(",", "."), (".", ","), (",", ""), (".", "")]
    tried = [[_number(text, *each) for text in texts] for each in marks]
    shares = [share_of(values, [n is not None for n in numbers]) for numbers in tried]
    plain_share = share_of(values, [bool(_PLAIN_NUMBER.match(text)) for text in texts])
    has = {mark: any(mark in text for text in texts) for mark in ",."}
    order = [at for at, each in enumerate(marks) if _is_used(each, has)] or [2]
    best = max(order, key=lambda at: (round(shares[at], 6), -at))
    decimal, thousands = marks[best]
    in_range = share_of(values, [n is not None and _is_inside(n, declared) for n in tried[best]])
    groups = [text for text in texts if re.match(r"\A[0-9]{1,3}[.,][0-9]{3}\Z", text)]
    decided = [text for text in texts if re.search(r"[.,][0-9]{1,2}\Z|[.,][0-9]{4,}\Z", text)]
    doubt = bool(groups) and not decided
    is_whole = shares[best] == plain_share
    marks_it = "" if is_whole else f", decimali «{decimal}», migliaia «{thousands or '-'}»"
    marks_en = "" if is_whole else f", decimal '{decimal}', thousands '{thousands or '-'}'"
    return Fit(
        in_range,
        f"{in_range:.0%} numeri nei limiti{marks_it}",
        f"{in_range:.0%} numbers in range{marks_en}",
        doubt=doubt,
        decimal="" if is_whole else decimal,
        thousands="" if is_whole else thousands,
    )


def _is_used(marks: tuple[str, str], has: dict[str, bool]) -> bool:
    decimal, thousands = marks
    other = "." if decimal == "," else ","
    return (has[decimal] or not any(has.values()) or bool(thousands)) and has[other] == bool(
        thousands
    )


def _number(text: str, decimal: str, thousands: str) -> float | None:
    whole = (
        rf"(?:[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+)" if thousands else "[0-9]+"
    )
    if not re.match(rf"\A[+-]?{whole}(?:{re.escape(decimal)}[0-9]+)?\Z", text):
        return None
    plain_text = text.replace(thousands, "") if thousands else text
    return float(plain_text.replace(decimal, "."))


def _is_inside(number: float, declared: Field) -> bool:
    low = declared.low if isinstance(declared.low, int | float) else -np.inf
    high = declared.high if isinstance(declared.high, int | float) else np.inf
    is_whole = declared.kind != "integer" or number == int(number)
    return is_whole and (low < number if declared.low_open else low <= number) and number <= high


def fit_booleans(values: Values) -> Fit:
    """Find words of yes and no; only words of our own lists are ever named."""
    folded = [" ".join(text.split()).casefold() for text in values.texts]
    share = share_of(values, [text in (*YES, *NO) for text in folded])
    true = tuple(word for word in YES if word in folded)
    false = tuple(word for word in NO if word in folded)
    return Fit(
        share,
        f"{share:.0%} sì o no",
        f"{share:.0%} yes or no",
        doubt=not (true and false),
        true=true,
        false=false,
    )
