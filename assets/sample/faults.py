"""Plant mistakes in files that are otherwise right, and count what the rules must find."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from assets.sample.files import DataFile
from assets.sample.profile import Fault
from assets.sample.spelling import Row
from schemas.datasets import DATASETS
from schemas.fields import FIELDS
from schemas.instruments import shipped
from schemas.reader import Reader
from schemas.source import Source

#: Days by which a date is moved out of the period of its file: more than a quarter.
SHIFT = timedelta(days=200)


@dataclass
class Planted:
    """What was planted.

    Attributes
    ----------
    rules
        Dataset -> rule -> cells of files in which the rule must fail.
    records
        Dataset -> records in the files in use: a questionnaire has one for each of its items.
    quarantined
        Dataset -> records that a planted mistake sends to quarantine.
    incomplete
        Instrument -> questionnaires in which one of its items was left out on purpose.
    """

    rules: dict[str, Counter[str]] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    incomplete: Counter[str] = field(default_factory=Counter)


def plant(
    rng: np.random.Generator,
    faults: list[Fault],
    source: Source,
    files: list[DataFile],
    start: date,
    later: np.random.Generator,
) -> Planted:
    """Change rows of a source's files in place, at most one mistake a row.

    Parameters
    ----------
    start
        First day of the programme: a date moved out of its period stays after it.
    later
        Chance for mistakes that came to the profile later: they do not reshuffle the others.

    Raises
    ------
    ValueError
        There are not enough rows that can bear a mistake.
    """
    planted = Planted()
    dataset = DATASETS[source.dataset]
    rules = planted.rules.setdefault(source.dataset, Counter())
    questions = _questions(source, files[0])
    free = [(number, place) for number, each in enumerate(files) for place in range(len(each.rows))]
    repeats: list[tuple[DataFile, int]] = []
    for fault in faults:
        able = [
            (number, place)
            for number, place in free
            if _bears(fault, files[number].rows[place], source, start)
        ]
        is_later = _is_about_its_day(fault)
        chosen = _pick_rows(later if is_later else rng, fault, able)
        for number, place in chosen:
            free.remove((number, place))
            row = files[number].rows[place]
            if fault.column is None:
                repeats.append((files[number], place))
            else:
                row[fault.column] = _changed(fault, row, source.reader)
        if fault.rule is None:
            planted.incomplete[_instrument_of(fault.column)] += fault.rows
            continue
        melted = 1 if fault.column in questions else len(questions) or 1
        rules[fault.rule] += fault.rows
        if fault.column is None or dataset.severity(_column(fault, source)) == "row":
            planted.quarantined[source.dataset] += fault.rows * melted
    for file, place in sorted(repeats, key=lambda each: -each[1]):
        file.rows.insert(place + 1, dict(file.rows[place]))
    rows = sum(len(each.rows) for each in files)
    planted.records[source.dataset] += rows * (len(questions) or 1)
    return planted


def _is_about_its_day(fault: Fault) -> bool:
    return fault.rule is not None and fault.rule.endswith(".code_date")


def _instrument_of(item: str | None) -> str:
    return next(code for code, each in shipped().items() if item in each.item_codes)


def _pick_rows(
    rng: np.random.Generator, fault: Fault, able: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    if len(able) < fault.rows:
        raise ValueError(f"no room for {fault.rows} x {fault.rule} in {fault.source}")
    chosen = rng.choice(len(able), size=fault.rows, replace=False)
    return [able[place] for place in sorted(chosen)]


def _bears(fault: Fault, row: Row, source: Source, start: date) -> bool:
    """Say whether a mistake would change something in a row, and break no other rule."""
    reader = source.reader
    if fault.column is None:
        return True
    if row[fault.column] in ("", *reader.missing):
        return False
    if fault.change == "shift_back":
        # A session moved before its booking would break a second rule.
        return not row.get("booked_date") and _day(row[fault.column], reader) - SHIFT > start
    if _is_about_its_day(fault):
        day = _day(row[source.date_of(fault.column)], reader)
        lists = source.columns[fault.column].dated_codes
        return not any(fault.cell in each.codes for each in lists if each.holds(day))
    return True


def _changed(fault: Fault, row: Row, reader: Reader) -> object:
    assert fault.column is not None
    old = row[fault.column]
    if fault.cell is not None:
        return fault.cell
    if fault.change in ("negate", "to_minutes"):
        return _new_number(old, -1 if fault.change == "negate" else 60, reader)
    if fault.change == "shift_back":
        return _moved(old, -SHIFT, reader)
    if fault.change == "after_session":
        return _moved(row["session_date"], timedelta(days=3), reader)
    return _moved(row["contact_date"], timedelta(days=-5), reader)


def _new_number(old: object, factor: int, reader: Reader) -> object:
    """Multiply a number, keeping it text or Excel value as it was."""
    if isinstance(old, int | float):
        return old * factor
    plain = str(old).replace(reader.thousands, "") if reader.thousands else str(old)
    return f"{float(plain.replace(reader.decimal, '.')) * factor:g}".replace(".", reader.decimal)


def _day(cell: object, reader: Reader) -> date:
    if isinstance(cell, date):
        return cell
    return datetime.strptime(str(cell).partition(" ")[0], reader.dates[0]).date()


def _moved(cell: object, by: timedelta, reader: Reader) -> object:
    if isinstance(cell, date):
        return cell + by
    moved = (_day(cell, reader) + by).strftime(reader.dates[0])
    return "".join([moved, *str(cell).partition(" ")[1:]])  # the time of day stays


def _questions(source: Source, file: DataFile) -> list[str]:
    """Return the columns that are answers: a row of the file becomes one record for each of them."""
    return [name for name in file.headings if name not in {*source.columns, *source.ignore}]


def _column(fault: Fault, source: Source) -> str:
    """Return the column that pays for a mistake: the rule's own (``wave_code.dates``), if it is one."""
    named = str(fault.rule).rpartition(".")[0]
    return named if named in FIELDS else str(fault.column)
