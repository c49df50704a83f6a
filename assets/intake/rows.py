"""From a table to the dataset's rows: our columns, codes and missing cells translated, all still text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assets.errors import DeliveryRefused
from assets.intake.grid import TEXT, tidy, translate
from assets.intake.headings import Mapping, Place
from assets.intake.table import Table
from assets.periods import Period
from schemas.columns import Column
from schemas.datasets import DATASETS
from schemas.questions import Questions
from schemas.reader import FAILED_FORMULA
from schemas.sidecar import Sidecar
from schemas.source import Source

#: Columns that say where a row stood, before the columns of its dataset.
PLACE = ("delivery_id", "sheet", "row_number", "cell_letter")

_MONTHS = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
]
_NUMBER = re.compile(r"\A[+-]?[0-9]+(?:[.,][0-9]+)?\Z")


@dataclass(frozen=True)
class Context:
    """What a delivery adds to its cells: its name, period and the note beside it."""

    delivery_id: str
    source: Source
    period: Period
    sidecar: Sidecar


def make_rows(table: Table, mapping: Mapping, context: Context) -> pd.DataFrame:
    """Return the rows of the source's dataset, text only, in the order of the file.

    A questionnaire's row becomes one row per item, a row of monthly counts one per service.

    Raises
    ------
    DeliveryRefused
        Month names without a year in the name of the period.
    """
    source = context.source
    plain = _plain_columns(table, mapping, context)
    if source.dataset == "survey":
        made = _questions(table, mapping, context, plain)
    elif mapping.counts:
        made = _counts(table, mapping, context, plain)
    else:
        made = plain.assign(cell_letter="")
        if source.dataset == "service_access" and "contact_n" not in source.columns:
            made["contact_n"] = "1"
    return _shaped(made, source.dataset, context.delivery_id, table.sheet)


def _plain_columns(table: Table, mapping: Mapping, context: Context) -> pd.DataFrame:
    made = pd.DataFrame({"row_number": pd.array(table.row_numbers, dtype="Int64")})
    for name, column in context.source.columns.items():
        if column.value is not None:
            made[name] = column.value
        elif name in mapping.columns:
            cells = _cells(table, mapping.columns[name])
            made[name] = _translated(cells, column, context)
    if context.source.dataset == "survey":
        _fill_from_delivery(made, context)
    return made


def _fill_from_delivery(made: pd.DataFrame, context: Context) -> None:
    """A wave that the form does not state is that of its folder; so is the version in the note."""
    if "wave_code" not in made and context.period.kind == "wave":
        made["wave_code"] = context.period.name
    if "form_version" not in made and context.sidecar.form_version:
        made["form_version"] = context.sidecar.form_version


def _cells(table: Table, place: Place) -> pd.Series:
    if place.position >= len(table.columns):
        return pd.Series(pd.array([pd.NA] * len(table.row_numbers), dtype=TEXT))
    return pd.Series(pd.array(table.columns[place.position], dtype=TEXT))


def _translated(cells: pd.Series, column: Column, context: Context) -> pd.Series:
    reader = context.source.reader
    codes = {tidy(cell): code for cell, code in column.codes.items()}
    missing = {tidy(each) for each in [*reader.missing, *column.missing]}
    year = context.period.year
    if column.month_of_period and year is None:
        raise DeliveryRefused("period.year", name=context.period.name)

    if not (codes or missing or column.month_of_period or column.truncate_time):
        return cells

    def one(cell: str) -> str | None:
        plain = tidy(cell)
        if plain in codes:
            return codes[plain]
        if plain in missing:
            return None
        if column.month_of_period and year is not None:
            return _month_date(plain, year, reader.dates[0]) or cell
        if column.truncate_time:
            return re.split(r"[T ]", cell, maxsplit=1)[0]
        return cell

    return translate(cells, one)


def _month_date(cell: str, year: int, pattern: str) -> str | None:
    """Return the first day of the month an Italian name (or its first three letters) stands for."""
    for number, name in enumerate(_MONTHS, start=1):
        if cell in (name, name[:3], f"{name[:3]}."):
            return pd.Timestamp(year, number, 1).strftime(pattern)
    return None


def _questions(
    table: Table, mapping: Mapping, context: Context, plain: pd.DataFrame
) -> pd.DataFrame:
    pieces: list[pd.DataFrame] = []
    for block, items, options in zip(
        context.source.questions, mapping.items, mapping.options, strict=True
    ):
        pieces.extend(_item_rows(table, place, block, context, plain) for place in items)
        for places in options.values():
            pieces.extend(_option_rows(table, places, block, context, plain))
    return _in_file_order(pieces, plain)


def _item_rows(
    table: Table, place: Place, block: Questions, context: Context, plain: pd.DataFrame
) -> pd.DataFrame:
    reader = context.source.reader
    answers = {tidy(cell): _as_text(value) for cell, value in block.answers.items()}
    missing = {tidy(each) for each in reader.missing}

    def one(cell: str) -> str | None:
        plain_cell = tidy(cell)
        if plain_cell in answers:
            return answers[plain_cell]
        return None if plain_cell in missing else cell

    def number(cell: str) -> str | None:
        if not _NUMBER.match(cell):
            return None
        # A score from 'answers' is spelt with a point; a cell with the source's own mark.
        return cell.replace(".", reader.decimal) if cell in answers.values() else cell

    codes = translate(_cells(table, place), one)
    return plain.assign(
        cell_letter=place.letter,
        instrument_code=_constant(block.instrument, len(plain)),
        item_code=place.name,
        answer_code=codes,
        answer_value=translate(codes, number),
    )


def _option_rows(
    table: Table, places: list[Place], block: Questions, context: Context, plain: pd.DataFrame
) -> list[pd.DataFrame]:
    """Return the options of one multiple choice.

    Some exports write "No" where nothing was ticked, some leave it blank: who left all options
    blank did not answer, and that is null, not a row of zeros.
    """
    ticks = {tidy(each) for each in block.ticked}
    missing = {tidy(each) for each in context.source.reader.missing}

    def one(cell: str) -> str | None:
        plain_cell = tidy(cell)
        if plain_cell in ticks:
            return "1"
        if re.match(FAILED_FORMULA, cell):
            return cell  # sorting says that it cannot be read
        return None if plain_cell in missing else "0"

    cells = [translate(_cells(table, place), one) for place in places]
    answered = np.logical_or.reduce([each.notna().to_numpy() for each in cells])
    return [
        plain.assign(
            cell_letter=place.letter,
            instrument_code=_constant(block.instrument, len(plain)),
            item_code=place.name,
            answer_code=each.fillna("0").where(answered),
            answer_value=_constant(None, len(plain)),
        )
        for place, each in zip(places, cells, strict=True)
    ]


def _counts(table: Table, mapping: Mapping, context: Context, plain: pd.DataFrame) -> pd.DataFrame:
    missing = {tidy(each) for each in context.source.reader.missing}
    pieces = [
        plain.assign(
            cell_letter=place.letter,
            service_code=place.name,
            contact_n=translate(
                _cells(table, place), lambda cell: None if tidy(cell) in missing else cell
            ),
        )
        for place in mapping.counts
    ]
    return _in_file_order(pieces, plain)


def _in_file_order(pieces: list[pd.DataFrame], plain: pd.DataFrame) -> pd.DataFrame:
    """Put melted rows back row by row: all items of the first person, then of the second."""
    if not pieces:
        return plain.iloc[:0].assign(cell_letter="")
    made = pd.concat(pieces)
    return made.sort_index(kind="stable").reset_index(drop=True)


def _constant(text: str | None, count: int) -> pd.Series:
    return pd.Series(pd.array([pd.NA if text is None else text] * count, dtype=TEXT))


def _as_text(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _shaped(made: pd.DataFrame, dataset: str, delivery_id: str, sheet: str) -> pd.DataFrame:
    made = made.assign(delivery_id=delivery_id, sheet=sheet)
    shaped = made.reindex(columns=[*PLACE, *DATASETS[dataset].columns])
    kinds = {name: TEXT for name in shaped.columns if name != "row_number"}
    return shaped.astype(kinds).reset_index(drop=True)


def empty_rows(dataset: str) -> pd.DataFrame:
    """Return a dataset without rows, with its column types."""
    columns = {name: pd.Series([], dtype=TEXT) for name in [*PLACE, *DATASETS[dataset].columns]}
    columns["row_number"] = pd.Series([], dtype="Int64")
    return pd.DataFrame(columns)
