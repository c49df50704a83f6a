"""Sorting as Dagster assets: one step judges every row; checks show that none was lost."""

import dagster as dg
import pandas as pd
import pyarrow as pa

from assets.guard import guarded
from assets.sorting.copies import all_copies
from assets.sorting.outcome import empty_tables
from assets.sorting.sort import sort_into
from assets.store import ProgrammeFolder, Written
from schemas.datasets import DATASETS

#: Table -> what one row is.
TABLES = {
    **{
        f"sorting_{name}__{state}": f"One row is one {name.replace('_', ' ')} record {text}."
        for name in DATASETS
        for state, text in (
            ("accepted", "that passed its rules, typed, with its place in the file"),
            ("quarantined", "that broke a rule, as text, with the rules it broke"),
        )
    },
    "sorting_reasons": "One row is one rule broken in one cell of a delivered file, and what it costs.",
    "sorting_counts": "One row is one delivery in use: records read, accepted, quarantined.",
}


@dg.multi_asset(
    name="sorting",
    group_name="sorting",
    outs={
        table: dg.AssetOut(
            io_manager_key="warehouse", description=text, kinds={"pandas", "pandera", "duckdb"}
        )
        for table, text in TABLES.items()
    },
)
@guarded
def sorting(
    folder: ProgrammeFolder,
    intake_deliveries: pd.DataFrame,
    intake_columns: pd.DataFrame,
    intake_staged: pd.DataFrame,
    intake_corrections: pd.DataFrame,
) -> tuple[Written, Written, Written, Written, Written, Written, Written, pd.DataFrame]:
    """Split the staged text rows into accepted and quarantined, with reasons and counts."""
    intake = {
        "intake_deliveries": intake_deliveries,
        "intake_columns": intake_columns,
        "intake_staged": intake_staged,
        "intake_corrections": intake_corrections,
    }
    empty = empty_tables()
    rows_n = dict.fromkeys(empty, 0)
    with folder.warehouse.replacing(empty) as append:

        def counted(table: str, rows: pa.Table) -> None:
            append(table, rows)
            rows_n[table] += rows.num_rows

        counts = sort_into(folder.layout, intake, counted)
    a, b, c, d, e, f, reasons = (
        Written(rows_n[name], {str(column): str(kind) for column, kind in each.dtypes.items()})
        for name, each in empty.items()
    )
    return a, b, c, d, e, f, reasons, counts


@dg.asset(group_name="sorting", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def sorting_copies(
    sorting_attendance__accepted: pd.DataFrame,
    sorting_survey__accepted: pd.DataFrame,
    sorting_service_access__accepted: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
) -> pd.DataFrame:
    """One row is a pair of accepted records that are equal, or nearly; they are told and stay."""
    accepted = {
        "attendance": sorting_attendance__accepted,
        "survey": sorting_survey__accepted,
        "service_access": sorting_service_access__accepted,
    }
    return all_copies(accepted, intake_deliveries)


@dg.asset_check(
    asset="sorting_counts",
    blocking=True,
    description="Is every record that was read either accepted or quarantined?",
)
@guarded
def sorting_reconciles(sorting_counts: pd.DataFrame) -> dg.AssetCheckResult:
    """Compare what intake counted with what the split holds, delivery by delivery."""
    placed = sorting_counts["accepted_n"] + sorting_counts["quarantined_n"]
    wrong = int((sorting_counts["read_n"] != placed).sum())
    return dg.AssetCheckResult(
        passed=wrong == 0,
        metadata={
            "deliveries": len(sorting_counts),
            "read": int(sorting_counts["read_n"].sum()),
            "accepted": int(sorting_counts["accepted_n"].sum()),
            "quarantined": int(sorting_counts["quarantined_n"].sum()),
            "wrong_deliveries": wrong,
        },
    )


@dg.asset_check(
    asset="sorting_reasons",
    blocking=True,
    additional_ins={f"sorting_{name}__quarantined": dg.AssetIn() for name in DATASETS},
    description="Does every quarantined record say which rules it broke?",
)
@guarded
def sorting_reasons_given(
    sorting_reasons: pd.DataFrame,
    sorting_attendance__quarantined: pd.DataFrame,
    sorting_survey__quarantined: pd.DataFrame,
    sorting_service_access__quarantined: pd.DataFrame,
) -> dg.AssetCheckResult:
    """Look for quarantined records without a rule, or without a reason at their place."""
    frames = (
        sorting_attendance__quarantined,
        sorting_survey__quarantined,
        sorting_service_access__quarantined,
    )
    place = ["delivery_id", "sheet", "row_number"]
    costly = sorting_reasons.loc[sorting_reasons["cost"] == "row", place].drop_duplicates()
    silent = sum(
        int(each["rules"].isna().sum())
        + len(each[place].drop_duplicates())
        - len(each[place].drop_duplicates().merge(costly, on=place))
        for each in frames
    )
    return dg.AssetCheckResult(
        passed=silent == 0,
        metadata={"quarantined": sum(map(len, frames)), "without_reason": silent},
    )
