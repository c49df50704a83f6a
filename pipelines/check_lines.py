"""What ``lunattiva check`` says to people: what was read, what was not and why, what to do next.

No cell of a data row is said; a heading only where it is one beyond doubt.
"""

from __future__ import annotations

from itertools import groupby

from assets.intake.gate import Finding
from assets.intake.grid import letter
from assets.intake.identifiers import KINDS
from assets.intake.names import masked_text
from assets.intake.table import Table
from pipelines.check import Checked, SheetChecked
from pipelines.check_told import identifier, notes, rule_words, said, span, unread
from pipelines.explain import coded
from pipelines.messages import say
from pipelines.settings import Language

_LONGEST_HEADING = 80
_MOST_COLUMNS, _MOST_RULES, _MOST_ROWS = 40, 20, 12


def lines(told: Checked, lang: Language) -> list[str]:
    """Return the report as plain lines: what was read, what was not and why, what to do next."""
    found = [say("check.file", lang, file=told.file)]
    found += _reading(told, lang)
    for each in told.sheets:
        found += _sheet_lines(each, told, lang)
    found += [_unread_line(each, lang) for each in unread(told)]
    found += [say("check.note", lang, text=each.say(lang)) for each in notes(told)]
    found += _survey_lines(told, lang)
    found += _source_lines(told, lang)
    if told.findings:
        found += ["", say("check.identifiers", lang)]
        found += ["  " + _finding_line(each, told, lang) for each in told.findings]
    if told.refusal:
        found += ["", say("check.refused", lang, why=coded(told.refusal.say(lang)))]
    found += ["", _next(told, lang)]
    return found


def _reading(told: Checked, lang: Language) -> list[str]:
    contents = told.contents
    if contents is None:
        return []
    parts = [say("check.format", lang, format=contents.format)]
    if contents.member:
        parts.append(say("check.member", lang, name=masked_text(contents.member)))
    spelling = contents.spelling
    if spelling:
        marks = {"\t": say("check.tab", lang), " ": say("check.space", lang)}
        delimiter = marks.get(spelling.delimiter, f"«{spelling.delimiter}»")
        parts += [
            say("check.encoding", lang, encoding=spelling.encoding),
            say("check.delimiter", lang, delimiter=delimiter),
        ]
        if spelling.quotechar != '"':
            quote = spelling.quotechar or say("check.none", lang)
            parts.append(say("check.quote", lang, quote=quote))
        if spelling.decided and not told.chosen.source:
            parts.append(say("check.decided", lang))
    elif contents.encoding:
        parts.append(say("check.encoding", lang, encoding=contents.encoding))
    return ["; ".join(parts) + "."]


def _sheet_lines(found: SheetChecked, told: Checked, lang: Language) -> list[str]:
    table, sheet = found.table, found.sheet
    name = say("check.sheet", lang, name=masked_text(sheet.name)) if sheet.name else ""
    heading = ["", name] if name else [""]
    if table is None:
        if found.refusal is None or found.refusal is told.refusal:
            return [*heading, say("check.unread", lang, rows=sheet.rows_n)] if name else []
        return [*heading, say("check.sheet_refused", lang, why=found.refusal.say(lang))]
    rows = table.header_rows
    kind = "none" if not rows else "one" if len(rows) == 1 else "several"
    made = [*heading, say(f"check.header.{kind}", lang, rows=ranges(rows))]
    count = len(table.row_numbers)
    numbers = [int(table.row_numbers[0]), int(table.row_numbers[-1])] if count else [0, 0]
    key = "check.rows" if count > 1 else "check.row" if count else "check.no_rows"
    made.append(say(key, lang, count=count, first=numbers[0], last=numbers[1]))
    for why, group in groupby(sorted(table.skipped, key=lambda e: e.why), key=lambda e: e.why):
        named = [each.row for each in group]
        what = say(f"check.why.{why}", lang) if why in _WHY else why
        key = "check.skipped" if len(named) > 1 else "check.skipped_one"
        made.append(say(key, lang, rows=ranges(named), why=what))
    if table.filled_areas:
        made.append(say("check.filled", lang, areas=", ".join(table.filled_areas)))
    made.append(say("check.columns", lang, columns=_column_list(table, lang)))
    if table.headings and not table.is_sure:
        made.append(say("check.unsure", lang))
    return made + _doubled(table, lang)


_WHY = ("title", "blank", "units", "header_repeated", "total", "footnote", "hidden", "sep")


