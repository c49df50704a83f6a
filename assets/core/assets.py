"""The core tables as Dagster assets, and the questions asked of them."""

import dagster as dg
import pandas as pd

from assets.core import events, linkage, members, people, review
from assets.core.decisions import load_decisions
from assets.guard import guarded
from assets.store import ProgrammeFolder


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def _core_records(
    sorting_attendance__accepted: pd.DataFrame,
    sorting_survey__accepted: pd.DataFrame,
    sorting_service_access__accepted: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
) -> pd.DataFrame:
    """One row is what one accepted row says about one person, in delivery order."""
    accepted = {
        "attendance": sorting_attendance__accepted,
        "survey": sorting_survey__accepted,
        "service_access": sorting_service_access__accepted,
    }
    return people.person_records(accepted, intake_deliveries)


def _declared(folder: ProgrammeFolder) -> linkage.Declared:
    layout = folder.layout
    return linkage.declared(layout.definition.linkage, layout.readable_sources)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_links(
    _core_records: pd.DataFrame, intake_deliveries: pd.DataFrame, folder: ProgrammeFolder
) -> pd.DataFrame:
    """One row is one partner's code: which participant it is, by which rule, how surely."""
    known = linkage.records_of(_core_records, intake_deliveries, _declared(folder))
    return linkage.links(known, review.standing(known, load_decisions(folder.layout)))


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_link_review(
    _core_records: pd.DataFrame, intake_deliveries: pd.DataFrame, folder: ProgrammeFolder
) -> pd.DataFrame:
    """One row is one question about codes that a person has to answer, or has answered."""
    known = linkage.records_of(_core_records, intake_deliveries, _declared(folder))
    return review.review(known, load_decisions(folder.layout))


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def _core_linked(
    _core_records: pd.DataFrame,
    core_links: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is what one accepted row says about one participant, in delivery order."""
    said = _declared(folder)
    return linkage.with_participants(_core_records, intake_deliveries, said, core_links)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_participants(_core_linked: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one person, with their characteristics as first recorded."""
    places = folder.layout.definition.neighbourhoods
    roles = {} if places == "open" else {code: each.role for code, each in places.items()}
    return people.participants(_core_linked, roles)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_households(_core_linked: pd.DataFrame, core_participants: pd.DataFrame) -> pd.DataFrame:
    """One row is one household that any source names."""
    return people.households(_core_linked, core_participants)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_household_members(_core_linked: pd.DataFrame) -> pd.DataFrame:
    """One row is one person in one household, from when to when."""
    return members.members(_core_linked)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_attendance(
    sorting_attendance__accepted: pd.DataFrame,
    core_links: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one person at one session of one activity."""
    said = _declared(folder)
    return events.attendance(
        linkage.with_participants(sorting_attendance__accepted, intake_deliveries, said, core_links)
    )


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_sessions(core_attendance: pd.DataFrame) -> pd.DataFrame:
    """One row is one activity on one day."""
    return events.sessions(core_attendance)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_activities(core_sessions: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one workshop or other activity of the programme."""
    declared = folder.layout.definition.activities
    labels = {} if declared == "open" else {code: each.label for code, each in declared.items()}
    return events.activities(core_sessions, labels)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_responses(
    sorting_survey__accepted: pd.DataFrame,
    core_links: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one item of one person's questionnaire in one wave."""
    said = _declared(folder)
    return events.responses(
        linkage.with_participants(sorting_survey__accepted, intake_deliveries, said, core_links)
    )


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_contacts(
    sorting_service_access__accepted: pd.DataFrame,
    core_links: pd.DataFrame,
    intake_deliveries: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one contact with a service, or one monthly count where only totals come."""
    said = _declared(folder)
    rows = linkage.with_participants(
        sorting_service_access__accepted, intake_deliveries, said, core_links
    )
    return events.contacts(rows.assign(partner_code=linkage.partner_of(rows, intake_deliveries)))


@dg.asset_check(
    asset=core_links,
    blocking=True,
    additional_ins={"_core_records": dg.AssetIn("_core_records")},
)
@guarded
def core_links_multiply_nobody(
    core_links: pd.DataFrame, _core_records: pd.DataFrame
) -> dg.AssetCheckResult:
    """Is each partner's code one participant, and does every record stand behind one link?"""
    twice = int(core_links.duplicated(["partner_code", "person_code", "code_kind"]).sum())
    named, linked = int(_core_records["person_code"].count()), int(core_links["records_n"].sum())
    found = core_links.drop_duplicates("participant_code")["link_certainty"].value_counts()
    return dg.AssetCheckResult(
        passed=twice == 0 and named == linked,
        metadata={
            "doubled_n": twice,
            "records_n": named,
            "linked_n": linked,
            **{f"{certainty}_n": int(number) for certainty, number in found.items()},
        },
    )


@dg.asset_check(asset=core_participants, blocking=True)
@guarded
def core_participants_are_unique(core_participants: pd.DataFrame) -> dg.AssetCheckResult:
    """Does each person stand once?"""
    doubled = int(core_participants["person_code"].duplicated().sum())
    return dg.AssetCheckResult(passed=doubled == 0, metadata={"doubled_n": doubled})


@dg.asset_check(
    asset=core_participants,
    blocking=True,
    additional_ins={"_core_linked": dg.AssetIn("_core_linked")},
)
@guarded
def core_participants_are_complete(
    core_participants: pd.DataFrame, _core_linked: pd.DataFrame
) -> dg.AssetCheckResult:
    """Is everybody whom an accepted row names among the participants?"""
    named = _core_linked["person_code"].dropna().unique()
    lost = len(set(named) - set(core_participants["person_code"]))
    return dg.AssetCheckResult(passed=lost == 0, metadata={"named_n": len(named), "lost_n": lost})


@dg.asset_check(
    asset=core_sessions,
    blocking=True,
    additional_ins={"core_attendance": dg.AssetIn("core_attendance")},
)
@guarded
def core_sessions_agree_with_attendance(
    core_sessions: pd.DataFrame, core_attendance: pd.DataFrame
) -> dg.AssetCheckResult:
    """Does each day of attendance have its session, and no session more people than rows?"""
    days = core_attendance[["activity_code", "session_date"]].drop_duplicates()
    registered, rows = int(core_sessions["registered_n"].sum()), len(core_attendance)
    return dg.AssetCheckResult(
        passed=len(days) == len(core_sessions) and registered <= rows,
        metadata={"sessions_n": len(core_sessions), "registered_n": registered, "rows_n": rows},
    )
