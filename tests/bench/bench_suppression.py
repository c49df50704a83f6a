"""How long exact cell suppression takes against cells, and how much it hides against other ways.

Run by ``make bench``; never part of the tests. Tables are three-way, each dimension a total over
groups over levels, with Poisson counts of people; every count of 1 to 4 is sensitive and must stay
unsure by at least 5. Hidden: by the threshold alone (which a reader undoes), by the exact method
before and after its search, and by rounding to 5 (nothing hidden, nearly everything changed).
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from assets.release.optimal import Limits, classical, suppress
from tests.suppression_cases import GROUPED, Tree, flat, table

#: Dimensions, and people in the table.
TABLES: dict[str, tuple[list[Tree], int]] = {
    "4 x 4 x 4": ([flat(3)] * 3, 300),
    "6 x 6 x 6": ([flat(5)] * 3, 1_000),
    "10 x 10 x 4, hierarchical": ([GROUPED, GROUPED, flat(3)], 1_200),
    "10 x 10 x 10, hierarchical": ([GROUPED] * 3, 2_500),
}
MINIMUM = 5


def counts(trees: list[Tree], people: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a table of people spread unevenly over levels, and what adds up."""
    rng = np.random.default_rng(seed)
    expected = np.array(float(people))
    for tree in trees:
        levels = 1 + sum(map(len, tree.values())) - len(tree)
        expected = np.multiply.outer(expected, rng.dirichlet(np.full(levels, 1.5)))
    return table(rng.poisson(expected), trees)


def measured(name: str, seed: int, seconds: float) -> dict[str, float | str]:
    """Protect one table and return what it took and cost."""
    values, sums = counts(*TABLES[name], seed)
    number = values.ravel()
    small = np.flatnonzero((number > 0) & (number < MINIMUM))
    problem = classical(
        number,
        sums,
        {int(cell): (0.0, 0.0, float(MINIMUM)) for cell in small},
        weights=np.ones(len(number)),
        never=list(np.flatnonzero(number == 0)),
    )
    start = time.perf_counter()
    quick = suppress(problem, Limits(rounds=0))
    middle, cpu = time.perf_counter(), time.process_time()
    best = suppress(problem, Limits(seconds=seconds))
    return {
        "table": name,
        "cells": len(number),
        "seconds": time.perf_counter() - middle,
        "of a core": time.process_time() - cpu,
        "fallback s": middle - start,
        "threshold %": 100 * len(small) / len(number),
        "fallback %": 100 * quick.is_hidden.mean(),
        "exact %": 100 * best.is_hidden.mean(),
        "bound %": 100 * best.bound / len(number),
        "rounding %": 100 * float((number % MINIMUM != 0).mean()),
        "proved": "yes" if best.is_proved else f"no ({best.stopped_by})",
    }


def main() -> None:
    """Print one line a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0, help="guard for each table")
    given = parser.parse_args()
    for position, name in enumerate(TABLES):
        found = measured(name, given.seed, given.seconds)
        if not position:
            print("".join(f"{each:>12}" if each != "table" else f"{each:<28}" for each in found))
        cells = [
            f"{value:<28}"
            if key == "table"
            else f"{value:>12.1f}"
            if isinstance(value, float)
            else f"{value:>12}"
            for key, value in found.items()
        ]
        print("".join(cells), flush=True)


if __name__ == "__main__":
    main()
