"""What an earlier release still says of today's numbers: sums of what was hidden then.

Part of the audit; shares nothing with suppression. Two releases may hide different cells of one
line. Then ``total then - shown then`` is the sum of the cells hidden then, and where those have not
changed, cells shown today may leave a single one unknown. Of the whole time so far counts only grow:
what was told once bounds from below what is hidden now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from assets.release.candidates import rows
from assets.release.facts import Fact, over_time
from assets.release.quantities import Quantity
from assets.release.reader import COUNTS, MEANS, SHOWN, WHOLE, Key, key_of
from schemas.released import ReleasedTable

#: Counts of people who ever came, answered, used.
_GROWING = frozenset({"people", "scored", "scored twice", "users", "co_use_n value"})


def facts_before(
    known: Mapping[Key, Quantity],
    earlier: Sequence[pd.DataFrame],
    tables: Mapping[str, ReleasedTable],
    first_wave: str = "",
) -> tuple[list[Fact], dict[Key, float]]:
    """Return the sums that earlier releases tell and that still hold, and what counts were then.

    Parameters
    ----------
    known
        Today's quantities, whatever of them is shown.
    earlier
        Every release that a reader may already have.

    Returns
    -------
    tuple
        Sums; and of counts that only grow, the most that was told: they are no less now.

    Notes
    -----
    A sum is taken to be known when it holds today, though a reader can only suppose that nothing
    of it has changed: rather too much is protected than too little.
    """
    found: dict[Fact, None] = {}
    most: dict[Key, float] = {}
    growing = _GROWING | over_time(tables)
    for release in earlier:
        seen = _seen(release, tables, first_wave)
        found |= dict.fromkeys(_sums(seen, known, over_time(tables)))
        for key, number in seen.items():
            if key.name in growing and key.period == WHOLE and number and key in known:
                most[key] = max(number, most.get(key, 0.0))
    return list(found), {key: least for key, least in most.items() if least <= known[key].truth}


def _seen(
    release: pd.DataFrame, tables: Mapping[str, ReleasedTable], first_wave: str
) -> dict[Key, float | None]:
    seen: dict[Key, float | None] = {}
    listed: dict[str, set[str]] = defaultdict(set)  # period -> dimensions of the list of who came
    came: set[Key] = set()
    for row in rows(release):
        table = tables.get(row.table_code)
        for what in COUNTS.get(table.statistic, ()) if table else ():
            number = _number(row, what) if row.status in SHOWN else None
            key = key_of(row, what, first_wave)
            if seen.get(key) is None:
                seen[key] = number
            if row.table_code == "reach" and what == "value":
                came.add(key)
                listed[key.period].update(dimension for dimension, _ in key.place)
    for key, number in seen.items():
        # A group that the list leaves out did not come, whatever else was hidden about it.
        is_left_out = key.name == "people" and number is None and key not in came
        is_listed = key.period in listed and all(
            each in listed[key.period] for each, _ in key.place
        )
        if is_left_out and is_listed:
            seen[key] = 0.0
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
        if len(hidden) in (0, len(terms)) or not all(key in known for key, _ in hidden):
            continue
        right = -sum(sign * number for key, sign in terms if (number := seen[key]) is not None)
        now = sum(sign * known[key].truth for key, sign in hidden)
        if abs(now - right) <= 1e-6 * max(1.0, abs(right)):
            yield Fact(tuple(hidden), right)
