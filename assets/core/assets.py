"""The core tables as Dagster assets, and the questions asked of them."""

import dagster as dg
import pandas as pd

from assets.core import events, people
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


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_participants(_core_records: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one person, with their characteristics as first recorded."""
    places = folder.layout.definition.neighbourhoods
    roles = {} if places == "open" else {code: each.role for code, each in places.items()}
    return people.participants(_core_records, roles)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_households(_core_records: pd.DataFrame, core_participants: pd.DataFrame) -> pd.DataFrame:
    """One row is one household that any source names."""
    return people.households(_core_records, core_participants)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_attendance(sorting_attendance__accepted: pd.DataFrame) -> pd.DataFrame:
    """One row is one person at one session of one activity."""
    return events.attendance(sorting_attendance__accepted)


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
def core_responses(sorting_survey__accepted: pd.DataFrame) -> pd.DataFrame:
    """One row is one item of one person's questionnaire in one wave."""
    return events.responses(sorting_survey__accepted)


@dg.asset(group_name="core", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def core_contacts(sorting_service_access__accepted: pd.DataFrame) -> pd.DataFrame:
    """One row is one contact with a service, or one monthly count where only totals come."""
    return events.contacts(sorting_service_access__accepted)


@dg.asset_check(asset=core_participants, blocking=True)
@guarded
def core_participants_are_unique(core_participants: pd.DataFrame) -> dg.AssetCheckResult:
    """Does each person stand once?"""
    doubled = int(core_participants["person_code"].duplicated().sum())
    return dg.AssetCheckResult(passed=doubled == 0, metadata={"doubled_n": doubled})


@dg.asset_check(
    asset=core_participants,
    blocking=True,
    additional_ins={"_core_records": dg.AssetIn("_core_records")},
)
@guarded
def core_participants_are_complete(
    core_participants: pd.DataFrame, _core_records: pd.DataFrame
) -> dg.AssetCheckResult:
    """Is everybody whom an accepted row names among the participants?"""
    named = _core_records["person_code"].dropna().unique()
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
