"""The workbook of doubtful links, and the answers in it: codes and names of columns, no values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assets.errors import LunattivaError
from assets.outputs.return_page import FONT, both, fit, letter_of, lock, print_across, put
from assets.outputs.returns import MACHINE, check_value
from assets.workbooks import open_workbook, workbook_bytes
from schemas.fields import FIELDS
from schemas.words import LANGUAGES, Words, load_yaml

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_FILE = Path(__file__).with_name("link_review.yml")
#: Changes when the pages do; a workbook of another version is not read.
VERSION = "links-1"
_COLUMNS = {
    "number": 6, "question": 34, "first": 36, "second": 36, "partners": 20, "disagree": 30,
    "answer": 22, "reason": 36,
}  # fmt: skip
_ANSWER, _REASON = (list(_COLUMNS).index(each) + 1 for each in ("answer", "reason"))
_RECORD = ("case_id", "question", "first_code", "second_code", "partners", "disagree")
_FIRST_RECORD = 5
_STEPS = ("what", "why", "ask", "answer", "back", "privacy")


@dataclass(frozen=True)
class Question:
    """One question as it was shown; ``partners`` and ``disagree`` are lists with commas."""

    case_id: str
    question: str
    first_code: str
    second_code: str
    partners: str
    disagree: str
    is_again: bool = False

    @property
    def record(self) -> list[str]:
        """What the hidden page keeps of it."""
        return [str(getattr(self, name)) for name in _RECORD]


@dataclass(frozen=True)
class Answer:
    """One question that somebody answered."""

    number: int
    about: Question
    decision: Literal["same", "different"]
    reason: str | None = field(repr=False)


@cache
def words(key: str) -> Words:
    """Return one text of the workbook in both languages."""
    return Words(**_catalogue()[key])


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    return load_yaml(_FILE)


def refused(key: str, **values: object) -> LunattivaError:
    """Return the refusal of a workbook, in words."""
    text = words(f"refused.{key}")
    return LunattivaError(Words(it=text.say("it", **values), en=text.say("en", **values)))


def review_workbook(programme: str, title: Words, questions: Sequence[Question], on: date) -> bytes:
    """Return the bytes of the workbook: the same questions and day, the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    guide: Worksheet = book.active  # type: ignore[assignment]
    guide.title = words("sheet.guide").it
    _write_guide(guide, title, len(questions), on)
    _write_questions(book.create_sheet(words("sheet.questions").it), questions)
    hidden: Worksheet = book.create_sheet(MACHINE)
    hidden.sheet_state = "hidden"
    records = [each.record for each in questions]
    head = {"lunattiva": VERSION, "programme": programme}
    for row, pair in enumerate([*head.items(), ("check", check_value(head, records))], start=1):
        _put_all(hidden, row, pair)
    for row, record in enumerate(records, start=_FIRST_RECORD):
        _put_all(hidden, row, record)
    lock(hidden)
    book.properties.title, book.properties.creator = words("title").it, "Lunattiva"
    return workbook_bytes(book, datetime(on.year, on.month, on.day))


def _put_all(sheet: Worksheet, row: int, texts: Sequence[str]) -> None:
    for column, text in enumerate(texts, start=1):
        if text:
            put(sheet, row, column, text)


def _write_guide(sheet: Worksheet, title: Words, number: int, on: date) -> None:
    from openpyxl.styles import Font

    sheet.column_dimensions["A"].width = 110
    put(sheet, 1, 1, both(words("title")))
    sheet.cell(1, 1).font = Font(name=FONT, bold=True, size=16)
    sheet.row_dimensions[1].height = 48
    for row, step in enumerate(_STEPS, start=2):
        said = "\n".join(
            words(f"guide.{step}").say(
                lang, title=title.say(lang), date=f"{on:%d/%m/%Y}", number=number
            )
            for lang in LANGUAGES
        )
        put(sheet, row, 1, said)
        fit(sheet, row, [said], [110])
    print_across(sheet)
    lock(sheet)


