"""Opening a warehouse file with DuckDB, encrypted where the store is closed with a key.

Light on purpose (no Dagster, no pandas): the quick commands stand on it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

from assets.errors import ConfigurationError
from assets.seal import Seal, seal_of

_Settings = dict[str, str | bool | int | float | list[str]]
#: DuckDB fetches nothing by itself.
_SETTINGS: _Settings = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
#: Up to so many bytes one thread is enough: to share out small tables costs three times what it saves.
_ONE_THREAD = 1 << 26
#: What of the module that brings the cipher is not wanted: reading from the web.
_NO_WEB = "HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem"


class Taken(OSError):
    """Another process holds the warehouse, or it cannot be opened."""


class Damaged(ConfigurationError):
    """The warehouse is no DuckDB file any more, or parts of it are not as they were written."""

    def __init__(self) -> None:
        super().__init__(
            "Il magazzino è danneggiato: rilanciare «lunattiva run», che lo rifà dai file dei partner.",
            "The warehouse is damaged: run 'lunattiva run' again, which makes it anew from the partners' "
            "files.",
        )


#: What DuckDB says of a file that was cut, overwritten or altered.
_DAMAGE = ("not a valid DuckDB", "checksum", "enough bytes", "Corrupt database")


def is_damage(error: BaseException) -> bool:
    """Say whether an error of DuckDB's means that the file is damaged; no cell stands in such a text."""
    return isinstance(error, duckdb.Error) and any(each in str(error) for each in _DAMAGE)


#: Files of ``kept_open``, with the connection that keeps each, once something has asked for it.
_KEPT: dict[Path, duckdb.DuckDBPyConnection | None] = {}
#: Those of them that are kept open only to read.
_ONLY_READ: set[Path] = set()
_LOCK = threading.Lock()


@contextmanager
def kept_open(path: Path, *, read_only: bool = False) -> Iterator[None]:
    """Open a warehouse once for a whole block: to open it takes longer than to read most tables.

    Other processes find it taken until the block ends; they can read it where it is kept only to read.
    """
    key = path.resolve()
    if key in _KEPT:
        yield
        return
    _KEPT[key] = None
    if read_only:
        _ONLY_READ.add(key)
    try:
        yield
    finally:
        _put_down(key)
        del _KEPT[key]
        _ONLY_READ.discard(key)


@contextmanager
def open_file(
    path: Path, *, read_only: bool = False, alone: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse, its tables at hand by their names.

    Parameters
    ----------
    read_only
        Only to read; where the file is kept open this is not looked at.
    alone
        An opening of its own in any case, for settings that would outlast it.

    Raises
    ------
    ConfigurationError
        The store is closed with a key that is not set, or the module with the cipher is missing.
    Damaged
        The file is not as DuckDB wrote it.
    Taken
        Another process holds the file.
    """
    if alone:
        _put_down(path.resolve())
    kept = None if alone else _kept(path)
    connection = kept or _opened(path, read_only=read_only)
    try:
        # DuckDB draws a bar on standard output when a query is slow: into ``--json`` answers.
        connection.execute("set enable_progress_bar = false")
        yield connection
    except duckdb.FatalException:
        _put_down(path.resolve())  # nothing more can be asked of it: the next one opens it anew
        raise
    except duckdb.Error as error:
        if is_damage(error):
            _put_down(path.resolve())
            raise Damaged from None
        raise
    finally:
        connection.close()


def _kept(path: Path) -> duckdb.DuckDBPyConnection | None:
    """Return one more connection to a file that is kept open, or none where it is not."""
    key = path.resolve()
    with _LOCK:
        if key not in _KEPT:
            return None
        whole = _KEPT[key] = _KEPT[key] or _opened(path, read_only=key in _ONLY_READ)
        connection = whole.cursor()
    if seal_of(path.parent) is not None:
        connection.execute("use store")
    return connection


def _put_down(key: Path) -> None:
    with _LOCK:
        whole = _KEPT.get(key)
        if whole is not None:
            _KEPT[key] = None
            whole.close()


def _opened(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    seal = seal_of(path.parent)
    try:
        if seal is None:
            return duckdb.connect(str(path), read_only=read_only, config=_settings(path))
        return _encrypted(path, seal, read_only=read_only)
    except duckdb.Error as error:
        if is_damage(error):
            raise Damaged from None
        if isinstance(error, duckdb.IOException):
            raise Taken(path.name) from None
        raise


def _settings(path: Path) -> _Settings:
    """Return the settings for a file as big as it is now; a new one is small."""
    is_small = not path.is_file() or path.stat().st_size <= _ONE_THREAD
    return {**_SETTINGS, "threads": "1"} if is_small else _SETTINGS


def _encrypted(path: Path, seal: Seal, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config=_settings(path))
    try:
        # The key is 256 bits made for this file, written as text.
        _attach(connection, path, seal.part("warehouse").hex(), read_only=read_only)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def new_file(path: Path, key: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Make an encrypted file with a key of its own (64 hexadecimal digits), for as long as it is written.

    Raises
    ------
    ConfigurationError
        The module with the cipher is missing.
    """
    with duckdb.connect(config=_SETTINGS) as connection:
        _attach(connection, path, key, read_only=False)
        yield connection


def _attach(
    connection: duckdb.DuckDBPyConnection, path: Path, key: str, *, read_only: bool
) -> None:
    """Attach an encrypted file; what DuckDB puts aside while it works is encrypted too."""
    connection.execute(f"load '{_quoted(_cipher_module())}'")
    connection.execute(f"set disabled_filesystems = '{_NO_WEB}'")
    connection.execute("set temp_file_encryption = true")
    connection.execute(f"set temp_directory = '{_quoted(path)}.tmp'")
    mode = ", read_only" if read_only else ""
    connection.execute(  # AES-256-GCM
        f"attach '{_quoted(path)}' as store (encryption_key '{key}', encryption_cipher 'GCM'{mode})"
    )
    connection.execute("use store")


@cache
def _cipher_module() -> Path:
    """Return DuckDB's own signed module with OpenSSL, which a package brings: nothing is fetched.

    Without it DuckDB 1.5 reads encrypted files and does not write them (its built-in random
    numbers are not good enough).
    """
    try:
        import duckdb_extension_httpfs
    except ImportError:
        raise _no_module() from None
    folder = Path(str(duckdb_extension_httpfs.__file__)).parent / "extensions"
    path = folder / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not path.is_file():
        raise _no_module()
    return path


def _no_module() -> ConfigurationError:
    name = f"duckdb-extension-httpfs=={duckdb.__version__}"
    return ConfigurationError(
        f"Per cifrare il magazzino serve il pacchetto {name}: installarlo (make run lo fa).",
        f"Encrypting the warehouse needs the package {name}: install it (make run does).",
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
