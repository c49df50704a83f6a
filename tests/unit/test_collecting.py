"""Published tables, and nothing else, where those of all programmes meet; as often as one likes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.release import archive, chain, ledger, publish
from pipelines import collecting
from pipelines.cli import app
from pipelines.collecting import collect
from schemas.indicators import released_tables
from tests.release_cases import levels, released

PROGRAMME = """
programme: small
title: {it: Prova, en: Trial}
from: 2022-01-01
to: 2022-06-30
partners: {solco: {label: {it: SolCo, en: SolCo}}}
"""
ABOUT = {"programme": "small", "data_version": "d", "code_version": "c", "thresholds": {}}


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    place = tmp_path / "raw" / "small"
    place.mkdir(parents=True)
    (place / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    few = {code: each for code, each in released_tables().items() if code in ("reach", "scores")}
    monkeypatch.setattr(publish, "released_tables", lambda: few)
    return Layout(tmp_path, "small")


def make(layout: Layout, women: int) -> str:
    """Put a release in the released folder, as a run does; return its digest."""
    table = released(levels("reached_n", "gender_code", {"f": women, "m": 31}))
    return publish.publish(table.reset_index(drop=True), ABOUT, layout.released).digest


def act(layout: Layout, state: str, digest: str, number: int, period: str = "2022Q1") -> None:
    archive.keep(layout.store, layout.released)
    path = layout.store / ledger.NAME
    whole = {"release": digest, "period": period, "state": state, "number": number}
    chain.append(path, chain.line(path, whole))


def index(to: Path) -> list[tuple]:
    found = json.loads((to / "small" / "index.json").read_text("utf-8"))
    assert found["programme"] == "small" and found["title"]["en"] == "Trial"
    return [(e["period"], e["number"], e["release"], e["state"]) for e in found["releases"]]


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_published_release_is_collected_byte_for_byte_and_once(layout, tmp_path):
    digest = make(layout, 42)
    act(layout, "published", digest, 1)
    make(layout, 43)  # the next draft stands in the released folder already
    (layout.store / "warehouse.duckdb").write_text("people", "utf-8")
    to = tmp_path / "collected"
    first = collect(layout, str(to))
    assert (first.added, first.removed, first.standing) == ([digest], [], 1)
    before = files(to)
    kept = files(layout.store / archive.NAME / digest)
    assert before == {f"small/{digest}/{path}": data for path, data in kept.items()} | {
        "small/index.json": before["small/index.json"]
    }
    assert index(to) == [("2022Q1", 1, digest, "published")]
    second = collect(layout, str(to))
    assert (second.added, second.removed, files(to)) == ([], [], before)


def test_a_draft_is_collected_only_when_asked_for_and_goes_when_it_is_overtaken(layout, tmp_path):
    to = tmp_path / "collected"
    draft = make(layout, 42)
    assert collect(layout, str(to)).standing == 0 and index(to) == []
    assert collect(layout, str(to), drafts=True).added == [draft]
    assert index(to) == [(None, None, draft, "draft")]
    newer = make(layout, 50)
    again = collect(layout, str(to), drafts=True)
    assert (again.added, again.removed) == ([newer], [draft])
    assert not (to / "small" / draft).exists()


def test_what_was_withdrawn_is_said_and_its_tables_go(layout, tmp_path):
    to = tmp_path / "collected"
    first = make(layout, 42)
    act(layout, "published", first, 1)
    collect(layout, str(to))
    act(layout, "withdrawn", first, 1)
    second = make(layout, 44)
    act(layout, "published", second, 2)
    done = collect(layout, str(to))
    assert (done.added, done.removed) == ([second], [first])
    assert index(to) == [
        ("2022Q1", 1, first, "withdrawn"),
        ("2022Q1", 2, second, "published"),
    ]
    # One release published for two quarters: withdrawn for one, it stands for the other.
    act(layout, "published", second, 1, "2022Q2")
    act(layout, "withdrawn", second, 2)
    assert collect(layout, str(to)).removed == []
    assert (to / "small" / second / "manifest.json").is_file()


def test_a_kill_between_two_files_leaves_no_half_release_to_be_read(layout, tmp_path):
    to = tmp_path / "collected"
    digest = make(layout, 42)
    act(layout, "published", digest, 1)
    collect(layout, str(to))
    whole = files(to)
    (to / "small" / digest / "manifest.json").unlink()  # it is written last
    (to / "small" / digest / "tables" / "reach.parquet").write_bytes(b"half")
    assert collect(layout, str(to)).added == [digest]
    assert files(to) == whole


@pytest.mark.parametrize(
    "alter",
    [
        lambda folder: (folder / "manifest.json").write_text("{}", "utf-8"),
        lambda folder: swap(folder / "tables" / "reach.parquet"),
        lambda folder: (folder / "tables" / "reach.parquet").unlink(),
        lambda folder: (folder / "tables" / "more.parquet").write_text("mine", "utf-8"),
    ],
)
def test_what_somebody_changed_in_the_collection_is_put_right_and_said(
    layout, tmp_path, monkeypatch, alter
):
    digest = make(layout, 42)
    act(layout, "published", digest, 1)
    to = tmp_path / "collected"
    collect(layout, str(to))
    before = files(to)
    alter(to / "small" / digest)
    assert files(to) != before
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    said = CliRunner().invoke(app, ["collect", str(to), "--lang", "en"]).output
    assert f"somebody had changed 1 releases in the collection ({digest[:12]})" in said
    assert files(to) == before
    done = collect(layout, str(to))
    assert (done.added, done.healed, done.standing) == ([], [], 1)


def swap(path: Path) -> None:
    """Change one byte of a table: its size stays."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_a_quick_look_reads_no_table_that_has_its_size(layout, tmp_path, monkeypatch):
    """In a bucket each table is a request; by the round of a province that is too many."""
    digest = make(layout, 42)
    act(layout, "published", digest, 1)
    to = tmp_path / "collected"
    collect(layout, str(to))
    read = []
    reader = collecting._read
    monkeypatch.setattr(
        collecting, "_read", lambda system, path: read.append(path) or reader(system, path)
    )
    assert collect(layout, str(to), is_quick=True).healed == []
    assert [Path(each).name for each in read] == ["manifest.json"]
    (to / "small" / digest / "tables" / "scores.parquet").write_bytes(b"short")
    assert collect(layout, str(to), is_quick=True).healed == [digest]


