"""The book's own parts: what a person writes, the log of cycles, theory of change, limits, decisions.

Besides the release the book is told of the log of cycles, of corrections and of the ledger's acts
(``LUNATTIVA_BOOK``, written by whoever renders it), and reads one file that only a person changes
(``LUNATTIVA_NARRATIVE``). In Italian: the book has one language.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from reports import _evidence, _findings, _texts
from reports._numbers import month_name
from reports._origin import COUNT, Fact, plain, worded
from reports._released import TOTAL, Cell, KitError, unknown
from reports._results import with_interval
from reports._tables import Markdown, escape, pipe

if TYPE_CHECKING:
    from reports.kit import Kit

BOOK, NARRATIVE = "LUNATTIVA_BOOK", "LUNATTIVA_NARRATIVE"
HEADING = re.compile(r"^##[ \t]+(.*?)[ \t]*$", re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ORDERED = re.compile(r"^( *)\d+[.)] ", re.MULTILINE)
#: In a person's text: citations, references, code, formulas and addresses are left as they stand.
KEPT = re.compile(
    r"\[[^\[\]]*@[^\[\]]+\]|(?<![\w\\])@[A-Za-z][\w:-]*|`[^`]*`|\$[^$]+\$|\]\([^)]*\)|\{[^{}]*\}"
)


@cache
def _catalogue() -> dict[str, Any]:
    text = Path(__file__).with_name("thesis_words.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def _word(key: str, section: str = "words", **values: object) -> str:
    """Return a text of the book; its own digits are words, those of ``values`` what they are."""
    return worded(str(_catalogue()[section][key])).format(**values)


def _file(name: str) -> Path:
    path = Path(os.environ.get(name) or "")
    if not path.is_file():
        raise KitError(f"{name} names no file: the thesis is rendered by 'lunattiva thesis'")
    return path


def _told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_file(BOOK).read_text(encoding="utf-8"))
    return found


# -- what a person writes ----------------------------------------------------------------------------
def slot(k: Kit, place: str = "") -> Markdown:
    """What a person wrote in one place of the book; a marked box where nothing is written yet.

    Raises
    ------
    KitError
        No such place, or no file to read.
    """
    places = _catalogue()["places"]
    if place not in places:
        raise unknown("place to write", place, places)
    path = _file(NARRATIVE)
    text = _written(path.read_text(encoding="utf-8-sig")).get(place, "")
    if text:
        return Markdown(_own_words(ORDERED.sub(r"\1#. ", text)))
    told = {"file": k.plain(path.name, "code"), "place": place, "ask": worded(places[place])}
    ask = _word("to_write_in", **told)
    return Markdown(f'::: {{.callout-important title="{_word("to_write")}"}}\n{escape(ask)}\n:::')


def _written(text: str) -> dict[str, str]:
    parts = HEADING.split(COMMENT.sub("", text))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def _own_words(text: str) -> str:
    """Return a person's text, its numbers marked as theirs; citations and references stay."""
    made, last = [], 0
    for found in KEPT.finditer(text):
        made += [worded(text[last : found.start()]), _kept(found[0])]
        last = found.end()
    return "".join([*made, worded(text[last:])])


def _kept(piece: str) -> str:
    """Return a piece as it stands; code and formulas are marked whole, a digit in them with them."""
    is_inline = len(piece) > 2 and piece[0] in "`$" and "\n" not in piece
    return plain(piece, "word") if is_inline else piece


# -- the log of cycles -------------------------------------------------------------------------------
def cycles(k: Kit) -> Markdown:
    """One section a cycle: its question, who took part, a table of its decisions, what was learnt."""
    found = _told()["cycles"]
    if not found:
        return Markdown(escape(_word("no_log")))
    every = [each for cycle in found for each in cycle["decisions"]]
    counts = {
        "cycles": len(found),
        "decisions": len(every),
        "open": sum(each["outcome"] == "open" for each in every),
    }
    parts = [_word("log_summary", **{x: k.plain(str(n), "source") for x, n in counts.items()})]
    for cycle in found:
        parts += _cycle(k, cycle)
    return Markdown("\n\n".join(parts))


