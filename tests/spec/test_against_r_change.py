"""Change in the same people gives what R's stats, survey, sandwich, metafor, mice and pROC give."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from assets.impact.adjusted import adjusted_change, ancova
from assets.impact.attrition import Staying, difference_of_lost, predictability, stay_model
from assets.impact.balance import level_difference, standardised_difference, variance_ratio
from assets.impact.change import clustered_mean, paired_change
from assets.impact.effect_size import bca_size
from assets.impact.imputation import imputed_change, rubin
from assets.impact.multiplicity import benjamini_hochberg, corrected_p
from assets.impact.ranks import signed_rank_change
from assets.impact.reliable_change import important_change, reliable_change, reliable_limit
from tests.spec.r_values import CLOSE, differing, groups, table

TOLD = groups("change")
#: R's non-central t is good to about 1e-9, and statsmodels stops a logit a little earlier than R.
SEARCHED = {"size": 1e-6, "stay": 1e-6}
STEPS = [1, 1, 2, -1, 3, 1, 2, 5, 1, -2, 4, 1]
RANKED = [each for each in TOLD if each.startswith("ranks.")]
EXACT = {"ranks.family", "ranks.family_90", "ranks.six"}


def girls(treat: str = "") -> pd.DataFrame:
    given = table("anorexia")
    return given[given["Treat"] == treat] if treat else given


def fields() -> pd.DataFrame:
    given = table("immer")
    return given.assign(d=given["Y2"] - given["Y1"], w=given["Var"].rank(method="dense"))


def pairs(name: str) -> tuple[np.ndarray, np.ndarray]:
    if name == "three":
        return np.array([1, 2, 4.0]), np.array([2, 5, 4.5])
    rows = fields()[["Y1", "Y2"]] if name == "fields" else girls({"family": "FT"}.get(name, ""))
    return tuple(rows.iloc[:, -2:].to_numpy(float).T)


def ends(found) -> dict:
    return {"low": found.ci_low, "high": found.ci_high}


def t_test(name: str) -> dict:
    found = paired_change(*pairs(name))["mean_change_paired_t"]
    more = {"se": found.se, "t": found.details["t"], "p": found.p_value}
    return {"estimate": found.estimate, **more, **ends(found)}


def sizes(name: str) -> dict:
    found = paired_change(*pairs(name))
    codes = {f"{k}_{x}": f"{w}_{k}_{x}" for x in ("z", "av", "rm") for k, w in [("d", "cohen"), ("g", "hedges")]}  # fmt: skip
    return {k: found[code].estimate for k, code in codes.items()} | ends(found["cohen_d_z"])


def surveyed(name: str) -> dict:
    rows = fields()
    rows = {"uneven": rows.iloc[[0, 1, 2, 5, *range(10, 15), 19, 20, 29]], "two": rows.head(10)}.get(name, rows)  # fmt: skip
    clusters = None if name == "alone_weighted" else rows["Loc"].to_numpy(object)
    weights = rows["w"].to_numpy() if "weighted" in name else None
    found = clustered_mean(rows["d"].to_numpy(), clusters, weights=weights)
    more = {"se": found.se, "p": found.p_value}
    return {"estimate": found.estimate, **more, **ends(found)}


def ranked(name: str):
    if name.startswith("first"):
        rows = girls().head(int(name.removeprefix("first")))
        return signed_rank_change(rows["Prewt"], rows["Postwt"], unchanged="dropped")
    changes = {"six": [1.1, -0.4, 2.3, 3.2, 0.7, 1.6], "steps": STEPS, "stayed": [*STEPS, 0, 0, 0]}
    before, after = pairs(name.removesuffix("_90")) if name not in changes else (0, changes[name])
    d = np.asarray(after, float) - before
    level = 0.9 if name.endswith("_90") else 0.95
    return signed_rank_change(np.zeros(len(d)), d, unchanged="dropped", level=level)


def reliable(kind: str) -> dict:
    pre, post = pairs("all")
    if kind == "important":
        found = important_change(pre, post, 5, "higher")[0]
    else:
        limit = reliable_limit(pre.std(ddof=1), 0.8, n=len(pre)).estimate
        found = reliable_change(pre, post, limit, "higher")[f"reliably_{kind}"][0]
    return {"estimate": found.estimate, **ends(found)}


@cache
def of_treatment(errors: str) -> pd.DataFrame:
    if errors == "cluster":
        rows = fields()
        return ancova(rows["Y2"], rows[["Y1"]], errors="cluster", clusters=rows["Loc"].to_numpy(object))  # fmt: skip
    rows = girls()
    terms = rows[["Prewt"]].assign(CBT=rows["Treat"] == "CBT", FT=rows["Treat"] == "FT")
    return ancova(rows["Postwt"], terms.astype(float), errors=errors)


def with_holes() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs of which every sixth girl did not come back, and what is known of all."""
    rows = girls()
    came_back = rows["Postwt"].where((rows.index + 1) % 6 != 0)
    terms = pd.DataFrame({x: (rows["Treat"] == x).astype(float) for x in ("CBT", "FT")})
    return pd.DataFrame({"pre": rows["Prewt"], "post": came_back}), terms


def adjusted_start() -> dict:
    found = adjusted_change(*with_holes())
    return {"estimate": found.estimate, "se": found.se}


def pooled(name: str) -> dict:
    q, se = [2.174, 1.965, 1.774, 2.3, 1.5], [0.896, 0.882, 0.898, 0.91, 0.87]
    known = {"finite": (5, 39), "large": (5, float("inf")), "few": (2, 4)}[name]
    found = rubin(q[: known[0]], se[: known[0]], known[1])
    return {x: getattr(found, x) for x in ("estimate", "se", "df", "riv", "fmi")}


