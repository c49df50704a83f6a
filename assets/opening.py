"""Opening a warehouse file with DuckDB, encrypted where the store is closed with a key.

Light on purpose (no Dagster, no pandas): the quick commands stand on it.
"""

from __future__ import annotations

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
#: What of the module that brings the cipher is not wanted: reading from the web.
_NO_WEB = "HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem"


class Taken(OSError):
    """Another process holds the warehouse, or it cannot be opened."""


@contextmanager
def open_file(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse, its tables at hand by their names.

    Raises
    ------
    ConfigurationError
        The store is closed with a key that is not set, or the module with the cipher is missing.
    Taken
        Another process holds the file.
    """
    seal = seal_of(path.parent)
    try:
        if seal is None:
            connection = duckdb.connect(str(path), read_only=read_only, config=_SETTINGS)
        else:
            connection = _encrypted(path, seal, read_only=read_only)
    except duckdb.IOException:
        raise Taken(path.name) from None
    try:
        # DuckDB draws a bar on standard output when a query is slow: into ``--json`` answers.
        connection.execute("set enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def _encrypted(path: Path, seal: Seal, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config=_SETTINGS)
    try:
        _attach(connection, path, seal, read_only=read_only)
    except BaseException:
        connection.close()
        raise
    return connection


def _attach(
    connection: duckdb.DuckDBPyConnection, path: Path, seal: Seal, *, read_only: bool
) -> None:
    """Attach an encrypted file; what DuckDB puts aside while it works is encrypted too."""
    connection.execute(f"load '{_quoted(_cipher_module())}'")
    connection.execute(f"set disabled_filesystems = '{_NO_WEB}'")
    connection.execute("set temp_file_encryption = true")
    connection.execute(f"set temp_directory = '{_quoted(path)}.tmp'")
    mode = ", read_only" if read_only else ""
    # AES-256-GCM; the key is 256 bits made for this file, written as text.
    secret = seal.part("warehouse").hex()
    connection.execute(
        f"attach '{_quoted(path)}' as store (encryption_key '{secret}', encryption_cipher 'GCM'{mode})"
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
