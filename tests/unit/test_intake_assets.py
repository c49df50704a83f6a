"""Intake and sorting as Dagster runs them: tables, checks, reuse, and nothing of a person in any event."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

import assets.intake.assets as intake_assets
import assets.sorting.assets as sorting_assets
from assets.layout import Layout
from assets.opening import kept_open
from assets.store import ProgrammeFolder, Warehouse, WarehouseIOManager
from tests.intake_sample import HEADING, deliver, programme, row

CANARY = "ZZ-CANARINO-77"


def run(layout: Layout, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    settings = {"root": str(layout.root), "programme": layout.programme}
    modules = [intake_assets, sorting_assets]
    with kept_open(layout.warehouse):  # as a run does
        return dg.materialize(
            [*dg.load_assets_from_modules(modules), *dg.load_asset_checks_from_modules(modules)],
            resources={
                "folder": ProgrammeFolder(**settings),
                "warehouse": WarehouseIOManager(**settings),
            },
            instance=instance,
            raise_on_error=False,
        )


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = programme(tmp_path)
    bad = [
        row(CANARY, "Cucito", "01/07/2021", "sì"),
        row("AAA-0001", CANARY, "01/07/2021", "sì"),
        row("AAA-0002", "Cucito", CANARY, "sì"),
        row("AAA-0003", "Cucito", "01/07/2021", CANARY),
        row("AAA-0004", "Cucito", "01/07/2021", "sì", CANARY),
        row("AAA-0005", "Cucito", "01/07/2021", "sì", "1", CANARY, CANARY),
    ]
    deliver(
        made,
        "alfa/2021Q3/registro.csv",
        HEADING + row("AAA-0009", "Cucito", "01/07/2021", "sì") + "".join(bad),
    )
    deliver(made, "alfa/2021Q4/registro.csv", HEADING.replace("Data", "Quando") + "".join(bad))
    deliver(made, "alfa/2022Q1/registro.csv", "".join(bad))
    return made


def test_tables_checks_and_no_canary(layout: Layout, capfd: pytest.CaptureFixture) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(layout, instance)
        assert result.success
        events = "\n".join(str(each) for each in instance.all_logs(result.run_id))
    checks = result.get_asset_check_evaluations()
    assert {each.check_name for each in checks} == {
        "intake_rows_kept",
        "sorting_reconciles",
        "sorting_reasons_given",
    }
    assert all(each.passed for each in checks)
    out, err = capfd.readouterr()
    assert CANARY not in events + out + err
    warehouse = Warehouse(layout.warehouse)
    tables = {*intake_assets.TABLES, *sorting_assets.TABLES, "sorting_copies"}
    assert tables == set(warehouse.tables())
    assert CANARY not in warehouse.read("sorting_copies").to_csv()
    assert CANARY not in warehouse.read("sorting_reasons").to_csv()
    assert CANARY not in warehouse.read("intake_deliveries").to_csv()
    counts = warehouse.read("sorting_counts").iloc[0]
    assert (counts["read_n"], counts["accepted_n"], counts["quarantined_n"]) == (7, 3, 4)
    assert counts["cells_set_aside_n"] == 2


def test_a_deleted_warehouse_comes_back_the_same(layout: Layout) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run(layout, instance)
        warehouse = Warehouse(layout.warehouse)
        first = all_of(warehouse)
        run(layout, instance)  # with everything to reuse
        second = all_of(warehouse)
        layout.warehouse.unlink()
        run(layout, instance)
    third = all_of(warehouse)
    for name, frame in first.items():
        pd.testing.assert_frame_equal(second[name], frame)
        pd.testing.assert_frame_equal(third[name], frame)


def all_of(warehouse: Warehouse) -> dict[str, pd.DataFrame]:
    with kept_open(warehouse.path, read_only=True):
        return {name: warehouse.read(name) for name in warehouse.tables()}
