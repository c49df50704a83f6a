"""Service access: one row is one contact of a person or household with a service.

Where a service delivers only totals, a row is one monthly count (nobody is named, ``contact_n`` is
zero or more).

Key: the record number, or person, service and day.
Caveats: a household may stand behind one code; monthly counts cannot be linked to people; status
words are the service's own; arrears are a stock at a date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.dataset import Dataset, RowRule
from schemas.fields import PERSON_FIELDS

if TYPE_CHECKING:
    import pandas as pd


def _closed_after(rows: pd.DataFrame) -> pd.Series:
    known = rows["closed_date"].notna() & rows["contact_date"].notna()
    return ~known | (rows["closed_date"] >= rows["contact_date"])


SERVICE_ACCESS = Dataset(
    name="service_access",
    columns=(
        "record_id",
        "person_code",
        "service_code",
        "contact_date",
        "contact_n",
        "opened_date",
        "closed_date",
        "status_code",
        "category_code",
        "points_n",
        "isee_eur",
        "arrears_eur",
        *PERSON_FIELDS,
    ),
    required=("service_code", "contact_date", "contact_n"),
    key=("record_id", "person_code", "service_code", "contact_date"),
    row_rules=(
        RowRule("closed_date.order", "closed_date", ("closed_date", "contact_date"), _closed_after),
    ),
)
