"""LimeSurvey: headings as ``code``, ``code. text`` or ``code[SQ001]. text [option]``, or texts alone.

The heading is built by LimeSurvey's ``Writer``: the code with its parts in square brackets
(subquestion, second subquestion, scale), a separator (``. ``), the text with the same parts.
"""

from __future__ import annotations

import re

from assets.intake.exports.marks import Look, Top, rows_where_blank

_SENT = "submitdate"
_META = {
    "id": "id",
    _SENT: "time",
    "startdate": "time",
    "datestamp": "time",
    "lastpage": "state",
    "startlanguage": "state",
    "seed": "state",
    "ipaddr": "account",
    "refurl": "account",
    "token": "account",
    "firstname": "account",
    "lastname": "account",
    "email": "account",
    "interviewtime": "time",
}
#: The same columns under headings that are texts only.
_TEXTS = {
    "response id": "id",
    "date submitted": _SENT,
    "last page": "lastpage",
    "start language": "startlanguage",
    "seed": "seed",
    "date started": "startdate",
    "date last action": "datestamp",
    "ip address": "ipaddr",
    "referrer url": "refurl",
    "id risposta": "id",
    "data di invio": _SENT,
    "data invio": _SENT,
    "ultima pagina": "lastpage",
    "lingua iniziale": "startlanguage",
    "lingua": "startlanguage",
    "data di inizio": "startdate",
    "data inizio": "startdate",
    "ultima azione": "datestamp",
    "indirizzo ip": "ipaddr",
}
#: What only LimeSurvey says; "id" and "lingua" anybody may say.
_SURE = {_SENT, "startlanguage", "lastpage", "datestamp", "seed", "refurl"}
_CODED = re.compile(r"\A([A-Za-z][A-Za-z0-9_]*)((?:\[[^\]\[]*\])*)\. ?(.*)\Z", re.DOTALL)
_BRACKETED = re.compile(r"\A[A-Za-z][A-Za-z0-9_]*(?:\[[A-Za-z0-9_]+\]){1,3}(?:\.|\Z)")
#: ``affSat1. I find real enjoyment in my job``: a code with a number, and a sentence.
_NUMBERED = re.compile(r"\A[A-Za-z]+[0-9]+[A-Za-z]?(?:\[[^\]\[]*\])*\. (?:\S+ ){3,}\S+")
_LEAST_CODED = 5
_CODED_SHARE = 0.6


def look(top: Top) -> Look | None:
    """Find two of the added columns, or a row of coded headings with subquestions in brackets."""
    for number in top.numbers():
        row = top.row(number)
        own = {at: name for at, each in enumerate(row) if (name := _meta(each))}
        marks = tuple(dict.fromkeys(own.values()))
        shape = _shape(row)
        sure_n = len(_SURE & set(marks))
        if not (sure_n >= 2 or (sure_n and shape) or len(shape) >= 2):
            continue
        texts = {at: text for at, each in enumerate(row) if (text := _text(each))}
        sent = next((at for at, name in own.items() if name == _SENT), None)
        return Look(
            "limesurvey",
            (*marks, *shape),
            (number,),
            top.headings(number),
            texts=texts,
            own={at: _META[name] for at, name in own.items()},
            partial=() if sent is None else rows_where_blank(top.sheet, sent, number),
        )
    return None


def _meta(heading: str) -> str | None:
    """Return LimeSurvey's name of a column it adds."""
    code = heading.split(". ", 1)[0]
    if code in _META:
        return code
    return _TEXTS.get(heading.casefold())


def _shape(row: list[str]) -> tuple[str, ...]:
    """Return the marks of coded headings that a row shows; one alone anybody may show."""
    filled = [each for each in row if each]
    coded = [each for each in filled if _CODED.match(each) and ". " in each]
    found: tuple[str, ...] = ()
    if len(coded) >= _LEAST_CODED and len(coded) >= len(filled) * _CODED_SHARE:
        found = ("code. text",)
    if sum(bool(_BRACKETED.match(each)) for each in filled) >= 2:
        found = (*found, "code[SQ001]")
    questions = [each for each in coded if _NUMBERED.match(each)]
    if len(questions) >= max(_LEAST_CODED, len(filled) / 2):
        found = (*found, "numbered codes of questions")
    return found


def _text(heading: str) -> str:
    match = _CODED.match(heading)
    return match.group(3).strip() if match and ". " in heading else ""
