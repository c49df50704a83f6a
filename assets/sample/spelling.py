"""Spell a record as its partner would: the reverse of what ``source.yml`` says about reading."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import numpy as np

from assets.sample.profile import Profile
from assets.sample.values import pick
from schemas.columns import Column
from schemas.fields import FIELDS, PERSON_FIELDS
from schemas.instruments import shipped
from schemas.questions import Questions
from schemas.reader import Reader
from schemas.source import Source

#: A row as it will be written: our column (or item, or ignored heading) -> cell.
Row = dict[str, object]


def headings(source: Source, profile: Profile, day: date) -> dict[str, str]:
    """Return the headings of a file in order: our column, item or ignored heading -> heading.

    Parameters
    ----------
    day
        First day of the file: where a column has several headings, which form was in use.
    """
    found: dict[str, str] = {}
    is_later = day >= profile.form_change
    for name, column in source.columns.items():
        if column.heading is not None:
            found[name] = _heading(column.heading, FIELDS[name].label.it, is_later)
    for block in source.questions:
        for item, wanted in block.items.items():
            found[item] = _heading(wanted, _item_text(item), is_later)
        for item, wanted in block.several.items():
            heading = _heading(wanted, "*", is_later)
            for place, option in enumerate(profile.survey.ticks[item], start=1):
                text = heading.replace("*", f"SQ{place:03d}", 1)
                found[f"{item}={option}"] = text.replace("*", option)
    found.update({heading: heading for heading in source.ignore})
    return found


def spell(
    rng: np.random.Generator,
    source: Source,
    record: dict[str, object],
    profile: Profile,
    place: int,
) -> Row:
    """Spell one record: every column of the file as the text (or Excel value) a partner writes.

    Parameters
    ----------
    place
        Number of the row in its file, for running numbers in ignored columns.
    """
    typed = profile.files[source.source].typed
    row: Row = {}
    for name, column in source.columns.items():
        if column.heading is not None:
            value = record.get(name)
            column = _of_day(column, record.get(source.date_of(name)))
            if name in typed and value is not None:
                row[name] = value
            else:
                row[name] = cell(name, value, column, source.reader)
    for block in source.questions:
        row.update(_answers(block, record, profile))
    for heading in source.ignore:
        row[heading] = pick(rng, profile.ignored[heading]).replace("#", str(place))
    return row


def _of_day(column: Column, day: object) -> Column:
    """Return a column with the one code list that holds on a day, where its lists have dates."""
    for each in column.dated_codes:
        if isinstance(day, date) and each.holds(as_day(day)):
            return column.model_copy(update={"codes": each.codes})
    return column


def cell(name: str, value: object, column: Column, reader: Reader) -> str:
    """Spell one value: code lists backwards, the source's dates, decimals, yes and no."""
    if value is None:
        return _blank(name, column, reader)
    if isinstance(value, bool):
        return (reader.true if value else reader.false)[0]
    if isinstance(value, date):  # a datetime is one too
        clock = " %H.%M.%S" if reader.decimal == "," else " %H:%M:%S"
        return value.strftime(reader.dates[0] + (clock if column.truncate_time else ""))
    if isinstance(value, float):
        return _number(value, reader, cents=FIELDS[name].unit == "eur")
    text = str(value)
    return next((written for written, code in column.plain_codes.items() if code == text), text)


def _blank(name: str, column: Column, reader: Reader) -> str:
    """Say "not stated" of a person's trait in the partner's own way; leave other cells empty."""
    marks = [*column.missing, *reader.missing]
    return marks[0] if marks and name in PERSON_FIELDS else ""


def _number(value: float, reader: Reader, *, cents: bool) -> str:
    digits = ",.2f" if cents else ",.0f" if value.is_integer() else ","
    marks = {",": reader.thousands, ".": reader.decimal}
    return "".join(marks.get(sign, sign) for sign in format(value, digits))


def _heading(heading: str | list[str], label: str, is_later: bool) -> str:
    if isinstance(heading, list):
        heading = heading[-1] if is_later else heading[0]
    return heading.replace("*", label)


def _answers(block: Questions, record: dict[str, object], profile: Profile) -> Row:
    written = {meaning: text for text, meaning in block.answers.items()}
    row: Row = {}
    for item in block.items:
        answer = record.get(item)
        row[item] = "" if answer is None else written.get(answer, str(answer))  # type: ignore[call-overload]
    for item in block.several:
        ticked = record.get(item)
        assert isinstance(ticked, set)
        for option in profile.survey.ticks[item]:
            row[f"{item}={option}"] = block.ticked[0] if option in ticked else ""
    return row


@cache
def _item_texts() -> dict[str, str]:
    return {
        item.code: item.text.it for scale in shipped().values() for item in scale.items if item.text
    }


def _item_text(item: str) -> str:
    return _item_texts().get(item, item)


def as_day(value: object) -> date:
    """Return the day of a date or a moment."""
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value
