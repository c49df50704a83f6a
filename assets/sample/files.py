"""Write files byte for byte the same each time: csv with the csv module, xlsx with fixed times."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from assets.sample.spelling import Row
from assets.workbooks import workbook_bytes
from schemas.source import Source

#: The moment written into every workbook, whenever it is made.
STAMP = datetime(2023, 6, 1, 9, 0, 0)
MARK = "DATI SINTETICI: nessuna persona reale / SYNTHETIC DATA: no real person"


@dataclass(frozen=True)
class DataFile:
    """One file before it is written.

    Attributes
    ----------
    first, last
        First and last day of its period.
    headings
        Our column -> heading, in the order of the file.
    title
        Lines above the headings.
    bom
        Whether UTF-8 text starts with the mark that Excel writes.
    """

    source: Source
    period: str
    first: date
    last: date
    name: str
    headings: dict[str, str]
    rows: list[Row]
    title: tuple[str, ...] = ()
    bom: bool = False

    def changed(self, **parts: object) -> DataFile:
        """Return a copy with some parts replaced and rows of its own."""
        copy = replace(self, rows=[dict(row) for row in self.rows])
        return replace(copy, **parts)  # type: ignore[arg-type]

    def to_bytes(self) -> bytes:
        """Write the file as its reader expects it."""
        if self.source.reader.format == "csv":
            return _csv(self)
        return _xlsx(self)


def _table(file: DataFile) -> list[list[object]]:
    table: list[list[object]] = [[line] for line in file.title]
    table.append(list(file.headings.values()))
    table.extend([row[name] for name in file.headings] for row in file.rows)
    if file.source.reader.totals:
        blank = [""] * (len(file.headings) - 1)
        table.append([file.source.reader.totals[0], *blank])
        if "hours" in file.headings:
            table[-1][list(file.headings).index("hours")] = _sum_of_hours(file)
    return table


def _sum_of_hours(file: DataFile) -> str:
    """Add up the hours the way the partner's spreadsheet would: whatever reads as a number."""
    total = 0.0
    for row in file.rows:
        text = str(row["hours"]).replace(file.source.reader.decimal, ".")
        total += float(text) if re.fullmatch(r"-?[0-9.]+", text) else 0.0
    return f"{total:.1f}".replace(".", file.source.reader.decimal)


def _csv(file: DataFile) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=file.source.reader.delimiter or ";").writerows(_table(file))
    encoding = file.source.reader.encoding or "utf-8"
    return text.getvalue().encode("utf-8-sig" if file.bom else encoding)


def _xlsx(file: DataFile) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(file.source.reader.sheet or "Foglio1")
    for row in _table(file):
        sheet.append([None if value == "" else value for value in row])
    book.create_sheet("SINTETICO").append([MARK])
    book.properties.title = MARK
    book.properties.creator = "Lunattiva"
    return workbook_bytes(book, STAMP)
