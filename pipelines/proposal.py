"""A proposal for one file: whose it is, what was found, where the proposal goes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from assets.errors import ConfigurationError, DeliveryRefused
from assets.layout import Layout
from pipelines.messages import say
from schemas.config import nearest
from schemas.words import SCHEMAS_FOLDER, Words


@dataclass(frozen=True)
class Place:
    """Whose file it is."""

    layout: Layout
    partner: str


@dataclass(frozen=True)
class Proposal:
    """The text of a ``source.yml`` and what the command line says about it; no cell is in it.

    Attributes
    ----------
    counts
        How many guesses are sure, likely, unsure.
    to_confirm
        What a person has to decide before the file loads.
    identifiers
        Columns that identify people, kind and number of cells.
    """

    file: Path
    programme: str
    partner: str
    text: str
    dataset: str
    percent: int
    counts: dict[str, int]
    to_confirm: list[str]
    identifiers: list[Words]


def place_of(file: Path, layout: Layout, programme: str | None, partner: str | None) -> Place:
    """Return programme and partner: as given, else by the folder in which the file lies.

    Raises
    ------
    ConfigurationError
        The programme cannot be read, or has no such partner.
    """
    try:
        parts = file.resolve().relative_to((layout.root / "raw").resolve()).parts
    except ValueError:
        parts = ()
    if programme is None and len(parts) > 1:
        layout = Layout(layout.root, parts[0])
    known = sorted(layout.definition.partners)
    found = partner or (parts[1] if len(parts) > 2 and parts[0] == layout.programme else None)
    if found is None and len(known) == 1:
        found = known[0]
    if found is None:
        raise _refusal("map.which_partner", known=", ".join(known) or "-")
    if found not in known:
        near = nearest(found, known) or "-"
        raise _refusal("map.partner", name=found, nearest=near, known=", ".join(known) or "-")
    return Place(layout, found)


def propose(file: Path, place: Place, dataset: str | None, out: Path | None) -> Proposal:
    """Look into a file, identifiers first, and write down what its columns may be.

    Raises
    ------
    DeliveryRefused
        The file cannot be read, or holds no one table with headings.
    """
    from assets.intake.names import masked_name
    from assets.intake.propose import draft
    from assets.intake.propose_file import look_at, said_identifiers
    from assets.intake.propose_yaml import write

    if file.is_dir():
        raise DeliveryRefused("file.folder", name=masked_name(file.name))
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise DeliveryRefused("file.missing", name=masked_name(file.name)) from None
    except OSError:
        raise DeliveryRefused("file.locked") from None
    looked = look_at(data, file.name)
    layout = place.layout
    made = draft(looked, layout.definition, place.partner, layout.instruments, dataset)
    folder = out.resolve().parent if out else layout.raw / place.partner
    written = write(made, _schema_from(folder, layout))
    return Proposal(
        file=file,
        programme=layout.programme,
        partner=place.partner,
        text="\n".join(written.lines) + "\n",
        dataset=made.choice.dataset,
        percent=made.choice.percent,
        counts=written.counts,
        to_confirm=written.to_confirm,
        identifiers=said_identifiers(looked),
    )


def save(text: str, out: Path) -> None:
    """Write a proposal where nothing is yet: what a person decided is never written over.

    Raises
    ------
    ConfigurationError
        There is a file of that name, or its folder cannot be written to.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise _refusal("map.exists", path=out) from None
    except OSError:
        raise _refusal("map.not_writable", path=out) from None


def _schema_from(folder: Path, layout: Layout) -> str:
    """Return where the schema lies as seen from a folder, with slashes as YAML editors want them."""
    near = layout.root / "schemas" / "source.schema.json"
    schema = near if near.is_file() else SCHEMAS_FOLDER / "source.schema.json"
    try:
        return Path(os.path.relpath(schema, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return schema.as_uri()


def _refusal(key: str, **values: object) -> ConfigurationError:
    return ConfigurationError(say(key, "it", **values), say(key, "en", **values))
