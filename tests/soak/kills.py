"""Kills at random moments and faults of every kind: what is released is always that of a clean run.

``python -m tests.soak.kills --kills 200 --faults 60``: a small programme, on which a correction, an
erasure, an approval and a publication stand. Each round changes something (a delivery, the warehouse,
the store's version, Dagster's home, the clock ...) and begins a run; it is killed at a random moment, up
to sixteen times in a row, or meets a fault while it works. The next run completes, and then every released
file must have the bytes of a clean run of the same deliveries, and nothing that people decided may be
gone. ``--whole`` kills runs of the demo's small part as a person starts them, pages and all. Progress
stands in ``soak.json``; the same command goes on from there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = (
    "1"  # before anything loads it: a copied process has one thread
)

from assets.layout import Layout
from assets.versions import code_version, raw_version
from tests.conftest import REPOSITORY, small_demo
from tests.soak import faults, programme
from tests.soak.started import Started, copied, read_code, whole

#: Kills in a row before a run is let alone, at most; of runs with their pages, which take long.
_IN_A_ROW, _WHOLE_IN_A_ROW = 16, 4
#: The disk on which runs work; a small store takes some 20 MB.
_DISK_MB = 600


@dataclass
class Campaign:
    """What was done so far, and where.

    Attributes
    ----------
    layout
        The programme that is killed.
    start
        The same before the campaign; clean runs are of copies of it.
    """

    folder: Path
    layout: Layout
    start: Layout
    seed: int
    is_whole: bool
    done: dict[str, Any]

    def begin(self) -> Started:
        return (whole if self.is_whole else copied)(self.layout)

    def clean(self) -> dict[str, str]:
        """What a clean run of the present deliveries and code releases; each of them once."""
        key = f"{raw_version(self.layout)} {code_version()}"
        known = self.done["clean"]
        if key not in known:
            place = self.layout.root.parent / "clean"
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(self.start.root, place, symlinks=True)
            layout = Layout(place, "demo")
            shutil.rmtree(layout.raw)
            shutil.copytree(self.layout.raw, layout.raw)
            programme.drop_made(layout)
            process = (whole if self.is_whole else copied)(layout)
            while process.wait(0.05) is None:
                self.done["took"] = process.used()
            programme.end(process)
            known[key] = programme.released(layout)
            shutil.rmtree(place)
            if not known[key]:
                raise SystemExit("the clean run releases nothing")
        return known[key]

    def kills(self, chance: random.Random) -> None:
        """Change something, begin and kill."""
        what = chance.choice(list(faults.PREPARE))
        faults.PREPARE[what](self.layout, self.start)
        if what not in faults.MAKE_WORK:
            more = chance.choice(faults.MAKE_WORK)
            faults.PREPARE[more](self.layout, self.start)
            what = f"{what}, {more}"
        for _ in range(chance.randint(2, _WHOLE_IN_A_ROW if self.is_whole else _IN_A_ROW)):
            process = self.begin()
            # Uniform over a clean run; an incremental one may end before.
            if process.work(chance.uniform(0.0, self.done["took"])) is None:
                process.kill()
                self.done["kills"] += 1
                self.done["killed"][what] = self.done["killed"].get(what, 0) + 1
            else:
                self.done["ended_before"] += 1
                break
        self._compare(f"kills after {what}")

    def fault(self, chance: random.Random, allowed: list[str]) -> None:
        """Let a run meet a fault; the ones met least often come first."""
        met = Counter(self.done["met"])
        what = min(chance.sample(allowed, len(allowed)), key=lambda each: met[each])
        if what in faults.PREPARE:
            faults.PREPARE[what](self.layout, self.start)
        else:
            change = chance.choice([faults.file_taken_away, faults.file_replaced,
                                    faults.all_made_deleted, faults.file_brought_back])  # fmt: skip
            change(self.layout, self.start)
            ends = faults.BESIDE[what](self.layout, self.start, chance, self.done["took"])
            for name, number in ends.items():
                key = f"{what}: {name}"
                self.done["ends"][key] = self.done["ends"].get(key, 0) + number
        self.done["met"][what] = met[what] + 1
        self._compare(what)

    def _compare(self, what: str) -> None:
        """Let a run complete, and hold it against a clean one."""
        begun = time.monotonic()
        programme.end(self.begin())
        wanted = self.clean()
        found = programme.released(self.layout)
        gone = programme.lost(self.layout, self.start) if not self.is_whole else []
        self.done["compared"] += 1
        if found != wanted or gone:
            self.done["differing"] += 1
            names = sorted(n for n in {*found, *wanted} if found.get(n) != wanted.get(n))
            self._tell(f"DIFFERS after {what}: {names[:5]} {gone}")
            shutil.copytree(
                self.layout.root, self.folder / f"differs_{self.done['compared']}", symlinks=True
            )
        (self.folder / "soak.json").write_text(json.dumps(self.done), "utf-8")
        numbers = ", ".join(f"{self.done[x]} {x}" for x in ("kills", "compared", "differing"))
        self._tell(f"{numbers}; {what}, completed in {time.monotonic() - begun:.0f} s")

    @staticmethod
    def _tell(text: str) -> None:
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
        sys.stdout.flush()


def campaign(folder: Path, seed: int, *, is_whole: bool) -> tuple[Campaign, list[str]]:
    """Return a campaign to go on with, and the faults that can be made here."""
    disk = folder / "disk"
    has_disk = faults.own_disk(disk, 8 * _DISK_MB if is_whole else _DISK_MB)
    allowed = [
        name
        for name in (*faults.PREPARE, *faults.BESIDE)
        if has_disk or name not in faults.NEED_A_DISK
    ]
    path, start = folder / "soak.json", folder / "start"
    if path.is_file():
        done = json.loads(path.read_text("utf-8"))
    else:
        done = {"kills": 0, "killed": {}, "met": {}, "ends": {}, "compared": 0, "differing": 0,
                "ended_before": 0, "took": 0.0, "clean": {}}  # fmt: skip
        start.mkdir(exist_ok=True)
    root = disk / "killed"
    shutil.rmtree(root, ignore_errors=True)
    if is_whole:
        root.mkdir(parents=True)
        layout = small_demo(root)
        if not (start / "raw").is_dir():
            shutil.copytree(root, start, dirs_exist_ok=True)
    else:
        read_code(programme.small, folder)
        if not (start / "raw").is_dir():
            root.mkdir()
            programme.base(root)
            shutil.copytree(root, start, dirs_exist_ok=True, symlinks=True)
        else:
            shutil.copytree(start, root, symlinks=True)
        layout = Layout(root, "demo")
    made = Campaign(folder, layout, Layout(start, "demo"), seed, is_whole, done)
    made.clean()
    return made, allowed


def main() -> int:
    """Run the campaign; 1 where something differed."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--faults", type=int, default=60)
    asked.add_argument("--seed", type=int, default=8)
    asked.add_argument("--whole", action="store_true")
    asked.add_argument("--folder", type=Path, default=REPOSITORY / ".store" / "soak")
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    it, allowed = campaign(given.folder, given.seed, is_whole=given.whole)
    wanted = 0 if given.whole else given.faults
    while it.done["kills"] < given.kills or sum(it.done["met"].values()) < wanted:
        chance = random.Random(f"{given.seed} {it.done['compared']}")
        is_fault = sum(it.done["met"].values()) < wanted and (
            it.done["compared"] % 3 == 2 or it.done["kills"] >= given.kills
        )
        if is_fault:
            it.fault(chance, allowed)
        else:
            it.kills(chance)
    told = {name: value for name, value in it.done.items() if name != "clean"}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 1 if it.done["differing"] else 0


if __name__ == "__main__":
    sys.exit(main())
