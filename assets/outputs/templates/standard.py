"""The form of a dataset for a partner that has none: our own labels as headings and words."""

from __future__ import annotations

from typing import Any

from schemas.datasets import DATASETS
from schemas.fields import FIELDS, PERSON_FIELDS
from schemas.instruments import Instrument
from schemas.programme import Programme
from schemas.source import OWN_FORM, Source

#: What a standard form asks besides the required columns; the rest is for those who already have it.
_ASKED_BESIDES = {
    "attendance": ("hours",),
    "service_access": ("person_code", "category_code", "status_code", "closed_date"),
    "survey": ("response_date",),
}
#: Columns of a survey that the questions give.
_BY_QUESTIONS = ("item_code", "instrument_code", "answer_code", "answer_value", "form_version")


def standard_source(
    dataset: str, programme: Programme, instruments: dict[str, Instrument]
) -> Source:
    """Return the source of a form made from the schemas alone.

    Headings are the Italian labels of the columns, words the Italian labels of their codes; a
    survey asks the scales that the programme evaluates.
    """
    declared = DATASETS[dataset]
    names = [each for each in declared.required if each not in (*_BY_QUESTIONS, "contact_n")]
    names += [each for each in _ASKED_BESIDES[dataset] if each not in names]
    names += [
        each
        for each in PERSON_FIELDS
        if each not in (*names, "age_band") and each in declared.columns  # the age is asked already
    ]
    about: dict[str, Any] = {
        "source": f"modulo_{dataset}",
        "dataset": dataset,
        "label": {"it": f"Modulo {dataset}", "en": f"{dataset} form"},
        "files": [f"*modulo_{dataset}_*"],
        "columns": {name: _column(name, programme) for name in names},
    }
    if dataset == "survey":
        about["form"] = OWN_FORM  # an export of the form written beside maps by itself
        about["questions"] = [
            {
                "instrument": code,
                "items": {item: item for item in instruments[code].item_codes},
            }
            for code in programme.evaluation.scales
            if code in instruments
        ]
    return Source.model_validate(about)


def _column(name: str, programme: Programme) -> dict[str, Any]:
    declared = FIELDS[name]
    made: dict[str, Any] = {"from": declared.label.it}
    codes = {words.it: code for code, words in declared.codes.items()}
    lists = {
        "neighbourhood_code": programme.neighbourhoods,
        "activity_code": programme.activities,
        "service_code": programme.services,
        "wave_code": programme.waves,
    }
    found = lists.get(name)
    if isinstance(found, dict):
        codes = {each.label.it: code for code, each in found.items()}
    if codes:
        made["codes"] = codes
    return made
