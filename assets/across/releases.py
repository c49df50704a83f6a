"""The released folders of several programmes: found, checked against their own digests, read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel

from assets.across import foreign, foreign_tables
from assets.across.foreign import Index, Manifest, Note, Unreadable
from assets.errors import ConfigurationError
from assets.released import MANIFEST, STATE, TABLES, digest_of_content, tables_of
from schemas.released import RELEASED_COLUMNS, SUPPRESSED, SUPPRESSED_KINDS

INDEX = "index.json"
DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
#: Beside the folder of a publication that was withdrawn (``pipelines/release_pages.py``).
_NOTICE = ".RITIRATO-WITHDRAWN.txt"
#: Characters that no title needs and a page reads as something else: the marks of its numbers
#: (private use), controls, and those that turn the direction of the text around them.
_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufeff]+")
Row = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Release:
    """One programme's release as it left, and how far it has come.

    Attributes
    ----------
    state, period, number
        ``draft``, ``published`` or ``withdrawn``; of which quarter, and which publication of it.
    noted
        The release's digest as the note beside it, or the collection's index, has it.
    """

    folder: Path
    state: str = DRAFT
    period: str | None = None
    number: int | None = None
    noted: str = ""

    @cached_property
    def _about(self) -> Row:
        return _json(self.folder / MANIFEST)

    @cached_property
    def manifest(self) -> Manifest:
        """What the release says of itself, in characters that only a reader sees.

        Raises
        ------
        ConfigurationError
            Something that a comparison reads is missing or of another kind.
        """
        return _read(Manifest, self._about, self.folder / MANIFEST)

    @property
    def programme(self) -> str:
        """The programme's code."""
        return str(self._about.get("programme"))

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, which names the digest of every table."""
        return hashlib.sha256((self.folder / MANIFEST).read_bytes()).hexdigest()

    @cached_property
    def rows(self) -> list[Row]:
        """Every released cell, each table as its digest in the manifest says.

        Earlier versions told the two kinds of hiding apart; here they are one word.

        Raises
        ------
        ConfigurationError
            A table is missing, is not the one that left, or is no released table.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        found: list[Row] = []
        for code, about in sorted(self.manifest.tables.items()):
            path = self.folder / TABLES / f"{code}.parquet"
            content = path.read_bytes() if path.is_file() else b""
            if hashlib.sha256(content).hexdigest() != about.sha256:
                raise _not_the_one(self.folder, f"{TABLES}/{path.name}")
            try:
                table = pq.read_table(pa.BufferReader(content), columns=list(RELEASED_COLUMNS))
                found += foreign_tables.cells(table, self.manifest.labels)
            except Unreadable as error:
                _refuse(path, error.at)
            except (pa.ArrowException, OSError, ValueError):  # no Parquet, or a broken one
                _refuse(path)
        for row in found:
            if row["status"] in SUPPRESSED_KINDS:
                row["status"] = SUPPRESSED
        return found


@dataclass(frozen=True)
class Gathered:
    """The releases to compare, one a programme, and those that were left out with why."""

    releases: tuple[Release, ...]
    left_out: tuple[tuple[Release, str], ...] = field(default=())


def gather(folders: Sequence[Path], *, with_drafts: bool = False) -> Gathered:
    """Return one release a programme from any folders of released tables.

    Parameters
    ----------
    folders
        Each a released or published folder, a folder of several publications of one programme, or
        a collected folder of many (``<programme>/index.json``).
    with_drafts
        Whether a programme without a publication may come with its draft.

    Raises
    ------
    ConfigurationError
        A folder holds no release; two releases say they are of one programme and are different.
    """
    chosen: dict[str, Release] = {}
    left: list[tuple[Release, str]] = []
    for folder in folders:
        found = list(_in(folder))
        if not found:
            raise ConfigurationError(
                f"In {folder} non ci sono tabelle pubblicate (manifest.json e tables/).",
                f"{folder} holds no released tables (manifest.json and tables/).",
            )
        for several in _by_programme(found).values():
            best = _best(several, with_drafts=with_drafts)
            _insist_whole(best or several[-1])
            if best is None:
                left.append((several[-1], several[-1].state))
                continue
            if chosen.setdefault(best.programme, best).digest != best.digest:
                raise _twice(chosen[best.programme], best)
    ordered = tuple(chosen[code] for code in sorted(chosen))
    named = {each.programme for each in ordered}
    return Gathered(
        ordered, tuple((each, why) for each, why in left if each.programme not in named)
    )


def _insist_whole(release: Release) -> None:
    """Refuse a release that is not as it left, or not of the declared shapes (``foreign``)."""
    _insist_unaltered(release)
    _ = release.rows  # read here, where the folder can be named


