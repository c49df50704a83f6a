"""What would hurt to be known of a person, and how well the crowd hides it: l and t, per release."""

from __future__ import annotations

from typing import Any

import pandas as pd

from assets.release.closeness import Distance, t_closeness
from assets.release.diversity import l_diversity
from schemas.anonymity import KNOWN_TOGETHER, LADDERS, SENSITIVE, SENSITIVE_SERVICE
from schemas.fields import FIELDS

_KINDS = {
    "quasi_identifiers": "string",
    "sensitive": "string",
    "distance": "string",
    "known_n": "Int64",
    "missing_n": "Int64",
    "distinct_l": "Int64",
    "entropy_l": "float64",
    "distinct_l_known": "Int64",
    "entropy_l_known": "float64",
    "homogeneous_n": "Int64",
    "t": "float64",
}


def attributes(
    participants: pd.DataFrame, contacts: pd.DataFrame, sensitive_services: frozenset[str]
) -> pd.DataFrame:
    """Return the participants with what services know of them, as first recorded.

    Parameters
    ----------
    participants
        ``core_participants``.
    contacts
        ``core_contacts``; rows without a person are nobody's.
    sensitive_services
        Services whose use would hurt to be known; without any, nobody's use is told apart.

    Returns
    -------
    pandas.DataFrame
        One row a person: ``participants``, the sensitive columns of contacts (null where never
        recorded) and ``has_sensitive_service``.
    """
    told = [name for name in SENSITIVE if name in contacts.columns]
    named = contacts.loc[contacts["person_code"].notna()]
    first = named.sort_values("contact_date", kind="stable").groupby("person_code")[told].first()
    if participants.empty:  # a programme that counts visits only: pandas cannot merge no texts
        people = participants.assign(**{x: pd.Series(dtype=first[x].dtype) for x in told})
    else:
        people = participants.merge(first, left_on="person_code", right_index=True, how="left")
    users = named.loc[named["service_code"].isin(sensitive_services), "person_code"]
    has_used = people["person_code"].isin(users)
    people[SENSITIVE_SERVICE] = has_used.astype("boolean") if sensitive_services else pd.NA
    return people


def summary(people: pd.DataFrame) -> pd.DataFrame:
    """Return one row per sensitive column and set of quasi-identifiers that does not hold it.

    Parameters
    ----------
    people
        As ``attributes`` returns them.

    Returns
    -------
    pandas.DataFrame
        ``distinct_l`` and ``entropy_l`` with "not known" as a value of its own, ``_known`` without
        the records that have none (the worse case); ``homogeneous_n``, people with a known value
        that everybody of known value in their class shares; ``t`` over known values. Columns
        nobody has are left out.
    """
    lines = [
        _line(people, list(columns), name)
        for name in (*SENSITIVE, SENSITIVE_SERVICE)
        if name in people and people[name].notna().any()
        for columns in KNOWN_TOGETHER
        if name not in columns
    ]
    return pd.DataFrame(lines, columns=list(_KINDS)).astype(_KINDS)


def _line(people: pd.DataFrame, columns: list[str], name: str) -> dict[str, Any]:
    distance, tree = distance_of(name)
    with_unknown = l_diversity(people, columns, name)
    known = l_diversity(people, columns, name, unknown_protects=False)
    return {
        "quasi_identifiers": ", ".join(columns),
        "sensitive": name,
        "distance": distance,
        "known_n": int(people[name].notna().sum()),
        "missing_n": int(people[name].isna().sum()),
        "distinct_l": with_unknown.distinct,
        "entropy_l": with_unknown.entropy,
        "distinct_l_known": known.distinct,
        "entropy_l_known": known.entropy,
        "homogeneous_n": known.homogeneous_n,
        "t": t_closeness(people, columns, name, distance, tree),
    }


def distance_of(name: str) -> tuple[Distance, dict[str, tuple[str, str]] | None]:
    """Return the distance that fits a column: numbers have an order, grouped codes a tree."""
    if name in FIELDS and FIELDS[name].kind in ("number", "integer"):
        return "ordered", None
    steps = LADDERS.get(name, ())
    if steps and steps[0].groups:
        return "hierarchical", {code: (group, code) for code, group in steps[0].groups.items()}
    return "equal", None
