"""What the calendar starts: the draft of a quarter's release, and a daily look at what waits."""

from datetime import datetime, timedelta

import dagster as dg

from assets.guard import value_free
from assets.layout import Layout
from pipelines.settings import TIMEZONE
from pipelines.update import QUIET, look_job, update_job

QUARTERLY = "quarterly_draft"
DAILY = "daily_look"
#: The tenth day after a quarter, in the morning: partners have had their time.
QUARTERLY_CRON = "0 7 10 1,4,7,10 *"
DAILY_CRON = "30 7 * * *"


def quarter_before(day: datetime) -> str:
    """Return the name of the last quarter that was over on a day."""
    end = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    return f"{end.year}Q{(end.month - 1) // 3 + 1}"


def quarterly_draft(layout: Layout) -> dg.ScheduleDefinition:
    """Return the schedule that prepares the draft release of the quarter that ended."""

    @dg.schedule(
        name=QUARTERLY,
        job=update_job,
        cron_schedule=QUARTERLY_CRON,
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Ten days after a quarter: its release as a draft, and a mail that it waits for approval.",
    )
    def draft(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        quarter = quarter_before(context.scheduled_execution_time)
        with value_free():
            # Read anew: programme.yml may have changed since this process began.
            now = Layout(layout.root, layout.programme)
            if quarter not in now.definition.quarters():
                return dg.SkipReason(f"{quarter} is not a quarter of the programme.")
        config = {**QUIET, "ops": {"update": {"config": {"period": quarter}}}}
        return dg.RunRequest(
            run_key=quarter, run_config=config, tags={"lunattiva/quarter": quarter}
        )

    return draft


def daily_look() -> dg.ScheduleDefinition:
    """Return the schedule that looks each morning for late partners and other decisions."""
    return dg.ScheduleDefinition(
        name=DAILY,
        job=look_job,
        run_config=QUIET,
        cron_schedule=DAILY_CRON,
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Each morning: who is late, what waits for a decision; a mail if it is new.",
    )
