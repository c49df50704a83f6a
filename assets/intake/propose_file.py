"""Read a file that has no source yet, identifiers first, for a proposal."""

from __future__ import annotations

from assets.errors import DeliveryRefused
from assets.intake.exports import recognise
from assets.intake.gate import _LEFT_UNREAD as LEFT_UNREAD
from assets.intake.gate import inspect
from assets.intake.grid import letter
from assets.intake.identifiers import KINDS
from assets.intake.propose import Looked
from assets.intake.readers import read_contents
from assets.intake.table import find_table
from schemas.reader import Reader
from schemas.words import Words


def look_at(data: bytes, file_name: str) -> Looked:
    """Return what a file holds: its table, how it is written, and which columns identify people.

    Raises
    ------
    DeliveryRefused
        The file cannot be opened, or holds no one table with a heading.
    """
    contents = recognise(read_contents(data, file_name, None))
    found: dict[int | None, list[tuple[str, int]]] = {}
    for each in inspect(contents, [file_name, contents.member], None):
        at = each.position if each.sheet == contents.sheet.name else None
        found.setdefault(at, []).append((each.kind, each.cells_n))
    tools = {at for at, kinds in found.items() if {kind for kind, _ in kinds} <= set(LEFT_UNREAD)}
    unread = frozenset(at for at in tools if at is not None)
    table = find_table(contents.sheet, Reader(), None, contents.survey)
    if not any(table.headings):
        raise DeliveryRefused("file.no_heading", row=1)
    spelling = contents.spelling
    return Looked(
        file_name=file_name,
        format=contents.format,
        sheet=contents.sheet.name,
        encoding=contents.encoding,
        delimiter=spelling.delimiter if spelling else "",
        header_rows=list(table.header_rows),
        headings=list(table.headings),
        columns=table.columns,
        identifiers={at: kinds for at, kinds in found.items() if at not in unread},
        unread=unread,
        is_survey=contents.survey is not None,
    )


def said_identifiers(looked: Looked) -> list[Words]:
    """Say which columns identify people: column, kind, number of cells; never a cell."""
    said = []
    for position, kinds in looked.identifiers.items():
        it = f"colonna {letter(position)}" if position is not None else "fuori dal foglio letto"
        en = (
            f"column {letter(position)}"
            if position is not None
            else "beside the sheet that is read"
        )
        for kind, count in kinds:
            said.append(
                Words(
                    it=f"{it}: {KINDS[kind].it} ({count})", en=f"{en}: {KINDS[kind].en} ({count})"
                )
            )
    return said
