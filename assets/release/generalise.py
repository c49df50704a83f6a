"""What would make people harder to single out: every way of making the columns coarser, tried.

A handful of columns with two to four steps each make some two hundred combinations. All are
counted, so that what is suggested is the best there is and not the best that was met.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from assets.release.classes import classes
from schemas.anonymity import ANY, LADDERS, QUASI_IDENTIFIERS, Step
from schemas.fields import AGE_BANDS

_KINDS = {
    "steps": "string",
    "height": "Int64",
    "precision": "float64",
    "k": "Int64",
    "uniques": "Int64",
    "records_under": "Int64",
    "is_one_step": "boolean",
    "is_minimal": "boolean",
    "is_suggested": "boolean",
    "is_suggested_with_loss": "boolean",
}


@dataclass(frozen=True)
class Ladder:
    """One column at each of its steps: ``codes`` is combinations x steps, finest first."""

    column: str
    steps: tuple[str, ...]
    codes: NDArray[np.int64]


def coarser(people: pd.DataFrame, column: str, step: Step) -> pd.Series:
    """Return a column made coarser by one step; the unknown stays unknown.

    Parameters
    ----------
    people
        With ``column``, and ``area_role`` where the step asks for it.
    """
    values = people[column]
    if step.bands:
        found = pd.Series(pd.NA, index=people.index, dtype="string")
        for name, (low, high) in step.bands.items():
            found[values.between(low, high).fillna(False)] = name
            found[_is_banded_within(people, column, low, high)] = name
        return found
    if step.area_role:
        is_role = people["area_role"].eq(step.area_role).fillna(False)
        return is_role.map({True: step.area_role, False: "other"}).where(values.notna())
    return values.map(step.groups)


def _is_banded_within(people: pd.DataFrame, column: str, low: int, high: int) -> pd.Series:
    """Say of whom only the age band is known, and that it lies within bounds."""
    if column != "age_years" or "age_band" not in people:
        return pd.Series(False, index=people.index)
    within = [name for name, (first, last) in AGE_BANDS.items() if low <= first and last <= high]
    return people[column].isna() & people["age_band"].isin(within)


def _recorded(people: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as fine as it was recorded: a band stands where only a band is known."""
    values = people[column]
    if column != "age_years" or "age_band" not in people:
        return values
    return values.astype("string").fillna(people["age_band"].astype("string"))


def lattice(
    people: pd.DataFrame,
    threshold: int,
    left_out_share: float = 0.0,
    columns: Sequence[str] = QUASI_IDENTIFIERS,
) -> pd.DataFrame:
    r"""Count classes for every combination of steps, and mark those that suffice.

    Precision is what is kept: :math:`Prec = 1 - \frac1n \sum_c h_c / H_c`, with :math:`h_c` steps
    taken of the :math:`H_c` that column c has. A combination is minimal when it reaches
    ``threshold`` and none that is finer in some columns and coarser in no other does; suggested is
    the minimal one that keeps most, ties by order of columns.

    Parameters
    ----------
    people
        One row a person, with ``columns`` and ``area_role``.
    threshold
        The k that is wanted.
    left_out_share
        Share of the people who may be left out instead, because their classes stay too small.
    columns
        Those that hold one value only (or none) are left out: no step changes them.

    Returns
    -------
    pandas.DataFrame
        One row a combination, finest first: ``steps`` (``column: step`` for each column made
        coarser, ``any`` for left out; empty as recorded), ``height``, ``precision``, ``k``,
        ``uniques``, ``records_under`` (whom one would have to leave out instead),
        ``is_one_step`` (one column, one or more steps), ``is_minimal``, ``is_suggested``, and
        ``is_suggested_with_loss``: what keeps most precision when ``left_out_share`` may go.

    References
    ----------
    Samarati 2001, IEEE TKDE 13(6):1010-1027 (lattice, minimal generalisation); Sweeney 2002, Int.
    J. Uncertainty, Fuzziness and Knowledge-Based Systems 10(5):571-588 (precision).
    """
    ladders, sizes = _ladders(people, columns)
    if not len(sizes):
        return _typed([])
    lines: list[dict[str, Any]] = []
    enough: list[tuple[int, ...]] = []
    for node in product(*(range(len(each.steps)) for each in ladders)):
        found = _counted(ladders, node, sizes, threshold)
        is_enough = found["k"] >= threshold
        finer = any(all(a <= b for a, b in zip(other, node, strict=True)) for other in enough)
        lines.append({**_named(ladders, node), **found, "is_minimal": is_enough and not finer})
        if is_enough:
            enough.append(node)
    most = left_out_share * int(sizes.sum())
    best = _best(line for line in lines if line["is_minimal"])
    with_loss = _best(line for line in lines if line["records_under"] <= most)
    return _typed(
        [
            {**line, "is_suggested": line is best, "is_suggested_with_loss": line is with_loss}
            for line in lines
        ]
    )


def _best(lines: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the line that keeps most; of equals the one that leaves fewest out, then the first."""
    return max(lines, key=lambda line: (line["precision"], -line["records_under"]), default=None)


def _ladders(
    people: pd.DataFrame, columns: Sequence[str]
) -> tuple[list[Ladder], NDArray[np.int64]]:
    varied = [name for name in columns if _recorded(people, name).nunique(dropna=False) > 1]
    if people.empty or not varied:
        return [], np.zeros(0, dtype=np.int64)
    versions = {
        name: [_recorded(people, name), *(coarser(people, name, step) for step in LADDERS[name])]
        for name in varied
    }
    whole = pd.concat([each for every in versions.values() for each in every], axis=1)
    whole.columns = pd.RangeIndex(whole.shape[1])
    codes, _, sizes = classes(whole, list(whole.columns))  # as fine as recorded: steps only join
    found, start = [], 0
    for name, every in versions.items():
        here = codes[:, start : start + len(every)]
        nothing = np.zeros((len(codes), 1), dtype=np.int64)
        steps = ("", *(step.code for step in LADDERS[name]), ANY)
        found.append(Ladder(name, steps, np.hstack([here + 1, nothing])))
        start += len(every)
    return found, sizes


def _counted(
    ladders: Sequence[Ladder], node: Sequence[int], sizes: NDArray[np.int64], threshold: int
) -> dict[str, int]:
    key = np.zeros(len(sizes), dtype=np.int64)
    for ladder, step in zip(ladders, node, strict=True):
        column = ladder.codes[:, step]
        key = key * (int(column.max()) + 1) + column
    _, member_of = np.unique(key, return_inverse=True)
    people_n = np.bincount(member_of.reshape(-1), weights=sizes).astype(np.int64)
    return {
        "k": int(people_n.min()),
        "uniques": int((people_n == 1).sum()),
        "records_under": int(people_n[people_n < threshold].sum()),
    }


def _named(ladders: Sequence[Ladder], node: Sequence[int]) -> dict[str, Any]:
    pairs = list(zip(ladders, node, strict=True))
    taken = [(ladder, step) for ladder, step in pairs if step]
    lost = sum(step / (len(ladder.steps) - 1) for ladder, step in pairs) / len(pairs)
    return {
        "steps": ", ".join(f"{ladder.column}: {ladder.steps[step]}" for ladder, step in taken),
        "height": sum(node),
        "precision": round(1 - lost, 12),
        "is_one_step": len(taken) == 1,
    }


def _typed(lines: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=list(_KINDS)).astype(_KINDS)
