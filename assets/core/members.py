"""Which household a person is of, from when to when."""

from __future__ import annotations

import pandas as pd

_TEXT = pd.StringDtype(na_value=pd.NA)
MEMBER_COLUMNS = (
    "person_code", "household_code", "valid_from", "valid_to", "records_n", "link_certainty",
)  # fmt: skip


def members(records: pd.DataFrame) -> pd.DataFrame:
    """Return one row per person and household they were recorded in.

    Parameters
    ----------
    records
        ``_core_records`` with participants (``linkage.with_participants``).

    Returns
    -------
    pandas.DataFrame
        Sorted by person and ``valid_from``. A household is valid from the day it is first
        recorded to the day before the next one is (null: still). Where two are recorded on one
        day, or in turn, nobody can say which holds when: both are ``ambiguous``, with the first
        and last day on which they were recorded. Else ``link_certainty`` is the person's.
    """
    keys = ["person_code", "household_code"]
    known = records.dropna(subset=[*keys, "record_date"])
    grouped = known.groupby(keys, sort=True)
    found = grouped.agg(
        valid_from=("record_date", "min"),
        last=("record_date", "max"),
        records_n=("record_date", "size"),
        link_certainty=("link_certainty", "first"),
    ).reset_index()
    found = found.sort_values(["person_code", "valid_from", "household_code"], ignore_index=True)
    person = found["person_code"]
    is_mixed = _overlapping(found).groupby(person).transform("any")
    until = found.groupby("person_code")["valid_from"].shift(-1) - pd.Timedelta(days=1)
    found["valid_to"] = until.mask(is_mixed, found["last"])
    found["link_certainty"] = found["link_certainty"].mask(is_mixed, "ambiguous")
    days = dict.fromkeys(("valid_from", "valid_to"), "datetime64[us]")
    texts = dict.fromkeys((*keys, "link_certainty"), _TEXT)
    return found[list(MEMBER_COLUMNS)].astype({**texts, **days, "records_n": "Int64"})


def _overlapping(found: pd.DataFrame) -> pd.Series:
    """Say of each household whether it was recorded before an earlier one was left."""
    days = found["last"].astype("datetime64[us]")
    latest = days.astype("int64").groupby(found["person_code"]).cummax()
    before = latest.groupby(found["person_code"]).shift(1)
    start = found["valid_from"].astype("datetime64[us]").astype("int64")
    return (start <= before).fillna(False).astype(bool)
