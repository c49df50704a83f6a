"""From a table to the dataset's rows: our columns, codes and missing cells translated, all still text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd
import pyarrow as pa

from assets import staging
from assets.errors import DeliveryRefused
from assets.intake.cells import coded_cells, each_word, kept, text_cells
from assets.intake.dated import translate_dated
from assets.intake.grid import TEXT, Cells, tidy, translate
from assets.intake.headings import Mapping
from assets.intake.named_headings import Place
from assets.intake.questions import question_rows
from assets.intake.table import Table
from assets.intake.units import converted
from assets.periods import Period
from assets.spelling import MONTHS, spell_date
from schemas.columns import Column
from schemas.datasets import DATASETS
from schemas.reader import Reader
from schemas.sidecar import Sidecar
from schemas.source import Source

#: Columns that say where a row stood, before the columns of its dataset.
PLACE = ("delivery_id", "sheet", "row_number", "cell_letter")
#: Rows made at once.
_PART = 1 << 20


@dataclass(frozen=True)
class Context:
    """What a delivery adds to its cells: its name, period and the note beside it.

    ``labels`` are those of the file itself (sav): position -> code -> label.
    """

    delivery_id: str
    source: Source
    period: Period
    sidecar: Sidecar
    labels: dict[int, dict[str, str]] = field(default_factory=dict)


def parts_of(table: Table, source: Source) -> Iterator[Table]:
    """Yield a long table in parts, one below the other; rows of a questionnaire stay together."""
    rows_n = len(table.row_numbers)
    if rows_n <= _PART or source.dataset == "survey":
        yield table
        return
    for first in range(0, rows_n, _PART):
        columns: list[Cells] = [each.slice(first, _PART) for each in table.columns]
        numbers = table.row_numbers[first : first + _PART]
        yield replace(table, columns=columns, row_numbers=numbers, is_part=True)


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
        made = question_rows(
            table,
            mapping.questions,
            source,
            plain,
            labels=context.labels,
            day=context.period.start,
        )
    elif mapping.counts:
        made = _counts(table, mapping, context, plain)
    else:
        made = plain.assign(cell_letter=staging.constant("", len(plain)))
        if source.dataset == "service_access" and "contact_n" not in source.columns:
            made["contact_n"] = staging.constant("1", len(made))
    return _shaped(made, source.dataset, context.delivery_id, table)


def _plain_columns(table: Table, mapping: Mapping, context: Context) -> pd.DataFrame:
    made = pd.DataFrame({"row_number": pd.array(table.row_numbers, dtype="Int64")})
    for name, column in context.source.columns.items():
        if column.value is not None:
            made[name] = staging.constant(column.value, len(made))
        elif name in mapping.columns:
            cells = coded_cells(_column(table, mapping.columns[name]), encode=not table.is_part)
            made[name] = _translated(cells, column, context)
    _translate_dated(made, context.source)
    if context.source.dataset == "survey":
        _fill_from_delivery(made, context)
    return made


def _translate_dated(made: pd.DataFrame, source: Source) -> None:
    """Read the codes whose list changed on a day, once the dates that decide are there."""
    for name, column in source.columns.items():
        day = source.date_of(name)
        if column.dated_codes and name in made:
            days = made[day].astype(TEXT) if day in made else _constant(None, len(made))
            made[name] = translate_dated(made[name].astype(TEXT), days, column, source.reader)


def _fill_from_delivery(made: pd.DataFrame, context: Context) -> None:
    """A wave that the form does not state is that of its folder; so is the version in the note."""
    if "wave_code" not in made and context.period.kind == "wave":
        made["wave_code"] = context.period.name
    if "form_version" not in made and context.sidecar.form_version:
        made["form_version"] = context.sidecar.form_version


def _column(table: Table, place: Place) -> Cells:
    if place.position >= len(table.columns):
        return pa.nulls(len(table.row_numbers), pa.string())
    return table.columns[place.position]


def _translated(cells: pd.Series, column: Column, context: Context) -> pd.Series:
    reader = context.source.reader
    codes = {tidy(cell): code for cell, code in column.plain_codes.items()}
    missing = {tidy(each) for each in [*reader.missing, *column.missing]}
    year = context.period.year
    if column.month_of_period and year is None:
        raise DeliveryRefused("period.year", name=context.period.name)

    factor = column.unit_factor
    if not (codes or missing or column.month_of_period or column.truncate_time):
        return cells if factor is None else converted(cells, factor, reader)

    def one(cell: str) -> str | None:
        plain = tidy(cell)
        if plain in codes:
            return codes[plain]
        if plain in missing:
            return None
        if column.month_of_period and year is not None:
            return _month_date(plain, year, reader) or cell
        if column.truncate_time:
            return re.split(r"[T ]", cell, maxsplit=1)[0]
        return cell

    by_shape = column.month_of_period or column.truncate_time
    done = each_word(cells, one, None if by_shape else {*codes, *missing})
    return done if factor is None else converted(done, factor, reader)


def _month_date(cell: str, year: int, reader: Reader) -> str | None:
    """Return the first day of the month that a name (or its first three letters) stands for."""
    month = MONTHS.get(cell.removesuffix("."))
    return spell_date(date(year, int(month), 1), reader) if month else None


def _counts(table: Table, mapping: Mapping, context: Context, plain: pd.DataFrame) -> pd.DataFrame:
    missing = {tidy(each) for each in context.source.reader.missing}
    pieces = [
        plain.assign(
            cell_letter=place.letter,
            service_code=place.name,
            contact_n=translate(
                text_cells(_column(table, place)),
                lambda cell: None if tidy(cell) in missing else cell,
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


def _shaped(made: pd.DataFrame, dataset: str, delivery_id: str, table: Table) -> pd.DataFrame:
    count = len(made)
    shaped = {
        "delivery_id": staging.constant(delivery_id, count),
        "sheet": staging.constant(table.sheet, count),
        "row_number": made["row_number"].array,
    }
    for name in ["cell_letter", *DATASETS[dataset].columns]:
        shaped[name] = (
            kept(made[name], encode=not table.is_part)
            if name in made
            else staging.constant(None, count)
        )
    return pd.DataFrame(shaped, copy=False)
