"""A table in, the same table out: codes for identifiers, bands for birth dates, no free text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from assets.coding.codes import code
from assets.coding.columns import ACTIONS, Action, heading_kind
from assets.coding.found import kinds_in, kinds_in_column
from assets.coding.keys import Key
from assets.coding.normalise import (
    Cell,
    age_on,
    day_of,
    name,
    name_words,
    register_number,
    tax_code,
    tax_code_kind,
    text_of,
)
from schemas.fields import AGE_BANDS


@dataclass(frozen=True)
class Plan:
    """What is to be done with a table.

    Attributes
    ----------
    actions
        One per column.
    on
        The day on which ages are counted; needed for ``birth_band``.
    register
        The register whose numbers ``register`` columns hold: it keeps 17 here from 17 there.
    """

    header: int
    actions: list[Action]
    programme: str
    on: date | None = None
    register: str = ""


@dataclass
class Coded:
    """The table as it may leave, and what a person should know; row numbers count from 1.

    Attributes
    ----------
    codes
        Code prefix -> number of cells.
    without_code, unchecked, unread_days
        Rows with no usable identifier; with a tax code whose check is wrong; with a birth date
        that could not be read (those cells are empty now).
    left
        (heading, kind) -> cells that still look like an identifier: while there are any, the
        table must not be written.
    """

    rows: list[list[Cell]]
    codes: Counter[str] = field(default_factory=Counter)
    without_code: list[int] = field(default_factory=list)
    unchecked: list[int] = field(default_factory=list)
    unread_days: list[int] = field(default_factory=list)
    left: dict[tuple[str, str], int] = field(default_factory=dict)


def rewrite(rows: list[list[Cell]], plan: Plan, key: Key) -> Coded:
    """Return the table from its heading down; rows above it (titles) are left out.

    The first ``tax_code`` column, else that of the surname or whole name, becomes "Codice persona". A row
    without a tax code gets the weaker code of surname, name and birth date where these columns are
    named; without those, none: an empty cell is nobody, a shared filler would make many one.
    """
    how = _How(plan, key)
    made = Coded([list(_headings(rows[plan.header], plan, how.kept))])
    for number, row in enumerate(rows[plan.header + 1 :], start=plan.header + 2):
        if all(text_of(cell).strip() == "" for cell in row):
            made.rows.append([None] * len(how.kept))
        else:
            made.rows.append([_cell(row, place, number, how, made) for place in how.kept])
    made.left = _left(made.rows, rows[plan.header], how)
    return made


class _How:
    """Which columns serve what, and the codes of one run: the same identifier is coded once."""

    def __init__(self, plan: Plan, key: Key) -> None:
        self.plan, self._key = plan, key
        self._known: dict[tuple[str, ...], str] = {}
        at = {each: [n for n, a in enumerate(plan.actions) if a == each] for each in ACTIONS}
        born = at["birth_band"] + at["birth_year"]
        apart = at["surname"][:1] + at["given_name"][:1]
        self.names = apart if len(apart) == 2 else (at["surname_name"] + at["name_surname"])[:1]
        self.born = born[0] if born and self.names else -1
        first = at["tax_code"] or (self.names if self.born >= 0 else [-1])
        self.person = first[0]
        gone = ("remove", "given_name", "surname", "surname_name", "name_surname")
        self.kept = [
            n for n, each in enumerate(plan.actions) if each not in gone or n == self.person
        ]

    def code(self, kind: str, *parts: str) -> str:
        known = (kind, *parts)
        if known not in self._known:
            self._known[known] = code(self._key, self.plan.programme, kind, *parts)
        return self._known[known]


def _cell(row: list[Cell], place: int, number: int, how: _How, made: Coded) -> Cell:
    plan, cell = how.plan, row[place]
    action = plan.actions[place]
    if place == how.person or action == "tax_code":
        return _person(row, place, number if place == how.person else 0, how, made)
    if action == "keep" or text_of(cell).strip() == "":
        return cell
    if action == "register":
        made.codes["R"] += 1
        return how.code("register", plan.register, register_number(text_of(cell)))
    found = _year(cell) if action == "birth_year" else _band(cell, plan.on)
    if found is None:
        made.unread_days.append(number)
    return found


def _person(row: list[Cell], place: int, number: int, how: _How, made: Coded) -> Cell:
    """Code a person; ``number`` is 0 for a second one of the row, who has no weaker code."""
    said = tax_code(text_of(row[place])) if how.plan.actions[place] == "tax_code" else ""
    kind = tax_code_kind(said)
    found = how.code(kind, said) if kind else _weaker(row, how) if number else ""
    if kind == "tax_code_unchecked" and number:
        made.unchecked.append(number)
    if not found:
        if number:
            made.without_code.append(number)
        return None
    made.codes[found[0]] += 1
    return found


def _weaker(row: list[Cell], how: _How) -> str:
    day = day_of(row[how.born]) if how.born >= 0 else None
    texts = [text_of(row[place]) for place in how.names]
    if day is None:
        return ""
    if len(texts) == 2:
        words = tuple(map(name, texts))
    else:
        is_surname_first = how.plan.actions[how.names[0]] == "surname_name"
        words = name_words(texts[0], is_surname_first=is_surname_first)
    if not words or not all(words):
        return ""
    kind = "name_birth_date" if len(words) == 2 else "full_name_birth_date"
    return how.code(kind, *words, day.isoformat())


def _year(cell: Cell) -> int | None:
    day = day_of(cell)
    return day.year if day else None


def _band(cell: Cell, on: date | None) -> str | None:
    age = age_on(cell, on) if on is not None else None
    if age is None:
        return None
    return next(band for band, (low, high) in AGE_BANDS.items() if low <= age <= high)


def _headings(row: list[Cell], plan: Plan, kept: list[int]) -> list[str]:
    """Name columns by what they hold now; a second one of a kind gets a number."""
    person = dict.fromkeys(
        ("tax_code", "surname", "surname_name", "name_surname"), "Codice persona"
    )
    words = {
        **person,
        "birth_band": "Fascia di età",
        "birth_year": "Anno di nascita",
        "register": f"Codice {plan.register}".strip(),
    }
    times: Counter[str] = Counter()
    made = []
    for place in kept:
        word = words.get(plan.actions[place])
        if word is None:
            made.append(text_of(row[place]))
            continue
        times[word] += 1
        made.append(word if times[word] == 1 else f"{word} {times[word]}")
    return made


def _left(rows: list[list[Cell]], headings: list[Cell], how: _How) -> dict[tuple[str, str], int]:
    """Look once more at what is kept.

    A heading that is an identifier, of whatever column, is a person's row: the file has no headings
    there. It is not named.
    """
    found = {
        (f"#{place}", kind): 1
        for place, heading in enumerate(headings, start=1)
        for kind in kinds_in(text_of(heading))
    }
    for at, place in enumerate(how.kept):
        if how.plan.actions[place] != "keep":
            continue
        heading = text_of(rows[0][at])
        shown = heading if heading and not kinds_in(heading) else f"#{place + 1}"
        texts = [text_of(row[at]) for row in rows[1:]]
        kinds = kinds_in_column(texts)
        if announced := heading_kind(heading):
            kinds[announced] = sum(text.strip() != "" for text in texts)
        for kind, n in kinds.items():
            found[(shown, kind)] = max(found.get((shown, kind), 0), n)
    return {at: n for at, n in found.items() if n}
