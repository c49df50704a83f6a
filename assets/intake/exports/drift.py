"""What changed from one delivery of a survey to the next: questions, kinds of answers, choices.

Deliveries of one source are compared in order. What is said is free of values: counts, and codes
from declared lists only. Nothing here refuses: an undeclared rename has stopped the file before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from assets.intake.grid import TEXT, Cells, distinct, tidy
from assets.intake.headings import Mapping
from assets.intake.table import Table
from schemas.questions import Questions
from schemas.source import Source

VERSION_COLUMNS = (
    "delivery_id",
    "source_code",
    "version",
    "item_code",
    "heading",
    "what",
    "detail_it",
    "detail_en",
)

#: One row per question of a delivery: what a later delivery is compared with.
QUESTION_COLUMNS = (
    "delivery_id",
    "source_code",
    "version",
    "item_code",
    "heading",
    "kind",
    "codes",
    "other_n",
)

_NUMBER = re.compile(r"\A[+-]?[0-9]+(?:[.,][0-9]+)*\Z")
_DATE = re.compile(r"\A[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}(?:[ T].*)?\Z")
_KINDS = {
    "number": ("numero", "number"),
    "date": ("data", "date"),
    "text": ("testo", "text"),
}


@dataclass(frozen=True)
class Asked:
    """One question as a delivery holds it.

    Attributes
    ----------
    kind
        number, date, text; '' where no cell is filled or some answers are not in a declared list.
    codes
        Codes of the declared list that were answered.
    other_n
        How many distinct answers are in no declared list.
    """

    heading: str
    kind: str
    codes: tuple[str, ...] = ()
    other_n: int = 0


@dataclass(frozen=True)
class Shape:
    """What one delivery asks: item code -> question, in the order of the file."""

    delivery_id: str
    source_code: str
    version: str
    items: dict[str, Asked] = field(default_factory=dict)


def shape_of(
    delivery_id: str, source: Source, version: str | None, table: Table, mapping: Mapping
) -> Shape:
    """Return what a delivery asks.

    Parameters
    ----------
    version
        The form's version as the note states it; without one, as every row of the file does.
    """
    items: dict[str, Asked] = {}
    stated = mapping.columns.get("form_version")
    if version is None and stated is not None:
        said = distinct(table.columns[stated.position]).to_pylist()
        version = str(said[0]).strip() if len(said) == 1 else None
    for block, places in zip(source.questions, mapping.questions, strict=True):
        declared = _declared(source, block)
        for place in sorted(places.places(), key=lambda each: each.position):
            lists = declared.get(place.name, declared[""])
            items[place.name] = _asked(place.heading, table.columns[place.position], lists, source)
    return Shape(delivery_id, source.source, version or "", items)


def _declared(source: Source, block: Questions) -> dict[str, dict[str, str]]:
    """Return item ('' for all others) -> cell -> code, as far as lists are declared."""
    whole = {tidy(cell): str(code) for cell, code in block.answers.items()}
    found = {"": whole}
    for each in source.versions:
        for item, answers in each.answers.items():
            mine = {tidy(cell): str(code) for cell, code in answers.items()}
            found[item] = {**found.get(item, whole), **mine}
    # One cell of these holds several options; they are compared as text.
    found.update({base: {} for base in block.choices})
    return found


def _asked(heading: str, column: Cells, lists: dict[str, str], source: Source) -> Asked:
    missing = {tidy(each) for each in source.reader.missing}
    words = [str(each).strip() for each in distinct(column).to_pylist()]
    words = [each for each in words if each and tidy(each) not in missing]
    if lists:
        codes = sorted({lists[tidy(each)] for each in words if tidy(each) in lists})
        other_n = sum(tidy(each) not in lists for each in words)
        return Asked(heading, "", tuple(codes), other_n)
    return Asked(heading, _kind(words))


def _kind(words: Sequence[str]) -> str:
    if not words:
        return ""
    if all(_NUMBER.match(each) for each in words):
        return "number"
    return "date" if all(_DATE.match(each) for each in words) else "text"


def question_frame(shapes: Sequence[Shape]) -> pd.DataFrame:
    """Return what deliveries ask as a table that can be kept: one row per delivery and question."""
    rows = [
        (
            each.delivery_id,
            each.source_code,
            each.version,
            item,
            asked.heading,
            asked.kind,
            "\n".join(asked.codes),
            str(asked.other_n),
        )
        for each in shapes
        for item, asked in each.items.items()
    ]
    return pd.DataFrame(rows, columns=list(QUESTION_COLUMNS), dtype=TEXT)


def shapes_in(frame: pd.DataFrame, order: Sequence[str]) -> list[Shape]:
    """Return the shapes of a kept table, in the order of the deliveries given."""
    found: dict[str, Shape] = {}
    for row in frame.fillna("").to_dict("records"):
        shape = found.setdefault(
            row["delivery_id"], Shape(row["delivery_id"], row["source_code"], row["version"])
        )
        codes = tuple(each for each in row["codes"].split("\n") if each)
        shape.items[row["item_code"]] = Asked(
            row["heading"], row["kind"], codes, int(row["other_n"])
        )
    return [found[each] for each in order if each in found]


def drift(shapes: Sequence[Shape]) -> pd.DataFrame:
    """Compare the deliveries of each source in order, each with what was asked before it.

    Parameters
    ----------
    shapes
        In delivery order; those of different sources may be mixed.

    Returns
    -------
    pandas.DataFrame
        ``intake_versions``, one row per change: ``what`` is appeared, vanished, renamed (the item
        is the same, its heading is not), type or choices.
    """
    last: dict[str, Shape] = {}
    rows: list[dict[str, str]] = []
    for each in shapes:
        before = last.get(each.source_code)
        if before is not None:
            rows.extend(_changes(before, each))
        last[each.source_code] = each
    return pd.DataFrame(rows, columns=list(VERSION_COLUMNS), dtype=TEXT)


def _changes(before: Shape, now: Shape) -> list[dict[str, str]]:
    found = []
    for item in dict.fromkeys([*before.items, *now.items]):
        old, new = before.items.get(item), now.items.get(item)
        if old is None and new is not None:
            found.append(_row(now, item, new.heading, "appeared"))
        elif new is None and old is not None:
            found.append(_row(now, item, old.heading, "vanished"))
        elif old is not None and new is not None:
            found.extend(_differences(now, item, old, new))
    return found


def _differences(now: Shape, item: str, old: Asked, new: Asked) -> list[dict[str, str]]:
    found = []
    if tidy(old.heading) != tidy(new.heading):
        found.append(_row(now, item, new.heading, "renamed"))
    if old.kind and new.kind and old.kind != new.kind:
        detail = [f"{_KINDS[old.kind][at]} → {_KINDS[new.kind][at]}" for at in (0, 1)]
        found.append(_row(now, item, new.heading, "type", *detail))
    if old.codes and new.codes and (old.codes != new.codes or old.other_n != new.other_n):
        detail = [_choices(old, new, at) for at in (0, 1)]
        found.append(_row(now, item, new.heading, "choices", *detail))
    return found


def _choices(old: Asked, new: Asked, language: int) -> str:
    """Say which declared codes came and went, and how many answers no list knows."""
    said = []
    for codes, words in (
        ([each for each in new.codes if each not in old.codes], ("nuovi", "new")),
        (
            [each for each in old.codes if each not in new.codes],
            ("non più usati", "no longer used"),
        ),
    ):
        if codes:
            said.append(f"{words[language]}: {', '.join(codes)}")
    if old.other_n != new.other_n:
        words = ("fuori elenco", "in no list")
        said.append(f"{words[language]}: {old.other_n} → {new.other_n}")
    return "; ".join(said)


def _row(
    now: Shape, item: str, heading: str, what: str, detail_it: str = "", detail_en: str = ""
) -> dict[str, str]:
    return {
        "delivery_id": now.delivery_id,
        "source_code": now.source_code,
        "version": now.version,
        "item_code": item,
        "heading": heading,
        "what": what,
        "detail_it": detail_it,
        "detail_en": detail_en,
    }
