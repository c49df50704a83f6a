"""Of whom is the way from service to service asked, and whether it grew less scattered?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, estimate_row
from assets.impact.slope import within_slope
from assets.impact.survival import kaplan_meier_median, kaplan_meier_survival, waiting_days

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

#: Days after the first contact at which "still at one service" is asked.
AT_DAYS = (30, 90, 180)
#: A quarter with fewer uses says little about how scattered a user's contacts are.
MIN_USES = 3


def next_service_rows(times: pd.DataFrame, last_date: pd.Timestamp) -> Iterator[Row]:
    """Estimate how long users stay with one service before their first contact with a second.

    Parameters
    ----------
    times
        ``measures_handoffs``: one row a user, ``opened_date`` (first contact anywhere) and
        ``closed_date`` (first contact with a second service; null: none yet).
    last_date
        Last day with a contact in the files.
    """
    days, is_seen = waiting_days(times["opened_date"], times["closed_date"], last_date)
    yield _row("next_service_median", kaplan_meier_median(days, is_seen))
    for at in AT_DAYS:
        share = kaplan_meier_survival(days, is_seen, at)
        yield _row("one_service_share", share, Group("day", str(at)))


def continuity_trend_rows(table: pd.DataFrame) -> Iterator[Row]:
    """Estimate how the continuity of the same users moved over the quarters, in a year.

    Parameters
    ----------
    table
        ``measures_continuity``: one row a user and period. Quarters with fewer than ``MIN_USES``
        uses are left out, and so are users with one such quarter only.
    """
    rows = table[(table["period"] != "all") & (table["uses_n"] >= MIN_USES)]
    rows = rows.dropna(subset=["coc"]).sort_values(["user_code", "period"], ignore_index=True)
    year, quarter = rows["period"].str[:4], rows["period"].str[-1:]
    years = year.astype("float64") + quarter.astype("float64") / 4
    result = within_slope(rows["coc"], years.to_frame("year"), rows["user_code"], unit="ratio")
    yield _row("continuity_trend", result)


def _row(indicator: str, result: Statistic, group: Group = EVERYBODY) -> Row:
    return estimate_row(
        indicator,
        result,
        period="all",
        population_code="users",
        n_unit="households",
        contributors_n=result.n,
        group=group,
    )
