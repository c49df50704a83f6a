"""Of whom is it asked how long they keep coming?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, estimate_row
from assets.impact.groups_survival import log_rank
from assets.impact.hazards import cox
from assets.impact.resampling import independence
from assets.impact.spells import attendance_spells
from assets.impact.survival import kaplan_meier_median, kaplan_meier_survival

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

DAYS = (30, 90, 180)
COMPARED = ("gender_code", "area_role")
#: A level with fewer people is left out of a comparison: its curve says little, about few.
MIN_LEVEL = 10


def attending_rows(
    attendance: pd.DataFrame, participants: pd.DataFrame, dropout_weeks: int
) -> Iterator[Row]:
    """Describe how long people keep coming to the activities, and by whom that differs.

    Parameters
    ----------
    attendance
        ``core_attendance``; the last day in it, presences and absences alike, is the data date.
    participants
        ``core_participants``: gender, age and area of each person.
    dropout_weeks
        Weeks without a presence after which somebody counts as having stopped
        (``evaluation.dropout_weeks``). Codes that may be two people are left out, and counted.
    """
    present = attendance[attendance["is_present"].fillna(False).astype(bool)]
    if present.empty:
        return
    spells = attendance_spells(present, attendance["session_date"].max(), dropout_weeks)
    people = participants.set_index("person_code").reindex(spells.index)
    is_ambiguous = (people["link_certainty"] == "ambiguous").fillna(False).astype(bool)
    days, ended = spells["days"].mask(is_ambiguous), spells["ended"]
    households = people.get("household_code")
    alone = independence(None if households is None else households[days.notna()])
    for at in DAYS:
        share = kaplan_meier_survival(days, ended, at)
        yield _row("attending_share", share, alone, group=Group("day", str(at)))
    yield _row("attending_median", kaplan_meier_median(days, ended), alone)
    for name in COMPARED:
        levels = _large(days, people[name])
        test = log_rank(days, ended, levels)
        group = Group("between", name)
        yield _row("attending_log_rank", test, alone, _smallest(days, levels), group)
    yield from _hazards(days, ended, people, alone)


def _hazards(days: pd.Series, ended: pd.Series, people: pd.DataFrame, alone: str) -> Iterator[Row]:
    """Ask whether women, and older people, stop sooner, each given the other."""
    import pandas as pd

    gender = people["gender_code"]
    known = gender.isin(["female", "male"]).fillna(False).astype(bool)
    terms = pd.DataFrame(
        {
            "female": (gender == "female").where(known).astype("Float64").astype("float64"),
            "age_10_years": people["age_years"].astype("float64") / 10,
        }
    )
    fewest = _smallest(days.where(terms.notna().all(axis=1)), gender.where(known))
    for term, result in cox(days, ended, terms).items():
        yield _row("stop_hazard", result, alone, fewest, Group("term", term))


def _large(days: pd.Series, levels: pd.Series) -> pd.Series:
    """Blank out levels with too few people."""
    counted = levels[days.notna()].value_counts()
    return levels.where(levels.isin(counted[counted >= MIN_LEVEL].index))


def _smallest(days: pd.Series, groups: pd.Series) -> int:
    counted = groups[days.notna() & groups.notna()].value_counts()
    return int(counted.min()) if len(counted) else 0


def _row(
    indicator: str,
    result: Statistic,
    alone: str,
    people_n: int | None = None,
    group: Group = EVERYBODY,
) -> Row:
    """Place a result, saying whether the people it takes as independent live apart."""
    return estimate_row(
        indicator,
        replace(result, assumptions={**result.assumptions, "independent_people": alone}),
        period="all",
        population_code="participants",
        n_unit="persons",
        contributors_n=_behind(result) if people_n is None else people_n,
        group=group,
    )


def _behind(result: Statistic) -> int:
    """Count the people of whom it is known whether they had ended by the day asked about."""
    return int(result.details.get("known_n") or result.n)
