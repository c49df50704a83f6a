"""Codes that a spreadsheet took for numbers and cut: refused, because what was typed is gone."""

from __future__ import annotations

import numpy as np

from assets.errors import DeliveryRefused
from assets.intake.grid import Sheet, letter
from assets.intake.headings import Mapping
from assets.intake.table import Table
from assets.intake.values import LONG_NUMBERS
from schemas.fields import FIELDS

_MOST_ROWS_NAMED = 5


def refuse_long_numbers(sheet: Sheet, table: Table, mapping: Mapping) -> None:
    """Refuse a column of codes with numbers of more digits than a spreadsheet keeps.

    Two different codes of 16 digits become one when their last digits turn into zeros, and two
    people with them.

    Raises
    ------
    DeliveryRefused
        ``column.long_number``: sheet, column and rows.
    """
    marked = sheet.typed.get(LONG_NUMBERS)
    if not isinstance(marked, dict):
        return
    for name, place in mapping.columns.items():
        rows = np.asarray(marked.get(place.position, ()), dtype=np.int64)
        rows = rows[np.isin(rows, table.row_numbers)]
        if len(rows) and FIELDS[name].kind in ("text", "code"):
            named = ", ".join(map(str, rows[:_MOST_ROWS_NAMED]))
            more = len(rows) - _MOST_ROWS_NAMED
            raise DeliveryRefused(
                "column.long_number",
                sheet=sheet.name,
                letter=letter(place.position),
                rows=f"{named} (+{more})" if more > 0 else named,
            )
