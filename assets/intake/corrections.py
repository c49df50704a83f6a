"""Guarded corrections: records beside the partners' files, carried out each time a file is read.

A file is never edited. Each record names the file by its bytes, the cell, and the value it expects
there; where another stands, the delivery is refused and the place named, for a person to decide.
The records are the one place outside the file itself where a mended cell is written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml
from pydantic import ValidationError

from assets import private
from assets.errors import ConfigurationError, DeliveryRefused
from assets.intake.grid import TEXT, Cells, Sheet, coded, position_of
from assets.intake.single import identifier_kinds
from assets.layout import Layout
from assets.versions import digest
from schemas.config import ConfigError, read_config
from schemas.correction import Correction, Corrections, cell_digest

#: Column of ``intake_corrections`` -> pandas type; no cell is in it, neither old nor new.
CORRECTION_COLUMNS: dict[str, Any] = {
    "delivery_id": TEXT,
    "partner_code": TEXT,
    "number_n": "Int64",
    "sheet": TEXT,
    "row_number": "Int64",
    "column_letter": TEXT,
    "rule": TEXT,
    "action": TEXT,
    "by": TEXT,
    "on_date": "datetime64[us]",
    "state": TEXT,
}


@dataclass(frozen=True)
class Patch:
    """One correction, with who entered it, when, and in which order."""

    number: int
    by: str
    on: str
    what: Correction


@dataclass(frozen=True)
class CorrectionBook:
    """Every correction of a programme, by partner and bytes of the delivered file."""

    files: dict[str, list[Corrections]]

    def patches(self, partner: str, sha256: str) -> list[Patch]:
        """Return the corrections of one delivery, in the order in which they are carried out."""
        return [
            Patch(each.number, each.by, each.on.isoformat(), one)
            for each in self.files.get(partner, [])
            for one in each.corrections
            if one.delivery == sha256
        ]

    def recipe(self, partner: str, sha256: str) -> str:
        """Return what of a delivery's rows is decided here: '' where nothing is corrected."""
        found = self.patches(partner, sha256)
        return digest([each.what.model_dump_json() for each in found]) if found else ""

    def frame(self, deliveries: pd.DataFrame) -> pd.DataFrame:
        """Return ``intake_corrections``: one row per correction, and what became of it.

        Parameters
        ----------
        deliveries
            ``intake_deliveries``.

        Returns
        -------
        pandas.DataFrame
            ``state`` is ``applied``, ``refused`` (its delivery is refused) or ``idle`` (its
            delivery is superseded, doubled or no longer there).
        """
        known: dict[tuple[str, str], dict[str, Any]] = {}
        for row in deliveries[["delivery_id", "partner_code", "sha256", "state"]].to_dict(
            "records"
        ):
            key = (str(row["partner_code"]), str(row["sha256"]))
            if key not in known or row["state"] == "in_use":
                known[key] = {str(name): value for name, value in row.items()}
        rows = []
        for partner in sorted(self.files):
            for each in self.files[partner]:
                rows += [_told(each, one, known) for one in each.corrections]
        made = pd.DataFrame(rows, columns=list(CORRECTION_COLUMNS))
        return made.astype(CORRECTION_COLUMNS)


def _told(
    file: Corrections, one: Correction, known: dict[tuple[str, str], dict[str, Any]]
) -> dict[str, Any]:
    delivery = known.get((file.partner, one.delivery), {})
    states = {"in_use": "applied", "refused": "refused"}
    return {
        "delivery_id": delivery.get("delivery_id"),
        "partner_code": file.partner,
        "number_n": file.number,
        "sheet": one.sheet,
        "row_number": one.row,
        "column_letter": one.letter,
        "rule": one.rule,
        "action": one.action,
        "by": file.by,
        "on_date": pd.Timestamp(file.on),
        "state": states.get(str(delivery.get("state")), "idle"),
    }


def corrections_folder(layout: Layout, partner: str) -> Path:
    """Return where a partner's corrections are kept; its name keeps it apart from partners' files."""
    return layout.raw / "_corrections" / partner


def load_corrections(layout: Layout) -> CorrectionBook:
    """Read every correction of a programme.

    Raises
    ------
    ConfigurationError
        A record that cannot be read, or holds an identifier: file and line, never a value.
    """
    found: dict[str, list[Corrections]] = defaultdict(list)
    for path in sorted((layout.raw / "_corrections").glob("*/*.yml")):
        found[path.parent.name].append(read_corrections(path))
    return CorrectionBook(
        {name: sorted(each, key=lambda one: one.number) for name, each in sorted(found.items())}
    )


#: Texts in quotes, and what outside them makes YAML endless: anchors, aliases, deep brackets.
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NOT_OURS = re.compile(rb"[&*{\[]")


