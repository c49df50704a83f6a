"""Intake as Dagster assets: one step makes the list of deliveries and their text rows."""

import dagster as dg
import pandas as pd

from assets.guard import guarded
from assets.intake.room import Frames, read_programme
from assets.store import ProgrammeFolder

#: Table -> what one row is.
TABLES = {
    "intake_deliveries": "One row is one file a partner handed over, with what became of it.",
    "intake_columns": "One row is one column of ours in one delivery: its letter and heading there.",
    "intake_attendance": "One row is one attendance record as text, with its place in the file.",
    "intake_survey": "One row is one answer to one survey item as text, with its place in the file.",
    "intake_service_access": "One row is one service contact or monthly count as text, with its place.",
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
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read what partners delivered; files unchanged since the last run are not read again."""
    frames = read_programme(folder.layout, _previous(folder))
    deliveries, columns, attendance, survey, service_access = (frames[name] for name in TABLES)
    return deliveries, columns, attendance, survey, service_access


def _previous(folder: ProgrammeFolder) -> Frames | None:
    if not set(TABLES) <= set(folder.warehouse.tables()):
        return None
    return {table: folder.warehouse.read(table) for table in TABLES}


@dg.asset_check(
    asset="intake_deliveries",
    blocking=True,
    additional_ins={name: dg.AssetIn() for name in list(TABLES)[2:]},
    description="Is every record of every delivery in use among the text rows?",
)
@guarded
def intake_rows_kept(
    intake_deliveries: pd.DataFrame,
    intake_attendance: pd.DataFrame,
    intake_survey: pd.DataFrame,
    intake_service_access: pd.DataFrame,
) -> dg.AssetCheckResult:
    """Compare the records counted while reading with the rows that were stored."""
    rows = [intake_attendance, intake_survey, intake_service_access]
    stored = pd.concat([each["delivery_id"] for each in rows]).value_counts()
    used = intake_deliveries[intake_deliveries["state"] == "in_use"]
    expected = used.set_index("delivery_id")["records_n"]
    wrong = int((stored.reindex(expected.index, fill_value=0) != expected).sum())
    return dg.AssetCheckResult(
        passed=wrong == 0 and int(stored.sum()) == int(expected.sum()),
        metadata={"deliveries": len(expected), "records": int(expected.sum()), "wrong": wrong},
    )
