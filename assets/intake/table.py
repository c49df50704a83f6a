"""From a sheet to its data rows: every other row of it is named, with why it is no data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.body import Body, named
from assets.intake.grid import Area, Cells, Export, Sheet, Skipped, letter, only, plain
from assets.intake.header import Header, find_header
from assets.intake.headings import Wanted
from assets.intake.look import Look
from assets.intake.second_table import refuse_below, refuse_beside
from schemas.reader import Reader

_MOST_AREAS_NAMED = 8
#: How many rows are looked at where the heading need only be probable.
_GLANCE = 400


@dataclass(frozen=True)
class Table:
    """The data rows of one sheet, still exact text.

    Attributes
    ----------
    header_rows
        Rows of the sheet that are its heading; none where the file has no heading.
    headings
        One text per position ('' where none); those of several rows are joined; [] without rows.
    columns
        One column per position of the sheet, data rows only: letters hold.
    row_numbers
        The sheet's number of each data row.
    skipped
        Every other row, in order: ``len(header_rows) + len(skipped) + len(row_numbers)`` is the
        number of rows of the sheet, always.
    filled
        Whether each column holds any cell.
    filled_areas
        Merged areas whose value was written into all their cells, as the source declares.
    is_sure
        Whether the heading is one beyond doubt: otherwise it may be a person's row, and is not said.
    is_part
        Whether these are but some of the data rows; ``skipped`` and ``filled`` are of all.
    """

    sheet: str
    header_rows: list[int]
    headings: list[str]
    columns: list[Cells]
    row_numbers: np.ndarray
    skipped: list[Skipped]
    filled: list[bool]
    filled_areas: tuple[str, ...] = ()
    is_sure: bool = False
    is_part: bool = False

    @property
    def skipped_n(self) -> int:
        """How many rows are neither heading nor data."""
        return len(self.skipped)


def find_table(
    sheet: Sheet, reader: Reader, wanted: Wanted | None = None, survey: Export | None = None
) -> Table:
    """Cut the one table out of a sheet.

    Parameters
    ----------
    wanted
        The headings that a source looks for; ``None`` without a source: looks alone decide, and
        what is doubtful refuses the sheet. With a source, doubtful rows are data for sorting to
        judge.
    survey
        Marks of a survey tool, where they say which rows are headings.

    Raises
    ------
    DeliveryRefused
        No heading or an unclear one, no data row under a heading looked for, a second table, merged
        cells, rows with more or fewer cells than the heading, rows that may or may not be data.
    """
    look = Look(sheet)
    if not len(look.rows):
        raise DeliveryRefused("file.empty")
    header = find_header(look, reader, wanted, survey)
    is_strict = wanted is None and reader.header_row is None
    body = Body(look, header, reader, is_strict)
    if not body.is_data.any() and not is_strict:
        raise DeliveryRefused("file.no_rows", row=header.rows[-1] if header.rows else 1)
    refuse_below(body)
    if is_strict:
        body.refuse_section_rows()
        refuse_beside(look, header, body)
    _refuse_ragged(look, header, reader, body.is_data)
    areas = [each for each in sheet.merged if _is_among(each, body.is_data, look)]
    if areas and reader.merged == "refuse":
        raise DeliveryRefused("sheet.merged", areas=_said(areas))
    columns = _filled(sheet, areas) if areas else sheet.columns
    return Table(
        sheet=sheet.name,
        header_rows=header.rows,
        headings=header.headings,
        columns=[only(column, body.is_data) for column in columns],
        row_numbers=body.rows(),
        skipped=_skipped(look, header, body),
        filled=[bool((~each & body.is_data).any()) for each in look.blank],
        filled_areas=tuple(map(_range, areas)),
        is_sure=header.is_sure,
    )


def likely_headings(
    sheet: Sheet, reader: Reader | None, wanted: Wanted | None
) -> tuple[int, list[str]]:
    """Return the row that most probably holds the headings, and their text; for the identifier gate.

    Never refuses: where nothing is clear it is the first row with two filled cells. Only the first
    rows are looked at.
    """
    rows_n = min(sheet.rows_n, _GLANCE)
    whole: list[Any] = list(sheet.columns)
    columns = [column.slice(0, rows_n) for column in whole]
    look = Look(replace(sheet, columns=columns, rows_n=rows_n, widths=sheet.widths[:rows_n]))
    if not len(look.rows):
        return 1, [""] * len(sheet.columns)
    for wishes in (wanted, None):
        try:
            header = find_header(look, reader or Reader(), wishes, None)
        except DeliveryRefused:
            continue
        if header.rows:
            padded = [*header.headings, *[""] * (len(columns) - len(header.headings))]
            return min(header.rows[-1], rows_n), padded
    least = min(2, len(look.used))
    row = (
        next(int(each) for each in look.rows if look.filled_n[each - 1] >= least)
        if (look.filled_n.max() >= least)
        else int(look.rows[0])
    )
    return row, sheet.row(row)


def _skipped(look: Look, header: Header, body: Body) -> list[Skipped]:
    """Name every row that is neither heading nor data."""
    found = []
    headings = set(header.rows)
    for row in (np.flatnonzero(~body.is_data) + 1).tolist():
        if row in headings:
            continue
        if not look.filled_n[row - 1]:
            why = look.skipped.get(row, "blank")
        elif row in header.units:
            why = "units"
        else:
            why = body.why.get(row) or ("title" if row < header.first_below else "footnote")
        found.append(Skipped(row, why))
    return found


def _refuse_ragged(look: Look, header: Header, reader: Reader, is_data: np.ndarray) -> None:
    """Rows must be as wide as the heading; empty cells hanging over at the end are harmless."""
    widths = look.sheet.widths
    if not len(widths) or not is_data.any():
        return
    if header.rows:
        named_n = max(
            (at + 1 for at, text in enumerate(header.headings) if text.strip()), default=0
        )
        width = max(int(widths[row - 1]) for row in header.rows)
    else:
        width = named_n = int(np.bincount(widths[is_data]).argmax())
    wrong = np.zeros(look.sheet.rows_n, dtype=bool)
    if reader.short_rows == "refuse":
        wrong |= widths < named_n
    for blank in look.blank[width:]:
        wrong |= ~blank
    ragged = (np.flatnonzero(wrong & is_data) + 1).tolist()
    if ragged:
        raise DeliveryRefused("file.ragged", rows=named(ragged), count=len(ragged))


def _is_among(area: Area, is_data: np.ndarray, look: Look) -> bool:
    return look.is_worth(area) and bool(is_data[area.first_row - 1 : area.last_row].any())


def _range(area: Area) -> str:
    first = f"{letter(area.first_column)}{area.first_row}"
    return f"{first}:{letter(area.last_column)}{area.last_row}"


def _said(areas: list[Area]) -> str:
    shown = ", ".join(map(_range, areas[:_MOST_AREAS_NAMED]))
    return shown + (
        f" (+{len(areas) - _MOST_AREAS_NAMED})" if len(areas) > _MOST_AREAS_NAMED else ""
    )


def _filled(sheet: Sheet, areas: list[Area]) -> list[Cells]:
    """Write the value of each merged area into all of its cells."""
    columns = list(sheet.columns)
    changed: dict[int, list[str | None]] = {}
    for area in areas:
        text = plain(columns[area.first_column])[area.first_row - 1].as_py()
        last_row = min(area.last_row, sheet.rows_n)
        for at in range(area.first_column, min(area.last_column + 1, len(columns))):
            if at not in changed:
                changed[at] = plain(columns[at]).to_pylist()
            changed[at][area.first_row - 1 : last_row] = [text] * (last_row - area.first_row + 1)
    for at, cells in changed.items():
        columns[at] = pa.array(cells, pa.string())
    return columns
