"""SPSS files (.sav, .zsav): codes as text, their labels beside them, declared missings as blanks."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from assets.errors import DeliveryRefused
from assets.intake.grid import Contents, Sheet, text_column
from assets.intake.notes import note
from assets.intake.values import Speller
from schemas.reader import Reader
from schemas.words import Words

#: SPSS counts seconds from the first day of the Gregorian calendar.
_DAY_0 = datetime(1582, 10, 14)
_DATES = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE")
_MONTHS = ("MOYR", "QYR", "WKYR")
_TIMES = ("TIME", "DTIME", "MTIME")
#: Names in ``Sheet.typed``: position -> the text of the question.
QUESTIONS = "questions"
#: Each byte becomes the character of its number, so that nothing is lost.
_BYTE_BY_BYTE = "ISO-8859-1"


class _Meta(NamedTuple):
    """What the file says of its variables; ``encoding`` is the one that fits, ``said`` its own word."""

    encoding: str
    said: str
    types: dict[str, str]
    missing: dict[str, list[Any]]
    value_labels: dict[str, dict[Any, str]]
    questions: list[str | None]
    notes: list[str | None]


def read_sav(data: bytes, reader: Reader | None) -> Contents:
    """Read an SPSS file as a sheet: names of variables in row 1, a case in each row below.

    System-missing values and those the file declares missing are blank; the latter are counted in
    a note. ``Sheet.labels`` holds the value labels, ``Sheet.typed['questions']`` the variable labels.

    Raises
    ------
    DeliveryRefused
        Damaged or truncated, or without variables.
    """
    values, meta = _open(data)
    if not values:
        raise DeliveryRefused("file.empty")
    speller = Speller(reader)
    columns, labels, notes = [], {}, _encoding_notes(meta)
    for at, (name, cells) in enumerate(values.items()):
        named = {
            speller.text(code): label for code, label in meta.value_labels.get(name, {}).items()
        }
        if named:
            labels[at] = named
        missing = meta.missing.get(name, [])
        declared = {cell for cell in set(cells) if _is_missing(cell, missing)}
        spelt = {
            cell: None if cell in declared else _spelt(cell, meta.types.get(name, ""), speller)
            for cell in set(cells)
        }
        if reader is not None and reader.labels == "labels":
            spelt = {cell: named.get(text or "", text) for cell, text in spelt.items()}
        columns.append(text_column([name, *(spelt[cell] for cell in cells)]))
        blanked = sum(cell in declared for cell in cells) if declared else 0
        if blanked:
            codes = ", ".join(_range(each, speller) for each in missing)
            notes.append(note("sav.missing", name=name, columns=[at], count=blanked, codes=codes))
    questions = {at: label for at, label in enumerate(meta.questions) if label}
    sheet = Sheet(
        "",
        columns,
        len(columns[0]),
        labels=labels,
        typed={QUESTIONS: questions} if questions else {},
    )
    return Contents(
        sheet,
        format="sav",
        encoding=meta.encoding,
        texts=_texts(meta),
        notes=tuple(notes),
    )


def _open(data: bytes) -> tuple[dict[str, list[Any]], _Meta]:
    """Read byte by byte, then decode here: ReadStat cuts a text off where a byte does not fit."""
    said = ""
    try:
        with contextlib.suppress(Exception):  # labels that are not in the encoding the file says
            said = _read(data, metadataonly=True)[1].file_encoding or ""
        columns, found = _read(data, encoding=_BYTE_BY_BYTE)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - damaged files fail in many ways; the message may quote a cell
        raise DeliveryRefused("file.unreadable", format="sav") from None
    for encoding in dict.fromkeys((said.lower(), "utf-8", "cp1252", "latin-1")):
        try:
            meta = _Meta(encoding, said, *(_decoded(each, encoding) for each in _spoken(found)))
            return _decoded(dict(columns), encoding), meta
        except (UnicodeDecodeError, LookupError):
            continue
    raise DeliveryRefused("file.unreadable", format="sav")


def _read(data: bytes, **options: Any) -> tuple[Any, Any]:
    import pyreadstat

    return pyreadstat.read_sav(
        io.BytesIO(data),
        user_missing=True,
        disable_datetime_conversion=True,
        output_format="dict",
        **options,
    )


def _spoken(found: Any) -> tuple[Any, ...]:
    """Return what people wrote about the variables, in the order of ``_Meta``."""
    return (
        found.original_variable_types,
        found.missing_ranges,
        found.variable_value_labels,
        list(found.column_labels),
        [found.file_label, *found.notes],
    )


def _decoded(value: Any, encoding: str) -> Any:
    """Return a structure with all its texts decoded."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("latin-1").decode(encoding)
    if isinstance(value, dict):
        return {_decoded(k, encoding): _decoded(v, encoding) for k, v in value.items()}
    if isinstance(value, list):
        return [_decoded(each, encoding) for each in value]
    return value


def _is_missing(cell: Any, ranges: Iterable[Any]) -> bool:
    """Say whether a value is one of those, or in one of the ranges, that are declared missing."""
    if cell is None or cell == "":
        return False
    for each in ranges:
        low, high = (each["lo"], each["hi"]) if isinstance(each, dict) else (each, each)
        if isinstance(cell, str) != isinstance(low, str):
            continue
        if isinstance(cell, str):
            low, high, cell = low.rstrip(), high.rstrip(), cell.rstrip()
        if low <= cell <= high:
            return True
    return False


def _range(declared: Any, speller: Speller) -> str:
    if not isinstance(declared, dict):
        return speller.text(declared)
    low, high = speller.text(declared["lo"]), speller.text(declared["hi"])
    return low if low == high else f"{low}–{high}"


def _spelt(cell: Any, kind: str, speller: Speller) -> str | None:
    """Spell a value by the format of its variable: DATE11, TIME8, F8.2, A20."""
    if cell is None or isinstance(cell, str):
        return cell or None
    if cell != cell:
        return None  # system-missing
    form = kind.rstrip("0123456789.")
    try:
        if form in _DATES or form in _MONTHS or form == "DATETIME" or form == "YMDHMS":
            return speller.text(_DAY_0 + timedelta(seconds=cell))
        if form in _TIMES:
            return speller.text(timedelta(seconds=cell))
    except OverflowError:
        pass  # no day of any calendar: its number is shown
    return speller.text(float(cell))


def _encoding_notes(meta: _Meta) -> list[Words]:
    if meta.said.lower() in ("", meta.encoding) or meta.said.upper() in ("US-ASCII", "ASCII"):
        return []
    return [note("sav.encoding", said=meta.said, encoding=meta.encoding)]


def _texts(meta: _Meta) -> tuple[str, ...]:
    """Return all that people wrote in the file beside its cells."""
    found = [*meta.notes, *meta.questions]
    for labels in meta.value_labels.values():
        found += map(str, labels.values())
    return tuple(dict.fromkeys(text for text in found if text))
