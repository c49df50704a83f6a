"""An XLSForm (sheets ``survey``, ``choices``, ``settings``): the questions and code lists behind an export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from assets.errors import DeliveryRefused
from assets.intake.grid import Contents, Sheet, tidy
from assets.intake.readers import read_contents
from schemas.config import nearest
from schemas.questions import Choices, Questions, alternatives
from schemas.reader import Reader
from schemas.source import Source

_LANGUAGES = {"italian": "it", "italiano": "it", "english": "en", "inglese": "en"}
_LABEL = re.compile(r"\Alabel(?:::?\s*(.+))?\Z", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\(([a-z]{2})\)\s*\Z", re.IGNORECASE)
#: What a group's name and a question's stand apart by: Kobo, ODK Central, ODK Aggregate.
SEPARATORS = ("/", "-", ":")
#: Questions that are answers by themselves; texts are read only where a source asks for them.
_NUMBERS = ("integer", "decimal", "range")


@dataclass(frozen=True)
class Question:
    """One question: ``groups`` from the outermost, ``labels`` by language ('' where none is said)."""

    name: str
    kind: str
    choices: str = ""
    groups: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)

    def headings(self) -> list[str]:
        """Return the headings its column may have: with its groups, or without."""
        path = (*self.groups, self.name)
        made = [mark.join(path) for mark in SEPARATORS] if self.groups else []
        return [*made, self.name]


@dataclass(frozen=True)
class Form:
    """A form: its questions in order, and list name -> choice name -> labels by language."""

    name: str
    version: str
    questions: tuple[Question, ...]
    choices: dict[str, dict[str, dict[str, str]]]

    def question(self, heading: str) -> Question | None:
        """Return the question a column stands for, by name or by label."""
        wanted = tidy(heading)
        for each in self.questions:
            if wanted in {tidy(name) for name in each.headings()}:
                return each
        labelled = [e for e in self.questions if wanted in map(tidy, e.labels.values())]
        return labelled[0] if len(labelled) == 1 else None

    def codes(self, question: Question) -> dict[str, str]:
        """Return what may stand in a cell -> the name of the choice: every label, and the name."""
        listed = self.choices.get(question.choices, {})
        found = {label: name for name, labels in listed.items() for label in labels.values()}
        return {**found, **{name: name for name in listed}}


def read_form(path: Path) -> Form:
    """Read the XLSForm that lies beside a ``source.yml``.

    Raises
    ------
    DeliveryRefused
        ``file.locked``, ``form.unreadable``, or what reading any workbook may raise.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise DeliveryRefused("file.locked") from None
    return read_xlsform(read_contents(data, path.name, Reader(sheet="survey")), path.name)


def read_xlsform(contents: Contents, name: str = "XLSForm") -> Form:
    """Return the questions and code lists of an XLSForm.

    Raises
    ------
    DeliveryRefused
        ``form.unreadable``: without the sheets or columns an XLSForm has.
    """
    sheets = {tidy(each.name): each for each in (contents.sheet, *contents.others)}
    if not {"survey", "choices"} <= set(sheets):
        raise DeliveryRefused("form.unreadable", name=name)
    survey, listed = list(_records(sheets["survey"])), list(_records(sheets["choices"]))
    if not any("type" in each and "name" in each for each in survey):
        raise DeliveryRefused("form.unreadable", name=name)
    settings = next(_records(sheets["settings"]), {}) if "settings" in sheets else {}
    return Form(
        name=settings.get("form_id", ""),
        version=settings.get("version", ""),
        questions=tuple(_questions(survey)),
        choices=_choices(listed),
    )


def _records(sheet: Sheet) -> Iterator[dict[str, str]]:
    """Yield the filled rows of a sheet by heading."""
    rows = [[each.strip() for each in sheet.row(n)] for n in range(1, sheet.rows_n + 1)]
    filled = [row for row in rows if any(row)]
    if not filled:
        return
    headings = [each.casefold() for each in filled[0]]
    for row in filled[1:]:
        yield {name: cell for name, cell in zip(headings, row, strict=True) if name and cell}


def _questions(records: Sequence[dict[str, str]]) -> Iterator[Question]:
    groups: list[str] = []
    for each in records:
        kind, *rest = each.get("type", "").replace("_", " ", 1).split()
        kind = f"{kind} {rest[0]}" if rest and kind in ("begin", "end", "select") else kind
        if kind in ("begin group", "begin repeat"):
            groups.append(each.get("name", ""))
        elif kind in ("end group", "end repeat"):
            groups = groups[:-1]
        elif "name" in each:
            chosen = rest[1] if kind.startswith("select ") and len(rest) > 1 else ""
            yield Question(each["name"], kind, chosen, tuple(groups), _labels(each))


