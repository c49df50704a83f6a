"""The headings of one file, and where a wished one stands among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from assets.errors import DeliveryRefused
from assets.intake.grid import letter, tidy
from schemas.config import nearest

#: Between the parts of a heading that stands in more than one row.
SEPARATOR = " / "


@dataclass(frozen=True)
class Place:
    """Where one of our columns, items or counts stands in the file; ``position`` counts from 0."""

    name: str
    position: int
    heading: str

    @property
    def letter(self) -> str:
        """Column letter as Excel shows it."""
        return letter(self.position)


class Headings:
    """The headings of one file, with what each wish found among them."""

    def __init__(
        self, headings: list[str], rows: Sequence[int] = (1,), *, is_quotable: bool = True
    ) -> None:
        self.shown = headings
        self.is_quotable = is_quotable
        self.tidied = [tidy(each) for each in headings]
        self.last = [each.rpartition(SEPARATOR)[2] for each in self.tidied] if len(rows) > 1 else []
        self.header_row = rows[-1] if rows else 1
        self._places, self._last_places = _by_text(self.tidied), _by_text(self.last)

    def matching(self, wanted: str) -> list[int]:
        """Return positions whose heading equals ``wanted``; ``*`` in it stands for any text.

        Of a heading in several rows the last part is enough where no other column has it.
        """
        found = _fitting(self._places, wanted)
        if found or not self.last:
            return found
        found = _fitting(self._last_places, wanted)
        return found if len(found) == 1 else []

    def one(self, wanted: Iterable[str], *, optional: bool = False) -> int | None:
        """Return the position of the one heading that fits; alternatives are form versions."""
        asked = list(wanted)
        found = sorted({at for each in asked for at in self.matching(each)})
        name = " / ".join(asked)
        if len(found) > 1:
            letters = ", ".join(letter(at) for at in found)
            raise DeliveryRefused("column.doubled", name=name, letters=letters)
        if found:
            return found[0]
        if optional:
            return None
        shown = [each for each in self.shown if each]
        near = nearest(tidy(asked[0]), [tidy(each) for each in shown])
        known = {tidy(each): each for each in shown}
        raise DeliveryRefused(
            "column.missing",
            name=name,
            row=self.header_row,
            nearest=known[near] if near else "-",
        )

    def place(self, name: str, position: int) -> Place:
        """Return the place of our column at a position."""
        is_kept = self.is_quotable and position < len(self.shown)
        shown = self.shown[position] if is_kept else ""
        return Place(name, position, " ".join(shown.split()))


def _by_text(tidied: list[str]) -> dict[str, list[int]]:
    """Return the positions of each heading that is not empty."""
    found: dict[str, list[int]] = {}
    for at, each in enumerate(tidied):
        if each:
            found.setdefault(each, []).append(at)
    return found


def _fitting(places: dict[str, list[int]], wanted: str) -> list[int]:
    """Return where the headings stand that a wish fits; most wishes are plain text, looked up."""
    text, pattern = _wish(wanted)
    if pattern is None:
        return list(places.get(text, ()))
    return sorted(at for each, found in places.items() if pattern.match(each) for at in found)


@cache
def _wish(wanted: str) -> tuple[str, re.Pattern[str] | None]:
    """Return a wish as headings are compared, and as a pattern where ``*`` stands in it."""
    text = tidy(wanted)
    if "*" not in text:
        return text, None
    return text, re.compile(r"\A" + ".*".join(map(re.escape, text.split("*"))) + r"\Z")