def _cycle(k: Kit, cycle: Mapping[str, Any]) -> list[str]:
    title = escape(worded(cycle["title"]))
    learnt = cycle.get("learnt")
    dates = _word("cycle_dates", start=f"{k.day(cycle['from'])}", end=f"{k.day(cycle['to'])}")
    people = ", ".join(cycle["took_part"])
    return [
        f"### {title} {{.unnumbered}}",
        f"{dates} {_word('question', text=escape(worded(cycle['question'])))}",
        _word("took_part", text=f"{escape(worded(people))}."),
        f"::: {{#tbl-ciclo-{cycle['cycle'].replace('_', '-')}}}",
        str(_decisions(k, cycle)),
        _word("cycle_caption", title=title),
        ":::",
        _word("learnt", text=escape(worded(learnt))) if learnt else _word("learnt_open"),
    ]


def _decisions(k: Kit, cycle: Mapping[str, Any]) -> Markdown:
    """One row a decision: when, who and on which data; what was seen; what was decided and came of it."""
    heads = [_word(x) for x in ("when", "seen", "decided")]
    rows = []
    for each in cycle["decisions"]:
        who = worded(", ".join(each["by"]))
        expected = _word("expected", text=worded(each["expected"]))
        rows.append(
            [
                f"{k.day(each['on'])}. {who}. {_bound(k, each)}",
                _seen(k, each),
                f"{worded(each['decided'])} {expected} {_outcome(k, each)}",
            ]
        )
    return pipe(heads, rows, 3, (5, 8, 9))


def _bound(k: Kit, decision: Mapping[str, Any]) -> str:
    about = decision["bound"]
    told = {
        "quarter": k.quarter(decision["quarter"]) if decision["quarter"] else "",
        "release": k.plain(about["release"] or "–", "version"),
        "data": k.plain(about["data_version"] or "–", "version"),
        "number": k.plain(str(about.get("number") or ""), "version"),
    }
    text = _word(f"bound_{about['state']}", **told)
    has_moved = about["data_version"] not in ("", k.manifest.get("data_version"))
    return f"{text}; {_word('moved')}" if has_moved else text


def _seen(k: Kit, decision: Mapping[str, Any]) -> str:
    text = worded(decision["seen"])
    numbers = []
    for each in decision["looked_at"]:
        where = {"subject": each["subject"], "period": each["period"]}
        where |= {"by": each["by"], "level": each["level"]}
        cell = _looked_at(k, each, where, decision["decision"])
        about = [k.subject_label(each["subject"])] if each["subject"] else []
        about += [k.label(each["by"], each["level"])] if each["by"] else []
        about.append(_period(k, each["period"]))
        name = k.label("indicator", each["indicator"])
        numbers.append(f"{name} ({', '.join(about)}): {k.shown(cell)}")
    return f"{text} {_word('today', list='; '.join(numbers))}." if numbers else text


#: Dimension -> the programme's list of its levels.
LISTED = {
    "service_code": "services", "activity_code": "activities",
    "neighbourhood_code": "neighbourhoods", "partner_code": "partners",
}  # fmt: skip


def _looked_at(
    k: Kit, number: Mapping[str, str], where: Mapping[str, str], name: str
) -> Cell | None:
    """Return a number of the log; None where this release has none of it, an error for a slip.

    Raises
    ------
    KitError
        An indicator, scale or group that the programme does not have.
    """
    try:
        return k.cell(number["indicator"], **where)
    except KitError as error:
        known = k.released.labels(LISTED.get(number["by"], ""))
        is_slip = number["indicator"] not in k.manifest["indicators"]
        is_slip |= bool(number["subject"]) and not k.is_scale(number["subject"])
        is_slip |= bool(known) and number["level"] not in known
        if is_slip:
            raise KitError(f"cycles.yml, looked_at of the decision '{name}': {error}") from None
        return None  # the data it was about did not come, or were taken back


def _period(k: Kit, period: str) -> str:
    if period == "all":
        return k.word("whole_programme").lower()
    if period in k.released.labels("waves"):
        return k.label("wave", period)
    if "Q" in period:
        return k.quarter(period)
    return k.plain(f"{month_name(int(period[5:]), k.lang)} {period[:4]}", "period")


