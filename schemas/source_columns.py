"""Whether the columns of a source fit the fields they are mapped to: codes, days and units."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.columns import UNITS, Column
from schemas.config import ConfigProblem, nearest
from schemas.fields import FIELDS


def unknown_codes(
    columns: dict[str, Column], lists: dict[str, list[str]]
) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    """Yield column, code and place of what 'codes' and 'value' say and no list holds.

    Parameters
    ----------
    lists
        Column -> allowed codes; columns without a list take any.
    """
    for name, column in columns.items():
        if name not in lists:
            continue
        for _, code, at in column.all_codes():
            if code not in lists[name]:
                yield name, code, ("columns", name, *at)
        if column.value is not None and column.value not in lists[name]:
            yield name, column.value, ("columns", name, "value")


def unknown_code(
    column: str, code: str, known: list[str], at: tuple[str | int, ...]
) -> ConfigProblem:
    """Return the mistake of a code that the column does not have, with the nearest one."""
    near = nearest(code, known)
    it, en = (f" Forse '{near}'?", f" Did you mean '{near}'?") if near else ("", "")
    listed = ", ".join(known)
    return ConfigProblem(
        f"'{code}' non è un codice di {column}.{it} Ammessi: {listed}",
        f"'{code}' is no code of {column}.{en} Known: {listed}",
        at,
    )


def require_date(columns: dict[str, Column], name: str, wanted: str) -> None:
    """Refuse a dated code list whose day is no date of the row."""
    dates = [each for each in columns if FIELDS[each].kind == "date"]
    if wanted not in dates:
        near = nearest(wanted, dates)
        it, en = (f" Forse '{near}'?", f" Did you mean '{near}'?") if near else ("", "")
        listed = ", ".join(dates) or "-"
        raise ConfigProblem(
            f"'{wanted}', che decide quale elenco di codici vale, non è una data tra 'columns'."
            f"{it} Date: {listed}",
            f"'{wanted}', which decides the code list that holds, is no date among 'columns'."
            f"{en} Dates: {listed}",
            at=("columns", name, "at" if columns[name].at else "codes"),
        )


def require_unit(name: str, column: Column) -> None:
    """Refuse a unit or factor of what is no number, and a unit of another kind."""
    declared = FIELDS[name]
    key = "unit" if column.unit else "factor"
    if declared.kind not in ("integer", "number"):
        raise ConfigProblem(
            f"{name} non è un numero: '{key}' non serve",
            f"{name} is no number: '{key}' does not apply",
            at=("columns", name, key),
        )
    if column.unit and UNITS[column.unit][0] != declared.unit:
        fitting = [unit for unit, (ours, _) in UNITS.items() if ours == declared.unit]
        listed = ", ".join(fitting) or "-"
        raise ConfigProblem(
            f"{name} è in {declared.unit}: '{column.unit}' non si converte. Ammesse: {listed}",
            f"{name} is in {declared.unit}: '{column.unit}' cannot be converted. Allowed: {listed}",
            at=("columns", name, "unit"),
        )
