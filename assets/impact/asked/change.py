"""Of whom is the change between two waves asked?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, count, estimate_row
from assets.impact.change import D_AV, D_Z, G_Z, MEAN_CHANGE, match_waves, paired_change
from schemas.estimates import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

CHANGE_INDICATORS = {
    "score_change": MEAN_CHANGE,
    "score_change_dz": D_Z,
    "score_change_gz": G_Z,
    "score_change_dav": D_AV,
}
#: Groups in which change is also asked: those the design names, not every characteristic.
CHANGE_GROUPS = ("gender_code", "area_role")


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
