"""Ctrl-C while DuckDB works is Ctrl-C, not one more failed table."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import duckdb
import pytest

from assets.guard import value_free
from assets.store import Warehouse


def test_a_stopped_query_is_told_as_such(tmp_path: Path):
    # A shell starts background jobs with Ctrl-C ignored; here it must count.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    warehouse = Warehouse(tmp_path / "w.duckdb")
    with warehouse.connect() as connection:
        connection.execute("create table t as select hash(range) as h from range(1000000)")
    stop = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt), value_free(), warehouse.connect() as connection:
        stop.start()
        while True:  # nearly all the time is spent in a query
            connection.execute("select * from t order by h").to_arrow_table()
    assert warehouse.tables() == ["t"]  # and the file can be opened again


def test_another_fault_stays_what_it_is(tmp_path: Path):
    with (
        pytest.raises(duckdb.CatalogException),
        Warehouse(tmp_path / "w.duckdb").connect() as found,
    ):
        found.execute("from nowhere")


def test_that_nobody_reads_the_screen_any_more_is_no_failure():
    with pytest.raises(BrokenPipeError), value_free():
        raise BrokenPipeError
