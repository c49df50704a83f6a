"""A store that is closed with a key: nothing readable on disk, and a plain way from key to key."""

from __future__ import annotations

import io
import os
import secrets
import sys
import types
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from assets import seal, sealed, staging
from assets.errors import ConfigurationError
from assets.intake import vault
from assets.store import Warehouse

KEY, OTHER = "0" * 63 + "1", "una frase lunga e segreta"
MARK = b"LUN-0417"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(seal.KEY_VARIABLE, KEY)
    monkeypatch.delenv(seal.FORMER_VARIABLE, raising=False)
    made = tmp_path / ".store" / "tiny"
    seal.settle(made)
    return made


def content(store: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(store.rglob("*")) if path.is_file())


def keep(store: Path, data: bytes) -> str:
    name = sha256(data).hexdigest()
    vault.keep(store / "vault", name, data)
    return name


# -- sealed files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, sealed.PIECE - 1, sealed.PIECE, sealed.PIECE + 1, 700_001])
def test_a_sealed_file_reads_as_what_was_written(tmp_path: Path, size: int) -> None:
    key, data, path = secrets.token_bytes(32), secrets.token_bytes(size), tmp_path / "a"
    with path.open("wb") as stream, sealed.Writer(stream, key) as writer:
        for start in range(0, size, 100_003):
            writer.write(data[start : start + 100_003])
    assert path.stat().st_size == sealed.sealed_size(size)
    with sealed.Reader(path, key) as reader:
        assert reader.read() == data
        reader.seek(-min(size, 5), io.SEEK_END)
        assert reader.read(5) == data[-5:]


def test_no_byte_of_a_sealed_file_can_be_changed_moved_or_cut(tmp_path: Path) -> None:
    key, path = secrets.token_bytes(32), tmp_path / "a"
    with path.open("wb") as stream, sealed.Writer(stream, key) as writer:
        writer.write(bytes(3 * sealed.PIECE))
    whole, step = path.read_bytes(), sealed.PIECE + 16
    pieces = [whole[32 + at * step : 32 + (at + 1) * step] for at in range(3)]
    head = whole[:32]
    wrong = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in (9, 20, 40, -1)]
    wrong += [head + pieces[1] + pieces[0] + pieces[2], head + pieces[0] + pieces[1], head]
    for bad in wrong:
        path.write_bytes(bad)
        with pytest.raises(sealed.Broken), sealed.Reader(path, key) as reader:
            reader.read()


# -- what is in the store -------------------------------------------------------------------------


def test_vault_bytes_and_names_are_hidden_and_come_back(store: Path) -> None:
    data = b"Tessera\n" + MARK + b"\n"
    name = keep(store, data)
    assert vault.read(store / "vault", name) == data
    assert vault.verify(store / "vault") == []
    assert MARK not in content(store)
    assert name not in {path.name for path in (store / "vault").iterdir()}
    (found,) = (store / "vault").iterdir()
    found.write_bytes(found.read_bytes()[:-1] + b"?")
    assert vault.verify(store / "vault") == [found.name]
    with pytest.raises(ConfigurationError, match="altered"):
        vault.read(store / "vault", name)


def test_staged_rows_are_hidden_and_come_back(store: Path) -> None:
    rows = pd.DataFrame(
        {
            "row_number": pd.array(np.arange(200_000), dtype="Int64"),
            "person_code": staging.constant(MARK.decode(), 200_000),
        }
    )
    name, _ = staging.write(store / "staged", "a", [rows])
    assert name == "a.arrow"  # of a sealed file no name tells what is in it
    found = pd.concat(list(staging.read(store / "staged", "a.arrow", rows=1 << 17)))
    assert len(found) == 200_000
    assert set(found["person_code"]) == {MARK.decode()}
    assert staging.count(store / "staged", "a.arrow") == 200_000
    assert MARK not in content(store)
    path = store / "staged" / "a.arrow"
    path.write_bytes(path.read_bytes()[:-20])
    assert staging.count(store / "staged", "a.arrow") is None


