"""Dagster's home for one programme: written by us, so that every machine runs alike."""

import os
from pathlib import Path

import dagster as dg

from assets import private
from assets.layout import Layout
from pipelines.settings import KEEP_RUNS, NO_TELEMETRY

_DAGSTER_YAML = """\
# Written by lunattiva at each start; changes here do not last.
telemetry:
  enabled: false
# No window that asks the intern for an e-mail address.
nux:
  enabled: false
# What steps print is not kept: it could quote a person's row.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
# One writer at a time.
concurrency:
  pools:
    default_limit: 1
retention:
  schedule: {purge_after_days: 90}
  sensor: {purge_after_days: {skipped: 7, failure: 90, success: 90}}
"""


def prepare_home(layout: Layout) -> Path:
    """Write ``dagster.yaml`` where it is not as it should be; return Dagster's home."""
    home = layout.dagster_home
    private.folder(home)
    path = home / "dagster.yaml"
    if not path.is_file() or path.read_text(encoding="utf-8") != _DAGSTER_YAML:
        path.write_text(_DAGSTER_YAML, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.update(NO_TELEMETRY)
    return home


def open_instance(layout: Layout) -> dg.DagsterInstance:
    """Open the programme's Dagster instance (SQLite files in its home)."""
    return dg.DagsterInstance.from_config(str(prepare_home(layout)))


def forget_old_runs(instance: dg.DagsterInstance) -> int:
    """Delete all but the latest ``KEEP_RUNS`` runs; return how many were deleted."""
    records = instance.get_run_records(order_by="id", ascending=False)
    for record in records[KEEP_RUNS:]:
        instance.delete_run(record.dagster_run.run_id)
    return len(records[KEEP_RUNS:])
