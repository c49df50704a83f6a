"""The warehouse and the resources rooms ask for by type.

What belongs here: reading and writing whole tables, the Dagster IO manager over them, the
programme's folder as a resource. What does not: anything that knows what a column means.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self

import dagster as dg
import duckdb
import pandas as pd
import pyarrow as pa

from assets import private
from assets.errors import ConfigurationError
from assets.guard import took_s, value_free
from assets.history import column, counts, let_go, lineage
from assets.layout import Layout
from assets.opening import Taken, open_file

_PANDAS_TYPES = {
    pa.int64(): pd.Int64Dtype(),
    pa.int32(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(na_value=pd.NA),
}

#: Adds rows to a table.
Append = Callable[[str, pa.Table], None]
#: While many rows are written, DuckDB may hold this much; beyond it goes to disk beside the
#: warehouse. Words repeat themselves and compress as they are: to try finer ways costs a quarter.
_BULK = {
    "memory_limit": "400MB",
    "disabled_compression_methods": "fsst,dict_fsst",
    # The rows come in order, and other processors judge the next ones; with more threads DuckDB
    # would leave pieces of row groups, and write them all again at the end.
    "threads": "1",
}
#: Rows that DuckDB stores together.
_ROW_GROUP = 122_880
#: Batches that may wait while an earlier one is written.
_MOST_WAITING = 3


class Written(NamedTuple):
    """A table that its asset has written into the warehouse itself."""

    rows_n: int
    columns: dict[str, str]


class Warehouse:
    """One DuckDB file of whole tables; disposable, rebuilt from ``raw/``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def connect(
        self, *, read_only: bool = False, alone: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file, one process at a time; `alone` as for ``open_file``.

        Raises
        ------
        ConfigurationError
            Another process holds it.
        KeyboardInterrupt
            The person stopped a query.
        """
        private.folder(self.path.parent)  # rows of people: for this account only
        try:
            with open_file(self.path, read_only=read_only, alone=alone) as connection:
                private.restrict(self.path, private.FILE)
                yield connection
        except Taken:
            raise ConfigurationError(
                f"Il magazzino {self.path.name} è in uso da un altro processo: aspettare che "
                "finisca, o chiudere la finestra che lo usa, e rilanciare.",
                f"The warehouse {self.path.name} is in use by another process: wait for it, or "
                "close the window that uses it, and run again.",
            ) from None
        except RuntimeError as error:
            # Ctrl-C during a query: DuckDB takes the signal, and says it in its own way.
            if "interrupted" in str(error).lower():
                raise KeyboardInterrupt from None
            raise

    def tables(self) -> list[str]:
        """Return the table names, sorted."""
        if not self.path.exists():
            return []
        with self.connect(read_only=True) as connection:
            found = connection.execute("select table_name from duckdb_tables()").fetchall()
        return sorted(name for (name,) in found)

    def write(self, table: str, frame: pd.DataFrame) -> None:
        """Replace one table in one transaction."""
        self.write_all({table: frame})

    def write_all(self, frames: dict[str, pd.DataFrame]) -> None:
        """Replace several tables in one transaction: all of them or none."""
        with value_free(), self.connect() as connection:
            connection.execute("begin")
            for table, frame in frames.items():
                connection.register("_incoming", _to_arrow(frame))
                connection.execute(f'create or replace table "{table}" as from _incoming')
                connection.unregister("_incoming")
            connection.execute("commit")

    @contextmanager
    def replacing(self, empty: dict[str, pd.DataFrame]) -> Iterator[Append]:
        """Replace tables batch by batch: what is appended is seen once the block ends well.

        Parameters
        ----------
        empty
            Table -> a frame without rows, which gives columns and types.
        """
        with value_free(), self.connect(alone=True) as connection:
            for setting, value in _BULK.items():
                connection.execute(f"set {setting} = '{value}'")
            connection.execute("begin")
            for table, frame in empty.items():
                connection.register("_incoming", _to_arrow(frame))
                connection.execute(f'create or replace table "{table}" as from _incoming')
            with _Behind(partial(_insert, connection)) as behind:
                yield behind.append
            connection.execute("commit")

    def read(self, table: str) -> pd.DataFrame:
        """Return a whole table with nullable pandas types, in the order it was written."""
        with value_free(), self.connect(read_only=True) as connection:
            arrow = connection.sql(f'from "{table}"').to_arrow_table()
        # Threads cost more than they save where a table is small.
        is_big = arrow.num_rows > _ROW_GROUP
        return arrow.to_pandas(types_mapper=_PANDAS_TYPES.get, use_threads=is_big)

    def columns(self, tables: Iterable[str]) -> dict[str, list[str]]:
        """Return the columns of those of the tables that are there."""
        found = {}
        with value_free(), self.connect(read_only=True) as connection:
            for table in sorted(tables):
                with suppress(duckdb.CatalogException):  # not made yet
                    about = connection.execute(f'select * from "{table}" limit 0').description
                    found[table] = [name for name, *_ in about or []]
        return found

    def filled_share(self, table: str, columns: Sequence[str]) -> float | None:
        """Return the share of cells in which something stands; ``None`` of an empty table."""
        counted = " + ".join(f'count("{name}")' for name in columns) or "0"
        query = f'select count(*), {counted} from "{table}"'
        with value_free(), self.connect(read_only=True) as connection:
            rows_n, filled_n = connection.execute(query).fetchone() or (0, 0)
        cells_n = rows_n * len(columns)
        return round(filled_n / cells_n, 4) if cells_n else None

    def digest(self, table: str) -> str:
        """Return a digest of a table's content that does not depend on the order of its rows."""
        query = f"""
            select sha256(coalesce(string_agg(line, '' order by line), ''))
            from (select md5(cast("{table}" as varchar)) as line from "{table}")
        """
        with value_free(), self.connect(read_only=True) as connection:
            found = connection.execute(query).fetchone()
        return str(found[0]) if found else ""


class _Behind:
    """Rows are written in a thread of their own, while the next ones are made."""

    def __init__(self, write: Append) -> None:
        self._write = write
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def append(self, table: str, rows: pa.Table) -> None:
        """Hand on rows; what failed in writing earlier ones is raised here."""
        self._waiting.append(self._thread.submit(self._write, table, rows))
        while len(self._waiting) > _MOST_WAITING or (self._waiting and self._waiting[0].done()):
            self._waiting.popleft().result()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._thread.shutdown(wait=True, cancel_futures=kind is not None)
        if kind is None:
            for each in self._waiting:
                each.result()


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    # The statement finds them by this name. Of a registered view DuckDB would keep the rows until
    # the commit.
    pieces = pa.Table.from_batches(rows.to_batches(_ROW_GROUP), schema=rows.schema)  # noqa: F841
    connection.execute(f'insert into "{table}" by name from pieces')


def _to_arrow(frame: pd.DataFrame) -> pa.Table:
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    for index, field in enumerate(arrow.schema):
        if pa.types.is_null(field.type):  # else DuckDB would make it INTEGER
            arrow = arrow.set_column(index, field.name, arrow.column(index).cast(pa.string()))
    return arrow.replace_schema_metadata(None)


class ProgrammeFolder(dg.ConfigurableResource):
    """The programme being made: its folders and its checked configuration."""

    root: str
    programme: str

    @property
    def layout(self) -> Layout:
        """The folders and configuration of the programme."""
        return Layout(Path(self.root), self.programme)

    @property
    def warehouse(self) -> Warehouse:
        """The programme's warehouse."""
        return Warehouse(self.layout.warehouse)

    def insist_on_texts(self) -> None:
        """Refuse what people wrote for the thesis where it tells of somebody: ``KeptFolder`` knows how."""


class WarehouseIOManager(dg.ConfigurableIOManager):
    """An asset that returns a frame is a table of the same name in the warehouse.

    One that returns ``Written`` has written the table itself. Counts that a frame carries in its ``attrs``
    are told with it.
    """

    root: str
    programme: str

    def _warehouse(self) -> Warehouse:
        return Warehouse(Layout(Path(self.root), self.programme).warehouse)

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write the table; what goes to the event log are counts, columns and whence they come."""
        table, warehouse = context.asset_key.path[-1], self._warehouse()
        told: dict[str, int] = {}
        if isinstance(obj, pd.DataFrame):
            told = counts(obj)
            warehouse.write(table, obj)
            obj = Written(len(obj), {str(name): str(kind) for name, kind in obj.dtypes.items()})
        if not isinstance(obj, Written):
            raise TypeError(f"{context.asset_key.to_user_string()} must return a DataFrame")
        columns = [column(name, kind) for name, kind in obj.columns.items()]
        filled = warehouse.filled_share(table, list(obj.columns))
        context.add_output_metadata(
            {
                "dagster/row_count": obj.rows_n,
                "dagster/column_schema": dg.TableSchema(columns=columns),
                "dagster/column_lineage": lineage(context, list(obj.columns), warehouse.columns),
                **({} if filled is None else {"filled_share": filled}),
                "seconds": round(took_s(), 3),
                **told,
            }
        )
        let_go(context)

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        """Read the table back."""
        return self._warehouse().read(context.asset_key.path[-1])
