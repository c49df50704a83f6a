"""Our own forms: an export that says which source it is, read without a hand-written ``source.yml``.

Conventions (the XLSForms written by ``lunattiva template`` follow them): one group per instrument,
named by its code, its questions by their item codes; other questions in a group ``items``; columns
of the survey dataset as questions of that name; a calculate ``lunattiva_source`` with
``<programme>/<source>`` and a calculate ``lunattiva_form`` with the form's version.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assets.intake.exports.xlsform import Form, one_cell
from assets.intake.grid import Contents, distinct, plain
from schemas.columns import Column
from schemas.datasets import DATASETS
from schemas.instruments import shipped
from schemas.questions import Questions
from schemas.reader import Reader
from schemas.source import Source
from schemas.words import Words

SOURCE, FORM = "lunattiva_source", "lunattiva_form"
#: Group of questions that belong to no instrument.
ITEMS = "items"
_MADE = {"instrument_code", "item_code", "answer_code", "answer_value", "form_version"}
_PART = re.compile(r"[/:-]")
_LABEL = Words(it="Questionario (modulo Lunattiva)", en="Questionnaire (Lunattiva form)")


def own_source(contents: Contents, programme: str, form: Form | None = None) -> Source | None:
    """Return the source of an export of our own form, or ``None`` where it is not one.

    Parameters
    ----------
    contents
        After ``recognise``.
    programme
        Code of the programme that reads; a form of another programme is not ours.
    form
        Gives the options of a multiple choice that stands in one column only.
    """
    survey = contents.survey
    if survey is None or survey.tool not in ("kobo", "odk"):
        return None
    headings = [" ".join(each.split()) for each in survey.headings]
    paths = [_path(each) for each in headings]
    code = _code(contents, paths, survey.header_rows[-1], programme)
    columns = _columns(headings, paths)
    blocks, ignored = _blocks(headings, paths, form)
    if code is None or "person_code" not in columns or not blocks:
        return None
    own = [headings[n] for n in survey.own if headings[n]]
    said = [headings[n] for n, path in enumerate(paths) if path and path[-1] == SOURCE]
    return Source(
        source=code,
        dataset="survey",
        label=_LABEL,
        files=["*"],
        every="wave",
        reader=_reader(contents),
        columns=columns,
        questions=blocks,
        ignore=list(dict.fromkeys([*ignored, *own, *said])),
    )


def _code(
    contents: Contents, paths: Sequence[tuple[str, ...]], header_row: int, programme: str
) -> str | None:
    """Return the code of the source the form was made for, if all rows say the same one of ours."""
    at = next((n for n, path in enumerate(paths) if path and path[-1] == SOURCE), None)
    if at is None:
        return None
    said = distinct(plain(contents.sheet.columns[at]).slice(header_row)).to_pylist()
    owner, _, code = said[0].strip().partition("/") if len(said) == 1 else ("", "", "")
    is_ours = owner == programme and re.fullmatch(r"[a-z][a-z0-9_]{1,30}", code)
    return code if is_ours else None


def _reader(contents: Contents) -> Reader:
    given: dict[str, object] = {"dates": ["%Y-%m-%d"], "decimal": ".", "thousands": ""}
    if contents.sheet.name:
        given["sheet"] = contents.sheet.name
    else:
        given["format"] = "csv"
        if contents.spelling is not None:
            given["delimiter"] = contents.spelling.delimiter
    return Reader.model_validate(given)


def _path(heading: str) -> tuple[str, ...]:
    return tuple(each for each in _PART.split(heading) if each)


def _columns(headings: Sequence[str], paths: Sequence[tuple[str, ...]]) -> dict[str, Column]:
    wanted = {each: each for each in DATASETS["survey"].columns if each not in _MADE}
    wanted[FORM] = "form_version"
    found = {}
    for heading, path in zip(headings, paths, strict=True):
        name = wanted.get(path[-1]) if path else None
        if name is not None and name not in found:
            found[name] = Column.model_validate({"from": heading})
    return found


def _blocks(
    headings: Sequence[str], paths: Sequence[tuple[str, ...]], form: Form | None
) -> tuple[list[Questions], list[str]]:
    """Return a block per instrument and one per other question, and what they leave unread."""
    scales: dict[str, dict[str, str | list[str]]] = {}
    other: list[Questions] = []
    ignored: list[str] = []
    known = {item: code for code, each in shipped().items() for item in each.item_codes}
    for heading, path in zip(headings, paths, strict=True):
        if not path or _is_option(heading, headings):
            continue
        if len(path) > 2 and path[-3] == ITEMS:  # options exported without their question
            pattern = f"{heading.rpartition('/')[0]}/*"
            if all(pattern not in block.several.values() for block in other):
                other.append(Questions(several={path[-2]: pattern}))
            continue
        group = path[-2] if len(path) > 1 else known.get(path[-1], "")
        if group == ITEMS:
            block, left = _other(heading, path[-1], headings, form)
            other.append(block)
            ignored += left
        elif group in shipped():
            scales.setdefault(group, {})[path[-1]] = heading
    blocks = [Questions(instrument=code, items=items) for code, items in scales.items()]
    return [*blocks, *other], ignored


def _is_option(heading: str, headings: Sequence[str]) -> bool:
    """Say whether a column is one option of a multiple choice that has a column of its own too."""
    base, mark, _ = heading.rpartition("/")
    return bool(mark) and base in headings


def _other(
    heading: str, name: str, headings: Sequence[str], form: Form | None
) -> tuple[Questions, list[str]]:
    if any(each.startswith(f"{heading}/") for each in headings):
        return Questions(several={name: f"{heading}/*"}), [heading]
    question = form.question(heading) if form else None
    if form and question and question.kind == "select multiple":
        return Questions(choices={name: one_cell(heading, form, question)}), []
    return Questions(items={name: heading}), []
