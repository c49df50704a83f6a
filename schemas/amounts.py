"""Numbers that people write down by hand: money, counts, targets. Finite, in bounds, read in one way."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from schemas.config import ConfigProblem
from schemas.quick_yaml import TwoWays, two_ways

#: Above what any programme is given or reaches.
MOST = 1_000_000_000


def _read_in_one_way(value: Any) -> Any:
    """Refuse ``true``, ``.inf`` and 270.000: thousands to an Italian, fewer than 300 to a machine."""
    if isinstance(value, bool) or (isinstance(value, float) and not isfinite(value)):
        raise ConfigProblem("serve un numero finito", "a finite number is needed")
    found = two_ways(value.strip()) if isinstance(value, str) else value
    if isinstance(found, TwoWays):
        whole, after = found.written.split(".")
        likely = f"{whole}{after}"
        raise ConfigProblem(
            f"«{found.written}» si legge in due modi: scrivere {likely} oppure {likely}.00 se sono "
            f"migliaia (senza punti), {whole}.{after[:2]} se è un decimale",
            f"'{found.written}' may be read in two ways: write {likely} or {likely}.00 if thousands "
            f"are meant (no points), {whole}.{after[:2]} if a decimal is",
        )
    return value


Count = Annotated[int, BeforeValidator(_read_in_one_way), Field(ge=0, le=MOST)]
#: Any decimal; ``Euro`` is one that is not negative.
Number = Annotated[
    float, BeforeValidator(_read_in_one_way), Field(ge=-MOST, le=MOST, allow_inf_nan=False)
]
Euro = Annotated[
    float, BeforeValidator(_read_in_one_way), Field(ge=0, le=MOST, allow_inf_nan=False)
]
