"""The outside of a file, as ``source.yml`` may declare it: format, sheet, headings, spelling of cells."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict

#: What a spreadsheet shows where a formula failed, in English and Italian: never a value.
FAILED_FORMULA = (
    r"\A#(?:N/A|N/D|REF!|RIF!|DIV/0!|VALUE!|VALORE!|NAME\?|NOME\?|NUM!|NULL!|NULLO!|CALC!|SPILL!"
    r"|ESPANSIONE!|GETTING_DATA|FIELD!|CAMPO!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!|#+)\Z"
)


class Reader(Strict):
    """The outside of a file: which sheet, where the headings are, how cells are spelt.

    ``skip_columns``/``header_row`` count as Excel shows them (first row is 1). ``missing`` are
    cells that mean "not stated" in every column; ``totals`` are first-cell texts of rows that sum
    the others, which are skipped and counted.
    """

    format: Literal["csv", "xlsx"] = "xlsx"
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    encoding: Literal["utf-8", "cp1252", "latin-1", "utf-16"] = "utf-8"
    delimiter: str = Field(default=";", min_length=1, max_length=1)
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
        if self.delimiter in "\"'\r\n" or self.delimiter.isalnum():
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
    if not re.search("%[dj]", pattern) or not re.search("%[Yy]", pattern):
        raise ConfigProblem(
            f"'{pattern}' in 'dates' non ha giorno o anno; esempio: %d/%m/%Y",
            f"'{pattern}' in 'dates' has no day or no year; example: %d/%m/%Y",
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