def test_the_warehouse_and_what_it_puts_aside_are_hidden(store: Path) -> None:
    warehouse = Warehouse(store / "warehouse.duckdb")
    frame = pd.DataFrame({"person_code": [MARK.decode()] * 3}, dtype="string")
    warehouse.write("core_people", frame)
    assert warehouse.tables() == ["core_people"]
    assert list(warehouse.read("core_people")["person_code"]) == [MARK.decode()] * 3
    assert MARK not in content(store)
    with warehouse.connect() as connection:
        connection.execute("set memory_limit = '60MB'")
        connection.execute(
            f"create table big as select '{MARK.decode()}' || hash(range) as a from range(1500000)"
        )
        connection.execute("create temp table sorted as from big order by a")
        left = [path for path in store.rglob("*") if path.is_file() and "tmp" in str(path)]
        assert left, "DuckDB put nothing aside: the test shows nothing"
        if sys.platform != "win32":  # there nobody else reads a file that DuckDB has open
            assert MARK not in content(store)
    assert MARK not in content(store)


def test_duckdb_reaches_no_web_address_although_its_module_for_that_brings_the_cipher(
    store: Path,
) -> None:
    warehouse = Warehouse(store / "warehouse.duckdb")
    with warehouse.connect() as connection, pytest.raises(duckdb.Error, match="disabled"):
        connection.execute("select * from read_text('http://127.0.0.1:9/a')")


# -- from key to key ------------------------------------------------------------------------------


