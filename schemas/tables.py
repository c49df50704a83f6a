"""The declarations of ``tables.yml`` and ``dimensions.yml``, read and checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.disclosure import KINDS, first_mistake, problem, unknown
from schemas.released import Adds, ReleasedTable
from schemas.words import Words, read_yaml

FILE, DIMENSIONS = "tables.yml", "dimensions.yml"
PERIODS = ("month", "quarter", "wave", "all")

#: How numbers of a kind add up, where that is not the kind's own name.
STATISTIC_OF = {"median": "mean", "quantile": "mean", "extreme": "mean", "network": "mean"}


class Dimension(BaseModel):
    """What a table may be split by.

    Attributes
    ----------
    people
        ``one``: everybody is in exactly one level; ``several``: records add up, people may be in
        several; ``apart``: levels are not parts of anything.
    part_of
        The coarser dimension each level belongs to.
    small_area
        Whether its levels are areas below the municipality.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    people: Literal["one", "several", "apart"]
    label: Words
    part_of: str | None = None
    small_area: bool = False


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    indicators: tuple[str, ...]
    kind: str
    dimensions: tuple[str, ...]
    periods: tuple[str, ...]
    adds: Adds
    units: tuple[str, ...]
    bases: tuple[str, ...]
    sensitive: bool
    sensitive_by_area: tuple[str, ...] = ()
    statistic: str | None = None
    kinds: dict[str, str] = {}
    quantiles: dict[str, float] = {}
    crossed: tuple[tuple[str, str], ...] = ()
    adds_over_periods: bool = False


@cache
def dimensions() -> dict[str, Dimension]:
    """Return every dimension by name.

    Raises
    ------
    ConfigProblem
        A dimension that cannot be read, or is part of one that is not declared.
    """
    entries = read_yaml(DIMENSIONS)
    found = {}
    for name, entry in entries.items():
        try:
            found[name] = Dimension(**entry)
        except (ValidationError, TypeError) as error:
            said = first_mistake(error)
            raise problem(
                DIMENSIONS, name, f"non si legge: {said}", f"cannot be read: {said}"
            ) from None
        above = found[name].part_of
        if above is not None and above not in entries:
            raise problem(DIMENSIONS, name, *unknown("part_of", "part_of", above, entries))
    return found


@cache
def released_tables() -> dict[str, ReleasedTable]:
    """Return the tables that may leave, by code."""
    return checked(read_yaml(FILE), read_yaml("indicators.yml"))


def checked(entries: Mapping[str, Any], indicators: Collection[str]) -> dict[str, ReleasedTable]:
    """Check the content of ``tables.yml``.

    Parameters
    ----------
    entries
        Table code -> what the file says of it.
    indicators
        Codes of the framework.

    Raises
    ------
    ConfigProblem
        Whatever is not known (indicator, kind, dimension, period) with the nearest, a key missing,
        or an indicator in two tables; with the line of the table.
    """
    found: dict[str, ReleasedTable] = {}
    home: dict[str, str] = {}
    for code, given in entries.items():
        try:
            entry = _Entry(**given)
        except (ValidationError, TypeError) as error:
            said = first_mistake(error)
            raise problem(FILE, code, f"non si legge: {said}", f"cannot be read: {said}") from None
        _check_names(code, entry, indicators)
        for name in entry.indicators:
            if name in home:
                raise problem(
                    FILE,
                    code,
                    f"«{name}» sta già in «{home[name]}»",
                    f"'{name}' already stands in '{home[name]}'",
                )
            home[name] = code
        found[code] = _table(code, entry)
    return found


def _check_names(code: str, entry: _Entry, indicators: Collection[str]) -> None:
    asked = (
        ("l'indicatore", "indicator", entry.indicators, indicators),
        ("l'indicatore", "indicator", (*entry.kinds, *entry.quantiles), entry.indicators),
        ("la specie", "kind", (entry.kind, *entry.kinds.values()), KINDS),
        ("la statistica", "statistic", (entry.statistic or "count",), KINDS),
        ("la dimensione", "dimension", entry.dimensions, dimensions()),
        ("la dimensione", "dimension", sum(entry.crossed, ()), entry.dimensions),
        ("il periodo", "period", entry.periods, PERIODS),
    )
    for it, en, names, known in asked:
        for name in names:
            if name not in known:
                raise problem(FILE, code, *unknown(it, en, name, known))
    for name in entry.indicators:
        if entry.kinds.get(name, entry.kind) == "quantile" and name not in entry.quantiles:
            raise problem(FILE, code, f"quale quantile è «{name}»?", f"which quantile is '{name}'?")


def _table(code: str, entry: _Entry) -> ReleasedTable:
    given = {name: getattr(entry, name) for name in _Entry.model_fields}
    given["statistic"] = entry.statistic or STATISTIC_OF.get(entry.kind, entry.kind)
    given["crossed"] = frozenset(frozenset(pair) for pair in entry.crossed)
    return ReleasedTable(code=code, **given)
