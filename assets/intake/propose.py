"""A first ``source.yml`` for a file nobody has mapped yet: guesses with their certainty, to be confirmed.

What belongs here: putting evidence together. What does not: deciding. Whatever is not sure stays in
``to_confirm``, and while that is not empty the file does not load. Nothing of a person's row is
repeated, except entries of code lists that stand in at least ``LEAST_ROWS`` rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from assets.intake.grid import letter
from assets.intake.propose_match import Choice, Column, Guess, choose_dataset, code_words
from assets.intake.propose_survey import Block, find_blocks, tick_groups
from assets.intake.propose_text import announced, is_quotable, plain, slug
from assets.intake.propose_values import Values, look
from schemas.datasets import DATASETS
from schemas.instruments import Instrument
from schemas.programme import Programme
from schemas.synonyms import FREE_TEXT, TOOL_COLUMNS

#: An entry of a code list is named only if it stands in so many rows, of so many people.
LEAST_ROWS = 5
#: A list of codes has at most so many entries, each at most so long.
MOST_ENTRIES, LONGEST_ENTRY = 40, 60
_PERIOD = re.compile(
    r"(?:19|20)[0-9]{2}(?:[-_ ]?(?:Q[1-4]|T[1-4]|[01]?[0-9](?:[-_ ]?[0-3]?[0-9])?))?(?![0-9])"
    r"|\b(?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Looked:
    """A file read without a source, its identifiers found.

    Attributes
    ----------
    columns
        Data rows only, one array per position.
    identifiers
        Position -> kinds and cells; ``None`` for what stands beside the sheet that is read.
    unread
        Positions of what a survey tool adds about the device or the account: leaving those unread
        is enough.
    is_survey
        Whether the marks of a survey tool were found.
    """

    file_name: str
    format: str
    sheet: str
    encoding: str
    delimiter: str
    header_rows: list[int]
    headings: list[str]
    columns: list[pa.Array | pa.ChunkedArray]
    identifiers: dict[int | None, list[tuple[str, int]]] = field(default_factory=dict)
    unread: frozenset[int] = frozenset()
    is_survey: bool = False


@dataclass(frozen=True)
class Draft:
    """All that was found, before it is written.

    Attributes
    ----------
    others
        Columns that nothing of ours fits, with why they might be left out: ``tool``, ``text``, ''.
    constants
        Our column -> code that the file's name suggests for all its rows.
    lacking
        Columns that the dataset cannot do without and that were not found.
    """

    looked: Looked
    programme: Programme
    partner: str
    source: str
    label: str
    pattern: str
    every: str
    choice: Choice
    columns: list[Column]
    blocks: list[Block]
    ticks: list[tuple[str, list[Column]]]
    others: list[tuple[Column, str]]
    constants: dict[str, str]
    lacking: list[str]


def draft(
    looked: Looked,
    programme: Programme,
    partner: str,
    instruments: dict[str, Instrument],
    dataset: str | None = None,
) -> Draft:
    """Make up a draft of a source from a file's headings and cells.

    Parameters
    ----------
    dataset
        One of the three, where the user knows; else the one that fits best.
    """
    columns = _columns(looked)
    blocks = find_blocks(columns, instruments)
    items_n = sum(len(block.items) for block in blocks) + 4 * looked.is_survey
    choice = choose_dataset(columns, programme, looked.file_name, items_n, dataset)
    if choice.dataset != "survey":
        blocks = []
    in_blocks = {at for block in blocks for at in block.items.values()}
    guesses = [each for each in choice.guesses if each.position not in in_blocks]
    choice = Choice(choice.dataset, choice.percent, guesses)
    columns = _counted_by_person(looked, columns, guesses)
    used = in_blocks | {each.position for each in guesses}
    ticks = tick_groups(columns, used) if choice.dataset == "survey" else []
    used |= {member.position for _, members in ticks for member in members}
    stem = looked.file_name.rpartition(".")[0] or looked.file_name
    kept = _without_period(stem, programme) if is_quotable(stem) else "*"
    name = " ".join(re.sub(r"[*_\s-]+", " ", kept).split())
    constants = _constants(choice, programme, plain(f"{stem} {looked.sheet}"))
    return Draft(
        looked=looked,
        programme=programme,
        partner=partner,
        source=slug(name, "fonte"),
        label=name.capitalize() or "Fonte",
        pattern=_pattern(kept, looked.file_name),
        every="wave" if choice.dataset == "survey" else _every(stem),
        choice=choice,
        columns=columns,
        blocks=blocks,
        ticks=ticks,
        others=_others(columns, used, looked.unread),
        constants=constants,
        lacking=_lacking(choice, constants),
    )


def _columns(looked: Looked) -> list[Column]:
    """Return the columns that hold anything or have a heading."""
    found = []
    for position, cells in enumerate(looked.columns):
        heading = " ".join(looked.headings[position].split())
        is_blocked = position in looked.unread or position in looked.identifiers
        is_blocked = is_blocked or announced(heading) is not None
        # Cells of a column that identifies are not even gathered.
        values = Values((), (), ()) if is_blocked else look(cells)
        if heading or len(cells) > cells.null_count:
            found.append(Column(position, heading, values, is_blocked))
    return found


def _counted_by_person(looked: Looked, columns: list[Column], guesses: list[Guess]) -> list[Column]:
    """Count each entry by people too, where their codes are known: one person's rows are not many."""
    who = next((g.position for g in guesses if g.name == "person_code"), None)
    if who is None:
        return columns
    people, _ = pd.factorize(np.asarray(looked.columns[who].to_pandas(), dtype=object))
    return [
        each
        if each.is_blocked
        else Column(each.position, each.heading, look(looked.columns[each.position], people))
        for each in columns
    ]


