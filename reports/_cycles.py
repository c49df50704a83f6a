"""The log of cycles of the action research, each decision with the data it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reports._book import facts, word
from reports._numbers import month_name
from reports._origin import worded
from reports._released import Cell, KitError
from reports._tables import Markdown, escape, pipe

if TYPE_CHECKING:
    from reports.kit import Kit


def cycles(k: Kit) -> Markdown:
    """One section a cycle: its question, who took part, a table of its decisions, what was learnt."""
    found = facts()["cycles"]
    if not found:
        return Markdown(escape(word("no_log")))
    every = [each for cycle in found for each in cycle["decisions"]]
    counts = {
        "cycles": len(found),
        "decisions": len(every),
        "open": sum(each["outcome"] == "open" for each in every),
    }
    parts = [word("log_summary", **{x: k.plain(str(n), "source") for x, n in counts.items()})]
    for cycle in found:
        parts += _cycle(k, cycle)
    return Markdown("\n\n".join(parts))


def captions() -> list[tuple[str, str]]:
    """Return label and caption of the table of each cycle."""
    return [
        (_label(cycle), word("cycle_caption", title=escape(worded(cycle["title"]))))
        for cycle in facts()["cycles"]
    ]


def _label(cycle: Mapping[str, Any]) -> str:
    return f"tbl-ciclo-{cycle['cycle'].replace('_', '-')}"


def _cycle(k: Kit, cycle: Mapping[str, Any]) -> list[str]:
    title = escape(worded(cycle["title"]))
    learnt = cycle.get("learnt")
    dates = word("cycle_dates", start=f"{k.day(cycle['from'])}", end=f"{k.day(cycle['to'])}")
    people = ", ".join(cycle["took_part"])
    return [
        f"### {title} {{.unnumbered}}",
        f"{dates} {word('question', text=escape(worded(cycle['question'])))}",
        word("took_part", text=f"{escape(worded(people))}."),
        f"::: {{#{_label(cycle)}}}",
        str(_decisions(k, cycle)),
        word("cycle_caption", title=title),
        ":::",
        word("learnt", text=escape(worded(learnt))) if learnt else word("learnt_open"),
    ]


def _decisions(k: Kit, cycle: Mapping[str, Any]) -> Markdown:
    """One row a decision: when, who and on which data; what was seen; what was decided and came of it."""
    heads = [word(x) for x in ("when", "seen", "decided")]
    rows = []
    for each in cycle["decisions"]:
        who = worded(", ".join(each["by"]))
        expected = word("expected", text=worded(each["expected"]))
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
    text = word(f"bound_{about['state']}", **told)
    has_moved = about["data_version"] not in ("", k.manifest.get("data_version"))
    return f"{text}; {word('moved')}" if has_moved else text


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
    return f"{text} {word('today', list='; '.join(numbers))}." if numbers else text


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
        return word("outcome_open")
    told = {"day": k.day(decision["checked_on"]), "text": worded(decision["found"])}
    return word(f"outcome_{decision['outcome']}", **told)
