"""The page of several programmes: what may be compared, what they say together, what was adapted.

Its numbers are cells of a comparison's own folder, split by programme; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from reports import _wording
from reports._findings import bullets
from reports._origin import worded
from reports._released import Cell, KitError, unknown
from reports._results import p_text, with_interval
from reports._tables import Markdown, escape, pipe

if TYPE_CHECKING:
    from reports.kit import Kit

Row = dict[str, Any]
BY = "programme"
#: Clear differences told at the top of the page; all are told below.
MOST_TOLD = 3
#: Designs whose pooled numbers have one wording: a difference from comparison areas.
_SAID_AS = {"quasi_experimental": "compared"}


@cache
def _catalogue() -> dict[str, Any]:
    text = Path(__file__).with_name("compare_words.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def word(k: Kit, key: str, **values: object) -> str:
    """Return a text of this page's catalogue."""
    if key not in _catalogue():
        raise unknown("text of the comparison", key, _catalogue())
    return worded(str(_catalogue()[key][k.lang])).format(**values)


def about(k: Kit) -> Row:
    """Return what the comparison says of itself.

    Raises
    ------
    KitError
        The folder is one programme's release.
    """
    found = k.manifest.get("comparison")
    if found is None:
        raise KitError("this is no comparison of programmes: run 'lunattiva compare'")
    return dict(found)


# -- cells and names -----------------------------------------------------------------------------
def own(k: Kit, indicator: str, programme: str, subject: str = "", level: str = "") -> Cell | None:
    """Return one programme's own released number."""
    cells = [c for c in k.released.of(indicator) if c.level_1 == programme]
    return next((c for c in cells if (c.subject, c.level_2) == (subject, level)), None)


def together(k: Kit, question: Row, kind: str = "pooled") -> Cell | None:
    """Return what a question's programmes say together (``pooled``, ``expected``, ``pooled_dl``)."""
    code = f"{question['indicator']}__{kind}"
    if code not in k.released.by_indicator:
        return None
    wanted = (question["subject"], question["level"])
    return next((c for c in k.released.of(code) if (c.subject, c.level_1) == wanted), None)


def between(k: Kit, question: Row, name: str) -> Cell | None:
    """Return a number about how programmes differ: ``i2``, ``tau``, ``q``; ``n``: how many."""
    code = "programmes_n" if name == "n" else f"heterogeneity_{name}"
    if code not in k.released.by_indicator:
        return None
    wanted = (question["indicator"], question["subject"], question["level"])
    cells = k.released.of(code)
    return next((c for c in cells if (c.level_1, c.subject, c.level_2) == wanted), None)


def name_of(k: Kit, programme: str) -> str:
    """Return a programme's title."""
    return k.label(BY, programme)


def asked(k: Kit, question: Row) -> str:
    """Return what a question is about, in words: its indicator, scale, level."""
    return _questions(k, [question])


def about_what(k: Kit, question: Row) -> str:
    """Return scale and level of a question; nothing where it has neither."""
    parts = [k.subject_label(question["subject"])] if question["subject"] else []
    if question["level"]:
        parts.append(k.label(question["by"], question["level"]))
    return ", ".join(parts)


def of(k: Kit, indicators: Sequence[str] = ()) -> list[Row]:
    """Return the questions about some indicators; all of them without."""
    found: list[Row] = about(k)["questions"]
    return [each for each in found if not indicators or each["indicator"] in indicators]


# -- texts ---------------------------------------------------------------------------------------
def text(k: Kit, part: str = "short", indicators: Sequence[str] = ()) -> Markdown:
    """Return one part of the page's text."""
    if part == "reach":
        return Markdown(escape(word(k, "reach_note")))
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "short": lambda: _short(k),
        "rules": lambda: _rules(k),
        "says": lambda: _says(k, indicators),
        "limits": lambda: (word(k, f"limits_{n}") for n in range(1, 6)),
        "method": lambda: _method(k),
        "adapted": lambda: _adapted(k),
    }
    if part not in parts:
        raise unknown("part of the comparison", part, parts)
    return bullets(parts[part]())


