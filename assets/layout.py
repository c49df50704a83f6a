"""Where things are: one programme's folders, and its configuration read and checked.

Light on purpose (no Dagster, no pandas): the quick commands stand on it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assets.errors import ConfigurationError
from schemas.config import ConfigError, nearest, read_config
from schemas.instruments import Instrument, shipped
from schemas.programme import Programme
from schemas.source import PartnerSources

#: The checkout: documents (``reports/``, ``thesis/``) are always taken from here.
REPOSITORY = Path(__file__).resolve().parents[1]


def find_root() -> Path:
    """Return the folder that holds ``raw/``: ``LUNATTIVA_ROOT``, here or above, else the checkout."""
    given = os.environ.get("LUNATTIVA_ROOT")
    if given:
        return Path(given).resolve()
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "raw").is_dir() and (folder / "schemas").is_dir():
            return folder
    return REPOSITORY


@dataclass(frozen=True)
class Layout:
    """The folders of one programme under one root."""

    root: Path
    programme: str

    @cached_property
    def raw(self) -> Path:
        """What partners sent; nothing in it is ever changed by us."""
        return self.root / "raw" / self.programme

    @cached_property
    def store(self) -> Path:
        """Working state of the programme."""
        return self.root / ".store" / self.programme

    @property
    def warehouse(self) -> Path:
        """The DuckDB file; may be deleted at any time."""
        return self.store / "warehouse.duckdb"

    @property
    def vault(self) -> Path:
        """Every byte delivered, by SHA-256 (refused files with identifiers excepted)."""
        return self.store / "vault"

    @property
    def staged(self) -> Path:
        """Text rows on their way from intake to sorting, one file per delivery; may be deleted."""
        return self.store / "staged"

    @property
    def released(self) -> Path:
        """The released tables: the only folder that readers see."""
        return self.store / "released"

    @property
    def state(self) -> Path:
        """What the last complete run was made of."""
        return self.store / "state.json"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history."""
        return self.store / "dagster"

    @property
    def render_cache(self) -> Path:
        """Rendered documents by the digest of what they were made of."""
        return self.store / "render"

    @property
    def reports_output(self) -> Path:
        """Rendered pages."""
        return self.root / "reports" / "_output" / self.programme

    @property
    def published(self) -> Path:
        """Pages and tables as they were published, a folder each; never changed afterwards."""
        return self.reports_output / "published"

    @property
    def narrative(self) -> Path:
        """What people wrote for the evaluator's papers; nothing makes it again."""
        return self.root / "reports" / "narrative" / self.programme

    @property
    def thesis_output(self) -> Path:
        """The rendered thesis."""
        return self.root / "thesis" / "_output" / self.programme

    @cached_property
    def definition(self) -> Programme:
        """The programme as ``programme.yml`` declares it.

        Raises
        ------
        ConfigurationError
            No such programme (with the nearest known one), or a mistake in the file.
        """
        path = self.raw / "programme.yml"
        if not path.is_file():
            known = programmes(self.root)
            near = nearest(self.programme, known) or "-"
            raise ConfigurationError(
                f"Il programma «{self.programme}» non c'è in raw/. Più simile: {near}. "
                f"Programmi: {', '.join(known) or '-'}.",
                f"There is no programme '{self.programme}' in raw/. Nearest: {near}. "
                f"Programmes: {', '.join(known) or '-'}.",
            )
        try:
            found = read_config(path, Programme)
        except ConfigError as error:
            raise ConfigurationError(
                f"programme.yml ha un errore. {error.say('it')}",
                f"programme.yml has a mistake. {error.say('en')}",
            ) from None
        if found.programme != self.programme:
            raise ConfigurationError(
                f"{path}: 'programme' dice «{found.programme}», la cartella «{self.programme}».",
                f"{path}: 'programme' says '{found.programme}', the folder '{self.programme}'.",
            )
        return found

    def partner_folders(self) -> list[Path]:
        """Return the partner folders present in ``raw/``, in order of name."""
        hidden = (".", "_")
        return sorted(
            each
            for each in self.raw.iterdir()
            if each.is_dir() and not each.name.startswith(hidden)
        )

    def partner_sources(self, partner: str) -> PartnerSources:
        """Read one partner's ``source.yml``.

        Raises
        ------
        FileNotFoundError
            The partner has none.
        ConfigError
            With path, line and the allowed keys.
        """
        path = self.raw / partner / "source.yml"
        if not path.is_file():
            raise FileNotFoundError(path.name)
        return read_config(path, PartnerSources)

    @cached_property
    def readable_sources(self) -> dict[str, PartnerSources]:
        """The sources of every partner whose ``source.yml`` can be read, by partner.

        A partner with a faulty file is left out here; intake refuses its deliveries and says why.
        """
        found = {}
        for folder in self.partner_folders():
            try:
                found[folder.name] = self.partner_sources(folder.name)
            except (FileNotFoundError, ConfigError):
                continue
        return found

    @cached_property
    def instruments(self) -> dict[str, Instrument]:
        """Scales that may be scored here: those of the house and those that sources declare."""
        found = dict(shipped())
        for partner in self.readable_sources.values():
            for source in partner.sources:
                found.update({scale.code: scale for scale in source.scales})
        return found


@dataclass(frozen=True)
class Apart(Layout):
    """A programme whose released tables stand in a folder of their own, where its pages go too.

    A publication while it is made; a comparison of several programmes.
    """

    folder: Path

    @property
    def released(self) -> Path:
        """The tables that documents read."""
        return self.folder

    @property
    def reports_output(self) -> Path:
        """Where the pages are put: beside the tables."""
        return self.folder


def programmes(root: Path) -> list[str]:
    """Return the names of the programmes under ``root/raw``."""
    return sorted(path.parent.name for path in (root / "raw").glob("*/programme.yml"))
