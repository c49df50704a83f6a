"""The names of the codes in the released tables, in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import yaml

from assets.layout import REPOSITORY
from assets.outputs.export.package import Package
from schemas.words import Words

#: Columns whose codes have names, and the columns of levels with that of their dimension.
NAMED = (
    "table_code",
    "indicator_code",
    "subject_code",
    "by_1",
    "by_2",
    "design",
    "method_code",
    "question_code",
    "status",
)
LEVELS = {"level_1": "by_1", "level_2": "by_2"}
#: Columns of codes without names of their own: the code is a word.
PLAIN = ("population_code", "n_unit", "unit")


@cache
def _catalogue() -> dict[str, Any]:
    """Return the words of the pages: the same names there and here."""
    found: dict[str, Any] = yaml.load(
        (REPOSITORY / "reports" / "words.yml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    return found


def codes(package: Package, column: str) -> list[str]:
    """Return the codes that stand in a column of any table, in order; of levels, ``dimension=level``."""
    found: set[str] = set()
    for table in package.tables:
        if column in table.data.column_names:
            found |= {coded(row, column) for row in table.rows}
    return sorted(found - {""})


def coded(row: dict[str, Any], column: str) -> str:
    """Return a cell's code; a level means something only with its dimension: ``dimension=level``."""
    code = row[column] or ""
    return f"{row[LEVELS[column]]}={code}" if code and column in LEVELS else code


def label(package: Package, column: str, code: str) -> Words:
    """Return the name of a code; one that nobody named stands for itself.

    Parameters
    ----------
    code
        As ``codes`` gives it.
    """
    if column in LEVELS:
        dimension, level = code.split("=", 1)
        return _first(_level(package, dimension, level), level)
    makers = {
        "table_code": _table,
        "indicator_code": _indicator,
        "subject_code": _subject,
        "by_1": _dimension,
        "by_2": _dimension,
        "design": _design,
        "method_code": _method,
        "question_code": _question,
        "status": _status,
    }
    return _first(makers[column](package, code), code) if column in makers else _same(code)


def definition(package: Package, indicator: str) -> Words | None:
    """Return what an indicator means, where the framework says it."""
    entry = package.manifest["indicators"].get(indicator)
    return _words(entry["definition"]) if entry else None


def _level(package: Package, dimension: str, level: str) -> list[Any]:
    labels, levels = package.manifest.get("labels", {}), _catalogue()["levels"]
    fields = labels.get("fields", {}).get(dimension, {})
    return [
        levels["any"].get(level),
        labels.get(_catalogue()["lists"].get(dimension, dimension), {}).get(level),
        fields.get("codes", {}).get(level),
        levels.get(dimension, {}).get(level),
        *_of_scales(labels.get("scales", {}), dimension, level),
    ]


def _of_scales(scales: dict[str, Any], dimension: str, level: str) -> list[Any]:
    """Return the words of an item or a band, whichever scale it belongs to."""
    kind = {"item": "items", "band": "bands"}.get(dimension)
    return [each[kind].get(level) for each in scales.values() if each.get(kind)] if kind else []


def _dimension(package: Package, code: str) -> list[Any]:
    fields = package.manifest.get("labels", {}).get("fields", {})
    return [_catalogue()["dimensions"].get(code), fields.get(code)]


def _subject(package: Package, code: str) -> list[Any]:
    labels = package.manifest.get("labels", {})
    scales = labels.get("scales", {})
    parts = [each.get("parts", {}).get(code) for each in scales.values()]
    others = [labels.get(kind, {}).get(code) for kind in ("services", "activities")]
    return [scales.get(code), *parts, *others]


def _table(package: Package, code: str) -> list[Any]:
    return [each.title.model_dump() for each in package.tables if each.code == code]


def _indicator(package: Package, code: str) -> list[Any]:
    return [package.manifest["indicators"].get(code, {}).get("label")]


def _design(package: Package, code: str) -> list[Any]:
    return [package.manifest.get("claims", {}).get("designs", {}).get(code, {}).get("label")]


def _question(package: Package, code: str) -> list[Any]:
    return [package.manifest.get("claims", {}).get("questions", {}).get(code)]


def _method(package: Package, code: str) -> list[Any]:
    return [package.manifest.get("methods", {}).get(code, {}).get("label")]


def _status(package: Package, code: str) -> list[Any]:
    return [package.manifest.get("status", {}).get(code)]


def _first(found: Iterable[Any], code: str) -> Words:
    return next((words for each in found if (words := _words(each))), _same(code))


def _words(entry: Any) -> Words | None:
    if isinstance(entry, dict) and isinstance(entry.get("it"), str):
        return Words(it=entry["it"], en=entry.get("en") or entry["it"])
    return None


def _same(code: str) -> Words:
    return Words(it=code, en=code)