def _choices(records: Sequence[dict[str, str]]) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for each in records:
        listed = each.get("list_name") or each.get("list name")
        if listed and "name" in each:
            found.setdefault(listed, {})[each["name"]] = _labels(each)
    return found


def _labels(record: dict[str, str]) -> dict[str, str]:
    found = {}
    for heading, text in record.items():
        match = _LABEL.match(heading)
        if match:
            found[_language(match.group(1) or "")] = text
    return found


def _language(named: str) -> str:
    """Return it, en, or a language as the form names it; '' where it names none."""
    in_brackets = _IN_BRACKETS.search(named)
    plain = in_brackets.group(1) if in_brackets else named
    return _LANGUAGES.get(plain.strip().casefold(), plain.strip().casefold())


def with_form(source: Source, form: Form, headings: Sequence[str] = ()) -> Source:
    """Complete a source by its form: code lists of its questions, or the questions themselves.

    What the source declares goes before what the form says. Without ``questions`` in the source,
    every choice and number of the form is one; texts are not.

    Parameters
    ----------
    headings
        Of the file, so that a multiple choice is read once where its codes stand in one column and
        each option in its own too.

    Raises
    ------
    DeliveryRefused
        ``form.question``: a question of the source that the form does not have.
    """
    ignored: list[str] = []
    if source.questions:
        blocks = [made for block in source.questions for made in _completed(block, form)]
    else:
        taken = {tidy(h) for c in source.columns.values() for h in alternatives(c.heading or [])}
        blocks, ignored = _blocks(form, taken, {tidy(each) for each in headings})
    return source.model_copy(
        update={"questions": blocks, "ignore": [*source.ignore, *ignored], "form": None}
    )


def _completed(block: Questions, form: Form) -> Iterator[Questions]:
    """Yield the block with the form's lists; items of different lists part into blocks."""
    choices = {}
    for base, each in block.choices.items():
        found = None if each.options else _known(form, alternatives(each.heading))
        choices[base] = one_cell(each.heading, form, found, each.other) if found else each
    by_list: dict[str, dict[str, str | list[str]]] = {}
    answers: dict[str, dict[str, float | str]] = {}
    for item, heading in block.items.items():
        question = _known(form, alternatives(heading))
        by_list.setdefault(question.choices, {})[item] = heading
        answers[question.choices] = _chained(block.answers, form, question)
    rest = block.model_copy(update={"items": {}, "choices": choices})
    if any((rest.matrix, rest.several, rest.choices, rest.ranking)):
        yield rest
    for listed, items in by_list.items():
        yield Questions(instrument=block.instrument, items=items, answers=answers[listed])


def one_cell(
    heading: str | list[str], form: Form, question: Question, other: str | None = None
) -> Choices:
    """Return a multiple choice whose options stand in one cell with spaces between them.

    An export may say names or labels; labels that read like several others are left out.
    """
    given = {"from": heading, "split": " ", "other": other}
    try:
        return Choices.model_validate({**given, "options": form.codes(question)})
    except ValidationError:
        return Choices.model_validate({**given, "options": [*form.choices[question.choices]]})


def _known(form: Form, headings: list[str]) -> Question:
    for each in headings:
        if found := form.question(each):
            return found
    near = nearest(headings[0], [name for each in form.questions for name in each.headings()])
    raise DeliveryRefused("form.question", name=headings[0], nearest=near or "-")


def _chained(
    declared: dict[str, float | str], form: Form, question: Question
) -> dict[str, float | str]:
    """Return cell -> answer: a label stands for its choice, whose score the source may declare."""
    plain = {tidy(cell): value for cell, value in declared.items()}
    listed = form.choices.get(question.choices, {})
    made: dict[str, float | str] = {}
    for cell, name in form.codes(question).items():
        said = [name, *listed[name].values()]
        made[cell] = next((plain[tidy(each)] for each in said if tidy(each) in plain), name)
    return {**made, **declared}


def _blocks(form: Form, taken: set[str], present: set[str]) -> tuple[list[Questions], list[str]]:
    blocks, ignored = [], []
    for each in form.questions:
        names = each.headings()
        if taken & {tidy(name) for name in names}:
            continue
        instrument = each.groups[-1] if each.groups else None
        labels = [text for text in each.labels.values() if form.question(text) is each]
        wanted: str | list[str] = [*names, *dict.fromkeys(labels)]
        if each.kind == "select multiple":
            details = [f"{name}/*" for name in names]
            if not present or present & {tidy(name) for name in wanted}:
                chosen = one_cell(wanted, form, each)
                blocks.append(Questions(instrument=instrument, choices={each.name: chosen}))
                ignored += details
            else:
                blocks.append(Questions(instrument=instrument, several={each.name: details}))
        elif each.kind in ("select one", *_NUMBERS):
            answers = _chained({}, form, each)
            blocks.append(
                Questions(instrument=instrument, items={each.name: wanted}, answers=answers)
            )
    return blocks, ignored
