"""The main sentence of each section of the funder's page: what a reader sees before opening it.

Each is a sentence that the section says as well, or its figure in words; nothing is claimed here alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reports import _findings
from reports._dashboard import short_cost, short_target
from reports._dashboard_words import WHOLE, word
from reports._population import over_and_under, population
from reports._released import TOTAL, UNKNOWN, unknown
from reports._tables import Markdown, escape, largest, level_cells

if TYPE_CHECKING:
    from reports.kit import Kit

#: As many places as a line holds.
MOST_PLACES = 5


def brief(k: Kit, of: str = "") -> Markdown:
    """Return the main sentence of a section.

    Raises
    ------
    KitError
        No such section.
    """
    if of not in BRIEFS:
        raise unknown("section", of, BRIEFS)
    return _line(BRIEFS[of](k)) or Markdown(k.word("no_data_period"))


def _line(text: str) -> Markdown:
    """Return a sentence, or the first of a list of them."""
    if isinstance(text, Markdown):
        return Markdown(text.split("\n")[0].removeprefix("- "))
    return Markdown(escape(text))


def _who(k: Kit) -> str:
    said = over_and_under(k)
    return said[-1] if said else population(k)


def _places(k: Kit) -> str:
    found = level_cells(k, "reached_n", "neighbourhood_code", "", k.period)
    parts, _ = largest([c for c in found if c.level_1 not in (TOTAL, UNKNOWN)], MOST_PLACES)
    told = [f"{k.label(c.by_1, c.level_1)} {k.shown(c)}" for c in parts if c.level_1 != TOTAL]
    return word(k, "brief_places", list=", ".join(told)) if told else ""


def _changes(k: Kit) -> str:
    moved, still = _findings.told_apart(k, "score_change")
    said = [word(k, "brief_moved", list=_names(k, moved))] if moved else []
    said += [word(k, "brief_still", list=_names(k, still))] if still else []
    return " ".join(said) or k.word("no_scales")


def _compared(k: Kit) -> str:
    apart, alike = _findings.told_apart(k, "did_staggered")
    if apart:
        return word(k, "brief_apart", list=_names(k, apart))
    return word(k, "brief_alike") if alike else k.word("no_comparison_asked")


def _names(k: Kit, scales: list[str]) -> str:
    return ", ".join(k.label("scale", each) for each in scales)


def _rows(k: Kit) -> str:
    read = [c for c in k.released.of("rows_read_n") if c.by_2 == "dataset"]
    read = [c for c in read if TOTAL not in (c.level_1, c.level_2)]
    kept = [
        k.released.find("rows_accepted_n", "", c.period, {c.by_1: c.level_1, c.by_2: c.level_2})
        for c in read
    ]
    if not read or any(c is None or c.value is None for c in (*read, *kept)):
        return ""
    sums = [sum(c.value or 0 for c in some if c is not None) for some in (read, kept)]
    return word(
        k,
        "brief_rows",
        read=k.mark(k.count(sums[0]), *read),
        accepted=k.mark(k.count(sums[1]), *kept),
        share=k.mark(k.percent(sums[1] / sums[0]), *kept, *read) if sums[0] else "–",
    )


def _contacts(k: Kit) -> str:
    return k.sentence("contacts") if k.has("contacts_n", period=WHOLE) else ""


BRIEFS: dict[str, Callable[[Kit], str]] = {
    "targets": lambda k: short_target(k) or word(k, "no_targets"),
    "population": _who,
    "territory": _places,
    "done": lambda k: k.sentence("sessions") if k.has("sessions_n", period=k.period) else "",
    "attending": _findings.attending,
    "changes": _changes,
    "compared": _compared,
    "contacts": _contacts,
    "together": _findings.together,
    "costs": lambda k: short_cost(k) or word(k, "no_budget"),
    "quality": _rows,
}
TEXTS: dict[str, Callable[..., Markdown]] = {"brief": brief}