def test_without_the_key_or_with_another_a_person_is_told_what_to_do(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Warehouse(store / "warehouse.duckdb").write("a", pd.DataFrame({"b": [1]}))
    monkeypatch.delenv(seal.KEY_VARIABLE)
    monkeypatch.setattr(seal, "_from_keyring", lambda programme: None)
    for use in (seal.seal_of, seal.settle):
        with pytest.raises(ConfigurationError, match=r"encrypted: set LUNATTIVA_KEY"):
            use(store)
    with pytest.raises(ConfigurationError, match=r"encrypted: set LUNATTIVA_KEY"):
        Warehouse(store / "warehouse.duckdb").tables()
    monkeypatch.setenv(seal.KEY_VARIABLE, OTHER)
    for use in (seal.seal_of, seal.settle):
        with pytest.raises(ConfigurationError, match="another key"):
            use(store)


def test_a_short_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(seal.KEY_VARIABLE, "luna2022")
    with pytest.raises(ConfigurationError, match="too short") as told:
        seal.settle(tmp_path / ".store" / "tiny")
    assert "luna2022" not in str(told.value)


def test_an_open_store_is_closed_changed_and_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(seal.KEY_VARIABLE, raising=False)
    monkeypatch.delenv(seal.FORMER_VARIABLE, raising=False)
    store = tmp_path / ".store" / "tiny"
    names = [keep(store, MARK + bytes([at])) for at in range(5)]
    Warehouse(store / "warehouse.duckdb").write("a", pd.DataFrame({"b": [MARK.decode()]}))
    assert MARK in content(store)

    monkeypatch.setenv(seal.KEY_VARIABLE, KEY)
    seal.settle(store)
    assert MARK not in content(store)
    assert not (store / "warehouse.duckdb").exists()  # disposable: the run makes it again
    assert [vault.read(store / "vault", each)[:-1] for each in names] == [MARK] * 5

    monkeypatch.setenv(seal.KEY_VARIABLE, OTHER)
    monkeypatch.setenv(seal.FORMER_VARIABLE, KEY)
    seal.settle(store)
    assert [vault.read(store / "vault", each)[:-1] for each in names] == [MARK] * 5

    monkeypatch.setenv(seal.KEY_VARIABLE, seal.OFF)
    monkeypatch.setenv(seal.FORMER_VARIABLE, OTHER)
    seal.settle(store)
    assert sorted(path.name for path in (store / "vault").iterdir()) == sorted(names)
    assert seal.seal_of(store) is None


def test_a_passage_that_was_interrupted_goes_on_where_it_stopped(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [keep(store, MARK + bytes([at])) for at in range(4)]
    monkeypatch.setenv(seal.KEY_VARIABLE, OTHER)
    monkeypatch.setenv(seal.FORMER_VARIABLE, KEY)
    real, done = seal._anew, []

    def killed(*arguments: object) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(seal, "_anew", killed)
    with pytest.raises(KeyboardInterrupt):
        seal.settle(store)
    monkeypatch.setattr(seal, "_anew", real)
    seal.settle(store)
    monkeypatch.delenv(seal.FORMER_VARIABLE)
    assert [vault.read(store / "vault", each)[:-1] for each in names] == [MARK] * 4
    assert MARK not in content(store)


@pytest.mark.parametrize("again", [True, False])
def test_an_opening_that_was_interrupted_ends_as_it_is_wished(
    store: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    names = [keep(store, MARK + bytes([at])) for at in range(3)]
    monkeypatch.setenv(seal.KEY_VARIABLE, seal.OFF)
    monkeypatch.setenv(seal.FORMER_VARIABLE, KEY)
    real, done = seal._anew, []

    def killed(*arguments: object) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(seal, "_anew", killed)
    with pytest.raises(KeyboardInterrupt):
        seal.settle(store)
    monkeypatch.setattr(seal, "_anew", real)
    if not again:  # the key is put back: what was opened is closed again
        monkeypatch.setenv(seal.KEY_VARIABLE, KEY)
    seal.settle(store)
    assert (MARK in content(store)) is again
    assert [vault.read(store / "vault", each)[:-1] for each in names] == [MARK] * 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_what_says_that_a_store_is_closed_is_for_this_account_and_holds_no_key(store: Path) -> None:
    path = store / seal.NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert KEY not in path.read_text(encoding="utf-8")


# -- the system's keyring -------------------------------------------------------------------------


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """What stands in for the package ``keyring``, which is optional: a dictionary."""
    held: dict[tuple[str, str], str] = {}
    module = types.ModuleType("keyring")
    module.get_password = lambda service, user: held.get((service, user))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.delenv(seal.FORMER_VARIABLE, raising=False)
    monkeypatch.setenv(seal.KEY_VARIABLE, seal.KEYRING)
    return held


def test_the_keyring_closes_a_store_and_opens_it_again(
    keyring: dict[tuple[str, str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / ".store" / "tiny"
    keyring["lunattiva", "tiny"] = KEY
    seal.settle(store)
    name = keep(store, MARK)
    assert MARK not in content(store)
    monkeypatch.delenv(seal.KEY_VARIABLE)  # a closed store asks the keyring by itself
    assert vault.read(store / "vault", name) == MARK
    monkeypatch.setenv(seal.KEY_VARIABLE, KEY)  # the same key, given otherwise
    assert vault.read(store / "vault", name) == MARK


def test_a_keyring_without_the_key_locked_or_absent_is_told_in_both_languages(
    keyring: dict[tuple[str, str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / ".store" / "tiny"
    keyring["lunattiva", "another"] = KEY

    def locked(service: str, user: str) -> str:
        raise RuntimeError(KEY)

    absent = types.ModuleType("keyring")
    absent.get_password = locked  # type: ignore[attr-defined]
    for module in (sys.modules["keyring"], absent, None):
        monkeypatch.setitem(sys.modules, "keyring", module)
        with pytest.raises(ConfigurationError) as told:
            seal.settle(store)
        said = told.value.say("it") + told.value.say("en")
        assert "keyring set lunattiva tiny" in said and KEY not in said
    assert not (store / seal.NAME).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_process_that_works_on_a_store_leaves_no_core_file(tmp_path: Path) -> None:
    import resource

    from assets import private

    before = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
        private.tighten(tmp_path / ".store" / "tiny")
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
