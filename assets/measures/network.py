"""How do services (or partners) hang together by the users they share? A two-mode network.

Users are one kind of node, services the other; a link is use. Projected on services, a pair is
tied by the number of users of both. Nothing here is about one person: what is returned are counts
of users and figures of the whole network.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

#: Below this many services a network has no shape to speak of.
MIN_NODES = 3


def incidence(uses: pd.DataFrame, of: str = "service_code") -> pd.DataFrame:
    """Return users x services: did the user ever use it? Sorted both ways.

    Parameters
    ----------
    uses
        ``user_code`` and the column ``of``.
    """
    import pandas as pd

    pairs = uses[["user_code", of]].drop_duplicates()
    return pd.crosstab(pairs["user_code"], pairs[of]).astype(bool).sort_index().sort_index(axis=1)


def two_mode_graph(used: pd.DataFrame) -> nx.Graph:
    """Return the two-mode network of an incidence table.

    Nodes are ``("user", code)`` with ``bipartite = 0`` and ``("service", code)`` with
    ``bipartite = 1``: a user and a service of one name stay two nodes.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from((("user", code) for code in used.index), bipartite=0)
    graph.add_nodes_from((("service", code) for code in used.columns), bipartite=1)
    rows, columns = used.to_numpy().nonzero()
    users, services = used.index[rows], used.columns[columns]
    graph.add_edges_from(
        (("user", user), ("service", one)) for user, one in zip(users, services, strict=True)
    )
    return graph


def co_use_graph(used: pd.DataFrame, min_shared: int = 1) -> nx.Graph:
    """Project on services: edge ``weight`` is the number of users of both.

    Formula: B'B off the diagonal (Breiger 1974), B the incidence matrix. Matches
    ``networkx.bipartite.weighted_projected_graph``.

    Parameters
    ----------
    min_shared
        Pairs with fewer users in common are not tied.
    """
    import networkx as nx

    services = [("service", code) for code in used.columns]
    if used.empty:
        return nx.empty_graph(list(used.columns))
    found = nx.bipartite.weighted_projected_graph(two_mode_graph(used), services)
    weak = [(a, b) for a, b, tie in found.edges(data="weight") if tie < min_shared]
    found.remove_edges_from(weak)
    return nx.relabel_nodes(found, {node: node[1] for node in services})


def co_use(used: pd.DataFrame) -> pd.DataFrame:
    """Count, for each pair of services, users of both and of one only.

    Returns
    -------
    DataFrame
        ``first``, ``second`` (first < second), ``both_n``, ``first_only_n``, ``second_only_n``;
        one row a pair, sorted.
    """
    import pandas as pd

    users = used.sum()
    ties = co_use_graph(used)
    rows = []
    for a, b in combinations(used.columns, 2):
        both = int(ties.edges[a, b]["weight"]) if ties.has_edge(a, b) else 0
        rows.append((a, b, both, int(users[a]) - both, int(users[b]) - both))
    columns = ["first", "second", "both_n", "first_only_n", "second_only_n"]
    kinds = {name: "string" if name in columns[:2] else "Int64" for name in columns}
    return pd.DataFrame(rows, columns=columns).astype(kinds)


def two_mode_density(used: pd.DataFrame) -> float:
    """Return links over possible links, L / (users x services) (Borgatti & Everett 1997)."""
    import networkx as nx

    return float(
        nx.bipartite.density(two_mode_graph(used), [("user", code) for code in used.index])
    )


def degree_centralisation(graph: nx.Graph) -> float:
    """Return Freeman's degree centralisation: 1 for a star, 0 where all have equally many ties.

    Formula: sum_i (max degree - degree_i) / ((g - 1)(g - 2)), Freeman 1979, for g nodes, ties
    unweighted. Matches ``igraph::centr_degree(loops = FALSE)`` and
    ``sna::centralization(degree, gmode = "graph")``.

    Raises
    ------
    ValueError
        For fewer than three nodes: there is no star of two.
    """
    degrees = [degree for _, degree in graph.degree()]
    g = len(degrees)
    if g < MIN_NODES:
        raise ValueError("centralisation needs at least three nodes")
    return sum(max(degrees) - each for each in degrees) / ((g - 1) * (g - 2))


def tie_density(graph: nx.Graph) -> float:
    """Return the share of pairs that are tied, 2L / (g (g - 1))."""
    import networkx as nx

    return float(nx.density(graph))


def components(graph: nx.Graph) -> int:
    """Return into how many parts without a tie between them the network falls."""
    import networkx as nx

    return int(nx.number_connected_components(graph))
