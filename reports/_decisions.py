"""Corrections, and what was decided about disclosure: rules in force, acts of the ledger, the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports._book import facts, word
from reports._origin import worded
from reports._tables import Markdown, escape, pipe

if TYPE_CHECKING:
    from reports.kit import Kit


def corrections(k: Kit) -> Markdown:
    """One row a partner and kind of correction: how many cells, and when; few are not counted out."""
    heads = [word(x) for x in ("partner", "action", "cells", "days")]
    least = int(k.manifest["thresholds"]["minimum_count"])
    rows = []
    for each in facts()["corrections"]:
        few = each["count"] < least
        count = word("fewer", least=k.plain(str(least), "threshold")) if few else ""
        count = count or k.plain(k.count(each["count"]), "source")
        name = k.text_of(k.released.labels("partners").get(each["partner"])) or each["partner"]
        ends = {"start": k.day(each["from"]), "end": k.day(each["to"])}
        is_one = each["from"] == each["to"]
        day = f"{ends['start']}" if is_one else word("day_to_day", **ends)
        rows.append([worded(name), word(f"action_{each['action']}"), count, day])
    return pipe(heads, rows or [["–", word("no_corrections"), "–", "–"]], 2, (5, 5, 2, 5))


def thresholds(k: Kit) -> Markdown:
    """One row a rule of disclosure with a value: what it says, the house's value, the one in force."""
    heads = [word(x) for x in ("rule", "house", "in_force")]
    rows = [
        [worded(each["rule"])]
        + [k.plain(f"{each[x]:g}".replace(".", ","), "threshold") for x in ("house", "value")]
        for each in facts()["thresholds"]
    ]
    return pipe(heads, rows, 1, (10, 2, 2))


def acts(k: Kit) -> Markdown:
    """One row an act of the ledger: audited, approved, published, withdrawn; which quarter, when."""
    heads = [word(x) for x in ("period", "act", "release", "act_day")]
    rows = []
    for each in facts()["acts"]:
        told = {
            "number": k.plain(str(each["number"] or ""), "version"),
            "why": worded(each["why"]),
        }
        rows.append(
            [
                k.quarter(each["period"]) if "Q" in each["period"] else worded(each["period"]),
                word(f"act_{each['state']}", **told),
                k.plain(each["release"], "version"),
                f"{k.day(each['on'])}" if each["on"] else "–",
            ]
        )
    return pipe(heads, rows or [["–", word("no_acts"), "–", "–"]], 4, (3, 7, 3, 3))


def audit(k: Kit) -> Markdown:
    """Whether the release's own audit held, under which rules, and how many releases were published."""
    told = facts()
    if not told["audit"]:
        return Markdown(escape(word("audit_none")))
    values = {
        "release": k.plain(told["release"] or "–", "version"),
        "rules": k.plain(told["rules"] or "–", "version"),
        "published": k.plain(str(told["published"]), "source"),
    }
    return Markdown(escape(word("audit_held", **values)))
