"""Repeat groups of KoboToolbox and ODK: each row gets the columns of the response it belongs to.

Kobo numbers the rows of every sheet (``_index``) and names a row's parent by ``_parent_index`` and,
for the response as a whole, by ``_submission__uuid``; both must agree, because a repeat that was
renamed once merged strangers (kobotoolbox/formpack#275). ODK names the parent by ``PARENT_KEY``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.exports import kobo
from assets.intake.exports.marks import Look, Top
from assets.intake.grid import Sheet, plain

_MOST_NAMED = 5
#: Excel cuts the name of a sheet here, Kobo's ``_parent_table_name`` is not cut.
_LONGEST_SHEET = 31


@dataclass(frozen=True)
class _Rows:
    """A sheet with its headings and the row they stand in."""

    sheet: Sheet
    look: Look

    @property
    def header_row(self) -> int:
        return self.look.header_rows[-1]

    def cells(self, heading: str) -> list[str | None] | None:
        """Return the cells below a heading, or ``None`` where there is no such column."""
        shown = [" ".join(each.split()) for each in self.look.headings]
        if heading not in shown:
            return None
        column = plain(self.sheet.columns[shown.index(heading)])
        return [each and each.strip() for each in column.to_pylist()[self.header_row :]]


def join_parents(
    sheet: Sheet, look: Look, others: tuple[Sheet, ...]
) -> tuple[Sheet, Look, dict[int, tuple[str, int]]]:
    """Append to a repeat sheet the columns of its parents, row by row; other sheets stay as they are.

    Returns
    -------
    sheet, look, joined
        ``joined`` maps the new positions to the sheet and position they come from.

    Raises
    ------
    DeliveryRefused
        ``repeat.parent``: rows whose parent is missing, there twice, or of another response.
    """
    child = _Rows(sheet, look)
    key, wanted = _keys(child)
    if wanted is None:
        return sheet, look, {}
    parent = _parent(child, key, [other for other in others if other.columns])
    if parent is None:
        raise DeliveryRefused("repeat.sheet", sheet=sheet.name or "-")
    remaining = tuple(each for each in others if each is not parent.sheet)
    above, above_look, further = join_parents(parent.sheet, parent.look, remaining)
    parent = _Rows(above, above_look)
    rows = _rows_of(child, parent, key, wanted)
    return _appended(child, parent, rows, further)


def _keys(child: _Rows) -> tuple[str, list[str | None] | None]:
    """Return the parent's key column and, per row of the child, the key looked for in it."""
    if child.look.tool == "odk":
        return "KEY", child.cells("PARENT_KEY")
    by_index = child.cells("_parent_index")
    if by_index is not None:
        return "_index", by_index
    return "_uuid", child.cells("_submission__uuid")


def _parent(child: _Rows, key: str, others: list[Sheet]) -> _Rows | None:
    """Find the sheet of the parents: by its name where the child says it, else the only fitting one."""
    looks = [(each, kobo.look(Top(each))) for each in others]
    known = [_Rows(each, found) for each, found in looks if found is not None]
    named = {name for name in child.cells("_parent_table_name") or [] if name}
    if len(named) == 1:
        cut = named.pop()[:_LONGEST_SHEET]
        by_name = [each for each in known if each.sheet.name == cut]
        if by_name:
            return by_name[0]
    fitting = [each for each in known if each.cells(key) is not None and _is_main(each)]
    return fitting[0] if len(fitting) == 1 else None


def _is_main(rows: _Rows) -> bool:
    return rows.cells("_parent_index") is None and rows.cells("PARENT_KEY") is None


def _rows_of(child: _Rows, parent: _Rows, key: str, wanted: list[str | None]) -> list[int | None]:
    """Return, per row of the child, the row of its parent, counted from 0 below the headings."""
    places: dict[str, list[int]] = {}
    for at, each in enumerate(parent.cells(key) or []):
        if each:
            places.setdefault(each, []).append(at)
    mine, theirs = child.cells("_submission__uuid"), _responses(parent)
    found: list[int | None] = []
    wrong = []
    for at, each in enumerate(wanted):
        if not each and not _is_filled(child, at):
            found.append(None)
            continue
        fits = places.get(each or "", [])
        agrees = not (fits and mine and theirs) or (mine[at] or "") == (theirs[fits[0]] or "")
        if len(fits) != 1 or not agrees:
            wrong.append(child.header_row + at + 1)
        found.append(fits[0] if fits else None)
    if wrong:
        more = f" (+{len(wrong) - _MOST_NAMED})" if len(wrong) > _MOST_NAMED else ""
        rows = ", ".join(map(str, wrong[:_MOST_NAMED])) + more
        raise DeliveryRefused(
            "repeat.parent", sheet=child.sheet.name, parent=parent.sheet.name, key=key, rows=rows
        )
    return found


def _responses(parent: _Rows) -> list[str | None] | None:
    mine = parent.cells("_uuid")
    return mine if mine is not None else parent.cells("_submission__uuid")


def _is_filled(rows: _Rows, at: int) -> bool:
    number = rows.header_row + at + 1
    return any(each.strip() for each in rows.sheet.row(number))


def _appended(
    child: _Rows,
    parent: _Rows,
    rows: list[int | None],
    further: dict[int, tuple[str, int]],
) -> tuple[Sheet, Look, dict[int, tuple[str, int]]]:
    columns, headings = list(child.sheet.columns), list(child.look.headings)
    own, joined = dict(child.look.own), {}
    for position, heading in enumerate(parent.look.headings):
        if heading in headings and parent.look.own.get(position) is not None or not heading:
            continue
        name = heading if heading not in headings else f"{parent.sheet.name}/{heading}"
        cells = plain(parent.sheet.columns[position]).to_pylist()[parent.header_row :]
        below = [None if each is None else cells[each] for each in rows]
        above: list[str | None] = [None] * (child.header_row - 1)
        if position in parent.look.own:
            own[len(columns)] = parent.look.own[position]
        joined[len(columns)] = further.get(position, (parent.sheet.name, position))
        columns.append(pa.array([*above, name, *below], pa.string()))
        headings.append(name)
    sheet = replace(child.sheet, columns=columns)
    return sheet, replace(child.look, headings=tuple(headings), own=own), joined
