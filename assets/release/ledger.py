"""What has left, release by release: one line each, only ever added to. Confidential."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from assets.release.candidates import rows
from assets.release.findings import Outcome
from assets.release.publish import Published

NAME = "ledger.jsonl"


def entries(path: Path) -> list[dict[str, Any]]:
    """Return the entries, oldest first; a last line cut short by a crash is not one."""
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found


def enter(path: Path, entry: Mapping[str, Any]) -> bool:
    """Add a release to the ledger unless it is already there.

    Parameters
    ----------
    path
        The ledger file.
    entry
        What to write; ``release`` is its digest. No time stands in it: two machines that make the
        same release write the same line.

    Returns
    -------
    bool
        Whether a line was added.
    """
    if any(known.get("release") == entry["release"] for known in entries(path)):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
    with path.open("ab") as stream:
        stream.write((_mend(path) + line).encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())
    return True


def entry(
    published: Published,
    manifest: Mapping[str, Any],
    outcome: Outcome,
    anonymity: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """Return the ledger line of a release: what left, made from what, under which thresholds.

    ``anonymity`` is kept unrounded: the ledger never leaves, and releases are compared on it.
    What a run makes is a draft: runs are many between two publications, and only what was given out
    binds what may be shown later (``stayed``).
    """
    tables = published.files.dropna(subset=["rows"])
    return {
        "release": published.digest,
        "state": "draft",
        "programme": manifest["programme"],
        "data_version": manifest["data_version"],
        "code_version": manifest["code_version"],
        "tables": {
            row.path: {"sha256": row.sha256, "rows": int(row.rows), "hidden": int(row.hidden)}
            for row in rows(tables)
        },
        "thresholds": manifest["thresholds"],
        "anonymity": anonymity,
        "audit": {
            "holds": outcome.holds,
            "hidden_cells": {code: outcome.tables[code] for code in sorted(outcome.tables)},
        },
    }


def anonymity(risk: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return set of characteristics -> people, k, alone, in small groups (from ``risk.summary``)."""
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
    has one withdrawn: who read it has read it.
    """
    last = {each["release"]: each.get("state") for each in entries(path) if "release" in each}
    return {digest for digest, state in last.items() if state in ("draft", "audited", "approved")}


def _mend(path: Path) -> str:
    """Return the line end that a crash may have cut off."""
    data = path.read_bytes()
    return "\n" if data and not data.endswith(b"\n") else ""
