"""A province on one machine: PostgreSQL, Dagster's daemon and workers, each a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg

from assets.layout import Layout
from pipelines.deploy.owners import PROGRAMME_TAG
from pipelines.deploy.province import COLLECTED_VARIABLE, ROUND_VARIABLE
from tests.conftest import REPOSITORY, fresh_demo, small_demo
from tests.servers import Postgres, new_postgres

DEPLOY = REPOSITORY / "pipelines" / "deploy"
_ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}


def make_programme(root: Path, name: str, *, is_small: bool = True) -> Layout:
    """Put the demo below a root under another name."""
    made = (small_demo if is_small else fresh_demo)(root / ".made")
    declared = made.raw / "programme.yml"
    text = declared.read_text("utf-8")
    assert "\nprogramme: demo\n" in text
    declared.write_text(text.replace("\nprogramme: demo\n", f"\nprogramme: {name}\n"), "utf-8")
    (root / "raw").mkdir(parents=True, exist_ok=True)
    made.raw.rename(root / "raw" / name)
    shutil.rmtree(root / ".made")
    return Layout(root, name)


@dataclass
class Cluster:
    """What runs, and where."""

    root: Path
    database: Postgres
    round_s: int = 3600
    started: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """``DAGSTER_HOME`` of every process."""
        return self.root / "home"

    @property
    def collected(self) -> Path:
        """Where released tables meet."""
        return self.root / "collected"

    @property
    def environment(self) -> dict[str, str]:
        """What every process is started with."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LUNATTIVA_", "PG"))}
        server = self.database.environment
        return {
            **kept,
            **server,
            "DAGSTER_HOME": str(self.home),
            "LUNATTIVA_LANG": "en",
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
            COLLECTED_VARIABLE: str(self.collected),
            ROUND_VARIABLE: str(self.round_s),
        }

    def settle(self, monitor_s: int = 30) -> None:
        """Put Dagster's settings in place; ``monitor_s`` is how often it looks after runs."""
        self.home.mkdir(parents=True, exist_ok=True)
        text = (DEPLOY / "dagster.yaml").read_text("utf-8")
        seconds = f"poll_interval_seconds: {monitor_s}"
        text = text.replace("poll_interval_seconds: 30", seconds)
        (self.home / "dagster.yaml").write_text(text, "utf-8")

    def start(self, name: str, *words: str, root: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a process of the province under a name, with a log of that name."""
        where = {"LUNATTIVA_ROOT": str(root or self.root)}
        with (self.root / f"{name}.log").open("ab") as log:
            self.started[name] = subprocess.Popen(
                [sys.executable, *words], env=self.environment | where, cwd=self.root,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.started[name]

    def start_daemon(self) -> None:
        """Start Dagster's daemon: sensor, queue, monitor, retries."""
        words = ("-m", "dagster._daemon", "run", "-m", "pipelines.deploy.province")
        self.start("daemon", *words)

    def start_worker(self, name: str, queue: str = "shared", root: Path | None = None) -> None:
        """Start a worker; with ``root`` it has programmes of its own."""
        self.start(name, "-m", "pipelines.deploy.worker", "--queue", queue, root=root)

    def kill(self, name: str) -> None:
        """Kill a process and all that it started, as a machine that is switched off."""
        process = self.started.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """Open the province's history."""
        os.environ.update(self.database.environment)
        with dg.DagsterInstance.from_config(str(self.home)) as found:
            yield found

    def runs(self) -> list[tuple[str, str]]:
        """Return programme and status of each run, oldest first."""
        with self.instance() as instance:
            found = instance.get_runs(ascending=True)
        return [(each.tags.get(PROGRAMME_TAG, ""), each.status.value) for each in found]

    def wait(self, held: Callable[[list[tuple[str, str]]], bool], seconds: float) -> float:
        """Wait until something is true of the runs; return how long it took."""
        begun = time.monotonic()
        while not held(self.runs()):
            if time.monotonic() - begun > seconds:
                raise TimeoutError(f"after {seconds} s: {Counter(self.runs())}")
            time.sleep(2)  # each look opens the database
        return time.monotonic() - begun

    def close(self) -> None:
        """End everything."""
        for name in list(self.started):
            self.kill(name)
        self.database.close()


@contextmanager
def cluster(root: Path, monitor_s: int = 30) -> Iterator[Cluster]:
    """Start a database for a province; daemon and workers are started by who uses it."""
    (root / "raw").mkdir(parents=True, exist_ok=True)
    found = Cluster(root, new_postgres())
    try:
        found.settle(monitor_s)
        yield found
    finally:
        found.close()
