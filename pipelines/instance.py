"""Dagster's home for one programme: written by us, so that every machine runs alike."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from assets import private
from assets.layout import Layout
from pipelines import settings
from pipelines.deploy import database
from pipelines.settings import KEEP_DAYS, KEEP_RUNS, NO_TELEMETRY

#: Files of the history (of runs, of ticks, one a run) that are kept ready to be written.
_ENGINES = 8
#: Events that tell what another one tells too: tables handed from step to step, hooks that had nothing to do.
_ASIDES = {"LOADED_INPUT", "STEP_INPUT", "HANDLED_OUTPUT", "HOOK_SKIPPED"}
#: No run takes so long.
_DEAD_AFTER = timedelta(days=2)
_DAGSTER_YAML = """\
# Written by lunattiva at each start; changes here do not last.
telemetry:
  enabled: false
# No window that asks the intern for an e-mail address.
nux:
  enabled: false
# What steps print is not kept: it could quote a person's row.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
# One writer at a time: DuckDB takes no second one. Whole runs wait for each other.
concurrency:
  pools:
    granularity: run
    default_limit: 1
  runs:
    max_concurrent_runs: 1
# A run whose process died (kill, power, memory) is seen and started once more. A run that failed
# by itself is not: the same files fail again in the same way.
run_monitoring:
  enabled: true
  poll_interval_seconds: 60
run_retries:
  enabled: true
  max_retries: 1
  retry_on_asset_or_op_failure: false
# Tables that should have been made again by now are shown as such.
freshness:
  enabled: true
retention:
  schedule: {{purge_after_days: {days}}}
  sensor: {{purge_after_days: {{skipped: 1, failure: {days}, success: {days}}}}}
{storage}"""


def prepare_home(layout: Layout) -> Path:
    """Write ``dagster.yaml`` where it is not as it should be; return Dagster's home.

    Raises
    ------
    ConfigurationError
        ``LUNATTIVA_DATABASE`` is set, and that database cannot be used.
    """
    home = layout.dagster_home
    private.folder(home)
    path = home / "dagster.yaml"
    days = settings.number("LUNATTIVA_KEEP_DAYS", KEEP_DAYS, 8)
    wanted = _DAGSTER_YAML.format(days=days, storage=database.storage(layout.programme))
    database.prepare(layout.programme)
    if not path.is_file() or path.read_text(encoding="utf-8") != wanted:
        path.write_text(wanted, encoding="utf-8", newline="\n")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.update(NO_TELEMETRY)
    return home


def write_workspace(layout: Layout) -> Path:
    """Write what Dagster's web interface loads, under the programme's name; return the file."""
    path = prepare_home(layout) / "workspace.yaml"
    path.write_text(
        "# Written by lunattiva at each start; changes here do not last.\n"
        "load_from:\n"
        "  - python_module:\n"
        "      module_name: pipelines.definitions\n"
        f"      location_name: lunattiva_{layout.programme}\n",
        encoding="utf-8",
        newline="\n",
    )
    return path


def open_instance(layout: Layout) -> dg.DagsterInstance:
    """Open the programme's Dagster instance: SQLite files in its home, or the PostgreSQL server that is set.

    A history that is damaged is put aside: it decides nothing, results do not come from it.
    """
    from sqlalchemy.exc import DatabaseError

    write_without_waiting()
    prepare_statements_once()
    read_versions_once()
    home = prepare_home(layout)
    try:
        return _without_asides(dg.DagsterInstance.from_config(str(home)))
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # busy, or full: another matter
            raise
    shutil.rmtree(home)
    return _without_asides(dg.DagsterInstance.from_config(str(prepare_home(layout))))


def _without_asides(instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """Let a run leave out of its history what nobody asks of it: nearly half of its events."""
    stored = instance.should_store_event

    def is_told(event: dg.EventLogEntry) -> bool:
        told = event.dagster_event
        return (told is None or told.event_type_value not in _ASIDES) and stored(event)

    instance.should_store_event = is_told  # type: ignore[method-assign]
    return instance


def write_without_waiting() -> None:
    """Let Dagster's history be written without waiting for the disk at each of its thousand small steps.

    On a plain disk the waiting takes longer than the writing. A killed process loses nothing by it; a
    power cut may lose the latest of a history that decides nothing.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if not event.contains(Engine, "connect", _not_waiting):
        event.listen(Engine, "connect", _not_waiting)


