"""The demo run through the command line: what it makes, what it says, and that it repeats itself."""

from __future__ import annotations

import hashlib
import json

import dagster as dg
import duckdb
import yaml

from pipelines.instance import open_instance
from schemas.datasets import DATASETS
from schemas.estimates import ESTIMATE_COLUMNS
from schemas.released import RELEASED_COLUMNS
from tests.conftest import Ran, lunattiva


def test_demo_run_holds_and_counts_reconcile(demo: Ran):
    told = demo.told
    assert told["held"] and told["synthetic"]
    assert told["read"] == told["accepted"] + told["quarantined"] > 0
    planted = yaml.safe_load((demo.layout.raw / "planted.yml").read_text("utf-8"))
    assert told["read"] == sum(planted["records"].values())
    assert told["quarantined"] == sum(planted["quarantined"].values())


def test_demo_run_leaves_pages_that_are_there(demo: Ran):
    pages = demo.told["pages"]
    assert all((demo.layout.root / page).is_file() for page in pages)
    kinds = {(page.split("/")[0], page.rsplit(".", 1)[1]) for page in pages}
    in_thesis = {("thesis", ending) for ending in ("html", "pdf", "docx")}
    assert kinds == {("reports", "html"), ("reports", "pdf"), *in_thesis}


#: What makes a command slow to start; a quick one does without (seconds are for `make bench`).
SLOW_IMPORTS = {"dagster", "pandas", "pandera", "scipy", "statsmodels", "matplotlib"}


def imported(ran: Ran) -> set[str]:
    """Return the top-level modules a command imported, from what ``importtime`` says on stderr."""
    lines = [line for line in ran.err.splitlines() if line.startswith("import time:")]
    assert lines, ran.err
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def test_second_run_says_that_nothing_changed_and_loads_nothing_slow(demo: Ran, monkeypatch):
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    second = lunattiva(demo.layout, "run")
    assert second.code == 0
    assert "Nothing has changed" in second.out
    assert not imported(second) & SLOW_IMPORTS


def test_status_says_that_all_stands_and_loads_nothing_slow(demo: Ran, monkeypatch):
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    found = lunattiva(demo.layout, "status", "--json")
    assert not imported(found) & SLOW_IMPORTS
    assert found.told["is_current"] is True
    assert found.told["counts"]["read"] == demo.told["read"]
    assert found.told["released"]["tables"] > 0


def test_history_has_the_row_count_of_every_table(demo: Ran):
    with duckdb.connect(str(demo.layout.warehouse), read_only=True) as connection:
        tables = [
            name
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        ]
        rows = {
            table: connection.execute(f'select count(*) from "{table}"').fetchone()[0]
            for table in tables
        }
    assert len(rows) > 25
    with open_instance(demo.layout) as instance:
        for table, expected in rows.items():
            event = instance.get_latest_materialization_event(dg.AssetKey(table))
            assert event, table
            assert event.asset_materialization.metadata["dagster/row_count"].value == expected, (
                table
            )


def test_released_folder_is_as_its_manifest_says(demo: Ran):
    manifest = json.loads((demo.layout.released / "manifest.json").read_text("utf-8"))
    assert manifest["synthetic"] is True
    for code, about in manifest["tables"].items():
        content = (demo.layout.released / "tables" / f"{code}.parquet").read_bytes()
        assert hashlib.sha256(content).hexdigest() == about["sha256"], code


def test_tables_are_stored_as_their_columns_are_declared(demo: Ran):
    declared = {
        f"sorting_{name}__accepted": dataset.storage() for name, dataset in DATASETS.items()
    }
    for name in ("measures_estimates", "impact_estimates"):
        declared[name] = {column: kind for column, (kind, _) in ESTIMATE_COLUMNS.items()}
    declared["release_tables"] = {column: kind for column, (kind, _) in RELEASED_COLUMNS.items()}
    query = "select column_name, data_type from duckdb_columns() where table_name = ?"
    with duckdb.connect(str(demo.layout.warehouse), read_only=True) as connection:
        for table, columns in declared.items():
            stored = dict(connection.execute(query, [table]).fetchall())
            assert {name: stored.get(name) for name in columns} == columns, table
