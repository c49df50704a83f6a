"""Rules beyond one cell: dates against programme, wave and folder; answers against their scale; keys."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assets.periods import DATED_KINDS, find_period
from assets.sorting.superseded import Key
from assets.sorting.validate import BROKEN, nothing_broken
from schemas.dataset import Dataset
from schemas.datasets import MAIN_DATE
from schemas.instruments import Instrument
from schemas.programme import Programme
from schemas.questions import Questions
from schemas.source import Source

#: (column, rule) -> mark of each row looked at.
Marks = dict[tuple[str, str], np.ndarray]


@dataclass(frozen=True)
class Rulebook:
    """What one source's rows are judged by."""

    programme: Programme
    dataset: Dataset
    source: Source
    instruments: dict[str, Instrument] = field(default_factory=dict)
    corrections: pd.DataFrame | None = None


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


def broken_waves(rows: pd.DataFrame, book: Rulebook) -> Marks:
    """Mark responses outside the dates of their wave; one outside all of them is a slip of its own.

    Parameters
    ----------
    rows
        Distinct combinations of ``wave_code`` and ``response_date``.
    """
    dates = rows["response_date"]
    first, last = _window(book)
    starts, ends = (
        pd.to_datetime(rows["wave_code"].map({c: getattr(w, end) for c, w in waves.items()}))
        for waves in (book.programme.waves,)
        for end in ("start", "end")
    )
    outside = (dates >= first) & (dates <= last) & ((dates < starts) | (dates > ends))
    return {("wave_code", "wave_code.dates"): outside.fillna(False).to_numpy(dtype=bool)}


def broken_answers(rows: pd.DataFrame, book: Rulebook) -> Marks:
    """Mark answers that the declared answers or the scale do not allow.

    Parameters
    ----------
    rows
        Distinct combinations of ``item_code``, ``instrument_code``, ``answer_code``,
        ``answer_value``.
    """
    answered = rows["answer_code"].notna()
    wrong = pd.Series(False, index=rows.index)
    for block in book.source.questions:
        if block.answers:
            mine = answered & _of_block(rows["item_code"], block)
            allowed = {_as_text(value) for value in block.answers.values()}
            wrong |= mine & ~rows["answer_code"].isin(allowed)
        if ticked := tuple(f"{base}[" for base in block.several):
            mine = answered & rows["item_code"].str.startswith(ticked).fillna(False).astype(bool)
            wrong |= mine & ~rows["answer_code"].isin(["0", "1"])
    scale = _scale_of(rows, book)
    low, high = (
        pd.to_numeric(
            scale.map({c: getattr(i, end) for c, i in book.instruments.items()}), errors="coerce"
        )
        for end in ("low", "high")
    )
    scaled = answered & ~wrong & low.notna()
    value = rows["answer_value"]
    wrong |= scaled & value.isna()  # a word where the scale asks for a number
    in_scale = (value >= low) & (value <= high) & (value % 1 == 0)
    outside = scaled & value.notna() & ~in_scale
    return {
        ("answer_code", "answer_code.code"): wrong.to_numpy(dtype=bool),
        ("answer_value", "answer_value.range"): outside.to_numpy(dtype=bool),
    }


def _scale_of(rows: pd.DataFrame, book: Rulebook) -> pd.Series:
    """Return the scale of each answer: the one named, else the one that scores such an item.

    Scores rest on item codes alone, so an answer in a block that names no scale is held to it too.
    """
    scored = {item: code for code, each in book.instruments.items() for item in each.item_codes}
    known = rows["instrument_code"].where(rows["instrument_code"].isin(list(book.instruments)))
    return known.fillna(rows["item_code"].map(scored))


def _of_block(items: pd.Series, block: Questions) -> pd.Series:
    """Say which items are answered with the block's answers: its items, and those of its matrices."""
    bases = tuple(f"{base}[" for base in block.matrix)
    mine = items.isin(list(block.items))
    return mine | items.str.startswith(bases).fillna(False).astype(bool) if bases else mine


def keys_of(typed: pd.DataFrame, book: Rulebook) -> list[Key]:
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
