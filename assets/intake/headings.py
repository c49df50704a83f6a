"""From a partner's headings to our columns: every heading is known, and every known one is there once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assets.errors import DeliveryRefused
from assets.intake.grid import letter, position_of, tidy
from assets.intake.named_headings import SEPARATOR, Headings, Place
from assets.intake.question_places import BlockPlaces, block_places
from schemas.config import nearest
from schemas.source import Source

#: How many unknown columns are named, and how long a heading may be to be repeated.
_MOST_NAMED = 8
_LONGEST_SAID = 80


@dataclass(frozen=True)
class Mapping:
    """All places of a file.

    Attributes
    ----------
    columns
        Our column -> its place.
    questions
        The places of each block of questions.
    counts
        Places of monthly counts (the name is the service code).
    """

    columns: dict[str, Place]
    questions: list[BlockPlaces]
    counts: list[Place]

    def places(self) -> list[Place]:
        """Return every place, in order of position."""
        found = [*self.columns.values(), *self.counts]
        for block in self.questions:
            found.extend(block.places())
        return sorted(found, key=lambda place: (place.position, place.name))


@dataclass(frozen=True)
class Wanted:
    """The headings that a source looks for; the row that holds most of them is the heading."""

    source: Source
    wishes: list[list[str]]

    @property
    def most(self) -> int:
        """How many headings are looked for."""
        return len(self.wishes)

    def score(self, headings: list[str], rows_n: int = 1) -> int:
        """Return how many of the headings looked for are there, in a heading of so many rows."""
        return self.most - len(_unfulfilled(headings, self.wishes, range(1, rows_n + 1)))

    def require(self, headings: list[str], rows: Sequence[int]) -> None:
        """Refuse headings that do not hold half of those looked for.

        None of them is quoted, because the row may be a person's.

        Raises
        ------
        DeliveryRefused
            ``column.no_heading``.
        """
        if is_heading_row(headings, self.source, rows):
            return
        without, _ = lacking(headings, self.source, rows)
        raise DeliveryRefused(
            "column.no_heading",
            row=rows[-1] if rows else 1,
            name=SEPARATOR.join(without[0]),
            count=len(without),
        )


def wanted_of(source: Source) -> Wanted | None:
    """Return what a source looks for among headings; ``None`` where it goes by letters alone."""
    wishes = _wishes(source)
    return Wanted(source, wishes) if wishes else None


def resolve(
    headings: list[str], filled: list[bool], source: Source, header_rows: int | Sequence[int]
) -> Mapping:
    """Map the headings that ``find_table`` found to our columns.

    Parameters
    ----------
    headings
        Text of the heading row by position, '' where empty.
    filled
        Whether the column below holds any cell; an empty column without heading is nothing.
    header_rows
        The row, or rows, they stand in.

    Raises
    ------
    DeliveryRefused
        A column missing, unknown or doubled.
    """
    # A source that goes by letters alone cannot tell a heading from a person's row: none is kept.
    rows = [header_rows] if isinstance(header_rows, int) else list(header_rows)
    is_quotable = is_heading_row(headings, source, rows)
    named = Headings(headings, rows, is_quotable=is_quotable)
    mapping = Mapping(
        columns=_columns(named, source, len(filled)),
        questions=[block_places(named, each, source.optional_items) for each in source.questions],
        counts=_counts(named, source),
    )
    _refuse_shared(mapping)
    _refuse_unmapped(named, filled, source, mapping)
    return mapping


def loosely(headings: list[str], source: Source) -> dict[int, str]:
    """Return position -> our column where that is plain, raising nothing; for the identifier gate."""
    named = Headings(headings)
    found = {}
    for name, column in source.columns.items():
        if column.letter is not None:
            found[position_of(column.letter)] = name
        for wanted in _alternatives(column.heading):
            found.update(dict.fromkeys(named.matching(wanted), name))
    for heading in source.counts.values():
        found.update(dict.fromkeys(named.matching(heading), "contact_n"))
    return found


def ignored(headings: list[str], patterns: Iterable[str]) -> set[int]:
    """Return the positions that a source leaves unread by name; a bare ``*`` names none."""
    named = Headings(headings)
    return {at for each in patterns if each.strip("* ") for at in named.matching(each)}


def lacking(
    headings: list[str], source: Source, rows: Sequence[int] = (1,)
) -> tuple[list[list[str]], int]:
    """Return the wishes of a source that no heading fits, and how many wishes it has."""
    wishes = _wishes(source)
    return _unfulfilled(headings, wishes, rows), len(wishes)


def _wishes(source: Source) -> list[list[str]]:
    """Return what a source looks for among headings: each wish with its alternatives."""
    wishes = [_alternatives(column.heading) for column in source.columns.values() if column.heading]
    for block in source.questions:
        wishes += list(block.headings())
    return wishes + [[each] for each in source.counts.values()]


def _unfulfilled(
    headings: list[str], wishes: list[list[str]], rows: Sequence[int]
) -> list[list[str]]:
    """Return the wishes that no heading fits."""
    named = Headings(headings, rows)
    return [wish for wish in wishes if not any(named.matching(each) for each in wish)]


def is_heading_row(headings: list[str], source: Source, rows: Sequence[int] = (1,)) -> bool:
    """Say whether at least half of the headings a source looks for are there.

    Otherwise the row may be a person's (the heading was cut off), and none of it is repeated.
    """
    without, wishes_n = lacking(headings, source, rows)
    return 0 < wishes_n >= len(without) * 2


def _alternatives(heading: str | list[str] | None) -> list[str]:
    if heading is None:
        return []
    return [heading] if isinstance(heading, str) else heading


def _columns(named: Headings, source: Source, width: int) -> dict[str, Place]:
    found = {}
    for name, column in source.columns.items():
        if column.letter is not None:
            at: int | None = position_of(column.letter)
            if at is not None and at >= width:
                if column.optional:
                    continue
                raise DeliveryRefused(
                    "column.missing", name=column.letter, row=named.header_row, nearest="-"
                )
        elif column.heading is not None:
            at = named.one(_alternatives(column.heading), optional=column.optional)
        else:
            continue  # a constant stands nowhere in the file
        if at is not None:
            found[name] = named.place(name, at)
    return found


def _counts(named: Headings, source: Source) -> list[Place]:
    places = []
    for service, heading in source.counts.items():
        at = named.one([heading])
        assert at is not None
        places.append(named.place(service, at))
    return places


def _refuse_shared(mapping: Mapping) -> None:
    """Two columns of ours may read one heading (a date that gives a wave); two items may not."""
    seen: dict[int, str] = {}
    items = [*mapping.counts]
    for block in mapping.questions:
        items.extend(block.places())
    for place in items:
        if place.position in seen:
            raise DeliveryRefused("column.doubled", name=place.heading, letters=place.letter)
        seen[place.position] = place.name


def _refuse_unmapped(named: Headings, filled: list[bool], source: Source, mapping: Mapping) -> None:
    used = {place.position for place in mapping.places()}
    used.update(at for pattern in source.ignore for at in named.matching(pattern))
    unknown = [
        at
        for at in range(len(filled))
        if at not in used and (filled[at] or (at < len(named.shown) and named.tidied[at]))
    ]
    if not unknown:
        return
    said = _said(named, unknown, used, source)
    wishes = [each for column in source.columns.values() for each in _alternatives(column.heading)]
    known = {tidy(each): each for each in [*wishes, *source.ignore]}
    shown = [named.tidied[at] for at in unknown if at < len(named.tidied)]
    near = next(filter(None, (nearest(each, list(known)) for each in shown)), None)
    raise DeliveryRefused(
        "column.unmapped", name=said, nearest=known[near] if near is not None else "-"
    )


def _said(named: Headings, unknown: list[int], used: set[int], source: Source) -> str:
    """Name columns by letter, and by heading where that is surely no person.

    A table with more unknown columns than known ones may have a column for each person.
    """
    is_quotable = named.is_quotable and len(unknown) <= max(len(used), 1)
    codes = [column.pattern for column in source.columns.values() if column.pattern]
    shown = []
    for at in unknown[:_MOST_NAMED]:
        heading = " ".join(named.shown[at].split()) if at < len(named.shown) else ""
        is_code = any(re.fullmatch(pattern, heading) for pattern in codes)
        is_said = is_quotable and heading and len(heading) <= _LONGEST_SAID and not is_code
        shown.append(f"«{heading}» ({letter(at)})" if is_said else letter(at))
    more = f" (+{len(unknown) - _MOST_NAMED})" if len(unknown) > _MOST_NAMED else ""
    return ", ".join(shown) + more
