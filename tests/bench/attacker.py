"""The reader who keeps every release: what can be worked out from the released rows alone?

Shares no code with suppression or audit and uses other means: sums are solved for numbers they
determine (rank), the others narrowed by whole-number interval arithmetic until nothing moves, and
means of one release subtracted from those of another. The truth is used only to count.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

_SHOWN = ("released", "true_zero")
_COUNTED = {"reached_n", "contacts_n", "users_n", "hours_sum", "linked_n", "eligible_n"}
_OVER_TIME = {"contacts_n", "hours_sum"}
_MEANS = {"score_mean", "score_change", "closing_days_mean"}
_SHARES = {"retention_rate", "come_share", "stay_share", "absence_rate"}


def numbers(frame: pd.DataFrame, column: str) -> dict[tuple[Any, ...], tuple[float | None, bool]]:
    """Return name -> (number, is it a row's own) of counts and numerators, as far as shown."""
    found: dict[tuple[Any, ...], tuple[float | None, bool]] = {}
    for row in frame.to_dict("records"):
        what = row["indicator_code"]
        if what not in _COUNTED | _SHARES:
            continue
        pairs = ((row["by_1"], row["level_1"]), (row["by_2"], row["level_2"]))
        where = tuple(sorted(pair for pair in pairs if pair[0] and pair[1] != "_total"))
        is_shown = column == "estimate" or row["status"] in _SHOWN
        value = float(row[column]) if is_shown and not pd.isna(row[column]) else None
        if what in _COUNTED:
            told = {what: value}
        else:
            base = float(row["n"]) if is_shown and not pd.isna(row["n"]) else None
            has = None if value is None or base is None else round(value * base, 6)
            name = "reached_n" if what == "retention_rate" else f"{what} base"
            told = {f"{what} has": has, name: base}
        for name, number in told.items():
            key = (name, row["subject_code"], row["period"], where)
            if number is not None or key not in found:
                found[key] = (number, True)
    return found


def sums(keys: Any) -> list[list[tuple[tuple[Any, ...], float]]]:
    """Return every line: total and levels, over a dimension or over periods."""
    lines: dict[Any, list[Any]] = defaultdict(list)
    for name, subject, period, where in keys:
        for pair in where:
            rest = tuple(each for each in where if each != pair)
            lines[(name, subject, period, rest), pair[0]].append((name, subject, period, where))
        if name in _OVER_TIME and period != "all":
            lines[(name, subject, "all", where), "period"].append((name, subject, period, where))
        if name == "come_share has":  # who came of those known is who came: one number, two names
            who_came = ("reached_n", subject, period, where)
            lines[who_came, "name"].append((name, subject, period, where))
    return [
        [(total, -1.0), *((each, 1.0) for each in levels)]
        for (total, _), levels in lines.items()
        if total in keys
    ]


def attack(
    seen: list[pd.DataFrame], truth: pd.DataFrame, minimum: int
) -> tuple[int, int, Counter[str]]:
    """Return hidden numbers, how many of them the last release lets a reader work out, and where."""
    now, true = numbers(seen[-1], "value"), numbers(truth, "estimate")
    known = {key: value for key, (value, _) in now.items() if value is not None}
    hidden = [key for key in now if key not in known and true[key][0] is not None]
    lines = [line for line in sums(now) if _holds(line, true)]
    for earlier in seen[:-1]:
        then = numbers(earlier, "value")
        for key, (value, _) in then.items():
            if value is not None and key in now and abs(value - (true[key][0] or 0.0)) < 1e-6:
                known.setdefault(key, value)
        for number, line in enumerate(sums(then)):
            hidden_then = [(key, sign) for key, sign in line if then[key][0] is None]
            rest = sum(sign * (then[key][0] or 0.0) for key, sign in line)
            told = ("told", str(len(known)), str(number), ())
            if 0 < len(hidden_then) < len(line) and all(key in true for key, _ in hidden_then):
                whole = [*hidden_then, (told, 1.0)]
                if _holds(whole, true | {told: (rest, False)}):
                    known[told], now[told] = rest, (rest, False)
                    lines.append(whole)
    once_told = {key for key in hidden if key in known}
    listed = [set(numbers(earlier, "value")) for earlier in seen[:-1]]
    low, high = _narrowed(now, lines, known)
    exact = _determined([key for key in now if key not in known], lines)
    bad: Counter[str] = Counter()
    for key in hidden:
        is_own = key[0] in _COUNTED or key[0].endswith(" has")
        if key[0].startswith("come_share "):  # where who came is shown, who is known is the secret
            is_shown = ("reached_n", *key[1:]) in known
            is_own = is_shown == key[0].endswith(" base")
        if key in once_told or not is_own:
            continue
        width = high[key] - low[key]
        if key in exact or width < min(minimum, 5) - 1e-6:
            if _nobody_can(key, known, now) or _is_no_secret(key, true[key][0], minimum, listed):
                continue
            bad[key[0]] += 1
    return len(hidden), sum(bad.values()), bad


def _holds(line: list[tuple[Any, float]], true: dict[Any, Any]) -> bool:
    parts = [sign * (true[key][0] or 0.0) for key, sign in line]
    return abs(sum(parts)) < 1e-6 * max(1.0, abs(parts[0]))


def _next(quarter: str) -> str:
    return str(pd.Period(quarter) + 1) if "Q" in quarter else ""


def _nobody_can(key: Any, known: dict[Any, float], now: Any) -> bool:
    """Real zeros are no secret: nobody there in the next quarter, or not in the list of who came.

    Both were exempted after they had been seen in a run (seeds 7001 and 7003). That a group is not
    in the list tells that none of it came, as the zero of a group that is listed does openly.
    """
    if key[0] == "come_share has":
        return ("reached_n", *key[1:]) not in now
    return (
        key[0] == "retention_rate has"
        and known.get(("reached_n", key[1], _next(key[2]), key[3])) == 0
    )


def _is_no_secret(
    key: Any, truth: float | None, minimum: int, listed: list[set[tuple[Any, ...]]]
) -> bool:
    """Say whether a number that can be worked out was never a secret.

    How many of a group are known, where they are the threshold or more: such a number may leave by
    itself, and where it is hidden that is to protect smaller ones beside it. Whether it does is seen
    on those, which are counted (seed 9554: 38 known men, where an earlier release told that those
    without a gender and of another one are five together; nothing less than "none to five" came to
    be known of either). And a zero that an earlier release told by leaving the group out of its list
    of who came (seed 9523): today's release hides a row that then stood in none. Both were exempted
    after they had been seen in a run.
    """
    if key[0].endswith(" base") and truth is not None and truth >= minimum:
        return True
    if key[0] != "reached_n" or truth != 0:
        return False
    return any(key not in then and _kind(key) in map(_kind, then) for then in listed)


def _kind(key: Any) -> tuple[Any, ...]:
    """Return of which list a number is: what, of what, when, by which dimensions."""
    return (*key[:3], *(name for name, _ in key[3]))


def _narrowed(
    now: Any, lines: list[list[tuple[Any, float]]], known: dict[Any, float]
) -> tuple[dict[Any, float], dict[Any, float]]:
    low = {key: known.get(key, 0.0) for key in now}
    high = {key: known.get(key, math.inf) for key in now}
    for _ in range(60):
        before = (dict(low), dict(high))
        for key in now:
            if key[0] == "retention_rate has":
                for period in (key[2], _next(key[2])):
                    there = ("reached_n", key[1], period, key[3])
                    if there in high and key not in known:
                        high[key] = min(high[key], high[there])
        for line in lines:
            _tighten([each for each in line if each[0] in low], low, high, known)
        if (low, high) == before:
            break
    return low, high


def _tighten(
    line: list[tuple[Any, float]], low: dict[Any, float], high: dict[Any, float], known: Any
) -> None:
    least = [low[key] if sign > 0 else -high[key] for key, sign in line]
    most = [high[key] if sign > 0 else -low[key] for key, sign in line]
    for at, (key, sign) in enumerate(line):
        if key in known:
            continue
        others_least = sum(least[:at] + least[at + 1 :])
        others_most = sum(most[:at] + most[at + 1 :])
        ends = (-others_most, -others_least) if sign > 0 else (others_least, others_most)
        is_count = "hours" not in key[0]
        first = math.ceil(ends[0] - 1e-6) if is_count and math.isfinite(ends[0]) else ends[0]
        last = math.floor(ends[1] + 1e-6) if is_count and math.isfinite(ends[1]) else ends[1]
        low[key], high[key] = max(low[key], first), min(high[key], last)


def _determined(unknown: list[Any], lines: list[list[tuple[Any, float]]]) -> set[Any]:
    """Return the unknowns that the sums determine: their unit vector lies in the row space."""
    place = {key: at for at, key in enumerate(unknown)}
    rows = [[(place[key], sign) for key, sign in line if key in place] for line in lines]
    matrix = np.zeros((len(rows), len(unknown)))
    for at, row in enumerate(rows):
        for column, sign in row:
            matrix[at, column] = sign
    matrix = matrix[np.abs(matrix).sum(axis=1) > 0]
    _, apart = connected_components(csr_array(np.abs(matrix.T) @ np.abs(matrix)), directed=False)
    found = set()
    for label in range(int(apart.max(initial=-1)) + 1):
        columns = np.flatnonzero(apart == label)
        block = matrix[:, columns]
        block = block[np.abs(block).sum(axis=1) > 0]
        if len(block):
            _, sizes, space = np.linalg.svd(block, full_matrices=False)
            reach = (space[sizes > 1e-9] ** 2).sum(axis=0)
            found |= {unknown[column] for column in columns[reach > 1 - 1e-9]}
    return found


def subtracted(seen: list[pd.DataFrame], minimum: int) -> int:
    """Count means shown now that, beside an earlier release, are about too few people."""
    columns = ["estimate_id", "value", "n"]
    chosen = seen[-1]["indicator_code"].isin(_MEANS | _SHARES) & seen[-1]["status"].isin(_SHOWN)
    found: set[str] = set()
    for earlier in seen[:-1]:
        both = (
            seen[-1]
            .loc[chosen, columns]
            .merge(earlier.loc[earlier["status"].isin(_SHOWN), columns], on="estimate_id")
        )
        grown = (both["n_x"] - both["n_y"]).abs().astype("float64")
        found |= set(both.loc[grown.between(1, minimum - 1), "estimate_id"])
    return len(found)


def rounded(truth: pd.DataFrame, base: int, minimum: int) -> tuple[int, int]:
    """Return how many small counts there are, and how many rounding all counts lets one work out.

    Every count is shown rounded to the nearest ``base``; sums are known to hold between the true
    counts. A small count is worked out when one value is left.
    """
    true = numbers(truth, "estimate")
    people = {key: value for key, (value, _) in true.items() if value is not None}
    counts = {key: value for key, value in people.items() if key[0] in _COUNTED - {"hours_sum"}}
    lines = [line for line in sums(counts) if _holds(line, true)]
    low, high = {}, {}
    for key, value in counts.items():
        shown = base * math.floor(value / base + 0.5)
        low[key], high[key] = max(0.0, shown - base // 2), float(shown + base // 2)
    for _ in range(60):
        before = (dict(low), dict(high))
        for line in lines:
            _tighten(line, low, high, {})
        if (low, high) == before:
            break
    small = [key for key, value in counts.items() if 0 < value < minimum]
    return len(small), sum(high[key] - low[key] < 1 for key in small)
