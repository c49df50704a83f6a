"""Differences between groups reproduce published numbers (`schemas/checks/compared.yml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.impact import balance, did, matching, panel, sensitivity, staggered, weighting
from schemas.method_checks import checks

REFERENCE = Path(__file__).parent / "reference"


@cache
def lalonde() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "lalonde.csv")


def lalonde_groups(name: str) -> tuple[pd.Series, pd.Series]:
    found = lalonde()
    return found.loc[found["treat"] == 1, name], found.loc[found["treat"] == 0, name]


def lalonde_smd(name: str, by: str) -> float:
    return balance.standardised_difference(*lalonde_groups(name), by=by).estimate


def lalonde_variance_ratio(name: str) -> float:
    return balance.variance_ratio(*lalonde_groups(name)).estimate


@cache
def lalonde_chance() -> np.ndarray:
    found = lalonde()
    names = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
    return weighting.propensity(found[names].to_numpy(float), (found["treat"] == 1).to_numpy())


def lalonde_matched_mean(name: str) -> float:
    pairs = matching.nearest(lalonde_chance(), (lalonde()["treat"] == 1).to_numpy())
    assert len(pairs) == 185
    return float(lalonde()[name].iloc[[other for _, other in pairs]].mean())


@cache
def birth_weights() -> tuple[float, float]:
    import statsmodels
    from statsmodels.discrete.discrete_model import Probit

    place = Path(statsmodels.__file__).parent / "treatment" / "tests" / "results"
    data = pd.read_csv(place / "cataneo2.csv")
    selection = Probit.from_formula(
        "mbsmoke_ ~ mmarried_ + mage + mage2 + fbaby_ + medu", data
    ).fit(disp=0)
    covariates = data[["prenatal1_", "mmarried_", "mage", "fbaby_"]].to_numpy(float)
    return weighting.aipw(
        data["bweight"].to_numpy(float), covariates, data["mbsmoke_"].to_numpy(bool), selection
    )


@cache
def organs():
    data = pd.read_csv(REFERENCE / "organ_donations.csv")
    quarters = {name: number for number, name in enumerate(data["Quarter"].unique())}
    rows = pd.DataFrame(
        {
            "person": data["State"],
            "cluster": data["State"],
            "period": data["Quarter"].map(quarters),
            "first": np.where(data["State"] == "California", 3, panel.NEVER),
            "score": data["Rate"],
        }
    )
    return panel.two_way_fit(rows)


def incinerator() -> float | None:
    houses = pd.read_csv(REFERENCE / "kielmc.csv")
    rows = pd.DataFrame(
        {
            "person": houses.index,
            "cluster": houses.index,
            "treated": houses["nearinc"] == 1,
            "after": houses["y81"] == 1,
            "score": houses["rprice"],
        }
    )
    return did.two_by_two(rows).estimate


@cache
def castle_rows() -> pd.DataFrame:
    data = pd.read_csv(REFERENCE / "castle.csv")
    # `post` of R's bacondecomp begins in the year of the law; this file's one year later.
    start = data[data["post"] == 1].groupby("sid")["year"].min() - 1
    return pd.DataFrame(
        {
            "person": data["sid"],
            "cluster": data["sid"],
            "period": data["year"],
            "first": data["sid"].map(start).fillna(panel.NEVER).astype(int),
            "score": data["l_homicide"],
        }
    )


def three_units() -> pd.DataFrame:
    joined = {1: (panel.NEVER, 0), 2: (5, 2), 3: (8, 4)}
    return pd.DataFrame(
        [
            {
                "person": unit,
                "cluster": unit,
                "period": period,
                "first": first,
                "score": float(effect if first != panel.NEVER and period >= first else 0),
            }
            for unit, (first, effect) in joined.items()
            for period in range(1, 11)
        ]
    )


def part(rows: pd.DataFrame, kind: str) -> tuple[float, float]:
    found = [each for each in panel.decomposition(rows) if each.kind == kind]
    weight = sum(each.weight for each in found)
    return weight, sum(each.weight * each.estimate for each in found) / weight


@cache
def mpdta() -> staggered.Panel:
    data = pd.read_csv(REFERENCE / "mpdta.csv")
    return staggered.panel(
        pd.DataFrame(
            {
                "person": data["countyreal"],
                "cluster": data["countyreal"],
                "period": data["year"],
                "first": data["first.treat"].replace(0, staggered.NEVER),
                "score": data["lemp"],
            }
        )
    )


def mpdta_cell(group: int, year: int, base: str = "varying") -> float:
    return staggered.group_time(mpdta(), base=base)[(group - 2003, year - 2003)]


def mpdta_event(event: int) -> float:
    return staggered.at_event(staggered.group_time(mpdta()), mpdta(), event)


def mpdta_by_group(*, se: bool = False) -> float:
    found = staggered.effect(mpdta(), staggered.SIMPLE, staggered.overall_by_group)
    return found.se if se else found.estimate


@cache
def darfur() -> tuple[float, float]:
    from statsmodels.formula.api import ols

    data = pd.read_csv(REFERENCE / "darfur.csv")
    formula = (
        "peacefactor ~ directlyharmed + age + farmer_dar + herder_dar + pastvoted"
        " + hhsize_darfur + female + C(village)"
    )
    # 486 villages: the fixed effects are taken out first (Frisch-Waugh), for speed.
    names = formula.split(" ~ ")[1].split(" + ")[:-1]
    left = data[["peacefactor", *names]].sub(
        data.groupby("village")[["peacefactor", *names]].transform("mean")
    )
    fit = ols("peacefactor ~ 0 + " + " + ".join(names), left).fit()
    df = len(data) - len(names) - data["village"].nunique()
    scale = (df / fit.df_resid) ** 0.5
    return float(fit.tvalues["directlyharmed"]) * scale, df


COMPUTED = {
    "incinerator_did": incinerator,
    "lalonde_smd_educ": lambda: lalonde_smd("educ", "treated"),
    "lalonde_smd_nodegree": lambda: lalonde_smd("nodegree", "treated"),
    "lalonde_smd_re74": lambda: lalonde_smd("re74", "treated"),
    "lalonde_smd_re75": lambda: lalonde_smd("re75", "treated"),
    "lalonde_variance_ratio_age": lambda: lalonde_variance_ratio("age"),
    "lalonde_variance_ratio_educ": lambda: lalonde_variance_ratio("educ"),
    "lalonde_variance_ratio_re75": lambda: lalonde_variance_ratio("re75"),
    "mpdta_att_2004_2004": lambda: mpdta_cell(2004, 2004),
    "mpdta_att_2004_2007": lambda: mpdta_cell(2004, 2007),
    "mpdta_att_2006_2004": lambda: mpdta_cell(2006, 2004),
    "mpdta_att_2006_2007": lambda: mpdta_cell(2006, 2007),
    "mpdta_att_2007_2005": lambda: mpdta_cell(2007, 2005),
    "mpdta_dynamic_overall": lambda: np.mean([mpdta_event(event) for event in range(4)]),
    "lalonde_smd_age": lambda: lalonde_smd("age", "treated"),
    "lalonde_smd_age_pooled": lambda: lalonde_smd("age", "pooled"),
    "lalonde_smd_married": lambda: lalonde_smd("married", "treated"),
    "lalonde_smd_married_pooled": lambda: lalonde_smd("married", "pooled"),
    "lalonde_variance_ratio_re74": lambda: balance.variance_ratio(*lalonde_groups("re74")).estimate,
    "lalonde_propensity_treated": lambda: lalonde_chance()[lalonde()["treat"] == 1].mean(),
    "lalonde_matched_age": lambda: lalonde_matched_mean("age"),
    "lalonde_matched_re74": lambda: lalonde_matched_mean("re74"),
    "cattaneo_aipw": lambda: birth_weights()[0],
    "cattaneo_aipw_se": lambda: birth_weights()[1],
    "organ_did": lambda: organs().estimate,
    "organ_did_se": lambda: organs().se_crv1,
    "castle_two_way": lambda: panel.two_way_fit(castle_rows()).estimate,
    "castle_weight_never": lambda: part(castle_rows(), "never")[0],
    "castle_effect_never": lambda: part(castle_rows(), "never")[1],
    "castle_effect_early_late": lambda: part(castle_rows(), "early_late")[1],
    "castle_weight_late_early": lambda: part(castle_rows(), "late_early")[0],
    "castle_effect_late_early": lambda: part(castle_rows(), "late_early")[1],
    "naqvi_weight_early_late": lambda: part(three_units(), "early_late")[0],
    "naqvi_two_way": lambda: panel.two_way_fit(three_units()).estimate,
    "mpdta_att_2004_2006": lambda: mpdta_cell(2004, 2006),
    "mpdta_att_2007_2006": lambda: mpdta_cell(2007, 2006),
    "mpdta_universal_2007_2004": lambda: mpdta_cell(2007, 2004, "universal"),
    "mpdta_event_0": lambda: mpdta_event(0),
    "mpdta_event_1": lambda: mpdta_event(1),
    "mpdta_lead_3": lambda: mpdta_event(-3),
    "mpdta_by_group": mpdta_by_group,
    "mpdta_group_2004": lambda: staggered.by_group(staggered.group_time(mpdta()))[1],
    "mpdta_by_group_se": lambda: mpdta_by_group(se=True),
    "darfur_partial_r2": lambda: sensitivity.partial_r2(*darfur()),
    "darfur_robustness": lambda: sensitivity.robustness_value(*darfur()),
    "darfur_robustness_05": lambda: sensitivity.robustness_value(*darfur(), alpha=0.05),
    "formula_feeding_e_value": lambda: sensitivity.e_value(3.9),
    "formula_feeding_e_value_limit": lambda: sensitivity.e_value_of_limit(3.9, 1.8, 8.7),
}


@pytest.mark.parametrize("check", checks("compared"), ids=lambda check: check.id)
def test_published(check):
    assert COMPUTED[check.id]() == pytest.approx(check.expected, abs=check.tolerance)
