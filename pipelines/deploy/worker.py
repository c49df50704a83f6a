"""A worker: fetches the runs of its queue from Dagster's database, one after the other.

``python -m pipelines.deploy.worker --queue shared``. As many as there are cores on a machine; each run
is a process of its own, so its memory is given back and its death is nobody else's.
"""

import argparse
import logging
import os
import signal
import subprocess
import sys
import time

import psycopg2
import sqlalchemy.exc
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter
from dagster._grpc.types import ExecuteRunArgs
from dagster_postgres.utils import DagsterPostgresException

from pipelines.deploy.claims import Claim
from pipelines.deploy.launcher import url_of
from pipelines.deploy.owners import PROGRAMME_TAG, QUEUE_TAG, SHARED_QUEUE

#: Seconds between two looks for a run, and at a run.
LOOK_S = 2
#: Seconds to wait for a database that is away.
AWAY_S = 5
#: Runs looked at together: others may be taken by other workers.
_LOOKED_AT = 50
#: Seconds for a process to end after its run is over, or was given to another.
GRACE_S = 20
_AWAY = (psycopg2.OperationalError, sqlalchemy.exc.DBAPIError, DagsterPostgresException)

log = logging.getLogger("lunattiva.worker")


def main() -> None:
    """Work until told to stop (SIGTERM, Ctrl-C): the run at work is then given back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queue", default=SHARED_QUEUE)
    parser.add_argument("--once", action="store_true", help="stop when no run waits")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        work(asked.queue, once=asked.once)
    except KeyboardInterrupt:
        log.info("stopped")


def work(queue: str, *, once: bool = False) -> None:
    """Take one run after the other; a database that is away is waited for."""
    while True:
        try:
            with DagsterInstance.get() as instance:
                while True:
                    if not take_one(instance, queue):
                        if once:
                            return
                        time.sleep(LOOK_S)
        except _AWAY as error:
            log.warning("the database is away (%s): waiting", type(error).__name__)
            time.sleep(AWAY_S)


def take_one(instance: DagsterInstance, queue: str) -> bool:
    """Work on the oldest run that waits for this queue; say whether there was one."""
    waits = RunsFilter(statuses=[DagsterRunStatus.STARTING], tags={QUEUE_TAG: queue})
    url = url_of(instance)
    for run in instance.get_runs(waits, limit=_LOOKED_AT, ascending=True):
        with Claim(url, run.run_id) as claim:
            if claim.taken and _status(instance, run) == DagsterRunStatus.STARTING:
                _execute(instance, run, claim)
                return True
    return False


def _execute(instance: DagsterInstance, run: DagsterRun, claim: Claim) -> None:
    """Run in a process of its own, and look after it."""
    programme = run.tags.get(PROGRAMME_TAG, "-")
    log.info("%s, run %s: begins", programme, run.run_id)
    before, child = _spent(), begin(run)
    ours = time.monotonic()
    try:
        while child.poll() is None:
            time.sleep(LOOK_S)
            if _is_ours(instance, run, claim, child):
                ours = time.monotonic()
            elif time.monotonic() - ours > GRACE_S:
                log.warning("run %s: no longer ours", run.run_id)
                child.kill()
    except BaseException:
        child.kill()
        child.wait()
        raise
    finally:
        assert child.stdin
        child.stdin.close()
    told = (programme, run.run_id, child.returncode, _spent() - before)
    log.info("%s, run %s: ended (%s) after %.1f s of processor time", *told)
    _told_if_dead(instance, run, child.returncode)


def _spent() -> float:
    """Return the processor time of all processes that ended below this one; nothing on Windows."""
    times = os.times()
    return times.children_user + times.children_system


def begin(run: DagsterRun) -> subprocess.Popen[bytes]:
    """Start the process of a run; it ends when this one does."""
    origin = run.job_code_origin
    assert origin is not None, "a run that Dagster launched has an origin"
    arguments = ExecuteRunArgs(
        job_origin=origin, run_id=run.run_id, instance_ref=None, set_exit_code_on_failure=True
    ).get_command_args()
    # The first words name Python and Dagster's module: ours, then Dagster's own words.
    command = [sys.executable, "-m", "pipelines.deploy.child", *arguments[-3:]]
    # What it prints is not kept: it could quote a person's row. Dagster's history says what failed.
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _is_ours(
    instance: DagsterInstance, run: DagsterRun, claim: Claim, child: subprocess.Popen[bytes]
) -> bool:
    """Keep the claim, pass on a person's wish to stop; say whether the run is still to be worked on."""
    try:
        held = claim.renew()
        status = _status(instance, run)
    except _AWAY:
        return True  # nobody knows anything now: the run goes on as far as it gets
    if status == DagsterRunStatus.CANCELING:
        child.send_signal(signal.SIGINT)
    return held and status not in (
        DagsterRunStatus.SUCCESS,
        DagsterRunStatus.FAILURE,
        DagsterRunStatus.CANCELED,
    )


def _told_if_dead(instance: DagsterInstance, run: DagsterRun, code: int) -> None:
    """Say of a run whose process was killed that it failed: it is tried again at once."""
    now = instance.get_run_by_id(run.run_id)
    if now is not None and not now.is_finished:
        instance.report_run_failed(now, f"Its process ended without a word (exit code {code}).")


def _status(instance: DagsterInstance, run: DagsterRun) -> DagsterRunStatus | None:
    now = instance.get_run_by_id(run.run_id)
    return now.status if now else None


if __name__ == "__main__":
    main()
