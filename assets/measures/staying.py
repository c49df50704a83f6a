"""Who comes to a workshop at all, and which newcomers stay?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, estimate_row
from assets.measures.groups import ALL, DIMENSIONS, by_level, levels, with_profile
from assets.measures.proportions import clustered_wilson_interval

if TYPE_CHECKING:
    import pandas as pd

#: Somebody stayed who was present again more than this many days after their first session ...
STAY_DAYS = 90
#: ... among those whose first session lies at least so far back that it could be seen.
WATCH_DAYS = 180


def stay_table(attendance: pd.DataFrame) -> pd.DataFrame:
    """Say of each newcomer whether they were present again later.

    Parameters
    ----------
    attendance
        ``core_attendance``. The last session in it is as far as anybody can be seen.

    Returns
    -------
    DataFrame
        One row a person whose first session lies at least ``WATCH_DAYS`` before the last one:
        ``person_code``, ``is_stayed`` (present again more than ``STAY_DAYS`` and at most
        ``WATCH_DAYS`` after the first session: everybody is watched for equally long).
    """
    present = attendance[attendance["is_present"].fillna(False).astype(bool)]
    present = present.dropna(subset=["session_date", "person_code"])
    first = present.groupby("person_code")["session_date"].transform("min")
    after = (present["session_date"] - first).dt.days
    is_seen = (present["session_date"].max() - first).dt.days >= WATCH_DAYS
    table = present.assign(is_stayed=(after > STAY_DAYS) & (after <= WATCH_DAYS))[is_seen]
    found = table.groupby("person_code", sort=True)["is_stayed"].any()
    return found.reset_index().astype({"person_code": "string", "is_stayed": "boolean"})


def come_table(attendance: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """Say of everybody whom any source names whether they were ever present at a workshop."""
    present = attendance[attendance["is_present"].fillna(False).astype(bool)]
    table = participants[["person_code"]].sort_values("person_code", ignore_index=True)
    return table.assign(is_come=table["person_code"].isin(present["person_code"]))


def come_rows(attendance: pd.DataFrame, participants: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Estimate the share of people known to any source who came to a workshop, by characteristic.

    Of people whom no source names nothing is known: this is no share of residents.
    """
    table = come_table(attendance, participants)
    yield from _shares("come_share", table, "is_come", participants)


def stay_rows(stays: pd.DataFrame, participants: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Estimate the share of newcomers who stayed, by characteristic.

    Parameters
    ----------
    stays
        As :func:`stay_table` returns them.
    """
    yield from _shares("stay_share", stays, "is_stayed", participants)


def _shares(
    indicator: str, table: pd.DataFrame, column: str, participants: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    home = participants.set_index("person_code")["household_code"]
    rows = with_profile(table, participants)
    rows["cluster"] = rows["person_code"].map(home).fillna(rows["person_code"]).astype("string")
    yield _share(indicator, rows, column)
    for name in DIMENSIONS:
        for level, part in by_level(rows, name, levels(rows, name)):
            yield _share(indicator, part, column, Group(name, level))


def _share(
    indicator: str, rows: pd.DataFrame, column: str, group: Group = EVERYBODY
) -> dict[str, Any]:
    """Place one share; people of one household may do the same, so the interval knows households."""
    has = rows[column].astype(bool)
    return estimate_row(
        indicator,
        clustered_wilson_interval(has, rows["cluster"]),
        period=ALL,
        population_code="known" if indicator == "come_share" else "newcomers",
        n_unit="persons",
        contributors_n=len(rows),
        numerator_n=int(has.sum()),
        numerator_contributors_n=int(has.sum()),
        group=group,
    )
