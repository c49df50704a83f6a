"""A province: many programmes, one worker and two; ``make bench`` takes 200 small ones and 20 large.

A small programme is the demo's size; a large one has a hundred times its people, contacts and
questionnaires; neither writes a thesis (``documents: []``) unless ``--documents`` asks. Workers run them as ``tests/cluster.py`` starts them. ``--in FOLDER`` keeps what was
measured: the same command goes on where it stopped, programme by programme, and what is told counts
finished programmes only. ``--hours`` ends a sitting; ``--told`` tells and runs nothing.

On a machine with other things to do the clock says little: processor time is what is carried over.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import province_told as told
from tests.bench.province_made import put, rows_of, samples
from tests.bench.province_watch import Watch, ended
from tests.cluster import Cluster, cluster
from tests.conftest import REPOSITORY

#: Looks at what workers ended, this far apart.
LOOK_S = 2
#: How often Dagster tries a programme that fails (``pipelines/deploy/dagster.yaml``).
TRIES = 3


def main() -> None:
    """Run what is left of what is asked for; print the table and what follows from it."""
    asked = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    state = told.read(folder)
    end = time.monotonic() + asked.hours * 3600
    wanted = [("light" if asked.light else "small", asked.small), ("large", asked.large)]
    try:
        for kind, number in wanted if not asked.told else []:
            for workers in asked.workers if number else []:
                setting = Setting(kind, asked.times, workers, asked.documents)
                sit(folder, state, setting, number, end)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here")
    told.table(state)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in", dest="folder", type=Path, default=REPOSITORY / ".store/province")
    parser.add_argument("--small", type=int, default=200, help="programmes of the demo's size")
    parser.add_argument("--large", type=int, default=20, help="programmes of many times its size")
    parser.add_argument("--times", type=int, default=100, help="how many times")
    parser.add_argument("--workers", type=_numbers, default=[1, 2], help="1,2: first one, then two")
    parser.add_argument("--hours", type=float, default=1e6, help="end this sitting after so long")
    parser.add_argument("--documents", action="store_true", help="draw thesis and sheets too")
    parser.add_argument("--light", action="store_true", help="fewer questions and deliveries")
    parser.add_argument("--told", action="store_true", help="only tell what was measured")
    return parser.parse_args()


def _numbers(given: str) -> list[int]:
    return [int(each) for each in given.split(",")]


@dataclass(frozen=True)
class Setting:
    """What is measured: which programmes, how many workers, whether they draw all documents."""

    kind: str
    times: int
    workers: int
    with_documents: bool

    @property
    def what(self) -> str:
        """Its name in the table."""
        size = f"{self.kind}-{self.times}" if self.kind == "large" else self.kind
        return f"{size}+docs" if self.with_documents else size


def sit(folder: Path, state: told.State, setting: Setting, number: int, end: float) -> None:
    """Run the programmes of one setting that are left, until all are done or the time is over."""
    what, workers = setting.what, setting.workers
    known = state.setdefault(f"{what}-{workers}", told.setting(what, workers))
    over = {each["programme"] for each in known["done"]}
    left = [name for name in (f"p{n:04d}" for n in range(number)) if name not in over]
    if not left or time.monotonic() > end:
        return
    made = samples(folder / "samples", setting.kind, setting.times)
    print(f"{what}, {workers} worker(s): {len(left)} to do; one is {rows_of(made[0])}", flush=True)
    root = folder / "root"
    shutil.rmtree(root, ignore_errors=True)  # what was half way begins anew
    with cluster(root) as province:
        os.environ.update(province.database.environment)
        for name in left:
            source = made[int(name[1:]) % len(made)]
            put(root, name, source, with_documents=setting.with_documents)
        province.round_s = 10**8
        known["sittings"].append(told.sitting())
        _work(folder, state, known, province, workers, end)
    shutil.rmtree(root, ignore_errors=True)


def _work(
    folder: Path, state: told.State, known: dict[str, Any], province: Cluster, workers: int,
    end: float,
) -> None:  # fmt: skip
    """Start workers and daemon, and write down each programme that is over."""
    names = [f"worker-{n}" for n in range(workers)]
    left = {each.name for each in (province.root / "raw").iterdir()}
    watch = Watch(province)
    for name in names:
        province.start_worker(name)
    province.start_daemon()
    watch.start()
    begun, tries, seen = time.monotonic(), Counter[str](), set[str]()
    while left and time.monotonic() < end:
        time.sleep(LOOK_S)
        for each in (x for name in names for x in ended(province.root / f"{name}.log")):
            if each.run in seen:
                continue
            seen.add(each.run)
            tries[each.programme] += 1
            if each.held or tries[each.programme] == TRIES:
                left.discard(each.programme)
                size = _clear(province.root, each.programme)
                done = {"programme": each.programme, "cpu_s": each.cpu, "held": each.held}
                known["done"].append({**done, "store_mb": size})
                told.add(known["sittings"][-1], watch, time.monotonic() - begun, workers)
                told.write(folder, state)
                print(f"  {each.programme}: {each.cpu:.1f} s, held: {each.held}", flush=True)
    known["sittings"][-1]["database_mb"] = database_mb(province)
    told.write(folder, state)
    watch.end()


def _clear(root: Path, programme: str) -> float:
    """Take away what a programme made, and return its size in megabytes: 200 stores fill a disk."""
    size = 0
    for place in (root / ".store", root / "reports" / "_output", root / "thesis" / "_output"):
        files = [each for each in (place / programme).rglob("*") if each.is_file()]
        size += sum(each.stat().st_size for each in files)
        shutil.rmtree(place / programme, ignore_errors=True)
    return round(size / 2**20, 1)


def database_mb(province: Cluster) -> float:
    """Return the size of the province's database."""
    import psycopg2

    connection = psycopg2.connect(province.database.address)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0] / 2**20
    connection.close()
    return float(round(size, 1))


if __name__ == "__main__":
    main()
