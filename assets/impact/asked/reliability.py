"""Of which scales, items and waves are reliability and stability asked?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, estimate_row
from assets.impact.agreement import intraclass_correlations
from assets.impact.drift import alpha_change, item_drift
from assets.impact.items import item_rest_correlations, reliability_without
from assets.impact.omega import MIN_ITEMS, omega_total
from assets.impact.reliability import (
    ALPHA_PAIRWISE,
    NegativeReliability,
    cronbach_alpha_pairwise,
    negative_result,
    scale_reliability,
)

if TYPE_CHECKING:
    import pandas as pd

    from schemas.instruments import Instrument

Row = dict[str, Any]

#: Name of the dimension whose levels are a scale's items.
ITEM = "item"


def reliability_rows(
    items: pd.DataFrame, instruments: Mapping[str, Instrument], scales: Iterable[str]
) -> Iterator[Row]:
    """Estimate the reliability of each scale and part in each wave, and its items in one wave.

    Whole scales of three items or more also get alpha from pairs, omega, and a row an item; the
    item table is asked of one wave, that in which most people answered every item.

    Parameters
    ----------
    items
        ``measures_items``: reversed items already turned round.
    """
    for code in sorted(set(scales)):
        instrument = instruments[code]
        waves = _waves(items, instrument)
        for wave, wide in waves.items():
            yield from _blocks(wide, wave, instrument)
        if waves and len(instrument.items) >= MIN_ITEMS:
            fullest = max(waves, key=lambda wave: (len(waves[wave].dropna()), wave))
            yield from _item_rows(waves[fullest], fullest, instrument)


def stability_rows(
    items: pd.DataFrame,
    scores: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    scales: Iterable[str],
    start: str,
    end: str,
) -> Iterator[Row]:
    """Compare how each scale measures in two waves, among the people in both.

    Parameters
    ----------
    items, scores
        ``measures_items`` and ``measures_scores``.
    start, end
        Wave codes.
    """
    for code in sorted(set(scales)):
        instrument = instruments[code]
        mine = scores[(scores["scale_code"] == code) & scores["wave_code"].isin([start, end])]
        if mine["wave_code"].nunique() < 2:
            continue
        wide = mine.pivot(index="person_code", columns="wave_code", values="score").sort_index()
        linked = wide[[start, end]].dropna(how="all")
        agreement = intraclass_correlations(linked)["icc_2"]
        yield _row("score_stability", agreement, "all", code)
        waves = _waves(items, instrument)
        if len(instrument.items) >= MIN_ITEMS and {start, end} <= set(waves):
            before, after = waves[start], waves[end]
            yield _row("reliability_change", alpha_change(before, after), "all", code)
            for item, result in item_drift(before, after).items():
                yield _row("item_drift", result, "all", code, Group(ITEM, item))


def _waves(items: pd.DataFrame, instrument: Instrument) -> dict[str, pd.DataFrame]:
    """Return wave -> answers, one row a person (in order of code), one column an item."""
    mine = items[items["instrument_code"] == instrument.code]
    return {
        str(wave): asked.pivot(index="person_code", columns="item_code", values="value")
        .reindex(columns=instrument.item_codes)
        .sort_index()
        for wave, asked in mine.groupby("wave_code", sort=True)
    }


def _blocks(wide: pd.DataFrame, wave: str, instrument: Instrument) -> Iterator[Row]:
    is_binary = instrument.is_binary

    def one(chosen: pd.DataFrame) -> Statistic:
        return scale_reliability(chosen, is_binary=is_binary)

    for scale, chosen in [
        (instrument.code, instrument.item_codes),
        *((part.code, part.items) for part in instrument.parts),
    ]:
        if len(chosen) > 1:
            yield _row("reliability_alpha", _or_negative(one, wide[chosen]), wave, scale)
    if len(instrument.items) >= MIN_ITEMS:
        pairs = _or_negative(cronbach_alpha_pairwise, wide, ALPHA_PAIRWISE)
        yield _row("reliability_alpha_pairwise", pairs, wave, instrument.code)
        yield _row("reliability_omega", omega_total(wide), wave, instrument.code)


def _item_rows(wide: pd.DataFrame, wave: str, instrument: Instrument) -> Iterator[Row]:
    found = {
        "item_rest_correlation": item_rest_correlations(wide),
        "reliability_without_item": reliability_without(wide, is_binary=instrument.is_binary),
    }
    for indicator, results in found.items():
        for item, result in results.items():
            yield _row(indicator, result, wave, instrument.code, Group(ITEM, item))


def _or_negative(
    estimate: Callable[[pd.DataFrame], Statistic], items: pd.DataFrame, method: str | None = None
) -> Statistic:
    """Estimate, or say that the coefficient is negative: it must not be published as a number."""
    try:
        return estimate(items)
    except NegativeReliability:
        return negative_result(items, method=method)


def _row(
    indicator: str, result: Statistic, period: str, scale: str, group: Group = EVERYBODY
) -> Row:
    return estimate_row(
        indicator,
        result,
        period=period,
        population_code="respondents",
        n_unit="persons",
        contributors_n=result.n,
        subject_code=scale,
        group=group,
    )
