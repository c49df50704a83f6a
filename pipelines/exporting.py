"""Which release is exported, and what is said of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import ConfigurationError
from assets.layout import Layout

if TYPE_CHECKING:
    from assets.outputs.export.write import Exported

_ASKED = re.compile(r"(?P<period>[0-9]{4}Q[1-4]|all)(?:(?:\.|-r)(?P<number>[1-9][0-9]*))?")


@dataclass(frozen=True)
class Release:
    """A published release: its folder, and where it stands."""

    folder: Path
    note: dict[str, Any]


def write_open_data(layout: Layout, to: Path | None, asked: str | None) -> Exported:
    """Write the package of a published release, or of what stands in the released folder.

    Raises
    ------
    ConfigurationError
        No such release, or it cannot be exported.
    """
    from assets.outputs import index
    from assets.outputs.export.write import export

    if asked is None:
        insist_on_note(layout.released)
        made = export(layout, to)
    else:
        found = find_release(layout, asked)
        insist_on_release(found.folder, str(found.note["release"]))
        made = export(layout, to, found.folder, found.note)
    if to is None and (layout.reports_output / index.NAME).is_file():
        index.write_index(layout)  # it lists what was published
    return made


def insist_on_note(folder: Path) -> None:
    """Refuse a note that calls published what it was not written of.

    Raises
    ------
    ConfigurationError
        ``release.json`` is of another release than the tables beside it.
    """
    from assets.release import archive

    path = folder / archive.STATE
    if path.is_file():
        about = json.loads(path.read_text(encoding="utf-8"))
        if about["state"] == "published":
            insist_on_release(folder, str(about["release"]))


def insist_on_release(folder: Path, digest: str) -> None:
    """Refuse a folder that does not hold the release of this digest, byte for byte.

    Raises
    ------
    ConfigurationError
        It holds another, or none.
    """
    from assets.release import archive

    if archive.digest_in(folder) != digest:
        raise ConfigurationError(
            "Le tabelle non sono quelle della pubblicazione: rilanciare «lunattiva run».",
            "The tables are not those of the published release: run 'lunattiva run' again.",
        )


def find_release(layout: Layout, asked: str) -> Release:
    """Return a published release by its period (the last publication) or by ``period.number``.

    ``period-rnumber``, the name of a published folder, is the same.

    Raises
    ------
    ConfigurationError
        There is none, or it was withdrawn.
    """
    from assets.release import approval, archive, ledger

    made = approval.publications(ledger.entries(layout.store / ledger.NAME))
    wanted = _ASKED.fullmatch(asked)
    if wanted and wanted["number"]:
        asked = f"{wanted['period']}.{wanted['number']}"
    known = {f"{each['period']}.{each['number']}": each for each in made}
    standing = {name: each for name, each in known.items() if not each["withdrawn"]}
    fits = [
        each
        for name, each in standing.items()
        if wanted and (name == asked or (not wanted["number"] and each["period"] == asked))
    ]
    if not fits:
        raise _none(asked, asked in known, sorted(standing))
    line = max(fits, key=lambda each: int(each["number"]))
    note = {name: line[name] for name in ("release", "state", "number", "period")}
    return Release(layout.store / archive.NAME / str(line["release"]), note)


def _none(asked: str, is_withdrawn: bool, known: list[str]) -> ConfigurationError:
    listed = ", ".join(known) or "-"
    if is_withdrawn:
        return ConfigurationError(
            f"La pubblicazione {asked} è stata ritirata: non si esporta. Pubblicate: {listed}.",
            f"The release {asked} was withdrawn: it is not exported. Published: {listed}.",
        )
    return ConfigurationError(
        f"Non c'è una pubblicazione «{asked}». Pubblicate: {listed}.",
        f"There is no published release '{asked}'. Published: {listed}.",
    )


def lacking(exported: Exported) -> list[str]:
    """Return the keys of ``open_data`` that a national catalogue asks for and nobody declared."""
    about = exported.package.about
    holder = about.rights_holder
    has = {
        "rights_holder: {name, code}": bool(holder and holder.code),
        "contact": about.contact is not None,
        "url": about.url is not None,
    }
    return [name for name, is_there in has.items() if not is_there]


def as_json(exported: Exported) -> str:
    """Return what was exported for a script to read."""
    package = exported.package
    return json.dumps(
        {
            "programme": package.programme,
            "folder": str(exported.folder),
            "state": package.state,
            "is_draft": package.is_draft,
            "version": package.version,
            "release": package.digest,
            "tables": [each.code for each in package.tables],
            "left_out": list(package.left_out),
            "cells": exported.cells,
            "files": list(exported.files),
            "lacking": lacking(exported),
        },
        ensure_ascii=False,
        indent=1,
    )
