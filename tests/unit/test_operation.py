"""What runs without a person: files are noticed once and whole, people are told once, Dagster and the command line agree."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml
from aiosmtpd.controller import Controller
from dagster._utils.schedules import schedule_execution_time_iterator

from assets.layout import Layout
from pipelines import (
    arrivals,
    checks,
    decisions,
    definitions,
    instance,
    notices,
    schedules,
    sensors,
    state,
    update,
)
from pipelines.run import run
from pipelines.session import PROGRAMME_JOB, KeptFolder
from pipelines.settings import QUIET_S
from schemas.config import ConfigError
from tests.unit import programmes as made
from tests.unit.test_cli_run import Standin

TODAY = date(2022, 11, 22)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return made.tiny(tmp_path)


@pytest.fixture(autouse=True)
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intern's page has tests of its own; rendering it takes seconds."""
    monkeypatch.setattr("pipelines.quality.bring_up", lambda *_: [])


# Files that arrive.


def settled(layout: Layout, cursor: str | None, now: float) -> arrivals.Arrival:
    first = arrivals.look(layout, cursor, now)
    return arrivals.look(layout, first.cursor, now + QUIET_S)


def test_files_still_being_written_start_nothing_and_several_start_one_run(layout):
    found, now = arrivals.look(layout, None, 0.0), 0.0
    for size in range(1, 4):
        (layout.raw / "agape" / "2022Q1" / f"{size}.csv").write_text("x" * size)
        now += QUIET_S  # as long as one likes, while something still comes
        found = arrivals.look(layout, found.cursor, now)
        assert (found.run_key, found.why) == ("", "arriving")
    assert arrivals.look(layout, found.cursor, now + QUIET_S - 1).why == "arriving"
    found = arrivals.look(layout, found.cursor, now + QUIET_S)
    assert found.run_key.startswith(state.fingerprint(layout))
    assert arrivals.look(layout, found.cursor, now + 9_999).why == "asked"


def test_what_the_last_run_was_made_of_starts_nothing(layout):
    run(layout, None, Standin(layout))
    assert settled(layout, None, 0.0).why == "nothing_new"


def test_bytes_that_come_back_have_a_key_of_their_own(layout):
    path = layout.raw / "agape" / "2022Q1" / "emporio.csv"
    keys, cursor, now = [], None, 0.0
    for text in ("a", "b", "a"):
        path.write_text(text)
        os.utime(path, (now, now))
        found = settled(layout, cursor, now)
        keys.append(found.run_key)
        cursor, now = found.cursor, now + 100
    assert len(set(keys)) == 3 and all(keys)
    assert keys[0].split("-")[0] == keys[2].split("-")[0] != keys[1].split("-")[0]


@pytest.mark.parametrize("cursor", ["", "{cut", "[]", '{"seen": "x"}'])
def test_lost_memory_and_a_clock_set_back_cost_one_quiet_time(layout, cursor):
    first = arrivals.look(layout, cursor, 1_000.0)
    back = arrivals.look(layout, first.cursor, 10.0)
    assert back.why == "arriving"
    assert arrivals.look(layout, back.cursor, 10.0 + QUIET_S).run_key


def test_sensor_asks_for_one_run_and_adds_the_quarters(layout, monkeypatch):
    run(layout, None, Standin(layout))
    (layout.raw / "new.txt").write_text("x")
    clock = iter((0.0, 100.0, 200.0))
    monkeypatch.setattr(sensors, "time", SimpleNamespace(time=lambda: next(clock)))
    sensor, cursor, asked, added = sensors.raw_files(layout), None, [], []
    with dg.DagsterInstance.ephemeral() as here:
        for _ in range(3):
            context = dg.build_sensor_context(here, cursor=cursor)
            found = sensor.evaluate_tick(context)
            asked.append(len(found.run_requests or []))
            added.append([each.partition_keys for each in found.dynamic_partitions_requests or []])
            cursor = found.cursor
    assert asked == [0, 1, 0]
    assert added == [[["2022Q1", "2022Q2"]], [], []]  # told once


