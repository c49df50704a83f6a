"""Which survey tool made a file, told by several of its own marks together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assets.intake.exports import (
    google_forms,
    kobo,
    limesurvey,
    microsoft_forms,
    qualtrics,
    surveymonkey,
)
from assets.intake.exports.marks import Look, Top
from assets.intake.exports.metadata import metadata_kind
from assets.intake.exports.repeats import join_parents
from assets.intake.grid import Contents, Export, Sheet, distinct, plain

_TOOLS: tuple[Callable[[Top], Look | None], ...] = (
    kobo.look,
    limesurvey.look,
    google_forms.look,
    microsoft_forms.look,
    surveymonkey.look,
    qualtrics.look,
)
#: What Microsoft Forms writes where nobody signed in, in the languages seen.
_NOBODY = {"anonymous", "anonimo", "anonyme", "anónimo", "anonym"}


def recognise(contents: Contents, *, joins: bool = True) -> Contents:
    """Say which survey tool's export a file is, and what its headings are.

    Parameters
    ----------
    joins
        Whether a repeat sheet of Kobo or ODK gets its parents' columns on the right. ``check``
        without a source shows a sheet as it stands.

    Returns
    -------
    Contents
        With ``export`` and ``survey`` where a tool is known or two are in conflict; a file that no
        tool knows comes back unchanged.

    Raises
    ------
    DeliveryRefused
        ``repeat.sheet``, ``repeat.parent``: a repeat group whose responses cannot be found.
    """
    sheet = contents.sheet
    if not sheet.columns:
        return contents
    top = Top(sheet)
    found = [look for each in _TOOLS if (look := each(top)) is not None]
    if not found:
        return contents
    if len(found) > 1:
        marks = tuple(f"{each.tool}: {mark}" for each in found for mark in each.marks)
        return replace(contents, survey=Export("", marks))
    look = found[0]
    joined: dict[int, tuple[str, int]] = {}
    if joins and look.tool in ("kobo", "odk"):
        sheet, look, joined = join_parents(sheet, look, contents.others)
    return replace(contents, sheet=sheet, export=look.tool, survey=_export(sheet, look, joined))


def _export(sheet: Sheet, look: Look, joined: dict[int, tuple[str, int]]) -> Export:
    kinds = {at: kind for at, each in enumerate(look.headings) if (kind := metadata_kind(each))}
    below = look.header_rows[-1]
    nobody = frozenset(
        at
        for at, role in look.own.items()
        if role == "account" and look.tool == "microsoft_forms" and _is_nobody(sheet, at, below)
    )
    return Export(
        tool=look.tool,
        marks=look.marks,
        header_rows=look.header_rows,
        headings=look.headings,
        texts=look.texts,
        own=look.own,
        identifying={at: kind for at, kind in kinds.items() if at not in nobody},
        nobody=nobody,
        partial=look.partial,
        joined=joined,
    )


def _is_nobody(sheet: Sheet, position: int, header_row: int) -> bool:
    cells = distinct(plain(sheet.columns[position]).slice(header_row)).to_pylist()
    return all(each.strip().casefold() in _NOBODY or not each.strip() for each in cells)
