"""What else is asked of the change of a whole scale: whose, for whom it matters, and of the lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, estimate_row
from assets.impact.adjusted import adjusted_change
from assets.impact.attrition import (
    difference_of_lost,
    predictability,
    stay_model,
    weighted_change,
)
from assets.impact.covariates import design_columns
from assets.impact.imputation import FMI, IMPUTED, imputed_change
from assets.impact.reliable_change import (
    IMPROVED,
    UNCHANGED,
    WORSENED,
    important_change,
    reliable_change,
    reliable_limit,
)
from assets.impact.resampling import independence
from assets.impact.waves import mixed_change
from schemas.indicators import threshold

if TYPE_CHECKING:
    import pandas as pd

    from assets.impact.change import MatchedWaves
    from schemas.instruments import Instrument

Row = dict[str, Any]

#: What is known of people at the start and may tell who comes back and how they change.
COVARIATES = (
    "gender_code",
    "age_band",
    "tenure_code",
    "citizenship_code",
    "neighbourhood_code",
)
#: Fewest people a level of a covariate may hold by itself; sparser ones are joined.
SPARSE_BELOW = 10


def depth_rows(
    scores: pd.DataFrame,
    people: pd.DataFrame,
    matched: MatchedWaves,
    instrument: Instrument,
    *,
    alpha: float | None,
    waves: Sequence[str],
) -> Iterator[Row]:
    """Ask reliable and important change, models that mend attrition, and attrition itself.

    Parameters
    ----------
    scores
        Rows of ``measures_scores`` about this scale.
    people
        ``core_participants`` by person; characteristics it does not have are left out.
    matched
        The pairs of this scale, and who was eligible.
    instrument
        Says which end is better and what the minimal important change is.
    alpha
        Reliability in the first wave.
    waves
        In order of time, the first one compared with each other.
    """
    everybody = _eligible(scores, matched, waves[0])
    known = people.reindex(everybody.index)
    profile = known[[name for name in COVARIATES if name in known]]
    columns = design_columns(profile, SPARSE_BELOW, everybody["post"].notna())
    households = known.get("household_code")
    pairs = None if households is None else households[matched.pairs.index]
    yield from _individual(everybody, matched, instrument, alpha, independence(pairs))
    yield from _models(everybody, columns, households, instrument.code)
    for wave, result in mixed_change(scores, waves).items():
        judged = _with(result, independence(households))
        yield _row("score_change_mixed", judged, instrument.code, Group("wave", wave))
    yield from _attrition(everybody, profile, columns, households, instrument.code)


def _eligible(scores: pd.DataFrame, matched: MatchedWaves, first: str) -> pd.DataFrame:
    """Return everybody with a first score; ``post`` is null for those who are in no pair."""
    began = scores[scores["wave_code"] == first].dropna(subset=["score"])
    pre = began.set_index("person_code")["score"].astype("float64").sort_index()
    return pre.to_frame("pre").assign(post=matched.pairs["post"].reindex(pre.index))


def _individual(
    everybody: pd.DataFrame,
    matched: MatchedWaves,
    instrument: Instrument,
    alpha: float | None,
    alone: str,
) -> Iterator[Row]:
    code = instrument.code
    spread = float(everybody["pre"].std(ddof=1)) if len(everybody) > 1 else None
    limit = reliable_limit(spread, alpha, n=len(everybody))
    yield _row("reliable_limit", limit, code)
    pre, post = matched.pairs["pre"], matched.pairs["post"]
    lost = len(everybody) - len(pre)
    found = reliable_change(pre, post, limit.estimate, instrument.better, n_missing=lost)
    yield _share("reliably_improved_share", *found[IMPROVED], code, alone)
    # With both shares the rest is known as well: where that would be a handful, one share is told.
    if not 0 < found[UNCHANGED][1] < threshold("sensitive_minimum_count"):
        yield _share("reliably_worsened_share", *found[WORSENED], code, alone)
    if instrument.notable_change is not None:
        reached = important_change(
            pre, post, instrument.notable_change, instrument.better, n_missing=lost
        )
        yield _share("important_change_share", *reached, code, alone)


def _models(
    everybody: pd.DataFrame, columns: pd.DataFrame, households: pd.Series | None, code: str
) -> Iterator[Row]:
    least = int(threshold("residual_df"))
    adjusted = adjusted_change(everybody, columns, households, min_residual_df=least)
    yield _row("score_change_adjusted", adjusted, code)
    imputed = imputed_change(everybody, columns, households, min_residual_df=least)
    pairs = int(everybody["post"].notna().sum())
    # However many are imputed, only those who came back are behind the number.
    yield _row("score_change_imputed", imputed[IMPUTED], code, contributors=pairs)
    yield _row("missing_information", imputed[FMI], code, contributors=pairs)


def _attrition(
    everybody: pd.DataFrame,
    profile: pd.DataFrame,
    columns: pd.DataFrame,
    households: pd.Series | None,
    code: str,
) -> Iterator[Row]:
    stayed = everybody["post"].notna()
    fewer = int(min(stayed.sum(), (~stayed).sum()))
    if fewer == 0:
        return  # nobody was lost: nothing to compare and nothing to weight
    compared = {"first_score": everybody["pre"], **{str(name): profile[name] for name in profile}}
    for name, values in compared.items():
        found = difference_of_lost(values, stayed)
        group = Group("characteristic", name)
        yield _row("attrition_difference", found, code, group, contributors=fewer)
    model = stay_model(stayed.to_numpy(), columns.assign(_pre=everybody["pre"]))
    auc = predictability(stayed.to_numpy(), model)
    yield _row("attrition_auc", auc, code, contributors=fewer)
    yield _row("score_change_weighted", weighted_change(everybody, model, households), code)


def _share(indicator: str, result: Statistic, people: int, code: str, alone: str) -> Row:
    return _row(indicator, _with(result, alone), code, numerator=people)


def _with(result: Statistic, alone: str) -> Statistic:
    """Say of a result that takes people as independent whether they are."""
    return replace(result, assumptions={**result.assumptions, "independent_people": alone})


def _row(
    indicator: str,
    result: Statistic,
    code: str,
    group: Group = EVERYBODY,
    *,
    contributors: int | None = None,
    numerator: int | None = None,
) -> Row:
    return estimate_row(
        indicator,
        result,
        period="all",
        population_code="respondents",
        n_unit="persons",
        contributors_n=result.n if contributors is None else contributors,
        numerator_n=numerator,
        numerator_contributors_n=numerator,
        subject_code=code,
        design="pre_post",
        group=group,
    )
