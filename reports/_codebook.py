"""The codebook: every column, indicator and table as declared, each once; nothing is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reports._catalogue import catalogue, list_of
from reports._origin import COUNT, Fact
from reports._tables import Markdown, escape, pipe
from reports._words import of_page

if TYPE_CHECKING:
    from reports.kit import Kit

_WORDS = "codebook_words.yml"


def _word(k: Kit, key: str, **values: object) -> str:
    return of_page(_WORDS, key, k.lang, **values)


def _code(k: Kit, code: str) -> str:
    return k.plain(code, "code")


def _columns(k: Kit) -> dict[str, tuple[dict[str, Any], list[str]]]:
    """Return each column once: its declaration, and the datasets it stands in."""
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for dataset, entries in k.manifest["codebook"].items():
        for entry in entries:
            found.setdefault(entry["column"], (entry, []))[1].append(dataset)
    return found


def columns(k: Kit) -> Markdown:
    """One row a column of the data gathered: meaning and type, values, rule, privacy, where."""
    heads = [_word(k, x) for x in ("column", "meaning", "values", "rule", "role", "in_data")]
    rows = []
    for name, (entry, datasets) in _columns(k).items():
        unit = f", {_unit(k, entry['unit'])}" if entry["unit"] else ""
        kind = f"{k.word('kind_' + entry['kind'])}{unit}"
        rule = k.text_of(entry["rule"]) if entry["rule"] else "–"
        rows.append(
            [
                f"{_code(k, name)}: {k.text_of(entry['label'])}",
                f"{k.text_of(entry['description'])} ({kind})",
                _values(k, name, entry),
                rule,
                k.word(f"role_{entry['role']}"),
                ", ".join(k.label("dataset", each) for each in datasets),
            ]
        )
    return pipe(heads, rows, 6, (3, 4, 4, 4, 2, 2))


def _values(k: Kit, column: str, entry: dict[str, Any]) -> str:
    """Return the codes a column may hold with their names: declared, or the programme's list."""
    listed = k.released.labels(list_of(column)) or k.released.level_words(column)
    if not listed:
        return _word(k, "any") if entry["kind"] in ("text", "code") else "–"
    said = []
    for code, words in listed.items():
        name = k.text_of(words)
        said.append(f"{_code(k, code)} ({name})" if name and name != code else _code(k, code))
    return "; ".join(said)


def _unit(k: Kit, unit: str) -> str:
    """Return a unit by name; one nobody named stands for itself."""
    key = f"unit_{unit}"
    return _word(k, key) if key in catalogue(_WORDS) else _code(k, unit)


def indicators(k: Kit) -> Markdown:
    """One row an indicator of the framework: name, definition, unit, class."""
    heads = [_word(k, x) for x in ("indicator", "definition", "unit", "class")]
    rows = [
        [
            f"{_code(k, code)}: {k.text_of(entry['label'])}",
            k.text_of(entry["definition"]),
            _unit(k, entry["unit"]),
            k.word(f"class_{entry['class']}"),
        ]
        for code, entry in k.manifest["indicators"].items()
    ]
    return pipe(heads, rows, 4, (4, 7, 2, 2))


def tables(k: Kit) -> Markdown:
    """One row a released table: name, its indicators, how many cells, how many hidden."""
    heads = [_word(k, x) for x in ("table", "holds", "rows", "hidden")]
    titles = k.manifest.get("table_titles") or {}
    holds: dict[str, dict[str, None]] = {}
    for cells in k.released.by_indicator.values():
        for cell in cells:
            holds.setdefault(cell.table, {})[cell.indicator] = None
    rows = []
    for code, entry in sorted(k.manifest["tables"].items()):
        named = [k.label("indicator", each) for each in holds.get(code, {})]
        title = k.text_of(titles.get(code))
        counts = [
            k.mark(k.count(entry[each]), Fact(COUNT, (each, code))) for each in ("rows", "hidden")
        ]
        head = f"{_code(k, code)}: {title}" if title else _code(k, code)
        rows.append([head, "; ".join(named) or "–", *counts])
    return pipe(heads, rows, 2, (4, 7, 1, 1))


def released_columns(k: Kit) -> Markdown:
    """One row a column of the released tables: name and meaning."""
    heads = [_word(k, x) for x in ("column", "meaning")]
    known = k.manifest.get("released_columns") or {}
    rows = [
        [f"{_code(k, name)}: {k.text_of(entry['label'])}", k.text_of(entry["meaning"])]
        for name, entry in known.items()
    ]
    return pipe(heads, rows or [[k.word("no_data"), "–"]], 2, (2, 5))


def text(k: Kit) -> Markdown:
    """Say where all of this comes from, what stays inside, and how a hidden cell is read."""
    counts = {
        "columns": len(_columns(k)),
        "indicators": len(k.manifest["indicators"]),
        "tables": len(k.manifest["tables"]),
    }
    values = {name: k.plain(k.count(each), "definition") for name, each in counts.items()}
    said = [_word(k, "short", **values), _word(k, "inside"), _word(k, "hidden_cell")]
    return Markdown("\n\n".join(map(escape, said)))


#: What ``k.table(name, ...)`` knows of this page.
TABLES: dict[str, Callable[..., Markdown]] = {
    "codebook_columns": columns,
    "codebook_indicators": indicators,
    "codebook_tables": tables,
    "codebook_released": released_columns,
}
