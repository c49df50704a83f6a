"""Running the jobs in this process, and what came of them."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.events import RunFailureReason
from dagster._core.execution.plan.objects import ErrorSource

from assets.layout import Layout
from assets.opening import kept_open
from pipelines import definitions
from pipelines.events import listening, taken_failures
from pipelines.instance import forget_old_runs, history_open, open_instance
from pipelines.session import QUARTERS

#: Called with the job's name and number of steps when it begins.
OnJob = Callable[[str, int], None]
#: Called with a step's key and the type of its event.
OnStep = Callable[[str, str], None]

#: New things after which Python looks for those that are no longer needed.
_SELDOM = 20_000
_QUIET: dict[str, Any] = {"loggers": {"progress": {}}}


@dataclass
class Outcome:
    """What did not hold: failed steps with their exceptions, and failed checks."""

    failed_steps: dict[str, BaseException | None] = field(default_factory=dict)
    failed_checks: list[tuple[str, str]] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """True when every step succeeded and every check of weight passed."""
        return not self.failed_steps and not self.failed_checks

    def add(self, result: dg.ExecuteInProcessResult) -> None:
        """Take in the result of one job."""
        causes = taken_failures()
        for event in result.all_events:
            if event.is_step_failure:
                key = str(event.step_key)
                self.failed_steps[key] = causes.get(key)
        for check in result.get_asset_check_evaluations():
            if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR:
                self.failed_checks.append((check.asset_key.to_user_string(), check.check_name))


class Executor:
    """Runs the jobs of one programme with its own Dagster instance."""

    def __init__(self, layout: Layout, on_job: OnJob, on_step: OnStep) -> None:
        self._definitions = definitions.build_defs(layout.root, layout.programme)
        self._layout = layout
        self._on_job = on_job
        self._on_step = on_step

    def run(self, *, quarter: str | None = None) -> Outcome:
        """Run the programme's job, or the pages of one quarter.

        Raises
        ------
        KeyboardInterrupt
            The person stopped it; Dagster's record says so, nothing of ours was written.
        """
        outcome = Outcome()
        name = definitions.QUARTER_JOB if quarter else definitions.PROGRAMME_JOB
        job = self._definitions.resolve_job_def(name)
        self._on_job(name, len(job.nodes))
        with (
            _left_alone(),
            kept_open(self._layout.warehouse),
            history_open(),
            open_instance(self._layout) as instance,
            listening(self._on_step),
        ):
            if quarter:
                instance.add_dynamic_partitions(QUARTERS, [quarter])
            result = job.execute_in_process(
                instance=instance,
                partition_key=quarter,
                run_config=_QUIET,
                raise_on_error=False,  # one failed table must not keep back those beside it
            )
            outcome.add(result)
            if _was_stopped(result):
                raise KeyboardInterrupt
            forget_old_runs(instance)
        return outcome


@contextmanager
def _left_alone() -> Iterator[None]:
    """Let Python look less often for what is no longer needed, and not through what the libraries brought.

    Looking after each 700 new things takes a tenth of a run's time.
    """
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SELDOM, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


def _was_stopped(result: dg.ExecuteInProcessResult) -> bool:
    """Say whether a person stopped the job: Dagster takes the signal and tells it as a failure."""
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error_source == ErrorSource.INTERRUPT:
            return True
        reason = getattr(event.event_specific_data, "failure_reason", None)
        if reason == RunFailureReason.UNEXPECTED_TERMINATION:
            return True
    return False
