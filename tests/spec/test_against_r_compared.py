"""Groups compared give what t.test, plm, sandwich and MatchIt give (``reference/r/compared.R``)."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from assets.impact import clustered, did, matching, panel, slope, weighting
from tests.spec.r_values import CLOSE, FOLDER, differing, groups, table

TOLD = groups("compared")


def two_waves(treated: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    both = pd.concat([treated.assign(treated=True), others.assign(treated=False)])
    parts = [
        both.assign(person=both.index, cluster=both.index, after=after, score=both[column])
        for after, column in ((False, "Prewt"), (True, "Postwt"))
    ]
    return pd.concat(parts, ignore_index=True)


@cache
def two_by_two(name: str):
    rows = table("anorexia")
    treated, others = rows[rows["Treat"] == "FT"], rows[rows["Treat"] == "Cont"]
    if name == "few":
        treated, others = treated.head(3), others.head(2)
    return did.two_by_two(two_waves(treated, others))


def compared(name: str) -> dict:
    if not name:
        return {"crv1": two_by_two("family").details["se_crv1"]}
    found = two_by_two(name)
    more = {"low": found.ci_low, "high": found.ci_high, "p": found.p_value}
    return {"estimate": found.estimate, "se": found.se, "df": found.details["df"], **more}


@cache
def chicks() -> pd.DataFrame:
    rows = table("chickweight")
    return rows[rows["Diet"].isin([1, 3])].reset_index(drop=True)


@cache
def two_way():
    rows = chicks()
    first = np.where(rows["Diet"] == 3, 10, panel.NEVER)
    given = {"person": rows["Chick"], "cluster": rows["Chick"], "period": rows["Time"]}
    return panel.two_way(pd.DataFrame({**given, "first": first, "score": rows["weight"]}))


def both_ways(name: str) -> dict:
    found = two_way()
    if name == "jackknife":
        return {"se": found.se, "df": found.details["df"]}
    if name == "n":
        return {"rows": len(chicks()), "chicks": found.n}
    # plm's errors before any small-sample factor; ours is that of fixest: waves, constant and effect count.
    rows, people, used = len(chicks()), found.n, 2 + chicks()["Time"].nunique() - 1
    factor = people / (people - 1) * (rows - 1) / (rows - used)
    return {"estimate": found.estimate, "se_hc0": found.details["se_crv1"] / factor**0.5}


def within(*, uneven: bool) -> dict:
    rows = chicks()
    if uneven:
        rows = rows[((rows.index + 1) % 3 == 0) | (rows["Chick"] > 12)]
    found = slope.within_slope(rows["weight"], rows[["Time"]], rows["Chick"], unit="points")
    # plm does not count the constant, as Stata's xtreg and we do.
    counted = ((found.details["rows"] - 2) / (found.details["rows"] - 1)) ** 0.5
    return {"estimate": found.estimate, "se": found.se * counted}


def wild(name: str) -> float | None:
    if name in ("eight", "thirteen", "uneven"):
        sleep = table("sleepstudy")
        people = sleep["Subject"].unique()[: 13 if name == "thirteen" else 8]
        rows = sleep[sleep["Subject"].isin(people)]
        x = (rows["Days"] > 4) * 1.0 if name == "uneven" else rows["Days"] ** 2
        y, other, who = rows["Reaction"], rows["Days"], rows["Subject"]
        if name == "uneven":
            y, x, other, who = (each.iloc[7:] for each in (y, x, other, who))
    else:
        rows = table("immer")
        rows = rows[rows["Loc"].isin(["C", "D", "GR", "M"])] if name == "four_webb" else rows
        y, x, other, who = rows["Y2"], (rows["Var"] == "T") * 1.0, rows["Y1"], rows["Loc"]
    design = np.column_stack([x, np.ones(len(x)), other]).astype(float)
    return clustered.wild_cluster_p(y.to_numpy(float), design, who.to_numpy(), at=0)


@cache
def matched(name: str) -> dict:
    rows = pd.read_csv(FOLDER.parent / "lalonde.csv")
    treated = (rows["treat"] == 1).to_numpy()
    if name == "mahalanobis":
        terms = rows[["age", "educ", "re74", "re75"]].to_numpy(float)
        mine, others = (
            np.array(x) for x in zip(*matching.mahalanobis(terms, treated), strict=True)
        )
        gap = rows["re78"].to_numpy()[mine] - rows["re78"].to_numpy()[others]
        return {"difference": float(gap.mean()), "places": int((others + 1).sum())}
    names = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
    chance = weighting.propensity(rows[names].to_numpy(float), treated)
    logit = np.log(chance / (1 - chance))
    width = {"caliper": 0.2, "narrow": 0.02}.get(name)
    found = matching.nearest(logit, treated, caliper=width and width * logit.std(ddof=1))
    return {"pairs": len(found), "others": float(sum(logit[other] for _, other in found))}


def robust() -> dict:
    rows = pd.read_csv(FOLDER.parent / "lalonde.csv").iloc[::3]
    x = rows[["age", "educ", "married", "nodegree"]].to_numpy(float)
    treated = (rows["treat"] == 1).to_numpy()
    selection = weighting._logit(x, treated)
    effect, se = weighting.aipw(rows["re78"].to_numpy(float), x, treated, selection)
    return {"estimate": effect, "se": se}


COMPUTED = {
    "did": compared,
    "two_way": both_ways,
    "within": lambda of: within(uneven=False),
    "within_uneven": lambda of: within(uneven=True),
    "wild": lambda of: {name: wild(name) for name in TOLD["wild"] if name != DRAWN},
    "matched": matched,
    "aipw": lambda of: robust(),
}


#: R tried all 8,192 assignments of signs to thirteen people; beyond twelve we draw 9,999.
DRAWN = "thirteen"


@pytest.mark.parametrize("name", TOLD)
def test_as_r(name):
    kind, _, of = name.partition(".")
    close = 1e-6 if kind == "aipw" else CLOSE
    told = {part: value for part, value in TOLD[name].items() if part != DRAWN}
    assert not differing(COMPUTED[kind](of), told, close)


def test_drawn_signs_say_what_all_of_them_say():
    told = TOLD["wild"][DRAWN]
    assert wild(DRAWN) == pytest.approx(told, abs=3 * (told * (1 - told) / 9999) ** 0.5)
