"""What every kind of survey question needs: the cells of its columns, and the rows it becomes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assets.errors import DeliveryRefused
from assets.intake.grid import TEXT, plain, tidy, translate
from assets.intake.named_headings import Place
from assets.intake.table import Table
from schemas.forms import Version
from schemas.questions import Questions
from schemas.source import Source

_MOST_NAMED = 5


@dataclass(frozen=True)
class Answers:
    """The responses of one file.

    ``labels`` are the file's own (position -> code -> label), ``versions`` those of each row.
    """

    table: Table
    source: Source
    plain: pd.DataFrame
    labels: dict[int, dict[str, str]]
    versions: list[Version | None]

    def cells(self, place: Place) -> pd.Series:
        """Return the cells of a place, trimmed, null where blank or declared as not stated."""
        if place.position >= len(self.table.columns):
            return constant(None, len(self.plain))
        missing = {tidy(each) for each in self.source.reader.missing}
        column = pd.Series(pd.array(plain(self.table.columns[place.position]), dtype=TEXT))
        return translate(column, lambda cell: _stated(cell, missing))

    def melted(
        self,
        block: Questions,
        letters: str | pd.Series,
        item: str,
        codes: pd.Series,
        values: pd.Series,
    ) -> pd.DataFrame:
        """Return one item of everybody, beside the columns of their rows."""
        return self.plain.assign(
            cell_letter=letters,
            instrument_code=constant(block.instrument, len(self.plain)),
            item_code=item,
            answer_code=codes,
            answer_value=values,
        )

    def refuse(self, code: str, place: Place, wrong: pd.Series, **values: object) -> None:
        """Refuse the file where any row is wrong, naming the rows and the column."""
        rows = self.plain["row_number"][wrong.to_numpy(dtype=bool)].tolist()
        if rows:
            more = f" (+{len(rows) - _MOST_NAMED})" if len(rows) > _MOST_NAMED else ""
            named = ", ".join(map(str, rows[:_MOST_NAMED])) + more
            raise DeliveryRefused(
                code, letter=place.letter, rows=named, count=len(rows), name=place.name, **values
            )


def one_of(sheet: Answers, places: list[Place]) -> tuple[pd.Series, str | pd.Series]:
    """Return the cells of the one place that a row fills, and that place's letter."""
    cells = sheet.cells(places[0])
    if len(places) == 1:
        return cells, places[0].letter
    letters = constant(places[0].letter, len(cells))
    for place in places[1:]:
        other = sheet.cells(place)
        differ = cells.notna() & other.notna() & (cells != other).fillna(False).astype(bool)
        sheet.refuse("answers.two", place, differ, other=places[0].letter)
        letters = letters.where(cells.notna() | other.isna(), place.letter)
        cells = cells.fillna(other)
    return cells, letters


def _stated(cell: str, missing: set[str]) -> str | None:
    shown = cell.strip()
    return None if not shown or tidy(shown) in missing else shown


def constant(text: str | None, count: int) -> pd.Series:
    """Return a column of one text, or of none."""
    return pd.Series(pd.array([pd.NA if text is None else text] * count, dtype=TEXT))
