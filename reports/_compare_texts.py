"""What the page of several programmes says in sentences: no more than the design of each number allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from reports import _wording
from reports._compare import Row, about, asked, name_of, of, state, together, word
from reports._findings import bullets
from reports._released import Cell, unknown
from reports._tables import Markdown, escape

if TYPE_CHECKING:
    from reports.kit import Kit

#: Clear differences told at the top of the page; all are told below.
MOST_TOLD = 3
#: Designs whose pooled numbers have one wording: a difference from comparison areas.
_SAID_AS = {"quasi_experimental": "compared"}


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
    left = [f"{k.text_of(x['title'])} ({state(k, x)})" for x in about(k)["left_out"]]
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


def origin(k: Kit) -> Markdown:
    """Say of one programme whether its definitions were taken over, and from where."""
    said = k.manifest.get("adapted")
    if not said:
        return bullets([word(k, "own_definitions")])
    key = "adapted_from" if said["differences"] else "adapted_same"
    names = {"programme": k.title, "origin": k.text_of(said["origin"]["title"])}
    return bullets([word(k, key, **names)])


#: What ``k.text(name, ...)`` knows of comparisons.
TEXTS: dict[str, Callable[..., Markdown]] = {"compare": text, "origin_of_definitions": origin}
