"""Qualtrics: a row of codes, a row of texts and, but for Excel, a row of ``{"ImportId": ...}``."""

from __future__ import annotations

import re

from assets.intake.exports.marks import Look, Top, rows_where

_OWN = {
    "StartDate": "time",
    "EndDate": "time",
    "RecordedDate": "time",
    "Status": "state",
    "Progress": "state",
    "Duration (in seconds)": "state",
    "Finished": "state",
    "ResponseId": "id",
    "ResponseID": "id",
    "ResponseSet": "state",
    "IPAddress": "account",
    "RecipientLastName": "account",
    "RecipientFirstName": "account",
    "RecipientEmail": "account",
    "ExternalReference": "account",
    "ExternalDataReference": "account",
    "LocationLatitude": "place",
    "LocationLongitude": "place",
    "DistributionChannel": "state",
    "UserLanguage": "state",
}
_SURE = {"ResponseId", "RecordedDate", "DistributionChannel", "RecipientLastName"}
#: Texts under the codes, of which a second row of headings is known.
_TEXTS = {
    "Start Date",
    "End Date",
    "Recorded Date",
    "Response ID",
    "Response Type",
    "User Language",
}
_IMPORT = re.compile(r'\A"?\{ *"{1,2}ImportId"{1,2} *:')
_UNFINISHED = frozenset({"0", "false", "falso"})


def look(top: Top) -> Look | None:
    """Find the row of import ids, or three of the added columns with their texts below."""
    for number in top.numbers():
        codes = top.row(number)
        own = {at: _OWN[each] for at, each in enumerate(codes) if each in _OWN}
        marks = tuple(dict.fromkeys(codes[at] for at in own))
        is_known = len(marks) >= 3 and bool(_SURE & set(marks))
        rows = _heading_rows(top, number, is_known=is_known)
        if not rows:
            continue
        texts = top.row(rows[1]) if len(rows) > 1 else []
        finished = codes.index("Finished") if "Finished" in codes else None
        return Look(
            "qualtrics",
            (*marks, *(["ImportId"] if len(rows) == 3 else [])),
            rows,
            top.headings(number),
            texts={at: each for at, each in enumerate(texts) if each and at not in own},
            own=own,
            partial=()
            if finished is None
            else rows_where(top.sheet, finished, rows[-1], _UNFINISHED),
        )
    return None


def _heading_rows(top: Top, number: int, *, is_known: bool) -> tuple[int, ...]:
    ids = top.row(number + 2)
    if ids and sum(bool(_IMPORT.match(each)) for each in ids) >= 2:
        return (number, number + 1, number + 2)
    if not is_known:
        return ()
    return (number, number + 1) if _TEXTS & set(top.row(number + 1)) else (number,)
