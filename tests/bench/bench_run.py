"""How long a run takes, as ratios measured side by side: first run, nothing new, one new file.

Run by ``make bench``; never part of the tests. Each round makes a fresh copy of the demo, so the
figures of one round were made under the same conditions; the median of the ratios is what counts.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assets.layout import Layout
from tests.conftest import LUNATTIVA, environment, fresh_demo


def seconds(command: list[str], layout: Layout) -> float:
    """Return the wall-clock seconds of a command that must succeed."""
    start = time.perf_counter()
    subprocess.run(
        command, env=environment(layout), cwd=layout.root, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def one_round(root: Path) -> dict[str, float]:
    """Time the kinds of run once, each against the others."""
    layout = fresh_demo(root)
    found = {"python alone": seconds([sys.executable, "-c", "pass"], layout)}
    found["first run"] = seconds([*LUNATTIVA, "run"], layout)
    found["nothing new"] = seconds([*LUNATTIVA, "run"], layout)
    found["status"] = seconds([*LUNATTIVA, "status"], layout)
    newest = sorted((layout.raw / "agape").glob("2023Q2/emporio_*.csv"))[-1]
    newest.write_bytes(newest.read_bytes().rstrip(b"\r\n").rsplit(b"\n", 1)[0] + b"\n")
    found["one changed file"] = seconds([*LUNATTIVA, "run"], layout)
    return found


def added_by_dagster(root: Path) -> float:
    """Return the time of the programme's job over that of the same functions alone."""
    layout = fresh_demo(root)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.overhead"],
        env=environment(layout), cwd=layout.root, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout.split()[-1])


def main() -> None:
    """Print a table: median seconds (for orientation) and median ratio to the first run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds, added = [], []
    for _ in range(parser.parse_args().rounds):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            rounds.append(one_round(Path(folder) / "rounds"))
            added.append(added_by_dagster(Path(folder) / "dagster"))
    print(f"{'what':<18}{'seconds':>9}{'of the first run':>18}")
    for name in rounds[0]:
        times = [each[name] for each in rounds]
        ratios = [each[name] / each["first run"] for each in rounds]
        print(f"{name:<18}{statistics.median(times):>9.2f}{statistics.median(ratios):>18.3f}")
    print(f"the job through Dagster, of its functions alone: {statistics.median(added):.2f}")


if __name__ == "__main__":
    main()
