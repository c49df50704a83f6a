"""Where the questions of a survey stand in a file: items, matrices, multiple choices, rankings."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from assets.errors import DeliveryRefused
from assets.intake.grid import letter
from assets.intake.named_headings import Headings, Place
from schemas.questions import Questions, alternatives

#: LimeSurvey's column for a remark on an option: free text, never an option itself.
_COMMENT = re.compile(r"\A\w+\[\w+comment\](?:\.|\Z)", re.IGNORECASE)


@dataclass(frozen=True)
class BlockPlaces:
    """The places of one block of questions.

    Attributes
    ----------
    items
        Named by item code; two places of one name are two versions of the form in one file.
    options
        Base -> places of the options of a multiple choice, named ``base[option]``.
    choices
        Base -> places of a multiple choice in one cell, named by the base.
    ranks
        Base -> places of the ranks of a ranking, named by the rank.
    """

    items: list[Place] = field(default_factory=list)
    options: dict[str, list[Place]] = field(default_factory=dict)
    choices: dict[str, list[Place]] = field(default_factory=dict)
    ranks: dict[str, list[Place]] = field(default_factory=dict)

    def places(self) -> list[Place]:
        """Return every place of the block."""
        found = list(self.items)
        for each in (self.options, self.choices, self.ranks):
            for places in each.values():
                found.extend(places)
        return found


def block_places(named: Headings, block: Questions, optional: Collection[str] = ()) -> BlockPlaces:
    """Find every question of a block among the headings of a file.

    Parameters
    ----------
    optional
        Items and bases that a declared version of the form lacks.

    Raises
    ------
    DeliveryRefused
        ``column.missing``, ``column.doubled``.
    """
    found = BlockPlaces()
    for item, heading in block.items.items():
        found.items.extend(_versions(named, item, alternatives(heading), item in optional))
    for base, pattern in block.matrix.items():
        for at in _several(named, [pattern], base in optional):
            star = _star(pattern, named.shown[at], first=True)
            found.items.append(named.place(f"{base}[{star}]", at))
    for base, heading in block.several.items():
        places = [
            named.place(f"{base}[{_option(named.shown[at], pattern)}]", at)
            for pattern in alternatives(heading)
            for at in _several(named, [pattern], True)
        ]
        if not places and base not in optional:
            named.one(alternatives(heading))
        found.options[base] = places
    for base, each in block.choices.items():
        found.choices[base] = _versions(named, base, alternatives(each.heading), base in optional)
    for base, rank in block.ranking.items():
        found.ranks[base] = [
            named.place(_star(rank.heading, named.shown[at], first=True), at)
            for at in _several(named, [rank.heading], base in optional)
        ]
    return found


def _versions(named: Headings, name: str, wanted: list[str], is_optional: bool) -> list[Place]:
    """Return one place for each heading that is there; each of them may stand there once."""
    found: list[int] = []
    for each in wanted:
        positions = [at for at in named.matching(each) if at not in found]
        if len(positions) > 1:
            letters = ", ".join(letter(at) for at in positions)
            raise DeliveryRefused("column.doubled", name=each, letters=letters)
        found.extend(positions)
    if not found and not is_optional:
        named.one(wanted)
    return [named.place(name, at) for at in found]


def _several(named: Headings, wanted: list[str], is_optional: bool) -> list[int]:
    fitting = {at for each in wanted for at in named.matching(each)}
    found = sorted(at for at in fitting if not _COMMENT.match(named.shown[at].strip()))
    if not found and not is_optional:
        named.one(wanted)
    return found


def _option(heading: str, pattern: str) -> str:
    """Return the option a column stands for: in the last square brackets, or at the last ``*``."""
    shown = " ".join(heading.split())
    if not shown.endswith("]"):
        return _star(pattern, shown, first=False) if "*" in pattern else shown
    depth = 0
    for at in range(len(shown) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(shown[at], 0)
        if depth == 0:
            return shown[at + 1 : -1]
    return shown


def _star(pattern: str, heading: str, *, first: bool) -> str:
    """Return the text that the first or the last ``*`` of a pattern stands for in a heading."""
    parts = [re.escape(" ".join(each.split())) for each in _padded(pattern)]
    shape = "(.*?)".join(parts[:-1]) + "(.*)" + parts[-1]
    shown = " ".join(heading.split())
    match = re.match(rf"\A\s*{shape}\s*\Z", shown, re.IGNORECASE)
    if match is None:  # a space beside the star was collapsed away
        return shown
    return match.group(1 if first else len(parts) - 1).strip()


def _padded(pattern: str) -> list[str]:
    """Cut a pattern at its stars; the spaces beside a star are left to the text it stands for."""
    return [each.strip() for each in pattern.split("*")]
