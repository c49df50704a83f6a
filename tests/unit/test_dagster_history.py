"""What Dagster's record says of a table, and what of the record stays: counts and origins, for so long."""

from __future__ import annotations

import gc
import shutil
import weakref
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from sqlalchemy import text

from assets.layout import Layout
from assets.store import WarehouseIOManager
from pipelines import instance
from tests.unit import programmes as made


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return made.tiny(tmp_path)


def frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns)


@dg.asset(io_manager_key="warehouse")
def people() -> pd.DataFrame:
    return frame(person_code=["a", "b"], age=[1, None])


@dg.asset(io_manager_key="warehouse")
def visits() -> pd.DataFrame:
    return frame(person_code=["a"], day=["2022-01-01"])


@dg.multi_asset(outs={"counts": dg.AssetOut(io_manager_key="warehouse")})
def counting(people: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    merged = people.merge(visits, on="person_code", how="left")
    return merged[["person_code", "age"]].assign(visits_n=merged["day"].notna().astype(int))


@pytest.fixture
def told(layout: Layout) -> dict[str, dict]:
    place = {"root": str(layout.root), "programme": layout.programme}
    result = dg.materialize(
        [people, visits, counting], resources={"warehouse": WarehouseIOManager(**place)}
    )
    return {
        each.asset_key.path[-1]: each.step_materialization_data.materialization.metadata
        for each in result.get_asset_materialization_events()
    }


def test_a_table_that_is_stored_is_let_go_of_while_the_job_goes_on(layout):
    """A job in this process would keep every table until its end: gigabytes of a large programme."""
    made, alive = [], []

    @dg.asset(io_manager_key="warehouse")
    def first() -> pd.DataFrame:
        found = frame(person_code=["a"])
        made.append(weakref.ref(found))
        return found

    @dg.asset(io_manager_key="warehouse", deps=[first])
    def second() -> pd.DataFrame:
        gc.collect()
        alive.extend(each() is not None for each in made)
        return frame(person_code=["b"])

    place = {"root": str(layout.root), "programme": layout.programme}
    done = dg.materialize([first, second], resources={"warehouse": WarehouseIOManager(**place)})
    assert done.success and alive == [False]


def test_each_column_says_from_which_tables_it_comes(told):
    found = told["counts"]["dagster/column_lineage"].value.deps_by_column
    said = {
        name: [(each.asset_key.path[-1], each.column_name) for each in deps]
        for name, deps in found.items()
    }
    assert said == {
        "person_code": [("people", "person_code"), ("visits", "person_code")],
        "age": [("people", "age")],
        "visits_n": [],  # computed: it has a name of its own
    }
    assert set(told["people"]["dagster/column_lineage"].value.deps_by_column) == {
        "person_code",
        "age",
    }


def test_each_table_says_its_rows_columns_and_how_full_it_is(told):
    about = told["people"]
    assert about["dagster/row_count"].value == 2
    assert [each.name for each in about["dagster/column_schema"].value.columns] == [
        "person_code",
        "age",
    ]
    code, age = about["dagster/column_schema"].value.columns
    assert code.description == "Codice persona / Person code" and age.description is None
    assert about["filled_share"].value == 0.75  # three cells of four
    assert told["counts"]["filled_share"].value == pytest.approx(5 / 6, abs=1e-4)
    assert about["seconds"].value >= 0


def test_a_table_tells_the_counts_it_carries_and_nothing_but_numbers(layout):
    @dg.asset(io_manager_key="warehouse")
    def cells() -> pd.DataFrame:
        made = frame(status=["released", "suppressed"])
        made.attrs |= carried
        return made

    place = {"root": str(layout.root), "programme": layout.programme}
    resources = {"warehouse": WarehouseIOManager(**place)}
    carried: dict[str, object] = {"cells_released": 1, "cells_hidden": 1}
    (made,) = dg.materialize([cells], resources=resources).get_asset_materialization_events()
    about = made.step_materialization_data.materialization.metadata
    assert (about["cells_released"].value, about["cells_hidden"].value) == (1, 1)
    carried["person"] = "LUN-0041"
    with pytest.raises(TypeError, match="whole numbers only"):
        dg.materialize([cells], resources=resources)


def test_history_does_not_wait_for_the_disk(layout):
    with instance.open_instance(layout) as here, here.event_log_storage.index_connection() as open_:
        assert open_.execute(text("PRAGMA synchronous")).scalar() == 0


def test_runs_that_were_killed_are_forgotten_like_others(layout, monkeypatch):
    """A killed run stays 'started' for ever; one that began just now may be at work."""
    monkeypatch.setenv("LUNATTIVA_KEEP_RUNS", "1")
    with instance.open_instance(layout) as here:
        for status in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTED):
            here.add_run(dg.DagsterRun("programme_job", status=status))
        assert instance.forget_old_runs(here) == 0
        later = datetime.now(UTC) + timedelta(days=3)
        monkeypatch.setattr(instance, "datetime", type("Clock", (), {"now": lambda _zone: later}))
        assert instance.forget_old_runs(here) == 1
        assert len(here.get_run_records()) == 1


def test_a_forgotten_run_leaves_no_file_and_no_event(layout, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_KEEP_RUNS", "1")
    place = {"root": str(layout.root), "programme": layout.programme}
    resources = {"warehouse": WarehouseIOManager(**place)}
    with instance.history_open(), instance.open_instance(layout) as here:
        runs = [dg.materialize([people], instance=here, resources=resources) for _ in range(2)]
        folder = Path(here.event_log_storage.path_for_shard("index")).parent
        assert len(list(folder.glob("*-*.db"))) == 2
        assert instance.forget_old_runs(here) == 1
    old, new = (each.run_id for each in runs)
    assert [path.name for path in folder.glob("*-*.db*")] == [f"{new}.db"]  # and closed
    with instance.open_instance(layout) as here:
        assert here.all_logs(new) and not here.all_logs(old)
        with here.event_log_storage.index_connection() as index:
            left = index.execute(text("select distinct run_id from event_logs")).scalars().all()
    assert left == [new]


def test_a_history_taken_away_between_two_jobs_is_begun_anew(layout):
    """Its files are open during a job only: nothing is written into what was deleted."""
    for _ in range(2):
        with instance.history_open(), instance.open_instance(layout) as here:
            here.add_run(dg.DagsterRun("programme_job"))
            assert len(here.get_run_records()) == 1
        shutil.rmtree(layout.dagster_home)


def test_what_another_event_tells_too_is_not_written_down(layout):
    @dg.op(out=dg.Out(io_manager_key="warehouse"))
    def one() -> pd.DataFrame:
        return frame(a=[1])

    @dg.job(resource_defs={"warehouse": dg.mem_io_manager})
    def job() -> None:
        one()

    with instance.open_instance(layout) as history:
        result = job.execute_in_process(instance=history)
        kinds = {each.dagster_event.event_type_value for each in history.all_logs(result.run_id)}
    assert not kinds & {"HANDLED_OUTPUT", "LOADED_INPUT"}
    assert {"STEP_START", "STEP_OUTPUT", "STEP_SUCCESS", "PIPELINE_SUCCESS"} <= kinds
