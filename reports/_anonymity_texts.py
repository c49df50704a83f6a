"""The sentences of the page about anonymity: the three questions of WP29, what to do, what is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reports._anonymity_figures import (
    cell_counts,
    least,
    people,
    section,
    step_names,
    subjects,
    traits,
    word,
)
from reports._origin import COUNT, Fact
from reports._released import unknown
from reports._tables import Markdown, escape
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit

#: Places in the list of what an onlooker may know together: with the exact age, and everything.
EXACT = 0
FULL = -1


def _list(texts: list[str]) -> Markdown:
    return Markdown("\n".join(f"- {escape(text)}" for text in texts))


def short(k: Kit) -> list[str]:
    """What leaves, what stays inside, and who decides."""
    main = section(k)["main"]
    out = {
        "tables": k.mark(k.count(len(k.manifest["tables"])), Fact(COUNT, ("tables",))),
        **cell_counts(k),
    }
    inside = {
        "people": people(k, "people"),
        "traits": traits(k, main),
        "uniques": people(k, "uniques", main),
    }
    return [
        word(k, "short_out", **out),
        word(k, "short_in", **inside),
        word(k, "short_ask"),
    ]


def singling_out(k: Kit) -> list[str]:
    """Can a person be isolated?"""
    full = section(k)["known_together"][FULL]
    bounds = {
        "traits": traits(k, full),
        "any": people(k, "uniques_match_any", full),
        "none": people(k, "uniques_match_none", full),
    }
    return [
        word(k, "single_out", least=least(k), strict=least(k, strict=True), **cell_counts(k)),
        word(k, "single_in"),
        word(k, "single_missing", **bounds),
    ]


def linkability(k: Kit) -> list[str]:
    """Can records of one person be joined?"""
    exact = section(k)["known_together"][EXACT]
    words = {"traits": traits(k, exact), "uniques": people(k, "uniques", exact)}
    said = [word(k, "link_out"), word(k, "link_code"), word(k, "link_list", **words)]
    return [*said, word(k, "link_sure")] if subjects(k, "linked") else said


def inference(k: Kit) -> list[str]:
    """Can something be deduced of somebody?"""
    said = [word(k, "infer_out")]
    if not subjects(k, "known"):
        return [*said, word(k, "infer_none")]
    names = traits(k, section(k)["main"])
    return [*said, word(k, "infer_what", traits=names), word(k, "infer_read")]


def steps(k: Kit) -> list[str]:
    """What would suffice, and what it would cost."""
    if not subjects(k, "step_uniques"):
        return [k.word("no_data")]
    traits = ", ".join(say("traits", name, k.lang) for name in section(k)["ladders"])
    said = [word(k, "steps_what", traits=traits)]
    best = subjects(k, "suggested_uniques")
    said += [word(k, "steps_best", least=least(k), steps=step_names(k, each)) for each in best]
    said += [] if best else [word(k, "steps_never", least=least(k))]
    for each in subjects(k, "suggested_with_loss_uniques"):
        values = {
            "share": k.plain(k.percent(section(k)["left_out_share"], 0), "threshold"),
            "steps": step_names(k, each),
            "left": people(k, "suggested_with_loss_records_under", each),
        }
        said.append(word(k, "steps_loss", **values))
    return said


def over_time(k: Kit) -> list[str]:
    """What the table of quarters shows."""
    return [word(k, "time_what", traits=traits(k, section(k)["main"]))]


def not_covered(k: Kit) -> list[str]:
    """What no figure of the page says."""
    keys = ("answers", "insiders", "households", "releases", "others", "legal")
    return [word(k, f"not_{key}") for key in keys]


def method(k: Kit) -> list[str]:
    """How it was counted."""
    limits = {"least": least(k), "strict": least(k, strict=True)}
    return [word(k, "method_round", **limits), word(k, "method_names"), word(k, "method_codes")]


PARTS: dict[str, Callable[[Kit], list[str]]] = {
    "short": short,
    "singling_out": singling_out,
    "linkability": linkability,
    "inference": inference,
    "steps": steps,
    "over_time": over_time,
    "not_covered": not_covered,
    "method": method,
}


def text(k: Kit, part: str = "short") -> Markdown:
    """Return one part of the page as a list of sentences.

    Raises
    ------
    KitError
        No such part.
    """
    if part not in PARTS:
        raise unknown("part of the page about anonymity", part, PARTS)
    if not section(k) and part != "not_covered":
        return Markdown(word(k, "absent"))
    return _list(PARTS[part](k))
