"""Of which scores is dose asked, and of which characteristics staying?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets.estimates import Group, Statistic, estimate_row
from assets.impact.change import match_waves
from assets.impact.dose import dose_bands, dose_slope, trend
from assets.impact.resampling import independence
from assets.impact.who_stays import logit_odds_ratios

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

#: Characteristic -> column of ``core_participants`` and the levels that have it; others do not.
CHARACTERISTICS = {
    "woman": ("gender_code", ("female",)),
    "public_housing": ("tenure_code", ("sap_aler", "sap_municipal")),
}
DECADE = "decade_older"


def dose_rows(
    scores: pd.DataFrame,
    doses: pd.DataFrame,
    participants: pd.DataFrame,
    scales: Iterable[str],
    pre_wave: str,
    post_wave: str,
) -> Iterator[Row]:
    """Ask of each declared scale whether its change goes with sessions and hours taken.

    Parameters
    ----------
    scores, doses
        ``measures_scores`` and ``measures_dose``. People without a dated answer in both waves, or
        without recorded hours, are missing; a code that may be two people is left out.
    """
    sure = participants[participants["link_certainty"] != "ambiguous"].set_index("person_code")
    dose = doses.set_index("person_code")
    for scale in sorted(set(scales)):
        pairs = match_waves(scores[scores["scale_code"] == scale], pre_wave, post_wave).pairs
        known = pairs.join(dose, how="inner").join(sure[["household_code"]], how="inner")
        for indicator, column in (("dose_sessions", "sessions_n"), ("dose_hours", "hours")):
            part = known.dropna(subset=[column]).sort_index()
            home = part["household_code"].fillna(part.index.to_series()).astype("string")
            result = dose_slope(
                part["pre"], part["post"], part[column], home, n_missing=len(pairs) - len(part)
            )
            yield _dose(indicator, result, scale)
        part = known.sort_index()
        bands = dose_bands(part["sessions_n"]) if len(part) else part["sessions_n"]
        change = part["post"] - part["pre"]
        found = trend(change, bands, n_missing=len(pairs) - len(part))
        alone = {"independent_people": independence(part["household_code"])}
        judged = replace(found, assumptions={**found.assumptions, **alone})
        yield _dose("dose_trend", judged, scale)


def _dose(indicator: str, result: Statistic, scale: str) -> Row:
    return estimate_row(
        indicator,
        result,
        period="all",
        population_code="respondents",
        n_unit="persons",
        contributors_n=result.n,
        subject_code=scale,
        design="pre_post",
    )


def stay_rows(stays: pd.DataFrame, participants: pd.DataFrame) -> Iterator[Row]:
    """Estimate with which characteristics staying goes, the others being equal.

    Parameters
    ----------
    stays
        ``measures_staying``. People of whom a characteristic is not known are missing.
    """
    known = stays.merge(participants, on="person_code", how="left").sort_values("person_code")
    table = known[["person_code", "is_stayed", "household_code"]].copy()
    for name, (column, levels) in CHARACTERISTICS.items():
        has = known[column].isin(levels).astype("float64")
        table[name] = has.where(known[column].notna())
    table[DECADE] = known["age_years"].astype("float64") / 10
    names = [*CHARACTERISTICS, DECADE]
    full = table.dropna(subset=names)
    home = full["household_code"].fillna(full["person_code"]).astype("string")
    found = logit_odds_ratios(
        full["is_stayed"].astype(bool), full[names], home, n_missing=len(table) - len(full)
    )
    for name, result in found.items():
        smaller = min(int(full[name].sum()), int((1 - full[name]).sum()))
        yield estimate_row(
            "stay_odds_ratio",
            result,
            period="all",
            population_code="newcomers",
            n_unit="persons",
            contributors_n=len(full) if name == DECADE else smaller,
            group=Group("characteristic", name),
        )
