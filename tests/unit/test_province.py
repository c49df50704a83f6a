"""Whose turn it is, whose workers take it, and that one programme's failure is nobody else's."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from assets.errors import ConfigurationError
from pipelines.collecting import Collected
from pipelines.deploy import province
from pipelines.deploy.owners import PROGRAMME_TAG, QUEUE_TAG, queues
from pipelines.settings import DATABASE_VARIABLE
from schemas.config import ConfigError

NAMES = ["a", "b", "c", "d", "e"]


def test_a_round_asks_for_each_programme_once_in_parts(monkeypatch):
    monkeypatch.setattr(province, "AT_ONCE", 2)
    monkeypatch.setenv(province.ROUND_VARIABLE, "3600")
    cursor, asked, now = None, [], 1000.0
    for _ in range(4):
        began, names = province.next_round(cursor, NAMES, now)
        asked.append(names)
        cursor, now = f"{began} {names[-1]}" if names else cursor, now + 30
    assert asked == [["a", "b"], ["c", "d"], ["e"], []]
    # One that was added while the round was on has its turn in it, or in the next.
    assert province.next_round(cursor, [*NAMES, "f"], now) == (1000.0, ["f"])
    assert province.next_round(cursor, ["0", *NAMES], now) == (1000.0, [])
    assert province.next_round(cursor, NAMES, 4600.0) == (4600.0, ["a", "b"])


def test_programmes_go_to_the_workers_that_own_them(tmp_path: Path):
    for name in ("lunetta", "valletta"):
        (tmp_path / "raw" / name).mkdir(parents=True)
        (tmp_path / "raw" / name / "programme.yml").touch()
    assert queues(tmp_path) == {"lunetta": "shared", "valletta": "shared"}
    (tmp_path / "province.yml").write_text("queues:\n  verona: [adige, lunetta]\n", "utf-8")
    assert queues(tmp_path) == {
        "adige": "verona",
        "lunetta": "verona",
        "valletta": "shared",
    }
    (tmp_path / "province.yml").write_text("quues: {}\n", "utf-8")
    with pytest.raises(ConfigError):
        queues(tmp_path)


def test_the_sensor_asks_with_queue_and_programme_and_again_only_in_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    (tmp_path / "province.yml").write_text("queues: {verona: [adige], mantova: [lunetta]}", "utf-8")
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, definitions=province.defs)
        found = province.every_programme(context)
        asked = {each.partition_key: each for each in found.run_requests}
        assert {name: each.tags[QUEUE_TAG] for name, each in asked.items()} == {
            "adige": "verona",
            "lunetta": "mantova",
        }
        (added,) = found.dynamic_partitions_requests
        assert list(added.partition_keys) == ["adige", "lunetta"]
        context = dg.build_sensor_context(
            instance=instance, definitions=province.defs, cursor=found.cursor
        )
        assert province.every_programme(context).skip_reason
        # The next round is due and the first has not ended: nobody waits twice.
        job = province.defs.resolve_job_def("province_job")
        instance.create_run_for_job(
            job, status=dg.DagsterRunStatus.STARTED, tags={PROGRAMME_TAG: "adige"}
        )
        context = dg.build_sensor_context(
            instance=instance, definitions=province.defs, cursor="1000.0 lunetta"
        )
        later = province.every_programme(context)
        assert [each.partition_key for each in later.run_requests] == ["lunetta"]


def run(instance: dg.DagsterInstance, name: str) -> dg.ExecuteInProcessResult:
    instance.add_dynamic_partitions("programme", [name])
    job = province.defs.resolve_job_def("province_job")
    return job.execute_in_process(instance=instance, partition_key=name, raise_on_error=False)


def test_a_programme_that_fails_says_why_and_is_not_collected(tmp_path, monkeypatch):
    collected, seen = [], {}

    def update(layout, period, today, context):
        import os

        seen[layout.programme] = os.environ.get(DATABASE_VARIABLE)
        if layout.programme == "told":
            return [{"it": "non tiene", "en": "it does not hold"}]
        if layout.programme == "raised":
            raise ConfigurationError("sbagliato", "it is wrong")
        if layout.programme == "foreign":
            raise ValueError("Mario Rossi")
        return []

    def collect(layout, to, *, is_quick):
        collected.append((layout.programme, to))
        return Collected(layout.programme, added=["d"], standing=1)

    monkeypatch.setattr(province, "bring_up_to_date", update)
    monkeypatch.setattr(province, "collect", collect)
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    monkeypatch.setenv(province.COLLECTED_VARIABLE, "somewhere")
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://a@b/c")
    with dg.DagsterInstance.ephemeral() as instance:
        said = {}
        for name in ("told", "raised", "foreign", "good"):
            done = run(instance, name)
            failed = [each for each in done.all_events if each.is_step_failure]
            said[name] = str(failed[0].step_failure_data) if failed else ""
            logged = " ".join(str(each) for each in instance.all_logs(done.run_id))
            assert "Mario" not in logged
        assert "it does not hold" in said["told"] and "it is wrong" in said["raised"]
        assert "ValueError" in said["foreign"] and not said["good"]
    assert collected == [("good", "somewhere")]
    assert seen == dict.fromkeys(said), "its own history is kept in its store"
    import os

    assert os.environ[DATABASE_VARIABLE] == "postgresql://a@b/c"
