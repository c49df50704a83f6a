"""SPSS, Stata and Parquet files: the same cells, with labels, the same bytes for the same cells.

Codes become numbers with value labels, because Stata labels numbers only; a label ends in the code
it stands for (``Lunetta [lunetta]``), so nothing is lost. A code has the same number in every table.
"""

from __future__ import annotations

import math
import re
import tempfile
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.outputs.export.labels import LEVELS, NAMED, PLAIN, coded, codes, label
from assets.outputs.export.package import DRAFT_MARK, Package, Table
from assets.outputs.export.wording import LICENCES, both, citation
from schemas.words import Language

if TYPE_CHECKING:
    import pandas as pd

#: Bytes that a label may have: SPSS takes 120 for a value and 256 for a variable, Stata 80 for both
#: a variable and a file, SPSS 64 for a file and 80 for a line of notes (40 letters with accents).
_VALUE, _SPSS_VARIABLE, _STATA_VARIABLE, _SPSS_FILE, _SPSS_NOTE = 120, 256, 80, 64, 40
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Where SPSS files hold the time they were written (after type, product, layout, counts, bias).
_SPSS_TIME = slice(92, 92 + 9 + 8)
_STATA_TIME = re.compile(rb"<timestamp>\x11.{17}</timestamp>")


@dataclass(frozen=True)
class Coded:
    """One column as numbers: code -> number, and number -> label."""

    numbers: dict[str, int]
    labels: dict[int, str]


def code_lists(package: Package, lang: Language = "it") -> dict[str, Coded]:
    """Return the numbers and labels of every column of codes, over all tables of the package."""
    found = {}
    for column in package.columns:
        if column in NAMED or column in LEVELS or column in PLAIN:
            known = codes(package, column)
            numbers = {code: number for number, code in enumerate(known, start=1)}
            labels = {
                number: value_label(label(package, column, code).say(lang), code)
                for code, number in numbers.items()
            }
            found[column] = Coded(numbers, labels)
    return found


def value_label(name: str, code: str) -> str:
    """Return a name followed by its code, the name shortened where both do not fit."""
    if name == code:
        return cut(code, _VALUE)
    end = f" [{code}]"
    return cut(name, _VALUE - len(end.encode())) + end


def cut(text: str, size: int) -> str:
    """Return the text within so many bytes of UTF-8, whole characters only."""
    return text.encode()[:size].decode(errors="ignore")


def as_parquet(package: Package, table: Table) -> bytes:
    """Return a table as Parquet that carries its own description."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [
        field.with_metadata({"title": both(package.columns[field.name].label)})
        for field in table.data.schema
    ]
    about = {
        "title": both(table.title),
        "citation": both(citation(package)),
        "license": LICENCES[package.about.licence].url,
        "version": package.version,
        "marks": " ".join(map(both, package.marks)),
    }
    data = pa.Table.from_arrays(table.data.columns, schema=pa.schema(fields, metadata=about))
    sink = pa.BufferOutputStream()
    pq.write_table(data, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def as_spss(package: Package, table: Table, lists: Mapping[str, Coded]) -> bytes:
    """Return a table as an SPSS file with variable and value labels."""
    import pyreadstat

    measures = {name: "nominal" if name in lists else "unknown" for name in package.columns}
    measures |= {name: "scale" for name, each in package.columns.items() if each.kind != "VARCHAR"}

    def write(frame: pd.DataFrame, path: str) -> None:
        pyreadstat.write_sav(
            frame,
            path,
            file_label=cut(_file_label(package, table), _SPSS_FILE),
            column_labels=_variable_labels(package, _SPSS_VARIABLE),
            variable_value_labels=_value_labels(lists),
            variable_measure=measures,
            note=textwrap.wrap(both(citation(package)), _SPSS_NOTE),
        )

    return _spss_at(_written(write, table, lists, ".sav"), package.last)


def as_stata(package: Package, table: Table, lists: Mapping[str, Coded]) -> bytes:
    """Return a table as a Stata file (format 118, Stata 14 and later) with labels."""
    import pyreadstat

    def write(frame: pd.DataFrame, path: str) -> None:
        pyreadstat.write_dta(
            frame,
            path,
            file_label=cut(_file_label(package, table), _STATA_VARIABLE),
            column_labels=_variable_labels(package, _STATA_VARIABLE),
            variable_value_labels=_value_labels(lists),
            version=14,
        )

    return _stata_at(_written(write, table, lists, ".dta"), package.last)


def _written(
    write: Callable[[pd.DataFrame, str], None],
    table: Table,
    lists: Mapping[str, Coded],
    ending: str,
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{ending}"
        write(frame(table, lists), str(path))
        return path.read_bytes()


def frame(table: Table, lists: Mapping[str, Coded]) -> pd.DataFrame:
    """Return the table with its codes as numbers; null where there is none, or no end."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for name in table.data.column_names:
        if name in lists:
            numbers = lists[name].numbers
            found = [numbers.get(coded(row, name)) for row in table.rows]
            columns[name] = pd.array(found, dtype="Int32")
        elif table.data.schema.field(name).type in ("string", "large_string"):
            columns[name] = pd.array([row[name] or "" for row in table.rows], dtype=object)
        else:
            columns[name] = pd.array([_finite(row[name]) for row in table.rows], dtype="float64")
    return pd.DataFrame(columns)


def _finite(value: float | None) -> float:
    return math.nan if value is None or math.isinf(value) else float(value)


def _file_label(package: Package, table: Table) -> str:
    mark = f"{DRAFT_MARK} " if package.is_draft else ""
    invented = "SYNTHETIC " if package.manifest.get("synthetic") else ""
    return f"{mark}{invented}{table.title.it}"


def _variable_labels(package: Package, size: int) -> list[str | None]:
    return [cut(both(each.label), size) for each in package.columns.values()]


def _value_labels(lists: Mapping[str, Coded]) -> dict[str, dict[int | float, str]]:
    found: dict[str, dict[int | float, str]] = {}
    for name, each in lists.items():
        if each.labels:
            found[name] = dict(each.labels.items())
    return found


def _spss_at(data: bytes, day: date) -> bytes:
    """Return the file with the data's day where the clock's was."""
    if data[:4] != b"$FL2":
        raise ValueError("not an SPSS system file")
    stamp = f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year % 100:02d}00:00:00".encode()
    return data[: _SPSS_TIME.start] + stamp + data[_SPSS_TIME.stop :]


def _stata_at(data: bytes, day: date) -> bytes:
    """Return the file with the data's day where the clock's was."""
    stamp = f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year} 00:00".encode()
    new, count = _STATA_TIME.subn(b"<timestamp>\x11" + stamp + b"</timestamp>", data, count=1)
    if count != 1:
        raise ValueError("not a Stata file of format 117 or later")
    return new
