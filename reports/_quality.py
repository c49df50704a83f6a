"""The intern's page: counts of deliveries and rows, what waits and what to do about it, in order.

It reads one file, ``quality.json`` (``LUNATTIVA_QUALITY``), which holds counts and codes only, and
needs nothing released: the page is wanted most when nothing could be released yet.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reports import _numbers
from reports._released import KitError, unknown
from reports._tables import Markdown, escape, pipe
from reports._words import LANGUAGES

ENVIRONMENT = "LUNATTIVA_QUALITY"
FILE = "quality.json"
MONTHS = [f"{month:02d}" for month in range(1, 13)]
#: Files and periods named in one line; of more, how many.
MOST = 6
CAME = ("arrived", "late", "superseded")
DUE = (*CAME, "missing", "refused", "unexpected")
Row = dict[str, Any]


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("quality_words.yml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.load(
        text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return found


def open_quality(lang: str = "it", folder: Path | None = None) -> Quality:
    """Open the folder of counts (by default what ``LUNATTIVA_QUALITY`` says) in one language.

    Raises
    ------
    KitError
        Unknown language, or no such folder.
    """
    if lang not in LANGUAGES:
        raise unknown("language", lang, LANGUAGES)
    given = folder or os.environ.get(ENVIRONMENT)
    if not given or not (Path(given) / FILE).is_file():
        raise KitError(f"{ENVIRONMENT} does not say where the counts of deliveries are")
    return Quality(json.loads((Path(given) / FILE).read_text(encoding="utf-8")), lang)


class Quality:
    """What came and what waits, in one language."""

    def __init__(self, tables: dict[str, Any], lang: str) -> None:
        self.tables, self.lang = tables, lang

    def word(self, key: str, **values: object) -> str:
        """Return a text of the catalogue."""
        texts = _catalogue()
        if key not in texts:
            raise unknown("text of the intern's page", key, texts)
        return texts[key][self.lang].format(**values)

    def table(self, name: str) -> Markdown:
        """Return one of the page's tables."""
        if name not in TABLES:
            raise unknown("table", name, TABLES)
        return TABLES[name](self)

    def text(self, name: str) -> Markdown:
        """Return one of the page's pieces of text."""
        if name not in TEXTS:
            raise unknown("text", name, TEXTS)
        return TEXTS[name](self)

    # -- small things -----------------------------------------------------------------------------
    def count(self, value: float | None) -> str:
        """Return a count as the language writes it."""
        return "–" if value is None else _numbers.number(value, 0, self.lang)

    def partner(self, code: str) -> str:
        """Return a partner's name; a folder nobody declared stands for itself."""
        label = self.tables["partners"].get(code)
        return label[self.lang] if label else code or self.word("unknown_partner")

    def source(self, partner: str, code: str) -> str:
        """Return a source's name."""
        for each in self.tables["sources"]:
            if (each["partner"], each["source"]) == (partner, code):
                return str(each["label"][self.lang])
        return code or "?"

    def period(self, code: str) -> str:
        """Return a period's name: a wave by its label, a quarter in words, the rest as it is."""
        if code in self.tables["waves"]:
            return str(self.tables["waves"][code][self.lang])
        is_quarter = len(code) == 6 and code[4] == "Q"
        return _numbers.quarter(code, self.lang) if is_quarter else code or "–"

    def day(self, text: str | None) -> str:
        """Return an ISO date in words."""
        return _numbers.day(text, self.lang) if text else "–"

    def cells(self, partner: str = "") -> list[Row]:
        """Return the grid's cells, of one partner where asked."""
        return [x for x in self.tables["grid"] if not partner or x["partner"] == partner]

    def partners(self) -> list[str]:
        """Return the partners: the declared ones first, then folders nobody declared."""
        found = {x["partner"] for name in ("grid", "refused", "rows") for x in _of(self, name)}
        declared = list(self.tables["partners"])
        return [*declared, *sorted(found - set(declared) - {""})]

    def tally(self, partner: str = "") -> dict[str, str]:
        """Return how many deliveries came, came late, are missing or refused."""
        states = [each["state"] for each in self.cells(partner)]
        found = {
            "came": sum(state in CAME for state in states),
            "due": sum(state in DUE for state in states),
            "late": states.count("late"),
            "missing": states.count("missing"),
            "refused": states.count("refused"),
        }
        return {name: self.count(value) for name, value in found.items()}


def _of(q: Quality, name: str) -> list[Row]:
    """Return the rows of a table with the partner under one name."""
    return [
        {**each, "partner": each.get("partner", each.get("partner_code"))}
        for each in q.tables[name]
    ]


def _table(
    q: Quality, heads: Sequence[str], rows: Iterable[Sequence[str]], none: str, left: int = 1,
    widths: Sequence[int] = (),
) -> Markdown:  # fmt: skip
    made = list(rows)
    if not made:
        return Markdown(q.word(none))
    return pipe([q.word(head) for head in heads], made, left, widths)


def banner(q: Quality) -> Markdown:
    """The mark of invented data."""
    return Markdown(q.word("banner") if q.tables["synthetic"] else "")


def short(q: Quality) -> Markdown:
    """How many deliveries came and how many rows were read."""
    rows = q.tables["rows"]
    sums = {
        name: q.count(sum(each[f"{name}_n"] or 0 for each in rows))
        for name in ("read", "accepted", "quarantined")
    }
    return Markdown(f"{q.word('in_short', **q.tally())} {q.word('in_short_rows', **sums)}")


