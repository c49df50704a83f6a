"""A programme small enough for unit tests: configuration, one file, and a stand-in for Dagster."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from assets.layout import Layout

PROGRAMME = """\
programme: tiny
title: {it: "Programma di prova", en: "Trial programme"}
synthetic: true
from: 2022-01-01
to: 2022-06-30
partners: {agape: {label: {it: Agape, en: Agape}}}
"""
SOURCES = """\
partner: agape
sources:
  - source: emporio
    dataset: service_access
    label: {it: Emporio, en: Emporio}
    files: ["emporio*.csv"]
    every: quarter
    reader: {format: csv}
    columns:
      service_code: {value: emporio}
      contact_date: {from: Data}
"""


def tiny(root: Path) -> Layout:
    """Write the programme with one delivery of two expected."""
    folder = root / "raw" / "tiny"
    (folder / "agape" / "2022Q1").mkdir(parents=True)
    (folder / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    (folder / "agape" / "source.yml").write_text(SOURCES, encoding="utf-8")
    (folder / "agape" / "2022Q1" / "emporio.csv").write_text("Data\n01/02/2022\n", encoding="utf-8")
    return Layout(root, "tiny")


def fill_warehouse(layout: Layout, *, refused: bool = False, is_settled: bool = False) -> None:
    """Write the two tables that a summary counts."""
    layout.store.mkdir(parents=True, exist_ok=True)
    layout.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(layout.warehouse)) as connection:
        connection.execute(
            "create table intake_deliveries as select 'agape' as partner_code, 'emporio' as source_code, "
            "'service_access' as dataset, '2022Q1' as period, 'agape/2022Q1/emporio.csv' as path, "
            "case when $1 then 'refused' else 'in_use' end as state, $2 as is_settled, "
            "'file.empty' as refusal_code, 'vuoto' as message_it, 'empty' as message_en",
            [refused, is_settled or not refused],
        )
        connection.execute(
            "create table sorting_counts as select 'agape' as partner_code, 'service_access' as dataset, "
            "10::bigint as read_n, 8::bigint as accepted_n, 2::bigint as quarantined_n, "
            "3::bigint as cells_set_aside_n"
        )


def write_release(layout: Layout, quarters: list[str]) -> None:
    """Write a manifest as the release room does."""
    layout.released.mkdir(parents=True, exist_ok=True)
    manifest = {
        "quarters": quarters,
        "latest_quarter": quarters[-1],
        "tables": {"reach": {"rows": 4, "hidden": 1}},
    }
    (layout.released / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def write_page(layout: Layout, name: str, text: str = "page") -> Path:
    """Write a page as the outputs room does."""
    layout.reports_output.mkdir(parents=True, exist_ok=True)
    path = layout.reports_output / name
    path.write_text(text, encoding="utf-8")
    return path
