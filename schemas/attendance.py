"""Attendance: one row is one person at one session of one activity.

Key: person, activity, day (a source with its own record number names that instead).
Caveats: absences are often not written down, so no row is not an absence; hours may be missing
for a person who was present (unknown, not zero); two sessions on one day need a record number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.dataset import Dataset, RowRule
from schemas.fields import PERSON_FIELDS

if TYPE_CHECKING:
    import pandas as pd


def _booked_before(rows: pd.DataFrame) -> pd.Series:
    known = rows["booked_date"].notna() & rows["session_date"].notna()
    return ~known | (rows["booked_date"] <= rows["session_date"])


ATTENDANCE = Dataset(
    name="attendance",
    columns=(
        "record_id",
        "person_code",
        "activity_code",
        "session_date",
        "is_present",
        "hours",
        "booked_date",
        "is_reminded",
        *PERSON_FIELDS,
    ),
    required=("person_code", "activity_code", "session_date", "is_present"),
    key=("person_code", "activity_code", "session_date"),
    row_rules=(
        RowRule(
            "booked_date.order", "booked_date", ("booked_date", "session_date"), _booked_before
        ),
    ),
)
