"""The identifier gate: a file that carries direct identifiers is stopped before a cell is kept.

All cells are looked at: ignored columns, title rows, hidden sheets, names of file and sheets. What
is said about a stopped file is which column, what kind and how many cells; never a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.errors import DeliveryRefused
from assets.intake.grid import Contents, Sheet, letter, tidy
from assets.intake.headings import is_heading_row, loosely
from assets.intake.identifiers import (
    EVERYWHERE,
    KINDS,
    has_prefixed_phone,
    has_written_phone,
    heading_kind,
    is_bare_phone,
    plain_text,
)
from assets.intake.names import kinds_in_names
from schemas.fields import FIELDS
from schemas.source import Source
from schemas.words import Words

#: What a cell must hold to be worth a closer look, by kind; tried in Arrow on distinct cells, since
#: almost none does. Letters beyond ASCII may be look-alikes and always earn the look.
_NOT_ASCII = r"|[^\x00-\x7f]"
_WORTH_A_LOOK = {
    "tax_code": r"[A-Za-z](?:[\s\-_./]{0,3}[A-Za-z]){5}(?:[\s\-_./]{0,3}[0-9A-Za-z]){10}"
    + _NOT_ASCII,
    "email": "@" + _NOT_ASCII,
    "iban": r"[A-Za-z]{2}[ -]?[0-9]{2}" + _NOT_ASCII,
    "health_code": r"(?i:stp|eni)[\s-]?[0-9]|80380" + _NOT_ASCII,
    "phone": r"(?:[+0-9].?.?.?){8}" + _NOT_ASCII,
}
#: From this share of a column's distinct cells on, numbers that could be telephones are.
_PHONE_SHARE = 0.5
_PHONE_LEAST = 3
_PHONE_SHAPE = r"\A[03][0-9\s./-]{7,14}\z"
_DATE_SHAPE = r"\A[0-9]{1,2}([./-])[0-9]{1,2}[./-][0-9]{2,4}\z"


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
        found.extend(_in_sheet(sheet, source if is_read else None))
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
    found = []
    for kind, test in tests.items():
        looked_at = texts if kind == "email" else [*texts, *signed]
        hits_n = sum(test(each) for each in looked_at)
        if hits_n:
            found.append(Finding(kind, "", None, "", hits_n))
    return found


def _in_sheet(sheet: Sheet, source: Source | None) -> list[Finding]:
    header_row = source.reader.header_row if source else _likely_header_row(sheet)
    headings = sheet.row(header_row) or [""] * len(sheet.columns)
    names = loosely(headings, source) if source else {}
    is_quotable = source is not None and is_heading_row(headings, source)
    found = []
    for position, column in enumerate(sheet.columns):
        heading = " ".join(headings[position].split())
        below = column.slice(header_row)
        for kind, cells_n in _in_column(column, below, heading, names.get(position)).items():
            # What may be a person's cell, or is itself an identifier, is not repeated.
            shown = heading if is_quotable and not kinds_in_names([heading]) else ""
            found.append(Finding(kind, sheet.name, position, shown, cells_n))
    return found


def _in_column(column: pa.Array, below: pa.Array, heading: str, name: str | None) -> dict[str, int]:
    """Return kind -> number of cells for one column."""
    found: dict[str, int] = {}
    cells = pc.drop_null(column)
    counts = pc.value_counts(cells)
    tests = dict(EVERYWHERE)
    # Numbers and dates have a shape of their own that sorting checks.
    kind_of_column = "text" if name is None else FIELDS[name].kind
    is_free = kind_of_column == "text"
    if is_free or kind_of_column == "code":
        is_code = not is_free or (name is not None and FIELDS[name].role == "pseudonym")
        tests["phone"] = has_prefixed_phone if is_code else has_written_phone
    for kind, test in tests.items():
        worth = pc.match_substring_regex(counts.field("values"), _WORTH_A_LOOK[kind])
        texts = counts.field("values").filter(worth).to_pylist()
        times = counts.field("counts").filter(worth).to_pylist()
        hits = [n for text, n in zip(texts, times, strict=True) if test(plain_text(text))]
        if hits:
            found[kind] = sum(hits)
    if is_free:  # lists of codes may well be numbers of ten digits
        phones_n = _phone_column(pc.drop_null(below))
        found["phone"] = max(found.get("phone", 0), phones_n)
    announced = heading_kind(heading)
    filled_n = len(below) - below.null_count
    if announced and filled_n:
        found[announced] = max(found.get(announced, 0), filled_n)
    return {kind: count for kind, count in found.items() if count}


def _phone_column(cells: pa.Array) -> int:
    """Count bare numbers that could be telephones, if they are what the column consists of."""
    distinct = pc.unique(cells)
    least = max(_PHONE_LEAST, len(distinct) * _PHONE_SHARE)
    shaped = pc.and_not(
        pc.match_substring_regex(distinct, _PHONE_SHAPE),
        pc.match_substring_regex(distinct, _DATE_SHAPE),
    )
    could = distinct.filter(shaped).to_pylist()
    if len(could) < least:
        return 0
    phones = [each for each in could if is_bare_phone(each)]
    if len(phones) < least:
        return 0
    return int(np.asarray(pc.is_in(cells, pa.array(phones, pa.string()))).sum())


def _likely_header_row(sheet: Sheet) -> int:
    """Return the first row with two filled cells (with one, in a sheet of one column)."""
    least = min(2, len(sheet.columns))
    for number in range(1, min(sheet.rows_n, 20) + 1):
        if sum(bool(cell) for cell in sheet.row(number)) >= least:
            return number
    return 1


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
    where = letter(found.position) + (f" «{found.heading}»" if found.heading else "")
    sheet = f", {found.sheet}" if found.sheet and not kinds_in_names([found.sheet]) else ""
    if lang == "it":
        cells = "cella" if found.cells_n == 1 else "celle"
        return f"colonna {where}{sheet}: {kind} ({found.cells_n} {cells})"
    cells = "cell" if found.cells_n == 1 else "cells"
    return f"column {where}{sheet}: {kind} ({found.cells_n} {cells})"