def _short(k: Kit) -> Iterator[str]:
    programmes, questions = about(k)["programmes"], of(k)
    yield word(k, "short_programmes", n=_plain(k, len(programmes)))
    drafts = [name_of(k, x["programme"]) for x in programmes if x["state"] != "published"]
    if drafts:
        yield word(k, "drafts", list=", ".join(drafts))
    left = [f"{k.text_of(x['title'])} ({_state(k, x)})" for x in about(k)["left_out"]]
    if left:
        yield word(k, "short_left_out", list=", ".join(left))
    pooled = [each for each in questions if each["is_pooled"]]
    if pooled:
        counts = {"pooled": _plain(k, len(pooled)), "all": _plain(k, len(questions))}
        yield word(k, "short_all" if len(pooled) == len(questions) else "short_pooled", **counts)
    else:
        yield word(k, "short_none")
    yield from _answer(k, pooled)
    least = about(k)["enough_programmes"]
    if pooled and len(programmes) < least:
        yield word(k, "short_few", least=k.plain(k.count(least), "threshold"))


def _answer(k: Kit, pooled: Sequence[Row]) -> Iterator[str]:
    """Say first what is clear: differences that can be told from none, then the first share."""
    cells = [(each, together(k, each)) for each in pooled]
    clear = [x for x, c in cells if c is not None and x["scale"] == "identity" and not c.crosses]
    shares = [each for each in pooled if each["scale"] == "logit"]
    for question in [*clear[:MOST_TOLD], *shares[:1]]:
        yield sentence(k, question)
    if any(each["scale"] == "identity" for each in pooled) and not clear:
        yield word(k, "short_no_change")


def _plain(k: Kit, count: int) -> str:
    return k.plain(k.count(count), "definition")


def _rules(k: Kit) -> Iterator[str]:
    share = k.plain(k.percent(about(k)["window_tolerance"], 0), "threshold")
    yield word(k, "rules_1")
    yield word(k, "rules_2", share=share)
    yield word(k, "rules_3")
    if len({each["code_version"] for each in about(k)["programmes"]}) > 1:
        yield word(k, "versions_differ")


def _says(k: Kit, indicators: Sequence[str]) -> Iterator[str]:
    found = [each for each in of(k, indicators) if each["is_pooled"]]
    for question in found:
        yield sentence(k, question)
    if not found:
        yield word(k, "says_nothing")
    yield from _wording.doubts(k, [together(k, each) for each in found])


def sentence(k: Kit, question: Row) -> str:
    """Return what the pooled number of a question may say, and what a new programme may expect.

    Raises
    ------
    KitError
        Nothing may be said of a number of this design.
    """
    cell, ahead = together(k, question), together(k, question, "expected")
    if cell is None or cell.value is None:
        return word(k, "says_nothing")
    is_share = question["scale"] == "logit"
    outcome = "any" if is_share else _outcome(cell)
    key = f"says_{'descriptive' if is_share else _SAID_AS.get(cell.design, cell.design)}_{outcome}"
    signed = outcome == "none"
    shown = abs(cell.value) if outcome in ("up", "down") else cell.value
    value = k.mark(k._written(shown, cell, signed), cell)
    slots = {"n": k.mark(k.count(cell.n or 0), cell, part="n"), "value": value}
    told = word(k, key, label=asked(k, question), interval=_wording.interval(k, cell), **slots)
    if ahead is None or ahead.ci_low is None or ahead.ci_high is None:
        return told
    ends = {"low": k.format(ahead.ci_low, ahead), "high": k.format(ahead.ci_high, ahead)}
    is_wide = not is_share and ahead.crosses and outcome != "none"
    return f"{told} {word(k, 'says_expected_wide' if is_wide else 'says_expected', **ends)}"


def _outcome(cell: Cell) -> str:
    if cell.crosses or cell.value is None:
        return "none"
    return "up" if cell.value > 0 else "down"


def _method(k: Kit) -> Iterator[str]:
    methods, checked = k.manifest["methods"], len(k.manifest["checks"])
    mine = [x["reference"] for x in methods.values() if x["question"] == "programmes"]
    sources = sorted({source for each in mine for source in each.split("; ")})
    yield word(k, "method_1")
    yield word(k, "method_2", list=k.plain("; ".join(sources), "source"))
    yield word(k, "method_3", n=_plain(k, checked))