def entries(values: Values) -> list[str]:
    """Return the cells of a code list that may be named; none where the column is no list."""
    if len(values.texts) > MOST_ENTRIES:
        return []
    rows = zip(values.texts, values.counts, values.persons, strict=True)
    return [
        text
        for text, count, persons in rows
        if min(count, persons) >= LEAST_ROWS
        and len(text) <= LONGEST_ENTRY
        and len(text.split()) <= 8
        and text.isprintable()
    ]


def _others(
    columns: list[Column], used: set[int], unread: frozenset[int]
) -> list[tuple[Column, str]]:
    found = []
    for each in columns:
        if each.position in used:
            continue
        is_tools = " ".join(each.heading.split()).casefold() in TOOL_COLUMNS
        if each.position in unread or (is_tools and not each.is_blocked):
            found.append((each, "tool"))
        elif plain(each.heading).startswith(FREE_TEXT):
            found.append((each, "text"))
        else:
            found.append((each, ""))
    return found


def _constants(choice: Choice, programme: Programme, named: str) -> dict[str, str]:
    """Return what the names of file and sheet say about all rows: the one service or workshop."""
    found: dict[str, str] = {}
    for name in ("service_code", "activity_code"):
        if name not in DATASETS[choice.dataset].columns or name in {g.name for g in choice.guesses}:
            continue
        words = code_words(programme, name)
        hits = [
            code
            for code, names in words.items()
            if any(len(plain(each)) > 4 and plain(each) in named for each in names)
        ]
        if len(hits) == 1:
            found[name] = hits[0]
    return found


def _lacking(choice: Choice, constants: dict[str, str]) -> list[str]:
    by_itself = {
        "survey": ("item_code", "wave_code"),
        "service_access": ("contact_n",),
    }.get(choice.dataset, ())
    known = {*(each.name for each in choice.guesses), *constants, *by_itself}
    return [name for name in DATASETS[choice.dataset].required if name not in known]


def _without_period(stem: str, programme: Programme) -> str:
    """Put a star for the period, or the wave, in a file's name."""
    waves = {plain(code) for code in programme.waves}
    parts = re.split(r"([_\s.-]+)", _PERIOD.sub("*", stem))
    return "".join("*" if plain(part) in waves else part for part in parts)


def _every(stem: str) -> str:
    """Return the rhythm that the period in a file's name speaks for."""
    if re.search(r"[0-9]{4}[-_ ]?[QT][1-4]", stem):
        return "quarter"
    found = _PERIOD.search(stem)
    if found is None:
        return "irregular"
    return "year" if re.fullmatch(r"[0-9]{4}", found[0]) else "month"


def _pattern(kept: str, file_name: str) -> str:
    """Return the pattern of the file's name with its period left open."""
    ending = file_name.rpartition(".")[2] if "." in file_name else "*"
    return re.sub(r"\*+", "*", f"*{kept}*.{ending}").replace("[", "?")


def place(column: Column) -> str:
    """Say where a column stands: its letter, and its heading where that may be repeated."""
    shown = f" «{column.heading}»" if is_quotable(column.heading) else ""
    return f"{letter(column.position)}{shown}"
