"""What a release's own numbers say of its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import _evidence, _findings, _texts
from reports._book import word
from reports._origin import COUNT, Fact, worded
from reports._released import TOTAL, Cell
from reports._tables import Markdown, escape

if TYPE_CHECKING:
    from reports.kit import Kit


def limits(k: Kit) -> Markdown:
    """What this release's own numbers say of its limits, one item each."""
    said = [
        _linked(k),
        _rows_unused(k),
        _hidden(k),
        *_estimates(k),
        _absences(k),
        _areas(k),
        word("synthetic", "limits") if k.is_synthetic else "",
    ]
    return Markdown("\n".join(f"- {each}" for each in said if each))


def _linked(k: Kit) -> str:
    told = []
    for scale in k.scales:
        cells = [k.cell(x, scale, period="all") for x in ("linked_n", "eligible_n")]
        if any(c is not None and c.is_shown for c in cells):
            linked, eligible = (k.shown(c) for c in cells)
            name = escape(k.label("scale", scale))
            text = word("linked_item", "limits", scale=name, linked=linked, eligible=eligible)
            told.append(text)
    return word("linked", "limits", list="; ".join(told)) if told else ""


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
    return word("rows", "limits", read=read, quarantined=quarantined)


def _hidden(k: Kit) -> str:
    tables = k.manifest["tables"].values()
    found = {
        "hidden": k.mark(k.count(sum(x["hidden"] for x in tables)), Fact(COUNT, ("hidden", "all"))),
        "all": k.mark(k.count(sum(x["rows"] for x in tables)), Fact(COUNT, ("rows", "all"))),
    }
    return word("hidden", "limits", **found)


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
    said = [word("small", "limits", all=told["all"], small=told["small"], limit=limit)]
    said += [word("doubtful", "limits", doubtful=told["doubtful"])] if counts["doubtful"] else []
    said += [word("missing", "limits", missing=told["missing"])] if counts["missing"] else []
    return said


def _absences(k: Kit) -> str:
    if not k.has("absence_rate", period="all"):
        return ""
    return word("unrecorded", "limits", text=_texts.absences(k, "all"))


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
    return word("areas", "limits", **{x: ", ".join(found) for x, found in names.items()})
