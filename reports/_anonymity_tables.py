"""The tables of the page about anonymity."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reports._anonymity_figures import (
    figure,
    least,
    people,
    section,
    smallest,
    step_names,
    subjects,
    told,
    traits,
    word,
)
from reports._numbers import number, short_quarter
from reports._tables import Markdown, pipe
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit


def sets(k: Kit) -> Markdown:
    """One row a set of characteristics that an onlooker may know together."""
    heads = [word(k, "known"), word(k, "smallest"), word(k, "alone")]
    heads.append(word(k, "in_small", least=least(k)))
    rows = [
        [
            traits(k, each),
            smallest(k, each),
            people(k, "uniques", each),
            people(k, "records_under", each),
        ]
        for each in section(k).get("known_together", [])
    ]
    return _table(k, heads, rows)


def sensitive(k: Kit) -> Markdown:
    """One row a sensitive datum: of how many known, for how many given away, variety, distance."""
    heads = [word(k, x) for x in ("sensitive", "known_of", "homogeneous", "diversity", "closeness")]
    rows = []
    for each in subjects(k, "known"):
        row = [say("traits", each, k.lang), people(k, "known", each, strict=True)]
        if figure(k, "known", each)["status"] == "released":
            entropy, distinct, distance = (
                figure(k, name, each) for name in ("entropy_l", "distinct_l", "t")
            )
            within = told(k, number(entropy["value"], 1, k.lang), entropy)
            row += [
                people(k, "homogeneous", each, strict=True),
                f"{told(k, k.count(distinct['value']), distinct)} ({within})",
                told(k, number(distance["value"], 1, k.lang), distance),
            ]
        else:
            row += [k.word("not_shown")] * 3
        rows.append(row)
    return _table(k, heads, rows)


def links(k: Kit) -> Markdown:
    """One row a degree of certainty of the codes, and the people who have such a one."""
    heads = [word(k, "link_level"), word(k, "people")]
    rows = [[word(k, f"link_{each}"), people(k, "linked", each)] for each in subjects(k, "linked")]
    return _table(k, heads, rows)


def changes(k: Kit) -> Markdown:
    """One row a step that makes one datum coarser."""
    heads = [word(k, "change"), word(k, "alone"), word(k, "in_small", least=least(k))]
    rows = [
        [
            step_names(k, each),
            people(k, "step_uniques", each),
            people(k, "step_records_under", each),
        ]
        for each in subjects(k, "step_uniques")
    ]
    return _table(k, heads, rows)


def quarters(k: Kit) -> Markdown:
    """One row a quarter: people known by its end, and how many are alone."""
    main = section(k).get("main", "")
    heads = [k.word("quarter"), word(k, "people"), word(k, "alone")]
    heads.append(word(k, "in_small", least=least(k)))
    rows = []
    for each in section(k).get("figures", []):
        if each["figure"] != "people" or each["period"] == "all":
            continue
        period = each["period"]
        row = [k.plain(short_quarter(period, k.lang), "period"), people(k, "people", main, period)]
        shown = bool(each["value"])
        names = ("uniques", "records_under")
        row += [people(k, x, main, period) if shown else k.word("not_shown") for x in names]
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
