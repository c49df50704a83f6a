"""What ``lunattiva check`` says to programs: the stable JSON (``check.schema.json``), and the cells read.

No cell of a data row is said. A heading is said where it is one beyond doubt, else its letter.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from assets.errors import ConfigurationError
from assets.intake.gate import Finding
from assets.intake.grid import letter, plain
from assets.intake.names import kinds_in_names, masked_name, masked_text
from assets.intake.table import Table
from assets.layout import find_root
from pipelines.check import Checked, SheetChecked
from pipelines.settings import Language
from schemas.dataset import rule_text
from schemas.words import Words


def as_json(told: Checked, lang: Language) -> dict[str, Any]:
    """Return the answer for another program."""
    contents, chosen = told.contents, told.chosen
    spelling = contents.spelling if contents else None
    survey = contents.survey if contents else None
    return {
        "file": told.file,
        "reader": contents.format if contents else None,
        "encoding": (contents.encoding or None) if contents else None,
        "refused": told.refusal.say(lang) if told.refusal else None,
        "sheets": [_sheet(each, lang) for each in told.sheets],
        "identifiers": [identifier(each, told) for each in told.findings],
        "rules": [
            {
                "column": each.heading or each.letter or each.column,
                "rule": each.rule,
                "rows": each.rows,
                "letter": each.letter,
                "maps_to": each.column,
                "cost": each.cost,
                "message": rule_words(each.rule, lang),
            }
            for each in told.rules
        ],
        "usable": told.is_usable,
        "refused_code": getattr(told.refusal, "code", None),
        "member": masked_name(contents.member) if contents else "",
        "dialect": {
            "delimiter": spelling.delimiter,
            "quotechar": spelling.quotechar,
            "escapechar": spelling.escapechar,
            "newline": spelling.newline,
            "decided": sorted(spelling.decided),
        }
        if spelling
        else None,
        "unread_sheets": unread(told),
        "source": chosen.name or None,
        "period": chosen.period.name if chosen.source and chosen.period else None,
        "mapping": [
            {"maps_to": each.name, "letter": each.letter, "column": each.heading or each.letter}
            for each in (told.mapping.places() if told.mapping else [])
        ],
        "counts": told.counts or None,
        "survey": {
            "tool": survey.tool,
            "marks": list(survey.marks),
            "partial_rows": list(survey.partial),
            "joined": sorted({sheet for sheet, _ in survey.joined.values()}),
        }
        if survey
        else None,
        "notes": [each.say(lang) for each in notes(told)],
    }


def _sheet(found: SheetChecked, lang: Language) -> dict[str, Any]:
    table, sheet = found.table, found.sheet
    return {
        "name": masked_text(sheet.name),
        "header_rows": list(table.header_rows) if table else [],
        "skipped_rows": _skipped(found),
        "rows": len(table.row_numbers) if table else 0,
        "columns": columns_said(table) if table else [],
        "letters": [letter(at) for at in span(table)] if table else [],
        "rows_in_sheet": sheet.rows_n,
        "filled_areas": list(table.filled_areas) if table else [],
        "refused": found.refusal.say(lang) if found.refusal else None,
    }


def _skipped(found: SheetChecked) -> list[dict[str, Any]]:
    """Name every row that is not read: of a sheet that is refused, all of them."""
    if found.table is not None:
        return [{"row": row, "why": why} for row, why in found.table.skipped]
    return [{"row": row, "why": "refused"} for row in range(1, found.sheet.rows_n + 1)]


def span(table: Table) -> range:
    """Return the positions of the table, without the empty columns at its left and right."""
    headings = table.headings or [""] * len(table.columns)
    used = [
        at
        for at in range(len(table.columns))
        if table.filled[at] or (at < len(headings) and headings[at].strip())
    ]
    return range(used[0], used[-1] + 1) if used else range(0)


def columns_said(table: Table) -> list[str]:
    """Return the headings of a table, letters where a heading may be a person's cell; [] without."""
    return [said(table, at) for at in span(table)] if table.headings else []


def said(table: Table | None, at: int) -> str:
    """Return a column's heading if it is surely one, else its letter; '' where it has none."""
    if table is None or not table.is_sure or at >= len(table.headings):
        return letter(at)
    heading = table.headings[at]
    return letter(at) if kinds_in_names([heading]) else heading


def identifier(found: Finding, told: Checked) -> dict[str, Any]:
    """Return one finding of the gate: where, what kind, how many cells; never a cell."""
    table = next((e.table for e in told.sheets if e.sheet.name == found.sheet), None)
    at = found.position
    return {
        "column": None if at is None else (said(table, at) or letter(at)),
        "kind": found.kind,
        "count": found.cells_n,
        "sheet": masked_text(found.sheet),
        "letter": None if at is None else letter(at),
    }


def unread(told: Checked) -> list[dict[str, str]]:
    """Return the sheets that were not read: hidden ones, empty ones, and others than the source's."""
    if told.contents is None:
        return []
    looked_at = [each.sheet for each in told.sheets]
    everything = (told.contents.sheet, *told.contents.others)
    return [
        {"name": masked_text(each.name), "state": each.state}
        for each in everything
        if not any(each is other for other in looked_at)
    ]


def notes(told: Checked) -> list[Words]:
    """Return what a person should know of the reading, though it stops nothing."""
    of_file = told.contents.notes if told.contents else ()
    return list(of_file)


def rule_words(rule: str, lang: Language) -> str:
    """Return a rule in plain words, its id where it has none."""
    try:
        return rule_text(rule, lang)
    except KeyError:
        return rule


def write_cells(told: Checked, out: Path) -> list[Path]:
    """Write what was read, exactly: the first sheet to ``out``, further ones to ``out`` with a number.

    Nothing is written of a file that is refused or carries identifiers.
    """
    if told.contents is None or told.is_unread or told.findings:
        return []
    numbered = [(number, each.table) for number, each in enumerate(told.sheets, start=1)]
    targets = [
        (out if number == 1 else out.with_name(f"{out.stem}.{number}{out.suffix}"), table)
        for number, table in numbered
        if table is not None
    ]
    _refuse_standing([path for path, _ in targets])
    for path, table in targets:
        _write(table, path)
    return [path for path, _ in targets]


def _refuse_standing(paths: list[Path]) -> None:
    """Refuse to write over anything: it could be the very file that is looked at."""
    raw = (find_root() / "raw").resolve()
    for path in paths:
        if path.exists() or path.is_symlink() or path.resolve().is_relative_to(raw):
            raise ConfigurationError(
                f"{path} non si scrive: c'è già, o è in raw/. Dare a --cells un nome nuovo, altrove.",
                f"{path} is not written: it is there already, or lies in raw/. Give --cells a new "
                "name, elsewhere.",
            )


def _write(table: Table, path: Path) -> None:
    places = span(table)
    # What partners wrote is for this account only, wherever the file lies.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if table.headings:
            writer.writerow([table.headings[at] for at in places])
        cells = [plain(table.columns[at]).to_pylist() for at in places]
        writer.writerows(zip(*cells, strict=True))
