"""Shares, means, networks and person parameters give what R gives (``reference/r/measures.R``)."""

from __future__ import annotations

from functools import cache

import networkx as nx
import pandas as pd
import pytest

from assets.measures.fies import person_parameters
from assets.measures.network import (
    co_use_graph,
    components,
    degree_centralisation,
    incidence,
    tie_density,
    two_mode_density,
)
from assets.measures.proportions import clustered_wilson_interval, wilson_interval
from assets.measures.scores import mean_interval
from schemas.instruments import shipped
from tests.spec.r_values import differing, groups, table

TOLD = groups("measures")


def ends(found) -> dict:
    return {"low": found.ci_low, "high": found.ci_high}


def wilson(of: str, level: float = 0.95) -> dict:
    numerator, _, n = of.partition("_")
    return ends(wilson_interval(int(numerator), int(n), level=level))


def records(of: str) -> dict:
    births, chicks = table("infert"), table("chickweight")
    has, person = {
        "births": (births["induced"] > 0, births["stratum"]),
        "case": (births["spontaneous"] > 0, births["stratum"]),
        "chicks": (chicks["weight"] > 100, chicks["Chick"]),
    }[of]
    found = clustered_wilson_interval(has, person)
    share, worth = found.estimate, found.details["effective_n"]
    se = (share * (1 - share) / worth) ** 0.5
    return {"estimate": share, "se": se, "worth": worth, **ends(found)}


def mean(n: str) -> dict:
    found = mean_interval(table("toothgrowth")["len"].head(int(n)))
    return {"estimate": found.estimate, "se": found.se, **ends(found)}


@cache
def met(of: str) -> pd.DataFrame:
    """Who met whom: in the place of services the women, or the events."""
    other = "event" if of == "woman" else "woman"
    return incidence(table("davis").rename(columns={other: "user_code"}), of)


def graph(name: str) -> nx.Graph:
    if name == "women":
        return co_use_graph(met("woman"))
    if name.startswith("events"):
        return co_use_graph(met("event"), int(name.removeprefix("events") or 1))
    apart = nx.Graph([("a", "b"), ("c", "d")])
    apart.add_node("e")
    return {
        "star": nx.star_graph(5),
        "ring": nx.cycle_graph(5),
        "none": nx.empty_graph(4),
        "whole": nx.complete_graph(4),
        "apart": apart,
    }[name]


def drawn(name: str) -> dict:
    g = graph(name)
    return {
        "density": tie_density(g),
        "centralisation": degree_centralisation(g),
        "components": components(g),
        "ties": g.number_of_edges(),
    }


def weights(name: str) -> dict:
    ties = [tie for _, _, tie in graph(name).edges(data="weight")]
    return {"sum": sum(ties), "most": max(ties)}


COMPUTED = {
    "wilson": wilson,
    "wilson90": lambda of: wilson(of, 0.9),
    "records": records,
    "mean": mean,
    "network": drawn,
    "two_mode_density": lambda of: {"two_mode_density": two_mode_density(met("event"))},
    "women": lambda of: weights("women"),
    "events": lambda of: weights("events"),
    "fies": lambda of: person_parameters(shipped()["fies"].rasch).loc[int(of)].to_dict(),
}


@pytest.mark.parametrize("name", TOLD)
def test_as_r(name):
    kind, _, of = name.partition(".")
    assert not differing(COMPUTED[kind](of), TOLD[name], 1e-8)
