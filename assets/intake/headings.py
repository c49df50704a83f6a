"""From a partner's headings to our columns: every heading is known, and every known one is there once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assets.errors import DeliveryRefused
from assets.intake.grid import letter, position_of, tidy
from schemas.config import nearest
from schemas.questions import Questions
from schemas.source import Source

#: How many unknown columns are named, and how long a heading may be to be repeated.
_MOST_NAMED = 8
_LONGEST_SAID = 80


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


@dataclass(frozen=True)
class Mapping:
    """All places of a file.

    Attributes
    ----------
    columns
        Our column -> its place.
    items
        Per block of questions, the places of its items (the name is the item code).
    options
        Per block, base -> the places of the options of a multiple choice.
    counts
        Places of monthly counts (the name is the service code).
    """

    columns: dict[str, Place]
    items: list[list[Place]]
    options: list[dict[str, list[Place]]]
    counts: list[Place]

    def places(self) -> list[Place]:
        """Return every place, in order of position."""
        found = [*self.columns.values(), *self.counts]
        for block in self.items:
            found.extend(block)
        for several in self.options:
            for options in several.values():
                found.extend(options)
        return sorted(found, key=lambda place: (place.position, place.name))


class _Headings:
    """The headings of one file, with what each wish found among them."""

    def __init__(self, headings: list[str], header_row: int, *, is_quotable: bool = True) -> None:
        self.shown = headings
        self.is_quotable = is_quotable
        self.tidied = [tidy(each) for each in headings]
        self.header_row = header_row

    def matching(self, wanted: str) -> list[int]:
        """Return positions whose heading equals ``wanted``; ``*`` in it stands for any text."""
        pattern = re.compile(
            r"\A" + ".*".join(re.escape(part) for part in tidy(wanted).split("*")) + r"\Z"
        )
        return [at for at, each in enumerate(self.tidied) if each and pattern.match(each)]

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


def resolve(headings: list[str], filled: list[bool], source: Source, header_row: int) -> Mapping:
    """Map a file's headings, once ``require_heading_row`` let them through, to our columns.

    Parameters
    ----------
    headings
        Text of the heading row by position, '' where empty.
    filled
        Whether the column below holds any cell; an empty column without heading is nothing.

    Raises
    ------
    DeliveryRefused
        A column missing, unknown or doubled.
    """
    # A source that goes by letters alone cannot tell a heading from a person's row: none is kept.
    is_quotable = is_heading_row(headings, source)
    named = _Headings(headings, header_row, is_quotable=is_quotable)
    mapping = Mapping(
        columns=_columns(named, source, len(headings)),
        items=[_items(named, block) for block in source.questions],
        options=[_options(named, block) for block in source.questions],
        counts=_counts(named, source),
    )
    _refuse_shared(mapping)
    _refuse_unmapped(named, filled, source, mapping)
    return mapping


def loosely(headings: list[str], source: Source) -> dict[int, str]:
    """Return position -> our column where that is plain, raising nothing; for the identifier gate."""
    named = _Headings(headings, 1)
    found = {}
    for name, column in source.columns.items():
        if column.letter is not None:
            found[position_of(column.letter)] = name
        for wanted in _alternatives(column.heading):
            found.update(dict.fromkeys(named.matching(wanted), name))
    for heading in source.counts.values():
        found.update(dict.fromkeys(named.matching(heading), "contact_n"))
    return found


def lacking(headings: list[str], source: Source) -> tuple[list[list[str]], int]:
    """Return the wishes of a source that no heading fits, and how many wishes it has."""
    named = _Headings(headings, 1)
    wishes = [_alternatives(column.heading) for column in source.columns.values() if column.heading]
    for block in source.questions:
        wishes += [[each] for each in (*block.items.values(), *block.several.values())]
    wishes += [[each] for each in source.counts.values()]
    return [w for w in wishes if not any(named.matching(each) for each in w)], len(wishes)


def is_heading_row(headings: list[str], source: Source) -> bool:
    """Say whether at least half of the headings a source looks for are there.

    Otherwise the row may be a person's (the heading was cut off), and none of it is repeated.
    """
    without, wishes_n = lacking(headings, source)
    return 0 < wishes_n >= len(without) * 2


def require_heading_row(headings: list[str], source: Source) -> None:
    """Refuse a row that does not hold half of the headings looked for.

    None of it is quoted, because it may be a person's. This comes before rows are counted: a wrong
    row or delimiter makes every other row look ragged.

    Raises
    ------
    DeliveryRefused
        ``column.no_heading``; an empty row is left to whoever cuts the table.
    """
    without, wishes_n = lacking(headings, source)
    if not wishes_n or not any(headings) or is_heading_row(headings, source):
        return  # a source that goes by letters alone looks for no heading
    raise DeliveryRefused(
        "column.no_heading",
        row=source.reader.header_row,
        name=" / ".join(without[0]),
        count=len(without),
    )


def _alternatives(heading: str | list[str] | None) -> list[str]:
    if heading is None:
        return []
    return [heading] if isinstance(heading, str) else heading


def _columns(named: _Headings, source: Source, width: int) -> dict[str, Place]:
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


def _items(named: _Headings, block: Questions) -> list[Place]:
    places = []
    for item, heading in block.items.items():
        at = named.one([heading])
        assert at is not None  # only an optional wish may find nothing
        places.append(named.place(item, at))
    return places


def _options(named: _Headings, block: Questions) -> dict[str, list[Place]]:
    found = {}
    for base, heading in block.several.items():
        positions = named.matching(heading)
        if not positions:
            named.one([heading])
        found[base] = [named.place(f"{base}[{_option(named, at)}]", at) for at in positions]
    return found


def _option(named: _Headings, position: int) -> str:
    """Return the text in the last square brackets; brackets may stand inside it."""
    shown = " ".join(named.shown[position].split())
    if not shown.endswith("]"):
        return shown
    depth = 0
    for at in range(len(shown) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(shown[at], 0)
        if depth == 0:
            return shown[at + 1 : -1]
    return shown


def _counts(named: _Headings, source: Source) -> list[Place]:
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
    for block in mapping.items:
        items.extend(block)
    for several in mapping.options:
        for options in several.values():
            items.extend(options)
    for place in items:
        if place.position in seen:
            raise DeliveryRefused("column.doubled", name=place.heading, letters=place.letter)
        seen[place.position] = place.name


def _refuse_unmapped(
    named: _Headings, filled: list[bool], source: Source, mapping: Mapping
) -> None:
    used = {place.position for place in mapping.places()}
    used.update(at for pattern in source.ignore for at in named.matching(pattern))
    unknown = [
        at
        for at in range(len(filled))
        if at not in used and (filled[at] or (at < len(named.shown) and named.shown[at]))
    ]
    if not unknown:
        return
    said = _said(named, unknown, used, source)
    wishes = [each for column in source.columns.values() for each in _alternatives(column.heading)]
    known = {tidy(each): each for each in [*wishes, *source.ignore]}
    near = next(filter(None, (nearest(named.tidied[at], list(known)) for at in unknown)), None)
    raise DeliveryRefused(
        "column.unmapped", name=said, nearest=known[near] if near is not None else "-"
    )


def _said(named: _Headings, unknown: list[int], used: set[int], source: Source) -> str:
    """Name columns by letter, and by heading where that is surely no person.

    A table with more unknown columns than known ones may have a column for each person.
    """
    is_quotable = is_heading_row(named.shown, source) and len(unknown) <= max(len(used), 1)
    codes = [column.pattern for column in source.columns.values() if column.pattern]
    shown = []
    for at in unknown[:_MOST_NAMED]:
        heading = " ".join(named.shown[at].split())
        is_code = any(re.fullmatch(pattern, heading) for pattern in codes)
        is_said = is_quotable and heading and len(heading) <= _LONGEST_SAID and not is_code
        shown.append(f"«{heading}» ({letter(at)})" if is_said else letter(at))
    more = f" (+{len(unknown) - _MOST_NAMED})" if len(unknown) > _MOST_NAMED else ""
    return ", ".join(shown) + more
