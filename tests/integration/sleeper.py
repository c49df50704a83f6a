"""A job of Dagster's for tests of workers: it sleeps, or ends at once."""

import time

import dagster as dg


@dg.op
def nap(context: dg.OpExecutionContext) -> None:
    """Sleep as long as the run says."""
    time.sleep(float(context.run.tags["seconds"]))


@dg.job(executor_def=dg.in_process_executor)
def sleeper() -> None:
    """Run the one op."""
    nap()
