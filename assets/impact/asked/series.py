"""Of which services and days is a step in the monthly contacts asked?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, estimate_row
from assets.impact import comparative, interrupted, means_series
from assets.impact.asked.contributors import people_behind
from assets.impact.interrupted import MEMORY, OVERDISPERSION, interrupted_series, series_checks
from assets.impact.means_series import interrupted_means
from assets.impact.without_step import expected_without_step

if TYPE_CHECKING:
    import pandas as pd

    from schemas.evaluation import Shock, Step

Row = dict[str, Any]

#: Models that stand beside the one that answers, so that no choice between them is hidden.
BESIDE: tuple[interrupted.Family, ...] = ("poisson_hac", "negative_binomial")

#: Closings within as many days enter a month's mean; months not watched as long stay out of it.
CLOSED_WITHIN = 90


@dataclass(frozen=True)
class _Asked:
    """One step with its series: what every row about it has in common."""

    service: str
    counts: pd.Series
    first: str
    shocks: Mapping[str, list[str]]
    min_residual_df: int
    people_n: int
    group: Group


def step_rows(
    monthly: pd.DataFrame,
    contacts: pd.DataFrame,
    contributors: Mapping[str, int],
    steps: Iterable[Step],
    shocks: Mapping[str, Shock],
    min_residual_df: int,
) -> Iterator[Row]:
    """Ask of each declared service whether its contacts stepped on the declared day.

    The quasi-Poisson model answers; beside it stand its dispersion and memory, the same step by the
    models of ``BESIDE``, the step divided by that of the service it is ``compared_with``, and what
    each month after would have been without the change. Where the service records closings, the
    same is asked of the mean days to closing.

    Parameters
    ----------
    monthly
        ``measures_contacts__month``: the complete grid.
    contacts
        ``core_contacts``: when each request was opened and closed.
    contributors
        Service -> distinct people behind its contacts.
    steps, shocks
        ``evaluation`` of ``programme.yml``. The first month wholly after the day counts as after;
        a month cut by the day is left out. A shock covers the months of which it takes half.
    """
    covered = {name: months_covered(each.start, each.end) for name, each in shocks.items()}
    asked = list(steps)
    for step in asked:
        first, mixed = first_whole_month(step.on)
        # A service asked about twice needs the month to tell its two answers apart.
        is_only = sum(each.service == step.service for each in asked) == 1
        question = _Asked(
            service=step.service,
            counts=_counts(monthly, step.service, mixed),
            first=first,
            shocks=covered,
            min_residual_df=min_residual_df,
            people_n=contributors.get(step.service, 0),
            group=EVERYBODY if is_only else Group("step", first),
        )
        yield from _answered(question)
        yield from _checked(question)
        yield from _closed_sooner(question, contacts, mixed)
        if step.compared_with:
            other = _counts(monthly, step.compared_with, mixed)
            fewest = min(question.people_n, contributors.get(step.compared_with, 0))
            yield from _compared(question, other, fewest)


def _counts(monthly: pd.DataFrame, service: str, without: str | None) -> pd.Series:
    mine = monthly[monthly["service_code"] == service].set_index("month")
    counts = mine["contacts_n"].astype("float64")
    return counts if without is None else counts.drop(labels=[without], errors="ignore")


def _answered(asked: _Asked) -> Iterator[Row]:
    results = interrupted_series(
        asked.counts, asked.first, shocks=asked.shocks, min_residual_df=asked.min_residual_df
    )
    yield _row("contacts_step", results[interrupted.STEP], asked)
    yield _row("contacts_slope", results[interrupted.SLOPE], asked)
    expected = expected_without_step(
        asked.counts, asked.first, shocks=asked.shocks, min_residual_df=asked.min_residual_df
    )
    for month, result in expected.items():
        yield _row("contacts_expected", result, asked, period=month)


def _checked(asked: _Asked) -> Iterator[Row]:
    found = series_checks(
        asked.counts, asked.first, shocks=asked.shocks, min_residual_df=asked.min_residual_df
    )
    yield _row("contacts_dispersion", found[OVERDISPERSION], asked)
    yield _row("contacts_autocorrelation", found[MEMORY], asked)
    for family in BESIDE:
        results = interrupted_series(
            asked.counts,
            asked.first,
            shocks=asked.shocks,
            min_residual_df=asked.min_residual_df,
            family=family,
        )
        group = Group("model", family, asked.group.by_1, asked.group.level_1)
        yield _row("contacts_step_beside", results[f"its_{family}_step"], asked, group=group)


def _compared(asked: _Asked, other: pd.Series, people_n: int) -> Iterator[Row]:
    results = comparative.controlled_series(
        asked.counts,
        other,
        asked.first,
        shocks=asked.shocks,
        min_residual_df=asked.min_residual_df,
    )
    named = {
        "contacts_step_compared": comparative.STEP,
        "contacts_slope_compared": comparative.SLOPE,
    }
    for indicator, method in named.items():
        yield _row(indicator, results[method], asked, people_n=people_n)


def _closed_sooner(asked: _Asked, contacts: pd.DataFrame, without: str | None) -> Iterator[Row]:
    mine = contacts[contacts["service_code"] == asked.service]
    if mine["closed_date"].isna().all():
        return
    means, used = monthly_closing_days(mine)
    results = interrupted_means(
        means if without is None else means.drop(labels=[without], errors="ignore"),
        asked.first,
        shocks=asked.shocks,
        min_residual_df=asked.min_residual_df,
        unit="days",
        at_least_ordinary=True,
    )
    people_n = people_behind(used).get(asked.service, 0)
    named = {"closing_step": means_series.STEP, "closing_slope": means_series.SLOPE}
    for indicator, method in named.items():
        yield _row(indicator, results[method], asked, people_n=people_n)


def monthly_closing_days(contacts: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Return each month's mean days to closing, and the requests it rests on.

    Of the requests opened in a month, those closed within ``CLOSED_WITHIN`` days; a month counts
    only if its last request could be watched that long, or late months would look fast.

    Parameters
    ----------
    contacts
        Requests of one service: ``contact_date``, ``closed_date``, ``month``.
    """
    import pandas as pd

    days = (contacts["closed_date"] - contacts["contact_date"]).dt.days
    last = max(contacts["contact_date"].max(), contacts["closed_date"].max())
    end_of_month = pd.PeriodIndex(contacts["month"], freq="M").to_timestamp(how="end")
    is_watched = end_of_month + pd.Timedelta(days=CLOSED_WITHIN) <= last + pd.Timedelta(days=1)
    used = contacts[days.between(0, CLOSED_WITHIN).fillna(False).to_numpy(dtype=bool) & is_watched]
    means = days[used.index].groupby(used["month"]).mean().astype("float64").sort_index()
    return means, used


def _row(
    indicator: str,
    result: Statistic,
    asked: _Asked,
    *,
    period: str = "all",
    group: Group | None = None,
    people_n: int | None = None,
) -> Row:
    return estimate_row(
        indicator,
        result,
        period=period,
        population_code="contacts",
        n_unit="months",
        contributors_n=asked.people_n if people_n is None else people_n,
        subject_code=asked.service,
        group=asked.group if group is None else group,
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