def _outcome(k: Kit, decision: Mapping[str, Any]) -> str:
    if decision["outcome"] == "open":
        return _word("outcome_open")
    told = {"day": k.day(decision["checked_on"]), "text": worded(decision["found"])}
    return _word(f"outcome_{decision['outcome']}", **told)


def theory(k: Kit) -> Markdown:
    """One row a link of the theory of change: what is expected, what would refute it, what is seen."""
    heads = [_word(x) for x in ("step", "hypothesis", "refuted", "observed")]
    rows = []
    for link in _catalogue()["chain"]:
        seen = [_observed(k, each) for each in link["numbers"] if _is_there(k, each)]
        told = "; ".join(seen) or _word("not_measured")
        rows.append([worded(link[x]) for x in ("step", "expects", "refuted")] + [told])
    return pipe(heads, rows, 4, (3, 5, 5, 7))


def _is_there(k: Kit, number: Mapping[str, str]) -> bool:
    subject = number.get("subject", "")
    return k.has(number["indicator"], subject or None) and (
        not subject or k.has("score_change", subject)
    )


def _observed(k: Kit, number: Mapping[str, str]) -> str:
    subject = number.get("subject", "")
    cell = k.cell(number["indicator"], subject, period=number["period"])
    if cell is None:  # released for single services or groups only
        cell = next((c for c in k.released.of(number["indicator"]) if c.by_1 == ""), None)
    name = k.label("indicator", number["indicator"])
    subject = subject or (cell.subject if cell else "")
    about = f" ({k.subject_label(subject)})" if subject else ""
    return f"{name}{about}: {with_interval(k, cell) if cell else k.shown(cell)}"


# -- limits ------------------------------------------------------------------------------------------
def limits(k: Kit) -> Markdown:
    """What this release's own numbers say of its limits, one item each."""
    said = [
        _linked(k),
        _rows_unused(k),
        _hidden(k),
        *_estimates(k),
        _absences(k),
        _areas(k),
        _word("synthetic", "limits") if k.is_synthetic else "",
    ]
    return Markdown("\n".join(f"- {each}" for each in said if each))


def _linked(k: Kit) -> str:
    told = []
    for scale in k.scales:
        cells = [k.cell(x, scale, period="all") for x in ("linked_n", "eligible_n")]
        if any(c is not None and c.is_shown for c in cells):
            linked, eligible = (k.shown(c) for c in cells)
            name = escape(k.label("scale", scale))
            text = _word("linked_item", "limits", scale=name, linked=linked, eligible=eligible)
            told.append(text)
    return _word("linked", "limits", list="; ".join(told)) if told else ""


def _rows_unused(k: Kit) -> str:
    total: dict[str, list[Cell]] = {}
    for code in ("rows_read_n", "rows_quarantined_n"):
        cells = k.released.of(code) if k.has(code) else []
        total[code] = [c for c in cells if TOTAL not in (c.level_1, c.level_2)]
    if not all(total.values()) or any(c.value is None for each in total.values() for c in each):
        return ""
    read, quarantined = (
        k.mark(k.count(sum(c.value or 0 for c in cells)), *cells) for cells in total.values()
    )
    return _word("rows", "limits", read=read, quarantined=quarantined)


def _hidden(k: Kit) -> str:
    tables = k.manifest["tables"].values()
    found = {
        "hidden": k.mark(k.count(sum(x["hidden"] for x in tables)), Fact(COUNT, ("hidden", "all"))),
        "all": k.mark(k.count(sum(x["rows"] for x in tables)), Fact(COUNT, ("rows", "all"))),
    }
    return _word("hidden", "limits", **found)


def _estimates(k: Kit) -> list[str]:
    """Say how many estimates about everybody rest on few, on doubtful assumptions, or on nothing."""
    every = [c for question in k.questions for c in _evidence.cells(k, question)]
    if not every:
        return []
    shown = [c for c in every if c.is_shown]
    counts = {
        "all": len(every),
        "small": sum(c.n is not None and c.n < k.small_base for c in shown),
        "doubtful": sum("=doubtful" in c.assumptions for c in shown),
        "missing": sum(c.status == "not_applicable" for c in every),
    }
    told: dict[str, str] = {
        name: k.mark(k.count(n), Fact(COUNT, ("estimates", name))) for name, n in counts.items()
    }
    limit = k.plain(str(k.small_base), "threshold")
    said = [_word("small", "limits", all=told["all"], small=told["small"], limit=limit)]
    said += [_word("doubtful", "limits", doubtful=told["doubtful"])] if counts["doubtful"] else []
    said += [_word("missing", "limits", missing=told["missing"])] if counts["missing"] else []
    return said


