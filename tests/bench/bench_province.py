"""A province: many programmes, one worker and two. ``make bench`` takes 200 small ones and 20 large.

A small programme is the demo's size; a large one has a hundred times its people. Each is a copy under
another name, run by workers as ``tests/cluster.py`` starts them. What is told of each setting: hours by
the clock, processor time of a programme, the largest memory of a worker with its run, and what the
database and the daemon take. From that, on paper, what 7,900 municipalities would take.

On a machine with other things to do the clock says little: processor time is what is carried over.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from assets.layout import Layout
from assets.sample import DEFAULT_SEED, make_sample
from assets.sample.profile import read_profile
from tests.cluster import Cluster, cluster, make_programme

#: Municipalities in Italy, about (ISTAT, codici statistici delle unità amministrative territoriali).
MUNICIPALITIES = 7900
PATIENCE_S = 7 * 86400


@dataclass
class Measured:
    """What one setting took; times in seconds, memory in megabytes."""

    what: str
    programmes: int
    workers: int
    clock: float
    cpu: float
    peak: float
    overhead: float
    database: float

    def line(self) -> str:
        """Return the row of the table."""
        each = self.cpu / self.programmes
        hourly = 3600 * self.programmes / self.clock
        return (
            f"{self.what:<14}{self.programmes:>11}{self.workers:>9}{self.clock:>10.0f}"
            f"{hourly:>10.1f}{each:>12.1f}{self.peak:>10.0f}{self.overhead:>12.1f}"
            f"{self.database:>10.1f}"
        )


HEADINGS = (
    f"{'what':<14}{'programmes':>11}{'workers':>9}{'clock s':>10}{'per hour':>10}"
    f"{'cpu s each':>12}{'peak MB':>10}{'daemon cpu':>12}{'db MB':>10}"
)


class Watch(threading.Thread):
    """Looks at the processes of a province twice a second: memory and processor time."""

    def __init__(self, province: Cluster) -> None:
        super().__init__(daemon=True)
        self._province, self._over = province, threading.Event()
        self.peak: dict[str, float] = {}
        self.cpu: dict[tuple[str, int, float], float] = {}

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(0.5):
            for name, process in list(self._province.started.items()):
                self._look(name, process.pid)

    def _look(self, name: str, pid: int) -> None:
        try:
            top = psutil.Process(pid)
            memory = 0.0
            for each in (top, *top.children(recursive=True)):
                times = each.cpu_times()
                key = (name, each.pid, each.create_time())
                self.cpu[key] = times.user + times.system
                memory += each.memory_info().rss / 2**20
            self.peak[name] = max(self.peak.get(name, 0), memory)
        except psutil.Error:
            pass

    def seconds(self, kind: str) -> float:
        """Return the processor time of all processes whose name begins so."""
        return sum(spent for (name, _, _), spent in self.cpu.items() if name.startswith(kind))

    def end(self) -> None:
        """Stop looking."""
        self._over.set()
        self.join()


def make_large(root: Path, name: str, times: int) -> Layout:
    """Make a programme with ``times`` the demo's people, under another name."""
    profile = read_profile()
    people = profile.people.model_copy(
        update={
            "persons": profile.people.persons * times,
            "households": profile.people.households * times,
        }
    )
    made = root / "raw" / name
    make_sample(made, DEFAULT_SEED, profile.model_copy(update={"people": people}))
    for path in (made / "programme.yml", *made.glob("*/source.yml")):
        text = path.read_text("utf-8").replace("\nprogramme: demo\n", f"\nprogramme: {name}\n")
        text = text.replace("{3}\\Z", "{3,}\\Z").replace("{4}\\Z", "{4,}\\Z")  # longer codes
        path.write_text(text, "utf-8")
    return Layout(root, name)


def database_mb(province: Cluster) -> float:
    """Return the size of the province's database."""
    import psycopg2

    connection = psycopg2.connect(province.database.address)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0] / 2**20
    connection.close()
    return float(size)


def measure(root: Path, what: str, source: Path, programmes: int, workers: int) -> Measured:
    """Run copies of one programme's raw files; return what it took."""
    with cluster(root) as province:
        os.environ.update(province.database.environment)
        for number in range(programmes):
            name = f"p{number:04d}"
            shutil.copytree(source, root / "raw" / name)
            declared = root / "raw" / name / "programme.yml"
            text = declared.read_text("utf-8")
            text = text.replace(f"\nprogramme: {source.name}\n", f"\nprogramme: {name}\n")
            declared.write_text(text, "utf-8")
        province.round_s = 10**8
        watch = Watch(province)
        for number in range(workers):
            province.start_worker(f"worker-{number}")
        province.start_daemon()
        watch.start()
        begun = time.monotonic()
        province.wait(lambda runs: _complete(runs, programmes), PATIENCE_S)
        clock = time.monotonic() - begun
        watch.end()
        peak = max(found for name, found in watch.peak.items() if name.startswith("worker"))
        failed = sum(status != "SUCCESS" for _, status in province.runs())
        if failed:
            print(f"{failed} runs did not hold")
        cpu = watch.seconds("worker")
        size = database_mb(province)
        return Measured(what, programmes, workers, clock, cpu, peak, watch.seconds("daemon"), size)


def _complete(runs: list[tuple[str, str]], programmes: int) -> bool:
    over = {"SUCCESS", "FAILURE", "CANCELED"}
    return len({name for name, _ in runs}) == programmes and all(s in over for _, s in runs)


def on_paper(small: Measured) -> str:
    """Say what every municipality would take, each with a programme of the small size."""
    hours = small.cpu / small.programmes * MUNICIPALITIES / 3600
    return (
        f"{MUNICIPALITIES} municipalities, all of them made anew: {hours:.0f} core hours, so "
        f"{hours / 8:.1f} cores for one night of 8 hours; {small.peak / 1024:.1f} GB for each worker."
    )


def main() -> None:
    """Print the table and what follows from it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=200, help="programmes of the demo's size")
    parser.add_argument("--large", type=int, default=20, help="programmes of many times its size")
    parser.add_argument("--times", type=int, default=100, help="how many times")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--light", action="store_true", help="fewer questions and deliveries")
    asked = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(HEADINGS, flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        source = make_programme(place / "made", "small", is_small=asked.light).raw
        found = []
        few = max(1, asked.small // 4)  # a quarter of them: does one more take longer?
        settings = [(few, asked.workers[-1]), *((asked.small, each) for each in asked.workers)]
        for number, workers in settings if asked.small else []:
            root = place / f"small-{number}-{workers}"
            found.append(measure(root, "demo's size", source, number, workers))
            print(found[-1].line(), flush=True)
            shutil.rmtree(root, ignore_errors=True)
        if asked.large:
            large = make_large(place / "made", "large", asked.times).raw
            size = subprocess.run(["du", "-sm", str(large)], capture_output=True, text=True)
            print(f"one large programme: {size.stdout.split()[0]} MB of files", flush=True)
            for workers in asked.workers:
                root = place / f"large-{workers}"
                made = measure(root, f"{asked.times} times", large, asked.large, workers)
                print(made.line(), flush=True)
                shutil.rmtree(root, ignore_errors=True)
        if found:
            print(on_paper(found[-1]))


if __name__ == "__main__":
    main()
