"""What to do with a column: proposed from its heading and cells, decided by a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args

from assets.coding.found import kinds_in_column
from assets.coding.normalise import Cell, name, tax_code, tax_code_kind, text_of
from assets.coding.shared import pattern, plain, shared

#: ``surname`` and ``given_name`` are used for the weaker code and then removed; so is a column with
#: the whole name, in the order its action tells.
Action: TypeAlias = Literal[
    "keep",
    "remove",
    "tax_code",
    "surname",
    "given_name",
    "surname_name",
    "name_surname",
    "birth_band",
    "birth_year",
    "register",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

_NAMED: tuple[Action, ...] = ("surname", "given_name", "surname_name", "name_surname")
_HALF = 0.5
_LONGEST_HEADING = 6
_NAMES_LEAST = 3


def fold(heading: str) -> str:
    """Return a heading in small letters without accents, marks as single spaces."""
    parts = unicodedata.normalize("NFKD", plain(heading).lower())
    bare = "".join(each for each in parts if unicodedata.category(each)[0] != "M")
    return " ".join(pattern("[^a-z0-9]+").sub(" ", bare).split())


def propose(heading: str, cells: Sequence[Cell]) -> Action:
    """Propose an action for a column; the offline page proposes alike.

    A question as long as a sentence is no announcement, but its cells are looked at all the same.
    """
    texts = [text for cell in cells if (text := text_of(cell).strip())]
    distinct = sorted(set(texts))
    if _share(distinct, _is_lettered_tax_code) >= _HALF:
        return "tax_code"
    announced = _announced(heading)
    if announced is not None:
        return announced[0]
    if kinds_in_column(texts) or _is_free_text(distinct) or _are_names(fold(heading), distinct):
        return "remove"
    return "keep"


def heading_kind(heading: str) -> str | None:
    """Return the kind of identifier that a heading announces; texts and roles are none for sure."""
    announced = _announced(heading)
    return None if announced is None or announced[1] in ("text", "person") else announced[1]


def tells_a_name(
    text: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]], actions: Sequence[Action]
) -> bool:
    """Say whether a file's or sheet's name holds a word of a column of people's names.

    ``registro_rossi.xlsx`` would say what the coded file no longer does.
    """
    words = {each for each in name(text.replace("_", " ")).split(" ") if len(each) >= _NAMES_LEAST}
    for place, action in enumerate(actions):
        if action not in (*_NAMED, "remove"):
            continue
        texts = sorted({text_of(row[place]) for row in rows})
        heading = headings[place]
        is_named = action in _NAMED or heading_kind(heading) == "name"
        if not is_named and not _are_names(fold(heading), [each.strip() for each in texts if each]):
            continue
        if any(not words.isdisjoint(name(each).split(" ")) for each in texts):
            return True
    return False


def _announced(heading: str) -> tuple[Action, str] | None:
    folded = fold(heading)
    if len(folded.split()) > _LONGEST_HEADING:
        return None
    found = (each for each in shared()["headings"] if pattern(each[2]).search(folded))
    return next(((action, kind) for action, kind, _ in found), None)


def _share(texts: list[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, texts)) / len(texts) if texts else 0.0


def _is_lettered_tax_code(text: str) -> bool:
    """Numbers of eleven digits alone say nothing: one in ten has a right check."""
    code = tax_code(text)
    return not code.isdigit() and tax_code_kind(code) is not None


def _is_free_text(texts: list[str]) -> bool:
    rules = shared()["free_text"]
    return any(
        len(text) >= rules["least_characters"] or len(text.split(" ")) >= rules["least_words"]
        for text in texts
    )


def _are_names(folded: str, texts: list[str]) -> bool:
    """Say whether most cells are two to four capitalised words: perhaps people, better removed."""
    if pattern(shared()["not_people"]).search(folded) or len(texts) < _NAMES_LEAST:
        return False
    return _share(texts, _looks_like_a_name) >= _HALF


def _looks_like_a_name(text: str) -> bool:
    words = [each for each in text.split(" ") if each]
    if not 2 <= len(words) <= 4:
        return False
    bare = [word.replace("'", "").replace("\u2019", "") for word in words]
    return all(word.isalpha() and word[0] != word[0].lower() for word in bare)
