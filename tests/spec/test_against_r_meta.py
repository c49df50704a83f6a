"""Pooling gives what metafor gives, on its own data sets and at the edges (``reference/r/meta.R``)."""

from __future__ import annotations

from functools import cache

import pytest

from assets.across.meta_analysis import back_to_share, logit_of_share, pool
from tests.spec.r_values import differing, groups, table

TOLD = groups("meta")
#: metafor's Fisher scoring stops at 1e-11 of tau^2, its interval of tau^2 at a few more.
ITERATED = 1e-6
EDGES = {
    "two": ([0.1, 0.9], [0.04, 0.09]),
    "three": ([0.2, 0.25, 0.22], [0.05, 0.04, 0.06]),  # nothing between them
    "apart": ([-4, 0, 5, 9], [0.01, 0.02, 0.015, 0.01]),  # nearly everything between them
    "two_tops": (
        [0.2444, 1.1, -0.5104, 1.7419, 0.0618, -0.0905],
        [0.069287, 0.307438, 0.081357, 0.867996, 0.000319, 0.114774],
    ),
}


def data(name: str) -> tuple[list[float], list[float]]:
    if name in EDGES:
        return EDGES[name]
    rows = table("effects")
    rows = rows[rows["set"] == {"seventeen": "raudenbush"}.get(name, name)]
    rows = rows.head(17) if name == "seventeen" else rows
    return rows["yi"].tolist(), rows["vi"].tolist()


@cache
def pooled(estimator: str, name: str, interval: str):
    effects, variances = data(name)
    errors = [each**0.5 for each in variances]
    return pool(effects, errors, unit="points", estimator=estimator, interval=interval)


@cache
def logits() -> list[tuple[float, float]]:
    rows = table("pritz")
    return [logit_of_share(x / n, n) for x, n in rows.itertuples(index=False)]


def shares() -> dict:
    effects, errors = zip(*logits(), strict=True)
    found = pool(effects, errors, unit="logit", method_code="pooled_logit")
    back = back_to_share(found)
    ahead = {f"ahead_{end}": back.details[f"prediction_{end}"] for end in ("low", "high")}
    ends = {"low": back.ci_low, "high": back.ci_high}
    return {"estimate": back.estimate, **ends, **ahead, "tau2": found.details["tau2"]}


def computed(name: str, told: dict) -> dict:
    if name == "shares":
        return shares()
    if name in ("logit", "logit_se"):
        at = 0 if name == "logit" else 1
        return {str(place): each[at] for place, each in enumerate(logits(), start=1)}
    kind, estimator, of = name.split(".")
    found = pooled(estimator, of, "normal" if kind == "normal" else "knapp_hartung")
    if kind == "between":
        return {part: found.details[part] for part in told}
    if kind == "ahead":
        return {end: found.details[f"prediction_{end}"] for end in ("low", "high")}
    ends = {"low": found.ci_low, "high": found.ci_high}
    return {"estimate": found.estimate, "se": found.se, **ends, "p": found.p_value}


@pytest.mark.parametrize("name", TOLD)
def test_as_r(name):
    assert not differing(computed(name, TOLD[name]), TOLD[name], ITERATED)
