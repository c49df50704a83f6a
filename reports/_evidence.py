"""How each number was made, what it rests on, and how its method was checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from reports._origin import COUNT, Fact, number_id, spelled
from reports._released import Cell, unknown
from reports._results import GROUPS, base, in_order, p_text, what, with_interval
from reports._tables import Markdown, escape, pipe

if TYPE_CHECKING:
    from reports.kit import Kit

#: Questions answered by an estimate with assumptions; plain counts and means have chapters of their own.
ASKED = ("reliability", "change", "compared", "series", "waiting", "participation", "network")
LONGEST = 16
LONG_WORD = re.compile(r"[._/=:,~(-]")


def designs(k: Kit) -> Markdown:
    """One row a design: what it lets one say."""
    told = k.manifest["claims"]["designs"]
    rows = [[k.text_of(each["label"]), k.text_of(each["allows"])] for each in told.values()]
    return pipe([k.word("design"), k.word("may_say")], rows, 2, (2, 6))


def evidence(k: Kit, question: str = "") -> Markdown:
    """One row an estimate about everybody: estimate, interval, base, p, what is in doubt, its name.

    Raises
    ------
    KitError
        No such question.
    """
    _known(k, question)
    found = cells(k, question)
    doubts = [_assumed(k, cell, "doubtful") for cell in found]
    unique = dict.fromkeys(each for some in doubts for each in some)
    letters = {each: _letter(n) for n, each in enumerate(unique)}
    keys = ("what", "estimate_interval", "base_missing", "p_word", "in_doubt", "number_name")
    heads = [k.word(x) for x in keys]
    rows = [
        [
            what(k, c),
            with_interval(k, c),
            base(k, c),
            p_text(k, c),
            _marks(letters, each),
            _name(k, c),
        ]
        for c, each in zip(found, doubts, strict=True)
    ]
    empty = [[k.word("no_data"), *("–" for _ in heads[1:])]]
    table = pipe(heads, rows or empty, 1, (20, 10, 5, 3, 3, 7))
    if not letters:
        return table
    legend = "; ".join(f"{letter} = {text}" for text, letter in letters.items())
    told = f"{k.word('in_doubt')}: {legend}."
    return Markdown(f"{table}\n\n{escape(told)}")


def _name(k: Kit, cell: Cell) -> str:
    """Return the name of a number for ``lunattiva trace``."""
    return k.plain(spelled(number_id(cell)), "code")


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else f"z{number - 25}"


def _marks(letters: dict[str, str], doubts: Iterable[str]) -> str:
    return ", ".join(sorted(letters[each] for each in doubts)) or "–"


def cells(k: Kit, question: str) -> list[Cell]:
    """Return the estimates of a question that are about everybody, in the order of the framework.

    A comparison is about kinds of place: there they have rows.
    """
    left_out = set(GROUPS) - ({"area_role"} if question == "compared" else set())
    found = []
    for code in k.manifest["indicators"]:
        by = sorted({c.by_1 for c in k.released.of(code)} - left_out)
        found += [c for c in in_order(k, code, by) if c.question == question]
    return [c for c in found if c.status != "true_zero"]


def _assumed(k: Kit, cell: Cell, wanted: str) -> list[str]:
    assumes = k.manifest["methods"].get(cell.method, {}).get("assumes", {})
    pairs = [each.partition("=") for each in cell.assumptions.split("; ") if each]
    return [k.text_of(assumes.get(code, {})) or code for code, _, found in pairs if found == wanted]


def assumptions(k: Kit, question: str = "") -> Markdown:
    """One item a method used: its design, and of each assumption whether it held on these data."""
    _known(k, question)
    shown = [c for c in cells(k, question) if c.is_shown]
    items = []
    for code in dict.fromkeys(c.method for c in shown):
        method = k.manifest["methods"].get(code)
        if method is None:
            continue
        mine = [c for c in shown if c.method == code]
        design = k.text_of(k.manifest["claims"]["designs"][mine[0].design]["label"]).lower()
        told = [f"{k.text_of(w)}: {_outcome(k, mine, x)}" for x, w in method["assumes"].items()]
        label = k.text_of(method["label"])
        items.append(f"- **{escape(label)}** ({escape('; '.join([design, *told]))}).")
    return Markdown("\n".join(items))


def _outcome(k: Kit, mine: list[Cell], assumption: str) -> str:
    found = [f"; {c.assumptions};".partition(f"; {assumption}=")[2].split(";")[0] for c in mine]
    in_doubt = found.count("doubtful")
    if in_doubt == len(found) and in_doubt:
        return k.word("assumption_doubtful")
    if in_doubt:
        text = f"{in_doubt}/{len(found)}"
        counted = Fact(COUNT, ("assumption", mine[0].method, assumption))
        return k.word("sometimes_doubtful", count=k.mark(text, counted))
    return k.word("assumption_held" if "held" in found else "assumption_not_checked")


def methods(k: Kit, question: str = "") -> Markdown:
    """One row a method of a question: formula, missing values, interval, source, same number in R."""
    _known(k, question)
    heads = [k.word(x) for x in ("method", "formula", "missing_values", "interval", "citation")]
    rows = []
    for each in k.manifest["methods"].values():
        if each["question"] != question:
            continue
        source = "; ".join(filter(None, [each["reference"], each["matches"]]))
        span = k.text_of(each["interval"]) if each["interval"] else "–"
        name = k.text_of(each["label"])
        told = [
            k.plain(softened(each["formula"]), "definition"),
            k.text_of(each["missing"]),
            span,
            k.plain(softened(source), "source") or "–",
        ]
        rows.append([name, *told])
    return pipe(heads, rows or [[k.word("no_data"), *("–" for _ in heads[1:])]], 5, (3, 4, 3, 2, 6))


def checks(k: Kit, question: str = "") -> Markdown:
    """One row a data set: where its numbers are published, and those that each method reproduces."""
    _known(k, question)
    mine = [each for each in k.manifest["checks"] if _question(k, each) == question]
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for each in mine:
        told = f"{k.text_of(each['what'])} {_published(k, each)}"
        found = groups.setdefault((each["data"], each["source"]), {})
        found.setdefault(_method_name(k, each["method"]), []).append(told)
    heads = [k.word(x) for x in ("data_source", "method_published")]
    rows = [
        [
            k.plain(softened(f"{data}. {source}"), "source"),
            ". ".join(f"{method}: {'; '.join(numbers)}" for method, numbers in found.items()),
        ]
        for (data, source), found in groups.items()
    ]
    return pipe(heads, rows or [[k.word("no_data"), "–"]], 2, (7, 6))


def softened(text: str) -> str:
    """Return text in which a long word (an address, a file) may break after its marks."""
    words = (LONG_WORD.sub("\\g<0>\u200b", w) if len(w) > LONGEST else w for w in text.split(" "))
    return " ".join(words)


def _method_name(k: Kit, code: str) -> str:
    method = k.manifest["methods"].get(code)
    return k.text_of(method["label"]) if method else k.plain(code, "code")


def _published(k: Kit, check: dict[str, Any]) -> str:
    plain = f"{check['expected']:.10g}".replace("e-0", "e-")
    return k.plain(plain.replace(".", ",") if k.lang == "it" else plain, "source")


def checked_questions(k: Kit) -> list[str]:
    """Return the questions whose methods have published numbers to compare with, in order."""
    found = {_question(k, each) for each in k.manifest["checks"]}
    return [code for code in k.manifest["claims"]["questions"] if code in found]


def _question(k: Kit, check: dict[str, Any]) -> str:
    return str(k.manifest["methods"][check["method"]]["question"])


def checked(k: Kit) -> Markdown:
    """How many published numbers of how many methods are recomputed at each version."""
    made = k.manifest["checks"]
    words = {
        "checks": k.mark(k.count(len(made)), Fact(COUNT, ("checks",))),
        "methods": k.mark(k.count(len({c["method"] for c in made})), Fact(COUNT, ("methods",))),
    }
    return Markdown(escape(k.word("checked_note", **words)))


def _known(k: Kit, question: str) -> None:
    questions: Iterable[str] = k.manifest["claims"]["questions"]
    if question not in questions:
        raise unknown("question", question, questions)


#: What ``k.table(name, ...)`` and ``k.text(name, ...)`` know of evidence.
TABLES: dict[str, Callable[..., Markdown]] = {
    "designs": designs,
    "evidence": evidence,
    "methods": methods,
    "checks": checks,
    "assumptions": assumptions,
}
TEXTS: dict[str, Callable[..., Markdown]] = {"checked": checked}
