"""The ``reader:`` block of a proposal: how the whole file spells dates, numbers, yes and no."""

from __future__ import annotations

import json

from pydantic import ValidationError

from assets.intake.propose import Draft
from assets.intake.propose_values import DAY_PATTERNS
from schemas.reader import Reader

#: What is taken where the file shows nothing: as ``Reader`` has it.
_PLAIN = Reader()
#: How typed dates of a workbook are spelt, and how people type them.
_ISO, _ITALIAN = "%Y-%m-%d", "%d/%m/%Y"


def reader_lines(made: Draft) -> list[str]:
    """Return the lines of the block; only what differs from what is taken anyway."""
    settings = _settings(made)
    if not settings:
        return []
    lines = ["    reader:"]
    for key, value in settings.items():
        name = f'"{key}"' if key in ("true", "false") else key
        lines.append(f"      {name}: {json.dumps(value, ensure_ascii=False)}")
    return lines


def _settings(made: Draft) -> dict[str, object]:
    looked = made.looked
    found: dict[str, object] = {}
    _keep(found, "format", looked.format)
    if looked.sheet:
        _keep(found, "sheet", looked.sheet)
    if looked.format == "csv":
        _keep(found, "encoding", looked.encoding.removesuffix("-sig"))
        _keep(found, "delimiter", looked.delimiter)
    if looked.header_rows and looked.header_rows[0] > 1:
        _keep(found, "header_row", looked.header_rows[0])
    if len(looked.header_rows) > 1:
        _keep(found, "header_rows", len(looked.header_rows))
    guesses = [each.fit for each in made.choice.guesses]
    dates = _dates({p for fit in guesses for p in fit.dates}, is_workbook=looked.format != "csv")
    if dates and dates != _PLAIN.dates:
        _keep(found, "dates", dates)
    decimals = sorted({fit.decimal for fit in guesses if fit.decimal})
    thousands = sorted({fit.thousands for fit in guesses if fit.thousands})
    if len(decimals) == 1 and len(thousands) <= 1:  # columns that disagree are left to a person
        if decimals[0] != _PLAIN.decimal:
            found["decimal"] = decimals[0]
        if thousands:
            found["thousands"] = thousands[0]
    _keep_words(found, made)
    missing = sorted({word for column in made.columns for word in column.values.missing})
    if missing:
        found["missing"] = missing
    return found


def _keep_words(found: dict[str, object], made: Draft) -> None:
    """Add words of yes and no that are not among the usual ones."""
    fits = [each.fit for each in made.choice.guesses]
    for key, words, usual in (
        ("true", {w for fit in fits for w in fit.true}, _PLAIN.true),
        ("false", {w for fit in fits for w in fit.false}, _PLAIN.false),
    ):
        new = sorted(words - {each.casefold() for each in usual})
        if new:
            found[key] = [*usual, *new]


def _keep(found: dict[str, object], key: str, value: object) -> None:
    """Keep a setting that the reader knows; what it does not know is decided from the file."""
    try:
        Reader.model_validate({key: value})
    except ValidationError:
        return
    found[key] = value


def _dates(patterns: set[str], *, is_workbook: bool) -> list[str]:
    """Return patterns in order; in a workbook typed dates take the first, texts any of them."""
    ordered = [each for each in DAY_PATTERNS if each in patterns]
    if is_workbook and _ISO in patterns:
        rest = [each for each in ordered if each != _ISO]
        return [*(rest or [_ITALIAN]), _ISO]
    return ordered
