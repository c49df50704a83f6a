"""Each column of the three datasets, declared once.

A field feeds validation (Pandera), storage types (DuckDB), the codebook, partner templates, the
synthetic data and the open-data description; a second list of columns anywhere else is a mistake.
"""

from __future__ import annotations

from schemas.contact_columns import CONTACTS
from schemas.event_columns import EVENTS
from schemas.field import Field
from schemas.people_columns import AGE_BANDS as AGE_BANDS
from schemas.people_columns import PEOPLE

#: Every column of the house by name.
FIELDS: dict[str, Field] = {each.name: each for each in (*PEOPLE, *EVENTS, *CONTACTS)}

#: Characteristics of a person, carried by any dataset and gathered in ``core_participants``.
PERSON_FIELDS = (
    "household_code",
    "gender_code",
    "birth_year",
    "age_years",
    "age_band",
    "tenure_code",
    "citizenship_code",
    "neighbourhood_code",
    "municipality_code",
)
