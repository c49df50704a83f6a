"""Tables of released numbers as Markdown pipes: they become HTML, PDF and Word alike.

Every cell is a number or the words for why there is none; no cell is ever empty or zero instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from reports._numbers import short_quarter
from reports._origin import COUNT, Fact, escape, finished
from reports._released import TOTAL, UNKNOWN, Cell, KitError, unknown
from reports._words import spoken

if TYPE_CHECKING:
    from reports.kit import Kit


class Markdown(str):
    """Markdown that Jupyter shows as such, inline and as a cell's result.

    Numbers in it are spans; one that names no origin is refused (``reports/_origin.py``).
    """

    __slots__ = ()

    def __new__(cls, text: str = "") -> Markdown:
        """Return finished Markdown."""
        return super().__new__(cls, finished(text))

    def _repr_markdown_(self) -> str:
        return str(self)


def pipe(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    left: int = 1,
    widths: Sequence[int] = (),
) -> Markdown:
    """Return a pipe table: the first ``left`` columns to the left, the others to the right.

    ``widths`` are relative; Markdown reads them from the dashes where a row is long.
    """
    shares = widths or [2 if i < left else 1 for i in range(len(heads))]
    dashes = ["-" * (8 * share) for share in shares]
    rules = [f":{each}" if i < left else f"{each}:" for i, each in enumerate(dashes)]
    lines = [heads, rules, *rows]
    return Markdown("\n".join("| " + " | ".join(map(_clean, line)) + " |" for line in lines))


def _clean(text: str) -> str:
    text = escape(text)
    return " ".join(text.split(" ")).replace("\n", " ")


def _or_words(
    k: Kit,
    heads: Sequence[str],
    rows: list[list[str]],
    left: int = 1,
    widths: Sequence[int] = (),
) -> Markdown:
    # A table that says so, not a bare sentence: captions and references still have what they name.
    empty = [k.word("no_data"), *("–" for _ in heads[1:])]
    return pipe(heads, rows or [empty], left, widths)


def levels(
    k: Kit,
    indicator: str = "",
    by: str = "",
    subject: str = "",
    period: str | None = None,
    limit: int = 0,
    columns: Sequence[str] = ("value", "share"),
) -> Markdown:
    """One row a level of a dimension; ``limit`` keeps the largest and says how many are left out."""
    period = k._period(indicator, period)
    cells = level_cells(k, indicator, by, subject, period)
    kept, left_out = largest(cells, limit)
    total = next((c for c in cells if c.level_1 == TOTAL), None)
    names = {"value": k.label("indicator", indicator), "share": k.word("share_of_total")}
    names |= {"interval": k.word("interval"), "n": k.word("base")}
    heads = [k.label("dimension", by), *(names[column] for column in columns)]
    rows = [[k.label(by, c.level_1), *(_column(k, c, x, total) for x in columns)] for c in kept]
    table = _or_words(k, heads, rows)
    if not left_out:
        return table
    count = k.mark(k.count(left_out), Fact(COUNT, ("levels", indicator, by)))
    return Markdown(f"{table}\n\n{k.word('other_rows', count=count)}")


def _column(k: Kit, cell: Cell, column: str, total: Cell | None) -> str:
    if column == "value":
        return k.shown(cell)
    if column == "n":
        return k.n_of(cell)
    if column == "interval":
        ends = (cell.ci_low, cell.ci_high)
        if cell.has_no_spread:
            return k.word("spread_not_shown")
        if not cell.is_shown or ends[0] is None or ends[1] is None:
            return k.word("not_shown" if cell.is_hidden else "not_applicable")
        return k.word("from_to", low=k.format(ends[0], cell), high=k.format(ends[1], cell))
    if column != "share":
        raise KitError(f"there is no column '{column}': use value, share, interval or n")
    # A share of released parts only: where either is hidden the share is hidden too.
    if cell.is_hidden or (total is not None and total.is_hidden):
        return k.word("not_shown")
    if total is None or not total.value or cell.value is None:
        return k.word("not_applicable")
    share = cell.value / total.value
    return k.mark(
        k.word("less_than_one") if 0 < share < 0.005 else k.percent(share, 0), cell, total
    )


def level_cells(k: Kit, indicator: str, by: str, subject: str, period: str) -> list[Cell]:
    """Return the cells of one dimension in the order of its levels; nobody unknown is no level."""
    rows = [
        c
        for c in k.released.of(indicator)
        if c.by_1 == by and not c.by_2 and c.subject == subject and c.period == period
        if not (c.level_1 == UNKNOWN and c.value == 0)
    ]
    order = {code: i for i, code in enumerate(k.released.levels(indicator, by))}
    return sorted(rows, key=lambda c: order[c.level_1])


def largest(cells: list[Cell], limit: int) -> tuple[list[Cell], int]:
    """Return at most ``limit`` levels, the largest shown ones, with the total; and how many are left."""
    parts = [c for c in cells if c.level_1 != TOTAL]
    if not limit or len(parts) <= limit:
        return cells, 0
    ranked = sorted(parts, key=lambda c: (not c.is_shown, -(c.value or 0), c.level_1))
    kept = [*ranked[:limit], *(c for c in cells if c.level_1 == TOTAL)]
    return kept, len(parts) - limit


def quarters(k: Kit, indicators: Sequence[str] = ()) -> Markdown:
    """One row a quarter, one column an indicator."""
    heads = [k.word("quarter"), *(k.label("indicator", code) for code in indicators)]
    rows = [
        [
            k.plain(short_quarter(q, k.lang), "period"),
            *(k.number(code, period=q) for code in indicators),
        ]
        for q in k.manifest["quarters"]
        if any(k.has(code, period=q) for code in indicators)
    ]
    return _or_words(k, heads, rows)


def change(k: Kit) -> Markdown:
    """One row a scale: change, interval, base, effect size, linkage."""
    heads = [
        k.word(x) for x in ("scale", "change_word", "interval", "base", "effect_size", "linked")
    ]
    rows = []
    for code in k.subjects("score_change"):
        cell = k.cell("score_change", code, period="all")
        if cell is None:
            continue
        found = [k.number(x, code, period="all") for x in ("linked_n", "eligible_n")]
        effect = k.number("score_change_gz", code, period="all")
        shown = [k.shown(cell, signed=True), _column(k, cell, "interval", None), k.n_of(cell)]
        rows.append([k.label("scale", code), *shown, effect, " / ".join(found)])
    return _or_words(k, heads, rows, 1, (3, 2, 3, 1, 2, 2))


def means(k: Kit) -> Markdown:
    """One row a scale and wave: mean, interval, base, alpha."""
    heads = [k.word(x) for x in ("scale", "wave", "value", "interval", "base", "alpha")]
    rows = []
    for code in k.scales:
        for wave in _waves(k):
            cell = k.cell("score_mean", code, period=wave)
            if cell is None:
                continue
            alpha = k.number("reliability_alpha", code, period=wave)
            names = [k.label("scale", code), k.label("wave", wave)]
            rows.append(
                [*names, k.shown(cell), _column(k, cell, "interval", None), k.n_of(cell), alpha]
            )
    return _or_words(k, heads, rows, 2, (3, 2, 1, 3, 1, 1))


def _waves(k: Kit) -> list[str]:
    declared = list(k.released.labels("waves"))
    present = {c.period for c in k.released.of("score_mean")}
    return [*(w for w in declared if w in present), *sorted(present - set(declared))]


def services(k: Kit) -> Markdown:
    """One row a service: contacts over the whole programme."""
    return levels(k, "contacts_n", "service_code", period="all")


def data_quality(k: Kit) -> Markdown:
    """One row a partner and dataset: rows read, accepted, in quarantine."""
    heads = [k.word(x) for x in ("partner", "dataset", "read", "accepted", "quarantined")]
    heads.append(k.word("accepted_share"))
    rows = []
    for c in k.released.of("rows_read_n"):
        if c.by_2 != "dataset" or TOTAL in (c.level_1, c.level_2):
            continue
        where = {"period": c.period, "by": c.by_1, "level": c.level_1}
        where |= {"by_2": c.by_2, "level_2": c.level_2}
        accepted = k.cell("rows_accepted_n", **where)
        kept = [k.shown(c), k.shown(accepted), k.number("rows_quarantined_n", **where)]
        share = k.word("not_applicable")
        if c.value and accepted is not None and accepted.value is not None:
            share = k.mark(k.percent(accepted.value / c.value), accepted, c)
        rows.append([k.label(c.by_1, c.level_1), k.label(c.by_2, c.level_2), *kept, share])
    return _or_words(k, heads, rows, 2)


def definitions(k: Kit, indicators: Sequence[str] = ()) -> Markdown:
    """One row an indicator: name, what it means, level of the framework."""
    entries = k.manifest["indicators"]
    chosen = indicators or list(entries)
    heads = [k.word(x) for x in ("indicator", "definition", "class")]
    rows = []
    for code in chosen:
        name = k.label("indicator", code)
        meaning = k.text_of(entries[code]["definition"])
        rows.append([name, meaning, k.word(f"class_{entries[code]['class']}")])
    return pipe(heads, rows, 3, (3, 6, 2))


def instruments(k: Kit) -> Markdown:
    """One row a scale: range, licence, source."""
    heads = [k.word(x) for x in ("scale", "range", "licence", "citation")]
    rows = []
    for code in k.scales:
        scale = k.scale(code)
        said = [k.plain(str(scale.get(x, "")), "source") for x in ("licence", "citation")]
        rows.append([k.label("scale", code), k.word("from_to", **k.ends(scale)), *said])
    return _or_words(k, heads, rows, 4, (3, 2, 3, 6))


def items(k: Kit, scale: str = "") -> Markdown:
    """One row an item of a scale whose licence lets its text be printed."""
    texts = k.scale(scale).get("items", {})
    heads = [k.word("item"), spoken(k.scale(scale), k.lang) or scale]
    rows = [
        [k.plain(code, "code"), k.text_of(text)] for code, text in texts.items() if k.text_of(text)
    ]
    return _or_words(k, heads, rows, 2, (1, 6))


def codebook(k: Kit, dataset: str = "") -> Markdown:
    """One row a column of a dataset: name, what it holds, its role for disclosure, its rule."""
    known = k.manifest["codebook"]
    if dataset not in known:
        raise unknown("dataset", dataset, known)
    heads = [k.word(x) for x in ("column", "content", "role", "rule")]
    rows = []
    for entry in known[dataset]:
        needed = f" ({k.word('is_required')})" if entry["is_required"] else ""
        name = f"{k.plain(entry['column'], 'code')}: {k.text_of(entry['label'])}{needed}"
        unit = f", {k.word('unit_' + entry['unit'])}" if entry["unit"] else ""
        kind = f"{k.word('kind_' + entry['kind'])}{unit}"
        rule = k.text_of(entry["rule"]) if entry["rule"] else "–"
        content = f"{k.text_of(entry['description'])} ({kind})"
        rows.append([name, content, k.word(f"role_{entry['role']}"), rule])
    return pipe(heads, rows, 4, (3, 5, 2, 5))


def provenance(k: Kit) -> Markdown:
    """One row a released table: rows, hidden cells, fingerprint."""
    heads = [k.word(x) for x in ("table", "rows", "hidden_cells", "fingerprint")]
    rows = [
        [
            k.plain(code, "code"),
            *(k.mark(k.count(entry[x]), Fact(COUNT, (x, code))) for x in ("rows", "hidden")),
            k.plain(entry["sha256"][:12], "version"),
        ]
        for code, entry in sorted(k.manifest["tables"].items())
    ]
    return _or_words(k, heads, rows)


#: What ``k.table(name, ...)`` knows.
TABLES: dict[str, Callable[..., Markdown]] = {
    "levels": levels,
    "quarters": quarters,
    "change": change,
    "means": means,
    "services": services,
    "data_quality": data_quality,
    "definitions": definitions,
    "instruments": instruments,
    "items": items,
    "codebook": codebook,
    "provenance": provenance,
}
