"""Which groups, scales and services the statistics are asked about, as estimate rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, count, estimate_row
from assets.impact.change import D_AV, D_Z, G_Z, MEAN_CHANGE, match_waves, paired_change
from assets.impact.interrupted import SLOPE, STEP, interrupted_series
from assets.impact.reliability import NegativeReliability, negative_result, scale_reliability
from assets.impact.survival import (
    kaplan_meier_median,
    kaplan_meier_survival,
    mean_closed_days,
    median_closed_days,
    waiting_days,
)
from schemas.estimates import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

    from schemas.instruments import Instrument
    from schemas.programme import Shock, Step

Row = dict[str, Any]

CHANGE_INDICATORS = {
    "score_change": MEAN_CHANGE,
    "score_change_dz": D_Z,
    "score_change_gz": G_Z,
    "score_change_dav": D_AV,
}
#: Groups in which change is also asked: those the design names, not every characteristic.
CHANGE_GROUPS = ("gender_code", "area_role")
OPEN_DAYS = (30, 90)


def change_rows(
    scores: pd.DataFrame, participants: pd.DataFrame, pre_wave: str, post_wave: str
) -> Iterator[Row]:
    """Estimate matched change of every scale, for everybody and by gender and kind of area.

    Parameters
    ----------
    scores
        ``measures_scores``.
    participants
        ``core_participants``; unknown characteristics are a level of their own. A code that may be
        two people (``ambiguous``) is not paired with itself: eligible, not linked.
    """
    groups = participants[["person_code", *CHANGE_GROUPS]]
    doubtful = participants.loc[participants["link_certainty"] == "ambiguous", "person_code"]
    is_left = scores["person_code"].isin(doubtful) & (scores["wave_code"] == post_wave)
    rows = scores[~is_left].merge(groups, on="person_code", how="left", validate="many_to_one")
    for scale, mine in rows.groupby("scale_code", sort=True):
        yield from _change(mine, str(scale), pre_wave, post_wave)
        for name in CHANGE_GROUPS:
            for level, part in mine.groupby(mine[name].fillna(UNKNOWN), sort=True):
                group = Group(name, str(level))
                yield from _change(part, str(scale), pre_wave, post_wave, group)


def _change(
    scores: pd.DataFrame,
    scale: str,
    pre_wave: str,
    post_wave: str,
    group: Group = EVERYBODY,
) -> Iterator[Row]:
    waves = match_waves(scores, pre_wave, post_wave)
    lost_n = waves.eligible_n - waves.analysed_n
    results = paired_change(waves.pairs["pre"], waves.pairs["post"], n_missing=lost_n)
    found: dict[str, Statistic] = {
        indicator: results[method] for indicator, method in CHANGE_INDICATORS.items()
    }
    found["eligible_n"] = count(waves.eligible_n, unit="persons")
    found["linked_n"] = count(waves.analysed_n, unit="persons", n_missing=lost_n)
    for indicator, result in found.items():
        yield estimate_row(
            indicator,
            result,
            period="all",
            population_code="respondents",
            n_unit="persons",
            contributors_n=result.n,
            subject_code=scale,
            design="pre_post",
            group=group,
        )


def reliability_rows(
    items: pd.DataFrame, instruments: Mapping[str, Instrument], scales: Iterable[str]
) -> Iterator[Row]:
    """Estimate the reliability of each scale and part in each wave.

    Parameters
    ----------
    items
        ``measures_items``: reversed items already turned round.
    """
    for code in sorted(set(scales)):
        instrument = instruments[code]
        blocks = [(code, instrument.item_codes), *((p.code, p.items) for p in instrument.parts)]
        mine = items[items["instrument_code"] == code]
        for wave, asked in mine.groupby("wave_code", sort=True):
            wide = asked.pivot(index="person_code", columns="item_code", values="value")
            for scale, chosen in blocks:
                if len(chosen) > 1:
                    result = _reliability(wide.reindex(columns=chosen))
                    yield estimate_row(
                        "reliability_alpha",
                        result,
                        period=str(wave),
                        population_code="respondents",
                        n_unit="persons",
                        contributors_n=result.n,
                        subject_code=scale,
                    )


def _reliability(items: pd.DataFrame) -> Statistic:
    """Estimate, or say that the coefficient is negative: it must not be published as a number."""
    try:
        return scale_reliability(items)
    except NegativeReliability:
        return negative_result(items)


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
        people_n = contributors.get(str(service), 0)
        for indicator, result in results.items():
            yield _closing(indicator, result, str(service), people_n)
        for at in OPEN_DAYS:
            share = kaplan_meier_survival(days, is_closed, at)
            group = Group("day", str(at))
            yield _closing("still_open_share", share, str(service), people_n, group)


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