def test_what_is_no_longer_what_left_is_refused(layout, tmp_path):
    to = tmp_path / "collected"
    digest = make(layout, 42)
    act(layout, "published", digest, 1)
    collect(layout, str(to))
    shutil.rmtree(to)
    kept = layout.store / archive.NAME / digest / "manifest.json"
    kept.write_bytes(kept.read_bytes() + b" ")
    with pytest.raises(ConfigurationError, match="no longer as it left"):
        collect(layout, str(to))
    assert not list(to.glob("small/*"))
    path = layout.store / ledger.NAME
    path.write_bytes(path.read_bytes().replace(b'"number": 1', b'"number": 7'))
    with pytest.raises(ConfigurationError):
        collect(layout, str(to))


def test_a_place_that_refuses_is_told_without_its_keys(layout, tmp_path, monkeypatch):
    digest = make(layout, 42)
    act(layout, "published", digest, 1)
    (tmp_path / "file").write_text("no folder", "utf-8")
    for place in (str(tmp_path / "file"), "ftp://somewhere/x"):
        with pytest.raises(ConfigurationError, match="cannot be written"):
            collect(layout, place)


def test_a_folder_with_something_else_in_it_is_left_alone(layout, tmp_path):
    act(layout, "published", make(layout, 42), 1)
    sent = layout.raw / "solco" / "2022Q1"
    sent.mkdir(parents=True)
    (sent / "registro.csv").write_text("P-001", "utf-8")
    before = files(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to(layout.raw)
    before = files(tmp_path)
    inside = ("raw/small", "raw/new/er", ".store/small", "link", "link/new")
    for place in ("raw", ".store", *inside, "mine"):
        with pytest.raises(ConfigurationError, match="holds something else"):
            collect(layout, str(tmp_path / place))
    assert files(tmp_path) == before
    to = tmp_path / "collected"
    (to / "begun" / ("a" * 64)).mkdir(parents=True)  # another worker's, not yet in an index
    (to / "README.txt").write_text("what this is", "utf-8")
    collect(layout, str(to))
    (to / "small" / "notes").mkdir()
    (to / "small" / "notes" / "read.txt").write_text("mine", "utf-8")
    assert collect(layout, str(to)).removed == []
    assert (to / "small" / "notes" / "read.txt").is_file()
