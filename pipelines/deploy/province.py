"""The module that Dagster loads where there are many programmes: one partition a programme.

Each run does for its programme what ``lunattiva run`` does, with the same definitions, and then puts
what was published where all programmes meet. Nothing else of a programme leaves its store.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import dagster as dg

from assets.errors import LunattivaError
from assets.guard import value_free
from assets.layout import Layout, find_root
from pipelines import settings
from pipelines.collecting import collect
from pipelines.deploy.owners import PROGRAMME_TAG, QUEUE_TAG, queues
from pipelines.events import progress
from pipelines.settings import DATABASE_VARIABLE
from pipelines.update import QUIET, bring_up_to_date
from schemas.config import ConfigError

#: Where the released tables of all programmes meet: a folder, or ``s3://bucket/prefix``.
COLLECTED_VARIABLE = "LUNATTIVA_COLLECTED"
#: Seconds from one round over all programmes to the next.
ROUND_VARIABLE, ROUND_S = "LUNATTIVA_ROUND_S", 3600
#: Runs asked for at one look: a look must end within a minute.
AT_ONCE = 200

PROGRAMMES = dg.DynamicPartitionsDefinition(name="programme")


@contextmanager
def _in_its_store() -> Iterator[None]:
    """Let the programme's own history be kept in its store: steps of thousands in one database help nobody."""
    before = {name: os.environ.pop(name, None) for name in ("DAGSTER_HOME", DATABASE_VARIABLE)}
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})


@dg.asset(
    partitions_def=PROGRAMMES,
    group_name="province",
    kinds={"duckdb", "parquet"},
    description="One programme, brought up to date as «lunattiva run» does.",
)
def up_to_date(context: dg.AssetExecutionContext) -> None:
    """Run what is due for one programme; what did not hold fails this run and no other."""
    layout = Layout(find_root(), context.partition_key)
    try:
        with value_free(), _in_its_store():
            failures = bring_up_to_date(layout, None, date.today(), context.op_execution_context)
    except (LunattivaError, ConfigError) as error:
        raise dg.Failure(description=error.say("en")) from None
    if failures:
        raise dg.Failure(description="; ".join(each["en"] for each in failures))


@dg.asset(
    partitions_def=PROGRAMMES,
    group_name="province",
    deps=[up_to_date],
    kinds={"parquet"},
    description="The programme's published tables, where those of all programmes meet.",
)
def collected(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Put what was published and is not there yet, or was changed there since."""
    to = os.environ.get(COLLECTED_VARIABLE, "").strip()
    if not to:
        return dg.MaterializeResult(metadata={"collected": f"{COLLECTED_VARIABLE} is not set"})
    with value_free():
        found = collect(Layout(find_root(), context.partition_key), to, is_quick="://" in to)
    counts = {name: len(getattr(found, name)) for name in ("added", "healed", "removed")}
    counts["standing"] = found.standing
    return dg.MaterializeResult(metadata=counts)


province_job = dg.define_asset_job(
    "province_job",
    [up_to_date, collected],
    config=QUIET,
    description="One programme: brought up to date, then what was published collected.",
)


def next_round(cursor: str | None, names: list[str], now: float) -> tuple[float, list[str]]:
    """Return when the round began and whose turn it is in it.

    Parameters
    ----------
    cursor
        ``<seconds since 1970> <last programme asked for>`` of the look before.
    """
    began, _, last = (cursor or "").partition(" ")
    if not began:
        return now, names[:AT_ONCE]
    left = [each for each in names if each > last]
    if not left and now - float(began) >= settings.number(ROUND_VARIABLE, ROUND_S):
        return now, names[:AT_ONCE]
    return float(began), left[:AT_ONCE]


def _unfinished(instance: dg.DagsterInstance) -> set[str]:
    """Return the programmes of which a run waits or is at work: another would find nothing to do."""
    kinds = dg.DagsterRunStatus
    waits = [kinds.QUEUED, kinds.NOT_STARTED, kinds.STARTING, kinds.STARTED, kinds.CANCELING]
    found = instance.get_runs(dg.RunsFilter(job_name=province_job.name, statuses=waits))
    return {each.tags.get(PROGRAMME_TAG, "") for each in found}


@dg.sensor(
    job=province_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks for a run of each programme once a round, unless one waits or is at work.",
)
def every_programme(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Ask for the programmes whose turn it is; one with nothing new takes seconds."""
    found = queues(find_root())
    began, names = next_round(context.cursor, list(found), time.time())
    if not names:
        return dg.SensorResult(skip_reason="The round is complete; the next one is not due yet.")
    there = set(context.instance.get_dynamic_partitions(str(PROGRAMMES.name)))
    fresh = [each for each in names if each not in there]
    busy = _unfinished(context.instance)
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(
                run_key=f"{name} {began:.0f}",
                partition_key=name,
                tags={QUEUE_TAG: found[name]},
            )
            for name in names
            if name not in busy
        ],
        dynamic_partitions_requests=[PROGRAMMES.build_add_request(fresh)] if fresh else [],
        cursor=f"{began} {names[-1]}",
    )


defs = dg.Definitions(
    assets=[up_to_date, collected],
    jobs=[province_job],
    sensors=[every_programme],
    loggers={"progress": progress},
    executor=dg.in_process_executor,
)
