"""From a questionnaire's row to one row per item, still text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from assets.intake.answers import Answers, constant, one_of
from assets.intake.exports.versions import version_of_rows
from assets.intake.grid import tidy, translate
from assets.intake.multiple import choices, options, ranking
from assets.intake.named_headings import Place
from assets.intake.question_places import BlockPlaces
from assets.intake.table import Table
from schemas.forms import Version
from schemas.questions import Questions
from schemas.source import Source

_NUMBER = re.compile(r"\A[+-]?[0-9]+(?:[.,][0-9]+)?\Z")


def question_rows(
    table: Table,
    blocks: Sequence[BlockPlaces],
    source: Source,
    rows: pd.DataFrame,
    *,
    labels: dict[int, dict[str, str]] | None = None,
    day: date | None = None,
) -> pd.DataFrame:
    """Return one row per item and response, in the order of the file.

    Parameters
    ----------
    blocks
        The places of the source's blocks of questions, in their order.
    rows
        ``row_number`` and the mapped columns, one row per data row of the table; ``form_version``
        and ``response_date`` tell versions of the form apart.
    labels
        Position -> code -> label, where the file itself explains its codes (sav).
    day
        A day of the delivery's period, for responses that state neither version nor date.

    Returns
    -------
    pandas.DataFrame
        The columns of ``rows``, ``cell_letter``, ``instrument_code``, ``item_code``,
        ``answer_code`` and ``answer_value``.

    Raises
    ------
    DeliveryRefused
        ``answers.option``, ``answers.two``, ``answers.rank``: a cell that could
        only be guessed, by column letter and row.
    """
    rows = rows.reset_index(drop=True)
    versions = version_of_rows(source.versions, rows, source.reader.dates, day)
    sheet = Answers(table, source, rows, labels or {}, versions)
    pieces: list[pd.DataFrame] = []
    for block, places in zip(source.questions, blocks, strict=True):
        by_item: dict[str, list[Place]] = {}
        for place in places.items:
            by_item.setdefault(place.name, []).append(place)
        pieces.extend(_item(sheet, found, block) for found in by_item.values())
        for base, found in places.options.items():
            pieces.extend(options(sheet, base, found, block))
        for base, found in places.choices.items():
            pieces.extend(choices(sheet, base, found, block, block.choices[base]))
        for base, found in places.ranks.items():
            pieces.extend(ranking(sheet, base, found, block, block.ranking[base]))
    if not pieces:
        return rows.iloc[:0].assign(cell_letter="")
    # All items of the first person, then of the second.
    return pd.concat(pieces).sort_index(kind="stable").reset_index(drop=True)


def _item(sheet: Answers, places: list[Place], block: Questions) -> pd.DataFrame:
    """Return the answers to one question; what older versions called it stands in other columns."""
    cells, letters = one_of(sheet, places)
    reader = sheet.source.reader
    shown = {tidy(label): code for at in places for code, label in _labels(sheet, at).items()}
    made = constant(None, len(cells))
    for version, mask in _by_version(sheet.versions):
        lists = [version.answers.get(places[0].name, {})] if version else []
        answers = _answers([block.answers, *lists])
        by_label = {code: answers[label] for label, code in shown.items() if label in answers}
        made = made.where(~mask, translate(cells, _coder(answers, by_label)))
    scores = {
        _as_text(each)
        for answers in (
            block.answers,
            *(v.answers.get(places[0].name, {}) for v in sheet.source.versions),
        )
        for each in answers.values()
    }

    def number(cell: str) -> str | None:
        if not _NUMBER.match(cell):
            return None
        # A score from 'answers' is spelt with a point; a cell with the source's own mark.
        return cell.replace(".", reader.decimal) if cell in scores else cell

    return sheet.melted(block, letters, places[0].name, made, translate(made, number))


def _coder(answers: dict[str, str], by_label: dict[str, str]) -> Callable[[str], str]:
    return lambda cell: answers.get(tidy(cell)) or by_label.get(cell) or cell


def _labels(sheet: Answers, place: Place) -> dict[str, str]:
    return sheet.labels.get(place.position, {})


def _answers(lists: list[dict[str, float | str]]) -> dict[str, str]:
    """Join lists of answers; a version's own list goes before that of the block."""
    return {tidy(cell): _as_text(value) for each in lists for cell, value in each.items()}


def _by_version(versions: list[Version | None]) -> list[tuple[Version | None, np.ndarray]]:
    """Return each version with the rows that are of it."""
    names = np.array([each.version if each else "" for each in versions], dtype=object)
    known = {each.version: each for each in versions if each}
    found = sorted(set(names.tolist()))
    return [(known.get(name), names == name) for name in found]


def _as_text(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))
