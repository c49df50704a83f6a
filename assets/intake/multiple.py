"""Multiple choices and rankings: one row per option, whatever columns they stand in.

Whoever left every option blank did not answer: null, never zero. A cell that is neither a tick nor
none goes on as it is, for sorting to quarantine; an option nobody declared stops the file with its
place, because then the form is not the one that was declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from assets.intake.answers import Answers, constant, one_of
from assets.intake.grid import tidy, translate
from assets.intake.named_headings import Place
from schemas.questions import Choices, Questions, Ranking
from schemas.reader import FAILED_FORMULA


def options(sheet: Answers, base: str, places: list[Place], block: Questions) -> list[pd.DataFrame]:
    """Return the options of one multiple choice, a column each."""
    ticks, empties = ({tidy(each) for each in words} for words in (block.ticked, block.unticked))
    marked = []
    for place in places:
        is_other = place.name in {f"{base}[{each}]" for each in block.other}
        one = _ticker(ticks, empties, any_text="*" in ticks or is_other)
        cells = translate(sheet.cells(place), one)
        marked.append(cells)
    if not places:
        return []
    answered = np.logical_or.reduce([each.notna().to_numpy() for each in marked])
    empty = constant(None, len(sheet.plain))
    return [
        sheet.melted(block, place.letter, place.name, each.fillna("0").where(answered), empty)
        for place, each in zip(places, marked, strict=True)
    ]


def _ticker(ticks: set[str], empties: set[str], *, any_text: bool) -> Callable[[str], str]:
    def one(cell: str) -> str:
        word = tidy(cell)
        if word in ticks:
            return "1"
        if word in empties:
            return "0"
        is_text = any_text and not re.match(FAILED_FORMULA, cell)
        return "1" if is_text else cell  # sorting says what it cannot read

    return one


def choices(
    sheet: Answers, base: str, places: list[Place], block: Questions, declared: Choices
) -> list[pd.DataFrame]:
    """Return the options of one multiple choice that stands in one cell."""
    if not places:
        return []
    cells, letters = one_of(sheet, places)
    codes = {tidy(cell): code for cell, code in declared.codes.items()}
    chosen = {each: _split(str(each), codes, declared) for each in cells.dropna().unique()}
    unknown = cells.map(lambda cell: chosen[cell] is None, na_action="ignore").fillna(False)
    sheet.refuse("answers.option", places[0], unknown.astype(bool))
    names = [*dict.fromkeys(codes.values()), *([declared.other] if declared.other else [])]
    empty = constant(None, len(cells))
    made = []
    for name in dict.fromkeys(names):
        has = {cell: "1" if name in (found or ()) else "0" for cell, found in chosen.items()}
        codes_of = translate(cells, lambda cell, has=has: has[cell])  # type: ignore[misc]
        made.append(sheet.melted(block, letters, f"{base}[{name}]", codes_of, empty))
    return made


def _split(cell: str, codes: dict[str, str], declared: Choices) -> set[str] | None:
    """Return the options of a cell, or ``None`` where one is not declared.

    An option may hold the mark that splits (``a, b`` beside ``a``): the longest declared run of
    parts is one option.
    """
    parts = cell.split(declared.split)
    found: set[str] = set()
    at = 0
    while at < len(parts):
        if not parts[at].strip():
            at += 1
            continue
        for end in range(len(parts), at, -1):
            option = tidy(declared.split.join(parts[at:end]))
            if option in codes:
                found.add(codes[option])
                break
        else:
            if declared.other is None:
                return None
            found.add(declared.other)
            end = at + 1
        at = end
    return found


def ranking(
    sheet: Answers, base: str, places: list[Place], block: Questions, declared: Ranking
) -> list[pd.DataFrame]:
    """Return ranks: of each declared option, or the option of each rank."""
    empty = constant(None, len(sheet.plain))
    codes = {tidy(cell): code for cell, code in declared.codes.items()}
    ranked = [sheet.cells(place) for place in places]
    if not codes:
        return [
            sheet.melted(block, place.letter, f"{base}[{place.name}]", cells, empty)
            for place, cells in zip(places, ranked, strict=True)
        ]
    made = {code: (empty.copy(), constant(None, len(sheet.plain))) for code in codes.values()}
    for place, cells in zip(places, ranked, strict=True):
        coded = translate(cells, lambda cell: codes.get(tidy(cell), "?"))
        sheet.refuse("answers.option", place, (coded == "?").fillna(False))
        for code, (rank, letters) in made.items():
            has = (coded == code).fillna(False).astype(bool)
            sheet.refuse("answers.rank", place, has & rank.notna())
            made[code] = (rank.mask(has, place.name), letters.mask(has, place.letter))
    return [
        sheet.melted(block, letters.fillna(places[0].letter), f"{base}[{code}]", rank, rank)
        for code, (rank, letters) in made.items()
    ]
