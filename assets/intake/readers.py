"""Open a delivered file by what its bytes are, whatever its name: all cells become text, unchanged."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from assets.errors import DeliveryRefused
from assets.intake.archive import all_members, only_member, written_on
from assets.intake.delimited import read_delimited
from assets.intake.formats import OLE, SUFFIXES, ZIP, format_of
from assets.intake.grid import Contents, make_sheet
from assets.intake.notes import note
from assets.intake.values import Speller
from schemas.reader import Reader
from schemas.words import Words

#: Comment of an archive that an erasure wrote in the place of a file whose format it cannot write.
REWRITTEN = b"lunattiva: values of another format"
#: A workbook with macros is one without them to us: they are never run.
_SAME = {"xlsm": "xlsx"}


def read_contents(data: Any, file_name: str, reader: Reader | None) -> Contents:
    """Read a file as its source declares it, or as its bytes show it to be.

    Parameters
    ----------
    data
        ``bytes`` or a ``pyarrow.Buffer``.
    file_name
        Told when its suffix says something else than the bytes do.
    reader
        None without a source: then typed values are spelt neutrally (``values.Speller``) and the
        first visible sheet with cells is the one that is read.

    Raises
    ------
    DeliveryRefused
        Empty, truncated, encrypted, of a format that is not read or not the declared one, or
        without the sheet.
    """
    member, beside = "", ""
    kind = format_of(data)
    notes = _named_otherwise(file_name, kind) if kind != "zip" else ()
    if kind == "zip":
        beside = written_on(bytes(data))
        member, data = only_member(bytes(data))
        kind = format_of(data)
        if kind == "zip":
            raise DeliveryRefused("file.archive_in_archive")
        notes = _named_otherwise(member, kind)
    declared = reader.format if reader else None
    is_told = bytes(data[-len(REWRITTEN) :]) == REWRITTEN
    if declared and _SAME.get(declared, declared) != _SAME.get(kind, kind) and not is_told:
        raise DeliveryRefused("file.not_declared", declared=declared, found=kind)
    contents = _read(data, kind, reader)
    texts = (*contents.texts, beside) if beside else contents.texts
    return replace(contents, member=member, notes=(*notes, *contents.notes), texts=texts)


def _read(data: Any, kind: str, reader: Reader | None) -> Contents:
    if kind == "csv":
        sheet, spelling = read_delimited(data, reader or Reader())
        return Contents(sheet, format="csv", encoding=spelling.encoding, spelling=spelling)
    if kind == "sav":
        from assets.intake.spss import read_sav

        return read_sav(bytes(data), reader)
    from assets.intake.workbook import read_workbook

    return read_workbook(bytes(data), kind, reader)


def _named_otherwise(file_name: str, kind: str) -> tuple[Words, ...]:
    """Tell a name whose suffix belongs to another format than the bytes."""
    suffix = PurePath(file_name.lower()).suffix
    others = {each for each_kind, known in SUFFIXES.items() if each_kind != kind for each in known}
    if suffix not in others:
        return ()
    return (note("file.other_suffix", suffix=suffix, format=kind),)


def read_loosely(data: Any, file_name: str) -> Contents:
    """Read whatever can be read of a file that is refused anyway, for the identifier gate only.

    Never refuses: what cannot be opened at all comes back without cells.
    """
    data = bytes(data)
    with contextlib.suppress(DeliveryRefused):
        if format_of(data) == "zip":
            return _loose_archive(data)
    return _loose_package(data) or _loose_text(data)


def _loose_archive(data: bytes) -> Contents:
    """Return what all files of an archive hold, one after the other, and what is written on it."""
    members = all_members(data)
    read = [_loose_package(each) or _loose_text(each) for _, each in members if each]
    sheets = [sheet for each in read for sheet in (each.sheet, *each.others)]
    first, *others = sheets or [make_sheet("", [])]
    return Contents(
        first,
        tuple(others),
        texts=(*(text for each in read for text in each.texts), written_on(data)),
        properties=tuple(text for each in read for text in each.properties),
        member="/".join(name for name, _ in members),
    )


def _loose_package(data: bytes) -> Contents | None:
    """Return what a workbook, an SPSS file or another Office file holds; None where it is none."""
    with contextlib.suppress(DeliveryRefused):
        kind = format_of(data)
        if kind == "sav":
            return _read(data, kind, None)
        if kind != "csv":
            from assets.intake.workbook import read_sheets

            book, sheets = read_sheets(data, kind, Speller(None))
            return Contents(
                sheets[0], tuple(sheets[1:]), texts=book.texts, properties=book.properties
            )
    return _loose_beside(data)


def _loose_beside(data: bytes) -> Contents | None:
    """Return the texts of a document that is no workbook: a letter, a presentation."""
    from assets.intake.package import read_package

    nothing = make_sheet("", [])
    if data.startswith(OLE):
        return Contents(nothing)
    if not data.startswith(ZIP):
        return None
    with contextlib.suppress(Exception):
        beside = read_package(data)
        return Contents(nothing, texts=beside.texts, properties=beside.properties)
    return Contents(nothing)


def _loose_text(data: bytes) -> Contents:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    lines = data.decode(encoding, errors="replace").replace("\0", "").splitlines()
    delimiter = max(";,\t", key=lambda each: sum(line.count(each) for line in lines[:20]))
    return Contents(make_sheet("", [line.split(delimiter) for line in lines], ragged=True))
