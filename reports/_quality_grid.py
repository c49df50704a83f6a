"""The intern's page: the grid of deliveries, whole and partner by partner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import _numbers
from reports._quality_tables import Row, names, rules, table, todo
from reports._tables import Markdown, escape, pipe

if TYPE_CHECKING:
    from reports._quality import Quality

MONTHS = [f"{month:02d}" for month in range(1, 13)]


def grid(q: Quality) -> Markdown:
    """Every source and period, a table for each rhythm there is."""
    parts = []
    for kind in ("month", "quarter"):
        if any(each["kind"] == kind for each in q.cells()):
            parts += [f"## {q.word(kind)}", _calendar(q, kind)]
    rest = grid_other(q)
    parts += [f"## {q.word('other')}", rest] if "|" in rest else []
    return Markdown("\n\n".join(parts) or q.word("none"))


def _calendar(q: Quality, kind: str, partner: str = "") -> Markdown:
    """Return sources by period: a year a line for months, all quarters on one line."""
    cells = [each for each in q.cells(partner) if each["kind"] == kind]
    columns = MONTHS if kind == "month" else sorted({each["period"] for each in cells})
    lines: dict[tuple[str, str, str], dict[str, str]] = {}
    for x in cells:
        year, column = (x["period"][:4], x["period"][5:]) if kind == "month" else ("", x["period"])
        line = lines.setdefault((x["partner"], x["source"], year), {})
        line[column] = q.word(f"mark_{x['state']}")
    names = [*([] if partner else ["partner"]), "source", *(["year"] if kind == "month" else [])]
    made = []
    for (code, source, year), line in lines.items():
        said = {"partner": q.partner(code), "source": q.source(code, source), "year": year}
        made.append([*(said[name] for name in names), *(line.get(c, "–") for c in columns)])
    heads = [*(q.word(name) for name in names), *(_head(q, kind, each) for each in columns)]
    return pipe(heads, made, len(names), [3] * len(names) + [1] * len(columns))


def _head(q: Quality, kind: str, column: str) -> str:
    if kind == "month":
        return _numbers.month_name(int(column), q.lang)[:3]
    return _numbers.short_quarter(column, q.lang, " ")


def grid_other(q: Quality, partner: str = "") -> Markdown:
    """The periods that are no month or quarter: waves, years, once."""
    cells = [x for x in q.cells(partner) if x["kind"] not in ("month", "quarter")]
    made = [[*names(q, x)[bool(partner) :], q.period(x["period"]), _state(q, x)] for x in cells]
    heads = ("source", "period", "state") if partner else ("partner", "source", "period", "state")
    return table(q, heads, made, "none", len(heads))


def _state(q: Quality, cell: Row) -> str:
    why = f": {q.word('why_' + cell['why'])}" if cell["why"] else ""
    return q.word(f"state_{cell['state']}") + why


def by_partner(q: Quality) -> Markdown:
    """One section a partner, each on a sheet of its own when printed."""
    return Markdown("\n\n".join(_section(q, code) for code in q.partners()))


def _section(q: Quality, code: str) -> str:
    parts = [f"### {escape(q.partner(code))} {{#partner-{_slug(code)} .sheet}}"]
    cells = q.cells(code)
    if not cells:
        return "\n\n".join([*parts, q.word("partner_none")])
    parts += [q.word("partner_short", **q.tally(code))]
    parts += [f"**{q.word('partner_next')}**", todo(q, code)]
    kinds = {each["kind"] for each in cells}
    if "month" in kinds:
        parts.append(_calendar(q, "month", code))
    if "quarter" in kinds:
        parts.append(_calendar(q, "quarter", code))
    if kinds - {"month", "quarter"}:
        parts.append(grid_other(q, code))
    parts += [rules(q, code)]
    return "\n\n".join(parts)


def _slug(code: str) -> str:
    return "".join(each if each.isalnum() else "-" for each in code)
