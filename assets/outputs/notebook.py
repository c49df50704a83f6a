"""What a notebook may read of people: rows under codes, in a copy closed with a key of its own.

The copy holds the tables and columns named here and nothing else: no text as delivered, no answer in
words, no number or code under which a partner knows a record, no way back to a delivery's row.
"""

from __future__ import annotations

from pathlib import Path

from assets.errors import ConfigurationError
from assets.guard import value_free
from assets.layout import Layout
from assets.opening import Taken, new_file, open_file

#: Tables and their columns. Left out on purpose: ``record_id``, ``delivery_id``, ``row_number``
#: (they lead back to a partner's file) and ``core_links`` (the codes each partner uses).
TABLES: dict[str, tuple[str, ...]] = {
    "core_activities": ("activity_code", "label_it", "label_en", "first_date", "last_date", "sessions_n"),
    "core_attendance": (
        "person_code", "link_certainty", "activity_code", "session_date", "quarter", "is_present",
        "hours", "booked_date", "wait_days", "is_reminded",
    ),
    "core_contacts": (
        "person_code", "link_certainty", "household_code", "service_code", "contact_date", "month",
        "contact_n", "is_aggregate", "closed_date", "status_code", "category_code", "points_n",
        "isee_eur", "arrears_eur",
    ),
    "core_household_members": (
        "person_code", "household_code", "valid_from", "valid_to", "records_n", "link_certainty",
    ),
    "core_households": ("household_code", "persons_n", "first_date"),
    "core_participants": (
        "person_code", "household_code", "gender_code", "age_years", "age_band", "tenure_code",
        "citizenship_code", "neighbourhood_code", "area_role", "first_date", "conflicts_n",
        "link_certainty",
    ),
    "core_responses": (
        "person_code", "link_certainty", "wave_code", "response_date", "form_version",
        "instrument_code", "item_code", "answer_code", "answer_value",
    ),
    "core_sessions": ("activity_code", "session_date", "quarter", "registered_n", "present_n"),
    "measures_hours__activity": ("person_code", "quarter", "activity_code", "hours"),
    "measures_items": ("person_code", "wave_code", "instrument_code", "item_code", "value"),
    "measures_participation__quarter": (
        "person_code", "quarter", "sessions_n", "hours", "is_retained",
    ),
    "measures_scores": ("person_code", "wave_code", "scale_code", "score", "items_n"),
}  # fmt: skip
#: An answer that is no short code without a space is somebody's own words: it stays behind.
_SHOWN = {
    "answer_code": "case when regexp_full_match(answer_code, '[A-Za-z0-9_.:-]{1,40}') "
    "then answer_code end as answer_code"
}


def write_copy(layout: Layout, path: Path, key: str) -> list[str]:
    """Copy what a notebook may read into a new encrypted file; return the names of the tables.

    Parameters
    ----------
    path
        The file to make; its folder is for this account only.
    key
        64 hexadecimal digits, made for this copy.

    Raises
    ------
    ConfigurationError
        Nothing was run yet, another process holds the warehouse, or the store's key is not set.
    """
    if not layout.warehouse.is_file():
        raise ConfigurationError(
            f"Di «{layout.programme}» non c'è ancora nulla da leggere: prima «lunattiva run».",
            f"There is nothing of '{layout.programme}' to read yet: 'lunattiva run' first.",
        )
    try:
        with value_free(), open_file(layout.warehouse, read_only=True) as source:
            found = source.execute(
                "select table_name, list(column_name) from duckdb_columns() group by table_name"
            ).fetchall()
            present = {table: set(columns) for table, columns in found}
            names = [table for table in TABLES if table in present]
            with new_file(path, key) as copy:
                for table in names:
                    kept = [_SHOWN.get(x, f'"{x}"') for x in TABLES[table] if x in present[table]]
                    rows = source.sql(f'select {", ".join(kept)} from "{table}" order by all')
                    copy.register("_incoming", rows.to_arrow_reader())
                    copy.execute(f'create table "{table}" as from _incoming')
                    copy.unregister("_incoming")
    except Taken:
        raise ConfigurationError(
            "Il magazzino è in uso da un altro processo: aspettare che finisca e rilanciare.",
            "The warehouse is in use by another process: wait for it and start again.",
        ) from None
    return names