def prepare_statements_once() -> None:
    """Let Dagster's SQLite history keep one engine a file: it makes a new one for every event it writes.

    A new engine compiles its statements anew, which takes as long again as writing the event.
    """
    import sqlalchemy
    from dagster._core.storage.event_log.sqlite import sqlite_event_log
    from dagster._core.storage.runs.sqlite import sqlite_run_storage
    from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage

    for module in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
        if module.create_engine is sqlalchemy.create_engine:
            module.create_engine = _one_a_file  # type: ignore[attr-defined]


def read_versions_once() -> None:
    """Let Dagster read once which versions its history has had: it reads all of them for each file it opens."""
    from dagster._core.storage import sql

    plain = sql.ScriptDirectory
    if plain.__module__ == __name__:
        return
    known: dict[str, Any] = {}

    class Once(plain):  # type: ignore[misc, valid-type]
        @classmethod
        def from_config(cls, config: Any) -> Any:
            place = str(config.get_main_option("script_location"))
            if place not in known:
                known[place] = plain.from_config(config)
            return known[place]

    sql.ScriptDirectory = Once  # type: ignore[misc]


class _Engines:
    """Engines of the history's files; within a block their files stay open."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.stay_open = False

    def close(self) -> None:
        """Let go of all files."""
        from sqlalchemy.engine import Engine

        for each in self.kept.values():
            Engine.dispose(each)
        self.kept.clear()


_engines = _Engines()


def _one_a_file(address: str, **options: Any) -> Any:
    import sqlalchemy
    from sqlalchemy.engine import Engine

    kept = _engines.kept
    if address not in kept:
        while len(kept) >= _ENGINES:
            Engine.dispose(kept.pop(next(iter(kept))))
        if _engines.stay_open:
            options["poolclass"] = sqlalchemy.QueuePool
        kept[address] = sqlalchemy.create_engine(address, **options)
        if _engines.stay_open:  # Dagster lets go of the file after each event
            kept[address].dispose = lambda *_, **__: None
    return kept[address]


@contextmanager
def history_open() -> Iterator[None]:
    """Keep the history's files open for the length of a job: two thousand openings take a tenth of its time.

    At the end they are let go: nobody could delete them on Windows, and what was deleted is not written to.
    """
    if _engines.stay_open:
        yield
        return
    _engines.close()
    _engines.stay_open = True
    try:
        yield
    finally:
        _engines.stay_open = False
        _engines.close()


def _not_waiting(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


def forget_old_runs(instance: dg.DagsterInstance) -> int:
    """Delete all but the latest runs and their events; return how many were deleted.

    ``LUNATTIVA_KEEP_RUNS`` says how many stay, else ``KEEP_RUNS``. One that is at work stays; one that
    was killed never says that it ended, and counts as ended after some days.
    """
    kept = settings.number("LUNATTIVA_KEEP_RUNS", KEEP_RUNS)
    records = instance.get_run_records(order_by="id", ascending=False)
    dead = datetime.now(UTC) - _DEAD_AFTER
    old = [
        each.dagster_run
        for each in records[kept:]
        if each.dagster_run.is_finished or each.create_timestamp < dead
    ]
    for run in old:
        instance.delete_run(run.run_id)
    gone = {each.run_id for each in old}
    _sweep_files(instance, {each.dagster_run.run_id for each in records} - gone)
    return len(old)


def _sweep_files(instance: dg.DagsterInstance, known: set[str]) -> None:
    """Delete the files of runs that are forgotten: Dagster empties them, and lets them lie."""
    from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        return
    for path in sorted(Path(storage.path_for_shard("index")).parent.glob("*.db*")):
        name = path.name.partition(".db")[0]
        if name != "index" and name not in known:
            with suppress(OSError):  # open in the web interface, on Windows: the next time
                path.unlink()
