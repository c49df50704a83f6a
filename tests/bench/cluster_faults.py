"""What goes wrong where many programmes run: ``make cluster``. Minutes; needs a PostgreSQL server.

Two workers, some programmes, one of them with a mistake in its ``programme.yml``. A worker is switched
off with its run, a run is killed under its worker, the database loses its power and comes back. In
the end every programme must stand as one clean run leaves it, nothing is released or collected twice,
and what failed must be seen to have failed and been tried again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from dagster import DagsterEventType

from assets.layout import Layout
from assets.release import archive, ledger
from pipelines import release
from tests.cluster import Cluster, cluster, make_programme
from tests.conftest import lunattiva

BROKEN = "mistaken"
PATIENCE_S = 7200
Runs = list[tuple[str, str]]


def ended(runs: Runs, names: list[str]) -> bool:
    """Say whether every programme's last run is over, and nothing waits."""
    last = dict(runs)
    over = {"SUCCESS", "FAILURE", "CANCELED"}
    return all(last.get(name) in over for name in names) and all(s in over for _, s in runs)


def started(runs: Runs) -> int:
    """Return how many runs are at work, of programmes that can be."""
    return sum(status == "STARTED" and name != BROKEN for name, status in runs)


def children(process: int) -> list[int]:
    """Return the processes that a process started."""
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True)
    return [int(each) for each in found.stdout.split()]


def switch_off_a_worker(province: Cluster) -> float:
    """Kill a worker with its run while it works; return seconds until the run counts as failed."""
    province.wait(lambda runs: started(runs) >= 2, PATIENCE_S)
    time.sleep(5)
    province.kill("worker-1")
    seconds = province.wait(lambda runs: any(s == "FAILURE" for n, s in runs if n != BROKEN), 300)
    province.start_worker("worker-3")
    return seconds


def kill_a_run(province: Cluster) -> float:
    """Kill a run under its worker; return seconds until it counts as failed."""
    failed = Counter(province.runs())
    before = sum(n for (name, s), n in failed.items() if s == "FAILURE" and name != BROKEN)
    worker = province.started["worker-2"].pid
    begun = time.monotonic()
    while not (found := children(worker)):
        if time.monotonic() - begun > PATIENCE_S:
            raise TimeoutError("the second worker has nothing to do")
        time.sleep(1)
    time.sleep(5)
    os.kill(found[0], signal.SIGKILL)
    return province.wait(
        lambda runs: sum(s == "FAILURE" for n, s in runs if n != BROKEN) > before, 300
    )


def lose_the_database(province: Cluster, seconds: float) -> None:
    """Take the database away as a power cut would, and bring it back."""
    province.wait(lambda runs: started(runs) >= 1, PATIENCE_S)
    province.database.stop()
    time.sleep(seconds)
    province.database.start()
    # What a supervisor does (compose: restart; Kubernetes: by itself).
    for name, process in list(province.started.items()):
        if process.poll() is not None:
            print(f"  {name} ended without its database and is started again")
            if name == "daemon":
                province.start_daemon()
            else:
                province.start_worker(name)


def digests(layout: Layout) -> list[str]:
    """Return the releases in a programme's ledger as they were made, in order."""
    return [each["release"] for each in ledger.releases(layout.store / ledger.NAME)]


def tables(layout: Layout) -> dict[str, bytes]:
    """Return the released tables."""
    return {path.name: path.read_bytes() for path in (layout.released / "tables").iterdir()}


def next_round(province: Cluster, names: list[str]) -> float:
    """Ask for every programme once more, and wait for the end of it."""
    before = len(province.runs())
    province.kill("daemon")
    province.round_s = 1
    province.start_daemon()
    province.wait(lambda runs: len(runs) >= before + len(names), 300)
    province.kill("daemon")
    province.round_s = 10**6
    province.start_daemon()
    return province.wait(lambda runs: ended(runs, names), PATIENCE_S)


