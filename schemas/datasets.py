"""The three datasets by name."""

from __future__ import annotations

from schemas.attendance import ATTENDANCE
from schemas.dataset import Dataset
from schemas.service_access import SERVICE_ACCESS
from schemas.survey import SURVEY

DATASETS: dict[str, Dataset] = {each.name: each for each in (ATTENDANCE, SURVEY, SERVICE_ACCESS)}

#: The date that says when a row happened; openings, bookings and closings may lie elsewhere.
MAIN_DATE = {
    "attendance": "session_date",
    "survey": "response_date",
    "service_access": "contact_date",
}
