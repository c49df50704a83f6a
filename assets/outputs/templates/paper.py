"""On paper, as PDF: the questionnaire of a survey and the sign-in register of a workshop.

People are named by code only: there is no place for a name, a signature or a telephone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assets.outputs.templates.columns import Asked
from assets.outputs.templates.texts import said
from schemas.fields import FIELDS
from schemas.instruments import Instrument
from schemas.programme import Programme
from schemas.source import Source

_HERE = Path(__file__).parent
#: Lines that fit a page of the register.
REGISTER_ROWS = 18
#: What stands once above the lines of a register, and is not asked of each person.
_ABOVE = ("activity_code", "session_date", "record_id")
#: Kept on file by the partner: a sheet that lies on a table for all to see does not ask them.
_NOT_ON_A_TABLE = (
    "citizenship_code",
    "tenure_code",
    "birth_year",
    "age_years",
    "age_band",
    "gender_code",
)
_ITEM_MM = 74
_NARROWEST_MM = 15


def register_pdf(source: Source, asked: list[Asked], programme: Programme, lang: str) -> bytes:
    """Return the sign-in register of an attendance source, one page."""
    skipped = (*_ABOVE, *_NOT_ON_A_TABLE, "booked_date", "is_reminded", "municipality_code")
    columns = [each for each in asked if each.name not in skipped]
    label = "it" if lang == "it" else "en"
    about = {
        "title": f"{said('paper.register', lang)} - {getattr(source.label, label)}",
        "hint": said("paper.register_hint", lang),
        "top": [said(f"paper.{each}", lang) for each in ("activity", "date", "start", "end")],
        "number": said("paper.number", lang),
        "columns": [
            {
                "heading": each.heading if lang == "it" else FIELDS[each.name].label.en,
                "hint": _written(each, lang),
                "width": 2 if each.name.endswith("_code") else 1,
            }
            for each in columns
        ],
        "rows": REGISTER_ROWS,
    }
    return _compiled("register.typ", about, programme, lang)


def questionnaire_pdf(
    source: Source,
    asked: list[Asked],
    programme: Programme,
    instruments: dict[str, Instrument],
    lang: str,
) -> bytes:
    """Return the questionnaire of a survey source: codes, then each scale in its own order."""
    about_person = [each for each in asked if each.name in FIELDS]
    scales: dict[str, list[Asked]] = {}
    for each in asked:
        if each.name not in FIELDS:
            scales.setdefault(each.instrument or each.name, []).append(each)
    about = {
        "title": getattr(source.label, "it" if lang == "it" else "en"),
        "hint": said("paper.questionnaire_hint", lang),
        "tick": said("paper.tick", lang),
        "licence": said("paper.licence", lang),
        "about": [
            {
                "label": FIELDS[each.name].label.say("it" if lang == "it" else "en"),
                "hint": _hint(each, lang),
                "choices": [_word(words, lang) for words in each.choices.values()],
            }
            for each in about_person
        ],
        "scales": [_scale(items, instruments.get(code), lang) for code, items in scales.items()],
    }
    return _compiled("questionnaire.typ", about, programme, lang)


def _scale(items: list[Asked], instrument: Instrument | None, lang: str) -> dict[str, Any]:
    answers = list(items[0].choices.values())
    instruction = instrument.instruction if instrument is not None else None
    if instrument is not None:
        order = {code: at for at, code in enumerate(instrument.item_codes)}
        items = sorted(items, key=lambda each: order[each.name])
        answers = list(instrument.answers.values()) or answers
    width = max(_NARROWEST_MM, (176 - _ITEM_MM) // max(len(answers), 1))
    return {
        "label": _word(instrument.label, lang) if instrument else _word(items[0].meaning, lang),
        "instruction": _word(instruction, lang) if instruction else "",
        # A question of its own is its heading, with the answers below it.
        "items": [_word(each.meaning, lang) for each in items] if instrument else [],
        "answers": [_word(each, lang) for each in answers],
        "width": min(width, 30),
        "licence": f"{instrument.citation} {instrument.licence}" if instrument else "",
    }


def _written(asked: Asked, lang: str) -> str:
    if asked.choices and len(asked.choices) <= 3:
        return " / ".join(asked.choices)
    return ""


def _hint(asked: Asked, lang: str) -> str:
    if asked.name == "person_code":
        return said("form.person_hint", lang)
    return said("paper.date", lang) if asked.kind == "date" else ""


def _word(words: Any, lang: str) -> str:
    return words.it if lang == "it" else words.en


def _compiled(template: str, about: dict[str, Any], programme: Programme, lang: str) -> bytes:
    """Set the page: fonts are typst's own, so the same everywhere; no date, so the same each time."""
    import typst

    data = {
        **about,
        "lang": lang,
        "footer": programme.title.it if lang == "it" else programme.title.en,
        "synthetic": said("paper.synthetic", lang) if programme.synthetic else "",
    }
    made: bytes = typst.compile(
        str(_HERE / template),
        root=str(_HERE),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
    )
    return made
