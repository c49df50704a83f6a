"""The identifier gate: a file that carries direct identifiers is stopped before a cell is kept.

All cells are looked at: ignored columns, title rows, hidden sheets, names of file and sheets. Only
what survey tools add about account, device and place, and sentences of somebody's own, pass where the
source leaves that column unread by name. What is said about a stopped file is which column, what
kind and how many cells; never a cell.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from assets.errors import DeliveryRefused
from assets.intake.announced import heading_kind, is_bare_name
from assets.intake.column_kinds import are_places, degrees_of, is_prose, sample
from assets.intake.exports.metadata import metadata_kind
from assets.intake.grid import Cells, Contents, Export, Sheet, letter, tidy
from assets.intake.headings import ignored, is_heading_row, loosely, wanted_of
from assets.intake.identifiers import EVERYWHERE, KINDS, plain_text
from assets.intake.in_text import kinds_in_text
from assets.intake.names import kinds_in_names
from assets.intake.parted import split_identifiers
from assets.intake.people import may_be_people
from assets.intake.phones import has_written_phone
from assets.intake.suspects import kinds_in_column
from assets.intake.table import likely_headings
from schemas.source import Source
from schemas.words import Words

#: What survey tools add of themselves, and sentences: a source that leaves such a column unread by
#: name may pass. Everything else must not come at all.
_LEFT_UNREAD = ("account", "device", "ip_address", "place", "free_text")

_AUTHOR = re.compile(r"\A[^\n:]{1,40}:\s*\n")


@dataclass(frozen=True)
class Finding:
    """One kind of identifier in one place; ``cells_n`` is 0 where a name, not a cell, gives it away."""

    kind: str
    sheet: str
    position: int | None
    heading: str
    cells_n: int


def inspect(contents: Contents, names: list[str], source: Source | None) -> list[Finding]:
    """Return every identifier found in a file, by sheet and column.

    Parameters
    ----------
    names
        Names that would be stored with the file: its own and that of a member of an archive.
    source
        Its mapping tells telephone numbers from codes; ``None`` where no source expects the file.
    """
    found = [Finding(kind, "", None, "", 0) for kind in kinds_in_names(names)]
    found.extend(_beside_cells(contents))
    for sheet in (contents.sheet, *contents.others):
        found.extend(Finding(kind, "", None, "", 0) for kind in kinds_in_names([sheet.name]))
        is_read = source is not None and sheet is contents.sheet
        survey = contents.survey if sheet is contents.sheet else None
        ignore = source.ignore if source is not None else []
        found.extend(_in_sheet(sheet, source if is_read else None, survey, ignore))
    if source is not None:
        released = {(tidy(each.heading), each.kind) for each in source.not_identifiers}
        found = [each for each in found if (tidy(each.heading), each.kind) not in released]
    return list(dict.fromkeys(found))


def stop_identifiers(contents: Contents, names: list[str], source: Source | None) -> None:
    """Refuse a file that carries identifiers.

    Raises
    ------
    DeliveryRefused
        ``identifiers``: columns, kinds and counts, no cell.
    """
    found = inspect(contents, names, source)
    if found:
        raise DeliveryRefused(
            "identifiers",
            found=Words(
                it="; ".join(_say(each, "it") for each in found),
                en="; ".join(_say(each, "en") for each in found),
            ),
        )


def _beside_cells(contents: Contents) -> list[Finding]:
    """Return what comments and the like give away; who saved the file may sign with an address."""
    tests = {**EVERYWHERE, "phone": has_written_phone}
    texts = [plain_text(each) for each in contents.texts]
    signed = [plain_text(each) for each in contents.properties]
    # Who wrote a comment stands before it, and is seldom a person of the data.
    said = Counter(
        kind for each in texts for kind in kinds_in_text(_AUTHOR.sub("", each)) if kind not in tests
    )
    found = [Finding(kind, "", None, "", said[kind]) for kind in KINDS if said[kind]]
    for kind, test in tests.items():
        looked_at = texts if kind == "email" else [*texts, *signed]
        hits_n = sum(test(each) for each in looked_at)
        if hits_n:
            found.append(Finding(kind, "", None, "", hits_n))
    return found


def _in_sheet(
    sheet: Sheet, source: Source | None, survey: Export | None, ignore: list[str]
) -> list[Finding]:
    reader, wanted = (source.reader, wanted_of(source)) if source else (None, None)
    header_row, headings = likely_headings(sheet, reader, wanted)
    if survey is not None and survey.header_rows:
        header_row, headings = survey.header_rows[-1], list(survey.headings)
    unread = ignored(headings, ignore)
    nobody = survey.nobody if survey is not None else frozenset()
    names = loosely(headings, source) if source else {}
    is_quotable = source is not None and is_heading_row(headings, source)
    found = []
    for position, column in enumerate(sheet.columns):
        heading = " ".join(headings[position].split())
        below = column.slice(header_row)
        announced = None if position in nobody else _announced(heading, below)
        kinds = kinds_in_column(column, below, announced, names.get(position), heading)
        if source is not None and position not in names:
            kinds["free_text"] = is_prose(below)
        # What may be a person's cell, or is itself an identifier, is not repeated.
        shown = heading if is_quotable and not kinds_in_names([heading]) else ""
        for kind, cells_n in kinds.items():
            if cells_n and not (kind in _LEFT_UNREAD and position in unread):
                found.append(Finding(kind, sheet.name, position, shown, cells_n))
    left = {*names, *unread, *(each.position for each in found if each.kind == "place")}
    found += _split_over_columns(sheet, header_row, headings if is_quotable else None, set(names))
    return found + _pairs_of_places(sheet, header_row, headings if is_quotable else None, left)


def _announced(heading: str, below: Cells) -> str | None:
    """Return the kind that a heading announces; whether a bare ``Nome`` is a person's, the cells tell."""
    kind = heading_kind(heading) or metadata_kind(heading)
    if kind == "name" and is_bare_name(heading) and not may_be_people(sample(below)):
        return None
    return kind


