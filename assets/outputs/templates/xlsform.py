"""A survey as an XLSForm for KoboToolbox and ODK, in the instrument's own order.

Questions are named by our codes: a group per instrument named by its code, each item by its item
code, and a calculated field that names the source, so that the export maps by itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from assets.outputs.templates.columns import Asked, own_words
from assets.outputs.templates.texts import said
from assets.workbooks import workbook_bytes
from schemas.fields import FIELDS
from schemas.instruments import Instrument
from schemas.programme import Programme
from schemas.source import Source
from schemas.words import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: Name of the calculated field by which intake knows the form as its own.
SOURCE_FIELD = "lunattiva_source"
#: Name of the one that says the form's version: the tool's own version is another number.
VERSION_FIELD = "lunattiva_form"
#: Group of the questions that belong to no instrument.
LOOSE = "items"
_IT, _EN = "Italiano (it)", "English (en)"
SURVEY = (
    "type",
    "name",
    f"label::{_IT}",
    f"label::{_EN}",
    f"hint::{_IT}",
    f"hint::{_EN}",
    "required",
    "default",
    "constraint",
    f"constraint_message::{_IT}",
    f"constraint_message::{_EN}",
    "appearance",
    "calculation",
)
CHOICES = ("list_name", "name", f"label::{_IT}", f"label::{_EN}")


@dataclass
class Form:
    """The rows of the three sheets in the making."""

    survey: list[dict[str, str]] = field(default_factory=list)
    choices: list[dict[str, str]] = field(default_factory=list)
    lists: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)

    def list_of(self, name: str, choices: dict[str, Words]) -> str:
        """Write a list of choices once; return its name."""
        key = tuple((code, words.it) for code, words in choices.items())
        if key not in self.lists:
            self.lists[key] = f"{name}_list"
            for code, words in choices.items():
                row = {"list_name": f"{name}_list", "name": code, **_labels(words)}
                self.choices.append(row)
        return self.lists[key]


def survey_form(
    source: Source, asked: list[Asked], programme: Programme, instruments: dict[str, Instrument]
) -> bytes:
    """Return the XLSForm of a survey source."""
    form = Form()
    for each in asked:
        if not each.instrument and each.name in FIELDS:
            form.survey.append(_about_person(each, source, form))
    for scale, items in _by_scale(asked).items():
        _add_scale(form, scale, items, source, instruments)
    rows = repr((form.survey, form.choices)).encode()
    # The version changes when, and only when, the questions do.
    version = hashlib.sha256(rows).hexdigest()[:8]
    written = {SOURCE_FIELD: f"{programme.programme}/{source.source}", VERSION_FIELD: version}
    form.survey[:0] = [
        {"type": "calculate", "name": name, "calculation": f"'{value}'"}
        for name, value in written.items()
    ]
    return _book(form, source, programme, version)


def _by_scale(asked: list[Asked]) -> dict[str, list[Asked]]:
    """Return the questions by instrument, each instrument's in its own order of items."""
    found: dict[str, list[Asked]] = {}
    for each in asked:
        if each.instrument or each.name not in FIELDS:
            found.setdefault(each.instrument, []).append(each)
    return found


def _about_person(asked: Asked, source: Source, form: Form) -> dict[str, str]:
    words = FIELDS[asked.name].label
    row = {"name": asked.name, **_labels(words), **_hints(asked.meaning)}
    if asked.is_required or asked.name in ("response_date", "wave_code"):
        row["required"] = "yes"
    if asked.choices:
        codes = _codes_of(asked, source)
        row["type"] = f"select_one {form.list_of(asked.name, codes)}"
    elif asked.kind == "date":
        row |= {"type": "date", "default": "today()"}
    else:
        row["type"] = {"integer": "integer", "number": "decimal"}.get(asked.kind, "text")
    if asked.name == "person_code":
        row |= _hints(Words(it=said("form.person_hint", "it"), en=said("form.person_hint", "en")))
    return row | _constraint(asked)


def _codes_of(asked: Asked, source: Source) -> dict[str, Words]:
    """Return our codes with their meaning, instead of the words of another tool."""
    codes = own_words(source.columns[asked.name].codes)
    return {codes.get(cell, cell): words for cell, words in asked.choices.items()}


