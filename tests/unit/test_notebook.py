"""What a notebook may read: a copy of named columns, to read and not to change, closed with its own key."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from assets import seal
from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.outputs import notebook
from assets.store import Warehouse
from pipelines import notebooks
from reports import kit
from reports._rows import Tables

KEY = "ab" * 32
PEOPLE = pd.DataFrame({"person_code": ["LUN-0001", "LUN-0002"], "age_band": ["18-29", "65+"]})
ANSWERS = pd.DataFrame(
    {
        "person_code": ["LUN-0001"] * 3,
        "item_code": ["a", "b", "c"],
        "answer_code": ["leaflet_web", "abito in via Po con mia zia", None],
        "delivery_id": ["d1"] * 3,
    }
)
LINKS = pd.DataFrame({"person_code": ["LUN-0001"], "participant_code": ["TESSERA-77"]})


def store(root: Path, key: str | None, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A store with three tables, closed with a key where one is given."""
    layout = Layout(root, "prova")
    layout.store.mkdir(parents=True)
    monkeypatch.delenv(seal.KEY_VARIABLE, raising=False)
    if key:
        monkeypatch.setenv(seal.KEY_VARIABLE, key)
    seal.settle(layout.store)
    Warehouse(layout.warehouse).write_all(
        {"core_participants": PEOPLE, "core_responses": ANSWERS, "core_links": LINKS}
    )
    layout.released.mkdir()
    (layout.released / "manifest.json").write_text("{}")
    return layout


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tables:
    layout = store(tmp_path, None, monkeypatch)
    notebook.write_copy(layout, tmp_path / "copy.duckdb", KEY)
    return Tables(tmp_path / "copy.duckdb", KEY)


def test_only_named_tables_and_columns_are_there(copied):
    assert copied.names == ["core_participants", "core_responses"]
    assert copied.columns("core_responses") == ["person_code", "item_code", "answer_code"]
    assert copied.sql("from core_participants order by 1").fetchall() == list(
        PEOPLE.itertuples(index=False, name=None)
    )
    with pytest.raises(kit.KitError, match="core_participants"):
        copied.columns("core_participant")


def test_an_answer_in_words_stays_behind(copied):
    found = copied.sql("select item_code, answer_code from core_responses order by 1").fetchall()
    assert found == [("a", "leaflet_web"), ("b", None), ("c", None)]


@pytest.mark.parametrize(
    "query",
    [
        "delete from core_participants",
        "update core_participants set age_band = '00-17'",
        "insert into core_participants values ('LUN-0003', '65+')",
        "drop table core_participants",
        "create table mine as from core_participants",
        "create view mine as from core_participants",
        "alter table core_participants rename to mine",
    ],
)
def test_writing_is_refused_in_plain_words(copied, query):
    for ask in (copied.sql, copied.execute):
        with pytest.raises(kit.KitError, match="can only be read .*si possono solo leggere"):
            ask(query)
    assert copied.sql("select count(*) from core_participants").fetchone() == (2,)


def test_nothing_else_is_within_reach(copied, tmp_path):
    warehouse = tmp_path / ".store" / "prova" / "warehouse.duckdb"
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    for query in (
        f"attach '{warehouse}' as whole",
        f"from read_csv('{secret}')",
        f"from read_text('{secret}')",
        f"from glob('{tmp_path}/*')",
        f"copy core_participants to '{tmp_path}/out.csv'",
        f"export database '{tmp_path}/out'",
        "set enable_external_access = true",
        "install httpfs",
    ):
        with pytest.raises(kit.KitError, match="only the tables of this notebook"):
            copied.sql(query)
    assert not (tmp_path / "out.csv").exists() and not (tmp_path / "out").exists()


def test_a_closed_store_is_copied_and_nothing_of_it_is_readable_on_disk(tmp_path, monkeypatch):
    layout = store(tmp_path, "0f" * 32, monkeypatch)
    with notebooks.readable(layout) as environment:
        path = Path(environment["LUNATTIVA_TABLES"])
        assert b"LUN-0001" not in path.read_bytes() and b"person_code" not in path.read_bytes()
        assert os.name != "posix" or path.parent.stat().st_mode & 0o077 == 0
        assert seal.KEY_VARIABLE not in environment
        assert "0f" * 32 not in environment.values()
        read = Tables(path, environment["LUNATTIVA_TABLES_KEY"])
        assert read.sql("select count(*) from core_participants").fetchone() == (2,)
        read.close()
    assert not path.parent.exists(), "the copy goes when the notebook is closed"
    monkeypatch.delenv(seal.KEY_VARIABLE)
    with pytest.raises(ConfigurationError, match="LUNATTIVA_KEY"), notebooks.readable(layout):
        pass


def test_before_the_first_run_it_says_what_to_do(tmp_path):
    with (
        pytest.raises(ConfigurationError, match="lunattiva run"),
        notebooks.readable(Layout(tmp_path, "x")),
    ):
        pass


def test_without_jupyterlab_it_says_how_to_add_it(monkeypatch):
    monkeypatch.setattr(notebooks.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="make notebook") as caught:
        notebooks.insist_on_jupyter()
    assert "non è installato" in caught.value.say("it")


def test_a_document_is_refused_the_rows(copied, tmp_path, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_TABLES", str(tmp_path / "copy.duckdb"))
    monkeypatch.setenv("LUNATTIVA_TABLES_KEY", KEY)
    assert kit.tables().names
    for name in ("LUNATTIVA_ENGINE", "LUNATTIVA_NUMBERS", "QUARTO_DOCUMENT_PATH"):
        with monkeypatch.context() as rendering:
            rendering.setenv(name, "x")
            with pytest.raises(kit.KitError, match="a document shows released numbers only"):
                kit.tables()
    monkeypatch.delenv("LUNATTIVA_TABLES")
    with pytest.raises(kit.KitError, match="lunattiva notebook"):
        kit.tables()
