"""The findings as Dagster assets, one a question, and the questions asked of them."""

import dagster as dg
import pandas as pd

from assets.estimates import estimates_frame
from assets.guard import guarded
from assets.impact.asked import (
    change,
    compared,
    contributors,
    network,
    participation,
    reliability,
    retention,
    series,
    waiting,
)
from assets.store import ProgrammeFolder
from assets.versions import data_version
from schemas.indicators import threshold


@dg.asset(group_name="impact", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def impact_reliability(
    measures_items: pd.DataFrame,
    measures_scores: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is how consistent a scale, part or item is in one wave, or how stable between two."""
    known, asked = folder.layout.instruments, folder.layout.definition.evaluation
    rows = [*reliability.reliability_rows(measures_items, known, asked.scales)]
    if asked.change:
        rows += reliability.stability_rows(
            measures_items,
            measures_scores,
            known,
            asked.scales,
            asked.change.start,
            asked.change.end,
        )
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"scipy", "statsmodels"}, io_manager_key="warehouse")
@guarded
def impact_change(
    measures_scores: pd.DataFrame,
    core_participants: pd.DataFrame,
    impact_reliability: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is what changed in the same people between two waves, or how sure that is."""
    programme = folder.layout.definition
    asked = programme.evaluation.change
    if asked is None:
        return estimates_frame([], data_version(intake_deliveries))
    rows = change.change_rows(
        measures_scores,
        core_participants,
        asked.start,
        asked.end,
        instruments=folder.layout.instruments,
        scales=programme.evaluation.scales,
        alphas=change.alphas_of(impact_reliability, asked.start),
        waves=change.waves_between(programme.waves, asked.start, asked.end),
    )
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"statsmodels"}, io_manager_key="warehouse")
@guarded
def impact_compared(
    measures_scores: pd.DataFrame,
    core_participants: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is how much more the treated changed than others, or how alike they were before."""
    programme = folder.layout.definition
    asked = compared.asked_of(programme)
    rows = (
        compared.compared_rows(
            measures_scores, core_participants, programme.evaluation.scales, asked
        )
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
    """One row is a step or a change of slope in a service's months, or what judges it."""
    asked = folder.layout.definition.evaluation
    rows = series.step_rows(
        measures_contacts__month,
        core_contacts,
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


@dg.asset(group_name="impact", kinds={"statsmodels"}, io_manager_key="warehouse")
@guarded
def impact_retention(
    core_attendance: pd.DataFrame,
    core_participants: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is how long people keep coming, or whether that differs between them."""
    weeks = folder.layout.definition.evaluation.dropout_weeks
    rows = retention.attending_rows(core_attendance, core_participants, weeks)
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"statsmodels"}, io_manager_key="warehouse")
@guarded
def impact_participation(
    measures_scores: pd.DataFrame,
    measures_dose: pd.DataFrame,
    measures_staying: pd.DataFrame,
    core_participants: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one thing that taking part, or staying, goes together with."""
    evaluation = folder.layout.definition.evaluation
    people, asked = core_participants, evaluation.change
    rows = [*participation.stay_rows(measures_staying, people)]
    if asked:
        scales = evaluation.scales
        rows += participation.dose_rows(
            measures_scores, measures_dose, people, scales, asked.start, asked.end
        )
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"statsmodels"}, io_manager_key="warehouse")
@guarded
def impact_network(
    measures_handoffs: pd.DataFrame,
    measures_continuity: pd.DataFrame,
    measures_uses: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
) -> pd.DataFrame:
    """One row is how long the way to a second service takes, or whether contacts scatter less."""
    rows = [
        *network.next_service_rows(measures_handoffs, measures_uses["used_date"].max()),
        *network.continuity_trend_rows(measures_continuity),
    ]
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset(group_name="impact", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def impact_estimates(
    impact_reliability: pd.DataFrame,
    impact_change: pd.DataFrame,
    impact_compared: pd.DataFrame,
    impact_series: pd.DataFrame,
    impact_waiting: pd.DataFrame,
    impact_retention: pd.DataFrame,
    impact_participation: pd.DataFrame,
    impact_network: pd.DataFrame,
) -> pd.DataFrame:
    """One row is one finding, whatever the question."""
    found = [impact_reliability, impact_change, impact_compared, impact_series, impact_waiting]
    found += [impact_retention, impact_participation, impact_network]
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


@dg.asset_check(asset=impact_reliability)
@guarded
def no_item_runs_against_its_scale(impact_reliability: pd.DataFrame) -> dg.AssetCheckResult:
    """Does every item go the same way as the others of its scale (if not: check its key)?"""
    against = impact_reliability["assumptions"].str.contains("items_same_direction=doubtful")
    # Of three names for one scale and wave, one is counted.
    wrong = int((against & (impact_reliability["indicator_code"] == "reliability_alpha")).sum())
    return dg.AssetCheckResult(
        passed=wrong == 0, severity=dg.AssetCheckSeverity.WARN, metadata={"scales_n": wrong}
    )


@dg.asset_check(asset=impact_compared)
@guarded
def compared_groups_are_alike(impact_compared: pd.DataFrame) -> dg.AssetCheckResult:
    """Were the groups alike before (within 0.25 SD), and is every kind of person in both?"""
    doubtful = impact_compared["assumptions"].str.contains("(?:comparable_groups|overlap)=doubtful")
    wrong = int(doubtful.sum())
    return dg.AssetCheckResult(
        passed=wrong == 0, severity=dg.AssetCheckSeverity.WARN, metadata={"estimates_n": wrong}
    )
