"""What was made and what has left, one line each, linked (``chain``), only ever added to. Confidential.

A release's own line is a ``draft``; what people do with it afterwards (``audited``, ``approved``,
``published``, ``withdrawn``, each for one period) are lines of their own: see ``approval``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.release import chain
from schemas.words import SCHEMAS_FOLDER

if TYPE_CHECKING:  # quick commands read the ledger: pandas takes them longer than all the rest
    import pandas as pd

    from assets.release.findings import Outcome
    from assets.release.publish import Published

NAME = "ledger.jsonl"
#: The declarations that decide what is hidden.
_RULES = ("disclosure.yml", "tables.yml")


def entries(path: Path) -> list[dict[str, Any]]:
    """Return the entries, oldest first; a line cut short by a crash is not one."""
    found = [chain.parsed(each) for each in chain.lines(path)]
    return [each for each in found if each is not None]


def releases(path: Path) -> list[dict[str, Any]]:
    """Return the entry of each release as it was made, without what was done with it afterwards."""
    return [each for each in entries(path) if each.get("state") not in chain.ACTS]


def enter(path: Path, entry: Mapping[str, Any]) -> bool:
    """Add a release to the ledger unless it is already there.

    Parameters
    ----------
    path
        The ledger file.
    entry
        What to write; ``release`` is its digest. No time stands in it: two machines that make the
        same releases write the same lines.

    Returns
    -------
    bool
        Whether a line was added.
    """
    if any(known.get("release") == entry["release"] for known in entries(path)):
        return False
    chain.append(path, chain.line(path, entry))
    return True


def entry(
    published: Published,
    manifest: Mapping[str, Any],
    outcome: Outcome,
    anonymity: Mapping[str, Mapping[str, int]],
    released: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Return the ledger line of a release: what would leave, made from what, under which rules.

    ``anonymity`` is kept unrounded: the ledger never leaves, and releases are compared on it.
    ``released`` (its cells) gives how many of each table are shown or not, and why.
    What a run makes is a draft: runs are many between two publications, and only what was given out
    binds what may be shown later (``stayed``).
    """
    from assets.release.candidates import rows

    tables = published.files.dropna(subset=["rows"])
    return {
        "release": published.digest,
        "state": "draft",
        "programme": manifest["programme"],
        "data_version": manifest["data_version"],
        "code_version": manifest["code_version"],
        "rules": rules_digest(manifest["thresholds"]),
        "tables": {
            row.path: {"sha256": row.sha256, "rows": int(row.rows), "hidden": int(row.hidden)}
            for row in rows(tables)
        },
        "cells": {} if released is None else cells_by_status(released),
        "thresholds": manifest["thresholds"],
        "anonymity": anonymity,
        "audit": {
            "holds": outcome.holds,
            "hidden_cells": {code: outcome.tables[code] for code in sorted(outcome.tables)},
            **_loss(outcome),
        },
    }


def cells_by_status(released: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return table -> status -> how many cells, in order of code."""
    counts = Counter(zip(released["table_code"], released["status"], strict=True))
    found: dict[str, dict[str, int]] = {}
    for code, status in sorted(counts):
        found.setdefault(code, {})[status] = counts[code, status]
    return found


def rules_digest(thresholds: Mapping[str, Any]) -> str:
    """Return the digest of the rules in force: the declarations and the programme's thresholds."""
    declared = [(SCHEMAS_FOLDER / name).read_bytes().replace(b"\r\n", b"\n") for name in _RULES]
    text = json.dumps(thresholds, sort_keys=True).encode()
    return chain.sha256(b"\0".join([*declared, text]))


def _loss(outcome: Outcome) -> dict[str, Any]:
    """Return what the control says of information lost, where it says it."""
    return outcome.loss | ({"reasons": outcome.reasons} if outcome.reasons else {})


def anonymity(risk: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return set of characteristics -> people, k, alone, in small groups (from ``risk.summary``)."""
    from assets.release.candidates import rows

    names = ("records_n", "k", "uniques", "records_under")
    return {
        row.quasi_identifiers: {name: int(getattr(row, name)) for name in names}
        for row in rows(risk)
    }


def over_time(path: Path) -> pd.DataFrame:
    """Return the anonymity of every release so far, oldest first.

    Returns
    -------
    pandas.DataFrame
        One row a release and set of characteristics: ``release``, ``data_version``,
        ``quasi_identifiers``, ``records_n``, ``k``, ``uniques``, ``records_under``. Releases of
        before this was written down are left out.
    """
    import pandas as pd

    lines = [
        {
            "release": each["release"],
            "data_version": each["data_version"],
            "quasi_identifiers": columns,
            **counts,
        }
        for each in entries(path)
        for columns, counts in each.get("anonymity", {}).items()
    ]
    names = ["release", "data_version", "quasi_identifiers"]
    return pd.DataFrame(lines, columns=[*names, "records_n", "k", "uniques", "records_under"])


def before(path: Path, data_version: str | None) -> dict[str, dict[str, int]]:
    """Return the anonymity of the last release made of other data; empty where there is none."""
    others = [
        each["anonymity"]
        for each in entries(path)
        if each.get("anonymity") and each["data_version"] != data_version
    ]
    return others[-1] if others else {}


def easier(
    now: Mapping[str, Mapping[str, int]], earlier: Mapping[str, Mapping[str, int]]
) -> list[str]:
    """Return the sets of characteristics that single out a larger share of the people than before."""
    return [
        columns
        for columns, counts in now.items()
        if columns in earlier
        # as a product: shares of nobody are no shares
        and counts["uniques"] * earlier[columns]["records_n"]
        > earlier[columns]["uniques"] * counts["records_n"]
    ]


def stayed(path: Path) -> set[str]:
    """Return the digests of the releases that never left the house.

    Drafts, audited or approved only. One noted without saying what became of it has left, and so
    has one withdrawn after it was published: who read it has read it.
    """
    return {each["release"] for each in entries(path) if "release" in each} - left(path)


def left(path: Path) -> set[str]:
    """Return the digests of the releases that left the house: all that did not stay."""
    return {each["release"] for each in entries(path) if "release" in each and _has_left(each)}


def _has_left(entry: Mapping[str, Any]) -> bool:
    if entry.get("state") == "withdrawn":
        return entry.get("number") is not None
    return entry.get("state") not in ("draft", "audited", "approved")
