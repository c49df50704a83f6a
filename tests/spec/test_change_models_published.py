"""Published numbers of the models behind change: every entry of schemas/checks/change_models.yml."""

from __future__ import annotations

from functools import cache

import pytest

from assets.impact.adjusted import ancova
from assets.impact.attrition import Staying, predictability, stay_model
from assets.impact.imputation import rubin
from assets.impact.waves import random_intercept
from schemas.method_checks import checks
from tests.spec import change_data as data


@cache
def leprosy():
    after, terms = data.leprosy()
    return ancova(after, terms, errors="classical")


def adjusted_mean():
    after, terms = data.leprosy()
    centred = terms.assign(pre=terms["pre"] - terms["pre"].mean())
    return ancova(after, centred, errors="classical")["estimate"]["intercept"]


@cache
def grunfeld():
    firms = data.grunfeld()
    return ancova(
        firms["invest"],
        firms[["value", "capital"]],
        errors="cluster",
        clusters=firms["firm"].to_numpy(),
    )


def longley():
    import statsmodels.api as sm

    given = sm.datasets.longley.load_pandas()
    return ancova(given.endog, given.exog, errors="HC3")


@cache
def dietox(reml=True):
    pigs = data.dietox()
    return random_intercept(pigs["Weight"], pigs[["Time"]], pigs["Pig"], reml=reml)


@cache
def spector():
    import statsmodels.api as sm

    given = sm.datasets.spector.load_pandas()
    return stay_model(given.endog.to_numpy() == 1, given.exog, min_events=2).fixed


def back_pain():
    return rubin([2.174, 1.965, 1.774], [0.896, 0.882, 0.898], 148)


@cache
def ct_images():
    import numpy as np
    import pandas as pd

    counts = data.RATED_NORMAL + data.RATED_ABNORMAL
    marks = np.repeat(list(range(1, 6)) * 2, counts) / 6
    is_abnormal = np.arange(len(marks)) >= sum(data.RATED_NORMAL)
    return predictability(is_abnormal, Staying(pd.DataFrame(), marks, None))


COMPUTED = {
    "ct_area": lambda: ct_images().estimate,
    "ct_area_se": lambda: ct_images().se,
    "leprosy_slope": lambda: leprosy()["estimate"]["pre"],
    "leprosy_slope_se": lambda: leprosy()["se"]["pre"],
    "leprosy_drug": lambda: leprosy()["estimate"]["A"],
    "leprosy_adjusted_mean": adjusted_mean,
    "grunfeld_cluster_se": lambda: grunfeld()["se"]["value"],
    "grunfeld_cluster_p": lambda: grunfeld()["p_value"]["capital"],
    "longley_hc3": lambda: longley()["se"]["UNEMP"],
    "dietox_slope": lambda: dietox().fixed["estimate"]["Time"],
    "dietox_slope_se": lambda: dietox().fixed["se"]["Time"],
    "dietox_person_variance": lambda: dietox().person_variance,
    "dietox_residual_variance": lambda: dietox().residual_variance,
    "dietox_ml_likelihood": lambda: dietox(reml=False).log_likelihood,
    "spector_gpa": lambda: spector()["estimate"]["GPA"],
    "spector_gpa_se": lambda: spector()["se"]["GPA"],
    "rubin_estimate": lambda: back_pain().estimate,
    "rubin_se": lambda: back_pain().se,
    "rubin_df": lambda: back_pain().df,
    "rubin_lambda": lambda: back_pain().lambda_,
    "rubin_fmi": lambda: back_pain().fmi,
    "pool_impute_se": lambda: rubin(range(1, 11), [each / 5 for each in range(1, 11)]).se,
}


@pytest.mark.parametrize("check", checks("change_models"), ids=lambda check: check.id)
def test_published(check):
    assert COMPUTED[check.id]() == pytest.approx(check.expected, abs=check.tolerance)
