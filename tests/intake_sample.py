"""A small programme in a temporary folder, for the tests of intake and sorting."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from assets import staging
from assets.layout import Layout
from schemas.datasets import DATASETS

PROGRAMME = """
programme: prova
title: {it: Prova, en: Trial}
from: 2021-06-01
to: 2023-05-31
partners:
  alfa: {label: {it: Alfa, en: Alpha}}
  beta: {label: {it: Beta, en: Beta}}
neighbourhoods:
  lunetta: {label: {it: Lunetta, en: Lunetta}, role: pilot}
activities:
  cucito: {label: {it: Cucito, en: Sewing}}
  altro: {label: {it: Altro, en: Other}}
services:
  emporio: {label: {it: Emporio, en: Store}}
  ascolto: {label: {it: Ascolto, en: Listening}}
waves:
  pre: {label: {it: Prima, en: Before}, from: 2021-05-01, to: 2021-09-30}
  post: {label: {it: Dopo, en: After}, from: 2023-03-01, to: 2023-05-31}
"""

REGISTER = """
partner: alfa
sources:
  - source: registro
    dataset: attendance
    label: {it: Registro, en: Register}
    files: ["registro*"]
    reader: {format: csv}
    columns:
      person_code: {from: Codice, pattern: "[A-Z]{3}-[0-9]{4}"}
      activity_code: {from: Laboratorio, codes: {Cucito: cucito}}
      session_date: {from: Data}
      is_present: {from: Presente}
      hours: {from: Ore, optional: true}
      age_years: {from: Età, optional: true}
    ignore: [Note*]
"""

HEADING = "Codice;Laboratorio;Data;Presente;Ore;Età;Note\n"


def programme(root: Path, sources: dict[str, str] | None = None) -> Layout:
    """Lay out the programme with the given ``source.yml`` texts by partner."""
    raw = root / "raw" / "prova"
    raw.mkdir(parents=True, exist_ok=True)
    (raw / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    for partner, text in (sources or {"alfa": REGISTER}).items():
        (raw / partner).mkdir(exist_ok=True)
        (raw / partner / "source.yml").write_text(textwrap.dedent(text), encoding="utf-8")
    return Layout(root, "prova")


def deliver(layout: Layout, place: str, content: str | bytes, note: str | None = None) -> Path:
    """Put a file (text is written as UTF-8) at ``partner/period/name``, with a note if given."""
    path = layout.raw / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    if note is not None:
        path.with_name(path.name + ".yml").write_text(note, encoding="utf-8")
    return path


def workbook(sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> bytes:
    """Return the bytes of an xlsx file."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def row(*cells: str) -> str:
    """Return one line of a register: missing cells at the end are empty."""
    return ";".join([*cells, *[""] * (7 - len(cells))]) + "\n"


def text_rows(layout: Layout, frames: dict[str, pd.DataFrame], dataset: str) -> pd.DataFrame:
    """Return the staged text rows of a dataset's deliveries in use, plain text in all columns."""
    files = frames["intake_staged"].query("dataset == @dataset")["file"]
    found = [part for file in files for part in staging.read(layout.staged, file, rows=10**9)]
    names = ["delivery_id", "sheet", "row_number", "cell_letter", *DATASETS[dataset].columns]
    texts = dict.fromkeys([name for name in names if name != "row_number"], staging.TEXT)
    plain = [each.reindex(columns=names).astype(texts) for each in found]
    empty = pd.DataFrame(columns=names).astype(texts)
    return pd.concat(plain or [empty], ignore_index=True)
