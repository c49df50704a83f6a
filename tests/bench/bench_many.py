"""Many small deliveries: the first run, and then a run for one new file.

``python -m tests.bench.bench_many 500 1500 5000``: a programme of forty partners in which every file holds
a few visits of the same few hundred people. Documents are left out: they cost the same however many
files came, and their time is told by ``bench_run``. A process that has read all code is copied for each
run (``tests.soak.started``), so that reading libraries is left out too; it is told apart.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = (
    "1"  # before anything loads it: a copied process has one thread
)

from assets.layout import Layout
from tests.soak.started import copied, read_code

PARTNERS = 40
ROWS = 8
PEOPLE = 400
#: Steps whose work is to find, read and judge files; what follows works on rows.
_FILES = ("intake", "sorting")

_PROGRAMME = """\
programme: many
title: {{it: "Molti file", en: "Many files"}}
synthetic: true
from: 2021-01-01
to: 2022-12-31
partners:
{partners}
neighbourhoods:
  lunetta: {{label: {{it: "Lunetta", en: "Lunetta"}}, role: pilot}}
  frassino: {{label: {{it: "Frassino", en: "Frassino"}}, role: comparison}}
services:
  emporio: {{label: {{it: "Emporio", en: "Store"}}}}
"""
_SOURCES = """\
partner: {partner}
sources:
  - source: emporio
    dataset: service_access
    label: {{it: "Emporio", en: "Store"}}
    files: ["emporio_*.csv"]
    every: month
    reader: {{format: csv, delimiter: ";", encoding: utf-8}}
    columns:
      service_code: {{value: emporio}}
      contact_date: {{from: Data}}
      person_code: {{from: Tessera, pattern: '\\A[A-Z]{{3}}-[0-9]{{4}}\\Z'}}
      gender_code: {{from: Genere, codes: {{donna: female, uomo: male}}}}
      birth_year: {{from: Anno}}
      neighbourhood_code: {{from: Zona, codes: {{Lunetta: lunetta, Frassino: frassino}}}}
"""


@dataclass(frozen=True)
class Took:
    """Seconds of a run: on the clock, of processors, and of the steps that deal with files."""

    clock: float
    cpu: float
    files: float


def programme(root: Path, files: int) -> Layout:
    """Write a programme of so many deliveries, dealt out to the partners in turn."""
    layout = Layout(root, "many")
    names = [f"partner_{number:02}" for number in range(PARTNERS)]
    labels = "\n".join(f'  {x}: {{label: {{it: "{x}", en: "{x}"}}}}' for x in names)
    layout.raw.mkdir(parents=True)
    (layout.raw / "programme.yml").write_text(_PROGRAMME.format(partners=labels), "utf-8")
    for name in names:
        (layout.raw / name).mkdir()
        (layout.raw / name / "source.yml").write_text(_SOURCES.format(partner=name), "utf-8")
    for number in range(files):
        deliver(layout, number)
    return layout


def deliver(layout: Layout, number: int) -> None:
    """Write one file, other than all others."""
    partner, turn = number % PARTNERS, number // PARTNERS
    month = turn % 24
    year, month = 2021 + month // 12, month % 12 + 1
    folder = layout.raw / f"partner_{partner:02}" / f"{year}-{month:02}"
    folder.mkdir(exist_ok=True)
    lines = ["Data;Tessera;Genere;Anno;Zona"]
    for row in range(ROWS):
        person = (number * 131 + row * 37) % PEOPLE
        lines.append(
            f"{(number // 7 + row) % 28 + 1:02}/{month:02}/{year};LUN-{person:04};"
            f"{'donna' if person % 3 else 'uomo'};{1940 + person % 70};"
            f"{'Lunetta' if person % 4 else 'Frassino'}"
        )
    text = "\r\n".join(lines) + "\r\n"
    (folder / f"emporio_{year}-{month:02}_{turn:03}.csv").write_text(text, "utf-8")


def measured(layout: Layout) -> Took:
    """Run once."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    code = copied(layout).wait()
    clock, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise SystemExit(f"exit {code}\n{(layout.root / 'told.txt').read_text('utf-8')}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Took(clock, cpu, sum(steps(layout).get(name, 0.0) for name in _FILES))


def steps(layout: Layout) -> dict[str, float]:
    """Seconds of each step of the latest run of the programme's job."""
    import dagster as dg

    from pipelines.session import PROGRAMME_JOB

    with dg.DagsterInstance.from_config(str(layout.dagster_home)) as instance:
        runs = instance.get_run_records(dg.RunsFilter(job_name=PROGRAMME_JOB), limit=1)
        found = instance.get_run_step_stats(runs[0].dagster_run.run_id)
    return {
        each.step_key: each.end_time - each.start_time
        for each in found
        if each.start_time and each.end_time
    }


def main(sizes: list[int]) -> None:
    """Measure each size in a folder of its own."""
    place = Path(tempfile.mkdtemp(prefix="lunattiva-many-"))
    try:
        read_code(lambda root: programme(root, PARTNERS), place)
        sys.stdout.write("files   first s (CPU)   one more s (CPU; finding, reading, judging)\n")
        for size in sizes:
            layout = programme(place / str(size), size)
            first = measured(layout)
            deliver(layout, size)
            more = measured(layout)
            sys.stdout.write(
                f"{size:5}   {first.clock:6.1f} ({first.cpu:5.1f})"
                f"   {more.clock:6.1f} ({more.cpu:5.1f}; {more.files:.1f})\n"
            )
            slow = sorted(steps(layout).items(), key=lambda each: -each[1])[:8]
            sys.stdout.write("        " + ", ".join(f"{n} {s:.1f}" for n, s in slow) + "\n")
            sys.stdout.flush()
            shutil.rmtree(layout.root)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [500, 1_500, 5_000])