def _pairs_of_places(
    sheet: Sheet, header_row: int, headings: list[str] | None, left: set[int | None]
) -> list[Finding]:
    """Return columns side by side that are latitude and longitude, whatever stands above them."""
    found: dict[int, Finding] = {}
    before: tuple[float, float] | None = None
    for position, column in enumerate(sheet.columns):
        below = column.slice(header_row)
        now = degrees_of(below) if position not in left else None
        if before and now and are_places(before, now):
            for at in (position - 1, position):
                cells_n = len(sheet.columns[at].slice(header_row).drop_null())
                shown = " ".join(headings[at].split()) if headings else ""
                found[at] = Finding("place", sheet.name, at, shown, cells_n)
        before = now
    return list(found.values())


def _split_over_columns(
    sheet: Sheet, header_row: int, headings: list[str] | None, ours: set[int]
) -> list[Finding]:
    """Return neighbouring columns whose cells, put together, are one identifier."""
    columns = [
        None if position in ours else column.slice(header_row)
        for position, column in enumerate(sheet.columns)
    ]
    found = []
    for first, last, kind, cells_n in split_identifiers(columns):
        for at in range(first, last + 1):
            shown = " ".join(headings[at].split()) if headings else ""
            found.append(Finding(kind, sheet.name, at, shown, cells_n))
    return found


def _say(found: Finding, lang: str) -> str:
    kind = KINDS[found.kind].it if lang == "it" else KINDS[found.kind].en
    if found.position is None and found.cells_n:
        return (
            f"{kind} in un commento, una casella di testo o nelle proprietà ({found.cells_n})"
            if lang == "it"
            else f"{kind} in a comment, a text box or the properties ({found.cells_n})"
        )
    if found.position is None:
        return (
            f"{kind} nel nome del file, di una cartella o di un foglio"
            if lang == "it"
            else f"{kind} in the name of the file, a folder or a sheet"
        )
    heading = found.heading if len(found.heading) <= 80 else found.heading[:79] + "…"
    where = letter(found.position) + (f" «{heading}»" if heading else "")
    sheet = f", {found.sheet}" if found.sheet and not kinds_in_names([found.sheet]) else ""
    if lang == "it":
        cells = "cella" if found.cells_n == 1 else "celle"
        return f"colonna {where}{sheet}: {kind} ({found.cells_n} {cells})"
    cells = "cell" if found.cells_n == 1 else "cells"
    return f"column {where}{sheet}: {kind} ({found.cells_n} {cells})"
