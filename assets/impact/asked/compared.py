"""Of which places, scales and waves is a comparison asked?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, estimate_row
from assets.impact.balance import comparable, level_difference, standardised_difference
from assets.impact.did import two_by_two
from assets.impact.event_study import event_study, parallel_trends
from assets.impact.matching import matched_difference
from assets.impact.multiplicity import HOLM, corrected_p
from assets.impact.panel import NEVER, many_areas, two_way
from assets.impact.resampling import independence
from assets.impact.sensitivity import e_value_of_difference, robustness_of
from assets.impact.staggered import SIMPLE, effect, panel, simple
from assets.impact.weighting import doubly_robust
from schemas.methods import methods

if TYPE_CHECKING:
    import pandas as pd

    from schemas.programme import Programme

Row = dict[str, Any]
NUMBERS = ("age_years",)
LEVELS = ("gender_code", "tenure_code", "citizenship_code")

HOLM_COMPARED = "p_holm_compared"


@dataclass(frozen=True)
class Asked:
    """What ``programme.yml`` asks to compare.

    Attributes
    ----------
    roles
        Kinds of place where the programme acts, each compared on its own.
    before, after
        The two waves of a two-by-two; periods are places in ``waves``, in order of their dates.
    first
        Neighbourhood -> first wave begun on or after its ``from``; ``NEVER`` for controls.
    """

    roles: tuple[str, ...]
    control: tuple[str, ...]
    adjust_for: tuple[str, ...]
    waves: tuple[str, ...]
    before: int
    after: int
    first: Mapping[str, int]


def asked_of(programme: Programme) -> Asked | None:
    """Turn the declarations into periods; nothing where no comparison is declared."""
    compared, change = programme.evaluation.compared, programme.evaluation.change
    waves, places = programme.waves, programme.neighbourhoods
    if compared is None or change is None or places == "open":
        return None
    ordered = sorted(waves, key=lambda code: (waves[code].start, code))
    first = {}
    for code, place in places.items():
        if place.role in compared.control:
            first[code] = NEVER
        elif place.role in compared.treated and place.start is not None:
            begun = [n for n, name in enumerate(ordered) if waves[name].start >= place.start]
            # Who joined after the last wave is not seen treated: a comparison like the others.
            first[code] = begun[0] if begun else len(ordered)
    return Asked(
        roles=tuple(sorted(set(compared.treated))),
        control=tuple(sorted(set(compared.control))),
        adjust_for=tuple(sorted(set(compared.adjust_for))),
        waves=tuple(ordered),
        before=ordered.index(change.start),
        after=ordered.index(change.end),
        first=first,
    )


def compared_rows(
    scores: pd.DataFrame, participants: pd.DataFrame, scales: list[str], asked: Asked
) -> Iterator[Row]:
    """Ask of each scale whether the treated changed more, and of each role whether it was alike.

    Parameters
    ----------
    scores
        ``measures_scores``.
    participants
        ``core_participants``. People of unknown place and codes that may be two people
        (``ambiguous``) are left out.
    scales
        Scales of the evaluation.
    """
    rows = _people(scores, participants, asked)
    # Who joined before the first wave or after the second is on neither side of a two-by-two.
    sides = rows[(rows["first"] == NEVER) | _is_treated(rows, asked)]
    for role in asked.roles:
        mine = sides[sides["area_role"].isin([role, *asked.control])]
        found = list(_balance(mine, scales, asked))
        for subject, result in found:
            yield _row("balance_smd", result, subject, Group("area_role", role))
        for scale in scales:
            of_scale = mine[mine["scale_code"] == scale]
            mentioned = [each for name, each in found if name not in scales or name == scale]
            alike = comparable(mentioned)
            outcomes = {"comparable_groups": alike, "many_areas": _areas(of_scale)}
            outcomes["independent_people"] = _alone(of_scale)
            for indicator, result in _differences(of_scale, asked).items():
                yield _row(indicator, _told(result, outcomes), scale, Group("area_role", role))
    together: dict[str, Statistic] = {}
    for scale in scales:
        for row, result in _staggered(rows[rows["scale_code"] == scale], scale):
            yield row
            if row["indicator_code"] == "did_staggered":
                together[scale] = result
    yield from _corrected(together)


def _people(scores: pd.DataFrame, participants: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Put beside each score whose it is: place, joining, household; one fixed order."""
    certain = participants[participants["link_certainty"] != "ambiguous"]
    columns = ["person_code", "household_code", "neighbourhood_code", "area_role"]
    known = certain[[*columns, *NUMBERS, *LEVELS]]
    rows = scores.merge(known, on="person_code", validate="many_to_one")
    rows = rows[rows["neighbourhood_code"].isin(list(asked.first)) & rows["score"].notna()]
    rows = rows[rows["wave_code"].isin(asked.waves)]
    return rows.assign(
        person=rows["person_code"],
        cluster=("household:" + rows["household_code"]).fillna("person:" + rows["person_code"]),
        area=rows["neighbourhood_code"],
        period=rows["wave_code"].map({code: n for n, code in enumerate(asked.waves)}).astype(int),
        first=rows["neighbourhood_code"].map(asked.first).astype(int),
        score=rows["score"].astype("float64"),
    ).sort_values(["scale_code", "person", "period"], ignore_index=True)


def _is_treated(rows: pd.DataFrame, asked: Asked) -> pd.Series:
    """Say who joined after the first of the two waves and not after the second."""
    return (rows["first"] > asked.before) & (rows["first"] <= asked.after)


