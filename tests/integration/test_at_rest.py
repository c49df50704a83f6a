"""What lies on disk after a run: with a key nothing of a person, without one nothing for others."""

from __future__ import annotations

import io
import stat
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from assets import seal
from assets.layout import Layout
from assets.opening import kept_open
from pipelines import definitions
from pipelines.busy import only_one
from pipelines.instance import open_instance
from tests.conftest import Ran, environment
from tests.returns_sample import process
from tests.unit.programmes import PROGRAMME, SOURCES

KEY = "ab" * 32
#: Stands in a person's row: in the code, in a bad cell, in the name of a household.
MARK = "KANARIE"


@pytest.fixture(scope="module")
def sealed_run(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A whole run, with a key, of two files with marked people, a good row and a bad one each."""
    root = tmp_path_factory.mktemp("sealed")
    folder = root / "raw" / "tiny"
    (folder / "agape" / "2022Q1").mkdir(parents=True)
    (folder / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    sources = SOURCES.replace('["emporio*.csv"]', '["emporio*"]')
    sources = sources.replace("    reader: {format: csv}\n", "")
    sources += "      person_code: {from: Tessera}\n      household_code: {from: Nucleo}\n"
    (folder / "agape" / "source.yml").write_text(sources, encoding="utf-8")
    rows = [("Data", "Tessera", "Nucleo")]
    rows += [
        (f"{day:02}/02/2022", f"{MARK}-{day:03}", f"{MARK}-N{day % 5}") for day in range(1, 29)
    ]
    rows += [(f"{MARK}BAD", f"{MARK}-900", "N-1")]
    text = "\n".join(";".join(row) for row in rows)
    (folder / "agape" / "2022Q1" / "emporio_a.csv").write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(rows[0])
    for day, row in enumerate(rows[1:-1], start=1):
        book.active.append((date(2022, 3, day), *row[1:]))
    book.active.append(rows[-1])
    book.save(folder / "agape" / "2022Q1" / "emporio_b.xlsx")
    layout = Layout(root, "tiny")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(layout).items():
            patch.setenv(name, value)
        patch.setenv(seal.KEY_VARIABLE, KEY)
        run_rooms(layout)
    return layout


def run_rooms(layout: Layout) -> None:
    """Run what works on rows, as a run does; pages are made of released tables only."""
    seal.settle(layout.store)
    rooms = ("intake", "sorting", "core")
    made = definitions.build_defs(layout.root, layout.programme, rooms=rooms)
    job = made.resolve_job_def(definitions.PROGRAMME_JOB)
    with only_one(layout), kept_open(layout.warehouse), open_instance(layout) as instance:
        assert job.execute_in_process(instance=instance).success


def readable(store: Path, mark: str) -> list[str]:
    """Files below a folder that hold the mark, as plain bytes, as UTF-16 or inside an archive."""
    forms = [mark.encode(), mark.encode("utf-16-le")]
    found = []
    for path in sorted(store.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if data.startswith(b"PK\x03\x04"):
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    data += b"".join(archive.read(name) for name in archive.namelist())
            if any(form in data for form in forms):
                found.append(path.relative_to(store).as_posix())
    return found


def test_with_a_key_nobody_can_be_read_on_disk(sealed_run: Layout) -> None:
    kinds = {path.relative_to(sealed_run.store).parts[0] for path in sealed_run.store.rglob("*")}
    assert {"vault", "staged", "warehouse.duckdb", "dagster", "seal.json"} <= kinds
    assert len(list(sealed_run.vault.iterdir())) == 2
    assert readable(sealed_run.store, MARK) == []
    assert readable(sealed_run.root / "tmp", MARK) == []


def test_with_the_key_everything_is_there(
    sealed_run: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(seal.KEY_VARIABLE, KEY)
    frames = process(sealed_run)
    assert len(frames["sorting_service_access__accepted"]) == 56
    assert len(frames["sorting_service_access__quarantined"]) == 2


def test_the_search_finds_the_mark_where_nothing_is_sealed(
    sealed_run: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key the same files do hold it: the test above could fail."""
    monkeypatch.delenv(seal.KEY_VARIABLE, raising=False)
    open_ = Layout(tmp_path, "tiny")
    open_.raw.parent.mkdir()
    open_.raw.symlink_to(sealed_run.raw)
    process(open_)
    found = {name.split("/")[0] for name in readable(open_.store, MARK)}
    assert {"vault", "staged"} <= found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_without_a_key_the_store_is_for_this_account_only(demo: Ran) -> None:
    assert rights(demo.layout.store.parent) == 0o700
    for path in (demo.layout.store, *demo.layout.store.rglob("*")):
        if not path.is_symlink():
            wanted = 0o700 if path.is_dir() else 0o600
            assert rights(path) == wanted, path.relative_to(demo.layout.store)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_what_other_programs_left_open_is_closed_by_the_next_run(tmp_path: Path) -> None:
    layout = Layout(tmp_path, "tiny")
    (layout.store / "returns" / "agape").mkdir(parents=True)
    left = layout.store / "returns" / "agape" / "riscontro.xlsx"
    left.write_bytes(b"")
    left.chmod(0o644)
    with only_one(layout):
        assert rights(left) == 0o600
        assert rights(left.parent) == rights(layout.store.parent) == 0o700
    assert rights(layout.store / "run.lock") == 0o600


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
