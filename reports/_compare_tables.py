"""The tables of the page of several programmes: a row a programme, a question, or an adaptation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from reports._compare import (
    Row,
    about,
    asked,
    between,
    in_one_line,
    name_of,
    of,
    own,
    prediction,
    state,
    together,
    word,
)
from reports._released import Cell
from reports._results import p_text, with_interval
from reports._tables import Markdown, pipe

if TYPE_CHECKING:
    from reports.kit import Kit


def programmes(k: Kit) -> Markdown:
    """One row a programme: its dates, which publication, invented or true, the least number of people."""
    heads = [word(k, x) for x in ("programme", "dates", "release", "data_kind", "least", "version")]
    rows = []
    for each in about(k)["programmes"]:
        days = word(k, "from_to", first=k.day(each["from"]), last=k.day(each["to"]))
        least = k.plain(k.count(each["thresholds"]["minimum_count"]), "threshold")
        kind = word(k, "synthetic" if each["synthetic"] else "real")
        version = k.plain(each["manifest"][:12], "version")
        rows.append([name_of(k, each["programme"]), days, state(k, each), kind, least, version])
    return pipe(heads, rows, 4, (4, 4, 3, 2, 2, 2))


def comparability(k: Kit) -> Markdown:
    """One row an outcome: of which questions, which programmes agree, what differs in the others."""
    heads = [word(k, x) for x in ("question", "agree", "differs")]
    outcomes: dict[tuple[str, str, str], list[Row]] = {}
    for each in of(k):
        agree, why = _agreeing(k, each), "; ".join(_why(k, each)) or word(k, "all_agree")
        outcomes.setdefault((each["indicator"], agree, why), []).append(each)
    rows = [[in_one_line(k, each), agree, why] for (_, agree, why), each in outcomes.items()]
    return pipe(heads, rows or [[k.word("no_data"), "–", "–"]], 3, (5, 3, 5))


def _agreeing(k: Kit, question: Row) -> str:
    names = [name_of(k, x) for x in question["agree"]]
    if len(names) < 2:
        return word(k, "nobody_agrees")
    return word(k, "everybody") if len(names) == len(about(k)["programmes"]) else "; ".join(names)


def _why(k: Kit, question: Row) -> Iterator[str]:
    words, windows = about(k)["aspects"], question["windows"]
    for programme, aspects in question["differ"].items():
        told = ", ".join(k.text_of(words[x]) for x in aspects)
        name = name_of(k, programme)
        if "window" in aspects and programme in windows and question["agree"]:
            others = sorted({windows[x] for x in question["agree"] if x in windows})
            days = {
                "days": _days(k, windows[programme]),
                "others": " – ".join(_days(k, x) for x in dict.fromkeys((others[0], others[-1]))),
            }
            yield word(k, "why_window", programme=name, aspects=told, **days)
        else:
            yield word(k, "why_differs", programme=name, aspects=told)
    for programme, status in question["without"].items():
        yield word(k, f"why_{status}", programme=name_of(k, programme))
    for programme in question["absent"]:
        yield word(k, "why_absent", programme=name_of(k, programme))
    for programme in question["no_error"]:
        yield word(k, "why_no_error", programme=name_of(k, programme))


def _days(k: Kit, days: float) -> str:
    return k.plain(k.count(days), "definition")


def reach(k: Kit) -> Markdown:
    """One row a programme, one column a count; the target beside the people reached."""
    codes = about(k)["beside"]
    heads = [word(k, "programme"), *(k.label("indicator", x) for x in codes), word(k, "target")]
    rows = []
    for each in about(k)["programmes"]:
        target = each["target"]
        told = word(k, "no_target") if target is None else k.plain(k.count(target), "target")
        cells = [k.shown(own(k, x, each["programme"])) for x in codes]
        rows.append([name_of(k, each["programme"]), *cells, told])
    return pipe(heads, rows, 1, (4, *(2 for _ in codes), 2))


def beside(k: Kit, indicators: Sequence[str] = ()) -> Markdown:
    """One row a question, one column a programme: its own number with its interval."""
    codes = [each["programme"] for each in about(k)["programmes"]]
    heads = [word(k, "question"), *(name_of(k, x) for x in codes)]
    rows = []
    for question in of(k, indicators):
        key = (question["subject"], question["level"])
        cells = [own(k, question["indicator"], x, *key) for x in codes]
        numbers = [with_interval(k, x) if x is not None else k.word("no_data") for x in cells]
        rows.append([asked(k, question), *numbers])
    empty = [[k.word("no_data"), *("–" for _ in codes)]]
    return pipe(heads, rows or empty, 1, (4, *(3 for _ in codes)))


def pooled(k: Kit, indicators: Sequence[str] = ()) -> Markdown:
    """One row a question that could be pooled: mean, prediction, how many, how much they differ."""
    heads = [
        word(k, x)
        for x in ("question", "pooled", "prediction", "how_many", "between", "tau", "q", "other")
    ]
    rows = []
    for question in of(k, indicators):
        cell = together(k, question)
        if cell is None:
            continue
        i2, tau, q = (between(k, question, x) for x in ("i2", "tau", "q"))
        other = together(k, question, "pooled_dl")
        rows.append(
            [
                asked(k, question),
                with_interval(k, cell),
                prediction(k, together(k, question, "expected")),
                k.shown(between(k, question, "n")),
                _told(k, i2),
                _told(k, tau),
                f"{k.shown(q)} ({p_text(k, q)})" if q is not None else "–",
                _told(k, other),
            ]
        )
    empty = [[word(k, "says_nothing"), *("–" for _ in heads[1:])]]
    return pipe(heads, rows or empty, 1, (4, 3, 3, 2, 3, 3, 2, 3))


def _told(k: Kit, cell: Cell | None) -> str:
    return "–" if cell is None else with_interval(k, cell)


def adapted(k: Kit) -> Markdown:
    """One row a definition that a programme adapted: what became of it, and why."""
    listed = about(k)["programmes"] if "comparison" in k.manifest else [_itself(k)]
    heads = [word(k, x) for x in ("programme", "definition", "change", "reason")]
    rows = []
    for each in listed:
        said = each["adapted"] or {"differences": [], "kinds": {}}
        name = k.text_of(each["title"])
        for one in said["differences"]:
            kind, _, code = one["definition"].partition(".")
            what = f"{k.text_of(said['kinds'][kind])}: {k.plain(code, 'code')}"
            why = k.text_of(one["reason"]) or word(k, "no_reason")
            who = f" ({k.plain(one['by'], 'label')})" if one["by"] else ""
            rows.append([name, what, word(k, one["change"]), f"{why}{who}"])
    empty = [[word(k, "nothing_adapted"), "–", "–", "–"]]
    return pipe(heads, rows or empty, 4, (3, 4, 2, 6))


def _itself(k: Kit) -> Row:
    return {"title": k.manifest["title"], "adapted": k.manifest.get("adapted")}


#: What ``k.table(name, ...)`` knows of comparisons.
TABLES: dict[str, Callable[..., Markdown]] = {
    "compare_programmes": programmes,
    "compare_comparability": comparability,
    "compare_reach": reach,
    "compare_beside": beside,
    "compare_pooled": pooled,
    "adapted": adapted,
}
