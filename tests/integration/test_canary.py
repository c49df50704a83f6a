"""A marker planted in a person's row, in every kind of bad cell, turns up in nothing that is written.

Only the warehouse, the vault and the rows staged for sorting may hold what partners wrote; they stay on
the machine. Everything else is searched: what the commands say, Dagster's history, released tables, pages, temporary files.
"""

from __future__ import annotations

import re
import sys
import types
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd
import pyarrow.parquet as pq
import pytest

from assets.errors import UnexpectedError
from assets.guard import guarded, value_free
from assets.layout import Layout
from pipelines import comparing, decisions, definitions, events, notices
from pipelines.execute import Executor
from pipelines.run import told_failures
from tests import across_cases
from tests.conftest import Ran, lunattiva, own_copy, small_demo
from tests.integration.spoilt import DAMAGED, MARKER, TAX_CODE

#: The demo's person and household codes: pseudonyms, which do not leave either.
PSEUDONYM = re.compile(rb"LUN-[0-9]{4}|NUC-[0-9]{3}")


@pytest.fixture(scope="module")
def planted(spoilt_run: Ran, tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, Ran]:
    """Return the folders of a small demo with markers in it, and what its run said."""
    ran = own_copy(spoilt_run, tmp_path_factory.mktemp("canary") / "demo")
    return ran.layout, ran


def test_the_markers_were_read_and_set_aside(planted):
    layout, ran = planted
    assert ran.code == 1, ran.out + ran.err  # refused files are left to settle
    assert ran.told["failures"] == []
    assert set(DAMAGED) <= {each["file"] for each in ran.told["refused"]}
    import duckdb

    with duckdb.connect(str(layout.warehouse), read_only=True) as connection:
        for dataset in ("attendance", "survey", "service_access"):
            table = f"sorting_{dataset}__quarantined"
            query = f"select count(*) from {table} where {table}::varchar like '%{MARKER}%'"
            found = connection.execute(query).fetchone()
            assert found and found[0] > 0, (
                f"the markers never reached {table}: this test proves nothing"
            )


def test_no_marker_in_anything_written(planted):
    layout, ran = planted
    again = lunattiva(layout, "run")
    status = [lunattiva(layout, "status"), lunattiva(layout, "status", "--json")]
    for each in (ran, again, *status):
        assert MARKER not in each.out + each.err
    found = [name for name, content in everything(layout) if MARKER.encode() in content]
    assert not found


def test_no_pseudonym_in_anything_written(planted):
    layout, ran = planted
    assert not PSEUDONYM.search((ran.out + ran.err).encode())
    found = [name for name, content in everything(layout) if PSEUDONYM.search(content)]
    assert not found


def test_a_file_with_names_is_nowhere_not_even_in_vault_and_warehouse(planted):
    layout, _ = planted
    searched = [path for path in layout.store.rglob("*") if path.is_file()]
    assert any(path == layout.warehouse for path in searched)
    assert any(path.is_relative_to(layout.vault) for path in searched)
    for path in searched:
        content = path.read_bytes()
        assert f"{MARKER}NAME".encode() not in content, path.name
        assert TAX_CODE.encode() not in content, path.name


def test_no_marker_in_what_is_collected_compared_begun_elsewhere_or_mailed(
    planted, workplace, monkeypatch
):
    """Each reads what may leave; the pages of a comparison are made of its tables, which are searched."""
    layout, _ = planted
    made = workplace / "made"
    said = [
        lunattiva(layout, "collect", str(made / "collected"), "--drafts"),
        lunattiva(layout, "new", "elsewhere", "--from", layout.programme),
    ]
    assert [each.code for each in said] == [0, 0], [each.err for each in said]
    (layout.raw.parent / "elsewhere").rename(made / "elsewhere")
    other = across_cases.programme(workplace, "other", [across_cases.change(4.0, 1.0)])
    monkeypatch.setattr("assets.outputs.compare.render_comparison", lambda *_, **__: [])
    folders = [layout.released, other]
    compared = comparing.make(workplace, folders, made / "compared", with_drafts=True)
    assert set(compared.programmes) == {layout.programme, "other"}
    sent: list[str] = []
    notices.settings_path(layout).write_text(_MAIL, encoding="utf-8")
    waiting = decisions.decisions(layout, date(2030, 1, 1))
    failures = [{"it": each.say("it"), "en": each.say("en")} for each in _failing()]
    assert notices.tell(layout, waiting, failures, lambda _, mail: sent.append(str(mail))) > 1
    texts = [each.out + each.err for each in said] + sent
    content = [path.read_bytes() for path in sorted(made.rglob("*")) if path.is_file()]
    content += [
        pq.read_table(path).to_pandas().to_csv().encode() for path in made.rglob("*.parquet")
    ]
    assert len(content) > 100
    for each in [*content, *(text.encode() for text in texts)]:
        assert MARKER.encode() not in each
        assert not PSEUDONYM.search(each)


_MAIL = """\
host: localhost
port: 2525
security: none
from: lunattiva@example.org
to: [intern@example.org]
"""


def _failing() -> Iterator[UnexpectedError]:
    """Yield what a run tells of an exception that quotes a cell."""
    try:
        with value_free():
            pd.to_numeric(pd.Series([f"{MARKER}CELL"]))
    except UnexpectedError as error:
        yield error


def everything(layout: Layout) -> Iterator[tuple[str, bytes]]:
    """All that was written below the root, except raw files, warehouse, vault and staged rows."""
    kept = (layout.raw, layout.vault, layout.staged)
    for path in sorted(layout.root.rglob("*")):
        inside = any(path.is_relative_to(folder) for folder in kept)
        if not path.is_file() or inside or path.name.startswith(layout.warehouse.name):
            continue
        name = path.relative_to(layout.root).as_posix()
        yield name, path.read_bytes()
        if path.suffix == ".parquet":
            yield f"{name} (rows)", pq.read_table(path).to_pandas().to_csv().encode()
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    yield f"{name} ({member})", archive.read(member)


def test_the_search_sees_into_every_kind_of_file(planted):
    layout, _ = planted
    seen = {Path(name.split(" (")[0]).suffix for name, _ in everything(layout)}
    assert {".html", ".pdf", ".docx", ".parquet", ".json", ".db"} <= seen


@dg.asset(name="core_planted", group_name="core", io_manager_key="warehouse")
@guarded
def _planted() -> pd.DataFrame:
    """One row is a mistake that quotes a cell."""
    try:
        pd.to_numeric(pd.Series([f"{MARKER}CELL"]))
    except ValueError as error:
        raise KeyError(f"{MARKER}KEY") from error
    return pd.DataFrame()


def test_an_exception_that_quotes_a_cell_reaches_neither_history_nor_reader(workplace, monkeypatch):
    layout = small_demo(workplace)
    room = types.ModuleType("assets.planted")
    room.__file__, room.__path__ = str(workplace / "planted" / "__init__.py"), []
    room.core_planted = _planted  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "assets.planted", room)
    build = definitions.build_defs
    monkeypatch.setattr(definitions, "build_defs", lambda *place: build(*place, rooms=["planted"]))
    outcome = Executor(layout, lambda *_: None, lambda *_: None).run()
    assert list(outcome.failed_steps) == ["core_planted"]
    told = told_failures(outcome)
    assert "KeyError" in told[0]["it"]
    assert MARKER not in str(told)
    assert not events.taken_failures()
    history = [name for name, content in everything(layout) if b"UnexpectedError" in content]
    assert history, "the failure is not in Dagster's history: this test proves nothing"
    assert not [name for name, content in everything(layout) if MARKER.encode() in content]