def todo(q: Quality, partner: str = "") -> Markdown:
    """What to do next, numbered: what keeps data out first, what waits for others after it."""
    steps = [x for x in q.tables["todo"] if not partner or x["partner"] == partner]
    if not steps:
        return Markdown(q.word("partner_nothing" if partner else "nothing_to_do"))
    return Markdown("\n".join(f"1. {_step(q, each)}" for each in steps))


def _step(q: Quality, step: Row) -> str:
    values = {
        "partner": escape(q.partner(step["partner"])),
        "count": q.count(step["count"]),
        "periods": escape(_some(q, step["periods"])),
    }
    return q.word(f"todo_{step['step']}", **values)


def _some(q: Quality, names: Sequence[str]) -> str:
    left = len(names) - MOST
    more = [q.word("more", count=q.count(left))] if left > 0 else []
    return ", ".join([*names[:MOST], *more])


def overview(q: Quality) -> Markdown:
    """One row a partner: deliveries that came, late, missing, refused, not yet due."""
    rows = []
    for code in q.partners():
        states = [each["state"] for each in q.cells(code)]
        tally = q.tally(code)
        shown = [tally[name] for name in ("came", "late", "missing", "refused")]
        rows.append([q.partner(code), *shown, q.count(states.count("not_due"))])
    heads = ("partner", "came", "late", "missing", "refused", "not_due")
    return _table(q, heads, rows, "none", 1, (3, 2, 2, 2, 2, 2))


def missing(q: Quality) -> Markdown:
    """One row an expected delivery that is not there, the oldest deadline first."""
    cells = sorted(
        (x for x in q.cells() if x["state"] == "missing"),
        key=lambda x: (x["due"] or "", x["partner"], x["source"], x["period"]),
    )
    rows = [[*_names(q, x), q.period(x["period"]), q.day(x["due"])] for x in cells]
    return _table(q, ("partner", "source", "period", "due"), rows, "no_missing", 4)


def late(q: Quality) -> Markdown:
    """One row a delivery that came after its deadline."""
    rows = [
        [*_names(q, x), q.period(x["period"]), q.count(x["days"])]
        for x in q.cells()
        if x["state"] == "late"
    ]
    return _table(q, ("partner", "source", "period", "days"), rows, "no_late", 3)


def _names(q: Quality, cell: Row) -> list[str]:
    return [q.partner(cell["partner"]), q.source(cell["partner"], cell["source"])]


def refused(q: Quality) -> Markdown:
    """One row a reason for which files of a partner are refused."""
    rows = [[q.partner(x["partner"]), _some(q, x["files"]), x[q.lang]] for x in q.tables["refused"]]
    return _table(q, ("partner", "files", "why"), rows, "no_refused", 3, (2, 3, 5))


def rows(q: Quality) -> Markdown:
    """One row a partner and dataset: rows read, accepted, in quarantine, cells left empty."""
    made = [
        [q.partner(x["partner_code"]), _dataset(q, x["dataset"]), *_counts(q, x)]
        for x in q.tables["rows"]
    ]
    heads = ("partner", "dataset", "read", "accepted", "quarantined", "set_aside")
    return _table(q, heads, made, "none", 2)


def _counts(q: Quality, row: Row) -> list[str]:
    names = ("read_n", "accepted_n", "quarantined_n", "set_aside_n")
    return [q.count(row[name]) for name in names]


def _dataset(q: Quality, code: str) -> str:
    from reports._words import catalogue

    return str(catalogue()["levels"]["dataset"][code][q.lang])


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
    made = [[*_names(q, x)[bool(partner) :], q.period(x["period"]), _state(q, x)] for x in cells]
    heads = ("source", "period", "state") if partner else ("partner", "source", "period", "state")
    return _table(q, heads, made, "none", len(heads))


def _state(q: Quality, cell: Row) -> str:
    why = f": {q.word('why_' + cell['why'])}" if cell["why"] else ""
    return q.word(f"state_{cell['state']}") + why


def key(q: Quality) -> Markdown:
    """What the marks of the grid mean."""
    return Markdown(q.word("key", days=q.count(q.tables["grace_days"])))


def internal(q: Quality) -> Markdown:
    """Whom the page is for."""
    return Markdown(q.word("internal"))


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
    parts += [_rules(q, code)]
    return "\n\n".join(parts)


def _slug(code: str) -> str:
    return "".join(each if each.isalnum() else "-" for each in code)


def _rules(q: Quality, partner: str) -> Markdown:
    made = [
        [x[q.lang], q.word(f"cost_{x['cost']}"), q.count(x["rows_n"])]
        for x in q.tables["rules"]
        if x["partner"] == partner
    ]
    return _table(q, ("rule", "cost", "rows"), made, "no_rules", 2, (6, 2, 1))


TABLES: dict[str, Callable[[Quality], Markdown]] = {
    "overview": overview,
    "missing": missing,
    "late": late,
    "refused": refused,
    "rows": rows,
}
TEXTS: dict[str, Callable[[Quality], Markdown]] = {
    "banner": banner,
    "internal": internal,
    "short": short,
    "todo": todo,
    "grid": grid,
    "key": key,
    "partners": by_partner,
}
