"""Values for a column, made from its declaration: codes, bounds and the profile's weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from assets.sample.profile import MISSING, Amount
from schemas.field import Field
from schemas.fields import AGE_BANDS

T = TypeVar("T")

#: Weight of a code that the schema knows and the profile does not mention.
UNMENTIONED = 1.0

#: Nobody in the sample is younger or older than this.
YOUNGEST, OLDEST = 8, 88


def choose(rng: np.random.Generator, options: Mapping[T, float]) -> T:
    """Draw one key of ``options`` by weight."""
    weights = np.array(list(options.values()), dtype=float)
    return list(options)[int(rng.choice(len(weights), p=weights / weights.sum()))]


def draw_code(
    rng: np.random.Generator, codes: Iterable[str], weights: Mapping[str, float]
) -> str | None:
    """Draw one of a column's codes, or None for "not stated".

    Parameters
    ----------
    codes
        The codes the schema or the programme declares.
    weights
        Code -> weight; codes not mentioned weigh 1, ``_missing`` is "not stated".
    """
    options: dict[str, float] = {code: weights.get(code, UNMENTIONED) for code in codes}
    if weights.get(MISSING):
        options[MISSING] = weights[MISSING]
    drawn = choose(rng, options)
    return None if drawn == MISSING else drawn


def draw_age(rng: np.random.Generator, weights: Mapping[str, float]) -> int:
    """Draw an age in years: a band of the schema by weight, then evenly within it."""
    band = choose(rng, {name: weights.get(name, UNMENTIONED) for name in AGE_BANDS})
    low, high = AGE_BANDS[band]
    return int(rng.integers(max(low, YOUNGEST), min(high, OLDEST) + 1))


def draw_amount(rng: np.random.Generator, field: Field, amount: Amount) -> float | None:
    """Draw a lognormal amount inside the column's bounds; cents for euro, whole otherwise."""
    if rng.random() < amount.missing:
        return None
    drawn = amount.median * float(np.exp(amount.spread * rng.standard_normal()))
    low = field.low if isinstance(field.low, int | float) else 0
    high = field.high if isinstance(field.high, int | float) else drawn
    return round(min(max(drawn, float(low)), float(high)), 2 if field.unit == "eur" else 0)


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Draw one of ``options`` evenly."""
    return options[int(rng.integers(len(options)))]