@cache
def staying() -> tuple[Staying, np.ndarray]:
    rows = table("pbc")
    stayed = (rows["status"] == 0).to_numpy()
    return stay_model(stayed, rows[["age", "bili", "edema"]]), stayed


def arms(name: str) -> tuple[pd.Series, pd.Series]:
    rows = table("pbc")
    values = (rows["sex"] == "f").astype(float) if name == "female" else rows[name]
    return values[rows["trt"] == 1], values[rows["trt"] == 2]


def adjusted(kind: str) -> dict:
    values = [0.01, 0.02, 0.02, 0.04, 0.5, 1, 1e-12, 0.049, None]
    found = corrected_p(dict(zip("abcdefghi", values, strict=True)))
    assert found["i"][kind].reason == "no_test"
    return {name: each[kind].estimate for name, each in found.items() if name != "i"}


def renamed(column: pd.Series) -> dict:
    return column.rename({"intercept": "_Intercept_"}).to_dict()


def stay(kind: str) -> dict:
    model, stayed = staying()
    if kind:
        return renamed(model.fixed[kind])
    area = predictability(stayed, model)
    return {"likelihood_ratio_p": area.p_value, "auc": area.estimate}


COMPUTED = {
    "t": t_test,
    "size": sizes,
    "survey": surveyed,
    "adjusted": lambda of: {
        "holm": lambda: adjusted("p_holm"),
        "BH": lambda: adjusted("p_benjamini_hochberg"),
        "": lambda: {"one": corrected_p({"x": 0.03})["x"]["p_holm"].estimate},
    }[of](),
    "reliable": lambda of: (
        reliable(of) if of else {"limit": reliable_limit(pairs("all")[0].std(ddof=1), 0.8, n=72).estimate}
    ),
    "ancova": lambda of: renamed(
        {
            "estimate": lambda: of_treatment("HC3")["estimate"],
            "classical": lambda: of_treatment("classical")["se"],
            "hc3": lambda: of_treatment("HC3")["se"],
            "cluster": lambda: of_treatment("cluster")["se"],
            "cluster_p": lambda: of_treatment("cluster")["p_value"],
        }[of]()
    ),
    "adjusted_change": lambda of: adjusted_start(),
    "pooled": pooled,
    "stay": stay,
    "smd": lambda of: {x: standardised_difference(*arms(x)).estimate for x in TOLD["smd"]},
    "ratio": lambda of: {x: variance_ratio(*arms(x)).estimate for x in TOLD["ratio"]},
    "levels": lambda of: {x: level_difference(*arms(x)).estimate for x in TOLD["levels"]},
}  # fmt: skip


@pytest.mark.parametrize(
    "name", [x for x in TOLD if not x.startswith(("ranks.", "boot", "imputed"))]
)
def test_as_r(name):
    kind, _, of = name.partition(".")
    assert not differing(COMPUTED[kind](of), TOLD[name], SEARCHED.get(kind, CLOSE))


def told_of(told: dict, names) -> dict:
    return {name: told[name] for name in names}


@pytest.mark.parametrize("name", RANKED)
def test_ranks_as_r(name):
    found, told = ranked(name.removeprefix("ranks.")), TOLD[name]
    tested = {"v": found.details["v"], "p": found.p_value}
    assert found.details["is_exact"] == (name in EXACT)
    assert not differing(tested, told_of(told, tested))
    placed = {"estimate": found.estimate, **ends(found)}
    if name in EXACT:
        assert not differing(placed, told_of(told, placed))
    else:
        # R looks for them to 1e-4 points, and anywhere between the two middle averages where these differ;
        # ours are averages of two changes, as with the exact ones.
        assert ends(found) == pytest.approx(told_of(told, ["low", "high"]), abs=1e-4)
        assert found.estimate == pytest.approx(told["estimate"], abs=1e-3)


def test_bootstrap_of_households_as_r_up_to_the_draws():
    pre, post = pairs("all")
    households = np.repeat(np.arange(24), 3)
    low, high = bca_size("cohen_d_av", pre, post, households, 2999)
    told = TOLD["boot"]
    # An end from 2,999 draws has itself an error of about 0.06 spreads; R drew 20,000.
    assert low == pytest.approx(told["low"], abs=0.2 * told["spread"])
    assert high == pytest.approx(told["high"], abs=0.2 * told["spread"])


def test_imputation_as_mice_up_to_the_draws():
    found = imputed_change(*with_holes(), imputations=400)
    mean, told = found["mean_change_imputed"], TOLD["imputed"]
    # 400 draws: their mean is sure to a spread over the root of 400, their variance to a 14th.
    assert mean.estimate == pytest.approx(told["estimate"], abs=3 * told["between"] / 400**0.5)
    assert mean.se == pytest.approx(told["se"], rel=0.01)
    share = found["fraction_missing_information"].estimate
    assert share == pytest.approx(told["fmi"], rel=0.1)


def test_those_lost_are_compared_as_two_groups():
    rows = table("pbc")
    first = rows["trt"] == 1
    of = {name: difference_of_lost(rows[name], first).estimate for name in ("age", "bili", "chol")}
    assert not differing(of, {name: TOLD["smd"][name] for name in of})
    sex = difference_of_lost(rows["sex"], first).estimate
    assert sex == pytest.approx(TOLD["levels"]["sex"])


def test_nothing_to_correct():
    assert benjamini_hochberg([]) == []
