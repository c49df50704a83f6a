"""How far the declared targets are, and how much of the programme's time has passed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from reports._dashboard_words import WHOLE, word
from reports._findings import bullets
from reports._tables import Markdown

if TYPE_CHECKING:
    from reports.kit import Kit


def targets(k: Kit) -> Markdown:
    """One sentence a declared target: how much of it, over the whole programme; and the time passed."""
    declared = k.manifest.get("targets") or {}
    said = []
    for code, target in declared.items():
        cell = k.cell(code, period=WHOLE)
        words = {"label": k.label("indicator", code), "value": k.shown(cell)}
        if target is None:
            said.append(word(k, "target_unset", **words))
            continue
        share = of_target(k, code)
        words |= {"target": k.plain(k.count(target), "target")}
        text = k.word("not_shown") if share is None else k.mark(k.percent(share, 0), cell)
        said.append(word(k, "reached_of_target", share=text, **words))
    if not said:
        return Markdown(word(k, "no_targets"))
    passed = k.plain(k.percent(elapsed(k), 0), "date")
    return bullets([*said, word(k, "elapsed", share=passed)])


def of_target(k: Kit, code: str) -> float | None:
    """Return the share of a declared target that the whole programme reached; None where not known."""
    target = (k.manifest.get("targets") or {}).get(code)
    cell = k.cell(code, period=WHOLE)
    if not target or cell is None or cell.value is None:
        return None
    return cell.value / float(target)


def elapsed(k: Kit) -> float:
    """Return the share of the programme's days up to the end of the latest quarter with data."""
    start, end = (date.fromisoformat(k.manifest[name]) for name in ("from", "to"))
    return ((data_end(k) - start).days + 1) / ((end - start).days + 1)


def data_end(k: Kit) -> date:
    """Return the last day of the latest quarter with data, or of the programme if that is sooner."""
    latest = k.manifest.get("latest_quarter") or k.manifest["quarters"][-1]
    return min(quarter_days(latest)[1], date.fromisoformat(k.manifest["to"]))


def quarter_days(quarter: str) -> tuple[date, date]:
    """Return the first and the last day of a quarter.

    Examples
    --------
    >>> quarter_days("2021Q4")
    (datetime.date(2021, 10, 1), datetime.date(2021, 12, 31))
    """
    year, number = int(quarter[:4]), int(quarter[5])
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), following - timedelta(days=1)
