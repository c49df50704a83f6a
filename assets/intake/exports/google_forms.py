"""Google Forms: a time stamp, then one column per question, grids as ``Question [row]``."""

from __future__ import annotations

import re

from assets.intake.exports.marks import Look, Top

_STAMPS = {"timestamp", "informazioni cronologiche", "horodateur", "marca temporal", "zeitstempel"}
_ADDRESS = {"username", "nome utente", "email address", "indirizzo email"}
_SCORE = {"score", "punteggio", "total score"}
_SHEETS = re.compile(r"\A(?:form responses|risposte del modulo)(?: [0-9]+)?\Z", re.IGNORECASE)
#: ``07/06/2021 10.05.00``, ``6/7/2021 10:05:00``, ``2021/06/07 10:05:00 AM GMT+2``, or as Excel holds it.
_STAMP_CELL = re.compile(
    r"\A[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}[ T][0-9]{1,2}[.:][0-9]{2}([.:][0-9]{2})?.*\Z"
)
_GRID = re.compile(r".+ \[.+\]\Z")
_PART = re.compile(r" \[(?:score|feedback|punteggio)\]\Z", re.IGNORECASE)
_LONG = 30


def look(top: Top) -> Look | None:
    """Find the stamp in the first column with stamped cells, and one mark more."""
    for number in top.numbers():
        row = top.row(number)
        if not row or row[0].casefold() not in _STAMPS:
            continue
        cells = top.below(0, number)
        marks = ["time stamp"] if cells and all(_STAMP_CELL.match(each) for each in cells) else []
        if _SHEETS.match(top.sheet.name):
            marks.append("name of the sheet")
        if any(_GRID.match(each) for each in row):
            marks.append("question [row]")
        if any(each.endswith("?") or len(each) > _LONG for each in row[1:]):
            marks.append("questions as headings")
        if any(each.casefold() in _ADDRESS for each in row):
            marks.append("e-mail address")
        if len(marks) < 2 or ("time stamp" not in marks and "name of the sheet" not in marks):
            return None
        return Look(
            "google_forms",
            (row[0], *marks),
            (number,),
            top.headings(number),
            own={at: role for at, each in enumerate(row) if (role := _role(at, each))},
        )
    return None


def _role(position: int, heading: str) -> str | None:
    plain = heading.casefold()
    if position == 0:
        return "time"
    if plain in _ADDRESS:
        return "account"
    return "score" if plain in _SCORE or _PART.search(heading) else None
