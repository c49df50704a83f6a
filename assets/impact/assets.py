"""The findings as Dagster assets, one a question, and the questions asked of them."""

import dagster as dg
import pandas as pd

from assets.estimates import estimates_frame
from assets.guard import guarded
from assets.impact.asked import change, contributors, reliability, series, waiting
from assets.store import ProgrammeFolder
from assets.versions import data_version
from schemas.indicators import threshold


@dg.asset(group_name="impact", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def impact_reliability(
    measures_items: pd.DataFrame, intake_deliveries: pd.DataFrame, folder: ProgrammeFolder
) -> pd.DataFrame:
    """One row is how consistent one scale or part of it is in one wave."""
    layout = folder.layout
    rows = reliability.reliability_rows(
        measures_items, layout.instruments, layout.definition.evaluation.scales
    )
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"scipy"}, io_manager_key="warehouse")
@guarded
def impact_change(
    measures_scores: pd.DataFrame,
    core_participants: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is what changed in the same people between two waves, or how sure that is."""
    asked = folder.layout.definition.evaluation.change
    rows = (
        change.change_rows(measures_scores, core_participants, asked.start, asked.end)
        if asked
        else []
    )
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"statsmodels"}, io_manager_key="warehouse")
@guarded
def impact_series(
    measures_contacts__month: pd.DataFrame,
    core_contacts: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is a step or a change of slope in a service's monthly contacts."""
    asked = folder.layout.definition.evaluation
    rows = series.step_rows(
        measures_contacts__month,
        contributors.people_behind(core_contacts),
        asked.steps,
        asked.shocks,
        int(threshold("residual_df")),
    )
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"statsmodels"}, io_manager_key="warehouse")
@guarded
def impact_waiting(core_contacts: pd.DataFrame, intake_deliveries: pd.DataFrame) -> pd.DataFrame:
    """One row is how long something takes: a request to its closing."""
    rows = waiting.closing_rows(core_contacts, contributors.people_behind(core_contacts))
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def impact_estimates(
    impact_reliability: pd.DataFrame,
    impact_change: pd.DataFrame,
    impact_series: pd.DataFrame,
    impact_waiting: pd.DataFrame,
) -> pd.DataFrame:
    """One row is one finding, whatever the question."""
    found = [impact_reliability, impact_change, impact_series, impact_waiting]
    return pd.concat(found, ignore_index=True).sort_values("estimate_id", ignore_index=True)


@dg.asset_check(asset=impact_estimates)
@guarded
def no_scale_contradicts_itself(impact_estimates: pd.DataFrame) -> dg.AssetCheckResult:
    """Is every scale's reliability a number, or simply short of people (negative: check its key)?"""
    asked = impact_estimates[impact_estimates["indicator_code"] == "reliability_alpha"]
    wrong = int((asked["status"] == "not_estimable").sum())
    return dg.AssetCheckResult(
        passed=wrong == 0, severity=dg.AssetCheckSeverity.WARN, metadata={"scales_n": wrong}
    )
