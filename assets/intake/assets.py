"""Intake as Dagster assets: one step lists the deliveries and stages their text rows."""

import dagster as dg
import pandas as pd

from assets import staging
from assets.guard import guarded
from assets.intake.room import Frames, read_programme
from assets.store import ProgrammeFolder

#: Table -> what one row is.
TABLES = {
    "intake_deliveries": "One row is one file a partner handed over, with what became of it.",
    "intake_columns": "One row is one column of ours in one delivery: its letter and heading there.",
    "intake_staged": "One row is the text rows of one delivery, on their way to sorting in a file.",
    "intake_questions": "One row is one question of one survey file: its heading and kind of answer.",
    "intake_versions": "One row is one change of a question since the survey file before.",
    "intake_differences": "One row is one kind of change that a corrected file brought, counted.",
    "intake_corrections": "One row is one correction by a partner, and whether it was carried out.",
}


@dg.multi_asset(
    name="intake",
    group_name="intake",
    outs={
        table: dg.AssetOut(io_manager_key="warehouse", description=text, kinds={"pandas", "duckdb"})
        for table, text in TABLES.items()
    },
)
@guarded
def intake(
    folder: ProgrammeFolder,
) -> tuple[
    pd.DataFrame,
    pd.DataFrame,
    pd.DataFrame,
    pd.DataFrame,
    pd.DataFrame,
    pd.DataFrame,
    pd.DataFrame,
]:
    """Read what partners delivered; files unchanged since the last run are not read again."""
    frames = read_programme(folder.layout, _previous(folder))
    a, b, c, d, e, f, g = (frames[name] for name in TABLES)
    return a, b, c, d, e, f, g


def _previous(folder: ProgrammeFolder) -> Frames | None:
    if not set(TABLES) <= set(folder.warehouse.tables()):
        return None
    return {table: folder.warehouse.read(table) for table in TABLES}


@dg.asset_check(
    asset="intake_deliveries",
    blocking=True,
    additional_ins={"intake_staged": dg.AssetIn()},
    description="Is every record of every delivery in use among the staged text rows?",
)
@guarded
def intake_rows_kept(
    folder: ProgrammeFolder, intake_deliveries: pd.DataFrame, intake_staged: pd.DataFrame
) -> dg.AssetCheckResult:
    """Compare the records counted while reading with the rows that stand in the staged files.

    Rows are counted in a file after it is written; its name says whether it still is that file.
    """
    there = intake_staged[intake_staged["file"].isin(staging.names(folder.layout.staged))]
    stored = dict(zip(there["delivery_id"], there["records_n"].tolist(), strict=True))
    used = intake_deliveries[intake_deliveries["state"] == "in_use"]
    expected = dict(zip(used["delivery_id"], used["records_n"], strict=True))
    wrong = sum(stored.get(name) != int(records) for name, records in expected.items())
    return dg.AssetCheckResult(
        passed=wrong == 0 and set(stored) == set(expected),
        metadata={
            "deliveries": len(expected),
            "records": int(sum(expected.values())),
            "wrong": wrong,
        },
    )
