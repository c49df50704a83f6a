"""How long a big register takes from csv to accepted and quarantined rows, beside SQL by hand.

Run by ``make bench``; never part of the tests. Every contestant is a fresh process; the product's
way includes the hash, the identifier gate, the vault and the places of every reason. Both must give
the same rows. ``--rows`` is the size that the ratio is told of, ``--more`` shows how it grows.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from tests.bench import intake_data, intake_peers, intake_sql

ROOT = Path(__file__).resolve().parents[2]


def product(register: Path, folder: Path) -> None:
    """Read the register as a run does: intake, then sorting, into the warehouse."""
    from assets.intake.room import read_programme
    from assets.sorting.outcome import empty_tables
    from assets.sorting.sort import sort_into
    from assets.store import Warehouse

    layout = intake_data.lay_out(folder, register)
    warehouse = Warehouse(layout.warehouse)
    frames = read_programme(layout)
    warehouse.write_all(frames)
    with warehouse.replacing(empty_tables()) as append:
        counts = sort_into(layout, frames, append)
    warehouse.write("sorting_counts", counts)


def by_hand(register: Path, folder: Path) -> None:
    """Do the same in SQL."""
    folder.mkdir(parents=True)
    intake_sql.run(register, folder / "warehouse.duckdb")


WAYS = {"product": product, "sql": by_hand}


def one(way: str, register: Path, folder: Path) -> None:
    """Run one contestant in this process and print seconds and megabytes as JSON."""
    import resource

    import pandera.pandas  # noqa: F401 - what is loaded before is not what is measured

    import assets.intake.room
    import assets.sorting.sort  # noqa: F401

    start = time.perf_counter()
    WAYS[way](register, folder)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "mb": used.ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20),
    }
    print(json.dumps(found))


def measured(way: str, register: Path, folder: Path) -> dict[str, float]:
    """Run one contestant in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.bench_intake", "--one", way]
    done = subprocess.run(
        [*command, "--register", str(register), "--folder", str(folder)],
        cwd=ROOT,
        env={**os.environ, "LUNATTIVA_ROOT": str(folder)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def same_rows(ours: Path, theirs: Path) -> bool:
    """Say whether both ways accepted and quarantined the same rows, for the same rules."""
    pairs = (
        ("sorting_attendance__accepted", "accepted", "row_number, record_id, hours, session_date"),
        ("sorting_attendance__quarantined", "quarantined", "row_number, rules"),
        ("sorting_reasons", "reasons", "row_number, rule"),
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach '{ours}' as ours (read_only)")
        connection.execute(f"attach '{theirs}' as theirs (read_only)")
        different = 0
        for left, right, columns in pairs:
            a = f'select {columns} from ours."{left}"'
            b = f"select {columns} from theirs.{right}"
            for one_way in (f"{a} except all {b}", f"{b} except all {a}"):
                found = connection.execute(f"select count(*) from ({one_way})").fetchone()
                different += int(found[0]) if found else 0
    return different == 0


def rounds(register: Path, folder: Path, count: int) -> dict[str, list[dict[str, float]]]:
    """Time both ways turn by turn; the first round also compares what they made."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for number in range(count):
        places = {way: folder / f"{way}{number}" for way in WAYS}
        for way, place in places.items():
            found[way].append(measured(way, register, place))
        if number == 0:
            ours = places["product"] / ".store" / "misura" / "warehouse.duckdb"
            is_same = same_rows(ours, places["sql"] / "warehouse.duckdb")
            print(f"  the same rows, rules and reasons: {'yes' if is_same else 'NO'}")
    return found


def told(found: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    """Print the lines of one size; return each way's median seconds."""
    print(f"  {'':<20}{'seconds':>9}{'to SQL':>8}{'MB':>7}{'processor':>11}")
    medians = {}
    for way, runs in found.items():
        ratio = statistics.median(
            mine["seconds"] / its["seconds"] for mine, its in zip(runs, found["sql"], strict=True)
        )
        wall, cpu = (statistics.median(each[name] for each in runs) for name in ("seconds", "cpu"))
        most = max(each["mb"] for each in runs)
        print(f"  {way:<20}{wall:>9.2f}{ratio:>8.2f}{most:>7.0f}{cpu:>11.2f}")
        medians[way] = wall
    return medians


def told_load() -> None:
    """Print how busy the machine is: on a busy one only the ratios say something."""
    if hasattr(os, "getloadavg"):
        print(f"  load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def compare_peers(folder: Path, rows: int) -> None:
    """Print what other frameworks take for reading and validating, beside the SQL and our way."""
    register = folder / "peers.csv"
    intake_data.write_register(register, rows)
    print(f"{rows:,} rows; other frameworks read and validate only: no split, no tables")
    base = told(rounds(register, folder / "beside", 1))["sql"]
    for name, found in intake_peers.measured(register, folder):
        ratio = found["seconds"] / base
        print(f"  {name:<20}{found['seconds']:>9.2f}{ratio:>8.2f}{found['mb']:>7.0f}")
    told_load()


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--more", type=int, default=10_000_000, help="0: leave the big one out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--peer-rows", type=int, default=100_000)
    parser.add_argument("--one", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--register", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one, given.register, given.folder)
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        register = folder / "register.csv"
        intake_data.write_register(register, given.rows)
        print(f"{given.rows:,} rows, {register.stat().st_size / 1e6:.0f} MB")
        small = rounds(register, folder / "small", given.rounds)
        few = told(small)
        told_load()
        if given.more:
            large = folder / "large.csv"
            intake_data.write_register(large, given.more)
            print(f"{given.more:,} rows, {large.stat().st_size / 1e6:.0f} MB")
            many = told(rounds(large, folder / "large", 1))
            told_load()
            grown = many["product"] / few["product"]
            print(f"  {given.more / given.rows:.0f} times the rows: {grown:.1f} times the time")
        if not given.no_peers:
            compare_peers(folder, given.peer_rows)


if __name__ == "__main__":
    main()
