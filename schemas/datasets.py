"""The three datasets by name."""

from __future__ import annotations

from schemas.attendance import ATTENDANCE
from schemas.dataset import Dataset
from schemas.service_access import SERVICE_ACCESS
from schemas.survey import SURVEY

DATASETS: dict[str, Dataset] = {each.name: each for each in (ATTENDANCE, SURVEY, SERVICE_ACCESS)}
