"""What is exported: one release, read from its folder and from nowhere else."""

from __future__ import annotations

import calendar
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.open_data import OpenData, Organisation
from schemas.released import RELEASED_COLUMNS
from schemas.released_words import ReleasedColumn, released_columns, table_titles
from schemas.words import Words

if TYPE_CHECKING:
    import pyarrow as pa

DRAFT_MARK = "BOZZA-DRAFT"
#: The folder of packages, beside the rendered pages.
OPEN_DATA = "open-data"
DRAFT = Words(
    it="BOZZA: rilascio non approvato e non pubblicato. Non citare, non diffondere.",
    en="DRAFT: release neither approved nor published. Do not cite, do not pass on.",
)
NOT_YET = Words(
    it="Una bozza non ha licenza d'uso: quella indicata vale dalla pubblicazione.",
    en="A draft carries no licence: the one named holds once it is published.",
)
SYNTHETIC = Words(
    it="DATI SINTETICI: persone e risultati sono inventati.",
    en="SYNTHETIC DATA: people and results are invented.",
)


@dataclass(frozen=True)
class Table:
    """One released table with at least one cell."""

    code: str
    title: Words
    data: pa.Table

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The cells, in the order in which they were released."""
        found: list[dict[str, Any]] = self.data.to_pylist()
        return found


@dataclass(frozen=True)
class Package:
    """One release with what describes it.

    Attributes
    ----------
    state
        ``draft``, ``audited``, ``approved`` or ``published``, as the release itself says.
    number, period
        Of a published release: the period it was published for, and its how manieth publication.
    digest
        Of the release.
    left_out
        Released tables without any cell.
    """

    manifest: dict[str, Any]
    tables: tuple[Table, ...]
    left_out: tuple[str, ...]
    state: str
    number: int | None
    period: str | None
    digest: str
    about: OpenData

    @property
    def programme(self) -> str:
        """The programme's code."""
        return str(self.manifest["programme"])

    @property
    def title(self) -> Words:
        """The programme's title."""
        return Words(**self.manifest["title"])

    @property
    def is_draft(self) -> bool:
        """Whether it was not published."""
        return self.state != "published"

    @property
    def version(self) -> str:
        """What a citation calls it: ``2022Q1.1``, or a draft by its digest."""
        if self.is_draft:
            return f"{DRAFT_MARK}-{self.digest[:12]}"
        return f"{self.period}.{self.number}" if self.period else str(self.number)

    @property
    def name(self) -> str:
        """The folder's name."""
        return f"{self.programme}-{self.version}"

    @property
    def marks(self) -> tuple[Words, ...]:
        """What every description must say first."""
        draft = (DRAFT,) if self.is_draft else ()
        return (*draft, SYNTHETIC) if self.manifest.get("synthetic") else draft

    @property
    def first(self) -> date:
        """The first day the data are about."""
        return date.fromisoformat(self.manifest["from"])

    @property
    def last(self) -> date:
        """The last day the data are about: of the latest quarter with data, within the programme.

        It stands for the date of the package too: the day somebody happened to export is not the
        data's, and would change the bytes.
        """
        end = date.fromisoformat(self.manifest["to"])
        quarter = self.manifest.get("latest_quarter")
        if not quarter:
            return end
        year, month = int(quarter[:4]), int(quarter[-1]) * 3
        return min(end, date(year, month, calendar.monthrange(year, month)[1]))

    @property
    def columns(self) -> dict[str, ReleasedColumn]:
        """The columns of its tables."""
        known = released_columns()
        return {name: known[name] for name in self.tables[0].data.column_names}

    @property
    def rights_holder(self) -> Organisation:
        """Who holds the rights: as declared, else who leads, else the programme."""
        lead = self.manifest.get("lead") or self.title.it
        return self.about.rights_holder or Organisation(name=str(lead))

    @property
    def publisher(self) -> Organisation:
        """Who publishes: as declared, else the rights holder."""
        return self.about.publisher or self.rights_holder

    def stem(self, code: str) -> str:
        """Return a data file's name without its ending; a draft's says so, for files get parted."""
        return f"{code}_{DRAFT_MARK}" if self.is_draft else code


def read_package(
    layout: Layout, folder: Path | None = None, note: Mapping[str, Any] | None = None
) -> Package:
    """Read one release.

    Parameters
    ----------
    folder
        The release's own; by default the released folder.
    note
        Where the release stands: ``state``, ``number``, ``period``, ``release`` (digest), as
        ``release.json`` says it; by default what stands in the folder. Without any it is a draft.

    Raises
    ------
    ConfigurationError
        Nothing is released, it was withdrawn, or a file is not as it was released.
    """
    folder = folder or layout.released
    path = folder / "manifest.json"
    if not path.is_file():
        raise ConfigurationError(
            f"Non c'è ancora nulla di rilasciato per «{layout.programme}»: lanciare «lunattiva run».",
            f"Nothing is released yet for '{layout.programme}': run 'lunattiva run'.",
        )
    text = path.read_bytes()
    manifest = json.loads(text)
    standing = _note(folder) if note is None else note
    _insist_on_standing(standing)
    tables = [_table(folder, code, entry) for code, entry in sorted(manifest["tables"].items())]
    full = tuple(each for each in tables if each.data.num_rows)
    if not full:
        raise ConfigurationError(
            "Il rilascio non ha nessuna cella: non c'è nulla da esportare.",
            "The release has no cell at all: there is nothing to export.",
        )
    return Package(
        manifest=manifest,
        tables=full,
        left_out=tuple(each.code for each in tables if not each.data.num_rows),
        state=str(standing["state"]),
        number=standing.get("number"),
        period=standing.get("period"),
        digest=str(standing.get("release") or hashlib.sha256(text).hexdigest()),
        about=layout.definition.open_data,
    )


def _note(folder: Path) -> dict[str, Any]:
    """Return where a release stands; without ``release.json`` it is a draft."""
    path = folder / "release.json"
    if not path.is_file():
        return {"state": "draft"}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _insist_on_standing(standing: Mapping[str, Any]) -> None:
    if standing["state"] == "withdrawn":
        raise ConfigurationError(
            "Questa pubblicazione è stata ritirata: non si esporta.",
            "This release was withdrawn: it is not exported.",
        )
    if standing["state"] == "published" and standing.get("number") is None:
        raise ConfigurationError(
            "La pubblicazione non ha un numero: vedere «lunattiva release».",
            "The release is published but has no number: see 'lunattiva release'.",
        )


def _table(folder: Path, code: str, entry: dict[str, Any]) -> Table:
    import pyarrow.parquet as pq

    path = folder / "tables" / f"{code}.parquet"
    if not path.is_file():
        raise _damaged(path.name)
    if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
        raise _damaged(path.name)
    data = pq.read_table(path)
    strange = set(data.column_names) - set(RELEASED_COLUMNS)
    if strange:
        raise ConfigurationError(
            f"La tabella «{code}» ha colonne che non possono uscire: {', '.join(sorted(strange))}.",
            f"The table '{code}' has columns that may not leave: {', '.join(sorted(strange))}.",
        )
    titles = table_titles()
    return Table(code, titles.get(code, Words(it=code, en=code)), data)


def _damaged(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"Il file rilasciato {name} non è com'è stato rilasciato: lanciare «lunattiva run».",
        f"The released file {name} is not as it was released: run 'lunattiva run'.",
    )
