"""The release's own figures about anonymity, and how they are said.

Figures come from the manifest, where they stand rounded or withheld; nothing is computed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports._origin import ANONYMITY, COUNT, Fact
from reports._released import unknown
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit

UNDER = "under_threshold"


def section(k: Kit) -> dict[str, Any]:
    """Return what the manifest says about anonymity; empty where nothing is known."""
    found = k.manifest.get("anonymity") or {}
    return found if found.get("figures") else {}


def word(k: Kit, key: str, **values: object) -> str:
    """Return a text of the page about anonymity."""
    return say("anonymity", key, k.lang, **values)


def figure(k: Kit, figure: str, subject: str = "", period: str = "all") -> dict[str, Any]:
    """Return one figure of the manifest.

    Raises
    ------
    KitError
        No such figure.
    """
    wanted = (figure, subject, period)
    for each in section(k)["figures"]:
        if (each["figure"], each["subject"], each["period"]) == wanted:
            return dict(each)
    known = [f"{x['figure']}/{x['subject']}/{x['period']}" for x in section(k)["figures"]]
    raise unknown("figure about anonymity", "/".join(wanted), known)


def subjects(k: Kit, figure: str) -> list[str]:
    """Return what a figure is told of, in the order of the manifest."""
    found = [x["subject"] for x in section(k).get("figures", []) if x["figure"] == figure]
    return list(dict.fromkeys(found))


def people(k: Kit, *where: str, strict: bool = False) -> str:
    """Return a count of people in words: none, about so many, or fewer than the threshold."""
    found = figure(k, *where)
    if found["status"] == UNDER:
        return word(k, "under", least=least(k, strict=strict))
    if not found["value"]:
        return word(k, "none")
    return word(k, "about", value=told(k, k.count(found["value"]), found))


def smallest(k: Kit, subject: str) -> str:
    """Return the size of the smallest group in words."""
    found = figure(k, "k", subject)
    if found["status"] == UNDER:
        return word(k, "under", least=least(k))
    return told(k, k.count(found["value"]), found)


def told(k: Kit, text: str, found: dict[str, Any]) -> str:
    """Mark a figure about anonymity with what it is about."""
    return k.mark(text, Fact(ANONYMITY, (found["figure"], found["subject"], found["period"])))


def least(k: Kit, *, strict: bool = False) -> str:
    """Return the threshold under which a group is not told."""
    return k.threshold("sensitive_minimum_count" if strict else "minimum_count")


def traits(k: Kit, subject: str) -> str:
    """Return the names of characteristics."""
    return ", ".join(say("traits", name, k.lang) for name in subject.split(", "))


def step_names(k: Kit, subject: str) -> str:
    """Return the names of steps that make data coarser."""
    if not subject:
        return say("steps", "as_recorded", k.lang)
    said = []
    for each in subject.split(", "):
        column, step = each.split(": ")
        # left out, not only made less exact
        trait = say("traits", "age" if column == "age_years" else column, k.lang)
        said.append(say("steps", step, k.lang, trait=trait))
    return ", ".join(said)


def cell_counts(k: Kit) -> dict[str, str]:
    """Return how many cells there are in all tables, and how many of them are hidden."""
    tables = list(k.manifest["tables"].values())
    counts = {"cells": "rows", "hidden": "hidden"}
    return {
        name: k.mark(k.count(sum(each[at] for each in tables)), Fact(COUNT, (at, "all")))
        for name, at in counts.items()
    }