def _adapted(k: Kit) -> Iterator[str]:
    for each in about(k)["programmes"]:
        name, said = name_of(k, each["programme"]), each["adapted"]
        if said is None:
            yield word(
                k, "adapted_none" if each["tells_definitions"] else "adapted_untold", programme=name
            )
            continue
        origin = k.text_of(said["origin"]["title"])
        key = "adapted_from" if said["differences"] else "adapted_same"
        yield word(k, key, programme=name, origin=origin)


# -- tables --------------------------------------------------------------------------------------
def programmes(k: Kit) -> Markdown:
    """One row a programme: its dates, which publication, invented or true, the least number of people."""
    heads = [word(k, x) for x in ("programme", "dates", "release", "data_kind", "least", "version")]
    rows = []
    for each in about(k)["programmes"]:
        days = word(k, "from_to", first=k.day(each["from"]), last=k.day(each["to"]))
        least = k.plain(k.count(each["thresholds"]["minimum_count"]), "threshold")
        kind = word(k, "synthetic" if each["synthetic"] else "real")
        version = k.plain(each["manifest"][:12], "version")
        rows.append([name_of(k, each["programme"]), days, _state(k, each), kind, least, version])
    return pipe(heads, rows, 4, (4, 4, 3, 2, 2, 2))


def _state(k: Kit, programme: Row) -> str:
    if programme["state"] != "published":
        return word(k, f"state_{programme['state']}")
    quarter = k.quarter(programme["period"]) if programme["period"] else "–"
    return word(
        k, "state_published", period=quarter, number=k.plain(str(programme["number"]), "version")
    )


def comparability(k: Kit) -> Markdown:
    """One row an outcome: of which questions, which programmes agree, what differs in the others."""
    heads = [word(k, x) for x in ("question", "agree", "differs")]
    outcomes: dict[tuple[str, str, str], list[Row]] = {}
    for each in of(k):
        agree, why = _agreeing(k, each), "; ".join(_why(k, each)) or word(k, "all_agree")
        outcomes.setdefault((each["indicator"], agree, why), []).append(each)
    rows = [[_questions(k, each), agree, why] for (_, agree, why), each in outcomes.items()]
    return pipe(heads, rows or [[k.word("no_data"), "–", "–"]], 3, (5, 3, 5))


def _agreeing(k: Kit, question: Row) -> str:
    names = [name_of(k, x) for x in question["agree"]]
    if len(names) < 2:
        return word(k, "nobody_agrees")
    return word(k, "everybody") if len(names) == len(about(k)["programmes"]) else "; ".join(names)


def _questions(k: Kit, questions: Sequence[Row]) -> str:
    """Return several questions about one indicator in one line."""
    name = k.label("indicator", questions[0]["indicator"])
    parts = [part for each in questions if (part := about_what(k, each))]
    return f"{name}: {'; '.join(parts)}" if parts else name


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
                _range(k, together(k, question, "expected")),
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


def _range(k: Kit, ahead: Cell | None) -> str:
    if ahead is None or ahead.ci_low is None or ahead.ci_high is None:
        return word(k, "no_prediction")
    ends = {"low": k.format(ahead.ci_low, ahead), "high": k.format(ahead.ci_high, ahead)}
    return word(k, "prediction_range", **ends)


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


def origin(k: Kit) -> Markdown:
    """Say of one programme whether its definitions were taken over, and from where."""
    said = k.manifest.get("adapted")
    if not said:
        return bullets([word(k, "own_definitions")])
    key = "adapted_from" if said["differences"] else "adapted_same"
    names = {"programme": k.title, "origin": k.text_of(said["origin"]["title"])}
    return bullets([word(k, key, **names)])


#: What ``k.table(name, ...)`` and ``k.text(name, ...)`` know of comparisons.
TABLES: dict[str, Callable[..., Markdown]] = {
    "compare_programmes": programmes,
    "compare_comparability": comparability,
    "compare_reach": reach,
    "compare_beside": beside,
    "compare_pooled": pooled,
    "adapted": adapted,
}
TEXTS: dict[str, Callable[..., Markdown]] = {"compare": text, "origin_of_definitions": origin}
