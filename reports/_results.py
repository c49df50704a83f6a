"""Tables of a thesis's results: several estimates of one question side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reports._numbers import NBSP, p_value
from reports._origin import bare
from reports._released import TOTAL, Cell
from reports._tables import Markdown, _or_words, _waves
from reports._wording import is_not_reached

if TYPE_CHECKING:
    from reports.kit import Kit

#: Groups that a table about everybody leaves out, unless they are what it compares.
GROUPS = ("gender_code", "age_band", "neighbourhood_code", "tenure_code", "area_role", "item")
#: So many scales fit side by side on a page.
MAX_BESIDE = 3
WAYS = (
    "score_change",
    "score_change_household",
    "score_change_typical",
    "score_change_adjusted",
    "score_change_mixed",
    "score_change_weighted",
    "score_change_imputed",
)


def estimates(
    k: Kit, indicators: Sequence[str] = (), by: Sequence[str] = (), whole: bool = False
) -> Markdown:
    """One row an estimate: what, number with interval, base, p.

    Parameters
    ----------
    indicators
        In the order of the table.
    by
        Dimensions whose levels have rows; what is about everybody always has.
    whole
        Only whole scales, not their parts; few scales stand side by side, one a column.
    """
    cells = [c for code in indicators for c in in_order(k, code, by)]
    if whole:
        order = {scale: n for n, scale in enumerate(k.scales)}
        kept = [c for c in cells if c.subject in order]
        cells = sorted(kept, key=lambda c: order[c.subject])
        if len(order) <= MAX_BESIDE:
            return _beside(k, kept)
    heads = [k.word(x) for x in ("what", "estimate_interval", "base_missing", "p_word")]
    rows = [[what(k, c), with_interval(k, c), base(k, c), p_text(k, c)] for c in cells]
    return _or_words(k, heads, rows, 1, (6, 4, 2, 2))


def _beside(k: Kit, cells: Sequence[Cell]) -> Markdown:
    """One row an estimate, one column a scale: number, interval, base and p in one cell."""
    scales = [s for s in k.scales if any(c.subject == s for c in cells)]
    found: dict[str, dict[str, Cell]] = {}
    for each in cells:
        found.setdefault(what(k, each, subject=False), {})[each.subject] = each
    heads = [k.word("what"), *(k.label("scale", s) for s in scales)]
    rows = [
        [name, *(_full(k, mine[s]) if s in mine else k.word("no_data") for s in scales)]
        for name, mine in found.items()
    ]
    return _or_words(k, heads, rows, 1, (4, *(4 for _ in scales)))


def _full(k: Kit, cell: Cell) -> str:
    """Return number, base and p in one cell, which breaks between them and nowhere else."""
    told = [with_interval(k, cell)]
    if cell.is_shown:
        told.append(f"n = {base(k, cell)}".replace(" ", NBSP))
    if cell.p_value is not None and cell.is_shown:
        p = p_text(k, cell)
        told.append((f"p {p}" if bare(p).startswith("<") else f"p = {p}").replace(" ", NBSP))
    return "; ".join(told)


def in_order(k: Kit, code: str, by: Sequence[str]) -> list[Cell]:
    """Return an indicator's cells about everybody and about the levels of ``by``, in order."""
    cells = [
        c
        for c in k.released.of(code)
        if c.by_1 in ("", *by)
        and c.by_2 in ("", "step")
        and c.level_1 != TOTAL
        and is_whole_period(k, c)
    ]
    levels = {c.by_1: k.released.levels(code, c.by_1) for c in cells if c.by_1}
    place = {name: {x: n for n, x in enumerate(found)} for name, found in levels.items()}
    subjects = {each: n for n, each in enumerate(k.subjects(code))}
    waves = {each: n for n, each in enumerate(k.released.labels("waves"))}
    return sorted(
        cells,
        key=lambda c: (
            subjects[c.subject],
            waves.get(c.period, 0),
            c.by_1,
            place.get(c.by_1, {}).get(c.level_1, 0),
        ),
    )


def is_whole_period(k: Kit, cell: Cell) -> bool:
    """Say whether a cell is of the whole programme or of a wave, not of a month or quarter."""
    return cell.period == "all" or cell.period in k.released.labels("waves")


def what(k: Kit, cell: Cell, *, subject: bool = True) -> str:
    """Return what a row is about: indicator, subject, wave, level."""
    about = [k.subject_label(cell.subject)] if cell.subject and subject else []
    about += [k.label("wave", cell.period)] if cell.period in k.released.labels("waves") else []
    about += [level_name(k, cell)] if cell.by_1 else []
    about += [k.label(cell.by_2, cell.level_2)] if cell.by_2 else []
    name = k.label("indicator", cell.indicator)
    return f"{name}: {', '.join(about)}" if about else name


def level_name(k: Kit, cell: Cell) -> str:
    """Return the name of a cell's level; a band is named by its instrument."""
    if cell.by_1 == "band" and k.is_scale(cell.subject):
        band = (k.scale(cell.subject).get("bands") or {}).get(cell.level_1)
        return k.text_of(band) or cell.level_1
    return k.label(cell.by_1, cell.level_1)


