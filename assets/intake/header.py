"""Find the heading rows of a table, as declared, by the headings looked for, or by their looks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from assets.errors import DeliveryRefused
from assets.intake.cell_kinds import Kind, are_numbered, is_heading_word, is_unit, kind_of
from assets.intake.grid import Export, tidy
from assets.intake.headings import Wanted
from assets.intake.look import FIRST_ROWS, Evidence, Look, evidence
from assets.intake.named_headings import SEPARATOR
from schemas.reader import Reader

_MOST_ROWS = 3
#: A sheet whose row has this share of the table's width may be a heading.
_FULL = 0.75
_LONGEST_GROUP = 40


@dataclass(frozen=True)
class Header:
    """Rows of headings, their text by position ([] without rows), and the first row below them.

    ``is_sure``: they differ from what stands below, so that they cannot be a person's row.
    """

    rows: list[int]
    headings: list[str]
    first_below: int
    units: list[int] = field(default_factory=list)
    is_sure: bool = False


def find_header(look: Look, reader: Reader, wanted: Wanted | None, survey: Export | None) -> Header:
    """Return the heading of a sheet that is not empty.

    Raises
    ------
    DeliveryRefused
        ``header.unclear``, ``header.tie``, ``file.no_heading`` or ``column.no_heading``.
    """
    if reader.header_rows == 0:
        return Header([], [], reader.header_row or int(look.rows[0]))
    if reader.header_row is not None:
        found = _declared(look, reader.header_row, reader.header_rows or 1)
    elif survey is not None and survey.header_rows:
        rows = list(survey.header_rows)
        found = Header(rows, list(survey.headings), rows[-1] + 1, is_sure=True)
    elif wanted is not None:
        found = _by_wishes(look, wanted, reader.header_rows)
    else:
        found = _by_looks(look, reader.header_rows)
    if wanted is not None:
        wanted.require(found.headings, found.rows)
        found = replace(found, is_sure=True)
    if reader.header_row is not None or not found.rows:
        return found
    return _with_units(look, found)


def _declared(look: Look, first: int, count: int) -> Header:
    rows = list(range(first, first + count))
    if rows[-1] > look.sheet.rows_n or not any(look.filled(row) for row in rows):
        raise DeliveryRefused("file.no_heading", row=first)
    return Header(rows, joined(look, rows), rows[-1] + 1)


def _by_wishes(look: Look, wanted: Wanted, count: int | None) -> Header:
    """Return the row that holds most of the headings looked for; fewer rows win over more."""
    best: tuple[int, int, list[int], list[str]] | None = None
    tied: list[int] = []
    for row in map(int, look.rows[:FIRST_ROWS]):
        for many in [count] if count else range(1, _MOST_ROWS + 1):
            if best is not None and (wanted.most, -many) < best[:2]:
                break  # were every heading there, fewer rows would still win
            rows = list(range(row - many + 1, row + 1))
            if rows[0] < 1 or not all(look.filled(each) for each in rows):
                continue
            headings = joined(look, rows)
            score = (wanted.score(headings, len(rows)), -many)
            if best is None or score > best[:2]:
                best, tied = (*score, rows, headings), []
            elif score == best[:2] and list(map(tidy, headings)) != list(map(tidy, best[3])):
                tied.append(row)
    assert best is not None  # the sheet is not empty
    if tied and best[0] * 2 >= wanted.most:
        raise DeliveryRefused("header.tie", rows=f"{best[2][-1]}, {tied[0]}")
    rows, headings = best[2], best[3]
    if len(rows) == 1 and not count:
        with_groups = _with_groups(look, rows[0], {}, is_strict=False)
        if len(with_groups) > 1:
            more = joined(look, with_groups)
            if wanted.score(more, len(with_groups)) >= best[0]:
                rows, headings = with_groups, more
    return Header(rows, headings, rows[-1] + 1)


def _by_looks(look: Look, count: int | None) -> Header:
    width = look.width()
    kinds = look.kinds(look.probable_body(width))
    first = list(map(int, look.rows[:FIRST_ROWS]))
    seen = {row: evidence(look.sheet.row(row), kinds) for row in first}
    data = next((row for row in first if _is_like_data(seen[row])), None)
    if data is None:
        leaf = _first_full(look, first, width, seen)
    else:
        leaf = _above(look, first, data, width, seen)
    if leaf is None:
        return Header([], [], first[0])
    if count:
        rows = list(range(leaf - count + 1, leaf + 1))
        if rows[0] < 1:
            raise _unclear(leaf)
    else:
        rows = _with_groups(look, leaf, kinds, is_strict=True)
    headings = joined(look, rows)
    nameless = [at for at, kind in kinds.items() if kind.name and not headings[at].strip()]
    if len(nameless) > max(1, width // 3):
        raise _unclear(leaf)
    filled, cells = look.filled(leaf), look.sheet.row(leaf)
    words = [at for at in filled if is_heading_word(cells[at])]
    is_sure = bool(seen[leaf].unlike) or len(words) * 2 >= len(filled)
    is_sure |= any(kinds[at].is_list and at not in seen[leaf].known for at in filled)
    return Header(rows, headings, leaf + 1, is_sure=is_sure)


def _is_like_data(found: Evidence) -> bool:
    return len(found.like) > len(found.unlike)


def _above(
    look: Look, first: list[int], data: int, width: int, seen: dict[int, Evidence]
) -> int | None:
    """Return the heading above the first row that looks like data; ``None`` where there is none."""
    before = [row for row in first if row < data]
    while len(before) > 1 and _are_units(look, before[-1]):
        if not set(look.filled(before[-1])) <= set(look.filled(before[-2])):
            break  # 'codice;ore' below a title: headings, since units have a heading each
        before.pop()
    while len(before) > 1 and not seen[before[-1]].unlike and seen[before[-2]].unlike:
        before.pop()  # a row of data that shows nothing of its columns' kinds
    if not before:
        found = seen[data]
        is_sure = len(found.like) >= 2 or found.known or len(found.like) == len(look.used)
        if found.unlike or not is_sure:
            raise _unclear(data)
        return None
    leaf = before[-1]
    found = seen[leaf]
    is_full = look.filled_n[leaf - 1] >= max(1, width * 0.5)
    if not is_full or not found.unlike or found.like or len(found.known) > len(found.unlike):
        raise _unclear(leaf)
    return leaf


def _first_full(look: Look, first: list[int], width: int, seen: dict[int, Evidence]) -> int | None:
    """Return the heading where columns hold plain text only: the first full row, if it stands out."""
    row = next(row for row in first if look.filled_n[row - 1] >= max(1, width * _FULL))
    cells = look.sheet.row(row)
    numbers = [at for at in look.filled(row) if kind_of(cells[at]) in ("number", "date", "time")]
    below = look.rows[look.rows > row]
    is_apart = len(below) > 0 and int(below[0]) > row + 1
    is_numbered = are_numbered([cells[at] for at in numbers])
    if (width == 1 and is_apart) or (numbers and not is_numbered):
        raise _unclear(row)
    known = seen[row].known
    if len(known) * 2 >= look.filled_n[row - 1] and row == first[0]:
        return None
    if known:
        raise _unclear(row)
    return _below_merged(look, row)


def _below_merged(look: Look, row: int) -> int:
    """Return the last heading row where merged cells say that headings go on below."""
    last = row
    for area in look.areas(row):
        is_wide = area.last_column > area.first_column
        last = max(last, area.last_row + int(is_wide))
    return min(last, row + _MOST_ROWS - 1, int(look.rows[-1]))


def _with_groups(look: Look, leaf: int, kinds: dict[int, Kind], *, is_strict: bool) -> list[int]:
    """Return the heading rows down to ``leaf``: rows directly above that group its columns."""
    rows = [leaf]
    while rows[0] > 1 and len(look.filled(rows[0] - 1)):
        part = _part(look, rows[0] - 1, rows[0], kinds)
        if part == "group" and len(rows) < _MOST_ROWS:
            rows.insert(0, rows[0] - 1)
            continue
        if part != "title" and is_strict:
            raise _unclear(rows[0] - 1)
        break
    return rows


def _part(look: Look, row: int, below: int, kinds: dict[int, Kind]) -> str:
    """Say what a row directly above a heading is: group, title or unclear."""
    filled, under = look.filled(row), look.filled(below)
    cells = look.sheet.row(row)
    if any(cells[at].strip().endswith(":") for at in filled):
        return "title"
    areas = look.areas(row)
    if areas:
        return _merged_part(look, areas, filled, below)
    if any(at not in under for at in filled) and len(filled) > 1:
        return "group"  # the heading below leaves room for it
    found = evidence(cells, kinds)
    if len(filled) >= max(2, len(under) * _FULL):
        cells_below = look.sheet.row(below)
        words = [
            at for at in evidence(cells_below, kinds).unlike if kind_of(cells_below[at]) == "text"
        ]
        is_sure = len(under) > 3 and len(words) > 1
        return "group" if is_sure and not found.like else "unclear"
    if len(filled) == 1:
        text = cells[filled[0]].strip()
        is_title = (
            filled[0] <= under[0] or len(text) > _LONGEST_GROUP or any(map(str.isdigit, text))
        )
        return "title" if is_title else "unclear"
    if filled == [under[0], under[0] + 1]:
        return "title"  # a name and its value
    if any(b - a == 1 for a, b in pairwise(filled)) or found.like:
        return "unclear"
    return "group"


def _merged_part(look: Look, areas: list, filled: list[int], below: int) -> str:
    is_over_all = any(
        each.first_column <= look.used[0] and each.last_column >= look.used[-1] for each in areas
    )
    goes_down = any(each.last_row >= below for each in areas)
    if is_over_all:
        return "title"
    if goes_down or len(filled) > 1 or filled[0] > look.used[0]:
        return "group"
    return "title"


def _with_units(look: Look, found: Header) -> Header:
    """Name the row below a heading that only gives units."""
    row = found.rows[-1] + 1
    if row > look.sheet.rows_n or not _are_units(look, row):
        return found
    below = look.kinds(look.rows[look.rows > row])
    if evidence(look.sheet.row(row), below).like or evidence(look.sheet.row(row), below).known:
        return found
    return replace(found, first_below=row + 1, units=[row])


def _are_units(look: Look, row: int) -> bool:
    cells = look.sheet.row(row)
    filled = look.filled(row)
    return bool(filled) and all(is_unit(cells[at]) for at in filled)


def joined(look: Look, rows: list[int]) -> list[str]:
    """Return the heading of every position; those of several rows are joined, groups spread."""
    if len(rows) == 1:
        return look.sheet.row(rows[0])
    lines = []
    for row, below in pairwise(rows):
        lines.append(_spread(look, row, rows, below))
    lines.append(look.sheet.row(rows[-1]))
    made = []
    for parts in zip(*lines, strict=True):
        kept = [part for at, part in enumerate(parts) if part.strip() and part not in parts[:at]]
        made.append(SEPARATOR.join(kept))
    return made


def _spread(look: Look, row: int, rows: list[int], below: int) -> list[str]:
    """Return a row of group headings, each standing over all of its columns."""
    cells = look.sheet.row(row)
    if any(look.areas(each) for each in rows):
        for area in look.areas(row):
            text = look.sheet.row(area.first_row)[area.first_column]
            if area.first_row == row:
                last = min(area.last_column, len(cells) - 1)
                cells[area.first_column : last + 1] = [text] * (last + 1 - area.first_column)
        return cells
    under = set(look.filled(below))
    current = ""
    for at in range(len(cells)):
        if cells[at].strip():
            current = cells[at] if at in under else ""
        elif at in under:
            cells[at] = current
        else:
            current = ""
    return cells


def _unclear(row: int) -> DeliveryRefused:
    return DeliveryRefused("header.unclear", row=row)
