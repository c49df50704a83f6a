"""What became of deliveries, in words: corrections, copies, odd places. Never a cell. Light."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipelines.grid import Cell
from pipelines.messages import say
from pipelines.settings import Language

#: Columns named in one line; a file changed throughout is told by its counts.
_MOST_COLUMNS = 6
#: Files told one by one; more are told by their number.
_MOST_FILES = 3


def differences(rows: Iterable[dict[str, Any]], lang: Language) -> list[str]:
    """Say what each corrected file changed: rows added, taken out, changed in which column."""
    together: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for each in rows:
        together.setdefault((each["path"], each["file"], each["replaces"]), []).append(each)
    told = []
    for (_, file, replaces), lines in together.items():
        what = _changes(lines, lang) or say("difference.none", lang)
        told.append(say("difference.line", lang, file=file, replaces=replaces, what=what))
    return told


def _changes(lines: list[dict[str, Any]], lang: Language) -> str:
    told = []
    for what in ("added", "removed", "kept"):
        whole = [each for each in lines if each["what"] == what and not each["heading"]]
        told += [_counted(f"difference.{what}", each["rows_n"], lang) for each in whole]
    columns = [each for each in lines if each["heading"] and each["what"] != "same"]
    columns.sort(key=lambda each: (-each["rows_n"], each["heading"]))
    for each in columns[:_MOST_COLUMNS]:
        told.append(_counted("difference.changed", each["rows_n"], lang, column=each["heading"]))
    if len(columns) > _MOST_COLUMNS:
        told.append(say("difference.more", lang, count=len(columns) - _MOST_COLUMNS))
    return ", ".join(told)


def _counted(key: str, count: int, lang: Language, **values: str) -> str:
    return say(f"{key}_one" if count == 1 else key, lang, count=count, **values)


def adapted(found: dict[str, Any], programme: str, lang: Language) -> list[str]:
    """Say how many definitions depart from the programme begun from, and ask why where nobody said."""
    if not found:
        return []
    origin = found["origin"][lang]
    is_explained = found["differ"] and not found["without_reason"]
    said = [say("status.adapted", lang, count=found["differ"], origin=origin)] * bool(is_explained)
    for key, names in (("why", found["without_reason"]), ("idle", found["idle"])):
        if names:
            shown = ", ".join(names[:_MOST_COLUMNS]) + (
                ", ..." if len(names) > _MOST_COLUMNS else ""
            )
            values = {"count": len(names), "names": shown, "origin": origin, "programme": programme}
            said.append(say(f"status.adapt_{key}", lang, **values))
    return said


def left(
    failures: list[dict[str, str]], thesis: list[dict[str, str]], programme: str, lang: Language
) -> list[str]:
    """Say what was not made, why, and what to do."""
    told = [say("status.failed", lang, detail=each[lang]) for each in failures]
    for each in thesis:
        told.append(say("status.thesis", lang, detail=each[lang], programme=programme))
    return told


def corrections(rows: Iterable[dict[str, Any]], lang: Language) -> list[str]:
    """Say how many corrections were carried out, and how many wait or are no longer needed."""
    counts = {"change": 0, "remove": 0, "keep": 0, "refused": 0, "idle": 0}
    for each in rows:
        counts[each["action"] if each["state"] == "applied" else each["state"]] += each["count"]
    return [say("corrections.line", lang, **counts)] if any(counts.values()) else []


def alike_rows(rows: Iterable[dict[str, Any]], lang: Language) -> list[str]:
    """Say in which files rows stand twice, down to the columns that nobody reads."""
    found = list(rows)
    if len(found) <= _MOST_FILES:
        return [
            say("copies.alike", lang, file=each["path"], count=each["rows_alike_n"])
            for each in found
        ]
    count = sum(each["rows_alike_n"] for each in found)
    return [say("copies.alike_many", lang, files=len(found), count=count)]


def versions(rows: Iterable[dict[str, Any]], lang: Language) -> list[str]:
    """Say which questions came, went or changed since the file before, by our codes."""
    return [
        say(f"versions.{each['what']}", lang, file=each["path"], items=each["items"])
        for each in rows
    ]


def copies(records: Iterable[dict[str, Any]], lang: Language) -> list[str]:
    """Say how many records look like another one, by dataset, kind and how far apart they stand."""
    return [
        say(
            "copies.line",
            lang,
            count=each["pairs_n"],
            dataset=each["dataset"],
            kind=say(f"copies.{each['kind']}", lang),
            scope=say(f"copies.in_{each['scope']}", lang),
        )
        for each in records
    ]


def copied_files(files: Iterable[dict[str, Any]], lang: Language) -> list[str]:
    """Say which files are, byte for byte, another one, and whether they count twice."""
    return [
        say(
            "copies.file_aside" if each["state"] == "duplicate" else "copies.file",
            lang,
            file=each["path"],
            first=each["copy_of"],
        )
        for each in files
    ]


def unexpected(cells: Iterable[Cell], lang: Language) -> list[str]:
    """Say what lies where nothing was expected."""
    return [
        say(
            f"unexpected.{each.why}",
            lang,
            partner=each.partner,
            source=each.source or "?",
            period=each.period,
            files=", ".join(each.files),
        )
        for each in cells
        if each.state == "unexpected"
    ]
