"""A day of ticks in minutes: what Dagster's daemon does while nothing happens, and what grows by it.

``python -m tests.bench.bench_day 24``: the daemon's own functions (sensors, automation conditions, schedules)
are called at the times of a day, on the programme's own instance and code, with Dagster's clock moved.
Nothing new arrives; each morning's look is queued, as it would be. Four times memory, files and rows are
written down; at the end a week passes, and what was skipped must be gone. Exit 1 where something grew
that should not.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assets.layout import REPOSITORY, Layout
from pipelines import quality, sensors
from pipelines.run import run
from pipelines.settings import LOOK_S
from tests.unit.programmes import tiny
from tests.unit.test_cli_run import Standin

_START = datetime(2026, 3, 2, tzinfo=UTC)
#: Tables in which a tick, or what it did, is written down: they are deleted after some days.
_FADING = {"job_ticks"}
#: Tables in which a run is written down; each run has a file with a version of its own.
_OF_A_RUN = {"runs", "run_tags", "event_logs", "snapshots", "alembic_version"}
#: Megabytes by which the process may grow after the first quarter: caches fill.
_MOST_MB = 15


class Day:
    """The daemon's turns on one programme."""

    def __init__(self, layout: Layout, workspace: Any) -> None:
        from dagster._daemon.asset_daemon import AssetDaemon

        self._layout, self._workspace = layout, workspace
        self._automation = AssetDaemon(settings={}, pre_sensor_interval_seconds=30)
        self._times: dict[str, Any] = {}
        self._log = logging.getLogger("day")
        self.now = _START

    def turn(self, now: datetime) -> None:
        """Do what is due at a time."""
        from dagster._core.test_utils import freeze_time
        from dagster._daemon.sensor import execute_sensor_iteration
        from dagster._scheduler.scheduler import launch_scheduled_runs

        self.now = now
        with freeze_time(now):
            list(execute_sensor_iteration(self._workspace, self._log, None, None))
            if now.second == 0:
                self._automation._run_iteration_impl(self._workspace, None, {}, {})
                list(launch_scheduled_runs(self._workspace, self._log, now, self._times))

    def measure(self) -> dict[str, float]:
        """Return megabytes of memory, files of the store, and rows of each of Dagster's tables."""
        pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
        found: dict[str, float] = {"memory MB": pages * os.sysconf("SC_PAGE_SIZE") / 1e6}
        files = [each for each in self._layout.root.rglob("*") if each.is_file()]
        found["files"] = len([each for each in files if not each.name.endswith(("-wal", "-shm"))])
        found["files MB"] = sum(each.stat().st_size for each in files) / 1e6
        return {**found, **rows(self._layout.dagster_home)}


def rows(home: Path) -> dict[str, float]:
    """Return the rows of each table of Dagster's own databases."""
    found: Counter[str] = Counter()
    for path in sorted(home.rglob("*.db")):
        with sqlite3.connect(path) as connection:
            names = connection.execute("select name from sqlite_master where type = 'table'")
            for (name,) in names.fetchall():
                (number,) = connection.execute(f'select count(*) from "{name}"').fetchone()
                found[name] += number
    return {name: float(number) for name, number in found.items() if number}


def times(hours: float) -> Iterator[datetime]:
    """Yield the times at which the file sensor is due."""
    for number in range(int(hours * 3_600 / LOOK_S)):
        yield _START + timedelta(seconds=number * LOOK_S)


def grown(first: dict[str, float], last: dict[str, float], looks: int) -> list[str]:
    """Return what grew between two measurements and should not have.

    Parameters
    ----------
    looks
        Runs that the morning's look asked for meanwhile: each is a run with its tags and events.
    """
    told = []
    if last["memory MB"] - first["memory MB"] > _MOST_MB:
        told.append("memory MB")
    if last["files"] > first["files"] + looks:
        told.append("files")
    for name in sorted({*first, *last} - {"memory MB", "files", "files MB"} - _FADING):
        most = 20 * looks if name in _OF_A_RUN else 0
        if last.get(name, 0) - first.get(name, 0) > most:
            told.append(name)
    return told


def main(hours: float) -> int:
    """Let the hours pass and say what grew."""
    with tempfile.TemporaryDirectory(prefix="lunattiva-day-") as folder:
        layout = tiny(Path(folder))
        os.environ |= {"LUNATTIVA_ROOT": folder, "LUNATTIVA_PROGRAMME": layout.programme}
        quality.bring_up = lambda *_: []  # type: ignore[assignment,misc]  # no page is needed here
        run(layout, None, Standin(layout))
        return _pass(layout, hours)


def _pass(layout: Layout, hours: float) -> int:
    from dagster._core.remote_origin import InProcessCodeLocationOrigin
    from dagster._core.test_utils import create_test_daemon_workspace_context
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
    from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget

    from pipelines.instance import open_instance

    code = LoadableTargetOrigin(
        executable_path=sys.executable,
        module_name="pipelines.definitions",
        working_directory=str(REPOSITORY),
    )
    target = InProcessWorkspaceLoadTarget([InProcessCodeLocationOrigin(code)])
    logging.disable(logging.WARNING)
    began, found = time.monotonic(), []
    with (
        open_instance(layout) as instance,
        create_test_daemon_workspace_context(target, instance) as workspace,
    ):
        day = Day(layout, workspace)
        # The sensor's own clock, by which a folder is quiet.
        sensors.time = SimpleNamespace(time=lambda: day.now.timestamp())  # type: ignore[assignment]
        for number, now in enumerate(times(hours)):
            if number % max(1, int(hours * 900 / LOOK_S)) == 0:
                found.append(_told(day, now))
            day.turn(now)
        found.append(_told(day, day.now))
        day.turn(_START + timedelta(days=9))
        found.append(_told(day, day.now))
    # The first quarter fills caches and creates every row there is one of.
    before, after = found[min(1, len(found) - 2)], found[-2]
    wrong = grown(before, after, looks=int(hours // 24) + 1)
    if not after.get("job_ticks"):
        raise SystemExit("no tick was made: this measures nothing")
    left = found[-1].get("job_ticks", 0)
    if left > 20:
        wrong.append(f"job_ticks ({left:.0f} left after a week)")
    sys.stdout.write(f"{hours} h in {time.monotonic() - began:.0f} s; grew: {wrong or 'nothing'}\n")
    return 1 if wrong else 0


def _told(day: Day, now: datetime) -> dict[str, float]:
    found = day.measure()
    listed = ", ".join(f"{name} {number:.0f}" for name, number in found.items())
    sys.stdout.write(f"{now:%d %H:%M}  {listed}\n")
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 24))
