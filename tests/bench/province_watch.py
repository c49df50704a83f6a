"""What the processes of a province take: memory of each with its run, processor time, what runs ended."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.cluster import Cluster

#: What a worker says of a run that is over (``pipelines/deploy/worker.py``).
_ENDED = re.compile(r" (\S+), run (\S+): ended \((-?\d+)\) after ([\d.]+) s of processor time$")
_LOOK_S = 0.5


@dataclass(frozen=True)
class Ended:
    """A run that is over: of which programme, whether it held, its processor time in seconds."""

    programme: str
    run: str
    held: bool
    cpu: float


def ended(log: Path) -> list[Ended]:
    """Return the runs that a worker's log says are over, in order."""
    found = map(_ENDED.search, log.read_text("utf-8").splitlines() if log.is_file() else [])
    return [Ended(x[1], x[2], x[3] == "0", float(x[4])) for x in found if x]


class Watch(threading.Thread):
    """Looks at the processes of a province twice a second: memory and processor time.

    Memory is the sum of what each process of a worker has resident; what they share counts for each.
    """

    def __init__(self, province: Cluster) -> None:
        super().__init__(daemon=True)
        self._province, self._over = province, threading.Event()
        self.peak: dict[str, float] = {}
        self.largest: dict[str, float] = {}
        self._cpu: dict[tuple[str, int, float], float] = {}

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(_LOOK_S):
            for name, process in list(self._province.started.items()):
                self._look(name, process.pid)

    def _look(self, name: str, pid: int) -> None:
        try:
            top = psutil.Process(pid)
            memory = []
            for each in (top, *top.children(recursive=True)):
                times = each.cpu_times()
                self._cpu[name, each.pid, each.create_time()] = times.user + times.system
                memory.append(each.memory_info().rss / 2**20)
        except psutil.Error:
            return  # one ended between two looks: the next one tells
        self.peak[name] = max(self.peak.get(name, 0), sum(memory))
        self.largest[name] = max(self.largest.get(name, 0), max(memory))

    def seconds(self, kind: str) -> float:
        """Return the processor time of all processes whose name begins so."""
        known = list(self._cpu.items())
        return sum(spent for (name, _, _), spent in known if name.startswith(kind))

    def megabytes(self, kind: str) -> tuple[float, float]:
        """Return the most that one of these had with its run, and the most of a single process."""
        of = [name for name in list(self.peak) if name.startswith(kind)]
        return (
            max((self.peak[name] for name in of), default=0.0),
            max((self.largest[name] for name in of), default=0.0),
        )

    def end(self) -> None:
        """Stop looking."""
        self._over.set()
        self.join()
