"""The findings as one Dagster asset, and the questions asked of it."""

import dagster as dg
import pandas as pd

from assets.estimates import estimates_frame
from assets.guard import guarded
from assets.impact import findings
from assets.store import ProgrammeFolder
from assets.versions import data_version
from schemas.indicators import threshold


@dg.asset(group_name="impact", kinds={"statsmodels"}, io_manager_key="warehouse")
@guarded
def impact_estimates(
    measures_scores: pd.DataFrame,
    measures_items: pd.DataFrame,
    measures_contacts__month: pd.DataFrame,
    core_contacts: pd.DataFrame,
    core_participants: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one finding: a change, a step, a reliability, a time to closing."""
    layout, asked = folder.layout, folder.layout.definition.evaluation
    people = findings.people_behind(core_contacts)
    residual_df = int(threshold("residual_df"))
    rows = [
        *findings.reliability_rows(measures_items, layout.instruments, asked.scales),
        *findings.step_rows(
            measures_contacts__month, people, asked.steps, asked.shocks, residual_df
        ),
        *findings.closing_rows(core_contacts, people),
    ]
    if asked.change:
        waves = (asked.change.start, asked.change.end)
        rows.extend(findings.change_rows(measures_scores, core_participants, *waves))
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset_check(asset=impact_estimates)
@guarded
def no_scale_contradicts_itself(impact_estimates: pd.DataFrame) -> dg.AssetCheckResult:
    """Is every scale's reliability a number, or simply short of people (negative: check its key)?"""
    asked = impact_estimates[impact_estimates["indicator_code"] == "reliability_alpha"]
    wrong = int((asked["status"] == "not_estimable").sum())
    return dg.AssetCheckResult(
        passed=wrong == 0, severity=dg.AssetCheckSeverity.WARN, metadata={"scales_n": wrong}
    )