def _absences(k: Kit) -> str:
    if not k.has("absence_rate", period="all"):
        return ""
    return _word("unrecorded", "limits", text=_texts.absences(k, "all"))


def _areas(k: Kit) -> str:
    if not _findings.is_compared(k):
        return ""
    names: dict[str, list[str]] = {"control": [], "treated": []}
    for each in k.released.labels("neighbourhoods").values():
        name = escape(worded(k.text_of(each)))
        if each.get("role") == "comparison":
            names["control"].append(name)
        elif each.get("role") in ("pilot", "extension"):
            names["treated"].append(name)
    if not all(names.values()):
        return ""
    return _word("areas", "limits", **{x: ", ".join(found) for x, found in names.items()})


# -- corrections and decisions about disclosure ------------------------------------------------------
def corrections(k: Kit) -> Markdown:
    """One row a partner and kind of correction: how many cells, and when; few are not counted out."""
    heads = [_word(x) for x in ("partner", "action", "cells", "days")]
    least = int(k.manifest["thresholds"]["minimum_count"])
    rows = []
    for each in _told()["corrections"]:
        few = each["count"] < least
        count = _word("fewer", least=k.plain(str(least), "threshold")) if few else ""
        count = count or k.plain(k.count(each["count"]), "source")
        name = k.text_of(k.released.labels("partners").get(each["partner"])) or each["partner"]
        ends = {"start": k.day(each["from"]), "end": k.day(each["to"])}
        is_one = each["from"] == each["to"]
        day = f"{ends['start']}" if is_one else _word("day_to_day", **ends)
        rows.append([worded(name), _word(f"action_{each['action']}"), count, day])
    return pipe(heads, rows or [["–", _word("no_corrections"), "–", "–"]], 2, (5, 5, 2, 5))


def thresholds(k: Kit) -> Markdown:
    """One row a rule of disclosure with a value: what it says, the house's value, the one in force."""
    heads = [_word(x) for x in ("rule", "house", "in_force")]
    rows = [
        [worded(each["rule"])]
        + [k.plain(f"{each[x]:g}".replace(".", ","), "threshold") for x in ("house", "value")]
        for each in _told()["thresholds"]
    ]
    return pipe(heads, rows, 1, (10, 2, 2))


def acts(k: Kit) -> Markdown:
    """One row an act of the ledger: audited, approved, published, withdrawn; which quarter, when."""
    heads = [_word(x) for x in ("period", "act", "release", "act_day")]
    rows = []
    for each in _told()["acts"]:
        told = {
            "number": k.plain(str(each["number"] or ""), "version"),
            "why": worded(each["why"]),
        }
        rows.append(
            [
                k.quarter(each["period"]) if "Q" in each["period"] else worded(each["period"]),
                _word(f"act_{each['state']}", **told),
                k.plain(each["release"], "version"),
                f"{k.day(each['on'])}" if each["on"] else "–",
            ]
        )
    return pipe(heads, rows or [["–", _word("no_acts"), "–", "–"]], 4, (3, 7, 3, 3))


def audit(k: Kit) -> Markdown:
    """Whether the release's own audit held, under which rules, and how many releases were published."""
    told = _told()
    if not told["audit"]:
        return Markdown(escape(_word("audit_none")))
    values = {
        "release": k.plain(told["release"] or "–", "version"),
        "rules": k.plain(told["rules"] or "–", "version"),
        "published": k.plain(str(told["published"]), "source"),
    }
    return Markdown(escape(_word("audit_held", **values)))


#: What ``k.table(name, ...)`` and ``k.text(name, ...)`` know of the book.
TABLES: dict[str, Callable[..., Markdown]] = {
    "theory": theory,
    "corrections": corrections,
    "thresholds": thresholds,
    "acts": acts,
}
TEXTS: dict[str, Callable[..., Markdown]] = {
    "slot": slot,
    "cycles": cycles,
    "limits": limits,
    "audit": audit,
}
