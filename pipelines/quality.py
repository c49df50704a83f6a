"""What the intern's page is made of: what came, what is late or refused, and what to do, in order.

Everything is a count, a code or a file's (masked) name: never a cell of a row. The tables are
written below ``.store/<programme>/quality``; the page reads that folder and nothing else.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from assets.periods import find_period
from pipelines import look
from pipelines.expected import deadline, faulty_sources
from pipelines.grid import Cell, grid
from pipelines.settings import GRACE_DAYS
from schemas.words import LANGUAGES

if TYPE_CHECKING:
    from assets.layout import Layout

Row = dict[str, Any]
#: Rules whose rows nobody need mend: a later file or the partner has settled them.
_SETTLED = "rule not in ('record.removed') and not ends_with(rule, '.superseded')"


@look.at_once
def gather(layout: Layout, today: date, failed_n: int = 0) -> dict[str, Any]:
    """Return the tables of the intern's page.

    Parameters
    ----------
    today
        Decides only which empty periods are overdue: the tables change on a deadline, not daily.
    failed_n
        Steps and checks of the run that did not hold.

    Returns
    -------
    dict
        ``grid``, ``rows``, ``rules``, ``refused`` and ``todo`` are lists of rows; the rest names
        the programme, its partners and sources.
    """
    definition = layout.definition
    deliveries = look.deliveries(layout)
    cells = grid(layout, today, deliveries)
    refused, rules = _refused(layout, deliveries), _rules(layout)
    return {
        "programme": definition.programme,
        "title": definition.title.model_dump(),
        "synthetic": definition.synthetic,
        "partners": {code: each.label.model_dump() for code, each in definition.partners.items()},
        "sources": _sources(layout),
        "waves": {code: each.label.model_dump() for code, each in definition.waves.items()},
        "grace_days": GRACE_DAYS,
        "grid": [_cell(layout, each) for each in cells],
        "rows": look.counts(layout),
        "rules": rules,
        "refused": refused,
        "release": _release(layout),
        "todo": _failed(failed_n)
        + _todo(layout, cells, refused, rules)
        + _retention(layout, today),
    }


def _sources(layout: Layout) -> list[Row]:
    return [
        {
            "partner": partner,
            "source": source.source,
            "label": source.label.model_dump(),
            "every": source.every,
        }
        for partner, sources in layout.readable_sources.items()
        for source in sources.sources
    ]


def _cell(layout: Layout, cell: Cell) -> Row:
    period = find_period(cell.period, layout.definition) if cell.source else None
    return {
        "partner": cell.partner,
        "source": cell.source or "",
        "period": cell.period,
        "kind": cell.kind,
        "state": cell.state,
        "why": cell.why,
        # Of a file that is not there the days would grow with the clock: its deadline is said.
        "days": None if cell.state == "missing" else cell.days,
        "due": deadline(period).isoformat() if period else None,
        "files": len(cell.files),
    }


def _refused(layout: Layout, deliveries: list[Row]) -> list[Row]:
    """Return refusals: files of a partner refused for one reason stand together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for each in deliveries:
        if each["state"] == "refused" and not each["is_settled"]:
            key = (each["partner_code"] or "", each["message_it"], each["message_en"])
            together.setdefault(key, []).append(each["path"])
    for partner, words in faulty_sources(layout).items():
        if not any(partner == known for known, _, _ in together):
            key = (partner, words["it"], words["en"])
            together.setdefault(key, []).append(f"{partner}/source.yml")
    return [
        {"partner": partner, "it": it, "en": en, "files": sorted(files)}
        for (partner, it, en), files in sorted(together.items())
    ]


def _rules(layout: Layout) -> list[Row]:
    """Return how many rows and cells each rule stopped, by partner, dataset and rule."""
    from schemas.dataset import rule_text

    found = look.rows(
        layout,
        "select partner_code as partner, dataset, rule, cost, "
        "count(distinct (delivery_id, sheet, row_number))::bigint as rows_n "
        f"from sorting_reasons where cost in ('row', 'cell') and {_SETTLED} "
        "group by all order by partner, cost desc, rows_n desc, dataset, rule",
    )
    return [
        {**each, **{lang: rule_text(each["rule"], lang, codes="") for lang in LANGUAGES}}
        for each in found
    ]


def _release(layout: Layout) -> Row:
    """Return the state of the last release, where one was made."""
    path = layout.released / "release.json"
    if not path.is_file():
        return {}
    found: Row = json.loads(path.read_text(encoding="utf-8"))
    return {name: found.get(name) for name in ("state", "number", "period")}


def _todo(layout: Layout, cells: list[Cell], refused: list[Row], rules: list[Row]) -> list[Row]:
    """Return what to do next, the most urgent first: what stops data, then what waits for others."""
    made = [
        {"step": "refused", "partner": each["partner"], "count": len(each["files"])}
        for each in refused
    ]
    made += _by_partner("unexpected", [each for each in cells if each.state == "unexpected"])
    open_links = look.link_questions(layout)["open"]
    made += [{"step": "links", "partner": "", "count": open_links}] if open_links else []
    made += [
        {"step": "quarantine", "partner": partner, "count": count}
        for partner, count in _to_mend(rules).items()
    ]
    made += _by_partner("missing", [each for each in cells if each.state == "missing"])
    state = _release(layout).get("state")
    made += [{"step": "release", "partner": "", "count": 1}] if state == "draft" else []
    return [{"periods": [], **each} for each in made]


def _failed(failed_n: int) -> list[Row]:
    return [{"step": "failed", "partner": "", "count": failed_n, "periods": []}] if failed_n else []


def _retention(layout: Layout, today: date) -> list[Row]:
    declared = layout.definition.retention
    if declared is None or declared.until >= today:
        return []
    until = declared.until.isoformat()
    return [{"step": "retention", "partner": "", "count": 1, "periods": [until]}]


def _by_partner(step: str, cells: list[Cell]) -> list[Row]:
    found: dict[str, list[str]] = {}
    for each in cells:
        found.setdefault(each.partner, []).append(f"{each.source or '?'} {each.period}")
    return [
        {"step": step, "partner": partner, "count": len(names), "periods": sorted(names)}
        for partner, names in sorted(found.items())
    ]


def _to_mend(rules: list[Row]) -> dict[str, int]:
    """Return rows in quarantine that a partner can mend, by partner; a row of two rules counts twice."""
    found: dict[str, int] = {}
    for each in rules:
        if each["cost"] == "row":
            found[each["partner"]] = found.get(each["partner"], 0) + int(each["rows_n"])
    return dict(sorted(found.items()))


def bring_up(layout: Layout, today: date, failed_n: int = 0) -> list[str]:
    """Make the intern's page anew where what it says has changed; return its files.

    Returns
    -------
    list of str
        Paths relative to the root.

    Raises
    ------
    RenderError
        A mistake in the document.
    """
    from assets.outputs import quality

    return quality.refresh(layout, gather(layout, today, failed_n))
