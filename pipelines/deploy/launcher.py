"""Dagster's run launcher for workers that fetch their runs from PostgreSQL: no second queue beside it.

``dagster-celery`` was tried first (README.md in this folder): its runs wait in Redis, which may lose
them, and one whose worker was killed counts as at work for ever. Here a run waits in Dagster's own
database, and whoever works on it holds a lock that goes when the worker does.
"""

from collections.abc import Mapping
from typing import Any

import psycopg2
from dagster import DagsterRun
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._core.storage.dagster_run import DagsterRunStatus
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from assets.layout import find_root
from pipelines.deploy import claims
from pipelines.deploy.owners import PROGRAMME_TAG, QUEUE_TAG, SHARED_QUEUE, queues


class WaitingRunLauncher(RunLauncher, ConfigurableClass):
    """Leaves a run where it is, ``STARTING``: a worker of its queue fetches it."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        self._inst_data = inst_data
        super().__init__()

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """What Dagster made it from."""
        return self._inst_data

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing to set: the database is Dagster's own."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "WaitingRunLauncher":
        """Return the launcher."""
        return cls(inst_data, **config_value)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Say for which queue the run waits, also of one that a person started in the web interface."""
        run = context.dagster_run
        queue = run.tags.get(QUEUE_TAG)
        if queue is None:
            queue = queues(find_root()).get(run.tags.get(PROGRAMME_TAG, ""), SHARED_QUEUE)
            self._instance.add_run_tags(run.run_id, {QUEUE_TAG: queue})
        self._instance.report_engine_event(
            f"Waits for a worker of the queue '{queue}'.", run, cls=self.__class__
        )

    def terminate(self, run_id: str) -> bool:
        """Ask the worker to stop the run; one that waits is stopped here and now."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        if not claims.is_claimed(url_of(self._instance), run_id):
            self._instance.report_run_canceled(run)
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Dagster's monitor may ask whether somebody still works on a run."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Say whether somebody works on a run; while the database is away nobody knows."""
        try:
            if claims.is_claimed(url_of(self._instance), run.run_id):
                return CheckRunHealthResult(WorkerStatus.RUNNING)
            now = self._instance.get_run_by_id(run.run_id)
        except psycopg2.OperationalError:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "The database does not answer.")
        if now is not None and now.status != DagsterRunStatus.STARTED:
            return CheckRunHealthResult(WorkerStatus.SUCCESS)  # it ended between the two looks
        return CheckRunHealthResult(WorkerStatus.FAILED, "Its worker is gone.")


def url_of(instance: Any) -> str:
    """Return the address of an instance's database."""
    return str(instance.run_storage.postgres_url)
