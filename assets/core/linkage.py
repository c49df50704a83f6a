"""One person out of the codes of several services, without names, and how sure that is.

A row is never joined to another: each keeps its place and gets the participant its code stands
for, so nothing is multiplied. A code that cannot be one person, as its records disagree, is one
participant marked ``ambiguous``: counted once, joined with nothing.

Source: Newcombe 1988 and Christen 2012 for deterministic linkage with clerical review; the rules
themselves are the house's (``schemas/linkage.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from assets.core.evidence import disagreements, several_matches
from schemas.linkage import (
    CERTAINTY,
    COMPARED,
    KEYED,
    KEYED_KINDS,
    KINDS,
    TELLING,
    Linkage,
    LinkDecision,
)
from schemas.source import PartnerSources

_TEXT = pd.StringDtype(na_value=pd.NA)
#: What stands between a partner and its own code; no delivered code can hold it.
_OF = ":"
#: One partner's code -> the participant, and what is known of the link.
LINK_COLUMNS = (
    "partner_code", "person_code", "code_kind", "participant_code", "link_certainty", "link_rule",
    "conflicts", "records_n", "first_date", "last_date",
)  # fmt: skip
#: Conflicts beside the names of columns.
SEVERAL, CONTRADICTION = "several_codes", "contradiction"


@dataclass(frozen=True)
class Declared:
    """What sources say their codes stand for: (partner, source) -> kind; the programme for others."""

    programme: Linkage
    persons: Mapping[tuple[str, str], str]
    households: Mapping[tuple[str, str], str]

    def person(self, partner: str, source: str) -> str:
        """Return the kind of a source's person codes that do not say it themselves."""
        return self.persons.get((partner, source)) or self.programme.person_codes

    def household(self, partner: str, source: str) -> str:
        """Return whether a source's household codes are ``shared`` or ``local``."""
        return self.households.get((partner, source)) or self.programme.household_codes


def declared(programme: Linkage, sources: Mapping[str, PartnerSources]) -> Declared:
    """Return what a programme and its sources (by partner) say of their codes."""
    each = [(name, one) for name, partner in sources.items() for one in partner.sources]
    return Declared(
        programme,
        {(name, one.source): one.person_codes for name, one in each if one.person_codes},
        {(name, one.source): one.household_codes for name, one in each if one.household_codes},
    )


def coded(rows: pd.DataFrame, deliveries: pd.DataFrame, said: Declared) -> pd.DataFrame:
    """Say what each row's codes stand for.

    Parameters
    ----------
    rows
        ``delivery_id``, ``person_code``, ``household_code``.
    deliveries
        ``intake_deliveries``: ``delivery_id`` (each once), ``partner_code``, ``source_code``.

    Returns
    -------
    pandas.DataFrame
        Index as ``rows``: ``partner_code``; ``code_kind``; ``node`` and ``household``, the codes
        as they are unique in the programme (``partner:code`` where only the partner knows them).

    Raises
    ------
    ValueError
        A delivery stands twice among ``deliveries``.
    """
    about = deliveries[["delivery_id", "partner_code", "source_code"]].astype(_TEXT)
    about = about.set_index("delivery_id").fillna("")
    if not about.index.is_unique:
        raise ValueError("a delivery stands twice: rows would be multiplied")
    pairs = list(zip(about["partner_code"], about["source_code"], strict=True))
    about["person"] = [said.person(*each) for each in pairs]
    about["household"] = [said.household(*each) for each in pairs]
    made = about.reindex(rows["delivery_id"]).set_index(rows.index)
    codes = rows["person_code"].astype(_TEXT)
    each = codes.drop_duplicates().dropna()
    itself = each.str.extract(KEYED, expand=False).map(KEYED_KINDS).set_axis(each)
    kind = codes.map(itself.dropna()).astype(_TEXT).fillna(made["person"].astype(_TEXT))
    homes = rows["household_code"].astype(_TEXT)
    partner = made["partner_code"].astype(_TEXT) + _OF
    return pd.DataFrame(
        {
            "partner_code": made["partner_code"].astype(_TEXT),
            "code_kind": kind.where(codes.notna()),
            "node": codes.where(kind != "local", partner + codes),
            "household": homes.where(made["household"] != "local", partner + homes),
        }
    )


def records_of(records: pd.DataFrame, deliveries: pd.DataFrame, said: Declared) -> pd.DataFrame:
    """Return ``_core_records`` that name a person, with ``coded`` beside them."""
    made = coded(records, deliveries, said)
    found = pd.concat([records.drop(columns="household_code"), made], axis=1)
    return found.loc[found["person_code"].notna()].reset_index(drop=True)


def links(known: pd.DataFrame, decisions: Iterable[LinkDecision] = ()) -> pd.DataFrame:
    """Say for each partner's code which participant it is, by which rule, and how surely.

    Parameters
    ----------
    known
        As ``records_of`` returns them; the order of rows does not matter.
    decisions
        Those that still hold (``review.standing``).

    Returns
    -------
    pandas.DataFrame
        ``LINK_COLUMNS``, one row per partner, code and kind, sorted. ``link_certainty`` is that of
        the participant: ``certain`` (a strong or programme-wide code), ``probable`` (a weak code,
        or two codes that a person found to be one), ``local`` (one partner only), ``ambiguous``.
        ``conflicts`` names what disagrees, never a value.
    """
    nodes = resolve(known, list(decisions))
    keys = ["partner_code", "person_code", "code_kind", "node"]
    grouped = known.groupby(keys, sort=True)["record_date"]
    made = grouped.agg(records_n="size", first_date="min", last_date="max").reset_index()
    made = made.join(nodes, on="node")
    texts = dict.fromkeys(LINK_COLUMNS[:7], _TEXT)
    kinds = {"records_n": "Int64", "first_date": "datetime64[us]", "last_date": "datetime64[us]"}
    return made[list(LINK_COLUMNS)].astype({**texts, **kinds})


