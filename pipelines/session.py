"""A run that Dagster's web interface starts keeps the same order as ``lunattiva run``.

One run at a time; the store's key and erasures settled first; ``unfinished`` while it works; the state
of what it made written down at its end. So the command line afterwards has nothing to do.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg

from assets import seal
from assets.layout import Layout
from assets.store import ProgrammeFolder, WarehouseIOManager
from assets.versions import read_by_this_run
from pipelines import adaptations, busy, erasing, person_texts, release_pages, sound, state
from pipelines.run import after_programme
from pipelines.settings import WAIT_S
from pipelines.state import Made

PROGRAMME_JOB = "programme_job"
QUARTER_JOB = "quarter_job"
#: Name of the partitions of pages.
QUARTERS = "quarter"
#: Dagster's own name for tables that somebody picked in the web interface, and for automation.
_BY_HAND = "__ASSET_JOB"


class KeptFolder(ProgrammeFolder):
    """The programme's folder, held for the length of the run."""

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator["KeptFolder", None, None]:
        """Hold the programme unless ``lunattiva run`` already does in this process."""
        with held(self.layout, context):
            yield self

    def insist_on_texts(self) -> None:
        """Put what people wrote for the thesis through the identifier gate."""
        person_texts.insist(self.layout, person_texts.of_the_thesis(self.layout))


class KeptWarehouse(WarehouseIOManager):
    """The warehouse of the same programme: steps that ask for it alone are held too."""

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator["KeptWarehouse", None, None]:
        """Hold the programme unless it is held in this process."""
        with held(Layout(Path(self.root), self.programme), context):
            yield self


@contextmanager
def held(layout: Layout, context: dg.InitResourceContext) -> Iterator[None]:
    """Hold a programme for a run of Dagster's, and write down what it made."""
    run = context.run
    if (
        busy.is_held_here(layout)
        or run is None
        or run.job_name not in (PROGRAMME_JOB, QUARTER_JOB, _BY_HAND)
    ):
        yield  # within 'lunattiva run', or of a job that calls it
        return
    adaptations.insist_on_reasons(layout)
    with busy.only_one(layout, wait_s=WAIT_S):
        seal.settle(layout.store)
        sound.settle(layout)
        release_pages.settle(layout)
        erasing.complete(layout, date.today())
        of, before = state.made_of(layout), state.read_state(layout)
        state.begin(layout)
        with read_by_this_run(of.seen):
            yield
        _write_down(layout, context, of, before)


def _write_down(
    layout: Layout, context: dg.InitResourceContext, of: state.MadeOf, before: state.State | None
) -> None:
    """Bring the state in line with a run that held; after any other the mark stays, and all is made again."""
    run, wanted = context.run, of.fingerprint
    instance = context.instance
    if run is None or instance is None or not _held_well(instance, run.run_id):
        return
    if state.fingerprint(layout, of.seen) != wanted:
        return  # files changed while they were read
    now = before
    # A run that goes on from a failed one names its parent: its first steps are not its own.
    is_whole = not (run.asset_selection or run.resolved_op_selection or run.parent_run_id)
    if run.job_name == PROGRAMME_JOB and is_whole:
        now = after_programme(layout, before, of)
    elif now is None or now.programme.fingerprint != wanted:
        return  # a part, made of other files than the rest
    quarter = run.tags.get("dagster/partition", "")
    if quarter:
        now.quarters[quarter] = Made(wanted, state.files_of_quarter(layout, quarter))
    state.remember_mark(layout, now, quarter)
    now.programme = Made(wanted, state.files_of_programme(layout, layout.definition.quarters()))
    sound.note(layout)
    state.finish(layout, now)


def _held_well(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Say whether every step of a run that is ending succeeded, and every check of weight passed."""
    kinds = dg.DagsterEventType
    if instance.all_logs(run_id, of_type=kinds.STEP_FAILURE):
        return False
    for entry in instance.all_logs(run_id, of_type=kinds.ASSET_CHECK_EVALUATION):
        event = entry.dagster_event
        found = event.asset_check_evaluation_data if event else None
        if found and not found.passed and found.severity == dg.AssetCheckSeverity.ERROR:
            return False
    return True
