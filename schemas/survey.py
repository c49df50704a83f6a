"""Survey: one row is one item of one response (one person in one wave).

Key: person, wave, item. A questionnaire's row becomes as many rows as it has items; its place in
the file (sheet, row, column) is kept for each.
Caveats: an unanswered item is a row with an empty answer, never zero; order of items differs
between editions, so nothing rests on position; scales are scored only by their instrument's rule.
"""

from __future__ import annotations

from schemas.dataset import Dataset
from schemas.fields import PERSON_FIELDS

SURVEY = Dataset(
    name="survey",
    columns=(
        "person_code",
        "wave_code",
        "response_date",
        "form_version",
        "instrument_code",
        "item_code",
        "answer_code",
        "answer_value",
        *PERSON_FIELDS,
    ),
    required=("person_code", "wave_code", "item_code"),
    key=("person_code", "wave_code", "item_code"),
)
