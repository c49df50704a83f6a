"""The numbers a figure draws, as a table: what lies beside it in a page for whoever wants it."""

from __future__ import annotations

import base64
import csv
import io
from typing import TYPE_CHECKING

from reports._origin import bare, number_id
from reports._released import TOTAL, Cell

if TYPE_CHECKING:
    from reports.kit import Kit

MEASURES = ("value", "ci_low", "ci_high", "n", "n_missing")
#: Letters of the name of a file.
_LONGEST = 60


def rows(k: Kit, cells: tuple[Cell, ...]) -> list[dict[str, str | float | int | None]]:
    """Return one row a released cell, each once, in the order drawn; hidden ones have no value.

    The columns are those of the released tables, with the number's name first and labels in words.
    """
    return [_row(k, cell) for cell in dict.fromkeys(cells)]


def _row(k: Kit, cell: Cell) -> dict[str, str | float | int | None]:
    found: dict[str, str | float | int | None] = {
        "number": number_id(cell),
        "indicator_code": cell.indicator,
        "label": bare(k.label("indicator", cell.indicator)),
        "subject_code": cell.subject,
        "period": cell.period,
    }
    pairs = ((cell.by_1, cell.level_1), (cell.by_2, cell.level_2))
    for place, (by, level) in enumerate(pairs, 1):
        found[f"by_{place}"], found[f"level_{place}"] = by, level
        named = by and level != TOTAL
        found[f"level_{place}_label"] = bare(k.label(by, level)) if named else ""
    found |= {name: getattr(cell, name) for name in MEASURES}
    return {**found, "status": cell.status}


def link(k: Kit, cells: tuple[Cell, ...]) -> dict[str, str]:
    """Return words, address and file name of a link that holds the numbers of a figure as CSV.

    As a spreadsheet of the reader's language expects it: semicolons and decimal commas in Italian.
    """
    found = rows(k, cells)
    is_italian = k.lang == "it"
    stream = io.StringIO()
    sheet = csv.writer(stream, delimiter=";" if is_italian else ",", lineterminator="\r\n")
    sheet.writerow(found[0])
    for each in found:
        sheet.writerow([_written(value, is_italian) for value in each.values()])
    # The mark at the beginning tells Excel that it is UTF-8.
    content = base64.b64encode(stream.getvalue().encode("utf-8-sig")).decode()
    href = f"data:text/csv;charset=utf-8;base64,{content}"
    named = "-".join(dict.fromkeys(cell.indicator for cell in cells))[:_LONGEST]
    return {"words": k.word("figure_data"), "href": href, "name": f"{named}.csv"}


def _written(value: str | float | int | None, is_italian: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.6g}" if abs(value) < 1e6 else f"{value:.1f}"
        return text.replace(".", ",") if is_italian else text
    return str(value)
