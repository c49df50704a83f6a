"""Who took part, when and for how long: person-quarter tables and what is counted from them.

Reached: distinct persons present. Session: distinct activity and day with somebody present.
Hours: sum of recorded hours of those present; an unrecorded hour is missing, never zero. Absence
rests on recorded rows only: absences that nobody wrote down are not there. Retention: present in
a quarter and again in the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, count, estimate_row, refuse
from assets.measures.groups import (
    DIMENSIONS,
    by_level,
    by_period,
    level_of,
    levels,
    next_quarter,
    with_profile,
)
from assets.measures.proportions import clustered_wilson_interval, wilson_interval

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def person_quarters(attendance: pd.DataFrame) -> pd.DataFrame:
    """Count what each person took part in per quarter.

    Parameters
    ----------
    attendance
        ``core_attendance``: person, activity, ``session_date``, ``quarter``, ``is_present``,
        ``hours``.

    Returns
    -------
    DataFrame
        One row a person and quarter with at least one presence: ``sessions_n`` (distinct
        activity and day), ``hours`` (sum of the recorded ones, null if none is recorded),
        ``is_retained`` (present in the next quarter; null in the last quarter with data, where
        nobody can know yet).
    """
    import pandas as pd

    present = _present(attendance)
    keys = ["person_code", "quarter"]
    once = present.drop_duplicates([*keys, "activity_code", "session_date"])
    table = once.groupby(keys, as_index=False).size().rename(columns={"size": "sessions_n"})
    hours = present.groupby(keys, as_index=False)["hours"].sum(min_count=1)
    table = table.merge(hours, on=keys, how="left", validate="one_to_one")
    seen = set(zip(table["person_code"], table["quarter"], strict=True))
    comes_back = [
        (person, next_quarter(quarter)) in seen
        for person, quarter in zip(table["person_code"], table["quarter"], strict=True)
    ]
    last = attendance["quarter"].max()
    table["is_retained"] = pd.array(comes_back, dtype="boolean")
    table.loc[table["quarter"] == last, "is_retained"] = pd.NA
    return table.astype(
        {"person_code": "string", "quarter": "string", "sessions_n": "Int64", "hours": "float64"}
    ).sort_values(keys, ignore_index=True)


def activity_hours(attendance: pd.DataFrame) -> pd.DataFrame:
    """Sum recorded hours per person, quarter and activity (what dominance is judged on)."""
    import pandas as pd

    keys = ["person_code", "quarter", "activity_code"]
    known = _present(attendance).dropna(subset=["hours"])
    table = known.groupby(keys, as_index=False)["hours"].sum()
    kinds = dict.fromkeys(keys, "string") | {"hours": "float64"}
    return pd.DataFrame(table).astype(kinds).sort_values(keys, ignore_index=True)


def reach_rows(
    attendance: pd.DataFrame, participants: pd.DataFrame, quarters: list[str]
) -> Iterator[Row]:
    """Count distinct persons present, by quarter and overall, by each characteristic.

    Persons are counted once per period, so quarters do not add up to ``all``. Levels of one
    characteristic add up to ``_total``. A group without anybody is a true zero.
    """
    visits = with_profile(
        _present(attendance).drop_duplicates(["person_code", "quarter"]), participants
    )
    shown = {name: levels(visits, name) for name in DIMENSIONS}
    for period, rows in by_period(visits, quarters):
        people = rows.drop_duplicates("person_code")
        for name in DIMENSIONS:
            for level, part in by_level(people, name, shown[name], total=True):
                yield _reach(len(part), period, Group(name, level))
    first, second = "neighbourhood_code", "gender_code"
    people = visits.drop_duplicates("person_code")
    for level_1, part in by_level(people, first, shown[first], total=True):
        for level_2, cell in by_level(part, second, shown[second], total=True):
            yield _reach(len(cell), "all", Group(first, level_1, second, level_2))


def _reach(persons_n: int, period: str, group: Group) -> Row:
    return estimate_row(
        "reached_n",
        count(persons_n, unit="persons"),
        period=period,
        population_code="participants",
        n_unit="persons",
        contributors_n=persons_n,
        group=group,
    )


def session_rows(attendance: pd.DataFrame, quarters: list[str]) -> Iterator[Row]:
    """Count sessions held: distinct activity and day with somebody present."""
    present = _present(attendance).assign(activity_code=lambda f: level_of(f["activity_code"]))
    shown = levels(present, "activity_code")
    for period, rows in by_period(present, quarters):
        yield _sessions(rows, period)
        for level, part in by_level(rows, "activity_code", shown):
            yield _sessions(part, period, Group("activity_code", level))


def _sessions(rows: pd.DataFrame, period: str, group: Group = EVERYBODY) -> Row:
    held = len(rows.drop_duplicates(["activity_code", "session_date"]))
    return estimate_row(
        "sessions_n",
        count(held, unit="sessions"),
        period=period,
        population_code="sessions",
        n_unit="sessions",
        contributors_n=int(rows["person_code"].nunique()),
        group=group,
    )


def hour_rows(attendance: pd.DataFrame, quarters: list[str]) -> Iterator[Row]:
    """Sum recorded hours of those present, by activity; hours not written are counted missing."""
    present = _present(attendance).assign(activity_code=lambda f: level_of(f["activity_code"]))
    shown = levels(present, "activity_code")
    for period, rows in by_period(present, quarters):
        for level, part in by_level(rows, "activity_code", shown, total=True):
            known = part.dropna(subset=["hours"])
            yield estimate_row(
                "hours_sum",
                _hours(known["hours"], len(part) - len(known)),
                period=period,
                population_code="participants",
                n_unit="records",
                contributors_n=int(known["person_code"].nunique()),
                group=Group("activity_code", level),
            )


def _hours(known: pd.Series, n_missing: int) -> Statistic:
    if known.empty and n_missing:  # people came, nobody wrote for how long: not zero hours
        return refuse(
            "count", "no_hours_recorded", n=0, unit="hours", reference="", n_missing=n_missing
        )
    return count(float(known.sum()), unit="hours", n=len(known), n_missing=n_missing)


def absence_rows(
    attendance: pd.DataFrame, participants: pd.DataFrame, quarters: list[str]
) -> Iterator[Row]:
    """Estimate the share of recorded rows that are absences.

    People recur, and absence may be a habit of some: the interval rests on the effective number
    of records, with people as clusters.
    """
    rows = with_profile(attendance, participants)
    rows["is_reminded"] = level_of(rows["is_reminded"])
    splits = ["gender_code"]
    if (rows["is_reminded"].isin(["true", "false"])).any():  # some registers never note reminders
        splits.append("is_reminded")
    shown = {name: levels(rows, name) for name in (*splits, "neighbourhood_code")}
    for period, part in by_period(rows, quarters):
        yield _absence(part, period)
        wanted = [*splits, "neighbourhood_code"] if period == "all" else splits
        for name in wanted:
            for level, cell in by_level(part, name, shown[name]):
                yield _absence(cell, period, Group(name, level))


def _absence(rows: pd.DataFrame, period: str, group: Group = EVERYBODY) -> Row:
    known = rows[rows["is_present"].notna()]
    absent = known[~known["is_present"].astype(bool)]
    return estimate_row(
        "absence_rate",
        clustered_wilson_interval(
            ~known["is_present"].astype(bool),
            known["person_code"],
            n_missing=len(rows) - len(known),
        ),
        period=period,
        population_code="records",
        n_unit="records",
        contributors_n=int(known["person_code"].nunique()),
        numerator_n=len(absent),
        numerator_contributors_n=int(absent["person_code"].nunique()),
        group=group,
    )


def retention_rows(
    quarters_of_persons: pd.DataFrame, participants: pd.DataFrame, quarters: list[str]
) -> Iterator[Row]:
    """Estimate the share of a quarter's people who are present again in the next quarter.

    Parameters
    ----------
    quarters_of_persons
        As :func:`person_quarters` returns them. The last quarter is ``not_estimable``: its
        people may still come back.
    """
    rows = with_profile(quarters_of_persons, participants)
    shown = {name: levels(rows, name) for name in DIMENSIONS}
    for quarter in quarters:
        part = rows[rows["quarter"] == quarter]
        is_last = quarter == quarters[-1]
        yield _retention(part, quarter, is_last)
        for name in DIMENSIONS:
            for level, cell in by_level(part, name, shown[name]):
                yield _retention(cell, quarter, is_last, Group(name, level))


def _retention(rows: pd.DataFrame, quarter: str, is_last: bool, group: Group = EVERYBODY) -> Row:
    n = len(rows)
    back = 0 if is_last else int(rows["is_retained"].sum())
    result = (
        refuse("wilson", "next_quarter_unknown", n=n, unit="share", reference="")
        if is_last
        else wilson_interval(back, n)
    )
    return estimate_row(
        "retention_rate",
        result,
        period=quarter,
        population_code="participants",
        n_unit="persons",
        contributors_n=n,
        numerator_n=None if is_last else back,
        numerator_contributors_n=None if is_last else back,
        group=group,
    )


def _present(attendance: pd.DataFrame) -> pd.DataFrame:
    return attendance[attendance["is_present"].fillna(value=False).astype(bool)]