def _balance(
    rows: pd.DataFrame, scales: list[str], asked: Asked
) -> Iterator[tuple[str, Statistic]]:
    """Compare whoever answered the first wave: characteristics, then first scores."""
    start = rows[rows["period"] == asked.before]
    people = start.drop_duplicates("person")
    flags = _is_treated(people, asked)
    for name in NUMBERS:
        yield name, standardised_difference(people[name][flags], people[name][~flags])
    for name in LEVELS:
        yield name, level_difference(people[name][flags], people[name][~flags])
    for scale in scales:
        mine = start[start["scale_code"] == scale]
        flags = _is_treated(mine, asked)
        yield scale, standardised_difference(mine["score"][flags], mine["score"][~flags])


def _differences(rows: pd.DataFrame, asked: Asked) -> dict[str, Statistic]:
    """Estimate the difference in several ways; they rest on the same people but for two_way."""
    both = rows[rows["period"].isin([asked.before, asked.after])]
    seen = both.groupby("person")["period"].transform("nunique") == 2
    eligible_n = int(rows.loc[rows["period"] == asked.before, "person"].nunique())
    pairs = both[seen]
    missing = eligible_n - int(pairs["person"].nunique())
    told = pairs.assign(treated=_is_treated(pairs, asked), after=pairs["period"] == asked.after)
    plain = two_by_two(told, n_missing=missing)
    start = rows.loc[rows["period"] == asked.before, "score"]
    found = {
        "did_effect": plain,
        "did_evalue": e_value_of_difference(plain, float(start.std(ddof=1))),
        "did_robustness": robustness_of(plain),
    }
    if rows["period"].nunique() > 2:
        found["did_twfe"] = two_way(rows)
    return {**found, **_adjusted(told, asked, missing)}


def _adjusted(told: pd.DataFrame, asked: Asked, missing: int) -> dict[str, Statistic]:
    """Compare like with like: complete cases on first score and declared characteristics."""
    import pandas as pd

    before = told[~told["after"]].set_index("person")
    after = told[told["after"]].set_index("person")["score"]
    wanted = list(asked.adjust_for)
    known = before[before[wanted].notna().all(axis=1)].sort_index()
    covariates = pd.DataFrame({"first_score": known["score"]}, index=known.index)
    for name in wanted:
        if name in NUMBERS:
            covariates[name] = known[name].astype("float64")
            continue
        for level in sorted(set(known[name]))[1:]:
            covariates[f"{name}={level}"] = (known[name] == level).astype("float64")
    change = after.reindex(known.index) - known["score"]
    lost = missing + len(before) - len(known)
    return {
        "did_adjusted": doubly_robust(
            change, covariates, known["treated"], known["household_code"], n_missing=lost
        ),
        "did_matched": matched_difference(change, covariates, known["treated"], n_missing=lost),
    }


def _corrected(together: Mapping[str, Statistic]) -> Iterator[Row]:
    """Correct p over the scales: one question, several outcomes."""
    found = corrected_p(
        {scale: each.p_value for scale, each in together.items()},
        {scale: each.n for scale, each in together.items()},
    )
    for scale, by_method in found.items():
        # The same people as the difference it corrects: its groups count for disclosure.
        result = replace(
            by_method[HOLM], method_code=HOLM_COMPARED, details=together[scale].details
        )
        yield _row("did_p_holm", result, scale, EVERYBODY)


def _staggered(rows: pd.DataFrame, scale: str) -> Iterator[tuple[Row, Statistic]]:
    """Ask of everybody at once: group-time effects, by waves since joining, and the placebo."""
    if rows["period"].nunique() < 2:
        return
    data = panel(rows)
    events = event_study(data)
    trends = parallel_trends(events)
    areas = _areas(rows)
    overall = effect(data, SIMPLE, simple)
    overall = replace(
        overall,
        n_missing=len(data.first) - overall.n,
        assumptions={**overall.assumptions, "parallel_trends": trends},
    )
    told = _told(overall, {"many_areas": areas})
    yield _row("did_staggered", told, scale, EVERYBODY), told
    for event, result in events.items():
        indicator = "did_event" if event >= 0 else "did_placebo"
        group = Group("waves_since_start", str(event))
        told = _told(result, {"many_areas": areas})
        yield _row(indicator, told, scale, group), told


def _alone(rows: pd.DataFrame) -> str:
    """Say whether no two of the people compared live together, for methods that take it so."""
    people = rows.drop_duplicates("person")
    return independence(people["household_code"])


def _areas(rows: pd.DataFrame) -> str:
    areas = rows.drop_duplicates("area")
    return many_areas(int((areas["first"] != NEVER).sum()), len(areas))


def _told(result: Statistic, outcomes: Mapping[str, str]) -> Statistic:
    """Add outcomes found once for several numbers, where a method assumes it and did not look."""
    assumed = methods()[result.method_code].assumes
    told = {name: said for name, said in outcomes.items() if name in assumed}
    return replace(result, assumptions={**told, **result.assumptions})


def _row(indicator: str, result: Statistic, subject: str, group: Group) -> Row:
    return estimate_row(
        indicator,
        result,
        period="all",
        population_code="respondents",
        n_unit="persons",
        contributors_n=smaller_group(result),
        subject_code=subject,
        group=group,
        design="compared",
    )


def smaller_group(result: Statistic) -> int:
    """Return the people in the smaller group behind a comparison; what is not known is 0."""
    details = result.details
    if "pairs_n" in details:
        return int(details["pairs_n"] or 0)
    if "smaller_group_n" in details:
        return int(details["smaller_group_n"] or 0)
    sizes = [details.get("treated_n"), details.get("control_n")]
    return int(min(each for each in sizes if each is not None)) if None not in sizes else 0