def kinds_of(known: pd.DataFrame) -> pd.Series:
    """Return the kind of each code (index ``node``, sorted): the weakest that any source says."""
    rank = known["code_kind"].map(KINDS.index).astype("int64").groupby(known["node"]).max()
    return rank.sort_index().map(dict(enumerate(KINDS)))


def resolve(known: pd.DataFrame, decisions: list[LinkDecision]) -> pd.DataFrame:
    """Return one row per code (index ``node``): participant, certainty, rule, conflicts."""
    kind = kinds_of(known)
    rank = kind.map(KINDS.index)
    differ = disagreements(known.assign(case=known["node"])).reindex(rank.index)
    settled = {each.first for each in decisions if not each.second and each.decision == "same"}
    is_telling = differ[list(TELLING)].any(axis=1) | (
        differ.any(axis=1) & (kind == "weak")  # homonyms: everything that disagrees counts
    )
    doubtful = set(rank.index[is_telling]) - settled
    doubtful |= {each.first for each in decisions if not each.second} - settled
    doubtful &= set(rank.index)
    joined, contradicted = _joined(rank, doubtful, decisions)
    matched = several_matches(known, kind, decisions) - contradicted - set(joined)
    made = pd.DataFrame(
        {
            "participant_code": [joined.get(node, node) for node in rank.index],
            "link_certainty": kind.map(CERTAINTY),
            "link_rule": [
                "reviewed" if node in joined or node in settled else f"{kind[node]}_code"
                for node in rank.index
            ],
            "conflicts": _told(differ, matched, contradicted),
        },
        index=rank.index,
    )
    made.loc[list(joined), "link_certainty"] = "probable"
    made.loc[sorted(doubtful | matched | contradicted), "link_certainty"] = "ambiguous"
    return made


def _told(differ: pd.DataFrame, matched: set[str], contradicted: set[str]) -> list[str]:
    found = []
    for node, row in zip(differ.index, differ.to_numpy(), strict=True):
        names = [name for name, is_so in zip(COMPARED, row, strict=True) if is_so]
        names += [SEVERAL] if node in matched else []
        names += [CONTRADICTION] if node in contradicted else []
        found.append(", ".join(names))
    return found


def _joined(
    rank: pd.Series, doubtful: set[str], decisions: list[LinkDecision]
) -> tuple[dict[str, str], set[str]]:
    """Put codes together that a person found to be one.

    Returns
    -------
    tuple
        Code -> participant, for those in a group of two or more; and the codes of groups in which
        another decision says that two of them differ: these stay apart.
    """
    parent: dict[str, str] = {}

    def top(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    pairs = [each for each in decisions if each.second and set(each.codes) <= set(rank.index)]
    for each in sorted(pairs, key=lambda one: one.codes):
        if each.decision == "same" and not set(each.codes) & doubtful:
            first, second = sorted(top(code) for code in each.codes)
            parent[second] = first
    apart = {
        top(each.first)
        for each in pairs
        if each.decision == "different" and top(each.first) == top(each.second or "")
    }
    groups: dict[str, list[str]] = {}
    for node in sorted(parent):
        groups.setdefault(top(node), []).append(node)
    joined: dict[str, str] = {}
    contradicted: set[str] = set()
    for root, members in groups.items():
        if len(members) > 1 and root in apart:
            contradicted |= set(members)
        elif len(members) > 1:
            surest = min(members, key=lambda node: (rank[node], node))
            joined |= dict.fromkeys(members, surest)
    return joined, contradicted


def with_participants(
    rows: pd.DataFrame, deliveries: pd.DataFrame, said: Declared, linked: pd.DataFrame
) -> pd.DataFrame:
    """Return the same rows with the participant in ``person_code`` and ``link_certainty`` beside it.

    Parameters
    ----------
    rows
        Any accepted rows or ``_core_records``.
    linked
        ``core_links``.

    Raises
    ------
    ValueError
        Rows were lost or multiplied, or a code has no participant: never go on with either.
    """
    made = coded(rows, deliveries, said)
    local = linked["partner_code"] + _OF + linked["person_code"]
    node = linked["person_code"].where(linked["code_kind"] != "local", local)
    by_node = linked.assign(node=node).drop_duplicates("node").set_index("node")
    found = rows.assign(
        person_code=made["node"].map(by_node["participant_code"]).astype(_TEXT),
        household_code=made["household"].astype(_TEXT),
        link_certainty=made["node"].map(by_node["link_certainty"]).astype(_TEXT),
    )
    if len(found) != len(rows) or not found["person_code"].notna().equals(
        rows["person_code"].notna()
    ):
        raise ValueError("linking must keep every row and every person")
    return found


def partner_of(rows: pd.DataFrame, deliveries: pd.DataFrame) -> pd.Series:
    """Return which partner delivered each row (index as ``rows``).

    Raises
    ------
    ValueError
        A delivery stands twice among ``deliveries``.
    """
    by_delivery = deliveries[["delivery_id", "partner_code"]].astype(_TEXT).set_index("delivery_id")
    if not by_delivery.index.is_unique:
        raise ValueError("a delivery stands twice: rows would be multiplied")
    return rows["delivery_id"].map(by_delivery["partner_code"]).astype(_TEXT)
