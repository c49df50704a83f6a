"""The intern's page: what came, what is late, what was refused, what to do; one table a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from reports._tables import Markdown, escape, pipe

if TYPE_CHECKING:
    from reports._quality import Quality

#: Files and periods named in one line; of more, how many.
MOST = 6
Row = dict[str, Any]


def table(
    q: Quality, heads: Sequence[str], rows: Iterable[Sequence[str]], none: str, left: int = 1,
    widths: Sequence[int] = (),
) -> Markdown:  # fmt: skip
    """Return a table with heads from the catalogue, or the words for there being no row."""
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
    return table(q, heads, rows, "none", 1, (3, 2, 2, 2, 2, 2))


def missing(q: Quality) -> Markdown:
    """One row an expected delivery that is not there, the oldest deadline first."""
    cells = sorted(
        (x for x in q.cells() if x["state"] == "missing"),
        key=lambda x: (x["due"] or "", x["partner"], x["source"], x["period"]),
    )
    rows = [[*names(q, x), q.period(x["period"]), q.day(x["due"])] for x in cells]
    return table(q, ("partner", "source", "period", "due"), rows, "no_missing", 4)


def late(q: Quality) -> Markdown:
    """One row a delivery that came after its deadline."""
    rows = [
        [*names(q, x), q.period(x["period"]), q.count(x["days"])]
        for x in q.cells()
        if x["state"] == "late"
    ]
    return table(q, ("partner", "source", "period", "days"), rows, "no_late", 3)


def names(q: Quality, cell: Row) -> list[str]:
    """Return the names of a cell's partner and source."""
    return [q.partner(cell["partner"]), q.source(cell["partner"], cell["source"])]


def refused(q: Quality) -> Markdown:
    """One row a reason for which files of a partner are refused."""
    rows = [[q.partner(x["partner"]), _some(q, x["files"]), x[q.lang]] for x in q.tables["refused"]]
    return table(q, ("partner", "files", "why"), rows, "no_refused", 3, (2, 3, 5))


def rows(q: Quality) -> Markdown:
    """One row a partner and dataset: rows read, accepted, in quarantine, cells left empty."""
    made = [
        [q.partner(x["partner_code"]), _dataset(q, x["dataset"]), *_counts(q, x)]
        for x in q.tables["rows"]
    ]
    heads = ("partner", "dataset", "read", "accepted", "quarantined", "set_aside")
    return table(q, heads, made, "none", 2)


def _counts(q: Quality, row: Row) -> list[str]:
    names = ("read_n", "accepted_n", "quarantined_n", "set_aside_n")
    return [q.count(row[name]) for name in names]


def _dataset(q: Quality, code: str) -> str:
    from reports._words import catalogue

    return str(catalogue()["levels"]["dataset"][code][q.lang])


def key(q: Quality) -> Markdown:
    """What the marks of the grid mean."""
    return Markdown(q.word("key", days=q.count(q.tables["grace_days"])))


def internal(q: Quality) -> Markdown:
    """Whom the page is for."""
    return Markdown(q.word("internal"))


def rules(q: Quality, partner: str) -> Markdown:
    """One row a rule by which a partner's rows were set aside, and what it costs."""
    made = [
        [x[q.lang], q.word(f"cost_{x['cost']}"), q.count(x["rows_n"])]
        for x in q.tables["rules"]
        if x["partner"] == partner
    ]
    return table(q, ("rule", "cost", "rows"), made, "no_rules", 2, (6, 2, 1))
