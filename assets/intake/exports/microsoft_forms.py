"""Microsoft Forms: id, two times, e-mail and name, then one column per question."""

from __future__ import annotations

import re

from assets.intake.exports.marks import Look, Top

_OWN = {
    "id": "id",
    "start time": "time",
    "completion time": "time",
    "last modified time": "time",
    "email": "account",
    "name": "account",
    "language": "state",
    "total points": "score",
    "quiz feedback": "score",
    "grade posted time": "score",
    "ora di inizio": "time",
    "ora di completamento": "time",
    "ora dell'ultima modifica": "time",
    "ora ultima modifica": "time",
    "posta elettronica": "account",
    "indirizzo di posta elettronica": "account",
    "nome": "account",
    "lingua": "state",
    "totale punti": "score",
    "punti totali": "score",
    "feedback sul quiz": "score",
}
_PAIRS = (("start time", "completion time"), ("ora di inizio", "ora di completamento"))
_SCORE = re.compile(r"\A(?:points|punti|feedback) [-–] ", re.IGNORECASE)


def look(top: Top) -> Look | None:
    """Find both times and one more of the first five columns."""
    for number in top.numbers():
        row = [each.casefold().replace("’", "'") for each in top.row(number)]
        if not any(set(pair) <= set(row) for pair in _PAIRS):
            continue
        own = {at: _OWN[each] for at, each in enumerate(row) if each in _OWN}
        marks = tuple(dict.fromkeys(row[at] for at in own))
        if len(marks) < 3:
            return None
        own.update({at: "score" for at, each in enumerate(row) if _SCORE.match(each)})
        return Look(
            "microsoft_forms",
            marks,
            (number,),
            top.headings(number),
            own=dict(sorted(own.items())),
        )
    return None
