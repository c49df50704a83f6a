"""Rows of people for a notebook, under codes: a copy that can be read and not changed.

``lunattiva notebook`` makes the copy (``LUNATTIVA_TABLES``), closed with a key of its own
(``LUNATTIVA_TABLES_KEY``), and deletes it at the end. A document never gets it: what it shows has
passed disclosure control.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports._released import KitError, unknown

if TYPE_CHECKING:
    import duckdb

PATH, KEY = "LUNATTIVA_TABLES", "LUNATTIVA_TABLES_KEY"
#: Set while a document is rendered, by the embedded renderer or by Quarto.
RENDERING = ("LUNATTIVA_ENGINE", "LUNATTIVA_NUMBERS", "QUARTO_DOCUMENT_PATH")
READ_ONLY = (
    "these tables can only be read (si possono solo leggere): keep what you compute in pandas, "
    'tables.sql("select ...").df()'
)
OUTSIDE = (
    "from here only the tables of this notebook can be reached, no file and no network "
    "(da qui si leggono solo le tabelle del quaderno)"
)


class Tables:
    """A DuckDB connection to the copy; ``sql`` and ``execute`` as DuckDB has them, for reading."""

    def __init__(self, path: Path, key: str) -> None:
        import duckdb

        settings: Any = dict.fromkeys(
            ("autoinstall_known_extensions", "autoload_known_extensions"), "false"
        )
        self._connection = duckdb.connect(config=settings)
        quoted = str(path).replace("'", "''")
        self._connection.execute(
            f"attach '{quoted}' as tables (encryption_key '{key}', encryption_cipher 'GCM', read_only)"
        )
        self._connection.execute("use tables")
        # From here on no other file, and nothing that would undo it.
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")

    @property
    def names(self) -> list[str]:
        """Return the names of the tables, sorted."""
        found = self._connection.execute(
            "select table_name from duckdb_tables() where database_name = 'tables' order by 1"
        ).fetchall()
        return [name for (name,) in found]

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table.

        Raises
        ------
        KitError
            No such table; the nearest name is given.
        """
        if table not in self.names:
            raise unknown("table", table, self.names)
        return [name for name, *_ in self._connection.execute(f'describe "{table}"').fetchall()]

    def sql(self, query: str, **options: Any) -> duckdb.DuckDBPyRelation:
        """Return what a query finds; ``.df()`` makes a pandas table of it.

        Raises
        ------
        KitError
            The query would write, or read something else.
        """
        return self._asked("sql", query, **options)

    def execute(self, query: str, *parameters: Any) -> duckdb.DuckDBPyConnection:
        """Ask a query with parameters; as ``sql`` otherwise."""
        return self._asked("execute", query, *parameters)

    def _asked(self, how: str, query: str, *given: Any, **options: Any) -> Any:
        import duckdb

        try:
            return getattr(self._connection, how)(query, *given, **options)
        except duckdb.PermissionException:
            raise KitError(OUTSIDE) from None
        except duckdb.InvalidInputException as error:
            if "read-only mode" in str(error):
                raise KitError(READ_ONLY) from None
            if "locked" in str(error):
                raise KitError(OUTSIDE) from None
            raise

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _repr_markdown_(self) -> str:
        lines = [f"- `{name}`: {', '.join(self.columns(name))}" for name in self.names]
        return "\n".join(lines)


def tables() -> Tables:
    """Open the rows of people, under codes, that a notebook may read.

    Raises
    ------
    KitError
        This is a document, or no notebook that ``lunattiva notebook`` opened.
    """
    if any(os.environ.get(name) for name in RENDERING):
        raise KitError(
            "a document shows released numbers only: rows of people are for notebooks "
            "(le righe di persone si leggono solo nei quaderni)"
        )
    path, key = os.environ.get(PATH), os.environ.get(KEY)
    if not path or not key or not Path(path).is_file():
        raise KitError(
            "there are no rows to read here: open the notebook with 'lunattiva notebook' "
            "(aprire il quaderno con «lunattiva notebook»)"
        )
    return Tables(Path(path), key)