def with_interval(k: Kit, cell: Cell) -> str:
    """Return a number with the ends of its interval, or why there is none."""
    if is_not_reached(k, cell):
        return k.word("not_reached")
    value = k.shown(cell)
    if cell.has_no_spread:
        return f"{value} ({k.word('spread_not_shown')})"
    if not cell.is_shown or cell.ci_low is None:
        return value
    if cell.ci_high is None:
        is_median = cell.method == "kaplan_meier_median"
        key = "from_open" if is_median else "at_least"
        return f"{value} ({k.word(key, low=k.format(cell.ci_low, cell))})"
    ends = {"low": k.format(cell.ci_low, cell), "high": k.format(cell.ci_high, cell)}
    return f"{value} ({k.word('from_to', **ends)})"


def base(k: Kit, cell: Cell) -> str:
    """Return n, and in brackets how many were missing."""
    if not cell.is_shown:
        return "–"
    if not cell.n_missing:
        return k.n_of(cell)
    return f"{k.n_of(cell)} ({k.mark(k.count(cell.n_missing), cell, part='missing')})"


def p_text(k: Kit, cell: Cell) -> str:
    """Return p to three decimals; a dash where the method gives none."""
    if cell.p_value is None or not cell.is_shown:
        return "–"
    return k.mark(p_value(cell.p_value, k.lang), cell, part="p")


def six_ways(k: Kit) -> Markdown:
    """One change asked in several ways, scale by scale: if they agree, those lost change nothing."""
    return estimates(k, WAYS, by=("wave",), whole=True)


def reliability(k: Kit) -> Markdown:
    """One row a scale and wave: alpha, omega, and how many stand at either end."""
    heads = [k.word(x) for x in ("scale", "wave", "alpha", "omega", "floor", "ceiling", "base")]
    rows = []
    for scale in k.scales:
        for wave in _waves(k):
            found = {
                code: k.cell(code, scale, period=wave)
                for code in (
                    "reliability_alpha",
                    "reliability_omega",
                    "score_floor_share",
                    "score_ceiling_share",
                )
                if k.has(code, scale, wave)
            }
            if "reliability_alpha" not in found:
                continue
            alpha, omega = found["reliability_alpha"], found.get("reliability_omega")
            ends = [k.shown(found.get(x)) for x in ("score_floor_share", "score_ceiling_share")]
            numbers = [with_interval(k, c) if c else k.word("no_data") for c in (alpha, omega)]
            names = [k.label("scale", scale), k.label("wave", wave)]
            rows.append([*names, *numbers, *ends, k.n_of(alpha)])
    return _or_words(k, heads, rows, 2, (3, 3, 3, 3, 2, 2, 1))


def balance(k: Kit) -> Markdown:
    """One row a characteristic, one column a kind of place: standardised difference before."""
    cells = [c for c in k.released.of("balance_smd") if c.by_1 == "area_role"]
    places = [x for x in k.released.levels("balance_smd", "area_role") if _has(cells, x)]
    heads = [k.word("what"), *(k.label("area_role", x) for x in places)]
    subjects = [s for s in k.subjects("balance_smd") if any(c.subject == s for c in cells)]
    rows = []
    for subject in sorted(subjects, key=lambda s: (k.is_scale(s), s)):
        mine = {c.level_1: c for c in cells if c.subject == subject}
        name = k.subject_label(subject)
        name = k.word("first_score_of", scale=name) if k.is_scale(subject) else name
        rows.append([name, *(_balanced(k, mine.get(x)) for x in places)])
    return _or_words(k, heads, rows, 1, (4, *(2 for _ in places)))


def _has(cells: Sequence[Cell], level: str) -> bool:
    return any(c.level_1 == level for c in cells)


def _balanced(k: Kit, cell: Cell | None) -> str:
    if cell is None or not cell.is_shown:
        return k.shown(cell)
    mark = f" {k.word('too_far')}" if "comparable_groups=doubtful" in cell.assumptions else ""
    return f"{k.shown(cell, signed=True)}{mark}"


def handoffs(k: Kit) -> Markdown:
    """One row a service first met, one column the service met next within 90 days."""
    cells = {(c.subject, c.level_1): c for c in k.released.of("handoffs_n") if c.period == "all"}
    codes = [x for x in k.released.labels("services") if any(x in pair for pair in cells)]
    heads = [k.word("first_then"), *(k.label("service", x) for x in codes)]
    rows = []
    for first in codes:
        shown = [k.shown(cells.get((first, x))) if x != first else "–" for x in codes]
        rows.append([k.label("service", first), *shown])
    return _or_words(k, heads, rows, 1, (3, *(2 for _ in codes)))


def item_quality(k: Kit, scale: str = "") -> Markdown:
    """One row an item: its correlation with the others, and alpha without it."""
    texts = k.scale(scale).get("items", {})
    heads = [k.word(x) for x in ("item", "item_rest", "alpha_without")]
    rows = []
    for code in texts:
        found = [
            next((c for c in k.released.of(x) if c.level_1 == code and c.subject == scale), None)
            for x in ("item_rest_correlation", "reliability_without_item")
        ]
        if any(found):
            rows.append([k.plain(code, "code"), *(k.shown(c) for c in found)])
    return _or_words(k, heads, rows, 1, (2, 2, 2))


#: What ``k.table(name, ...)`` knows of results.
TABLES: dict[str, Callable[..., Markdown]] = {
    "estimates": estimates,
    "six_ways": six_ways,
    "reliability": reliability,
    "balance": balance,
    "handoffs": handoffs,
    "item_quality": item_quality,
}
