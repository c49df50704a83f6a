"""SurveyMonkey, "All responses": a row of questions, under it a row of answer options."""

from __future__ import annotations

from assets.intake.exports.marks import Look, Top

#: Without spaces, which older exports leave out.
_OWN = {
    "respondentid": "id",
    "collectorid": "id",
    "startdate": "time",
    "enddate": "time",
    "datecreated": "time",
    "datemodified": "time",
    "ipaddress": "account",
    "emailaddress": "account",
    "firstname": "account",
    "lastname": "account",
    "customdata": "account",
    "customdata1": "account",
}
_RESPONDENT = "respondentid"
#: The second row of a question with one column only.
_ONE_ANSWER = {"response", "open-ended response", "risposta", "risposta aperta"}


def look(top: Top) -> Look | None:
    """Find the respondent's number, with the collector's and one more or with a row of options."""
    for number in top.numbers():
        row = top.row(number)
        plain = [each.casefold().replace(" ", "") for each in row]
        if _RESPONDENT not in plain:
            continue
        own = {at: _OWN[each] for at, each in enumerate(plain) if each in _OWN}
        marks = tuple(dict.fromkeys(plain[at] for at in own))
        options = top.row(number + 1)
        is_known = "collectorid" in marks and len(marks) >= 3
        has_options = bool(options) and not options[plain.index(_RESPONDENT)] and any(options)
        answers_n = sum(each.casefold() in _ONE_ANSWER for each in options)
        if not is_known and not (has_options and answers_n >= 2):
            continue
        if not has_options:  # exported with one row of headings
            return Look("surveymonkey", marks, (number,), top.headings(number), own=own)
        questions = _spread(row, options, max(own) + 1)
        return Look(
            "surveymonkey",
            (*marks, "answer options in the second row"),
            (number, number + 1),
            _joined(questions, options),
            texts={at: each for at, each in enumerate(questions) if each and at not in own},
            own=own,
        )
    return None


def _spread(row: list[str], options: list[str], first: int) -> list[str]:
    """Repeat a question over the empty headings of its further options."""
    made = list(row)
    for at in range(first, len(row)):
        if not made[at] and options[at] and at > first:
            made[at] = made[at - 1]
    return made


def _joined(questions: list[str], options: list[str]) -> tuple[str, ...]:
    """Return ``Question [option]``, or the question alone where it has one column."""
    made = []
    for question, option in zip(questions, options, strict=True):
        is_alone = option.casefold() in _ONE_ANSWER and questions.count(question) == 1
        made.append(f"{question} [{option}]" if question and option and not is_alone else question)
    return tuple(made)
