"""The measure tables as Dagster assets, and the questions asked of them."""

import dagster as dg
import pandas as pd

from assets.estimates import estimates_frame
from assets.guard import guarded
from assets.measures import answers, contacts, participation, quality, scores
from assets.measures.groups import quarters_covered
from assets.store import ProgrammeFolder
from assets.versions import data_version


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_participation__quarter(core_attendance: pd.DataFrame) -> pd.DataFrame:
    """One row is one person in one quarter in which they were present."""
    return participation.person_quarters(core_attendance)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_hours__activity(core_attendance: pd.DataFrame) -> pd.DataFrame:
    """One row is the recorded hours of one person in one activity and quarter."""
    return participation.activity_hours(core_attendance)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_items(core_responses: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one scale item of one person in one wave, reversed items turned round."""
    layout = folder.layout
    return scores.item_table(
        core_responses, layout.instruments, layout.definition.evaluation.scales
    )


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_scores(core_responses: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one person's score on one scale, or part of it, in one wave."""
    layout = folder.layout
    return scores.score_table(
        core_responses, layout.instruments, layout.definition.evaluation.scales
    )


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_contacts__month(core_contacts: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one service in one month, months without contacts included."""
    declared = folder.layout.definition.services
    services = {} if declared == "open" else declared
    windows = {code: (each.open_from, each.open_to) for code, each in services.items()}
    return contacts.monthly_contacts(core_contacts, windows)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_estimates(
    core_attendance: pd.DataFrame,
    core_participants: pd.DataFrame,
    core_responses: pd.DataFrame,
    core_contacts: pd.DataFrame,
    measures_participation__quarter: pd.DataFrame,
    measures_scores: pd.DataFrame,
    measures_contacts__month: pd.DataFrame,
    sorting_counts: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one descriptive number about one group in one period."""
    programme = folder.layout.definition
    people = core_participants
    quarters = quarters_covered(core_attendance["quarter"], programme.quarters())
    rows = [
        *participation.reach_rows(core_attendance, people, quarters),
        *participation.session_rows(core_attendance, quarters),
        *participation.hour_rows(core_attendance, quarters),
        *participation.absence_rows(core_attendance, people, quarters),
        *participation.retention_rows(measures_participation__quarter, people, quarters),
        *scores.score_mean_rows(measures_scores, people),
        *answers.answer_rows(core_responses, programme.evaluation.answers),
        *contacts.contact_rows(core_contacts, measures_contacts__month),
        *quality.delivery_rows(intake_deliveries),
        *quality.row_count_rows(sorting_counts),
    ]
    return estimates_frame(rows, data_version(intake_deliveries))


@dg.asset_check(asset=measures_estimates, blocking=True)
@guarded
def every_estimate_has_a_number_or_a_reason(
    measures_estimates: pd.DataFrame,
) -> dg.AssetCheckResult:
    """Does every estimate carry either a number or a status that says why there is none?"""
    numbered = measures_estimates["status"].isin(["ok", "true_zero"])
    wrong = int((numbered != measures_estimates["estimate"].notna()).sum())
    return dg.AssetCheckResult(passed=wrong == 0, metadata={"wrong_n": wrong})


@dg.asset_check(asset=measures_scores, blocking=True)
@guarded
def every_score_lies_on_its_scale(
    measures_scores: pd.DataFrame, folder: ProgrammeFolder
) -> dg.AssetCheckResult:
    """Does every score lie between the lowest and highest one its scale can give?"""
    known = folder.layout.instruments
    whole = measures_scores[measures_scores["scale_code"].isin(list(known))].dropna(subset="score")
    # A programme without a survey has no rows, and then pandas cannot tell the type by itself.
    scores = whole["score"].astype("float64")
    low = whole["scale_code"].map(lambda code: known[code].score_low).astype("float64")
    high = whole["scale_code"].map(lambda code: known[code].score_high).astype("float64")
    outside = int(((scores < low) | (scores > high)).sum())
    return dg.AssetCheckResult(passed=outside == 0, metadata={"outside_n": outside})
