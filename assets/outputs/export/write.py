"""Put the package together in memory, look at it, and put it in its place at once."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import folders
from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.outputs.export import dcat, ddi, rdf, statistics_files, tabular, texts
from assets.outputs.export.package import OPEN_DATA, Package, read_package

CHECKSUMS = "checksums.sha256"


@dataclass(frozen=True)
class Exported:
    """What was written where."""

    package: Package
    folder: Path
    files: tuple[str, ...]

    @property
    def cells(self) -> int:
        """How many cells there are, shown or hidden."""
        return sum(table.data.num_rows for table in self.package.tables)


def default_place(layout: Layout) -> Path:
    """Return where packages are put: beside the rendered pages."""
    return layout.reports_output / OPEN_DATA


def export(
    layout: Layout,
    to: Path | None = None,
    release: Path | None = None,
    note: Mapping[str, Any] | None = None,
) -> Exported:
    """Write the open data package of a release.

    Parameters
    ----------
    to
        The folder in which the package's own folder is made.
    release, note
        A release's folder and where it stands; by default what stands in the released folder.

    Raises
    ------
    ConfigurationError
        Nothing is released, or the place holds files that are not of an earlier export.
    """
    package = read_package(layout, release, note)
    files = contents(package)
    folder = (to or default_place(layout)) / package.name
    if folder.exists():
        _insist_on_ours(folder)
    folders.put(folder, files)
    return Exported(package, folder, tuple(sorted(files)))


def contents(package: Package) -> dict[str, bytes]:
    """Return every file of the package: path -> content, the same for the same release."""
    lists = statistics_files.code_lists(package)
    files: dict[str, bytes] = {}
    for table in package.tables:
        made = {
            "csv": tabular.as_csv(table),
            "parquet": statistics_files.as_parquet(package, table),
            "sav": statistics_files.as_spss(package, table, lists),
            "dta": statistics_files.as_stata(package, table, lists),
        }
        files |= {dcat.path_of(package, table, kind): data for kind, data in made.items()}
    _insist_on_cells(package, files)
    nodes = dcat.graph(package, files)
    described = {
        "datapackage.json": _json(tabular.datapackage(package, files)),
        "csv-metadata.json": _json(tabular.csvw(package)),
        "dcat-ap_it.ttl": rdf.turtle(nodes),
        "dcat-ap_it.jsonld": rdf.json_ld(nodes),
        "README.md": texts.readme(package, "en"),
        "LEGGIMI.md": texts.readme(package, "it"),
        "LICENSE.txt": texts.licence(package),
        "CITATION.cff": texts.cff(package),
    }
    files |= {path: text.encode("utf-8") for path, text in described.items()}
    files["ddi-codebook.xml"] = ddi.codebook(package, files)
    files[CHECKSUMS] = _checksums(files)
    return files


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _checksums(files: Mapping[str, bytes]) -> bytes:
    """Return the digests as ``sha256sum --check`` reads them."""
    lines = [
        f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())
    ]
    return "".join(lines).encode()


def _insist_on_cells(package: Package, files: Mapping[str, bytes]) -> None:
    """Read the CSV files back: the same cells, and no number where one is hidden."""
    for table in package.tables:
        text = files[tabular.csv_path(package, table)].decode("utf-8")
        read = list(csv.DictReader(io.StringIO(text, newline="")))
        named = [row["estimate_id"] for row in read]
        if named != [row["estimate_id"] for row in table.rows] or len(set(named)) != len(named):
            raise _not_well(table.code)
        hidden = [row for row in read if row["status"].startswith("suppressed")]
        numbers = [name for name, each in package.columns.items() if each.kind != "VARCHAR"]
        if any(row[name] for row in hidden for name in numbers):
            raise _not_well(table.code)


def _not_well(code: str) -> ConfigurationError:
    return ConfigurationError(
        f"La tabella «{code}» non è com'è stata rilasciata: non si esporta nulla.",
        f"The table '{code}' is not as it was released: nothing is exported.",
    )


def _insist_on_ours(folder: Path) -> None:
    listed = folder / CHECKSUMS
    known = {CHECKSUMS}
    if listed.is_file():
        known |= {line.split("  ", 1)[1] for line in listed.read_text("utf-8").splitlines()}
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    strange = sorted(there - known)
    if strange:
        raise ConfigurationError(
            f"In {folder.name} ci sono file che non vengono da un'esportazione: {strange[0]}. "
            "Spostarli, o scegliere un'altra cartella con --to.",
            f"There are files in {folder.name} that come from no export: {strange[0]}. "
            "Move them, or choose another folder with --to.",
        )