def test_a_look_that_finds_nothing_opens_no_history(layout, monkeypatch):
    """It would take ten times as long as the look, four times a minute."""
    run(layout, None, Standin(layout))
    monkeypatch.setattr(sensors, "time", SimpleNamespace(time=lambda: 0.0))
    sensor = sensors.raw_files(layout)
    with dg.DagsterInstance.ephemeral() as here:
        found = sensor.evaluate_tick(dg.build_sensor_context(here))
    no_history = dg.build_sensor_context(cursor=found.cursor)
    assert sensor.evaluate_tick(no_history).dynamic_partitions_requests == []
    assert no_history._instance is None


# The calendar.


@pytest.mark.parametrize(
    ("day", "quarter"),
    [((2022, 4, 10), "2022Q1"), ((2022, 1, 10), "2021Q4"), ((2022, 7, 10), "2022Q2"),
     ((2022, 10, 10), "2022Q3"), ((2022, 12, 31), "2022Q3")],
)  # fmt: skip
def test_quarter_that_ended(day, quarter):
    assert schedules.quarter_before(datetime(*day)) == quarter


def test_draft_is_prepared_on_the_tenth_day_in_rome(layout):
    schedule = schedules.quarterly_draft(layout)
    begin = datetime(2022, 3, 1, tzinfo=UTC).timestamp()
    ticks = schedule_execution_time_iterator(
        begin, schedule.cron_schedule, schedule.execution_timezone
    )
    times = [next(ticks) for _ in range(2)]
    assert [each.isoformat() for each in times] == [
        "2022-04-10T07:00:00+02:00",
        "2022-07-10T07:00:00+02:00",
    ]
    with dg.DagsterInstance.ephemeral() as here:
        ask = [
            schedule.evaluate_tick(dg.build_schedule_context(here, scheduled_execution_time=each))
            for each in (*times, datetime(2022, 10, 10, tzinfo=UTC))
        ]
    configs = [request.run_config for each in ask for request in each.run_requests]
    assert [each["ops"]["update"]["config"]["period"] for each in configs] == ["2022Q1", "2022Q2"]
    assert "2022Q3" in ask[2].skip_message  # the programme is over


def test_lateness_is_a_warning_for_each_partner(layout, monkeypatch):
    (check,) = checks.lateness(layout)
    assert [each.name for each in check.check_keys] == ["in_time_agape"]
    with dg.DagsterInstance.ephemeral() as here:
        done = dg.materialize(
            [_deliveries, check], instance=here, selection=dg.AssetSelection.all()
        )
    (found,) = done.get_asset_check_evaluations()
    assert done.success and not found.passed
    assert found.severity == dg.AssetCheckSeverity.WARN
    told = {name: value.value for name, value in found.metadata.items()}
    assert (told["expected"], told["missing"], told["completeness"]) == (2, 1, 0.5)


@dg.asset(name="intake_deliveries")
def _deliveries() -> None:
    return None


# What a person must decide.


def waiting(layout: Layout, today: date = TODAY) -> dict[str, decisions.Decision]:
    return {each.code: each for each in decisions.decisions(layout, today)}


def test_decisions_are_counted_and_said_in_both_languages(layout):
    made.fill_warehouse(layout, refused=True)
    made.write_release(layout, ["2022Q1"])
    with duckdb.connect(str(layout.warehouse)) as connection:
        connection.execute(
            "create table core_link_review as select unnest(['open', 'answered']) as state"
        )
    found = waiting(layout)
    assert list(found) == ["refused", "links", "late", "release"]
    assert (found["refused"].count, found["links"].count, found["late"].count) == (1, 1, 1)
    assert "agape/2022Q1/emporio.csv" in found["refused"].it
    assert "emporio 2022Q2" in found["late"].en and "2022Q1" in found["release"].en
    path = decisions.write(layout, list(found.values()))
    assert [each["code"] for each in json.loads(path.read_text("utf-8"))["decisions"]] == list(
        found
    )


