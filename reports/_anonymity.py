"""The page about anonymity: the release's own figures put into the three questions of WP29.

Figures come from the manifest, where they stand rounded or withheld; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reports._numbers import number, short_quarter
from reports._origin import ANONYMITY, COUNT, Fact
from reports._released import unknown
from reports._tables import Markdown, escape, pipe
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit

UNDER = "under_threshold"
#: Places in the list of what an onlooker may know together: with the exact age, and everything.
EXACT = 0
FULL = -1


def _section(k: Kit) -> dict[str, Any]:
    found = k.manifest.get("anonymity") or {}
    return found if found.get("figures") else {}


def _word(k: Kit, key: str, **values: object) -> str:
    return say("anonymity", key, k.lang, **values)


def _figure(k: Kit, figure: str, subject: str = "", period: str = "all") -> dict[str, Any]:
    wanted = (figure, subject, period)
    for each in _section(k)["figures"]:
        if (each["figure"], each["subject"], each["period"]) == wanted:
            return dict(each)
    known = [f"{x['figure']}/{x['subject']}/{x['period']}" for x in _section(k)["figures"]]
    raise unknown("figure about anonymity", "/".join(wanted), known)


def _subjects(k: Kit, figure: str) -> list[str]:
    found = [x["subject"] for x in _section(k).get("figures", []) if x["figure"] == figure]
    return list(dict.fromkeys(found))


def _count(k: Kit, *where: str, strict: bool = False) -> str:
    """Return a count of people in words: none, about so many, or fewer than the threshold."""
    found = _figure(k, *where)
    if found["status"] == UNDER:
        return _word(k, "under", least=_least(k, strict=strict))
    if not found["value"]:
        return _word(k, "none")
    return _word(k, "about", value=_told(k, k.count(found["value"]), found))


def _smallest(k: Kit, subject: str) -> str:
    found = _figure(k, "k", subject)
    if found["status"] == UNDER:
        return _word(k, "under", least=_least(k))
    return _told(k, k.count(found["value"]), found)


def _told(k: Kit, text: str, found: dict[str, Any]) -> str:
    """Mark a figure about anonymity with what it is about."""
    return k.mark(text, Fact(ANONYMITY, (found["figure"], found["subject"], found["period"])))


def _least(k: Kit, *, strict: bool = False) -> str:
    return k.threshold("sensitive_minimum_count" if strict else "minimum_count")


def _traits(k: Kit, subject: str) -> str:
    return ", ".join(say("traits", name, k.lang) for name in subject.split(", "))


def _steps(k: Kit, subject: str) -> str:
    if not subject:
        return say("steps", "as_recorded", k.lang)
    said = []
    for each in subject.split(", "):
        column, step = each.split(": ")
        # left out, not only made less exact
        trait = say("traits", "age" if column == "age_years" else column, k.lang)
        said.append(say("steps", step, k.lang, trait=trait))
    return ", ".join(said)


def _list(texts: list[str]) -> Markdown:
    return Markdown("\n".join(f"- {escape(text)}" for text in texts))


def _cells(k: Kit) -> dict[str, str]:
    """Return how many cells there are in all tables, and how many of them are hidden."""
    tables = list(k.manifest["tables"].values())
    counts = {"cells": "rows", "hidden": "hidden"}
    return {
        name: k.mark(k.count(sum(each[at] for each in tables)), Fact(COUNT, (at, "all")))
        for name, at in counts.items()
    }


# -- texts ---------------------------------------------------------------------------------------
def short(k: Kit) -> list[str]:
    """What leaves, what stays inside, and who decides."""
    main = _section(k)["main"]
    out = {
        "tables": k.mark(k.count(len(k.manifest["tables"])), Fact(COUNT, ("tables",))),
        **_cells(k),
    }
    inside = {
        "people": _count(k, "people"),
        "traits": _traits(k, main),
        "uniques": _count(k, "uniques", main),
    }
    return [
        _word(k, "short_out", **out),
        _word(k, "short_in", **inside),
        _word(k, "short_ask"),
    ]


def singling_out(k: Kit) -> list[str]:
    """Can a person be isolated?"""
    full = _section(k)["known_together"][FULL]
    bounds = {
        "traits": _traits(k, full),
        "any": _count(k, "uniques_match_any", full),
        "none": _count(k, "uniques_match_none", full),
    }
    return [
        _word(k, "single_out", least=_least(k), strict=_least(k, strict=True), **_cells(k)),
        _word(k, "single_in"),
        _word(k, "single_missing", **bounds),
    ]


def linkability(k: Kit) -> list[str]:
    """Can records of one person be joined?"""
    exact = _section(k)["known_together"][EXACT]
    words = {"traits": _traits(k, exact), "uniques": _count(k, "uniques", exact)}
    said = [_word(k, "link_out"), _word(k, "link_code"), _word(k, "link_list", **words)]
    return [*said, _word(k, "link_sure")] if _subjects(k, "linked") else said


def inference(k: Kit) -> list[str]:
    """Can something be deduced of somebody?"""
    said = [_word(k, "infer_out")]
    if not _subjects(k, "known"):
        return [*said, _word(k, "infer_none")]
    traits = _traits(k, _section(k)["main"])
    return [*said, _word(k, "infer_what", traits=traits), _word(k, "infer_read")]


def steps(k: Kit) -> list[str]:
    """What would suffice, and what it would cost."""
    if not _subjects(k, "step_uniques"):
        return [k.word("no_data")]
    traits = ", ".join(say("traits", name, k.lang) for name in _section(k)["ladders"])
    said = [_word(k, "steps_what", traits=traits)]
    best = _subjects(k, "suggested_uniques")
    said += [_word(k, "steps_best", least=_least(k), steps=_steps(k, each)) for each in best]
    said += [] if best else [_word(k, "steps_never", least=_least(k))]
    for each in _subjects(k, "suggested_with_loss_uniques"):
        values = {
            "share": k.plain(k.percent(_section(k)["left_out_share"], 0), "threshold"),
            "steps": _steps(k, each),
            "left": _count(k, "suggested_with_loss_records_under", each),
        }
        said.append(_word(k, "steps_loss", **values))
    return said


def over_time(k: Kit) -> list[str]:
    """What the table of quarters shows."""
    return [_word(k, "time_what", traits=_traits(k, _section(k)["main"]))]


def not_covered(k: Kit) -> list[str]:
    """What no figure of the page says."""
    keys = ("answers", "insiders", "households", "releases", "others", "legal")
    return [_word(k, f"not_{key}") for key in keys]


def method(k: Kit) -> list[str]:
    """How it was counted."""
    limits = {"least": _least(k), "strict": _least(k, strict=True)}
    return [_word(k, "method_round", **limits), _word(k, "method_names"), _word(k, "method_codes")]


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
    if not _section(k) and part != "not_covered":
        return Markdown(_word(k, "absent"))
    return _list(PARTS[part](k))


# -- tables --------------------------------------------------------------------------------------
def sets(k: Kit) -> Markdown:
    """One row a set of characteristics that an onlooker may know together."""
    heads = [_word(k, "known"), _word(k, "smallest"), _word(k, "alone")]
    heads.append(_word(k, "in_small", least=_least(k)))
    rows = [
        [
            _traits(k, each),
            _smallest(k, each),
            _count(k, "uniques", each),
            _count(k, "records_under", each),
        ]
        for each in _section(k).get("known_together", [])
    ]
    return _table(k, heads, rows)


def sensitive(k: Kit) -> Markdown:
    """One row a sensitive datum: of how many known, for how many given away, variety, distance."""
    heads = [
        _word(k, x) for x in ("sensitive", "known_of", "homogeneous", "diversity", "closeness")
    ]
    rows = []
    for each in _subjects(k, "known"):
        row = [say("traits", each, k.lang), _count(k, "known", each, strict=True)]
        if _figure(k, "known", each)["status"] == "released":
            entropy, distinct, distance = (
                _figure(k, name, each) for name in ("entropy_l", "distinct_l", "t")
            )
            within = _told(k, number(entropy["value"], 1, k.lang), entropy)
            row += [
                _count(k, "homogeneous", each, strict=True),
                f"{_told(k, k.count(distinct['value']), distinct)} ({within})",
                _told(k, number(distance["value"], 1, k.lang), distance),
            ]
        else:
            row += [k.word("not_shown")] * 3
        rows.append(row)
    return _table(k, heads, rows)


def links(k: Kit) -> Markdown:
    """One row a degree of certainty of the codes, and the people who have such a one."""
    heads = [_word(k, "link_level"), _word(k, "people")]
    rows = [
        [_word(k, f"link_{each}"), _count(k, "linked", each)] for each in _subjects(k, "linked")
    ]
    return _table(k, heads, rows)


def changes(k: Kit) -> Markdown:
    """One row a step that makes one datum coarser."""
    heads = [_word(k, "change"), _word(k, "alone"), _word(k, "in_small", least=_least(k))]
    rows = [
        [_steps(k, each), _count(k, "step_uniques", each), _count(k, "step_records_under", each)]
        for each in _subjects(k, "step_uniques")
    ]
    return _table(k, heads, rows)


def quarters(k: Kit) -> Markdown:
    """One row a quarter: people known by its end, and how many are alone."""
    main = _section(k).get("main", "")
    heads = [k.word("quarter"), _word(k, "people"), _word(k, "alone")]
    heads.append(_word(k, "in_small", least=_least(k)))
    rows = []
    for each in _section(k).get("figures", []):
        if each["figure"] != "people" or each["period"] == "all":
            continue
        period = each["period"]
        row = [k.plain(short_quarter(period, k.lang), "period"), _count(k, "people", main, period)]
        shown = bool(each["value"])
        names = ("uniques", "records_under")
        row += [_count(k, x, main, period) if shown else k.word("not_shown") for x in names]
        rows.append(row)
    return _table(k, heads, rows)


def _table(k: Kit, heads: list[str], rows: list[list[str]]) -> Markdown:
    empty = [k.word("no_data"), *("–" for _ in heads[1:])]
    return pipe(heads, rows or [empty])


#: What ``k.table(name)`` knows besides the tables of released numbers.
TABLES: dict[str, Callable[..., Markdown]] = {
    "anonymity_sets": sets,
    "anonymity_links": links,
    "anonymity_sensitive": sensitive,
    "anonymity_steps": changes,
    "anonymity_quarters": quarters,
}
