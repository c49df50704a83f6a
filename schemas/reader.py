"""The outside of a file, as ``source.yml`` may declare it: format, sheet, headings, spelling of cells."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict

#: Sheets of our own templates that hold no data: the guide, and the words of drop-down lists.
GUIDE_SHEETS = ("Guida", "Elenchi")

#: What a spreadsheet shows where a formula failed, in English and Italian: never a value.
FAILED_FORMULA = (
    r"\A#(?:N/A|N/D|REF!|RIF!|DIV/0!|VALUE!|VALORE!|NAME\?|NOME\?|NUM!|NULL!|NULLO!|CALC!|SPILL!"
    r"|ESPANSIONE!|GETTING_DATA|FIELD!|CAMPO!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!|ERROR!|#+)\Z"
)


#: Encodings of delimited text that may be declared; each may also be found in the bytes.
Encoding = Literal[
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be",
    "cp1252", "latin-1", "iso-8859-15", "mac-roman", "cp850",
]  # fmt: skip


#: What ``dates`` may say for Excel's day numbers -> day 0 or 1 of the calendar.
SERIALS = {"excel": date(1900, 1, 1), "excel1904": date(1904, 1, 1)}


#: Formats of a file that can be read.
Format = Literal["csv", "xlsx", "xlsm", "xlsb", "xls", "ods", "sav"]


class Reader(Strict):
    """The outside of a file: which sheet, where the headings are, how cells are spelt.

    ``header_row`` (the first of the heading's ``header_rows``; 0 of them: the file has no heading)
    and ``last_row`` (of data) count as Excel shows them, the first row is 1; left out, they are
    found in the file and told. ``merged`` and ``short_rows`` say what to do with merged cells among
    the data and with rows that end early: refuse the file, or fill. ``missing`` are
    cells that mean "not stated" in every column; ``totals`` are beginnings of first cells of rows
    that sum the others, which are skipped and named. In delimited text ``encoding``, ``delimiter``, ``quote`` ('' for none) and ``escape`` that
    are left out are decided from its bytes, and told; so is ``format``. ``labels`` says whether the
    codes of an SPSS file or the labels it gives them are read.
    """

    format: Format | None = None
    labels: Literal["codes", "labels"] = "codes"
    sheet: str | None = None
    header_row: int | None = Field(default=None, ge=1)
    header_rows: int | None = Field(default=None, ge=0, le=3)
    last_row: int | None = Field(default=None, ge=1)
    merged: Literal["refuse", "fill"] = "refuse"
    short_rows: Literal["refuse", "fill"] = "refuse"
    encoding: Encoding | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=3)
    quote: Literal['"', "'", ""] | None = None
    escape: Literal["\\", ""] | None = None
    decimal: Literal[",", "."] = ","
    thousands: Literal[".", ",", "", " "] = ""
    dates: list[str] = Field(default=["%d/%m/%Y"], min_length=1)
    missing: list[str] = []
    totals: list[str] = []
    true: list[str] = Field(
        default=["sì", "si", "s", "x", "1", "vero", "yes", "true"], min_length=1
    )
    false: list[str] = Field(default=["no", "n", "0", "falso", "false"], min_length=1)

    @model_validator(mode="after")
    def _unambiguous(self) -> Reader:
        if self.decimal == self.thousands:
            raise ConfigProblem(
                "'decimal' e 'thousands' sono lo stesso segno",
                "'decimal' and 'thousands' are the same mark",
            )
        if self.delimiter and re.search(r"[\"'\r\n\0\\]|[^\W_]", self.delimiter):
            raise ConfigProblem(
                "questo segno non può separare le celle; esempi: ';' ',' \"\\t\"",
                "this mark cannot separate cells; examples: ';' ',' \"\\t\"",
                at=("delimiter",),
            )
        both = {each.casefold() for each in self.true} & {each.casefold() for each in self.false}
        if both:
            word = sorted(both)[0]
            raise ConfigProblem(
                f"'{word}' sta sia in 'true' sia in 'false'",
                f"'{word}' stands in both 'true' and 'false'",
            )
        for at, pattern in enumerate(self.dates):
            _check_date_pattern(pattern, ("dates", at))
        return self


def _check_date_pattern(pattern: str, at: tuple[str | int, ...]) -> None:
    if pattern in SERIALS:
        return
    if not re.search("%[jmbB]", pattern) or not re.search("%[Yy]", pattern):
        raise ConfigProblem(
            f"'{pattern}' in 'dates' non ha mese o anno; esempi: %d/%m/%Y, %b-%y, excel",
            f"'{pattern}' in 'dates' has no month or no year; examples: %d/%m/%Y, %b-%y, excel",
            at,
        )
    day = datetime(2001, 2, 3, 4, 5, 6)
    try:
        datetime.strptime(day.strftime(pattern), pattern)
    except (ValueError, re.error):
        raise ConfigProblem(
            f"'{pattern}' in 'dates' ha un segno che non si conosce; esempio: %d/%m/%Y",
            f"'{pattern}' in 'dates' holds a mark that is not known; example: %d/%m/%Y",
            at,
        ) from None
