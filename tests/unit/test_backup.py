"""A backup comes back as it was; altered or cut it is refused; nobody who was forgotten returns with it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from assets.errors import ConfigurationError
from assets.intake import vault
from assets.layout import Layout
from pipelines import state
from pipelines.backup import back_up, opened, verify
from pipelines.busy import Busy
from pipelines.restore import restore
from tests.unit import programmes
from tests.unit.test_forget import CODE, SPELT, erase, holding, process
from tests.unit.test_forget import layout as _people

SECRET = "una frase lunga abbastanza"
ON = date(2022, 11, 22)
people = _people


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A programme with a bit of everything that is kept, and some that is not."""
    made = programmes.tiny(tmp_path / "one")
    programmes.fill_warehouse(made)
    programmes.write_release(made, ["2022Q1"])
    vault.keep(made.vault, "c" * 64, b"kept under a wrong name: nobody asks here")
    (made.store / "ledger.jsonl").write_bytes(b'{"release": "a"}\n')
    (made.store / "releases" / "a").mkdir(parents=True)
    (made.store / "releases" / "a" / "manifest.json").write_bytes(b"{}")
    (made.store / "dagster").mkdir()
    (made.store / "dagster" / "dagster.yaml").write_bytes(b"history")
    (made.published / "2022Q1-r1").mkdir(parents=True)
    (made.published / "2022Q1-r1" / "page.html").write_bytes(b"<p>")
    made.narrative.mkdir(parents=True)
    (made.narrative / "nota_2022S1.md").write_bytes(b"written by a person")
    return made


def content(folder: Path) -> dict[str, bytes]:
    files = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in files}


def saved(layout: Layout) -> Path:
    return back_up(layout, layout.root, SECRET, ON)[0]


def other(layout: Layout) -> Layout:
    return Layout(layout.root.parent / "two", layout.programme)


def test_restored_elsewhere_it_is_what_was_saved(layout):
    path = saved(layout)
    there = other(layout)
    done = restore(there, path, SECRET, ON)
    assert content(there.raw) == content(layout.raw)
    assert content(there.published) == content(layout.published)
    assert content(there.narrative) == content(layout.narrative) != {}
    for name in ("ledger.jsonl", "releases/a/manifest.json", "released/manifest.json"):
        assert (there.store / name).read_bytes() == (layout.store / name).read_bytes()
    assert sorted(content(there.vault).values()) == sorted(content(layout.vault).values())
    assert not (there.store / "dagster").exists() and not there.warehouse.exists()
    assert done.written_n > 5 and state.read_state(there) is None


def test_nothing_of_it_can_be_read_without_the_passphrase(layout):
    path = saved(layout)
    assert path.name == "lunattiva_tiny_2022-11-22.backup"
    for word in (b"emporio", b"agape", b"manifest", b"01/02/2022"):
        assert word not in path.read_bytes()
    with pytest.raises(ConfigurationError, match="passphrase is another one"):
        restore(other(layout), path, "un'altra frase lunga", ON)
    with pytest.raises(ConfigurationError, match="too short"):
        back_up(layout, layout.root / "b", "short", ON)
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("at", [0, 30, 200, -1, -40])
def test_one_altered_byte_is_refused_and_nothing_changes(layout, at):
    path = saved(layout)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    refused(layout, path)


@pytest.mark.parametrize("left", [0, 7, 23, 60, -1, -500])
def test_cut_short_is_refused_and_nothing_changes(layout, left):
    path = saved(layout)
    path.write_bytes(path.read_bytes()[:left])
    refused(layout, path)