@pytest.mark.parametrize(
    ("where", "waits"),
    [("draft", True), ("audited", True), ("approved", False), ("published", False)],
)
def test_a_release_waits_until_it_is_approved(layout, where, waits):
    made.write_release(layout, ["2022Q1"])
    (layout.released / "release.json").write_text(json.dumps({"state": where, "period": "2022Q1"}))
    assert ("release" in waiting(layout)) is waits


class Box:
    """A mail server of this machine that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refuses = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        from email import message_from_bytes, policy

        if self.refuses:
            self.refuses -= 1
            return "451 busy"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def box(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    kept = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setattr(notices, "WAITS_S", (0.0, 0.0))
    layout.store.mkdir(parents=True)
    text = {"host": "127.0.0.1", "port": port, "security": "none", "from": "lunattiva@example.org",
            "to": ["tirocinio@example.org"]}  # fmt: skip
    notices.settings_path(layout).write_text(yaml.safe_dump(text))
    yield kept
    server.stop()


def late(*periods: str) -> decisions.Decision:
    return decisions.Decision("late", periods, len(periods), "è in ritardo", "is late")


def test_each_point_is_told_once_and_again_when_it_comes_back(layout, box):
    assert notices.tell(layout, [late("a", "b")]) == 1
    assert notices.tell(layout, [late("a", "b")]) == 0
    assert notices.tell(layout, [late("b")]) == 0  # one came: no news to write about
    assert notices.tell(layout, []) == 0
    assert notices.tell(layout, [late("b")]) == 1
    assert notices.tell(layout, [late("b", "c")]) == 1
    assert len(box.mails) == 3
    first = box.mails[0]
    assert first["To"] == "tirocinio@example.org" and "da decidere (1)" in first["Subject"]
    assert "- è in ritardo" in first.get_content()


def test_failure_is_told_once_and_several_points_make_one_mail(layout, box):
    failed = [{"it": "non riuscita", "en": "failed"}]
    assert notices.tell(layout, [late("a")], failed) == 2
    assert notices.tell(layout, [late("a")], failed) == 0
    (mail,) = box.mails
    assert "non riuscita" in mail["Subject"]
    assert mail.get_content().count("\n- ") == 2


def test_a_busy_server_is_tried_again_and_a_mail_not_sent_is_not_told(layout, box):
    box.refuses = 2
    assert notices.tell(layout, [late("a")]) == 1
    box.refuses = 99
    assert notices.tell(layout, [late("z")]) == 0
    box.refuses = 0
    assert notices.tell(layout, [late("z")]) == 1


def test_without_settings_nobody_is_written_to(layout):
    layout.store.mkdir(parents=True)
    assert notices.tell(layout, [late("a")]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [("host: mail.example.org\nsecurity: none\nfrom: a@b.it\nto: [c@d.it]\n", "this machine only"),
     ("hots: x\n", "'host'")],
)  # fmt: skip
def test_faulty_mail_settings_are_told_with_the_remedy(layout, text, said):
    notices.settings_path(layout).parent.mkdir(parents=True, exist_ok=True)
    notices.settings_path(layout).write_text(text)
    with pytest.raises(ConfigError, match=said):
        notices.mail_settings(layout)


def test_password_comes_from_the_environment_and_is_not_shown(layout, box, monkeypatch):
    monkeypatch.setenv(notices.PASSWORD_VARIABLE, "secret-word")
    found = notices.mail_settings(layout)
    assert found is not None and found.password == "secret-word"
    assert "secret-word" not in repr(found)


# Dagster's runs and those of the command line.


def by_hand(
    layout: Layout, *, fails: bool = False, changes: bool = False, is_picked: bool = False
) -> dg.ExecuteInProcessResult:
    """Run a job of the same name and resource as the programme's, as the web interface would."""
    dagster = Standin(layout)

    @dg.asset
    def everything(folder: KeptFolder) -> None:
        dagster.run()
        made.write_page(layout, "2022Q2-it.html")
        if changes:
            (layout.raw / "agape" / "2022Q1" / "emporio.csv").write_text("other bytes")
        if fails:
            raise ValueError

    job = dg.define_asset_job(PROGRAMME_JOB, dg.AssetSelection.all())
    bound = {"folder": KeptFolder(root=str(layout.root), programme=layout.programme)}
    defs = dg.Definitions(
        [everything], jobs=[job], resources=bound, executor=dg.in_process_executor
    )
    whole, picked = (
        defs.resolve_job_def(PROGRAMME_JOB),
        defs.resolve_implicit_global_asset_job_def(),
    )
    with dg.DagsterInstance.ephemeral() as here:
        return (picked if is_picked else whole).execute_in_process(
            instance=here, raise_on_error=False
        )


