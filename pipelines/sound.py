"""Is the store one that this version can read, and whole? What is not is made anew, never half read.

Only what ``raw/`` can give again is ever deleted here: the warehouse and the staged rows.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from assets import private
from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.opening import Damaged
from assets.versions import file_sha256
from pipelines import look, state

NAME = "store.json"
#: Changes when the store is laid out in another way: another number is made anew.
FORMAT = 1
#: Beside the warehouse: what it was when the last run had ended.
_NOTED = ".sha256"


def settle(layout: Layout) -> None:
    """Make sure of the store before a run reads it.

    Raises
    ------
    ConfigurationError
        A newer version made it: what it wrote is not touched.
    """
    if not layout.store.is_dir():
        return
    found = _format(layout)
    if found > FORMAT:
        raise ConfigurationError(
            f".store/{layout.programme} è di una versione più nuova di Lunattiva: aggiornare. Non è "
            "cambiato nulla.",
            f".store/{layout.programme} was made by a newer version of Lunattiva: update. Nothing was "
            "changed.",
        )
    if found not in (0, FORMAT):  # 0: of before there was a number, and laid out as now
        drop(layout)
    if state.read_state(layout) is None:  # stopped half way: what it should be is not known
        _drop_damaged(layout)
        _drop_altered(layout)
    elif not is_as_left(layout):
        drop(layout)
    if found != FORMAT:
        private.write(layout.store / NAME, f"{json.dumps({'format': FORMAT})}\n".encode())


def note(layout: Layout) -> None:
    """Write down what the warehouse is now that a run has closed it: nobody else writes to it."""
    if layout.warehouse.is_file():
        text = f"{file_sha256(layout.warehouse)}\n"
        private.write(_noted(layout), text.encode())


def is_as_left(layout: Layout) -> bool:
    """Say whether the warehouse has the bytes that the last run left: altered rows are no rows of ``raw/``."""
    if not layout.warehouse.is_file():
        return True  # gone, and made anew
    if layout.warehouse.with_name(f"{layout.warehouse.name}.wal").exists():
        return False  # somebody wrote to it, and DuckDB would put that in
    try:
        return _noted(layout).read_text(encoding="utf-8").strip() == file_sha256(layout.warehouse)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # held by somebody: the run says so when it needs it


def _drop_damaged(layout: Layout) -> None:
    try:
        look.rows(layout, "select count(*) as n from duckdb_tables()")
    except Damaged:
        drop(layout)
    except ConfigurationError:
        pass  # somebody is looking into it: the run says so when it needs it


def _drop_altered(layout: Layout) -> None:
    """Take away text rows that are not as they were written: they are read from the partners' files again."""
    from assets import staging  # which brings pandas

    staging.drop_altered(layout.staged)


def _noted(layout: Layout) -> Path:
    return layout.warehouse.with_name(f"{layout.warehouse.name}{_NOTED}")


def drop(layout: Layout) -> None:
    """Delete the warehouse and the staged rows; the run that follows makes them anew."""
    for path in layout.store.glob("warehouse.duckdb*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.rmtree(layout.staged, ignore_errors=True)


def mend(layout: Layout, causes: Iterable[BaseException | None]) -> bool:
    """Take away what was damaged, seen only when it was read; say whether anything was."""
    from assets.staging import Altered

    kinds = {type(each) for each in causes}
    if Damaged in kinds:
        drop(layout)
    elif Altered in kinds:
        _drop_altered(layout)
    return bool(kinds & {Damaged, Altered})


def _format(layout: Layout) -> int:
    try:
        return int(json.loads((layout.store / NAME).read_text(encoding="utf-8"))["format"])
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, TypeError):
        return -1  # cut short: as if it were of another time
