"""Who is reached and who is not: the people reached beside the declared residents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports import _numbers
from reports._dashboard_words import word
from reports._findings import bullets
from reports._released import TOTAL, UNKNOWN, Cell
from reports._tables import Markdown, level_cells

if TYPE_CHECKING:
    from reports.kit import Kit

#: Differences in shares of fewer points than these are called alike.
GAP_POINTS = 5


@dataclass(frozen=True)
class Group:
    """A group of the population: its share of the residents, and of the people reached if known."""

    label: str
    residents: float
    reached: float | None
    cells: tuple[Cell, ...]

    @property
    def points(self) -> float | None:
        """Return how many points more of the people reached than of the residents."""
        return None if self.reached is None else (self.reached - self.residents) * 100


def groups(k: Kit, population: Mapping[str, Any]) -> list[Group]:
    """Return the groups of a declared population beside the people reached, of known ones.

    A share is known where the total, those not known, and every level of the group are shown, and
    at least ``small_base`` people are known.
    """
    found = {c.level_1: c for c in level_cells(k, "reached_n", population["by"], "", k.period)}
    everybody = sum(each["residents"] for each in population["groups"])
    base = [found[x] for x in (TOTAL, UNKNOWN) if x in found]
    known = None
    if TOTAL in found and all(c.value is not None for c in base):
        lost = found[UNKNOWN].value if UNKNOWN in found else 0
        known = (found[TOTAL].value or 0) - (lost or 0)
    made = []
    for each in population["groups"]:
        mine = [found.get(level) for level in each["levels"]]
        cells = tuple(c for c in mine if c is not None)
        is_known = known is not None and known >= k.small_base and len(cells) == len(mine)
        is_known = is_known and all(c.value is not None for c in cells)
        reached = sum(c.value or 0 for c in cells) / known if is_known and known else None
        residents = each["residents"] / everybody
        made.append(Group(k.text_of(each), residents, reached, (*cells, *base)))
    return made


def share_of_reached(k: Kit, group: Group) -> str:
    """Return a group's share of the people reached as text."""
    if group.reached is None:
        return k.mark(k.word("not_shown_short"), *group.cells)
    return k.mark(k.percent(group.reached, 0), *group.cells)


def share_of_residents(k: Kit, group: Group) -> str:
    """Return a group's share of the residents as text: declared, not measured."""
    return k.plain(k.percent(group.residents, 0), "source")


def named(k: Kit, found: list[Group]) -> str:
    """Return groups by name with their share of the people reached and of the residents."""
    return "; ".join(
        word(
            k,
            "group",
            label=each.label,
            share=share_of_reached(k, each),
            residents=share_of_residents(k, each),
        )
        for each in found
    )


def parted_groups(found: list[Group]) -> dict[str, list[Group]]:
    """Return the groups by what may be said of them; fewer than ``GAP_POINTS`` apart is alike."""
    known = [(each, each.points) for each in found]
    return {
        "over": [g for g, points in known if points is not None and points >= GAP_POINTS],
        "under": [g for g, points in known if points is not None and points <= -GAP_POINTS],
        "alike": [g for g, points in known if points is not None and abs(points) < GAP_POINTS],
        "incomparable": [g for g, points in known if points is None],
    }


def population(k: Kit) -> Markdown:
    """Who is more and who is less present than in the neighbourhood, and what is not known."""
    said = _rates(k)
    declared = k.manifest.get("population") or []
    for each in declared:
        parted = parted_groups(groups(k, each))
        said += _presence(k, parted, ("under", "over", "alike"))
        if parted["incomparable"]:
            names = ", ".join(g.label for g in parted["incomparable"])
            said.append(word(k, "incomparable", list=names))
        note = f" {k.text_of(each['note'])}." if each.get("note") else ""
        source = k.plain(each["source"], "source")
        said.append(word(k, "population_caveat", places=places(k, each), source=source) + note)
    if not said:
        return Markdown(word(k, "no_population"))
    have = {each["by"] for each in declared}
    for by in ("age_band", "gender_code"):
        if by not in have:
            said.append(word(k, "absent_by", by=k.label("dimension", by).lower()))
    return bullets(said)


def _presence(k: Kit, parted: Mapping[str, list[Group]], asked: Sequence[str]) -> list[str]:
    """One sentence for the groups of each kind that has some."""
    gap = k.plain(str(GAP_POINTS), "threshold")
    return [word(k, key, list=named(k, parted[key]), gap=gap) for key in asked if parted[key]]


def over_and_under(k: Kit) -> list[str]:
    """Return who is more and who is less present than in the neighbourhood: those missing last."""
    parted = [parted_groups(groups(k, each)) for each in k.manifest.get("population") or []]
    return [
        text for key in ("over", "under") for each in parted for text in _presence(k, each, [key])
    ]


def places(k: Kit, declared: Mapping[str, Any]) -> str:
    """Return the neighbourhoods of a declared population by name."""
    return ", ".join(k.label("neighbourhood_code", code) for code in declared["neighbourhoods"])


def _rates(k: Kit) -> list[str]:
    """People reached per 100 residents, of each neighbourhood whose residents are declared."""
    said = []
    cells = {c.level_1: c for c in level_cells(k, "reached_n", "neighbourhood_code", "", k.period)}
    for code, about in k.released.labels("neighbourhoods").items():
        residents, cell = about.get("residents"), cells.get(code)
        if not residents or cell is None or cell.value is None:
            continue
        share = k.mark(_numbers.number(cell.value / residents * 100, 1, k.lang), cell)
        words = {"place": k.label("neighbourhood_code", code), "value": k.shown(cell)}
        words |= {"residents": k.plain(k.count(residents), "source"), "share": share}
        source = k.plain(about.get("residents_source") or "–", "source")
        said.append(word(k, "rate", source=source, **words))
    return said
