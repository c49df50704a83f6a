"""Of which services and days is a step in the monthly contacts asked?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, estimate_row
from assets.impact.interrupted import SLOPE, STEP, interrupted_series

if TYPE_CHECKING:
    import pandas as pd

    from schemas.programme import Shock, Step

Row = dict[str, Any]


def step_rows(
    monthly: pd.DataFrame,
    contributors: Mapping[str, int],
    steps: Iterable[Step],
    shocks: Mapping[str, Shock],
    min_residual_df: int,
) -> Iterator[Row]:
    """Ask of each declared service whether its contacts stepped on the declared day.

    Parameters
    ----------
    monthly
        ``measures_contacts__month``: the complete grid.
    contributors
        Service -> distinct people behind its contacts.
    steps, shocks
        ``evaluation`` of ``programme.yml``. The first month wholly after the day counts as after;
        a month cut by the day is left out. A shock covers the months of which it takes half.
    """
    covered = {name: months_covered(each.start, each.end) for name, each in shocks.items()}
    asked = list(steps)
    for step in asked:
        mine = monthly[monthly["service_code"] == step.service]
        counts = mine.set_index("month")["contacts_n"].astype("float64")
        first, mixed = first_whole_month(step.on)
        results = interrupted_series(
            counts.drop(labels=[mixed], errors="ignore"),
            first,
            shocks=covered,
            min_residual_df=min_residual_df,
        )
        # A service asked about twice needs the month to tell its two answers apart.
        is_only = sum(each.service == step.service for each in asked) == 1
        group = EVERYBODY if is_only else Group("step", first)
        for indicator, method in {"contacts_step": STEP, "contacts_slope": SLOPE}.items():
            yield estimate_row(
                indicator,
                results[method],
                period="all",
                population_code="contacts",
                n_unit="months",
                contributors_n=contributors.get(step.service, 0),
                subject_code=step.service,
                group=group,
                design="quasi_experimental",
            )


def first_whole_month(day: date) -> tuple[str, str | None]:
    """Return the first month wholly after a day, and the month the day cuts, if it cuts one."""
    if day.day == 1:
        return f"{day:%Y-%m}", None
    after = day.replace(day=1) + timedelta(days=32)
    return f"{after:%Y-%m}", f"{day:%Y-%m}"


def months_covered(start: date, end: date) -> list[str]:
    """Return the months of which a span of days, both ends included, takes half or more.

    A rule that ends on the first of May did not shape May; one day more in the model costs a
    degree of freedom and lends the shock a month it had no part in.
    """
    import pandas as pd

    touched = pd.period_range(start, end, freq="M")
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    return [
        str(month)
        for month in touched
        if 2 * ((min(month.end_time, last) - max(month.start_time, first)).days + 1)
        >= month.days_in_month
    ]
