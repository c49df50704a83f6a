"""What was measured of a province: kept in one file, told as a table of finished programmes."""

from __future__ import annotations

import json
import os
import statistics
from pathlib import Path
from typing import Any

from tests.bench.province_watch import Watch

#: Municipalities in Italy, about (ISTAT, codici statistici delle unità amministrative territoriali).
MUNICIPALITIES = 7900
NIGHT_H = 8
#: Setting -> its programmes that are over, and its sittings.
State = dict[str, dict[str, Any]]

_HEADINGS = (
    f"{'what':<12}{'workers':>8}{'done':>6}{'failed':>7}{'clock s':>9}{'an hour':>9}{'cpu s each':>11}"
    f"{'first':>7}{'last':>7}{'worker MB':>10}{'process MB':>11}{'daemon cpu':>11}{'db MB':>7}"
    f"{'store MB':>9}{'load':>6}"
)


def read(folder: Path) -> State:
    """Return what a folder knows already."""
    path = folder / "province.json"
    found: State = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def write(folder: Path, state: State) -> None:
    """Write it down in one step."""
    new = folder / "province.json.new"
    new.write_text(json.dumps(state, indent=1) + "\n", "utf-8")
    new.replace(folder / "province.json")


def setting(what: str, workers: int) -> dict[str, Any]:
    """Return a setting of which nothing was run yet."""
    return {"what": what, "workers": workers, "done": [], "sittings": []}


def sitting() -> dict[str, Any]:
    """Return a sitting that begins; times in seconds, memory in megabytes."""
    return {"load_before": os.getloadavg()[0], "programmes": 0, "clock_s": 0.0, "loads": []}


def add(found: dict[str, Any], watch: Watch, clock: float, workers: int) -> None:
    """Add a programme that is over; the clock stands at the last of them."""
    peak, process = watch.megabytes("worker")
    found["programmes"] += 1
    found["clock_s"] = round(clock, 1)
    found["loads"].append(os.getloadavg()[0])
    found |= {
        "peak_mb": round(peak),
        "process_mb": round(process),
        "daemon_cpu_s": round(watch.seconds("daemon"), 1),
        "workers": workers,
    }


def table(state: State) -> None:
    """Print a line for each setting of which something is done, and what follows on paper."""
    print(_HEADINGS)
    for known in state.values():
        if known["done"]:
            print(_line(known))
    small = [x for name, x in state.items() if name.startswith("small-") and x["done"]]
    if small:
        print(on_paper(small[-1]))


def _line(known: dict[str, Any]) -> str:
    done, sat = known["done"], [x for x in known["sittings"] if x["programmes"]]
    spent = [each["cpu_s"] for each in done]
    some = max(1, len(spent) // 4)  # a quarter of them: does one more take longer?
    clock = sum(each["clock_s"] for each in sat)
    failed = sum(not each["held"] for each in done)
    load = statistics.mean([x for each in sat for x in each["loads"]])
    return (
        f"{known['what']:<12}{known['workers']:>8}{len(done):>6}{failed:>7}{clock:>9.0f}"
        f"{3600 * len(done) / clock:>9.1f}{statistics.mean(spent):>11.1f}"
        f"{statistics.mean(spent[:some]):>7.1f}{statistics.mean(spent[-some:]):>7.1f}"
        f"{max(x['peak_mb'] for x in sat):>10.0f}{max(x['process_mb'] for x in sat):>11.0f}"
        f"{sum(x['daemon_cpu_s'] for x in sat):>11.1f}"
        f"{max(x.get('database_mb', 0) for x in sat):>7.0f}"
        f"{statistics.mean(each['store_mb'] for each in done):>9.0f}{load:>6.1f}"
    )


def on_paper(small: dict[str, Any]) -> str:
    """Say what every municipality would take, each with a programme of the small size."""
    each = statistics.mean(x["cpu_s"] for x in small["done"])
    peak = max(x.get("peak_mb", 0) for x in small["sittings"]) / 1024
    hours = each * MUNICIPALITIES / 3600
    cores = hours / NIGHT_H
    return (
        f"{MUNICIPALITIES} municipalities, all of them made anew, from {len(small['done'])} that were "
        f"run: {hours:.0f} core hours, so {cores:.1f} cores for one night of {NIGHT_H} hours, and "
        f"{cores * peak:.0f} GB where each has a worker."
    )
