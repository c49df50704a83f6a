"""The only module Dagster loads: all rooms' assets and checks, bound to one programme."""

import importlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from assets.layout import Layout, find_root
from pipelines import checks, schedules, sensors, settings, update
from pipelines.described import described
from pipelines.events import failures, progress
from pipelines.session import PROGRAMME_JOB, QUARTER_JOB, KeptFolder, KeptWarehouse

#: The rooms in reading order: what one makes reaches the next through tables.
ROOMS = ("intake", "sorting", "core", "measures", "impact", "release", "outputs")


def build_defs(
    root: Path,
    programme: str,
    *,
    rooms: Sequence[str] = ROOMS,
    resources: Mapping[str, Any] | None = None,
) -> dg.Definitions:
    """Return the definitions of one programme.

    Parameters
    ----------
    root
        Folder that holds ``raw/``.
    programme
        Name of the folder in ``raw/``.
    rooms
        Packages in ``assets/`` whose assets and checks are loaded.
    resources
        Resources that replace those of the house, by key.
    """
    place = {"root": str(root), "programme": programme}
    bound = {"folder": KeptFolder(**place), "warehouse": KeptWarehouse(**place)}
    layout = Layout(root, programme)
    packages = [importlib.import_module(f"assets.{room}") for room in rooms]
    made = [each for room in packages for each in dg.load_assets_from_package_module(room)]
    asked = [each for room in packages for each in dg.load_asset_checks_from_package_module(room)]
    made = described(made, layout, date.today())
    if "intake" in rooms:
        asked += checks.lateness(layout)
    return dg.Definitions(
        assets=made,
        asset_checks=asked,
        jobs=[*_jobs(made), update.update_job, update.look_job],
        schedules=[schedules.quarterly_draft(layout), schedules.daily_look()],
        sensors=[sensors.raw_files(layout), *([sensors.follows()] if "outputs" in rooms else [])],
        resources={**bound, **(resources or {})},
        loggers={"progress": progress},
        executor=dg.in_process_executor,
    )


def _jobs(loaded: Sequence[object]) -> list[Any]:
    """Return the two jobs: everything about the programme, and the pages of one quarter."""
    by_quarter = [
        each
        for each in loaded
        if isinstance(each, dg.AssetsDefinition) and each.partitions_def is not None
    ]
    quarterly = dg.AssetSelection.assets(*by_quarter)
    everything = dg.define_asset_job(
        PROGRAMME_JOB,
        dg.AssetSelection.all() - quarterly,
        description="From the partners' files to the released tables and the thesis.",
        hooks={failures},
    )
    if not by_quarter:
        return [everything]
    pages = dg.define_asset_job(
        QUARTER_JOB, quarterly, description="The pages of one quarter.", hooks={failures}
    )
    return [everything, pages]


@dg.definitions
def defs() -> dg.Definitions:
    """Bind the programme that the environment names (``LUNATTIVA_ROOT``, ``LUNATTIVA_PROGRAMME``)."""
    return build_defs(find_root(), settings.programme())