def apart(root: Path) -> None:
    """Let each of two workers own one programme that the other has never seen; daemon and files apart.

    The programmes have a mistake: what is said of it names the folder in which it was found.
    """
    owned = {"mantova": "lunetta", "verona": "adige"}
    for queue, name in owned.items():
        folder = root / queue / "raw" / name
        folder.mkdir(parents=True)
        (folder / "programme.yml").write_text("programme: another\n", "utf-8")
    with cluster(root / "province") as province:
        listed = "".join(f"  {queue}: [{name}]\n" for queue, name in owned.items())
        (province.root / "province.yml").write_text(f"queues:\n{listed}", "utf-8")
        for queue in owned:
            province.start_worker(f"worker-{queue}", queue, root / queue)
        province.start_daemon()
        province.wait(lambda runs: {n for n, s in runs if s == "FAILURE"} == {*owned.values()}, 600)
        with province.instance() as instance:
            for run in instance.get_runs():
                queue, name = run.tags["lunattiva/queue"], run.tags["dagster/partition"]
                said = instance.all_logs(run.run_id, of_type=DagsterEventType.STEP_FAILURE)
                assert owned[queue] == name
                assert all(f"/{queue}/raw/{name}/programme.yml" in str(each) for each in said)
                assert said or not run.is_finished
    print("two workers, each with a programme of its own: each was worked on where it is")


def publish(layout: Layout) -> None:
    """Publish the programme's latest quarter, as two people would."""
    period = json.loads((layout.released / "manifest.json").read_text("utf-8"))["latest_quarter"]
    name = next(iter(layout.definition.releases.approvers), "Anna Bianchi")
    os.environ["LUNATTIVA_USER"] = name
    release.approve(layout, period, name)
    release.publish(layout, period)


def campaign(root: Path, programmes: int) -> None:
    """Carry out everything and say what came of it."""
    names = [f"p{number}" for number in range(1, programmes + 1)]
    with cluster(root / "province", monitor_s=10) as province:
        layouts = [make_programme(province.root, name) for name in names]
        shutil.copytree(layouts[0].raw, province.root / "raw" / BROKEN)
        whole = [*names, BROKEN]  # its programme.yml names another programme
        province.round_s = 10**6
        province.start_daemon()
        for name in ("worker-1", "worker-2"):
            province.start_worker(name)
        begun = time.monotonic()
        print(f"a worker switched off: seen after {switch_off_a_worker(province):.0f} s")
        print(f"a run killed under its worker: seen after {kill_a_run(province):.0f} s")
        lose_the_database(province, 20)
        print("the database away for 20 s, with runs at work")
        province.wait(lambda runs: ended(runs, whole), PATIENCE_S)
        print(f"all runs over after {time.monotonic() - begun:.0f} s: {Counter(province.runs())}")
        print(f"next round: {next_round(province, whole):.0f} s")
        last = dict(province.runs())
        assert {name: last[name] for name in names} == dict.fromkeys(names, "SUCCESS"), last
        assert last[BROKEN] == "FAILURE", last
        tried = sum(name == BROKEN for name, _ in province.runs())
        # Three times a round, unless the database was away just when it was to be tried again.
        assert 4 <= tried <= 6, tried
        for layout in layouts:
            found = digests(layout)
            assert len(found) == len(set(found)) == 1, found
        assert all(tables(each) == tables(layouts[0]) for each in layouts[1:])
        alone = make_programme(root / "alone", names[0])
        ran = lunattiva(alone, "run")
        assert ran.code == 0, ran.err
        assert archive.digest_in(alone.released) == archive.digest_in(layouts[0].released)
        print("each programme released once, the same bytes as by 'lunattiva run' alone")

        declared = province.root / "raw" / BROKEN / "programme.yml"
        text = declared.read_text("utf-8").replace("\nprogramme: p1\n", f"\nprogramme: {BROKEN}\n")
        declared.write_text(text, "utf-8")
        publish(layouts[0])
        for _ in range(2):
            next_round(province, whole)
            last = dict(province.runs())
            assert last == dict.fromkeys(whole, "SUCCESS"), last
            index = json.loads((province.collected / "p1" / "index.json").read_text("utf-8"))
            states = [each["state"] for each in index["releases"]]
            there = [each.name for each in (province.collected / "p1").iterdir() if each.is_dir()]
            assert states == ["published"] and there == digests(layouts[0])[:1], (states, there)
        print("the mended programme stands; one release published, collected once in two rounds")


def main() -> None:
    """Run the campaign; an assertion that fails ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        apart(Path(folder) / "apart")
        campaign(Path(folder) / "together", asked.programmes)


if __name__ == "__main__":
    main()
