"""k, l and t against a second, slow reckoning of their definitions, on two hundred made-up tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from math import exp, log

import numpy as np
import pandas as pd
import pytest

from assets.release.classes import MISSING_RULES
from assets.release.closeness import t_closeness
from assets.release.diversity import l_diversity
from assets.release.risk import k_anonymity

TABLES_N = 100
KNOWN = ["a", "b", "c"]
Rows = list[dict[str, object]]
#: Leaves of the tree by their group; two levels, as citizenship has.
TREE = {"x": ("one", "x"), "y": ("one", "y"), "z": ("two", "z")}


@cache
def tables() -> list[tuple[pd.DataFrame, Rows]]:
    return list(_made())


def _made() -> Iterator[tuple[pd.DataFrame, Rows]]:
    """Make tables of 1 to 24 people, with gaps: as the house holds them, and as plain rows."""
    random = np.random.default_rng(20210607)
    for _ in range(TABLES_N):
        n = int(random.integers(1, 25))
        gaps = random.choice([0.0, 0.1, 0.4])
        columns = {name: random.integers(0, random.integers(1, 5), n).tolist() for name in KNOWN}
        columns["code"] = random.choice(list(TREE), n).tolist()
        columns["amount"] = random.choice([0, 10, 20, 500, 501], n).tolist()
        plain: Rows = [
            {name: None if random.random() < gaps else cells[at] for name, cells in columns.items()}
            for at in range(n)
        ]
        kinds = {**dict.fromkeys((*KNOWN, "amount"), "Int64"), "code": "string"}
        yield pd.DataFrame(plain, columns=list(columns)).astype(kinds), plain


def as_one(a: object, b: object, rule: str) -> bool:
    """Say whether an onlooker takes two values for one, under a rule about the unknown."""
    if a is None or b is None:
        return {"own_level": a is b, "match_any": True, "match_none": False}[rule]
    return a == b


def size_of(row: dict, rows: Rows, rule: str) -> int:
    """Count the people whom a row cannot be told from, comparing it with each of them."""
    return sum(
        row is other or all(as_one(row[name], other[name], rule) for name in KNOWN)
        for other in rows
    )


def groups(rows: Rows) -> list[Rows]:
    found: dict[tuple, Rows] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in KNOWN), []).append(row)
    return list(found.values())


def shares(rows: Rows, column: str, values: list) -> list[Fraction]:
    counts = Counter(row[column] for row in rows)
    return [Fraction(counts[value], len(rows)) for value in values]


def least_work(p: list[Fraction], q: list[Fraction], values: list, distance: str) -> Fraction:
    """Move p onto q pair by pair, in an order of pairs that is known to cost least.

    On a line from left to right; in a tree (all equally far apart is the flattest one) the nearest
    pairs first. Costs are those of Li and others 2007, section 5.
    """
    ranks = max(len(values) - 1, 1)
    places = range(len(values))

    def cost(i: int, j: int) -> Fraction:
        if distance == "ordered":
            return Fraction(abs(i - j), ranks)
        if distance == "equal":
            return Fraction(i != j)
        return Fraction((i != j) + (TREE[values[i]][0] != TREE[values[j]][0]), 2)

    pairs = list(product(places, repeat=2))
    if distance != "ordered":
        pairs.sort(key=lambda pair: cost(*pair))
    left, wanted, work = list(p), list(q), Fraction(0)
    for i, j in pairs:
        some = min(left[i], wanted[j])
        left[i], wanted[j], work = left[i] - some, wanted[j] - some, work + some * cost(i, j)
    return work


def slow_t(rows: Rows, column: str, distance: str) -> float:
    known = [row for row in rows if row[column] is not None]
    values = sorted({row[column] for row in known})  # type: ignore[type-var]
    if not known:
        return 0.0
    whole = shares(known, column, values)
    each = [shares(group, column, values) for group in groups(known)]
    return float(max(least_work(one, whole, values, distance) for one in each))


@pytest.mark.parametrize("rule", MISSING_RULES)
def test_k_is_that_of_comparing_everybody_with_everybody(rule: str) -> None:
    for frame, rows in tables():
        sizes = [size_of(row, rows, rule) for row in rows]
        found = k_anonymity(frame, KNOWN, 5, rule)  # type: ignore[arg-type]
        assert (found.k, found.uniques) == (min(sizes), sizes.count(1))
        assert found.records_under == sum(size < 5 for size in sizes)


@pytest.mark.parametrize("unknown_protects", [True, False])
def test_l_is_that_of_the_definition(unknown_protects: bool) -> None:
    for frame, rows in tables():
        looked_at = [row for row in rows if unknown_protects or row["code"] is not None]
        counts = [Counter(row["code"] for row in each) for each in groups(looked_at)]
        entropies = [
            -sum(n / each.total() * log(n / each.total()) for n in each.values()) for each in counts
        ]
        found = l_diversity(frame, KNOWN, "code", unknown_protects=unknown_protects)
        assert found.distinct == min(map(len, counts), default=0)
        assert found.entropy == pytest.approx(exp(min(entropies)) if entropies else 0.0)
        assert found.homogeneous_n == sum(each.total() for each in counts if len(each) == 1)


@pytest.mark.parametrize(
    ("column", "distance"), [("code", "equal"), ("code", "hierarchical"), ("amount", "ordered")]
)
def test_t_is_the_least_work_of_moving_one_distribution_onto_another(
    column: str, distance: str
) -> None:
    tree = TREE if distance == "hierarchical" else None
    for frame, rows in tables():
        found = t_closeness(frame, KNOWN, column, distance, tree)  # type: ignore[arg-type]
        assert found == pytest.approx(slow_t(rows, column, distance), abs=1e-12)


def test_the_tables_are_of_every_kind() -> None:
    """Crowds and people alone, gaps and none: else the tests above would prove little."""
    sizes = [[size_of(row, rows, "own_level") for row in rows] for _, rows in tables()]
    assert sum(1 in each for each in sizes) > 50
    assert sum(min(each) > 1 for each in sizes) > 5
    assert sum(frame.isna().any(axis=None) for frame, _ in tables()) > 50
