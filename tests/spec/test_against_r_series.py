"""Interrupted series give what glm, glm.nb, sandwich, lmtest, AER and Box.test give (``reference/r/series.R``)."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from assets.impact.autocorrelation import breusch_godfrey, durbin_watson, ljung_box
from assets.impact.comparative import controlled_series
from assets.impact.dispersion import overdispersion
from assets.impact.interrupted import fit, interrupted_series, prepare_counts
from assets.impact.means_series import interrupted_means, newey_west
from assets.impact.monthly import prepare
from assets.impact.without_step import expected_without_step
from tests.spec.r_values import CLOSE, differing, groups, table

TOLD = groups("series")
LAW = "1983-02"
#: Errors are those of the last step but one of the iteration, which ends at 1e-8 of the deviance;
#: theta is where a flat likelihood turns.
SEARCHED = {"poisson": 5e-6, "negative_binomial": 1e-6, "theta": 2e-5}
FAMILIES = {"quasi": "quasipoisson", "poisson": "poisson", "negative_binomial": "negative_binomial"}


def belts(what: str) -> pd.Series:
    return table("seatbelts").set_index("month")[what].astype(float)


@cache
def stepped(kind: str, what: str) -> dict:
    """Return the estimates of one model, as R's script lays it out."""
    if kind in FAMILIES:
        return interrupted_series(belts(what), LAW, family=FAMILIES[kind])
    if kind.startswith("short"):
        family = "poisson" if kind == "short_poisson" else "quasipoisson"
        return interrupted_series(belts("VanKilled").iloc[159:179], LAW, harmonics=0, family=family)
    front, given = belts("front"), {}
    if kind == "exposure":
        given = {"exposure": belts("kms")}
    if kind == "shock":
        given = {"shocks": {"crisis": ["1974-01", "1974-02", "1974-03"]}}
    if kind == "gaps":
        front = front.where(np.arange(1, len(front) + 1) % 7 != 0)
    return interrupted_series(front, LAW, **given)


def term(found: dict, name: str):
    wanted = "_slope" if name == "after_slope" else "_step"
    return next(each for code, each in found.items() if code.endswith(wanted))


def ratio(found) -> dict:
    return {"ratio": found.estimate, "se": found.se, "low": found.ci_low, "high": found.ci_high}


@cache
def poisson(what: str):
    series = prepare_counts(belts(what), LAW, True, None, None, None)
    return series, fit(series, "poisson")[0]


def hac(what: str) -> dict:
    found = interrupted_series(belts(what), LAW, family="poisson_hac")
    return {x: term(found, x).details["hac_se"] for x in ("after", "after_slope")}


def spread(what: str, *, quadratic: bool = False) -> dict:
    series, fitted = poisson(what)
    found = overdispersion(series.frame["value"].to_numpy(), fitted.mu, quadratic=quadratic)
    told = {"estimate": found.estimate, "z": found.details["z"]}
    return told if quadratic else {**told, "p": found.p_value}


def box(what: str) -> dict:
    if what == "tiny":
        found = ljung_box(pd.Series([1.2, -0.4, 0.3, 0.9, -1.5]), 1)
        return {"q": found.details["q"], "p": found.p_value}
    found = ljung_box(pd.Series(np.asarray(poisson(what)[1].resid_pearson)))
    return {"q": found.details["q"], "p": found.p_value, "r1": found.estimate}


def controlled(name: str) -> dict:
    found = controlled_series(belts("front"), belts("rear"), LAW)
    if not name:
        return {"trends_p": term(found, "after").details["trends_differ_p"]}
    one = term(found, name)
    return {"ratio": one.estimate, "se": one.se, "low": one.ci_low, "p": one.p_value}


def without(month: str) -> dict:
    found = list(expected_without_step(belts("front"), LAW).values())[int(month) - 1]
    return {"mean": found.estimate, "se": found.se, "low": found.ci_low}


@cache
def means():
    series = prepare(belts("front") / 10, LAW)
    return series, newey_west(series.frame["value"], series.design, 4)


def hac_means(lag: str) -> dict:
    found = interrupted_means(belts("front") / 10, LAW, lag=int(lag))
    return {x: term(found, x).se for x in ("after", "after_slope")}


def ordinary(detail: str | None) -> dict:
    found = interrupted_means(belts("front") / 10, LAW)
    parts = {x: term(found, x) for x in ("after", "after_slope")}
    return {x: each.details[detail] if detail else each.estimate for x, each in parts.items()}


def godfrey(order: str) -> dict:
    series, fitted = means()
    found = breusch_godfrey(fitted.resid, series.design, int(order))
    return {"lm": found.estimate, "p": found.p_value}


COMPUTED = {
    "dispersion": lambda of: {
        x: term(stepped(*(("short", "") if x == "short" else ("quasi", x))), "after").details[
            "dispersion"
        ]
        for x in TOLD["dispersion"]
    },
    "theta": lambda of: {
        x: 1 / term(stepped("negative_binomial", x), "after").details["alpha"]
        for x in TOLD["theta"]
    },
    "hac": hac,
    "overdispersion": spread,
    "overdispersion2": lambda of: spread(of, quadratic=True),
    "ljung_box": box,
    "expected": without,
    "controlled": controlled,
    "newey_west": hac_means,
    "means": lambda of: ordinary(None),
    "ordinary": lambda of: ordinary("ordinary_se"),
    "durbin_watson": lambda of: dict.fromkeys(
        TOLD["durbin_watson"], durbin_watson(means()[1].resid)
    ),
    "breusch_godfrey": godfrey,
}
#: Counts that vary less than Poisson's: R narrows the interval, we do not.
NARROWER = "quasi.VanKilled"


@pytest.mark.parametrize("name", [each for each in TOLD if not each.startswith(NARROWER)])
def test_as_r(name):
    kind, _, of = name.partition(".")
    close = SEARCHED.get(kind, CLOSE)
    if kind in COMPUTED:
        assert not differing(COMPUTED[kind](of), TOLD[name], close)
    else:
        what, _, which = of.rpartition(".")
        assert not differing(ratio(term(stepped(kind, what), which)), TOLD[name], close)


@pytest.mark.parametrize("which", ["after", "after_slope"])
def test_no_interval_is_narrower_than_poissons(which):
    found, told = term(stepped("quasi", "VanKilled"), which), TOLD[f"{NARROWER}.{which}"]
    phi = TOLD["dispersion"]["VanKilled"]
    assert phi < 1
    assert found.se == pytest.approx(told["se"] / phi**0.5, rel=SEARCHED["poisson"])
    assert found.estimate == pytest.approx(told["ratio"], rel=1e-7)


def test_newey_wests_interval_is_never_narrower_than_quasi_poissons():
    found = term(interrupted_series(belts("front"), LAW, family="poisson_hac"), "after")
    assert found.se == pytest.approx(TOLD["quasi.front.after"]["se"], rel=1e-7)
    assert found.details["hac_se"] < found.se
