"""Kills at random moments, over full and incremental runs: what is released is always that of a clean run.

``python -m tests.soak.kills --kills 200 --folder /somewhere``: a small trial programme. Each round
changes the deliveries (or deletes the store, or the warehouse), begins a run, kills it at a random
moment, up to four times in a row, and lets the next one complete. Then every released file must have
the bytes of a clean run of the same deliveries. Progress stands in ``soak.json``; the same command goes on
from there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from assets.layout import Layout
from tests.conftest import LUNATTIVA, REPOSITORY, environment, small_demo

#: What is done before a run is begun and killed.
ROUNDS = (
    "file taken away",
    "file brought back",
    "whole store gone",
    "warehouse gone",
    "nothing new",
)
_CHANGED = "agape/2022Q1"


def released(layout: Layout) -> dict[str, str]:
    """Digest of every released file; where the release stands is no part of its bytes."""
    found = sorted(path for path in layout.released.rglob("*") if path.is_file())
    return {
        path.relative_to(layout.released).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
        if path.name != "release.json"
    }


def begin(layout: Layout) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*LUNATTIVA, "run", "--json"], env=environment(layout), cwd=layout.root,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def complete(layout: Layout) -> float:
    """Run to the end and return how long it took."""
    start = time.monotonic()
    code = begin(layout).wait()
    if code not in (0, 1):
        raise SystemExit(f"a run that nobody killed ended with {code}")
    return time.monotonic() - start


def prepare(layout: Layout, what: str, kept: Path) -> None:
    """Make the change of a round."""
    if what == "file taken away":
        shutil.rmtree(layout.raw / _CHANGED, ignore_errors=True)
    elif what == "file brought back":
        shutil.copytree(kept, layout.raw / _CHANGED, dirs_exist_ok=True)
    elif what == "whole store gone":
        shutil.rmtree(layout.store, ignore_errors=True)
    elif what == "warehouse gone":
        layout.warehouse.unlink(missing_ok=True)


def clean(folder: Path, name: str, *, without: bool) -> tuple[dict[str, str], float]:
    """What a clean run releases, with the file that comes and goes or without it."""
    root = folder / name
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    layout = small_demo(root)
    if without:
        shutil.rmtree(layout.raw / _CHANGED)
    took = complete(layout)
    found = released(layout)
    if not found:
        raise SystemExit("the clean run releases nothing")
    return found, took


def campaign(folder: Path, kills: int, seed: int) -> dict:
    """Go on with a campaign until it has so many kills."""
    path = folder / "soak.json"
    if path.is_file():
        done = json.loads(path.read_text("utf-8"))
    else:
        whole, took = clean(folder, "clean", without=False)
        less, _ = clean(folder, "clean_less", without=True)
        done = {"kills": 0, "rounds": {}, "compared": 0, "differing": 0, "ended_before": 0,
                "took": took, "with": whole, "without": less}  # fmt: skip
        root = folder / "killed"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        small_demo(root)
        path.write_text(json.dumps(done), "utf-8")
    layout = Layout(folder / "killed", "demo")
    kept = REPOSITORY / "raw" / "demo" / _CHANGED
    while done["kills"] < kills:
        chance = random.Random(f"{seed} {done['kills']} {done['compared']}")
        what = chance.choice(ROUNDS)
        prepare(layout, what, kept)
        for _ in range(chance.randint(1, 4)):
            process = begin(layout)
            try:
                # Uniform over a little more than a clean run; an incremental one may end before.
                process.wait(timeout=chance.uniform(0.2, 1.05 * done["took"]))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                done["kills"] += 1
                done["rounds"][what] = done["rounds"].get(what, 0) + 1
            else:
                done["ended_before"] += 1
                break
        took = complete(layout)
        if took > 10:  # a whole run: the machine may be busier or freer than when this began
            done["took"] = took
        is_there = (layout.raw / _CHANGED).is_dir()
        found = released(layout)
        done["compared"] += 1
        if found != done["with" if is_there else "without"]:
            done["differing"] += 1
            sys.stdout.write(f"DIFFERS after {what}\n")
        path.write_text(json.dumps(done), "utf-8")
        sys.stdout.write(
            f"{done['kills']} kills, {done['compared']} compared, {done['differing']} differ\n"
        )
        sys.stdout.flush()
    return done


def main() -> int:
    """Run the campaign; 1 where something differed."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=8)
    asked.add_argument("--folder", type=Path, default=REPOSITORY / ".store" / "soak")
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    done = campaign(given.folder, given.kills, given.seed)
    told = {name: value for name, value in done.items() if name not in ("with", "without")}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 1 if done["differing"] else 0


if __name__ == "__main__":
    sys.exit(main())