def read_corrections(path: Path) -> Corrections:
    """Read the corrections of one workbook.

    Raises
    ------
    ConfigurationError
        It cannot be read, lies in another partner's folder, or a new value is an identifier.
    """
    try:
        # Written by us with every text in quotes, so the quick reader cannot mistake one; where
        # something else may have written it, the careful reader with its bounds does.
        data = path.read_bytes()
        if _NOT_OURS.search(_QUOTED.sub(b"", data)):
            raise ValueError
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        made = Corrections.model_validate(yaml.load(data, loader))
    except (yaml.YAMLError, ValidationError, OSError, ValueError, RecursionError):
        try:
            made = read_config(path, Corrections)
        except ConfigError as error:  # its text may quote a cell: the lines are enough
            lines = ", ".join(str(line) for line, _ in error.found)
            raise _unreadable(path, lines) from None
    if made.partner != path.parent.name:
        raise _unreadable(path, "partner")
    for number, one in enumerate(made.corrections, start=1):
        told = identifier_kinds(one.reason or "", is_typed=True)
        if told or identifier_kinds(one.new or "", one.column, is_typed=True):
            raise _unreadable(path, f"corrections[{number}]")
    return made


def _unreadable(path: Path, where: str) -> ConfigurationError:
    name = f"_corrections/{path.parent.name}/{path.name}"
    return ConfigurationError(
        f"Le correzioni in {name} non si possono usare ({where}): rimettere il file com'era, o "
        "toglierlo e ripetere «lunattiva correct» con il foglio del partner.",
        f"The corrections in {name} cannot be used ({where}): put the file back as it was, or take "
        "it away and repeat 'lunattiva correct' with the partner's workbook.",
    )


def corrected(sheet: Sheet, patches: Iterable[Patch]) -> Sheet:
    """Carry out the corrections of one delivery on the sheet that is read.

    Parameters
    ----------
    patches
        In order: a later one expects what the earlier ones left.

    Returns
    -------
    Sheet
        The same sheet where nothing is changed; else one with other columns, exact text.

    Raises
    ------
    DeliveryRefused
        ``correction.mismatch``: the value expected is not the one found, or there is no such cell.
    """
    changed: dict[int, dict[int, str]] = defaultdict(dict)
    for patch in patches:
        one = patch.what
        position, at = position_of(one.letter), one.row - 1
        refused = partial(
            DeliveryRefused,
            "correction.mismatch",
            sheet=sheet.name or "-",
            row=one.row,
            letter=one.letter,
            number=patch.number,
        )
        if one.sheet != sheet.name or position >= len(sheet.columns) or at >= sheet.rows_n:
            raise refused()
        text = changed[position].get(at, cell_text(sheet, one.row, one.letter))
        if cell_digest(one.delivery, one.sheet, one.row, one.letter, text) != one.expected:
            raise refused()
        if one.new is not None:
            changed[position][at] = one.new
    columns = list(sheet.columns)
    for position, cells in changed.items():
        if cells:
            columns[position] = _with_cells(columns[position], cells)
    return replace(sheet, columns=columns)


def cell_text(sheet: Sheet, row: int, letter: str) -> str:
    """Return the text of one cell as it stands, '' where it is blank.

    Raises
    ------
    IndexError
        No such row or column.
    """
    cell: str | None = sheet.columns[position_of(letter)][row - 1].as_py()
    return cell or ""


def _with_cells(column: Cells, cells: dict[int, str]) -> Cells:
    """Return a column with some cells replaced, its words counted once each as before."""
    codes, words = coded(column)
    placed = codes.copy()
    for number, (at, text) in enumerate(sorted(cells.items())):
        placed[at] = len(words) + number if text else -1
    added = pa.array([text for _, text in sorted(cells.items())], words.type)
    indices = pa.array(placed, pa.int32(), mask=placed < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.concat_arrays([words, added]))


def write_corrections(layout: Layout, made: Corrections) -> Path:
    """Write the record of one workbook, in one step.

    Every text stands in double quotes, so that ``007``, ``no`` and ``1e5`` come back as they are.
    """
    folder = corrections_folder(layout, made.partner)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{made.number:03d}-{made.workbook[:12]}.yml"
    tree = made.model_dump(mode="json", by_alias=True, exclude_none=True)
    text = yaml.dump(
        tree, Dumper=_Quoting, sort_keys=False, allow_unicode=True, width=4096, indent=2
    )
    waiting = path.with_suffix(".new")
    waiting.write_text(text, encoding="utf-8", newline="\n")
    waiting.chmod(0o600)
    private.put_in_place(waiting, path)
    return path


class _Quoting(yaml.SafeDumper):
    """Writes texts in double quotes, keys plain."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        """Return a mapping whose keys, all ours, stand without quotes."""
        node = super().represent_mapping(tag, mapping, flow_style)
        for key, _ in node.value:
            key.style = None
        return node


def _quoted(dumper: yaml.SafeDumper, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Quoting.add_representer(str, _quoted)
