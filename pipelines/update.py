"""The jobs that run without a person: bring the programme up to date, and say what waits."""

import json
from datetime import date
from typing import Any

import dagster as dg

from assets.errors import LunattivaError
from assets.guard import value_free
from assets.layout import Layout
from assets.store import ProgrammeFolder
from pipelines import decisions, notices, summary
from pipelines.messages import say
from pipelines.run import run
from pipelines.settings import WAIT_S
from schemas.config import ConfigError

UPDATE_JOB = "update_job"
LOOK_JOB = "look_job"
#: Runs that write to the warehouse: one at a time (``dagster.yaml``).
POOL = "warehouse"


#: Nothing is printed where ``lunattiva ui`` was started; everything stands in Dagster's history.
QUIET: dict[str, Any] = {"loggers": {"progress": {}}}


class Update(dg.Config):
    """Which quarter's pages are wanted; empty for the latest with data."""

    period: str = ""


@dg.op(
    pool=POOL,
    out=dg.Out(dg.Nothing),
    description="Does what «lunattiva run» does, and tells a person only what a person must decide.",
)
def update(context: dg.OpExecutionContext, config: Update, folder: ProgrammeFolder) -> None:
    """Run what is due in the order of ``lunattiva run``; a failure is told and fails the run."""
    with value_free():
        failures = bring_up_to_date(folder.layout, config.period or None, date.today(), context)
    if failures:
        raise dg.Failure(description="; ".join(each["en"] for each in failures))


@dg.op(
    out=dg.Out(dg.Nothing),
    description="Looks for what waits for a person, and writes to them if it was not told yet.",
)
def look(context: dg.OpExecutionContext, folder: ProgrammeFolder) -> None:
    """Write the list of decisions and one mail about what is new in it."""
    with value_free():
        told(folder.layout, [], date.today(), context)


# Retried by nobody: the same files fail again in the same way. Runs whose process was killed are
# started anew by the instance (``run_retries``); a busy programme is waited for.
@dg.job(name=UPDATE_JOB, description="Brings the programme up to date, as «lunattiva run» does.")
def update_job() -> None:
    """Run the one op."""
    update()


@dg.job(name=LOOK_JOB, description="Says what waits for a person; computes nothing.")
def look_job() -> None:
    """Run the one op."""
    look()


def bring_up_to_date(
    layout: Layout, period: str | None, today: date, context: dg.OpExecutionContext | None = None
) -> list[dict[str, str]]:
    """Run what is due, tell what waits, and return what did not hold (``it``, ``en``)."""
    from pipelines.execute import Executor

    try:
        made = run(layout, period, lambda it: Executor(it, _silent, _silent), wait_s=WAIT_S)
    except (LunattivaError, ConfigError) as error:
        failures = [{"it": error.say("it"), "en": error.say("en")}]
    else:
        failures = made.failures
        if context is not None:
            context.add_output_metadata({**_counts(made), **_cells(layout)})
    told(layout, failures, today, context)
    return failures


def told(
    layout: Layout,
    failures: list[dict[str, str]],
    today: date,
    context: dg.OpExecutionContext | None,
) -> None:
    """Write the list of decisions, and one mail; faulty mail settings are logged and stop nothing."""
    found = decisions.decisions(layout, today)
    decisions.write(layout, found)
    said = [
        {lang: say("decide.failed", lang, detail=each[lang]) for lang in ("it", "en")}
        for each in failures
    ]
    try:
        sent = notices.tell(layout, found, said)
    except ConfigError as error:
        sent = 0
        if context is not None:
            context.log.error(error.say("en"))
    if context is not None:
        context.log.info(f"{len(found)} decisions wait for a person; {sent} were told by mail.")


def _counts(made: summary.Summary) -> dict[str, int | bool]:
    return {
        "nothing_new": made.nothing_new,
        "files_in_use": made.used,
        "files_refused": len(made.refused),
        "rows_read": made.read,
        "rows_accepted": made.accepted,
        "rows_quarantined": made.quarantined,
        "pages": len(made.pages),
    }


def _cells(layout: Layout) -> dict[str, int]:
    """Return how many cells the release shows and hides, so that Dagster draws them over time."""
    path = layout.released / "manifest.json"
    tables = json.loads(path.read_text(encoding="utf-8"))["tables"] if path.is_file() else {}
    return {
        "cells_released": sum(each["rows"] - each["hidden"] for each in tables.values()),
        "cells_hidden": sum(each["hidden"] for each in tables.values()),
    }


def _silent(*_: object) -> None:
    return None
