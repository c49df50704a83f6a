"""Is each candidate what its table is declared to hold? One that is not stops the run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from assets.errors import ConfigurationError
from schemas.disclosure import problem, rules, unknown
from schemas.released import ReleasedTable
from schemas.tables import FILE

_QUARTER = re.compile(r"\A\d{4}Q[1-4]\Z")
_MONTH = re.compile(r"\A\d{4}-\d{2}\Z")


def period_kind(period: str) -> str:
    """Return ``all``, ``quarter``, ``month`` or, for any other name, ``wave``."""
    if period == "all":
        return period
    if _QUARTER.match(period):
        return "quarter"
    return "month" if _MONTH.match(period) else "wave"


def as_declared(found: pd.DataFrame, tables: Sequence[ReleasedTable]) -> None:
    """Refuse candidates of a kind, dimension, period or unit that their table does not declare.

    Parameters
    ----------
    found
        Estimates; ``by_1`` and ``by_2`` are never null.
    tables
        The table of each.

    Raises
    ------
    ConfigurationError
        Naming ``tables.yml``, the line of the table, what is not declared and what is.
    """
    ruled = {kind for rule in rules().values() for kind in rule.applies_to} | {"process"}
    names = ["indicator_code", "by_1", "by_2", "period", "unit", "n_unit", "estimate"]
    seen = {
        (table.code, indicator, one, two, period_kind(when), *_units(unit, base, value)): table
        for table, indicator, one, two, when, unit, base, value in zip(
            tables, *(found[name] for name in names), strict=True
        )
    }
    for (code, indicator, one, two, when, unit, base), table in sorted(
        seen.items(), key=lambda each: tuple(map(str, each[0]))
    ):
        _check_kind(table, indicator, ruled)
        _insist(code, "la dimensione", "dimension", filter(None, (one, two)), table.dimensions)
        if one and two and frozenset((one, two)) not in table.crossed:
            crossed = [" x ".join(sorted(pair)) for pair in table.crossed]
            pair = " x ".join(sorted((one, two)))
            _insist(code, "l'incrocio", "crossing", [pair], sorted(crossed))
        if "wave" not in table.periods:  # a programme names its waves as it likes
            _insist(code, "il periodo", "period", [when], (*table.periods, "all"))
        _insist(code, "l'unità", "unit", filter(None, [unit]), table.units)
        _insist(code, "la base", "base", filter(None, [base]), table.bases)


def _units(unit: Any, base: Any, value: Any) -> Iterator[str]:
    """Yield the units of a number; none where there is no number."""
    for each in (unit, base):
        yield "" if pd.isna(value) or pd.isna(each) else str(each)


def _check_kind(table: ReleasedTable, indicator: str, ruled: set[str]) -> None:
    kind = table.kind_of(indicator)
    if kind == "extreme" and "no_extremes" in rules():
        _refuse(
            table.code,
            f"«{indicator}» è un minimo o un massimo: è il valore di una persona e non esce mai",
            f"'{indicator}' is a minimum or maximum: it is one person's value and never leaves",
        )
    if kind not in ruled:
        _refuse(
            table.code,
            f"per «{kind}» ({indicator}) disclosure.yml non ha regole: nulla di simile esce",
            f"disclosure.yml has no rule for '{kind}' ({indicator}): nothing of the kind leaves",
        )


def _insist(code: str, it: str, en: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            _refuse(code, *unknown(it, en, name, known))


def _refuse(code: str, it: str, en: str) -> None:
    found = problem(FILE, code, it, en)
    raise ConfigurationError(
        f"Nessuna tabella può uscire. {found.words.it}", f"No table may leave. {found.words.en}"
    )
