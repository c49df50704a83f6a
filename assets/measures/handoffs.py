"""From one service to the next: hand-offs, time between first contacts, repeated intake.

No file says who sent whom: a hand-off here is a sequence. It is a user's first contact with a
second service within so many days of their first contact with another one, whoever arranged it.
First contacts are the first in the files: whoever used a service before the files begin looks new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: A first contact with the next service counts as handed on up to this many days later.
WITHIN_DAYS = 90
#: Intakes this close together are repeated.
REPEAT_DAYS = 30
#: Where a service does not write when a case was opened, so many days without it make a new intake.
AWAY_DAYS = 180


def first_contacts(uses: pd.DataFrame) -> pd.DataFrame:
    """Return each user's first day at each service, in order: user, ``first_date``, service."""
    found = uses.groupby(["user_code", "service_code"])["used_date"].min()
    firsts = found.rename("first_date").reset_index()
    order = ["user_code", "first_date", "service_code"]
    return firsts[order].sort_values(order, ignore_index=True)


def handoffs(firsts: pd.DataFrame, within_days: int = WITHIN_DAYS) -> pd.DataFrame:
    """Return each step from a service to the next new one within the days given.

    Two services first met on one day have no order: neither was handed on by the other, and what
    follows comes from both.

    Returns
    -------
    DataFrame
        ``user_code``, ``from_service``, ``to_service``, ``days`` (1 to ``within_days``).
    """
    days = firsts[["user_code", "first_date"]].drop_duplicates()
    next_date = days.groupby("user_code")["first_date"].shift(-1)
    steps = firsts.merge(days.assign(next_date=next_date), on=["user_code", "first_date"])
    reached = firsts.rename(columns={"first_date": "next_date", "service_code": "to_service"})
    found = steps.dropna(subset=["next_date"]).merge(reached, on=["user_code", "next_date"])
    found["days"] = (found["next_date"] - found["first_date"]).dt.days
    found = found[found["days"] <= within_days].rename(columns={"service_code": "from_service"})
    order = ["user_code", "from_service", "to_service", "days"]
    return found[order].sort_values(order, ignore_index=True)


def time_to_next(firsts: pd.DataFrame, last_date: pd.Timestamp) -> pd.DataFrame:
    """Return the days from a user's first contact anywhere to their first at a second service.

    Parameters
    ----------
    last_date
        Last day the files know of: whoever has one service by then is still waiting.

    Returns
    -------
    DataFrame
        ``user_code``, ``opened_date``, ``closed_date`` (null: no second service yet), so that the
        tools for waiting times take it as it is; two services on the first day are 0 days.
    """
    import pandas as pd

    ranked = firsts.assign(place=firsts.groupby("user_code").cumcount())
    start = ranked[ranked["place"] == 0].set_index("user_code")["first_date"]
    second = ranked[ranked["place"] == 1].set_index("user_code")["first_date"]
    table = pd.DataFrame({"opened_date": start, "closed_date": second.reindex(start.index)})
    table = table[table["opened_date"] <= last_date]
    return table.reset_index().sort_values("user_code", ignore_index=True)


def intakes(uses: pd.DataFrame, away_days: int = AWAY_DAYS) -> pd.DataFrame:
    """Return each new intake of a user at a service.

    Where a service writes when a case was opened, each day of opening is an intake. Elsewhere it
    is the first contact, and any contact after more than ``away_days`` without one.

    Returns
    -------
    DataFrame
        ``user_code``, ``service_code``, ``intake_date``, ``is_opened`` (the service wrote it down);
        sorted, one row an intake.
    """
    import pandas as pd

    writes = uses.groupby("service_code")["opened_date"].transform("count") > 0
    opened = uses[writes].dropna(subset=["opened_date"])
    opened = opened.assign(intake_date=opened["opened_date"], is_opened=True)
    rest = uses[~writes].sort_values(["user_code", "service_code", "used_date"])
    gap = rest.groupby(["user_code", "service_code"])["used_date"].diff().dt.days
    begun = rest[gap.isna() | (gap > away_days)]
    begun = begun.assign(intake_date=begun["used_date"], is_opened=False)
    columns = ["user_code", "service_code", "intake_date", "is_opened"]
    found = pd.concat([opened[columns], begun[columns]], ignore_index=True).drop_duplicates()
    kinds = {"intake_date": "datetime64[us]", "is_opened": "boolean"}
    found = found.astype({**dict.fromkeys(columns[:2], "string"), **kinds})
    return found.sort_values(columns[:3], ignore_index=True)


def repeated_at_one(taken_in: pd.DataFrame, within_days: int = REPEAT_DAYS) -> pd.DataFrame:
    """Say of each user and service whether a new intake followed another within the days given.

    Returns
    -------
    DataFrame
        ``service_code``, ``user_code``, ``is_repeated``.
    """
    gap = taken_in.groupby(["user_code", "service_code"])["intake_date"].diff().dt.days
    table = taken_in.assign(is_repeated=(gap <= within_days).fillna(False))
    keys = ["service_code", "user_code"]
    return table.groupby(keys)["is_repeated"].any().reset_index()


def repeated_at_several(taken_in: pd.DataFrame, within_days: int = REPEAT_DAYS) -> pd.Series:
    """Say of each user whether two different services took them in within the days given.

    Returns
    -------
    Series
        Index ``user_code``; true where some two intakes at different services lie at most
        ``within_days`` apart. Between the two nearest of them no other intake lies, so neighbours
        in time decide; intakes on one day are neighbours of all others on it.
    """
    order = ["user_code", "intake_date", "service_code"]
    table = taken_in.sort_values(order, ignore_index=True)
    by_user = table.groupby("user_code")
    days = table["intake_date"] - by_user["intake_date"].shift(1)
    other = table["service_code"].ne(by_user["service_code"].shift(1)).fillna(False)
    is_close = (days.dt.days <= within_days).fillna(False) & other
    return is_close.groupby(table["user_code"]).any()