def _write_questions(sheet: Worksheet, questions: Sequence[Question]) -> None:
    from openpyxl.styles import Font, PatternFill, Protection

    for column, (name, width) in enumerate(_COLUMNS.items(), start=1):
        put(sheet, 1, column, both(words(f"head.{name}")))
        sheet.cell(1, column).font = Font(name=FONT, bold=True, color="FFFFFF")
        sheet.cell(1, column).fill = PatternFill("solid", fgColor="1F4E5F")
        sheet.column_dimensions[letter_of(column)].width = width
    sheet.row_dimensions[1].height = 48
    for row, each in enumerate(questions, start=2):
        texts = _texts(each)
        put(sheet, row, 1, row - 1)
        for column, text in enumerate(texts, start=2):
            put(sheet, row, column, text)
        for column in (_ANSWER, _REASON):
            put(sheet, row, column, "")
            sheet.cell(row, column).fill = PatternFill("solid", fgColor="FFF8DC")
            sheet.cell(row, column).protection = Protection(locked=False)
        fit(sheet, row, texts, list(_COLUMNS.values())[1:6])
    if questions:
        _add_lists(sheet, len(questions) + 1)
    else:
        put(sheet, 2, 2, both(words("nothing")))
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    print_across(sheet)
    lock(sheet)


def _texts(question: Question) -> list[str]:
    asked = both(words(f"question.{question.question}"))
    if question.is_again:
        asked += "\n" + both(words("again"))
    names = [name for name in question.disagree.split(", ") if name]
    labels = "\n".join(both(FIELDS[name].label) for name in names)
    return [asked, question.first_code, question.second_code, question.partners, labels or "-"]


def _add_lists(sheet: Worksheet, last: int) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = ",".join(words(f"answer.{each}").it for each in ("same", "different"))
    length = {"type": "textLength", "operator": "lessThanOrEqual", "formula1": "200"}
    checks: list[tuple[int, dict[str, Any], str]] = [
        (_ANSWER, {"type": "list", "formula1": f'"{choices}"'}, "choose"),
        (_REASON, length, "why"),
    ]
    for column, about, text in checks:
        letter, told = letter_of(column), both(words(text))
        about |= {"prompt": told[:255], "error": told[:225], "allow_blank": True}
        about |= {"showInputMessage": True, "showErrorMessage": True}
        sheet.add_data_validation(DataValidation(sqref=f"{letter}2:{letter}{last}", **about))


def read_answers(data: bytes, programme: str) -> tuple[list[Answer], int]:
    """Read the answers of a workbook, whichever program saved it.

    Returns
    -------
    tuple
        The answers, and how many questions were left without one.

    Raises
    ------
    LunattivaError
        Not ours, of another programme, changed where it must not be, or an unknown answer.
    """
    book = open_workbook(data, (MACHINE, words("sheet.questions").it))
    if book is None:
        raise refused("not_ours")
    questions = _questions(book, programme)
    sheet = book[words("sheet.questions").it]
    answers = []
    for number, about in enumerate(questions, start=1):
        row = number + 1
        shown = [_text(sheet, row, column) for column in (1, 3, 4)]
        if shown != [str(number), about.first_code, about.second_code]:
            raise refused("damaged")
        decision = _decision(_text(sheet, row, _ANSWER), number)
        if decision:
            reason = _text(sheet, row, _REASON) or None
            answers.append(Answer(number, about, decision, reason))
    return answers, len(questions) - len(answers)


def _questions(book: Workbook, programme: str) -> list[Question]:
    sheet = book[MACHINE]
    said = {_text(sheet, row, 1): _text(sheet, row, 2) for row in range(1, _FIRST_RECORD - 1)}
    head = {name: said.get(name, "") for name in ("lunattiva", "programme")}
    if head != {"lunattiva": VERSION, "programme": programme}:
        raise refused("not_ours")
    records = [
        [_text(sheet, row, column) for column in range(1, len(_RECORD) + 1)]
        for row in range(_FIRST_RECORD, sheet.max_row + 1)
    ]
    records = [each for each in records if any(each)]
    if said.get("check") != check_value(head, records):
        raise refused("damaged")
    return [_shown(*each) for each in records]


def _shown(
    case_id: str, question: str, first_code: str, second_code: str, partners: str, disagree: str
) -> Question:
    return Question(case_id, question, first_code, second_code, partners, disagree)


def _text(sheet: Worksheet, row: int, column: int) -> str:
    value = sheet.cell(row, column).value
    return "" if value is None else str(value).strip()


def _decision(text: str, number: int) -> Literal["same", "different"] | None:
    given = text.casefold()
    if not given:
        return None
    if given in (words("answer.same").it, words("answer.same").en):
        return "same"
    if given in (words("answer.different").it, words("answer.different").en):
        return "different"
    raise refused("answer", number=number)
