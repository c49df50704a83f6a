from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets.release import ledger
from assets.release.audit import Outcome
from assets.release.publish import publish, recover
from schemas.indicators import released_tables
from schemas.released import RELEASED_COLUMNS
from tests.release_cases import levels, released

ABOUT = {"programme": "p", "data_version": "d", "code_version": "c", "thresholds": {"floor": 3}}


def _table(small: int = 2):
    counts = {"f": 42, "m": 31, "x": small}
    return released(levels("reached_n", "gender_code", counts)).reset_index(drop=True)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_declared_table_is_there_and_the_manifest_counts_it(tmp_path):
    published = publish(_table(), ABOUT, tmp_path / "released")
    manifest = json.loads((tmp_path / "released" / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["tables"]) == sorted(released_tables())
    assert (manifest["tables"]["reach"]["rows"], manifest["tables"]["reach"]["hidden"]) == (4, 2)
    assert manifest["tables"]["step"]["rows"] == 0
    table = pq.read_table(tmp_path / "released" / "tables" / "reach.parquet")
    assert table.schema.names == list(RELEASED_COLUMNS)
    assert table.schema.metadata is None
    assert set(published.files["path"]) == set(_bytes(tmp_path / "released"))


def test_what_leaves_has_one_word_for_all_that_is_hidden(tmp_path):
    """Which one a rule hid would say that it is below the minimum, and its neighbour is not."""
    table = _table()
    assert set(table["status"]) == {"released", "suppressed_primary", "suppressed_secondary"}
    publish(table, ABOUT, tmp_path / "released")
    cells = pq.read_table(tmp_path / "released" / "tables" / "reach.parquet").to_pylist()
    assert {row["status"] for row in cells} == {"released", "suppressed"}


def test_the_footers_say_no_more_than_the_cells_and_nothing_of_the_machine(tmp_path):
    """Statistics of a column hold its least and greatest value: a hidden 2 or 31 may not be there."""
    publish(_table(), ABOUT, tmp_path / "released")
    seen = 0
    for path in sorted((tmp_path / "released").rglob("*.parquet")):
        file = pq.ParquetFile(path)
        assert set(file.metadata.metadata) <= {b"ARROW:schema"}  # types of columns
        assert str(tmp_path) not in str(file.metadata.to_dict())
        cells = file.read().to_pandas()
        for group in range(file.metadata.num_row_groups):
            for at in range(file.metadata.num_columns):
                found = file.metadata.row_group(group).column(at)
                told = found.statistics
                if told is None or not told.has_min_max:
                    continue
                seen += 1
                shown = set(cells[found.path_in_schema].dropna())
                assert {told.min, told.max} <= shown, found.path_in_schema
    assert seen > 5


def test_the_same_cells_make_the_same_bytes(tmp_path):
    one = publish(_table(), ABOUT, tmp_path / "one")
    two = publish(_table().sample(frac=1, random_state=1), ABOUT, tmp_path / "two")
    assert _bytes(tmp_path / "one") != {}
    assert publish(_table(), ABOUT, tmp_path / "three").digest == one.digest
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "three") == _bytes(tmp_path / "two")
    assert two.digest == one.digest


def test_an_unchanged_release_is_not_written_again(tmp_path):
    folder = tmp_path / "released"
    publish(_table(), ABOUT, folder)
    before = (folder / "manifest.json").stat().st_mtime_ns
    publish(_table(), ABOUT, folder)
    assert (folder / "manifest.json").stat().st_mtime_ns == before


def test_a_stranger_in_the_folder_does_not_survive(tmp_path):
    folder = tmp_path / "released"
    publish(_table(), ABOUT, folder)
    (folder / "tables" / "notes.csv").write_text("left by somebody")
    publish(_table(), ABOUT, folder)
    assert not (folder / "tables" / "notes.csv").exists()


def test_a_crash_while_writing_leaves_the_old_release(tmp_path, monkeypatch):
    folder = tmp_path / "released"
    publish(_table(), ABOUT, folder)
    before = _bytes(folder)

    def crash(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("assets.release.publish.os.fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        publish(_table(3), ABOUT, folder)
    assert _bytes(folder) == before
    monkeypatch.undo()
    publish(_table(3), ABOUT, folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["released"]


def test_a_crash_between_the_renames_is_mended(tmp_path):
    folder = tmp_path / "released"
    publish(_table(), ABOUT, folder)
    before = _bytes(folder)
    folder.rename(tmp_path / ".released.old")
    recover(folder)
    assert _bytes(folder) == before


def _line(published) -> dict:
    return ledger.entry(published, ABOUT, Outcome(tables={"reach": 2}), {})


def test_a_release_enters_the_ledger_once(tmp_path):
    path = tmp_path / "ledger.jsonl"
    first = publish(_table(), ABOUT, tmp_path / "released")
    assert ledger.enter(path, _line(first))
    assert not ledger.enter(path, _line(first))
    second = publish(_table(3), ABOUT, tmp_path / "released")
    assert ledger.enter(path, _line(second))
    assert not ledger.enter(path, _line(first))
    found = ledger.entries(path)
    assert [entry["release"] for entry in found] == [first.digest, second.digest]
    assert found[0]["tables"]["tables/reach.parquet"]["hidden"] == 2
    assert found[0]["audit"] == {"holds": True, "hidden_cells": {"reach": 2}}


def test_a_line_cut_short_does_not_spoil_the_next(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"release": "a"}\n{"rel', encoding="utf-8")
    assert ledger.enter(path, {"release": "b"})
    assert [entry["release"] for entry in ledger.entries(path)] == ["a", "b"]
