"""What an earlier release still says of today's numbers: sums of what was hidden then.

Part of the audit; shares nothing with suppression. Two releases may hide different cells of one
line. Then ``total then - shown then`` is the sum of the cells hidden then, and where those have not
changed, cells shown today may leave a single one unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from assets.release.candidates import rows
from assets.release.facts import Fact, over_time
from assets.release.reader import COUNTS, MEANS, WHOLE, Key, Quantity, key_of
from schemas.released import ReleasedTable

_SHOWN = ("released", "true_zero")


def facts_before(
    known: Mapping[Key, Quantity],
    earlier: Sequence[pd.DataFrame],
    tables: Mapping[str, ReleasedTable],
    first_wave: str = "",
) -> list[Fact]:
    """Return the sums that earlier releases tell and that still hold.

    Parameters
    ----------
    known
        Today's quantities.
    earlier
        Every release that a reader may already have.

    Notes
    -----
    A sum is taken to be known when it holds today, though a reader can only suppose that nothing
    of it has changed: rather too much is protected than too little.
    """
    found: dict[Fact, None] = {}
    for release in earlier:
        seen = _seen(release, tables, first_wave)
        for fact in _sums(seen, known, over_time(tables)):
            found.setdefault(fact)
    return list(found)


def _seen(
    release: pd.DataFrame, tables: Mapping[str, ReleasedTable], first_wave: str
) -> dict[Key, float | None]:
    seen: dict[Key, float | None] = {}
    for row in rows(release):
        table = tables.get(row.table_code)
        for what in COUNTS.get(table.statistic, ()) if table else ():
            number = _number(row, what) if row.status in _SHOWN else None
            key = key_of(row, what, first_wave)
            if seen.get(key) is None:
                seen[key] = number
    return seen


def _number(row: Any, what: str) -> float | None:
    wanted = row.value if what == "value" else row.n
    if pd.isna(wanted) or pd.isna(row.value):
        return None
    if what in ("value", "n"):
        return float(wanted)
    if what == "total":
        return float(row.value) * float(row.n) if row.indicator_code in MEANS else None
    is_share = row.unit in ("share", "proportion")
    return float(row.value) * float(row.n) if is_share else None


def _sums(
    seen: Mapping[Key, float | None], known: Mapping[Key, Quantity], periodic: set[str]
) -> Iterator[Fact]:
    families: dict[tuple[Key, str], list[Key]] = defaultdict(list)
    for key in seen:
        whole = key._replace(period=WHOLE)
        if key.name in periodic and key.period != WHOLE and whole in seen:
            families[whole, "period"].append(key)
        for pair in key.place:
            total = key._replace(place=key.place - {pair})
            if total in seen:
                families[total, pair[0]].append(key)
    for (total, _), levels in families.items():
        terms = [(total, -1.0), *((each, 1.0) for each in levels)]
        hidden = [(key, sign) for key, sign in terms if seen[key] is None]
        if not hidden or not all(key in known for key, _ in hidden):
            continue
        if all(known[key].is_shown for key, _ in hidden):
            continue
        right = -sum(sign * number for key, sign in terms if (number := seen[key]) is not None)
        now = sum(sign * known[key].truth for key, sign in hidden)
        if abs(now - right) <= 1e-6 * max(1.0, abs(right)):
            yield Fact(tuple(hidden), right)
