"""A second table below or beside the first: never read into it, never dropped in silence."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.body import Body
from assets.intake.cell_kinds import is_heading_word
from assets.intake.grid import letter, tidy
from assets.intake.header import Header
from assets.intake.look import FIRST_ROWS, Look
from assets.intake.search import matches

_MOST_LOOKED_AT = 50
_MOST_LABELS = 4


def refuse_below(body: Body) -> None:
    """Refuse a sheet in which another table begins below the first.

    Raises
    ------
    DeliveryRefused
        ``sheet.tables``: where it begins, and the last row of the first.
    """
    look, rows = body.look, body.rows()
    if body.reader.header_row is None:
        _refuse_above(body)
    known = _columns(body)
    for row in rows[1:][np.diff(rows) > 1].tolist():
        is_title = look.filled_n[row - 1] == 1 and _goes_on(body, row)
        if _begins(body, row, known) or (is_title and _begins(body, row + 1, known)):
            raise _refusal(body, row)
    for row in _headings_within(body):
        raise _refusal(body, row)


def _refuse_above(body: Body) -> None:
    """Refuse a sheet in which what stands above the heading is a table itself, not a title."""
    look, header = body.look, body.header
    if not header.rows:
        return
    first = header.rows[0]
    block: list[int] = []
    for row in range(1, min(first, FIRST_ROWS + 1)):
        if block and look.filled(row) != look.filled(block[0]):
            block = []
        if len(look.filled(row)) > 1:
            block.append(row)
        is_end = not look.filled_n[row]
        if is_end and len(block) > 1 and not _are_labels(look, block):
            place = letter(look.filled(first)[0])
            raise DeliveryRefused("sheet.tables", row=first, letter=place, last=block[-1])


def _are_labels(look: Look, block: list[int]) -> bool:
    """Say whether rows are names with their values, as titles have: 'Ente:', 'SolCo'."""
    lines = [[cell for cell in look.sheet.row(row) if cell.strip()] for row in block]
    if all(line[0].strip().endswith(":") for line in lines):
        return True
    if len(lines) > _MOST_LABELS or len(lines[0]) > 2 or all(map(is_heading_word, lines[0])):
        return False
    return not any(any(map(str.isdigit, line[0])) for line in lines)


def _columns(body: Body) -> set[int]:
    """Return the positions of the first table."""
    look, first = body.look, body.first_block()
    used = {at for at in look.used if not look.blank[at][first - 1].all()}
    return used | {at for each in body.header.rows for at in look.filled(each)}


def _goes_on(body: Body, row: int) -> bool:
    return row < body.look.sheet.rows_n and bool(body.is_data[row])


def _begins(body: Body, row: int, known: set[int]) -> bool:
    """Say whether the row below a gap looks like the heading of another table."""
    filled = body.look.filled(row)
    if not known & set(filled):
        return True
    found = body.evidence(row)
    if found.like or found.known:
        return False
    if any(kind.is_telling for kind in body.kinds.values()):
        is_wordy = bool(found.unlike) and len(filled) > 1
        return len(found.unlike) > 1 or (is_wordy and _goes_on(body, row))
    return body.is_strict and _goes_on(body, row) and len(body.look.used) > 1


def _headings_within(body: Body) -> list[int]:
    """Return rows among the data in which no cell is of its column's kind, and all are words."""
    look, columns = body.look, body.look.sheet.columns
    telling = [at for at, kind in body.kinds.items() if kind.is_telling]
    if len(telling) < (2 if body.is_strict else 3):
        return []
    rows = np.flatnonzero(body.is_data)
    for at in sorted(telling, key=lambda at: not pa.types.is_dictionary(columns[at].type)):
        if not len(rows):
            return []
        if len(rows) * 2 > look.sheet.rows_n:
            rows = rows[~matches(columns[at], "[0-9]")[rows]]
        else:
            rows = rows[~matches(columns[at].take(pa.array(rows)), "[0-9]")]
    found = []
    for row in (rows[:_MOST_LOOKED_AT] + 1).tolist():
        seen, cells = body.evidence(row), [c for c in look.sheet.row(row) if c.strip()]
        is_full = len(cells) * 2 > len(look.used) and len(set(cells)) == len(cells)
        if len(seen.unlike) > 1 and is_full and not seen.known:
            found.append(row)
    return found


def _refusal(body: Body, row: int) -> DeliveryRefused:
    before = body.rows()
    last = int(before[before < row][-1]) if (before < row).any() else row - 1
    place = letter(body.look.filled(row)[0])
    return DeliveryRefused("sheet.tables", row=row, letter=place, last=last)


def refuse_beside(look: Look, header: Header, body: Body) -> None:
    """Refuse two tables with an empty column between them."""
    used = look.used
    for left, right in zip(used, used[1:], strict=False):
        if right - left == 1:
            continue
        before, after = [at for at in used if at <= left], [at for at in used if at >= right]
        headings = header.headings or [""] * len(look.blank)
        names = [{tidy(headings[at]) for at in each} - {""} for each in (before, after)]
        has_names = not header.rows or (names[0] and names[1])
        is_several = len(before) > 1 and len(after) > 1
        if has_names and (is_several or names[0] & names[1] or _ends_earlier(look, body, after)):
            raise DeliveryRefused("sheet.tables_beside", letter=letter(right))


def _ends_earlier(look: Look, body: Body, columns: list[int]) -> bool:
    """Say whether columns are filled down to some row, without a gap, and below it not at all."""
    rows = body.rows() - 1
    if not len(rows):
        return False
    filled = ~np.logical_and.reduce([look.blank[at][rows] for at in columns])
    count = int(filled.sum())
    return 1 < count < len(rows) and bool(filled[:count].all())
