"""The measure tables as Dagster assets, and the questions asked of them."""

import dagster as dg
import pandas as pd

from assets.estimates import estimates_frame
from assets.guard import guarded
from assets.measures import (
    answers,
    contacts,
    dose,
    fies,
    fragmentation,
    handoffs,
    network,
    participation,
    quality,
    score_shares,
    scores,
    service_rows,
    staying,
    uses,
)
from assets.measures.groups import quarters_covered
from assets.store import ProgrammeFolder
from assets.versions import data_version
from schemas.indicators import threshold


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
def measures_uses(core_contacts: pd.DataFrame, core_participants: pd.DataFrame) -> pd.DataFrame:
    """One row is one household (or person) at one service on one day."""
    return uses.service_uses(core_contacts, core_participants)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_partners(
    core_contacts: pd.DataFrame,
    core_attendance: pd.DataFrame,
    core_participants: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
) -> pd.DataFrame:
    """One row is one household (or person) and one partner whose service or workshop they used."""
    partner = intake_deliveries.set_index("delivery_id")["partner_code"]
    attended = core_attendance.assign(partner_code=core_attendance["delivery_id"].map(partner))
    return uses.partner_uses(core_contacts, attended, core_participants)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_continuity(measures_uses: pd.DataFrame) -> pd.DataFrame:
    """One row is how scattered one household's contacts with services are in one period."""
    quarters = quarters_covered(measures_uses["quarter"], [])
    return fragmentation.continuity_table(measures_uses, quarters)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_handoffs(measures_uses: pd.DataFrame) -> pd.DataFrame:
    """One row is one household from its first service to its second, if it has one yet."""
    last = measures_uses["used_date"].max()
    return handoffs.time_to_next(handoffs.first_contacts(measures_uses), last)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_dose(
    core_attendance: pd.DataFrame, core_responses: pd.DataFrame, folder: ProgrammeFolder
) -> pd.DataFrame:
    """One row is what one respondent took part in between two questionnaires."""
    asked = folder.layout.definition.evaluation.change
    start, end = (asked.start, asked.end) if asked else ("", "")
    return dose.dose_table(core_attendance, core_responses, start, end)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_staying(core_attendance: pd.DataFrame) -> pd.DataFrame:
    """One row is one newcomer to the workshops: present again after some months, or not."""
    return staying.stay_table(core_attendance)


@dg.asset(group_name="measures", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def measures_services__estimates(
    core_contacts: pd.DataFrame,
    core_participants: pd.DataFrame,
    measures_uses: pd.DataFrame,
    measures_partners: pd.DataFrame,
    measures_continuity: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
) -> pd.DataFrame:
    """One row is one number about services together: shared households, order, scatter."""
    quarters = quarters_covered(measures_uses["quarter"], [])
    left_out_n = uses.left_out_n(core_contacts, core_participants)
    shared = int(threshold("minimum_count"))
    services = network.incidence(measures_uses)
    partners = network.incidence(measures_partners, "partner_code")
    rows = [
        *service_rows.services_per_user_rows(measures_continuity, quarters),
        *service_rows.continuity_rows(measures_continuity, quarters, left_out_n),
        *service_rows.co_use_rows(services, "service_code"),
        *service_rows.co_use_rows(partners, "partner_code"),
        *service_rows.network_rows(services, "services", shared),
        *service_rows.network_rows(partners, "partners", shared),
        *service_rows.handoff_rows(handoffs.first_contacts(measures_uses)),
        *service_rows.intake_rows(handoffs.intakes(measures_uses)),
    ]
    return estimates_frame(rows, data_version(intake_deliveries))


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
    measures_staying: pd.DataFrame,
    measures_services__estimates: pd.DataFrame,
    sorting_counts: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one descriptive number about one group in one period."""
    programme = folder.layout.definition
    asked = programme.evaluation
    people = core_participants
    quarters = quarters_covered(core_attendance["quarter"], programme.quarters())
    rows = [
        *participation.reach_rows(core_attendance, people, quarters),
        *participation.session_rows(core_attendance, quarters),
        *participation.hour_rows(core_attendance, quarters),
        *participation.absence_rows(core_attendance, people, quarters),
        *participation.retention_rows(measures_participation__quarter, people, quarters),
        *staying.come_rows(core_attendance, people),
        *staying.stay_rows(measures_staying, people),
        *scores.score_mean_rows(measures_scores, people),
        *score_shares.share_rows(measures_scores, folder.layout.instruments, asked.scales),
        *fies.prevalence_rows(measures_scores, folder.layout.instruments, asked.scales),
        *answers.answer_rows(core_responses, programme.evaluation.answers),
        *contacts.contact_rows(core_contacts, measures_contacts__month),
        *quality.delivery_rows(intake_deliveries),
        *quality.row_count_rows(sorting_counts),
    ]
    found = estimates_frame(rows, data_version(intake_deliveries))
    whole = pd.concat([found, measures_services__estimates], ignore_index=True)
    return whole.sort_values("estimate_id", ignore_index=True)


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
