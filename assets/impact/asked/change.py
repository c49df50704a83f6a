"""Of whom is the change between two waves asked?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, count, estimate_row
from assets.impact.asked.change_depth import depth_rows
from assets.impact.change import CLUSTERED, MEAN_CHANGE, MatchedWaves, match_waves, paired_change
from assets.impact.effect_size import D_AV, D_RM, D_Z, G_AV, G_Z
from assets.impact.multiplicity import BH, HOLM, corrected_p
from assets.impact.ranks import signed_rank_change
from assets.impact.resampling import RESAMPLES
from schemas.estimates import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

    from schemas.instruments import Instrument
    from schemas.programme import Wave

Row = dict[str, Any]

INDEPENDENT = "independent_people"
CHANGE_INDICATORS = {
    "score_change": MEAN_CHANGE,
    "score_change_household": CLUSTERED,
    "score_change_dz": D_Z,
    "score_change_gz": G_Z,
    "score_change_dav": D_AV,
    "score_change_gav": G_AV,
    "score_change_drm": D_RM,
}
CORRECTED_INDICATORS = {"score_change_p_holm": HOLM, "score_change_p_bh": BH}
#: Groups in which the mean change is also asked: those the design names, not every characteristic.
CHANGE_GROUPS = ("gender_code", "area_role")


def change_rows(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    pre_wave: str,
    post_wave: str,
    *,
    instruments: Mapping[str, Instrument] | None = None,
    scales: Iterable[str] = (),
    alphas: Mapping[str, float] | None = None,
    waves: Sequence[str] = (),
) -> Iterator[Row]:
    """Estimate matched change of every scale, for everybody and, its mean, by group.

    Parameters
    ----------
    scores
        ``measures_scores``.
    participants
        ``core_participants``; unknown characteristics are a level of their own. A code that may be
        two people (``ambiguous``) is not paired with itself: eligible, not linked.
    instruments, scales
        Whole scales of which the deeper questions (:func:`change_depth.depth_rows`) are asked;
        parts of a scale are asked for their change and its size only.
    alphas
        Scale -> reliability in the first wave.
    waves
        All waves from the first to the second one compared, in order of time.
    """
    people = participants.set_index("person_code").sort_index()
    if not people.index.is_unique:
        raise ValueError("participants must have one row a person")
    doubtful = people.index[people["link_certainty"] == "ambiguous"]
    is_left = scores["person_code"].isin(doubtful) & (scores["wave_code"] == post_wave)
    rows = scores[~is_left].sort_values(["scale_code", "person_code", "wave_code"])
    whole = {code: (instruments or {})[code] for code in sorted(set(scales))}
    tests: dict[str, Statistic] = {}
    for scale, mine in rows.groupby("scale_code", sort=True):
        waves_matched = match_waves(mine, pre_wave, post_wave)
        results = _results(waves_matched, people)
        if not whole or scale in whole:  # a part of a scale is no further outcome
            tests[str(scale)] = results["score_change"]
        yield from _placed(results, waves_matched, str(scale))
        for group, part in _groups(mine, people):
            matched = match_waves(part, pre_wave, post_wave)
            only = paired_change(
                matched.pairs["pre"], matched.pairs["post"], n_missing=_lost(matched)
            )
            yield from _placed({"score_change": only[MEAN_CHANGE]}, matched, str(scale), group)
        if scale in whole:
            yield from depth_rows(
                mine,
                people,
                waves_matched,
                whole[str(scale)],
                alpha=(alphas or {}).get(str(scale)),
                waves=waves or (pre_wave, post_wave),
            )
    yield from _corrected(tests)


def alphas_of(reliability: pd.DataFrame, wave: str) -> dict[str, float]:
    """Return each scale's alpha in one wave, from the estimates of reliability."""
    mine = reliability[
        (reliability["indicator_code"] == "reliability_alpha")
        & (reliability["period"] == wave)
        & (reliability["by_1"] == "")
    ].dropna(subset=["estimate"])
    return {
        str(scale): float(alpha)
        for scale, alpha in zip(mine["subject_code"], mine["estimate"], strict=True)
    }


def waves_between(waves: Mapping[str, Wave], start: str, end: str) -> list[str]:
    """Return the waves from the first to the second one compared, by their days."""
    inside = [
        code for code, each in waves.items() if waves[start].start <= each.start <= waves[end].start
    ]
    return sorted(inside, key=lambda code: (waves[code].start, code != start, code))


def _results(matched: MatchedWaves, people: pd.DataFrame) -> dict[str, Statistic]:
    pre, post = matched.pairs["pre"], matched.pairs["post"]
    lost = _lost(matched)
    found = paired_change(
        pre,
        post,
        households=households_of(people, matched.pairs.index),
        resamples=RESAMPLES,
        n_missing=lost,
    )
    results = {name: found[method] for name, method in CHANGE_INDICATORS.items()}
    ranked = signed_rank_change(pre, post, n_missing=lost)
    alone = found[MEAN_CHANGE].assumptions.get(INDEPENDENT, "not_checked")
    results["score_change_typical"] = replace(
        ranked, assumptions={**ranked.assumptions, INDEPENDENT: alone}
    )
    return results


def households_of(people: pd.DataFrame, index: pd.Index) -> pd.Series:
    """Return each person's household, null where not known."""
    import pandas as pd

    if "household_code" not in people:
        return pd.Series(pd.NA, index=index, dtype="string")
    return people["household_code"].reindex(index)


def _groups(scores: pd.DataFrame, people: pd.DataFrame) -> Iterator[tuple[Group, pd.DataFrame]]:
    for name in CHANGE_GROUPS:
        levels = scores["person_code"].map(people[name]).astype("string").fillna(UNKNOWN)
        for level, part in scores.groupby(levels, sort=True):
            yield Group(name, str(level)), part


def _lost(matched: MatchedWaves) -> int:
    return matched.eligible_n - matched.analysed_n


def _placed(
    results: Mapping[str, Statistic],
    matched: MatchedWaves,
    scale: str,
    group: Group = EVERYBODY,
) -> Iterator[Row]:
    counts = {
        "eligible_n": count(matched.eligible_n, unit="persons"),
        "linked_n": count(matched.analysed_n, unit="persons", n_missing=_lost(matched)),
    }
    for indicator, result in {**results, **counts}.items():
        yield _row(indicator, result, scale, group)


def _corrected(tests: Mapping[str, Statistic]) -> Iterator[Row]:
    """Correct the paired t tests of all scales: one question, several outcomes."""
    found = corrected_p(
        {scale: each.p_value for scale, each in tests.items()},
        {scale: each.n for scale, each in tests.items()},
    )
    for scale, by_method in found.items():
        for indicator, method in CORRECTED_INDICATORS.items():
            yield _row(indicator, by_method[method], scale)


def _row(indicator: str, result: Statistic, scale: str, group: Group = EVERYBODY) -> Row:
    return estimate_row(
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
