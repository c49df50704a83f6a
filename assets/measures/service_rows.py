"""The numbers about services together: how many a household uses, which pairs, how scattered.

The unit is the user (``uses``): a household where one is known, else a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets.estimates import EVERYBODY, Group, Statistic, count, estimate_row, refuse
from assets.measures import fragmentation, handoffs, network
from assets.measures.groups import ALL
from assets.measures.proportions import wilson_interval
from assets.measures.scores import mean_interval
from schemas.estimates import TOTAL

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

#: With fewer uses an index of continuity says little about anybody (Jee & Cabana 2006).
MIN_USES = 3
BANDS = {"1": (1, 1), "2": (2, 2), "3+": (3, None)}
INDICATORS = {
    "coc": "continuity_coc",
    "upc": "continuity_upc",
    "secon": "continuity_secon",
    "herfindahl": "concentration_hhi",
}


def services_per_user_rows(table: pd.DataFrame, quarters: list[str]) -> Iterator[Row]:
    """Count users of one, two, three or more services, and average how many each uses.

    Parameters
    ----------
    table
        ``measures_continuity``: one row a user and period, ``services_n``.
    """
    for period in (*quarters, ALL):
        used = table.loc[table["period"] == period, "services_n"].astype("float64")
        mean = replace(mean_interval(used), method_code="mean_services", unit="services")
        yield _row("services_per_user", mean, period, len(used))
    whole = table.loc[table["period"] == ALL, "services_n"]
    for band, (low, high) in BANDS.items():
        n = int((whole >= low).sum() if high is None else whole.between(low, high).sum())
        yield _row("users_n", count(n, unit="users"), ALL, n, group=Group("services_n", band))
    total = count(len(whole), unit="users")
    yield _row("users_n", total, ALL, len(whole), group=Group("services_n", TOTAL))


def continuity_rows(table: pd.DataFrame, quarters: list[str], left_out_n: int) -> Iterator[Row]:
    """Average the indices over users with at least ``MIN_USES`` uses; COC in each quarter too.

    Parameters
    ----------
    table
        ``measures_continuity``.
    left_out_n
        Users whom nobody can follow across partners; counted missing beside those with few uses.
    """
    for period in (*quarters, ALL):
        mine = table[table["period"] == period]
        enough = mine[mine["uses_n"] >= MIN_USES]
        missing = len(mine) - len(enough) + (left_out_n if period == ALL else 0)
        for index in fragmentation.INDICES if period == ALL else ("coc",):
            result = replace(
                mean_interval(enough[index].astype("float64"), n_missing=missing),
                method_code=f"mean_{index}",
                unit="ratio",
                reference=fragmentation.REFERENCES[index],
            )
            yield _row(INDICATORS[index], result, period, len(enough))


def co_use_rows(used: pd.DataFrame, of: str) -> Iterator[Row]:
    """Count the users whom each pair of services (or partners) shares.

    A pair parts users in three: both, the first only, the second only. Who knows the users of
    each works out the rest, so the smallest of the three is what stands behind the number.

    Parameters
    ----------
    used
        ``network.incidence``.
    of
        ``service_code`` or ``partner_code``.
    """
    pairs = network.co_use(used)
    for a, b, *parts in pairs.itertuples(index=False):
        both, rest = int(parts[0]), [int(each) for each in parts]
        yield _row(
            "co_use_n",
            replace(count(both, unit="users"), method_code="co_use"),
            ALL,
            min(rest) if both else 0,
            subject_code=str(a),
            group=Group(of, str(b)),
        )


def network_rows(used: pd.DataFrame, subject: str, min_shared: int) -> Iterator[Row]:
    """Describe the network of services or partners.

    Parameters
    ----------
    subject
        ``services`` or ``partners``: what ``used`` has in its columns.
    min_shared
        A pair is tied by at least so many users: a tie must not hang on one household.
    """
    users_n, nodes_n = used.shape
    share = mean_interval(used.mean(axis=1).astype("float64"))
    density = replace(
        share,
        method_code="two_mode_density",
        unit="ratio",
        reference="Borgatti & Everett 1997, Social Networks 19:243-269",
    )
    yield _row("network_density", density, ALL, users_n, subject_code=subject)
    graph = network.co_use_graph(used, min_shared)
    tied = network.co_use_graph(used)
    behind = sum(used.sum(axis=1) > 1) if users_n else 0
    for indicator, method, figure, reference in (
        ("network_ties", "tie_density", network.tie_density, ""),
        ("network_centralisation", "degree_centralisation", network.degree_centralisation,
         "Freeman 1979, Social Networks 1:215-239"),
        ("network_components", "components", network.components, ""),
    ):  # fmt: skip
        if nodes_n < network.MIN_NODES or not tied.number_of_edges():
            reason = "too_few_services" if nodes_n < network.MIN_NODES else "nobody_shared"
            result = refuse(method, reason, n=users_n, unit="ratio", reference=reference)
        else:
            result = Statistic(
                method_code=method,
                estimate=float(figure(graph)),
                n=users_n,
                unit="ratio",
                reference=reference,
                details={"nodes": nodes_n, "min_shared": min_shared},
            )
        yield _row(indicator, result, ALL, int(behind), subject_code=subject)


def handoff_rows(firsts: pd.DataFrame) -> Iterator[Row]:
    """Count users handed on from each service to each next one within ``WITHIN_DAYS`` days."""
    found = handoffs.handoffs(firsts)
    services = sorted(firsts["service_code"].unique())
    by_pair = found.groupby(["from_service", "to_service"])["user_code"].nunique()
    for start in services:
        for end in services:
            if start != end:
                n = int(by_pair.get((start, end), 0))
                yield _row(
                    "handoffs_n",
                    replace(count(n, unit="users"), method_code="first_contacts_in_order"),
                    ALL,
                    n,
                    subject_code=str(start),
                    group=Group("to_service", str(end)),
                )


def intake_rows(taken_in: pd.DataFrame) -> Iterator[Row]:
    """Estimate the share of users taken in again within ``REPEAT_DAYS`` days.

    At one service: only of services that write down when they open a case. At several services: of
    all users, two different services within those days.
    """
    written = taken_in[taken_in["is_opened"].astype(bool)]
    for service, part in handoffs.repeated_at_one(written).groupby("service_code", sort=True):
        yield _share("repeat_intake_share", part["is_repeated"], str(service))
    yield _share("several_intakes_share", handoffs.repeated_at_several(taken_in))


def _share(indicator: str, has: pd.Series, subject: str = "") -> Row:
    n, found = len(has), int(has.sum())
    return _row(
        indicator, wilson_interval(found, n), ALL, n, subject_code=subject, numerator_n=found
    )


def _row(
    indicator: str,
    result: Statistic,
    period: str,
    contributors_n: int,
    *,
    subject_code: str = "",
    group: Group = EVERYBODY,
    numerator_n: int | None = None,
) -> Row:
    return estimate_row(
        indicator,
        result,
        period=period,
        population_code="users",
        n_unit="households",
        contributors_n=contributors_n,
        subject_code=subject_code,
        group=group,
        numerator_n=numerator_n,
        numerator_contributors_n=numerator_n,
    )