def refused(layout: Layout, path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Nothing was changed"):
        restore(other(layout), path, SECRET, ON)
    assert not other(layout).root.exists()


def test_a_backup_replaces_no_other_and_waits_for_no_run(layout):
    path = saved(layout)
    with pytest.raises(ConfigurationError, match="exists"):
        back_up(layout, path, SECRET, ON)
    holder = (
        "import filelock, pathlib, sys; "
        f"lock = filelock.FileLock(pathlib.Path({str(layout.store)!r}) / 'run.lock'); lock.acquire(); "
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holder]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout and process.stdout.readline().strip() == "held"
        with pytest.raises(Busy):
            back_up(layout, layout.root / "b", SECRET, ON)
    assert not list(layout.root.glob(".*.new"))


def test_newer_files_here_are_replaced_only_with_explicit_consent(layout):
    path = saved(layout)
    mine = layout.raw / "agape" / "2022Q1" / "emporio.csv"
    before = mine.read_bytes()
    mine.write_bytes(b"Data\n02/02/2022\n")
    (mine.parent / "emporio_new.csv").write_bytes(b"Data\n03/02/2022\n")
    for consent in (None, "yes", "demo"):
        with pytest.raises(ConfigurationError, match="--replace tiny"):
            restore(layout, path, SECRET, ON, consent)
        assert mine.read_bytes() != before
    restore(layout, path, SECRET, ON, "tiny")
    assert mine.read_bytes() == before
    assert (mine.parent / "emporio_new.csv").is_file()  # what is only here stays


def test_what_a_run_makes_again_asks_for_no_consent(layout):
    path = saved(layout)
    newer = layout.released / "manifest.json"
    newer.write_bytes(b'{"quarters": ["2022Q2"]}')
    (layout.raw / "agape" / "2022Q1" / "emporio.csv").unlink()
    assert restore(layout, path, SECRET, ON).written_n == 1
    assert newer.read_bytes() == b'{"quarters": ["2022Q2"]}'


def test_where_nothing_is_put_back_what_was_made_stands(layout):
    path = saved(layout)
    state.finish(layout, state.State(state.Made("f", {})))
    assert restore(layout, path, SECRET, ON).written_n == 0
    assert layout.warehouse.is_file() and state.read_state(layout) is not None
    (layout.raw / "agape" / "2022Q1" / "emporio.csv").unlink()
    assert restore(layout, path, SECRET, ON).written_n == 1
    assert not layout.warehouse.exists() and state.read_state(layout) is None


@pytest.mark.parametrize(
    ("here", "after", "is_kept"),
    [
        (b'{"release": "a"}\n{"release": "b"}\n', b'{"release": "a"}\n{"release": "b"}\n', True),
        (b"", b'{"release": "a"}\n', False),
    ],
    ids=["newer here", "older here"],
)
def test_lines_of_the_ledger_are_never_lost(layout, here, after, is_kept):
    path = saved(layout)
    (layout.store / "ledger.jsonl").write_bytes(here)
    done = restore(layout, path, SECRET, ON)
    assert (layout.store / "ledger.jsonl").read_bytes() == after
    assert done.is_ledger_kept is is_kept


def test_another_programme_is_refused(layout):
    path = saved(layout)
    with pytest.raises(ConfigurationError, match="--programme tiny"):
        restore(Layout(layout.root, "demo"), path, SECRET, ON)


def test_backup_of_a_newer_version_is_refused(layout, monkeypatch):
    monkeypatch.setattr("pipelines.backup._FORMAT", 2)
    with pytest.raises(ConfigurationError, match="cannot be|newer"):
        path = saved(layout)
        monkeypatch.setattr("pipelines.backup._FORMAT", 1)
        verify(path, SECRET)


def test_who_was_forgotten_after_the_backup_does_not_come_back(people):
    process(people)
    path = saved(people)
    with opened(path, SECRET) as (archive, found):
        assert any(CODE.encode() in archive.read(name) for name in found.files)
    erase(people)
    tombstones = (people.raw / "_forgotten.yml").read_bytes()
    done = restore(people, path, SECRET, ON, "tiny")
    assert holding(people.raw) == [] and holding(people.vault) == []
    assert SPELT.strip().encode() not in b"".join(content(people.vault).values())
    assert (people.raw / "_forgotten.yml").read_bytes() == tombstones
    assert not done.differing  # files that an erasure rewrote are no conflict
    shutil.rmtree(people.raw / "agape" / "2022Q1")  # even a file that is gone here
    assert restore(people, path, SECRET, ON).removed.rows_n == 2
    assert holding(people.raw) == []


def test_erasures_before_the_backup_hold_on_a_new_machine(people):
    process(people)
    late = (people.raw / "agape" / "2022Q1" / "emporio.csv").read_bytes()
    erase(people)
    there = other(people)
    restore(there, saved(people), SECRET, ON)
    (there.raw / "agape" / "2022Q1" / "emporio_again.csv").write_bytes(late)
    assert CODE not in json.dumps(
        sorted(process(there)["sorting_service_access__accepted"]["person_code"].dropna())
    )


def test_a_closed_store_is_restored_closed_under_any_key(layout, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_KEY", "1" * 64)
    layout.warehouse.unlink()
    path = saved(layout)
    monkeypatch.delenv("LUNATTIVA_KEY")
    with pytest.raises(ConfigurationError, match="were encrypted"):
        restore(other(layout), path, SECRET, ON)
    monkeypatch.setenv("LUNATTIVA_KEY", "2" * 64)
    there = other(layout)
    restore(there, path, SECRET, ON)
    (stored,) = content(there.vault).values()
    assert stored.startswith(b"LUNSEAL1")
    assert b"1" * 64 not in path.read_bytes()
