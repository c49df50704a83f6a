"""Published numbers of continuity, concentration, networks and within slopes (schemas/checks)."""

from __future__ import annotations

from functools import cache

import networkx as nx
import pandas as pd
import pytest
import statsmodels.api as sm

from assets.impact.slope import within_slope
from assets.measures.fragmentation import continuity
from assets.measures.network import co_use, co_use_graph, components, degree_centralisation
from schemas.method_checks import checks


def index_of(visits: str, name: str) -> float:
    """Return an index of one user whose visits, one a day, are letters."""
    days = pd.date_range("2022-01-01", periods=len(visits))
    uses = pd.DataFrame({"user_code": "u", "service_code": list(visits), "used_date": days})
    return float(continuity(uses)[name].iloc[0])


@cache
def davis() -> pd.DataFrame:
    """Return events x women: the women take the place of services, the events that of users."""
    graph = nx.davis_southern_women_graph()
    women, events = sorted(graph.graph["top"]), sorted(graph.graph["bottom"])
    met = [[graph.has_edge(woman, event) for woman in women] for event in events]
    return pd.DataFrame(met, index=events, columns=women)


def shared(first: str, second: str) -> int:
    pairs = co_use(davis()).set_index(["first", "second"])["both_n"]
    return int(pairs[first, second])


def florentine() -> nx.Graph:
    graph = nx.florentine_families_graph()
    graph.add_node("Pucci")  # married into no other family; networkx leaves it out
    return graph


@cache
def grunfeld(first: str, second: str):
    firms = sm.datasets.grunfeld.load_pandas().data
    firms = firms[firms["firm"] != "American Steel"]
    return within_slope(firms["invest"], firms[[first, second]], firms["firm"], unit="ratio")


def charlotte_degree() -> float:
    graph = co_use_graph(davis())
    return graph.degree("Charlotte McDowd") / (len(graph) - 1)


COMPUTED = {
    "coc_three_providers": lambda: index_of("AABBAC", "coc"),
    "upc_three_providers": lambda: index_of("AABBAC", "upc"),
    "upc_four_of_six": lambda: index_of("AABAAC", "upc"),
    "secon_twelve_visits": lambda: index_of("AABACAADAABA", "secon"),
    "herfindahl_four_firms": lambda: index_of("AAABBBCCDD", "herfindahl"),
    "davis_evelyn_laura": lambda: shared("Evelyn Jefferson", "Laura Mandeville"),
    "davis_evelyn_theresa": lambda: shared("Evelyn Jefferson", "Theresa Anderson"),
    "davis_evelyn_charlotte": lambda: shared("Charlotte McDowd", "Evelyn Jefferson"),
    "davis_charlotte_degree": charlotte_degree,
    "florentine_centralisation": lambda: degree_centralisation(florentine()),
    "florentine_components": lambda: components(florentine()),
    "freeman_star": lambda: degree_centralisation(nx.star_graph(4)),
    "freeman_circle": lambda: degree_centralisation(nx.cycle_graph(5)),
    "within_grunfeld_value": lambda: grunfeld("value", "capital").estimate,
    "within_grunfeld_value_se": lambda: grunfeld("value", "capital").se,
    "within_grunfeld_value_p": lambda: grunfeld("value", "capital").p_value,
    "within_grunfeld_capital_se": lambda: grunfeld("capital", "value").se,
}


@pytest.mark.parametrize("check", checks("network"), ids=lambda check: check.id)
def test_published(check):
    assert COMPUTED[check.id]() == pytest.approx(check.expected, abs=check.tolerance)
