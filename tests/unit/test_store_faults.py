"""What goes wrong with a disk or a store: it is said in words, nothing is lost, and the next run completes."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from assets import staging
from assets.errors import ConfigurationError, UnexpectedError
from assets.guard import value_free
from assets.layout import Layout
from assets.opening import Damaged
from assets.store import Warehouse
from pipelines import instance, look, sound, state
from pipelines.execute import Outcome
from pipelines.run import run
from tests.unit import programmes as made
from tests.unit.test_cli_run import Standin


@pytest.fixture(autouse=True)
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intern's page has tests of its own; rendering it takes seconds."""
    monkeypatch.setattr("pipelines.quality.bring_up", lambda *_: [])


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return made.tiny(tmp_path)


def whole(layout: Layout) -> dict[str, str]:
    found = json.loads(layout.state.read_text("utf-8"))["programme"]["files"]
    return {path: sha256 for path, sha256 in found.items() if path.startswith(".store")}


def garbage(layout: Layout) -> None:
    layout.warehouse.write_bytes(b"not a database " * 500)


def cut(layout: Layout) -> None:
    os.truncate(layout.warehouse, layout.warehouse.stat().st_size // 10)


def altered(layout: Layout) -> None:
    with layout.warehouse.open("r+b") as stream:
        stream.seek(4_096 + 20)
        stream.write(b"\xff" * 64)


def last_block_altered(layout: Layout) -> None:
    """The file still opens, and what little is read of it before a run is as it was."""
    with layout.warehouse.open("r+b") as stream:
        stream.seek(-64, os.SEEK_END)
        stream.write(b"\xff" * 64)


def row_changed(layout: Layout) -> None:
    with duckdb.connect(str(layout.warehouse)) as connection:
        connection.execute("update sorting_counts set accepted_n = accepted_n + 1")


def journal_left(layout: Layout) -> None:
    """What DuckDB would take in at the next opening."""
    layout.warehouse.with_name(f"{layout.warehouse.name}.wal").write_bytes(b"x" * 100)


def not_noted(layout: Layout) -> None:
    layout.warehouse.with_name(f"{layout.warehouse.name}.sha256").unlink()


@pytest.mark.parametrize(
    "harm",
    [garbage, cut, altered, last_block_altered, row_changed, journal_left, not_noted,
     lambda at: at.warehouse.unlink()],
)  # fmt: skip
def test_damaged_warehouse_is_made_anew(layout, harm):
    dagster = Standin(layout)
    run(layout, None, dagster)
    files = whole(layout)
    harm(layout)
    dagster.asked.clear()
    assert run(layout, None, dagster).held
    assert dagster.asked == [None]
    assert whole(layout) == files
    assert run(layout, None, dagster).nothing_new


def test_a_warehouse_that_was_only_read_stands(layout):
    run(layout, None, Standin(layout))
    assert look.deliveries(layout)
    assert Warehouse(layout.warehouse).tables()
    with duckdb.connect(str(layout.warehouse)) as connection:  # to write, and nothing was written
        connection.execute("from sorting_counts").fetchall()
    assert run(layout, None, Standin(layout)).nothing_new


def test_what_altered_rows_is_not_forgotten_when_other_pages_are_made(layout):
    dagster = Standin(layout)
    run(layout, None, dagster)
    row_changed(layout)
    dagster.asked.clear()
    run(layout, "2022Q1", dagster)
    assert dagster.asked == [None, "2022Q1"]


def test_quick_commands_say_what_to_do_with_a_damaged_warehouse(layout):
    made.fill_warehouse(layout)
    garbage(layout)
    with pytest.raises(Damaged, match="makes it anew"):
        look.deliveries(layout)
    with pytest.raises(Damaged):
        Warehouse(layout.warehouse).tables()


@pytest.mark.parametrize("kind", [Damaged, staging.Altered])
def test_damage_seen_only_while_reading_is_mended_within_the_run(layout, kind):
    dagster = Standin(layout)
    fails = iter((Outcome({"core_x": kind()}), Outcome()))
    plain = dagster.run
    dagster.run = lambda *, quarter=None: (plain(quarter=quarter), next(fails, Outcome()))[1]  # type: ignore[method-assign]
    assert run(layout, None, dagster).held
    assert dagster.asked == [None, None, "2022Q2"]


def test_store_of_a_newer_version_is_not_touched(layout):
    run(layout, None, Standin(layout))
    (layout.store / sound.NAME).write_text('{"format": 99}')
    before = {path: path.read_bytes() for path in layout.store.rglob("*") if path.is_file()}
    with pytest.raises(ConfigurationError, match="newer version"):
        run(layout, None, Standin(layout))
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("stamp", ["{cut", '{"format": -3}', "[]"])
def test_store_of_another_time_is_made_anew(layout, stamp):
    run(layout, None, Standin(layout))
    (layout.store / "ledger.jsonl").write_bytes(b"{}\n")
    (layout.store / sound.NAME).write_text(stamp)
    dagster = Standin(layout)
    assert run(layout, None, dagster).held
    assert dagster.asked == [None]
    assert (layout.store / "ledger.jsonl").read_bytes() == b"{}\n"
    assert run(layout, None, dagster).nothing_new


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/x/.store/demo/state.json")


def closed(*_: object, **__: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied", "/x/.store/demo/state.json")


@pytest.mark.parametrize(
    ("where", "fault", "said"),
    [("executor", full, "disk is full"), ("state", full, "disk is full"),
     ("mark", closed, "'demo' cannot be written")],
)  # fmt: skip
def test_full_disk_and_closed_folder_are_told_and_the_next_run_completes(
    layout, monkeypatch, where, fault, said
):
    dagster = Standin(layout)
    run(layout, None, dagster)
    before = layout.state.read_bytes()
    (layout.raw / "new.txt").write_text("x")
    with monkeypatch.context() as harmed:
        if where == "executor":
            harmed.setattr(dagster, "run", fault)
        else:
            harmed.setattr(state, {"state": "finish", "mark": "begin"}[where], fault)
        with pytest.raises(ConfigurationError, match=said) as caught, value_free():
            run(layout, None, dagster)
    assert "/x/" not in caught.value.say("it")  # no path of the machine
    assert layout.state.read_bytes() == before
    (layout.raw / "new.txt").unlink()
    assert run(layout, None, dagster).held
    assert layout.state.read_bytes() == before


def test_a_full_disk_is_known_from_sqlite_too():
    """Dagster's history is the first that a run writes; a database of one page is full at the second."""
    import sqlite3

    def fill() -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute("pragma max_page_count = 1")
        connection.execute("create table a (b)")
        connection.execute("create table c (d)")

    with pytest.raises(ConfigurationError, match="disk is full"), value_free():
        fill()


def test_state_is_whole_or_as_before_when_the_disk_fills_up(layout, monkeypatch):
    run(layout, None, Standin(layout))
    before = layout.state.read_bytes()
    known = state.read_state(layout)
    assert known is not None
    monkeypatch.setattr(Path, "write_text", lambda self, *_, **__: (self.write_bytes(b"{"), full()))
    with pytest.raises(OSError, match="No space"):
        state.finish(layout, known)
    assert layout.state.read_bytes() == before


def test_what_the_guard_does_not_know_keeps_its_cell_to_itself():
    with pytest.raises(UnexpectedError) as caught, value_free():
        raise ValueError("Mario Rossi: no space left")
    assert "Mario" not in caught.value.say("it") and "ValueError" in caught.value.say("it")


def test_store_that_is_a_file_is_told(layout):
    layout.store.parent.mkdir(parents=True)
    layout.store.write_text("no folder")
    with pytest.raises((ConfigurationError, UnexpectedError)), value_free():
        run(layout, None, Standin(layout))


def test_lost_and_damaged_history_of_dagster_is_begun_anew(layout):
    with instance.open_instance(layout) as first:
        assert first.get_runs() == []
    for path in layout.dagster_home.rglob("*.db"):
        path.write_bytes(b"garbage" * 400)
    (layout.dagster_home / "dagster.yaml").unlink()
    with instance.open_instance(layout) as again:
        assert again.get_runs() == []


def test_clock_set_back_changes_no_result(layout, monkeypatch):
    """The day decides what is late, never what is made."""
    from datetime import date

    class Earlier(date):
        @classmethod
        def today(cls) -> date:
            return date(2022, 1, 2)

    dagster = Standin(layout)
    run(layout, None, dagster)
    before = layout.state.read_bytes()
    monkeypatch.setattr("pipelines.run.date", Earlier)
    assert run(layout, None, dagster).nothing_new
    assert layout.state.read_bytes() == before


def test_after_a_stop_rows_on_their_way_are_held_against_what_was_written(layout):
    """A power cut may leave blocks of zeros in files that are there."""
    run(layout, None, Standin(layout))
    rows = pd.DataFrame({"row_number": pd.array([2, 3], dtype="Int64")})
    whole_one, other = (staging.write(layout.staged, name, [rows])[0] for name in ("a", "b"))
    path = layout.staged / other
    content = path.read_bytes()
    path.write_bytes(content[:-300] + bytes(200) + content[-100:])
    sound.settle(layout)
    assert staging.names(layout.staged) == {whole_one, other}  # a run that ended well is believed
    state.begin(layout)
    sound.settle(layout)
    assert staging.names(layout.staged) == {whole_one}
