"""How many people stand behind a service's contacts?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def people_behind(contacts: pd.DataFrame) -> dict[str, int]:
    """Count distinct people per service: persons, else households, else one per record."""
    single = contacts[~contacts["is_aggregate"].astype(bool)].reset_index(drop=True)
    person, household = single["person_code"], single["household_code"]
    alone = "record:" + single.index.astype("string").to_series(index=single.index)
    who = ("person:" + person).fillna("household:" + household).fillna(alone)
    distinct = who.groupby(single["service_code"]).nunique()
    totals = contacts[contacts["is_aggregate"].astype(bool)].groupby("service_code")["contact_n"]
    both = distinct.add(totals.sum(), fill_value=0)
    return {str(service): int(number) for service, number in both.items()}
