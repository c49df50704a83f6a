"""How each number was made, what it rests on, and how its method was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from reports._numbers import number
from reports._released import TOTAL, Cell, unknown
from reports._tables import Markdown, escape, pipe
from reports._wording import interval

if TYPE_CHECKING:
    from reports.kit import Kit

#: Questions answered by an estimate with assumptions; plain counts and means have chapters of their own.
ASKED = ("reliability", "change", "compared", "series", "waiting", "participation", "network")
SMALLEST_P = 0.001


def designs(k: Kit) -> Markdown:
    """One row a design: what it lets one say."""
    told = k.manifest["claims"]["designs"]
    rows = [[k.text_of(each["label"]), k.text_of(each["allows"])] for each in told.values()]
    return pipe([k.word("design"), k.word("may_say")], rows, 2, (2, 6))


def evidence(k: Kit, question: str = "") -> Markdown:
    """One row an estimate about everybody: estimate, interval, base, p, method, assumptions.

    Raises
    ------
    KitError
        No such question.
    """
    _known(k, question)
    heads = [
        k.word(x) for x in ("what", "estimate", "base_missing", "p_word", "method_assumptions")
    ]
    rows = [_row(k, cell) for cell in cells(k, question)]
    return pipe(heads, rows or [[k.word("no_data"), *("–" for _ in heads[1:])]], 5, (5, 4, 2, 2, 7))


def cells(k: Kit, question: str) -> list[Cell]:
    """Return the estimates of a question that are about everybody, in the order of the framework."""
    return [
        cell
        for code in k.manifest["indicators"]
        for cell in k.released.of(code)
        if cell.question == question and cell.by_1 in ("", "day", "step", "term") and not cell.by_2
        if cell.level_1 != TOTAL and cell.status != "true_zero"
    ]


def _row(k: Kit, cell: Cell) -> list[str]:
    name = k.label("indicator", cell.indicator)
    about = [k.subject_label(cell.subject)] if cell.subject else []
    about += [k.label("wave", cell.period)] if cell.period in k.released.labels("waves") else []
    about += [cell.level_1] if cell.by_1 else []
    value = k.shown(cell)
    if cell.is_shown and cell.ci_low is not None:
        value = f"{value} ({interval(k, cell)})"
    base = k.n_of(cell)
    if cell.n_missing:
        base = f"{base} ({k.count(cell.n_missing)})"
    what = f"{name}: {', '.join(about)}" if about else name
    return [what, value, base, p_text(k, cell), _method(k, cell)]


def p_text(k: Kit, cell: Cell) -> str:
    """Return p to three decimals; a dash where the method gives none."""
    if cell.p_value is None or not cell.is_shown:
        return "–"
    if cell.p_value < SMALLEST_P:
        return f"< {number(SMALLEST_P, 3, k.lang)}"
    return number(cell.p_value, 3, k.lang)


def _method(k: Kit, cell: Cell) -> str:
    method = k.manifest["methods"].get(cell.method)
    if method is None:
        return cell.method
    design = k.text_of(k.manifest["claims"]["designs"][cell.design]["label"])
    said = [k.text_of(method["label"]), design.lower()]
    for each in filter(None, cell.assumptions.split("; ")):
        code, _, outcome = each.partition("=")
        words = k.text_of(method["assumes"].get(code, {})) or code
        said.append(f"{words} ({k.word(f'assumption_{outcome}')})")
    return "; ".join(said)


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
        rows.append([name, each["formula"], k.text_of(each["missing"]), span, source or "–"])
    return pipe(heads, rows or [[k.word("no_data"), *("–" for _ in heads[1:])]], 5, (3, 4, 3, 3, 4))


def checks(k: Kit, question: str = "") -> Markdown:
    """One row a published number that a method reproduces: what, value, data, source."""
    _known(k, question)
    mine = [each for each in k.manifest["checks"] if _question(k, each) == question]
    heads = [k.word(x) for x in ("what", "published", "check_data", "citation")]
    rows = [[_checked(k, each), _published(k, each), each["data"], each["source"]] for each in mine]
    return pipe(heads, rows or [[k.word("no_data"), *("–" for _ in heads[1:])]], 4, (4, 2, 3, 5))


def _checked(k: Kit, check: dict[str, Any]) -> str:
    method = k.manifest["methods"].get(check["method"])
    name = k.text_of(method["label"]) if method else check["method"]
    return f"{name}: {k.text_of(check['what'])}"


def _published(k: Kit, check: dict[str, Any]) -> str:
    plain = f"{check['expected']:.10g}".replace("e-0", "e-")
    return plain.replace(".", ",") if k.lang == "it" else plain


def checked_questions(k: Kit) -> list[str]:
    """Return the questions whose methods have published numbers to compare with, in order."""
    found = {_question(k, each) for each in k.manifest["checks"]}
    return [code for code in k.manifest["claims"]["questions"] if code in found]


def _question(k: Kit, check: dict[str, Any]) -> str:
    return str(k.manifest["methods"][check["method"]]["question"])


def checked(k: Kit) -> Markdown:
    """How many published numbers of how many methods are recomputed at each version."""
    made = k.manifest["checks"]
    words = {"checks": k.count(len(made)), "methods": k.count(len({c["method"] for c in made}))}
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
}
TEXTS: dict[str, Callable[..., Markdown]] = {"checked": checked}
