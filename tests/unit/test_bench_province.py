"""What is told of a simulated province: finished programmes only, and a sitting goes on where one ended."""

from __future__ import annotations

import inspect
import logging
from pathlib import Path
from types import SimpleNamespace

import yaml

from assets.sample.profile import read_profile
from pipelines.deploy import worker
from tests.bench import province_made as made
from tests.bench import province_told as told
from tests.bench.bench_province import Setting
from tests.bench.province_watch import Ended, ended

SAID = '"%s, run %s: ended (%s) after %.1f s of processor time"'


def test_a_workers_log_says_which_programme_ended_and_what_it_took(tmp_path: Path):
    assert SAID in inspect.getsource(worker), "the worker words it otherwise now"
    log = logging.getLogger("bench")
    handler = logging.FileHandler(tmp_path / "worker-0.log")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.warning("p0001, run a-b: begins")
    log.warning(SAID.strip('"'), "p0001", "a-b", 0, 71.26)
    log.warning(SAID.strip('"'), "p0002", "c-d", -9, 3.0)
    handler.close()
    found = ended(tmp_path / "worker-0.log")
    assert found == [Ended("p0001", "a-b", True, 71.3), Ended("p0002", "c-d", False, 3.0)]
    assert ended(tmp_path / "nothing.log") == []


def test_what_is_told_counts_finished_programmes_over_all_sittings(tmp_path: Path, capsys):
    state = told.read(tmp_path)
    known = state.setdefault("small-2", told.setting("small", 2))
    watch = SimpleNamespace(megabytes=lambda _: (1500, 900), seconds=lambda _: 12.0)
    for clock in (100.0, 260.0):  # two sittings, the second ended after its second programme
        known["sittings"].append(told.sitting())
        for _ in range(2):
            known["done"].append({"programme": "p", "cpu_s": 60.0, "held": True, "store_mb": 30})
        told.add(known["sittings"][-1], watch, clock, 2)
    told.write(tmp_path, state)
    told.table(told.read(tmp_path))
    line, paper = capsys.readouterr().out.splitlines()[1:3]
    what, workers, done, failed, clock, hourly, each = line.split()[:7]
    assert (what, workers, done, failed) == ("small", "2", "4", "0")
    assert (clock, hourly, each) == ("360", "40.0", "60.0")  # 4 in 6 minutes
    assert f"{7900 * 60 / 3600:.0f} core hours" in paper and "from 4 that were run" in paper


def test_a_programme_of_a_province_is_its_sample_under_another_name(tmp_path: Path):
    source = tmp_path / "sample"
    (source / "agape").mkdir(parents=True)
    (source / "agape" / "file.csv").write_text("x", "utf-8")
    (source / "programme.yml").write_text("a: 1\nprogramme: demo\nb: 2\n", "utf-8")
    layout = made.put(tmp_path / "root", "p0007", source)
    declared = yaml.safe_load((layout.raw / "programme.yml").read_text("utf-8"))
    assert declared == {"a": 1, "programme": "p0007", "b": 2, "documents": []}
    assert (layout.raw / "agape" / "file.csv").samefile(source / "agape" / "file.csv")
    assert "demo" in (source / "programme.yml").read_text("utf-8"), "the sample stays as it is"
    layout = made.put(tmp_path / "root", "p0008", source, with_documents=True)
    assert "documents" not in (layout.raw / "programme.yml").read_text("utf-8")


def test_a_hundred_times_is_of_everything_that_people_make():
    few, many = read_profile(), made.many(read_profile(), 100)
    assert many.people.persons == 100 * few.people.persons
    assert many.services["emporio"].per_month == 100 * few.services["emporio"].per_month
    assert many.survey.waves["pre"].persons == 100 * few.survey.waves["pre"].persons
    assert Setting("large", 100, 2, False).what == "large-100"
