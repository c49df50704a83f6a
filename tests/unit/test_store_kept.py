"""A warehouse that is kept open for a run: opened once, closed at its end, no setting left behind."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from assets import opening, seal
from assets.errors import UnexpectedError
from assets.opening import kept_open, open_file
from assets.store import Warehouse

FRAME = pd.DataFrame({"who": ["KANARIE"] * 500})


@pytest.fixture(params=["plain", "sealed"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(seal.KEY_VARIABLE, raising=False)
    if request.param == "sealed":
        monkeypatch.setenv(seal.KEY_VARIABLE, "ab" * 32)
    seal.settle(tmp_path)
    return Warehouse(tmp_path / "warehouse.duckdb")


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Write down each opening of a file."""
    opened: list[Path] = []
    plain = opening._opened

    def watched(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        opened.append(path)
        return plain(path, read_only=read_only)

    monkeypatch.setattr(opening, "_opened", watched)
    return opened


def test_it_is_opened_once_and_closed_at_the_end(warehouse: Warehouse, monkeypatch) -> None:
    opened = counted(monkeypatch)
    with kept_open(warehouse.path):
        assert warehouse.tables() == []
        warehouse.write("a", FRAME)
        warehouse.write_all({"b": FRAME, "a": FRAME.head(3)})
        assert (len(warehouse.read("a")), len(warehouse.read("b"))) == (3, 500)
        assert len(opened) == 1
    assert not opening._KEPT
    assert not list(warehouse.path.parent.glob("*.wal")), "all is in the file itself"
    assert warehouse.tables() == ["a", "b"]
    assert len(opened) == 2


def test_what_is_written_batch_by_batch_leaves_no_setting(warehouse: Warehouse) -> None:
    with kept_open(warehouse.path):
        warehouse.write("a", FRAME)
        before = settings(warehouse)
        with warehouse.replacing({"c": pd.DataFrame({"n": pd.Series([], dtype="int64")})}) as add:
            add("c", pa.table({"n": [1, 2, 3]}))
        assert settings(warehouse) == before
        assert warehouse.read("c")["n"].tolist() == [1, 2, 3]


def settings(warehouse: Warehouse) -> tuple:
    names = ("memory_limit", "threads", "disabled_compression_methods")
    with warehouse.connect(read_only=True) as connection:
        query = f"select {', '.join(f'current_setting({name!r})' for name in names)}"
        return connection.execute(query).fetchall()[0]


def test_a_failed_writing_changes_nothing_and_hinders_nobody(warehouse: Warehouse) -> None:
    with kept_open(warehouse.path):
        warehouse.write("a", FRAME)
        with pytest.raises(UnexpectedError):
            warehouse.write_all({"a": FRAME.head(1), "b": pd.DataFrame({"x": [object()]})})
        assert len(warehouse.read("a")) == 500
        warehouse.write("b", FRAME)
    assert warehouse.tables() == ["a", "b"]


def test_a_small_file_is_worked_on_by_one_thread_and_a_big_one_by_all(tmp_path, monkeypatch):
    def threads(path) -> int:
        with open_file(path) as connection:
            return connection.execute("select current_setting('threads')").fetchone()[0]

    path = tmp_path / "w.duckdb"
    assert threads(path) == 1
    monkeypatch.setattr(opening, "_ONE_THREAD", 0)
    with duckdb.connect(":memory:") as plain:
        all_of_them = plain.execute("select current_setting('threads')").fetchone()[0]
    assert threads(path) == all_of_them
