"""Rules beyond one cell: dates against programme, wave and folder; answers against their scale; copies."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from assets.periods import DATED_KINDS, find_period
from assets.sorting.validate import BROKEN, nothing_broken
from schemas.dataset import Dataset
from schemas.instruments import Instrument
from schemas.programme import Programme
from schemas.source import Source

#: The date that says when a row happened; bookings and closings may lie outside.
MAIN_DATE = {
    "attendance": "session_date",
    "survey": "response_date",
    "service_access": "contact_date",
}


@dataclass(frozen=True)
class Rulebook:
    """What one source's rows are judged by."""

    programme: Programme
    dataset: Dataset
    source: Source
    instruments: dict[str, Instrument] = field(default_factory=dict)


def broken_dates(typed: pd.DataFrame, periods: pd.Series, book: Rulebook) -> pd.DataFrame:
    """Return rows whose main date is outside the programme, its wave or its period folder.

    One cause gives one reason: a date outside the programme is not also outside its wave and folder.
    """
    column = MAIN_DATE[book.dataset.name]
    dates = typed[column]
    first, last = _window(book)
    outside = dates.notna() & ((dates < first) | (dates > last))
    found = [_broken(outside, column, f"{column}.window")]
    inside = dates.notna() & ~outside
    if book.dataset.name == "survey":
        found.append(_outside_wave(typed, inside, book))
    off = pd.Series(False, index=typed.index)
    for name in periods.dropna().unique():
        period = find_period(str(name), book.programme)
        if period is not None and period.kind in DATED_KINDS:
            mine = inside & (periods == name)
            start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
            off |= mine & ((dates < start) | (dates > end))
    found.append(_broken(off, column, f"{column}.period"))
    return _all(found)


def _window(book: Rulebook) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day a row may carry; a survey wave may begin before the programme."""
    starts, ends = [book.programme.start], [book.programme.end]
    if book.dataset.name == "survey":
        starts += [wave.start for wave in book.programme.waves.values()]
        ends += [wave.end for wave in book.programme.waves.values()]
    return pd.Timestamp(min(starts)), pd.Timestamp(max(ends))


def _outside_wave(typed: pd.DataFrame, inside: pd.Series, book: Rulebook) -> pd.DataFrame:
    waves = book.programme.waves
    dates = typed["response_date"]
    starts = pd.to_datetime(typed["wave_code"].map({c: w.start for c, w in waves.items()}))
    ends = pd.to_datetime(typed["wave_code"].map({c: w.end for c, w in waves.items()}))
    outside = inside & ((dates < starts) | (dates > ends))
    return _broken(outside.fillna(False), "wave_code", "wave_code.dates")


def broken_answers(typed: pd.DataFrame, book: Rulebook) -> pd.DataFrame:
    """Return survey cells that the declared answers or the scale do not allow."""
    if book.dataset.name != "survey":
        return nothing_broken()
    answered = typed["answer_code"].notna()
    wrong = pd.Series(False, index=typed.index)
    for block in book.source.questions:
        if block.answers:
            mine = answered & typed["item_code"].isin(list(block.items))
            allowed = {_as_text(value) for value in block.answers.values()}
            wrong |= mine & ~typed["answer_code"].isin(allowed)
    low, high = (
        typed["instrument_code"].map({c: getattr(i, end) for c, i in book.instruments.items()})
        for end in ("low", "high")
    )
    scaled = answered & ~wrong & pd.to_numeric(low, errors="coerce").notna()
    value = typed["answer_value"]
    wrong |= scaled & value.isna()  # a word where the scale asks for a number
    in_scale = (value >= low) & (value <= high) & (value % 1 == 0)
    outside = scaled & value.notna() & ~in_scale
    return _all(
        [
            _broken(wrong, "answer_code", "answer_code.code"),
            _broken(outside, "answer_value", "answer_value.range"),
        ]
    )


def broken_unique(typed: pd.DataFrame, judged: pd.Series, book: Rulebook) -> pd.DataFrame:
    """Return records that repeat an earlier one of the same source; the first stays.

    Parameters
    ----------
    judged
        Rows that are otherwise good: a bad row must not push out its good copy.
    """
    found = []
    waiting = judged.copy()
    for column, key, applies in _keys(typed, book):
        mine = waiting & applies
        again = pd.Series(False, index=typed.index)
        again[mine] = typed.loc[mine, list(key)].duplicated(keep="first").to_numpy()
        found.append(_broken(again, column, f"{column}.unique"))
        waiting &= ~applies
    return _all(found)


def _keys(typed: pd.DataFrame, book: Rulebook) -> list[tuple[str, tuple[str, ...], pd.Series]]:
    """Return (column to name, key, rows it applies to), in order; each row has the first that fits."""
    every = pd.Series(True, index=typed.index)
    keys = []
    if own := tuple(book.source.key):
        keys.append((own[0], own, typed[list(own)].notna().all(axis=1)))
    if book.dataset.name != "service_access":
        return [*keys, (book.dataset.key[0], book.dataset.key, every)]
    when = ("service_code", "contact_date")
    keys.append(("record_id", ("record_id",), typed["record_id"].notna()))
    for column in ("person_code", "household_code"):
        keys.append((column, (column, *when), typed[column].notna()))
    if book.source.counts or "contact_n" in book.source.columns:
        keys.append(("contact_date", when, every))  # monthly counts
    return keys


def _broken(mask: pd.Series, column: str, rule: str) -> pd.DataFrame:
    positions = mask.to_numpy(dtype=bool).nonzero()[0]
    return pd.DataFrame({"position": positions, "column": column, "rule": rule})


def _all(found: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [each for each in found if len(each)]
    return pd.concat(filled, ignore_index=True)[list(BROKEN)] if filled else nothing_broken()


def _as_text(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))