def test_after_a_run_by_hand_only_the_quarter_is_left(layout):
    assert by_hand(layout).success
    dagster = Standin(layout)
    assert run(layout, None, dagster).held
    assert dagster.asked == ["2022Q2"]
    assert run(layout, None, dagster).nothing_new


def test_tables_picked_in_the_interface_leave_a_current_programme_current(layout):
    run(layout, None, Standin(layout))
    assert by_hand(layout, is_picked=True).success
    dagster = Standin(layout)
    assert run(layout, None, dagster).nothing_new and dagster.asked == []
    (layout.raw / "new.txt").write_text("x")
    by_hand(layout, is_picked=True)  # a part, of other files than the rest: not trusted
    assert state.read_state(layout) is None


@pytest.mark.parametrize(
    "how", [{"fails": True}, {"changes": True}], ids=["failed", "file replaced while read"]
)
def test_a_run_by_hand_that_did_not_hold_is_made_again(layout, how):
    run(layout, None, Standin(layout))
    (layout.raw / "new.txt").write_text("x")
    by_hand(layout, **how)
    assert state.read_state(layout) is None
    dagster = Standin(layout)
    run(layout, None, dagster)
    assert dagster.asked[0] is None


def test_file_replaced_while_it_is_read_is_told_and_all_made_again(layout):
    dagster = Standin(layout)
    path = layout.raw / "agape" / "2022Q1" / "emporio.csv"
    before = path.read_bytes()
    fill = made.fill_warehouse

    def replaced(*_: object, **__: object) -> None:
        fill(layout)
        path.write_bytes(b"Data\n09/09/2022\n")

    dagster_run = dagster.run
    dagster.run = lambda *, quarter=None: (replaced(), dagster_run(quarter=quarter))[1]  # type: ignore[method-assign]
    told = run(layout, None, dagster)
    assert not told.held and "changed while" in told.failures[0]["en"]
    path.write_bytes(before)  # even back as it was: what was made is of the other bytes
    assert not run(layout, None, Standin(layout)).nothing_new


def test_settings_say_what_is_kept(layout, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_KEEP_DAYS", "30")
    home = instance.prepare_home(layout)
    found = yaml.safe_load((home / "dagster.yaml").read_text("utf-8"))
    assert found["retention"]["schedule"]["purge_after_days"] == 30
    assert found["concurrency"]["pools"] == {"granularity": "run", "default_limit": 1}
    assert found["run_retries"]["retry_on_asset_or_op_failure"] is False


def test_only_the_latest_runs_are_kept(monkeypatch):
    monkeypatch.setenv("LUNATTIVA_KEEP_RUNS", "2")
    now = datetime.now(UTC)
    runs = [
        SimpleNamespace(
            dagster_run=SimpleNamespace(run_id=str(n), is_finished=n != 4), create_timestamp=now
        )
        for n in range(6)
    ]
    gone: list[str] = []
    standin = SimpleNamespace(
        get_run_records=lambda **_: runs, delete_run=gone.append, event_log_storage=None
    )
    assert instance.forget_old_runs(standin) == 3  # type: ignore[arg-type]
    assert gone == ["2", "3", "5"]  # one that is at work stays


def test_what_sensor_and_schedules_ask_for_is_a_run_that_can_begin(layout):
    defs = definitions.build_defs(layout.root, layout.programme, rooms=["intake"])
    period = {"ops": {"update": {"config": {"period": "2022Q1"}}}}
    for name, config in (("update_job", {}), ("update_job", period), ("look_job", {})):
        job = defs.resolve_job_def(name)
        assert dg.validate_run_config(job, {**update.QUIET, **config})["loggers"]
