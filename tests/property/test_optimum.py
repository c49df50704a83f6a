"""Is the pattern the cheapest? Every pattern of small tables is tried, with the audit's intervals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from assets.release.optimal import Limits, classical, suppress
from assets.release.optimal_attack import Meter
from assets.release.optimal_repair import holds
from tests.intervals import bounds
from tests.suppression_cases import Tree, flat, table

SHAPES: list[list[Tree]] = [
    [flat(4)],
    [{0: (1, 2, 3), 2: (4, 5)}],
    [flat(2), flat(2)],
    [flat(2), flat(3)],
]


def random_problem(trees: list[Tree], seed: int, *, with_single: bool):
    rng = np.random.default_rng(seed)
    leaves = tuple(1 + sum(map(len, tree.values())) - len(tree) for tree in trees)
    values, sums = table(rng.integers(0, 9, leaves), trees)
    number = values.ravel()
    chosen = rng.choice(len(number), size=int(rng.integers(1, 3)), replace=False)
    sensitive = {int(cell): tuple(map(float, rng.integers(0, 5, 3))) for cell in chosen}
    high = float(rng.choice([60, np.inf]))
    return classical(
        number,
        sums,
        sensitive,
        weights=rng.integers(1, 9, len(number)),
        high=high,
        single=[int(chosen[0])] if with_single and len(chosen) > 1 else [],
        never=[cell for cell in np.flatnonzero(number == 0) if cell not in sensitive],
    )


def is_safe(problem, pattern: np.ndarray) -> bool:
    """Say whether every reader stays unsure, by the audit's own way of finding intervals."""
    sums = problem.sums.toarray()
    asked = problem.is_guarded & pattern
    for each, attacker in enumerate(problem.attackers):
        low = np.where(pattern, attacker.low, problem.values)
        high = np.where(pattern, attacker.high, problem.values)
        lows, highs = bounds(sums, np.zeros(len(sums)), low, high, asked)
        for cell in np.flatnonzero(asked):
            lower, upper, sliding = (level[cell] for level in problem.levels[each])
            value = problem.values[cell]
            if (
                lows[cell] > value - lower + 1e-6
                or highs[cell] < value + upper - 1e-6
                or highs[cell] - lows[cell] < sliding - 1e-6
            ):
                return False
    return True


def never_alone(problem, patterns: np.ndarray) -> np.ndarray:
    """Say which patterns leave no guarded cell the only unknown of a sum: the others need no trying."""
    sums = (problem.sums.toarray() != 0).astype(int)
    found = np.ones(len(patterns), dtype=bool)
    for each, attacker in enumerate(problem.attackers):
        unknown = patterns & (attacker.low < attacker.high)
        asked = np.any([level > 0 for level in problem.levels[each]], axis=0)
        alone = unknown @ sums.T == 1
        found &= ~np.any((alone @ sums > 0) & unknown & asked, axis=1)
    return found


def cheapest(problem) -> float:
    """Return the loss of the cheapest safe pattern: all are tried, the cheapest first."""
    free = np.flatnonzero(~problem.is_hidden & ~problem.is_shown)
    codes = np.arange(2 ** len(free))
    patterns = np.tile(problem.is_hidden, (len(codes), 1))
    patterns[:, free] = (codes[:, None] >> np.arange(len(free))) & 1 == 1
    patterns = patterns[never_alone(problem, patterns)]
    for each in np.argsort(patterns @ problem.weights, kind="stable"):
        if is_safe(problem, patterns[each]):
            return problem.loss(patterns[each])
    return np.inf


@pytest.mark.parametrize("trees", SHAPES)
@pytest.mark.parametrize("with_single", [False, True])
def test_no_pattern_is_cheaper(trees, with_single):
    proved = 0
    for seed in range(5 if len(trees) == 2 else 12):
        problem = random_problem(trees, seed, with_single=with_single)
        found, least = suppress(problem), cheapest(problem)
        if least == np.inf:
            assert not found.is_safe
            continue
        assert found.is_safe
        assert found.is_proved
        assert found.loss == pytest.approx(least)
        assert is_safe(problem, found.is_hidden)
        proved += 1
    assert proved >= 4


def test_the_fallback_is_safe_on_tables_nobody_chose():
    for seed in range(20):
        problem = random_problem(SHAPES[seed % 4], seed, with_single=seed % 2 == 0)
        quick, best = suppress(problem, Limits(rounds=0)), suppress(problem)
        assert quick.is_safe == best.is_safe
        if best.is_safe:
            assert is_safe(problem, quick.is_hidden)
            assert quick.bound <= best.loss <= quick.loss + 1e-9


def test_the_same_table_gives_the_same_pattern_in_any_company():
    # weights of powers of two: no two patterns cost the same
    rng = np.random.default_rng(3)
    values, sums = table(rng.integers(1, 9, (3, 3)), [flat(3), flat(3)])
    weights = 2.0 ** rng.permutation(values.size)
    problem = classical(values.ravel(), sums, {5: (1, 1, 3), 10: (1, 1, 3)}, weights=weights)
    one = suppress(problem)
    again = suppress(dataclasses.replace(problem), start=np.ones(values.size, dtype=bool))
    assert (one.is_hidden == again.is_hidden).all()
    assert holds(problem, one.is_hidden, Meter())
