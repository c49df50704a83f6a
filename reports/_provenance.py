"""Where a number comes from, in words: what a click in a page and ``lunattiva trace`` show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reports import _origin
from reports._numbers import month_name
from reports._origin import ANONYMITY, COUNT, Fact, bare
from reports._released import Cell
from reports._results import base, is_whole_period, p_text, what
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit

#: What is told of a number, in this order; the names are those of ``words.yml``, section origin.
FIELDS = (
    "what", "value", "definition", "period", "base", "interval", "p", "missing", "design",
    "method", "reference", "assumptions", "status", "table",
)  # fmt: skip


def origin(k: Kit, thing: Cell | Fact) -> dict[str, str]:
    """Return what is known of a number, field by field in the kit's language; nothing hidden.

    Returns
    -------
    dict
        ``FIELDS`` without those that say nothing.
    """
    told = _of_cell(k, thing) if isinstance(thing, Cell) else _of_fact(k, thing)
    return {name: bare(told[name]) for name in FIELDS if told.get(name)}


def _of_cell(k: Kit, cell: Cell) -> dict[str, str]:
    entry = k.manifest["indicators"][cell.indicator]
    told = {
        "what": what(k, cell),
        "value": k.shown(cell),
        "definition": k.text_of(entry["definition"]),
        "period": _period(k, cell),
        "status": say("origin", f"status_{cell.status}", k.lang),
        "table": cell.table,
    }
    if cell.is_hidden:
        return told
    method = (k.manifest.get("methods") or {}).get(cell.method, {})
    designs = k.manifest["claims"]["designs"] if "claims" in k.manifest else {}
    told |= {
        "base": _base(k, cell),
        "interval": _interval(k, cell),
        "p": p_text(k, cell).strip("–"),
        "missing": k.count(cell.n_missing) if cell.n_missing else "",
        "design": k.text_of(designs.get(cell.design, {}).get("label")),
        "method": k.text_of(method.get("label")) or cell.method,
        "reference": str(method.get("reference") or cell.reference),
        "assumptions": _assumptions(k, cell, method),
    }
    return told


def _base(k: Kit, cell: Cell) -> str:
    if cell.n is None:
        return ""
    unit = say("origin", f"unit_{cell.n_unit}", k.lang) if cell.n_unit else ""
    return f"{base(k, cell).partition(' (')[0]} {unit}".strip()


def _interval(k: Kit, cell: Cell) -> str:
    if cell.has_no_spread:
        return k.word("spread_not_shown")
    if cell.ci_low is None or cell.ci_high is None:
        return ""
    return k.word("from_to", low=k.format(cell.ci_low, cell), high=k.format(cell.ci_high, cell))


def _period(k: Kit, cell: Cell) -> str:
    if "Q" in cell.period and cell.period[:4].isdigit():
        return k.quarter(cell.period)
    if is_whole_period(k, cell):
        return k.word("whole_programme") if cell.period == "all" else k.label("wave", cell.period)
    if cell.period[:4].isdigit() and len(cell.period) == len("2022-03"):
        return f"{month_name(int(cell.period[5:]), k.lang)} {cell.period[:4]}"
    return cell.period


def _assumptions(k: Kit, cell: Cell, method: Mapping[str, Any]) -> str:
    words = {"held": "assumption_held", "doubtful": "assumption_doubtful"}
    told = []
    for each in filter(None, cell.assumptions.split("; ")):
        code, _, outcome = each.partition("=")
        name = k.text_of((method.get("assumes") or {}).get(code)) or code
        told.append(f"{name}: {k.word(words.get(outcome, 'assumption_not_checked'))}")
    return "; ".join(told)


def _of_fact(k: Kit, fact: Fact) -> dict[str, str]:
    first = fact.coordinates[0]
    if fact.kind == ANONYMITY:
        about = ", ".join(filter(None, fact.coordinates))
        told = say("origin", "anonymity_figure", k.lang)
        return {"what": about, "definition": told, "status": say("origin", "rounded", k.lang)}
    about = ", ".join(fact.coordinates[1:])
    return {"what": say("origin", f"count_{first}", k.lang), "table": about}


def facts(k: Kit) -> Iterator[Fact]:
    """Return every number of the release that is no cell."""
    for each in (k.manifest.get("anonymity") or {}).get("figures", []):
        yield Fact(ANONYMITY, (each["figure"], each["subject"], each["period"]))
    for name in ("tables", "checks", "methods"):
        yield Fact(COUNT, (name,))
    for name in ("rows", "hidden"):
        yield from (Fact(COUNT, (name, code)) for code in ("all", *k.manifest["tables"]))
    for name in ("shown", "all"):
        yield Fact(COUNT, ("levels", name))
    for name in ("all", "small", "doubtful", "missing"):
        yield Fact(COUNT, ("estimates", name))
    for code, cells in k.released.by_indicator.items():
        for by in sorted({c.by_1 for c in cells if c.by_1}):
            yield Fact(COUNT, ("levels", code, by))
    for code, method in (k.manifest.get("methods") or {}).items():
        yield from (Fact(COUNT, ("assumption", code, each)) for each in method["assumes"])


def every(k: Kit) -> dict[str, Cell | Fact]:
    """Return every number of the release by its name."""
    things: list[Cell | Fact] = [*k.released.cells.values(), *facts(k)]
    return {_origin.number_id(thing): thing for thing in things}


def versions(k: Kit) -> dict[str, str]:
    """Return what all numbers of a release have in common: data, code, release and its state."""
    about = k.released.release
    if k.is_of_a_quarter and "periods" in about:
        # A quarter's page is published when that quarter is, not when some other one is.
        about = {**about, "state": "draft", "number": None, **about["periods"].get(k.period, {})}
    state = say("origin", f"state_{about['state']}", k.lang)
    if about["number"]:
        state = say("origin", "state_number", k.lang, state=state, number=about["number"])
    told = {"release": f"{state} {str(about['release'])[:12]}".strip()}
    told |= {of: str(k.manifest.get(f"{of}_version") or "–") for of in ("data", "code")}
    return {name: bare(text) for name, text in told.items()}


def page(k: Kit, things: Mapping[str, Cell | Fact]) -> dict[str, Any]:
    """Return what a page must know of the numbers it shows, each text once.

    Returns
    -------
    dict
        ``labels`` of the fields; ``numbers``: name -> places of its texts in ``texts``, field by
        field (0 for none); ``common``: label and text of what all have in common; ``words``; ``lang``.
    """
    texts: dict[str, int] = {"": 0}
    numbers = {}
    for name in sorted(things):
        told = origin(k, things[name])
        numbers[name] = [texts.setdefault(told.get(x, ""), len(texts)) for x in FIELDS]
    keys = ("title", "several", "close", "toggle", "figure", "further", "unknown")
    return {
        "lang": k.lang,
        "labels": [bare(say("origin", x, k.lang)) for x in FIELDS],
        "texts": list(texts),
        "numbers": numbers,
        "common": [[bare(say("origin", x, k.lang)), text] for x, text in versions(k).items()],
        "words": {x: bare(say("origin", f"page_{x}", k.lang)) for x in keys},
        "parts": {x: bare(say("origin", f"part_{x}", k.lang)) for x in _origin.PARTS},
    }