def _cut(heading: str) -> str:
    """Return a heading on one line, as much of it as says which column is meant."""
    plain = " ".join(heading.split())
    return plain if len(plain) <= _LONGEST_HEADING else plain[: _LONGEST_HEADING - 1] + "…"


def _column_list(table: Table, lang: Language) -> str:
    shown = []
    for at in list(span(table))[:_MOST_COLUMNS]:
        name = _cut(said(table, at)) if table.headings else letter(at)
        is_named = table.headings and name and name != letter(at)
        shown.append(f"{letter(at)} «{name}»" if is_named else letter(at))
    more = len(span(table)) - _MOST_COLUMNS
    if more > 0:
        shown.append(say("check.more", lang, count=more))
    return ", ".join(shown)


def _doubled(table: Table, lang: Language) -> list[str]:
    """Tell headings that stand more than once, and cells under an empty heading."""
    places: dict[str, list[str]] = {}
    for at in span(table) if table.headings else ():
        key = " ".join(table.headings[at].split()).casefold()
        if key or table.filled[at]:
            places.setdefault(key, []).append(letter(at))
    twice = [", ".join(each) for key, each in places.items() if key and len(each) > 1]
    made = [say("check.doubled", lang, letters=each) for each in twice]
    if "" in places:
        made.append(say("check.no_name", lang, letters=", ".join(places[""])))
    return made


def _unread_line(each: dict[str, str], lang: Language) -> str:
    key = "check.other_sheet" if each["state"] == "visible" else "check.hidden_sheet"
    return say(key, lang, name=each["name"])


def _survey_lines(told: Checked, lang: Language) -> list[str]:
    survey = told.contents.survey if told.contents else None
    if survey is None:
        return []
    if not survey.tool:
        return [say("check.survey_unclear", lang)]
    made = [say("check.survey", lang, tool=survey.tool)]
    if survey.partial:
        rows = ranges(list(survey.partial))
        made.append(say("check.survey_partial", lang, count=len(survey.partial), rows=rows))
    return made


def _source_lines(told: Checked, lang: Language) -> list[str]:
    chosen = told.chosen
    if chosen.source is None:
        return []
    period = chosen.period.name if chosen.period else "-"
    made = ["", say("check.source", lang, source=chosen.name, period=period)]
    if told.mapping:
        made += [
            say(
                "check.place",
                lang,
                letter=each.letter,
                heading=f" «{_cut(each.heading)}»" if each.heading else "",
                name=each.name,
            )
            for each in told.mapping.places()[:_MOST_COLUMNS]
        ]
    if told.counts:
        made.append(say("check.counts", lang, **told.counts))
    for each in told.rules[:_MOST_RULES]:
        place = (
            f"{each.letter} «{_cut(each.heading)}»" if each.heading else each.letter or each.column
        )
        words = rule_words(each.rule, lang)
        key = f"check.cost.{each.cost}" if each.cost in ("row", "cell", "tolerated") else None
        cost = say(key, lang) if key else each.cost
        rows = ranges(each.rows)
        made.append(say("check.rule", lang, place=place, rows=rows, words=words, cost=cost))
    if len(told.rules) > _MOST_RULES:
        made.append(say("check.more_rules", lang, count=len(told.rules) - _MOST_RULES))
    return made


def _finding_line(found: Finding, told: Checked, lang: Language) -> str:
    kind = KINDS[found.kind].say(lang)
    if found.position is None:
        key = "check.finding_beside" if found.cells_n else "check.finding_name"
        return say(key, lang, kind=kind, count=found.cells_n)
    named = identifier(found, told)
    is_named = named["column"] != named["letter"]
    column = f"{named['letter']} «{named['column']}»" if is_named else named["letter"]
    sheet = f" ({named['sheet']})" if named["sheet"] else ""
    return say("check.finding", lang, kind=kind, column=column, sheet=sheet, count=found.cells_n)


def _next(told: Checked, lang: Language) -> str:
    if told.findings:
        return say("check.next_identifiers", lang)
    if told.refusal:
        return say("check.next_refused", lang)
    if any(each.refusal for each in told.sheets):
        return say("check.next_sheet", lang)
    if told.counts.get("quarantined"):
        return say("check.next_rules", lang)
    if told.chosen.programme:
        return say("check.next_run", lang, programme=told.chosen.programme)
    return say("check.next_use" if told.chosen.source else "check.next_source", lang)


def ranges(rows: list[int]) -> str:
    """Return row numbers briefly: 1-3, 7; the first of many."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:_MOST_ROWS]]
    return ", ".join(shown) + (" ..." if len(runs) > _MOST_ROWS else "")
