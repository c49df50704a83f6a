"""Of which services is the time to closing asked?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, estimate_row
from assets.impact.resampling import independence
from assets.impact.survival import (
    kaplan_meier_median,
    kaplan_meier_survival,
    mean_closed_days,
    median_closed_days,
    waiting_days,
)

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

OPEN_DAYS = (30, 90)


def closing_rows(contacts: pd.DataFrame, contributors: Mapping[str, int]) -> Iterator[Row]:
    """Describe how long requests take, for the services that record a closing date.

    Parameters
    ----------
    contacts
        ``core_contacts``. Requests still open are censored at the service's last known date.
    contributors
        Service -> distinct people behind its contacts.
    """
    for service, mine in contacts.groupby("service_code", sort=True):
        if mine["closed_date"].isna().all():
            continue
        last = max(mine["contact_date"].max(), mine["closed_date"].max())
        days, is_closed = waiting_days(mine["contact_date"], mine["closed_date"], last)
        results = {
            "closing_days_mean": mean_closed_days(days, is_closed),
            "closing_days_median": median_closed_days(days, is_closed),
            "still_open_median": kaplan_meier_median(days, is_closed),
        }
        who = mine["household_code"].fillna(mine["person_code"])
        known = contributors.get(str(service), 0)
        people_n = min(known, _people(who, days.notna()))
        closed_n = min(known, _people(who, days.notna() & is_closed.astype(bool)))
        # Requests of one household go alike, and the interval takes each for itself.
        alone = independence(who)
        for indicator, result in results.items():
            behind = people_n if indicator.startswith("still_open") else closed_n
            yield _closing(indicator, _told(result, alone), str(service), behind)
        for at in OPEN_DAYS:
            share = kaplan_meier_survival(days, is_closed, at)
            group = Group("day", str(at))
            yield _closing("still_open_share", _told(share, alone), str(service), people_n, group)


def _people(who: pd.Series, is_used: pd.Series) -> int:
    """Count the different households (else persons) behind some requests; nobody's count as one."""
    used = who[is_used]
    return int(used.nunique()) + int(used.isna().any())


def _told(result: Statistic, alone: str) -> Statistic:
    """Say of a curve whether its requests are those of different people."""
    if not result.method_code.startswith("kaplan_meier"):
        return result
    return replace(result, assumptions={**result.assumptions, "independent_people": alone})


def _closing(
    indicator: str, result: Statistic, service: str, people_n: int, group: Group = EVERYBODY
) -> Row:
    return estimate_row(
        indicator,
        result,
        period="all",
        population_code="requests",
        n_unit="records",
        contributors_n=min(result.n, people_n),
        subject_code=service,
        group=group,
    )
