"""What starts work without a person: files that arrive, and pages behind their release."""

import time
import warnings

import dagster as dg

from assets.guard import value_free
from assets.layout import Layout
from pipelines import arrivals, state
from pipelines.session import QUARTERS
from pipelines.settings import LOOK_S
from pipelines.update import QUIET, update_job

#: What is made from the release follows it by itself, also when only a part was made by hand.
FOLLOWS = "pages_follow_the_release"
RAW_FILES = "raw_files"

# Dagster copies sensors with a parameter that it warns of itself; nobody here gave one.
warnings.filterwarnings("ignore", message="Parameter `owners` of initializer `SensorDefinition")

_WHY = {
    "arriving": "Files are arriving: waiting until the folder is quiet.",
    "nothing_new": "The programme is up to date.",
    "asked": "No file changed since the last look.",
}


def raw_files(layout: Layout) -> dg.SensorDefinition:
    """Return the sensor on a programme's raw folder: several files, one run; the same bytes, none."""

    def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        with value_free():
            found = arrivals.look(layout, context.cursor, time.time())
            cursor, quarters = _new_quarters(layout, found.cursor, context)
        if not found.run_key:
            return dg.SensorResult(
                skip_reason=_WHY[found.why], cursor=cursor, dynamic_partitions_requests=quarters
            )
        tags = {"lunattiva/files": str(found.files_n)}
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=found.run_key, run_config=QUIET, tags=tags)],
            cursor=cursor,
            dynamic_partitions_requests=quarters,
        )

    # Not by the decorator, which warns of a parameter that nobody gave.
    return dg.SensorDefinition(
        name=RAW_FILES,
        evaluation_fn=new_files,
        job=update_job,
        minimum_interval_seconds=LOOK_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Looks for new or changed files of partners; once they are all there, one run.",
    )


def _new_quarters(
    layout: Layout, cursor: str, context: dg.SensorEvaluationContext
) -> tuple[str, list[dg.AddDynamicPartitionsRequest]]:
    """Return the cursor, and what makes new quarters with data partitions: pages of any can be filled in.

    Dagster's history is opened only where there may be one: that takes ten times as long as a look.
    """
    last = state.last_state(layout)
    known = last.known_quarters if last else []
    if known == arrivals.quarters_told(cursor):
        return cursor, []
    there = set(context.instance.get_dynamic_partitions(QUARTERS))
    fresh = [each for each in known if each not in there]
    asked = [dg.AddDynamicPartitionsRequest(QUARTERS, fresh)] if fresh else []
    return arrivals.with_quarters(cursor, known), asked


def follows() -> dg.AutomationConditionSensorDefinition:
    """Return the sensor that carries out the pages' automation conditions."""
    return dg.AutomationConditionSensorDefinition(
        FOLLOWS,
        target=dg.AssetSelection.groups("outputs"),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=60,
        description="Makes pages again whose release was made again.",
    )