def _constraint(asked: Asked) -> dict[str, str]:
    if asked.pattern:
        plain = asked.pattern.replace(r"\A", "^").replace(r"\Z", "$").replace(r"\z", "$")
        plain = plain if plain.startswith("^") else f"^({plain})$"
        return {"constraint": f"regex(., '{plain}')", **_messages("form.wrong_code")}
    if None in (asked.low, asked.high) or asked.choices:
        return {}
    if isinstance(asked.low, date):
        limits = f". >= date('{asked.low}') and . <= date('{asked.high}')"
        return {
            "constraint": limits,
            **_messages("form.wrong_date", low=asked.low, high=asked.high),
        }
    low, high = f"{asked.low:g}", f"{asked.high:g}"
    return {
        "constraint": f". >= {low} and . <= {high}",
        **_messages("form.wrong_number", low=low, high=high),
    }


def _add_scale(
    form: Form,
    scale: str,
    items: list[Asked],
    source: Source,
    instruments: dict[str, Instrument],
) -> None:
    instrument = instruments.get(scale)
    form.survey.append(_group(scale, instrument))
    if instrument is not None:
        order = {code: at for at, code in enumerate(instrument.item_codes)}
        items = sorted(items, key=lambda each: order.get(each.name, len(order)))
    for each in items:
        choices = _answer_codes(each, source, instrument)
        kind = f"select_one {form.list_of(scale or each.name, choices)}" if choices else "text"
        form.survey.append({"type": kind, "name": each.name, **_labels(each.meaning)})
    form.survey.append({"type": "end_group"})


def _group(scale: str, instrument: Instrument | None) -> dict[str, str]:
    if instrument is None:
        other = Words(it="Altre domande", en="Other questions")
        return {"type": "begin_group", "name": LOOSE, **_labels(other)}
    hint = _hints(instrument.instruction) if instrument.instruction else {}
    row = {"type": "begin_group", "name": scale, **_labels(instrument.label), **hint}
    return {**row, "appearance": "field-list"}


def _answer_codes(asked: Asked, source: Source, instrument: Instrument | None) -> dict[str, Words]:
    """Return the codes of the answers: of a scale its own, else those the source translates to."""
    if instrument is not None:
        labels = instrument.answers
        codes = list(labels) or [str(n) for n in range(instrument.low, instrument.high + 1)]
        return {code: labels.get(code, Words(it=code, en=code)) for code in codes}
    for block in source.questions:
        if asked.name in block.items:
            return {
                value if isinstance(value, str) else f"{value:g}": Words(it=cell, en=cell)
                for cell, value in block.answers.items()
            }
    return {}


def _labels(words: Words) -> dict[str, str]:
    return {f"label::{_IT}": words.it, f"label::{_EN}": words.en}


def _hints(words: Words) -> dict[str, str]:
    return {f"hint::{_IT}": words.it, f"hint::{_EN}": words.en}


def _messages(key: str, **values: object) -> dict[str, str]:
    return {
        f"constraint_message::{_IT}": said(key, "it", **values),
        f"constraint_message::{_EN}": said(key, "en", **values),
    }


def _book(form: Form, source: Source, programme: Programme, version: str) -> bytes:
    from openpyxl import Workbook

    settings = {
        "form_title": f"{programme.title.it} - {source.label.it}",
        "form_id": re.sub(r"[^a-z0-9_]", "_", f"{programme.programme}_{source.source}"),
        "version": version,
        "default_language": _IT,
    }
    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = "survey"
    _fill(sheet, SURVEY, form.survey)
    _fill(book.create_sheet("choices"), CHOICES, form.choices)
    _fill(book.create_sheet("settings"), tuple(settings), [settings])
    book.properties.title = source.label.it
    book.properties.creator = "Lunattiva"
    return workbook_bytes(book)


def _fill(sheet: Worksheet, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    used = [each for each in columns if any(each in row for row in rows)]
    sheet.append(used)
    for row in rows:
        sheet.append([row.get(each) for each in used])
    sheet.freeze_panes = "A2"
