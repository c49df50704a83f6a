"""Dagster on a real PostgreSQL server: histories apart, runs claimed by workers, claims that go with them.

What takes minutes (workers switched off, a database that goes away) is ``make cluster``.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines.deploy import database
from pipelines.instance import forget_old_runs, open_instance, prepare_home
from pipelines.settings import DATABASE_VARIABLE
from tests.servers import PASSWORD, Postgres, new_postgres

SLEEPER = Path(__file__).with_name("sleeper.py")
DEPLOY = Path(database.__file__).parent


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    pytest.importorskip("dagster_postgres", reason="the extra 'cluster' is not installed")
    found = new_postgres()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in found.environment.items():
            patch.setenv(name, value)
        yield found
    found.close()


@pytest.fixture(scope="module")
def history(server: Postgres, tmp_path_factory: pytest.TempPathFactory):
    """Return the province's history, opened once: its tables take a second to make."""
    import dagster as dg

    home = tmp_path_factory.mktemp("home")
    shutil.copyfile(DEPLOY / "dagster.yaml", home / "dagster.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home))
        with dg.DagsterInstance.get() as instance:
            yield instance, home


@pytest.fixture
def province(history, monkeypatch: pytest.MonkeyPatch):
    from pipelines.deploy import claims

    instance, home = history
    monkeypatch.setattr(claims, "RETURNING_S", 0)  # the server has just been started
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    yield instance
    for run in instance.get_runs():
        instance.delete_run(run.run_id)


@pytest.fixture
def connected(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    monkeypatch.setenv("DAGSTER_HOME", "")  # put back afterwards, whoever changes it
    return server


def launched(instance, seconds: float):
    """Return a run of the sleeper as Dagster's queue leaves it."""
    import dagster as dg

    from tests.integration.sleeper import sleeper

    job = dg.reconstructable(sleeper)
    run = instance.create_run_for_job(
        sleeper, tags={"seconds": str(seconds)}, job_code_origin=job.get_python_origin()
    )
    return instance.launch_run(run.run_id, None)


def until(held, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


def working(instance, run):
    """Work on a run in a thread, as a worker does; return the thread once the run has begun."""
    from pipelines.deploy import worker

    thread = threading.Thread(target=worker.take_one, args=(instance, "shared"), daemon=True)
    thread.start()
    until(lambda: instance.get_run_by_id(run.run_id).status.value == "STARTED")
    return thread


def test_programmes_keep_their_histories_apart_on_one_server(connected, tmp_path, monkeypatch):
    from tests.integration.sleeper import sleeper

    for name in ("first", "second"):
        layout = Layout(tmp_path, name)
        with open_instance(layout) as instance:
            assert type(instance.run_storage).__name__ == "PostgresRunStorage"
            assert instance.get_dynamic_partitions("quarter") == []
            instance.add_dynamic_partitions("quarter", [name])
            for _ in range(2):
                done = sleeper.execute_in_process(instance=instance, tags={"seconds": "0"})
                assert done.success and instance.all_logs(done.run_id)
            monkeypatch.setenv("LUNATTIVA_KEEP_RUNS", "1")
            assert forget_old_runs(instance) == 1
            assert [each.run_id for each in instance.get_runs()] == [done.run_id]
        assert not (layout.dagster_home / "history").exists()
    with open_instance(Layout(tmp_path, "first")) as instance:
        assert instance.get_dynamic_partitions("quarter") == ["first"]
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes(), path.name


def test_a_run_whose_process_dies_fails_at_once_and_is_nobodys(province, monkeypatch):
    from dagster._core.launcher import WorkerStatus

    from pipelines.deploy import claims, worker
    from pipelines.deploy.launcher import url_of

    run = launched(province, 600)
    with claims.Claim(url_of(province), run.run_id) as second:
        assert second.taken and not worker.take_one(province, "shared"), "two workers on one run"
    dead = shutil.which("false")
    monkeypatch.setattr(worker.sys, "executable", dead)
    assert worker.take_one(province, "shared")
    assert province.get_run_by_id(run.run_id).status.value == "FAILURE"
    assert not claims.is_claimed(url_of(province), run.run_id)
    health = province.run_launcher.check_run_worker_health(run)
    assert health.status == WorkerStatus.SUCCESS  # it is over, whatever it was a moment ago


def test_a_run_ends_with_its_worker_and_that_is_noticed(province):
    from dagster._core.launcher import WorkerStatus

    from pipelines.deploy import worker

    run = launched(province, 600)
    child = worker.begin(run)
    try:
        until(lambda: province.get_run_by_id(run.run_id).status.value == "STARTED")
        child.stdin.close()  # what the system does when the worker dies
        child.wait(60)
    finally:
        child.kill()
    now = province.get_run_by_id(run.run_id)
    assert now.status.value == "STARTED", "nobody was there to say it"
    assert province.run_launcher.check_run_worker_health(now).status == WorkerStatus.FAILED


def test_a_run_that_waits_can_be_stopped(province):
    run = launched(province, 600)
    assert run.status.value == "STARTING"
    assert province.run_launcher.terminate(run.run_id)
    assert province.get_run_by_id(run.run_id).status.value == "CANCELED"
    assert not province.run_launcher.terminate(run.run_id)


def test_a_run_at_work_that_a_person_stops_ends_as_stopped(province):
    from dagster._core.launcher import WorkerStatus

    run = launched(province, 600)
    thread = working(province, run)
    now = province.get_run_by_id(run.run_id)
    assert province.run_launcher.check_run_worker_health(now).status == WorkerStatus.RUNNING
    assert province.run_launcher.terminate(run.run_id)
    thread.join(60)
    assert province.get_run_by_id(run.run_id).status.value == "CANCELED"


def test_a_run_of_another_queue_is_left_to_its_workers(province):
    from pipelines.deploy import worker
    from pipelines.deploy.owners import QUEUE_TAG

    run = launched(province, 600)  # by hand: it says of no queue
    assert province.get_run_by_id(run.run_id).tags[QUEUE_TAG] == "shared"
    assert not worker.take_one(province, "mantova")


def test_a_claim_that_its_connection_took_along_is_taken_again(province):
    from pipelines.deploy import claims
    from pipelines.deploy.launcher import url_of

    url = url_of(province)
    with claims.Claim(url, "run") as claim:
        assert claim.taken and claims.is_claimed(url, "run")
        _cut(url)
        assert not claims.is_claimed(url, "run")
        assert claim.renew() and claims.is_claimed(url, "run")
        _cut(url)
        with claims.Claim(url, "run") as other:
            assert other.taken and not claim.renew(), "another took it meanwhile"


def _cut(url: str) -> None:
    """End every session but one's own, as a server that is restarted does."""
    import psycopg2

    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    connection.close()
    time.sleep(0.3)


def test_a_server_that_has_just_come_back_condemns_nobody(province, monkeypatch):
    from pipelines.deploy import claims
    from pipelines.deploy.launcher import url_of

    monkeypatch.setattr(claims, "RETURNING_S", 86400)
    assert claims.is_claimed(url_of(province), "of a worker that is about to take it again")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("postgresql://me:secret@host/db", "holds a password"),
        ("postgresql://me@host/db?password=secret", "holds a password"),
        ("mysql://me@host/db", "not the address of a database"),
        ("postgresql://me@host", "not the address of a database"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_quoting_it(monkeypatch, given, said):
    monkeypatch.setenv(DATABASE_VARIABLE, given)
    with pytest.raises(ConfigurationError, match=said) as caught:
        database.address()
    assert "secret" not in caught.value.say("it") + caught.value.say("en")


def test_a_server_that_does_not_answer_is_told_in_words(connected, tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://lunattiva@127.0.0.1:9/lunattiva")
    with pytest.raises(ConfigurationError, match="does not answer"):
        prepare_home(Layout(tmp_path, "first"))


def test_a_laptop_has_nothing_of_it(tmp_path, monkeypatch):
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    monkeypatch.setenv("DAGSTER_HOME", "")
    home = prepare_home(Layout(tmp_path, "first"))
    assert "postgres" not in (home / "dagster.yaml").read_text("utf-8")
    for path in (DEPLOY.parent).rglob("*.py"):
        found = re.findall(r"pipelines\.deploy(?: import |\.)(\w+)", path.read_text("utf-8"))
        assert path.parent == DEPLOY or set(found) <= {"database"}, path.name
    top = re.findall(r"^(?:import|from) (\w+)", (DEPLOY / "database.py").read_text("utf-8"), re.M)
    assert not {"psycopg2", "dagster", "dagster_postgres"} & set(top)