def _insist_unaltered(release: Release) -> None:
    """Hold a release against the digest it left with, and name the file that is another one.

    What was published always has one; a draft has it once it was entered in a ledger.
    """
    content = tables_of(release.folder)
    if release.state == DRAFT and not release.noted:
        return
    if digest_of_content(content) == release.noted:
        return
    tables = release.manifest.tables
    listed = {f"{TABLES}/{code}.parquet": each.sha256 for code, each in tables.items()}
    found = {path: hashlib.sha256(data).hexdigest() for path, data in content.items()}
    found.pop(MANIFEST)
    differing = [path for path in sorted({*listed, *found}) if listed.get(path) != found.get(path)]
    raise _not_the_one(release.folder, *(differing or [MANIFEST])[:1])


def _not_the_one(folder: Path, name: str) -> ConfigurationError:
    # In a collection a release's folder is called by its whole digest.
    place = f"{folder.parent.name}/{folder.name[:12]}" if len(folder.name) == 64 else folder.name
    return ConfigurationError(
        f"In {place} il file {name} manca o non è quello uscito: richiedere la cartella a chi "
        "l'ha pubblicata.",
        f"In {place} the file {name} is missing or is not the one that left: ask for the folder "
        "again from whoever published it.",
    )


def _readable(told: Any) -> Any:
    """Return what was read with every text on one line, without what no reader sees."""
    if isinstance(told, str):
        return _UNREADABLE.sub(" ", told)
    if isinstance(told, list):
        return [_readable(each) for each in told]
    if isinstance(told, dict):
        return {_readable(str(name)): _readable(each) for name, each in told.items()}
    return told


def _json(path: Path) -> Row:
    try:
        found = _readable(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        _refuse(path)
    return found


def _read(model: type[Model], told: Row, path: Path) -> Model:
    try:
        return foreign.read(model, told)
    except Unreadable as error:
        _refuse(path, error.at)


def _refuse(path: Path, at: str = "") -> NoReturn:
    """Refuse a file of a release, saying where in it something is wrong."""
    place = f"{path} ({at})" if at else str(path)
    raise ConfigurationError(
        f"{place} non si legge come file di una pubblicazione: richiedere la cartella a chi l'ha fatta.",
        f"{place} cannot be read as a file of a release: ask for the folder again from whoever "
        "published it.",
    ) from None


def _in(folder: Path) -> Iterator[Release]:
    if (folder / MANIFEST).is_file() and (folder / "tables").is_dir():
        if "comparison" not in _json(folder / MANIFEST):  # made of releases, and none itself
            yield _release(folder)
    elif (folder / INDEX).is_file():
        yield from _collected(folder)
    elif folder.is_dir():
        for each in sorted(folder.iterdir()):
            if each.is_dir() and not each.name.startswith("."):
                yield from _in(each)


def _release(folder: Path) -> Release:
    """Return what stands in one folder, as its note and a notice beside it say."""
    path = folder / STATE
    note = _read(Note, _json(path), path) if path.is_file() else Note()
    state = note.state
    if folder.with_name(folder.name + _NOTICE).exists():
        state = WITHDRAWN
    # Audited and approved is a draft still.
    known = state if state in (PUBLISHED, WITHDRAWN) else DRAFT
    return Release(folder, known, note.period, note.number, note.release)


def _collected(folder: Path) -> Iterator[Release]:
    for each in _read(Index, _json(folder / INDEX), folder / INDEX).releases:
        place = folder / each.release
        if each.state != WITHDRAWN and (place / MANIFEST).is_file():
            yield Release(place, each.state, each.period, each.number, each.release)


def _by_programme(found: Sequence[Release]) -> dict[str, list[Release]]:
    programmes: dict[str, list[Release]] = {}
    for each in found:
        programmes.setdefault(each.programme, []).append(each)
    return programmes


def _best(several: Sequence[Release], *, with_drafts: bool) -> Release | None:
    """Return the last publication that stands, else the draft where drafts are taken."""
    published = [each for each in several if each.state == PUBLISHED]
    if published:
        return max(published, key=lambda each: (each.period or "", each.number or 0))
    drafts = [each for each in several if each.state == DRAFT]
    return drafts[-1] if drafts and with_drafts else None


def _twice(first: Release, second: Release) -> ConfigurationError:
    names = first.folder, second.folder
    return ConfigurationError(
        f"Due pubblicazioni diverse dicono di essere di «{first.programme}»: {names[0]} e {names[1]}. "
        "Indicarne una sola.",
        f"Two different releases say they are of '{first.programme}': {names[0]} and {names[1]}. "
        "Name only one.",
    )
