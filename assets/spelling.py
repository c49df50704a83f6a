"""How cells are spelt: text to dates, numbers and yes or no, as the source declares and never by guess.

Functions here take distinct words (a column of a million cells has few) and return a typed array of
the same length: missing where the word cannot be read. Nothing raises with a cell.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pandas as pd

from schemas.reader import SERIALS, Reader

TEXT = pd.StringDtype(na_value=pd.NA)

#: Years outside are slips of the pen (0022), and no calendar of ours.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
#: Two digits mean a year of 1930-2029; pandas and C would read 30-68 as 2030-2068.
_FIRST_SHORT_YEAR = 1930
_MONTHS = (
    ("gennaio", "gen", "january", "jan"),
    ("febbraio", "feb", "february"),
    ("marzo", "mar", "march"),
    ("aprile", "apr", "april"),
    ("maggio", "mag", "may"),
    ("giugno", "giu", "june", "jun"),
    ("luglio", "lug", "july", "jul"),
    ("agosto", "ago", "august", "aug"),
    ("settembre", "set", "sett", "september", "sep", "sept"),
    ("ottobre", "ott", "october", "oct"),
    ("novembre", "nov", "november"),
    ("dicembre", "dic", "december", "dec"),
)
#: Month's name, long or short, in Italian or English -> two digits.
MONTHS = {name: f"{n:02}" for n, names in enumerate(_MONTHS, start=1) for name in names}
_MONTH = re.compile(
    rf"(?<![^\W\d_])({'|'.join(sorted(MONTHS, key=len, reverse=True))})(?![^\W\d_])\.?"
)
#: Marks that stand for the blank between groups of three digits: plain, no-break, thin, narrow.
_BLANKS = "[ \u00a0\u2009\u202f]"
_SERIAL = r"\A[0-9]{1,5}(?:[.,][0-9]+)?\Z"


def read_dates(words: pd.Series, reader: Reader) -> pd.Series:
    """Return the day of each word by the first declared pattern that fits it, whole.

    A pattern without a day gives the first of its month. ``%b`` and ``%B`` stand for a month's name
    in Italian or English, long or short. A time of day is read and left out.
    """
    found = pd.Series(pd.NaT, index=words.index, dtype="datetime64[us]")
    # Without a digit it is no date; pandas would take 'today' and 'now' for one.
    open_words = words.where(words.str.contains("[0-9]", regex=True, na=False))
    for pattern in _patterns(reader):
        if found.notna().all():
            break
        found = found.fillna(_read_pattern(open_words.where(found.isna()), pattern))
    years = found.dt.year
    return found.where((years >= _FIRST_YEAR) & (years <= _LAST_YEAR))


def _read_pattern(words: pd.Series, pattern: str) -> pd.Series:
    if pattern in SERIALS:
        return _serials(words, SERIALS[pattern])
    if "%b" in pattern or "%B" in pattern:
        words = _with_month_numbers(words)
        pattern = pattern.replace("%b", "%m").replace("%B", "%m")
    read = pd.to_datetime(words, format=pattern, errors="coerce")
    days = read.dt.normalize().astype("datetime64[us]")
    if "%y" in pattern:
        late = days.dt.year >= _FIRST_SHORT_YEAR + 100
        if late.any():
            days = days.mask(late, days - pd.DateOffset(years=100))
    return days


def _with_month_numbers(words: pd.Series) -> pd.Series:
    """Put two digits for the one month named in each word; words that name none become missing."""
    made = []
    for word in words.tolist():
        text = word.casefold() if isinstance(word, str) else ""
        numbered, count = _MONTH.subn(lambda found: MONTHS[found[1]], text)
        made.append(numbered if count == 1 else pd.NA)
    return pd.Series(made, index=words.index, dtype=TEXT)


def _serials(words: pd.Series, first: date) -> pd.Series:
    """Read Excel's day numbers; of the 1900 system, day 60 is 29/02/1900, which never was."""
    shaped = words.where(words.str.contains(_SERIAL, regex=True, na=False))
    whole = pd.to_numeric(shaped.str.replace(r"[.,].*", "", regex=True), errors="coerce")
    if first.year == 1900:
        whole = whole.mask(whole == 60)
        whole = whole.where(whole >= 1) - (whole > 60).astype("Int64") - 1
    days = pd.to_timedelta(whole.astype("float64"), unit="D")
    return (pd.Timestamp(first) + days).astype("datetime64[us]")


def _patterns(reader: Reader) -> list[str]:
    """Return the declared patterns, then the days of those with a time (``truncate_time`` cuts it)."""
    days = [re.split("[T ]+%H", each, maxsplit=1)[0] for each in reader.dates if "%H" in each]
    return list(dict.fromkeys([*reader.dates, *days]))


def spell_date(day: date, reader: Reader) -> str:
    """Return a day as the source spells it, so that it is read back as the same day."""
    pattern = reader.dates[0]
    if pattern in SERIALS:
        days_n = (day - SERIALS[pattern]).days
        return str(days_n if pattern == "excel1904" else days_n + 1 + (day > date(1900, 2, 28)))
    return day.strftime(pattern)


def read_numbers(words: pd.Series, reader: Reader) -> pd.Series:
    """Return numbers (Float64) by the declared decimal mark and mark of thousands, and no other."""
    decimal, plain = re.escape(reader.decimal), words
    if reader.thousands:
        mark = _BLANKS if reader.thousands == " " else re.escape(reader.thousands)
        grouped = rf"\A[+-]?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{decimal}[0-9]+)?\Z"
        is_grouped = words.str.contains(grouped, regex=True, na=False)
        plain = words.mask(is_grouped, words.str.replace(mark, "", regex=True))
    right = plain.where(plain.str.contains(rf"\A[+-]?[0-9]+(?:{decimal}[0-9]+)?\Z", na=False))
    with_point = right.str.replace(reader.decimal, ".", regex=False)
    return pd.to_numeric(with_point, errors="coerce").astype("Float64")


def read_integers(words: pd.Series, reader: Reader) -> pd.Series:
    """Return whole numbers (Int64); 30,0 is 30, 30,5 is none."""
    numbers = read_numbers(words, reader)
    whole = numbers.where((numbers % 1 == 0) & (numbers.abs() < 2**53))
    return whole.astype("Int64")


def read_booleans(words: pd.Series, reader: Reader) -> pd.Series:
    """Return yes and no by the source's own words, whatever their case and accents."""
    meaning = {fold_answer(each): False for each in reader.false}
    meaning |= {fold_answer(each): True for each in reader.true}
    values = [meaning.get(fold_answer(word), pd.NA) if isinstance(word, str) else pd.NA
              for word in words.tolist()]  # fmt: skip
    return pd.Series(pd.array(values, dtype="boolean"), index=words.index)


def fold_answer(word: str) -> str:
    """Return a word without case and accents: 'Sì', "SI'" and 'si' are one."""
    parts = unicodedata.normalize("NFKD", word.strip().casefold())
    bare = "".join(each for each in parts if not unicodedata.combining(each))
    return bare.rstrip("'’`´") or bare
